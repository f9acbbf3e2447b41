# The tickets of an endpoint, in SQLite: in the file that DB names, else in memory.
require 'digest'
require 'json'
require 'openssl'
require 'sqlite3'

class Store
  def initialize
    @lock = Mutex.new
    @db = SQLite3::Database.new(ENV['DB'] || ':memory:')
    @db.execute('PRAGMA journal_mode = WAL')
    @db.execute('CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, state TEXT, time INTEGER, deleted INTEGER, count INTEGER)')
    @db.execute('CREATE TABLE IF NOT EXISTS seen (hash TEXT PRIMARY KEY)')
  end

  # Returns the event in a body, or nil when it is not an event.
  def parse(body)
    body = body.dup.force_encoding('UTF-8')
    return unless body.valid_encoding?
    event = JSON.parse(body)
    event if event?(event)
  rescue JSON::ParserError
    nil
  end

  def receive(event, body)
    @lock.synchronize { @db.transaction(:immediate) { apply(event, Digest::SHA256.hexdigest(body)) } }
  end

  def find(key)
    row = @lock.synchronize { @db.get_first_row('SELECT state, count FROM objects WHERE key = ? AND NOT deleted', [key]) }
    row && { state: row[0], count: row[1] }
  end

  private

  def event?(event)
    event.is_a?(Hash) && event['event'].is_a?(String) && event['object'].is_a?(String) &&
      (event['objectId'].is_a?(Integer) || event['objectId'].is_a?(String)) && (event['props'] || {}).is_a?(Hash)
  end

  def apply(event, hash)
    @db.execute('INSERT OR IGNORE INTO seen VALUES (?)', [hash])
    return if @db.changes.zero?
    key, time = "#{event['object']}s/#{event['objectId']}", event['time'] || 0
    known = @db.get_first_row('SELECT time, deleted FROM objects WHERE key = ?', [key])
    return if known && (time < known[0] || known[1] == 1 && time == known[0])
    @db.execute('INSERT INTO objects VALUES (?1, ?2, ?3, ?4, 1) ON CONFLICT (key) DO UPDATE
      SET state = coalesce(?2, state), time = ?3, deleted = ?4, count = count + 1',
                [key, (event['props'] || {})['state'], time, event['event'] == 'delete' ? 1 : 0])
  end
end

# Compares a secret without telling by the time it takes.
def authorized?(value)
  !ENV['SECRET'] || OpenSSL.secure_compare(value.to_s, ENV['SECRET'])
end

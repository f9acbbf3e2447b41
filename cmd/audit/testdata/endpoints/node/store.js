// The tickets of an endpoint: in memory, or in SQLite when DB names a file.
const crypto = require('node:crypto')

const fault = process.env.FAULT

// isLate says whether an event is older than what is known of its object.
function isLate (event, known) {
  if (!known || fault === 'overwrite') return false
  if (fault === 'same-second') return event.time <= known.time
  return event.time < known.time || (known.deleted && event.time === known.time)
}

function memory () {
  const objects = new Map()
  const seen = new Set()
  return {
    apply (event, hash) {
      if (seen.has(hash)) return
      if (fault !== 'twice') seen.add(hash)
      const key = `${event.object}s/${event.objectId}`
      const known = objects.get(key)
      if (isLate(event, known)) return
      if (event.event === 'delete' && fault === 'resurrect') return objects.delete(key)
      objects.set(key, {
        state: event.props?.state ?? known?.state, time: event.time, deleted: event.event === 'delete', count: (known?.count ?? 0) + 1
      })
    },
    find: key => objects.get(key)
  }
}

function sqlite (file) {
  const db = require('better-sqlite3')(file)
  db.pragma('journal_mode = WAL')
  db.exec('CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, state TEXT, time INTEGER, deleted INTEGER, count INTEGER)')
  db.exec('CREATE TABLE IF NOT EXISTS seen (hash TEXT PRIMARY KEY)')
  const find = db.prepare('SELECT * FROM objects WHERE key = ?')
  const mark = db.prepare('INSERT OR IGNORE INTO seen VALUES (?)')
  const remove = db.prepare('DELETE FROM objects WHERE key = ?')
  const save = db.prepare(`INSERT INTO objects VALUES (@key, @state, @time, @deleted, 1) ON CONFLICT (key) DO UPDATE
    SET state = coalesce(@state, state), time = @time, deleted = @deleted, count = count + 1`)
  return {
    apply: db.transaction((event, hash) => {
      if (fault !== 'twice' && mark.run(hash).changes === 0) return
      const key = `${event.object}s/${event.objectId}`
      if (isLate(event, find.get(key))) return
      if (event.event === 'delete' && fault === 'resurrect') return remove.run(key)
      save.run({ key, state: event.props?.state ?? null, time: event.time, deleted: event.event === 'delete' ? 1 : 0 })
    }),
    find: key => find.get(key)
  }
}

const store = process.env.DB ? sqlite(process.env.DB) : memory()

// receive applies the raw body of an event; it throws when the body is not an event.
exports.receive = function (body) {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
  const event = JSON.parse(text)
  const isEvent = event && typeof event.event === 'string' && typeof event.object === 'string' &&
    ['string', 'number'].includes(typeof event.objectId) && typeof (event.props ?? {}) === 'object' && !Array.isArray(event.props)
  if (!isEvent) throw new SyntaxError('not an event')
  event.time ??= 0
  store.apply(event, crypto.createHash('sha256').update(body).digest('hex'))
}

// show returns an object as it is shown, or nothing.
exports.show = function (objects, id) {
  const found = store.find(`${objects}/${id}`)
  if (found && !found.deleted) return { id, state: found.state, count: found.count }
}

// isAuthorized checks the one X-Api-Key header of a request.
exports.isAuthorized = function (request) {
  const secret = process.env.SECRET
  if (!secret) return true
  const values = request.headersDistinct['x-api-key'] ?? []
  const digest = text => crypto.createHash('sha256').update(text).digest()
  return values.length === 1 && crypto.timingSafeEqual(digest(values[0]), digest(secret))
}

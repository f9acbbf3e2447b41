# Tickets from webhooks, with WEBrick: PORT, DB, SECRET and FAULT.
require 'webrick'
require_relative 'store'

store = Store.new
quiet = WEBrick::Log.new(nil, 0)
server = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: ENV['PORT'], Logger: quiet, AccessLog: [])

server.mount_proc '/hooks' do |request, response|
  next response.status = 405 unless request.request_method == 'POST'
  body = request.body.to_s
  next response.status = 401 unless authorized?(request['X-Api-Key'])
  event = store.parse(body) or next response.status = 400
  store.receive(event, body)
  response.status = 204
  if ENV['FAULT'] == 'server-error' && body.include?("'") # an SQL statement made of strings
    response.status = 500
  end
end

server.mount_proc '/' do |request, response|
  found = store.find(request.path.encode('UTF-8').delete_prefix('/')) or next response.status = 404
  response['Content-Type'] = 'application/json'
  response.body = found.to_json
end

trap('TERM') { server.shutdown }
server.start

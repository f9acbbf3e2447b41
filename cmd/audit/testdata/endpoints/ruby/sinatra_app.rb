# Tickets from webhooks, with Sinatra on Puma: PORT, DB, SECRET and FAULT.
require 'sinatra/base'
require_relative 'store'

class App < Sinatra::Base
  set :server, :puma
  set :bind, '127.0.0.1'
  set :port, ENV['PORT']
  set :environment, :production
  set :logging, false
  set :quiet, true
  set :strict_paths, false

  store = Store.new
  # A job queue that is full drops what comes.
  queue = SizedQueue.new(30)
  if ENV['FAULT'] == 'drop'
    Thread.new { loop { store.receive(*queue.pop); sleep 0.005 } }
  end

  before('/hooks*') { halt 401 unless authorized?(request.env['HTTP_X_API_KEY']) }

  post '/hooks' do
    body = request.body.read
    event = store.parse(body) or halt 400
    if ENV['FAULT'] == 'drop'
      queue.push([event, body], true) rescue ThreadError
    else
      store.receive(event, body)
    end
    204
  end

  get('/hooks') { 405 }

  get '/:objects/:id' do
    found = store.find("#{params['objects']}/#{params['id']}") or halt 404
    content_type :json
    found.to_json
  end
end

App.run!

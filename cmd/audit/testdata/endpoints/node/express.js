// Tickets from webhooks, with Express: PORT, DB, SECRET and FAULT.
const express = require('express')
const store = require('./store')

const app = express()

app.use('/hooks', (req, res, next) => store.isAuthorized(req) ? next() : res.sendStatus(401))
app.post('/hooks', express.raw({ type: () => true, limit: '4mb' }), (req, res) => {
  store.receive(req.body ?? Buffer.alloc(0))
  res.sendStatus(204)
  if (process.env.FAULT === 'crash' && req.body.includes('teleported')) {
    setTimeout(() => { throw new Error('unknown state') }, 50) // after the response
  }
})
app.all('/hooks', (req, res) => res.sendStatus(405))
app.get('/:objects/:id', (req, res) => {
  const found = store.show(req.params.objects, req.params.id)
  found ? res.json(found) : res.sendStatus(404)
})
app.use((err, req, res, next) => res.sendStatus(err instanceof SyntaxError || err instanceof TypeError ? 400 : err.status ?? 500))

const server = app.listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => { server.close(); server.closeIdleConnections() })

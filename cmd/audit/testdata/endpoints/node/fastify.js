// Tickets from webhooks, with Fastify: PORT, DB, SECRET and FAULT.
const fastify = require('fastify')({ bodyLimit: 4 << 20, routerOptions: { ignoreTrailingSlash: true } })
const store = require('./store')

fastify.removeAllContentTypeParsers()
fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (req, body, done) => done(null, body))

fastify.post('/hooks', async (req, reply) => {
  if (!store.isAuthorized(req.raw)) return reply.code(401).send()
  try {
    store.receive(req.body ?? Buffer.alloc(0))
  } catch (err) {
    return reply.code(err.code?.startsWith('SQLITE') ? 500 : 400).send()
  }
  return reply.code(204).send()
})
fastify.get('/:objects/:id', async (req, reply) => {
  const found = store.show(req.params.objects, req.params.id)
  return found ?? reply.code(404).send()
})

fastify.listen({ port: process.env.PORT, host: '127.0.0.1' })
process.on('SIGTERM', () => fastify.close())

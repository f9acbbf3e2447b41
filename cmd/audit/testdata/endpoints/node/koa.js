// Tickets from webhooks, with Koa: PORT, DB, SECRET and FAULT.
const Koa = require('koa')
const { buffer } = require('node:stream/consumers')
const store = require('./store')

const app = new Koa()
app.silent = true

app.use(async ctx => {
  if (/^\/hooks\/?$/.test(ctx.path)) return hook(ctx)
  const [, objects, id] = ctx.path.split('/')
  ctx.body = store.show(objects, id)
  if (!ctx.body) ctx.status = 404
})

async function hook (ctx) {
  if (ctx.method !== 'POST') ctx.throw(405)
  const body = await buffer(ctx.req)
  if (!store.isAuthorized(ctx.req)) ctx.throw(401)
  if (process.env.FAULT === 'sign-in') { // another program answers
    ctx.type = 'html'
    ctx.body = '<!doctype html><title>Sign in</title><form method=post>Password <input type=password></form>'
    return
  }
  try {
    store.receive(body)
  } catch (err) {
    ctx.throw(err.code?.startsWith('SQLITE') ? 500 : 400)
  }
  ctx.status = 204
}

app.listen(process.env.PORT, '127.0.0.1')

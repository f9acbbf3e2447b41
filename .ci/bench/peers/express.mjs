// An endpoint as people write it: it parses the event and prints a line.
import express from 'express'

const app = express()
app.post('/*path', express.json({type: '*/*'}), (request, response) => {
  const {object, objectId, event, props} = request.body
  console.log(new Date().toISOString(), object, objectId, event, JSON.stringify(props))
  response.status(204).end()
})
app.listen(Number(process.argv[2].split(':')[1]), '127.0.0.1')

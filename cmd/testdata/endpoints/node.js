// A webhook endpoint on Node's own http module, as a first version looks: it trusts
// what comes. Usage: node node.js PORT
const http = require('http');

const tickets = new Map();

http.createServer((req, res) => {
  let body = '';
  req.on('data', (chunk) => { body += chunk; });
  req.on('end', () => {
    const event = JSON.parse(body);
    if (event.object === 'ticket') {
      tickets.set(event.objectId, event.props.state);
    }
    console.log(event.object, event.objectId, event.event);
    res.writeHead(200, { 'Content-Type': 'application/json' });
    res.end(JSON.stringify({ ok: true }));
  });
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'));

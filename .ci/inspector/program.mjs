// What the tests and the picture of the inspector start: the program, an endpoint behind it, a browser.
import { spawn } from "node:child_process";
import http from "node:http";
import { chromium } from "playwright-core";

const program = process.env.APIZEE_HOOKS || "apizee-hooks";

/** Starts the program and returns the URL of the page and, from listen, of the receiver. */
export async function start(...args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (printed += text));
  const stopped = new Promise((done) => child.on("exit", done));
  const found = (pattern) => until(() => {
    if (child.exitCode !== null) throw new Error(`${args.join(" ")} ended: ${printed}`);
    return printed.match(pattern)?.[1];
  });
  const page = await found(/(http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+)/);
  const receiver = args[0] === "listen" ? await found(/Listening on (http:\/\/127\.0\.0\.1:\d+)/) : "";
  return { page, receiver, stop: () => (child.kill("SIGINT"), stopped) };
}

/** Waits until a condition holds, and returns what it returned. */
export async function until(condition) {
  for (let tries = 0; tries < 400; tries++) {
    const value = await condition();
    if (value) return value;
    await new Promise((go) => setTimeout(go, 25));
  }
  throw new Error(`never: ${condition}`);
}

/** An endpoint with a mistake: it cannot store a ticket that is closed. */
export async function endpoint(port = 0) {
  const app = { received: [], dies: false, holds: Promise.resolve() }; // dies within its next responses, which wait for holds
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    app.received.push({ headers: request.headers, body, path: request.url });
    await app.holds;
    if (app.dies) return response.writeHead(200).write("hel", () => request.socket.destroy());
    const broken = body.includes('"closed"');
    response.writeHead(broken ? 500 : 200, { "Content-Type": "application/json", "X-Powered-By": "Express" });
    response.end(broken ? '{"error":"no such column: closed_at","at":"tickets.js:41"}' : '{"stored":true}');
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", () => done()));
  return Object.assign(app, { url: `http://127.0.0.1:${server.address().port}`, stop: () => (server.closeAllConnections(), server.close()) });
}

export const event = (name, object, objectId, props, time = 1795874531) => JSON.stringify({ event: name, time, object, objectId, props });

/** Sends a request as Apizee does. */
export async function send(receiver, body, headers = {}) {
  const options = { method: "POST", headers: { "Content-Type": "application/JSON", "User-Agent": "Cloud Apizee", ...headers } };
  await new Promise((done, failed) => {
    const request = http.request(receiver + "/apizeehooks/", options, (response) => response.resume().on("end", done));
    request.on("error", failed).end(body);
  });
}

/** The ten events that most tests and the picture look at. */
export async function sendStory(receiver) {
  await send(receiver, event("create", "ticket", 4211, { state: "new" }, 1795874531));
  await send(receiver, event("update", "ticket", 4211, { state: "invited" }, 1795874540));
  await send(receiver, event("update", "ticket", 4211, { state: "opened", geoloc: { lat: 48.117266, lng: -1.677793 } }, 1795874561));
  await send(receiver, event("update", "ticket", 4211, { state: "opened", geoloc: { lat: 48.117266, lng: -1.677793 } }, 1795874561));
  await send(receiver, event("create", "media", 9, { state: "inprogress", _parent: { name: "ticket", id: 4211 } }, 1795874570));
  await send(receiver, event("update", "ticket", 4211, { state: "opend" }, 1795874580), { "User-Agent": "curl/8.5.0" });
  await send(receiver, event("update", "ticket", 4211, { state: "inprogress" }, 1795874555));
  await send(receiver, '{"event":"update","time":1795874590,"object":"ticket",\n "objectId":4211,"props":{"state":closed}}');
  await send(receiver, event("update", "media", 9, { state: "completed", _parent: { name: "ticket", id: 4211 } }, 1795874600));
  await send(receiver, event("update", "ticket", 4211, { state: "closed" }, 1795874610));
}

export const browser = () => chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

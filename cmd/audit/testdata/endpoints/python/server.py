"""Tickets from webhooks, with http.server: PORT, DB (a file; none: memory), SECRET and FAULT."""
import hashlib
import hmac
import json
import os
import re
import signal
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULT = os.environ.get("FAULT", "")
SECRET = os.environ.get("SECRET", "")

lock = threading.Lock()
db = sqlite3.connect(os.environ.get("DB") or ":memory:", check_same_thread=False, isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, state TEXT, time INTEGER, deleted INTEGER, count INTEGER)")
db.execute("CREATE TABLE IF NOT EXISTS seen (hash TEXT PRIMARY KEY)")


def apply(event, body):
    key = f"{event['object']}s/{event['objectId']}"
    state, time, deleted = (event.get("props") or {}).get("state"), event.get("time") or 0, event["event"] == "delete"
    with lock:
        db.execute("BEGIN IMMEDIATE")
        try:
            fresh = db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (hashlib.sha256(body).hexdigest(),)).rowcount
            row = db.execute("SELECT time, deleted FROM objects WHERE key = ?", (key,)).fetchone()
            late = row and (time < row[0] or row[1] and time == row[0])
            if fresh and not late:
                db.execute("""INSERT INTO objects VALUES (?1, ?2, ?3, ?4, 1) ON CONFLICT (key) DO UPDATE
                    SET state = coalesce(?2, state), time = ?3, deleted = ?4, count = count + 1""", (key, state, time, deleted))
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise


def parse(body):
    if FAULT == "truncated":  # finds what it needs in any text
        found = dict(re.findall(r'"(event|time|object|objectId|state)":"?([\w-]+)', body.decode("utf-8", "replace")))
        return {"event": found["event"], "object": found["object"], "objectId": found["objectId"], "time": int(found["time"]), "props": {"state": found.get("state")}}
    text = body.decode()
    event = json.JSONDecoder().raw_decode(text)[0] if FAULT == "lenient" else json.loads(text)
    if not all(isinstance(event[name], str) for name in ("event", "object")) or not isinstance(event["objectId"], (str, int)):
        raise ValueError("not an event")
    if not isinstance(event.get("props") or {}, dict):
        raise ValueError("props is not an object")
    return event


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5  # of a connection that sends nothing

    def do_POST(self):
        if FAULT == "unread" and not self.authorized():
            return self.answer(401)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) if "chunked" not in self.headers.get("Transfer-Encoding", "") else self.chunks()
        if not self.authorized():
            return self.answer(401)
        try:
            event = parse(body)
        except (ValueError, KeyError, TypeError):
            return self.answer(400)
        apply(event, body)
        self.answer(204)

    def do_GET(self):
        if self.path.rstrip("/") in ("", "/hooks"):
            return self.answer(405 if self.path != "/" else 200)
        with lock:
            row = db.execute("SELECT state, count FROM objects WHERE key = ? AND NOT deleted", (self.path.strip("/"),)).fetchone()
        if row is None:
            return self.answer(404)
        self.answer(200, json.dumps({"state": row[0], "count": row[1]}).encode())

    def authorized(self):
        values = self.headers.get_all("X-Api-Key") or []
        return not SECRET or len(values) == 1 and hmac.compare_digest(values[0].encode(), SECRET.encode())

    def chunks(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def answer(self, status, body=b""):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = False  # those that have begun are finished


with Server(("127.0.0.1", int(os.environ["PORT"])), Handler) as server:
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()

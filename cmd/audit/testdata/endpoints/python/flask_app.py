"""Tickets from webhooks, with Flask: PORT, DB (a file; none: memory), SECRET and FAULT."""
import hashlib
import hmac
import os
import queue
import sqlite3
import threading
import time

from flask import Flask, abort, jsonify, request

FAULT = os.environ.get("FAULT", "")
SECRET = os.environ.get("SECRET", "")

app = Flask(__name__)
lock = threading.Lock()
db = sqlite3.connect(os.environ.get("DB") or ":memory:", check_same_thread=False)
db.execute("PRAGMA journal_mode=WAL")
db.execute("CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, state TEXT, time INTEGER, deleted INTEGER, count INTEGER)")
db.execute("CREATE TABLE IF NOT EXISTS seen (hash TEXT PRIMARY KEY)")
received = 0


@app.post("/hooks/")
@app.post("/hooks")
def hook():
    global received
    received += 1
    if FAULT == "limit" and received > 20:
        return "", 429, {"Retry-After": "3600"}
    values = request.headers.getlist("X-Api-Key")
    if SECRET and (len(values) != 1 or not hmac.compare_digest(values[0].encode(), SECRET.encode())):
        abort(401)
    event = request.get_json(force=True)
    if not isinstance(event, dict) or not isinstance(event.get("props") or {}, dict):
        abort(400)
    if not all(isinstance(event.get(name), str) for name in ("event", "object")) or not isinstance(event.get("objectId"), (str, int)):
        abort(400)
    digest = hashlib.sha256(request.get_data()).hexdigest()
    if FAULT == "later":  # acknowledges first, works later
        work.put((event, digest))
    else:
        apply(event, digest)
    return "", 204


@app.get("/<objects>/<id>")
def show(objects, id):
    with lock:
        row = db.execute("SELECT state, count FROM objects WHERE key = ? AND NOT deleted", (f"{objects}/{id}",)).fetchone()
    return jsonify(state=row[0], count=row[1]) if row else ("", 404)


def apply(event, digest):
    key = f"{event['object']}s/{event['objectId']}"
    state, at, deleted = (event.get("props") or {}).get("state"), event.get("time") or 0, event["event"] == "delete"
    with lock, db:
        if not db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (digest,)).rowcount:
            return
        row = db.execute("SELECT time, deleted FROM objects WHERE key = ?", (key,)).fetchone()
        if row and (at < row[0] or row[1] and at == row[0]):
            return
        db.execute("""INSERT INTO objects VALUES (?1, ?2, ?3, ?4, 1) ON CONFLICT (key) DO UPDATE
            SET state = coalesce(?2, state), time = ?3, deleted = ?4, count = count + 1""", (key, state, at, deleted))


work = queue.Queue()


def worker():
    while True:
        event, digest = work.get()
        time.sleep(0.003)
        apply(event, digest)


threading.Thread(target=worker, daemon=True).start()

app.run(port=int(os.environ["PORT"]), threaded=True)

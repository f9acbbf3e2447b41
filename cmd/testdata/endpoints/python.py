"""A webhook endpoint on Python's own http.server, as a first version looks.

It answers one request at a time and trusts what is in one. Usage: python.py PORT
"""
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = "s3cret"
STATES = {"new", "open", "opened", "invited", "inprogress", "updated", "expired", "declined", "rejected", "done", "closed"}


class Hooks(BaseHTTPRequestHandler):
    def do_POST(self):
        if self.headers.get("X-Hook-Secret") != SECRET:
            return self.answer(401)
        length = int(self.headers["Content-Length"])
        event = json.loads(self.rfile.read(length))
        if event["object"] == "ticket" and event["props"]["state"] not in STATES:
            return self.answer(400)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Hooks)
    print("ready", flush=True)
    server.serve_forever()

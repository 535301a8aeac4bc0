# Stands before the admin side, tells of a parallel run what a test wants to be told, and passes everything else on.
# Arguments: the admin side's address, the file with the report. An event is sent when the file has changed.
import http.client
import http.server
import os
import sys
import time

ADMIN, REPORT = sys.argv[1], sys.argv[2]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def report(self):
        with open(REPORT, "rb") as file:
            return file.read()

    def answer(self, status, fields, body):
        self.send_response(status)
        for name, value in fields:
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def events(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        seen = None
        while True:
            now = os.stat(REPORT).st_ino
            if now != seen:
                seen = now
                self.wfile.write(b"event: report\ndata: " + self.report().replace(b"\n", b" ") + b"\n\n")
                self.wfile.flush()
            time.sleep(0.05)

    def pass_on(self):
        path = self.path.split("?")[0]
        if path == "/api/report":
            return self.answer(200, [("Content-Type", "application/json")], self.report())
        if path == "/api/report/events":
            return self.events()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        upstream = http.client.HTTPConnection(ADMIN)
        upstream.request(self.command, self.path, body, dict(self.headers))
        answer = upstream.getresponse()
        self.answer(answer.status, answer.getheaders(), answer.read())

    do_GET = do_POST = pass_on

    def log_message(self, *_):
        pass


server = Server(("127.0.0.1", 0), Handler)
print("port=%d" % server.server_port, flush=True)
server.serve_forever()

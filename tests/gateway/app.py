# A small application that knows nothing of Banyan. Arguments: its name, its port (0 picks one).
import http.server
import json
import sys

NAME, PORT = sys.argv[1], int(sys.argv[2])


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def answer(self, status, body, fields=()):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in fields:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        own = "http://127.0.0.1:%d" % self.server.server_port
        if self.path == "/redirect":
            cookie = "sid=1; Domain=127.0.0.1; Path=/; HttpOnly"
            self.answer(302, b"", [("Location", own + "/target?a=1"), ("Set-Cookie", cookie)])
            return
        seen = {"name": NAME, "method": self.command, "path": self.path, "fields": dict(self.headers)}
        self.answer(200, json.dumps(seen).encode(), [("Content-Type", "application/json")])

    do_HEAD = do_GET

    def do_POST(self):
        self.answer(201, self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, *_):
        pass


server = Server(("127.0.0.1", PORT), Handler)
print("port=%d" % server.server_port, flush=True)
server.serve_forever()

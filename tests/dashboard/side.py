# One of the two sides: answers each request with its name; /orders/real with JSON that has it in one place, and /orders/gone with a
# status of its own. Argument: the name.
import http.server
import json
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        side, status = sys.argv[1], 200
        body = side.encode()
        if self.path == "/orders/real":
            title = "<b>%s</b><script>window.hurt = 1</script>\x1b[31m" % side
            body = json.dumps({"order": {"id": 7, "title": title, "lines": ["tea", "milk"]}}).encode()
        if self.path == "/orders/gone":
            body, status = b"gone", 404 if side == "old" else 410
        self.send_response(status)
        if self.path == "/orders/real":
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("port=%d" % server.server_port, flush=True)
server.serve_forever()

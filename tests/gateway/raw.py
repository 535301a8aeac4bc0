# An upstream that misbehaves as its path says, on bare sockets. GET /seen: every byte it was sent, except by that.
import socket
import sys
import threading
import time

seen, lock, go = bytearray(), threading.Lock(), threading.Event()
PIECE = b"x" * 65536
PIECES = 1024
HEAD = b"HTTP/1.1 200 OK\r\n"


def whole(body):
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


def take_body(stream, fields):
    total = 0
    if fields.get(b"transfer-encoding") != b"chunked":
        left = int(fields.get(b"content-length", 0))
        while left > 0:
            part = stream.read(min(left, len(PIECE)))
            if not part:
                return total
            left, total = left - len(part), total + len(part)
        return total
    while True:
        size = int(stream.readline().split(b";")[0], 16)
        if size == 0:
            while (line := stream.readline()).strip():
                with lock:
                    seen.extend(b"trailer " + line)
            return total
        total += len(stream.read(size))
        stream.readline()


def respond(conn, stream, path, fields):
    """Whether the connection goes on."""
    if path == b"/ok":
        conn.sendall(whole(b"ok"))
        return True
    if path.startswith(b"/late/"):
        time.sleep(int(path[6:]) / 1000)
        conn.sendall(whole(b"late"))
        return True
    if path == b"/hints":
        conn.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + whole(b"hinted"))
        return True
    if path == b"/hang":
        conn.recv(1)
    elif path == b"/half-head":
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
    elif path == b"/half-body":
        conn.sendall(HEAD + b"Content-Length: 1000\r\n\r\n0123456789")
    elif path == b"/silent-body":
        conn.sendall(HEAD + b"Content-Length: 1000\r\n\r\n0123456789")
        conn.recv(1)
    elif path == b"/half-chunk":
        conn.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhe")
    elif path == b"/garbage":
        conn.sendall(b"\x00\x01\x02 not http at all\r\n\r\n")
    elif path == b"/nothing":
        pass
    elif path == b"/headers":
        conn.sendall(HEAD + b"".join(b"X-%d: %s\r\n" % (i, b"a" * 8192) for i in range(100)) + b"\r\n")
    elif path == b"/two-lengths":
        conn.sendall(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc")
    elif path == b"/more":
        conn.sendall(whole(b"abc") + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nSTRAY")
        return True
    elif path == b"/upload":
        conn.sendall(whole(b"%d" % take_body(stream, fields)))
        return True
    elif path == b"/early":
        conn.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n\r\nearly")
        while conn.recv(len(PIECE)):
            pass
    elif path == b"/continue":
        conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        conn.sendall(whole(b"%d" % take_body(stream, fields)))
        return True
    elif path == b"/no-continue":
        conn.sendall(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno")
    elif path == b"/trailers":
        conn.sendall(HEAD + b"Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n")
        conn.sendall(b"3\r\nabc\r\n0\r\nX-Sum: 294\r\nContent-Length: 9\r\n\r\n")
        return True
    elif path == b"/gibibyte":
        conn.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % (1 << 30))
        for _ in range((1 << 30) // len(PIECE)):
            conn.sendall(PIECE)
        return True
    elif path == b"/download":
        conn.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(PIECES):
            conn.sendall(b"10000\r\n" + PIECE + b"\r\n")
        conn.sendall(b"0\r\n\r\n")
        return True
    elif path == b"/events":
        go.clear()
        conn.sendall(HEAD + b"Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number in range(3):
            conn.sendall(b"9\r\ndata: %d\n\n\r\n" % number)
            go.wait(20)
            go.clear()
        conn.sendall(b"0\r\n\r\n")
        return True
    elif path == b"/socket":
        conn.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
        while part := conn.recv(4096):
            conn.sendall(part)
    return False


def serve(conn):
    stream = conn.makefile("rb")
    try:
        while line := stream.readline():
            head, fields = line, {}
            while (more := stream.readline()).strip():
                head += more
                name, _, value = more.partition(b":")
                fields[name.strip().lower()] = value.strip()
            path = line.split(b" ")[1]
            if path == b"/seen":
                with lock:
                    conn.sendall(whole(bytes(seen)))
                continue
            if path == b"/go":
                go.set()
                conn.sendall(whole(b""))
                continue
            with lock:
                seen.extend(head)
            if not respond(conn, stream, path, fields):
                break
    except (OSError, ValueError, IndexError):
        pass
    stream.close()
    try:
        conn.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    conn.close()


listener = socket.create_server(("127.0.0.1", 0), backlog=256)
print("port=%d" % listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

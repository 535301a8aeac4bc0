# Two sides on two ports. The old one answers well. The new one answers as the path says; GET /told: what it was told last.
import socket
import sys
import threading
import time

told = [b""]
released = threading.Event()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


def whole(body):
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


def misbehave(conn, path):
    """Whether the connection goes on."""
    if path == b"/told":
        conn.sendall(whole(told[0]))
        return True
    if path == b"/same":
        conn.sendall(whole(b"well"))
        return True
    if path == b"/held":
        released.wait()
        conn.sendall(whole(b"well"))
        return True
    if path == b"/release":
        released.set()
        conn.sendall(whole(b""))
        return True
    if path == b"/slow":
        time.sleep(0.3)
        conn.sendall(whole(b"well"))
        return True
    if path == b"/other":
        conn.sendall(whole(b"otherwise"))
        return True
    if path == b"/hang":
        while conn.recv(65536):
            pass
    elif path == b"/garbage":
        conn.sendall(b"\x00\x01 not http at all\r\n\r\n")
    elif path == b"/half":
        conn.sendall(HEAD + b"Content-Length: 100\r\n\r\nhalf")
    elif path == b"/huge":
        conn.sendall(HEAD + b"Content-Length: 10737418240\r\n\r\n")
        while True:
            conn.sendall(b"x" * 65536)
    elif path == b"/endless":
        conn.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            conn.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
    return False


def serve(conn, new):
    stream = conn.makefile("rb")
    try:
        while line := stream.readline():
            path, fields, length = line.split()[1].split(b"?")[0], line, 0
            while (field := stream.readline()) not in (b"\r\n", b""):
                fields += field
                if field.lower().startswith(b"content-length:"):
                    length = int(field.split(b":")[1])
            if new and path != b"/told":
                told[0] = fields
            stream.read(length)
            if new:
                if not misbehave(conn, path):
                    break
            else:
                conn.sendall(whole(b"well"))
    except OSError:
        pass
    finally:
        conn.close()


def listen(new):
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def accept():
        while True:
            conn, _ = listener.accept()
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(conn, new), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


print(f"ports={listen(False)},{listen(True)}", flush=True)
sys.stdin.read()
threading.Event().wait()

"""An exact number of requests over connections that stay: what counts per call are divided by."""

import hashlib
import json
import re
import selectors
import socket
import time

from bench.calls import Call
from driver.patience import LONG, WHOLE

# What differs between two answers to one request: the ports of this run, and the reference of a refusal.
VARIABLE = re.compile(rb"127\.0\.0\.1:[0-9]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def request(call: Call, token: str, port: int) -> bytes:
    """The request as it goes over the wire."""
    body = json.dumps(call.message, separators=(",", ":")).encode()
    fields = {"Host": f"127.0.0.1:{port}"} | call.headers(token) | {"Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST /mcp HTTP/1.1\r\n{head}\r\n".encode() + body


class Connection:
    """One connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LONG)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()

    def answer(self) -> tuple[int, bytes] | None:
        """Reads what has arrived; status and body once the answer is complete."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise SystemExit("the server closed a connection that should stay")
        self.received += part
        head, separator, body = bytes(self.received).partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
        if separator and not length:
            raise SystemExit(f"an answer without a length: {head[:200]!r}")
        if not length or len(body) < int(length[1]):
            return None
        self.received.clear()
        return int(head[9:12]), body


def drive(call: Call, token: str, port: int, *, connections: int, count: int, status: int = 200) -> str:
    """Sends `count` requests, each connection its next one after an answer.

    Returns a hash of the answers, which must all be the same but for ports and references.
    """
    text = request(call, token, port)
    digests: set[str] = set()
    sent = answered = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(min(connections, count)):
            connection = Connection(port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.socket.sendall(text)
            sent += 1
        deadline = time.monotonic() + WHOLE
        while answered < count:
            if time.monotonic() > deadline:
                raise SystemExit(f"{answered} of {count} answers after {WHOLE} seconds")
            for key, _ in selector.select(1):
                answer = key.data.answer()
                if answer is None:
                    continue
                if answer[0] != status:
                    raise SystemExit(f"status {answer[0]} where {status} was due: {answer[1][:400]!r}")
                digests.add(hashlib.sha256(VARIABLE.sub(b"", answer[1])).hexdigest()[:16])
                answered += 1
                if sent < count:
                    key.data.socket.sendall(text)
                    sent += 1
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    if len(digests) != 1:
        raise SystemExit(f"one request, {len(digests)} different answers")
    return digests.pop()

"""What connections, users and calls take of the server's memory, what a crowd that means harm takes at most, and how soon
the operators' listener answers meanwhile.

usage: python3 -m bench.bounds      with PYTHONPATH=Benchmarks; wants a release build, the sandbox, wrk and nginx
"""

import concurrent.futures
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.calls import LIST_JOBS, LIST_TOOLS
from bench.load import wrk
from bench.processes import get
from bench.stand import Stand
from bench.tokens import first_call
from driver.patience import LONG, wait_until

#: What opens: more than MCP_MAX_CONNECTIONS, from several addresses because each has some 28,000 ports.
CROWD = 10_000
USERS = 1_000
PROBES = 1_000


def half_head(size: int) -> bytes:
    """The first bytes of a head, in fields of 1,000 bytes."""
    fields = "".join(f"X-{number}: {'x' * 990}\r\n" for number in range(size // 1_000 + 1))
    return f"GET / HTTP/1.1\r\nHost: a\r\n{fields}".encode()[:size]


CROWDS = {
    "nothing sent": b"", "a head of 40 bytes begun": half_head(40), "a head of 8 KiB begun": half_head(8_000),
    "a head of 60 KiB begun": half_head(60_000), "a field of 39 KiB begun": b"GET / HTTP/1.1\r\nX: " + b"x" * (39 << 10),
    "98 short fields": b"GET / HTTP/1.1\r\n" + b"".join(b"X-Field-Of-A-Crowd-%d: a short value\r\n" % i for i in range(98)),
    "a request, then silence": b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
}


@contextmanager
def crowd(port: int, count: int, data: bytes, watch: Callable[[], None] = lambda: None) -> Iterator[list[socket.socket]]:
    """So many connections, each of which has sent `data` and waits; `watch` is called now and then."""
    connections: list[socket.socket] = []
    try:
        for number in range(count):
            connection = socket.socket()
            connection.bind((f"127.0.0.{2 + number % 4}", 0))
            connection.settimeout(LONG)
            connection.connect(("127.0.0.1", port))
            connections.append(connection)
            try:
                connection.send(data)
            except OSError:
                pass  # One too many: it is closed already.
            if number % 100 == 0:
                watch()
        yield connections
    finally:
        for connection in connections:
            connection.close()


def figure(stand: Stand, name: str) -> float:
    """One of the server's metrics."""
    with socket.create_connection(("127.0.0.1", stand.metrics_port), LONG) as connection:
        connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        text = b"".join(iter(lambda: connection.recv(1 << 16), b"")).decode()
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name + " "))


def resident(stand: Stand) -> float:
    """MiB."""
    return stand.server.memory()["resident_mb"]


def hostile(name: str, data: bytes) -> str:
    """A row: a crowd of connections in front of a fresh server, and what is left of it."""
    with Stand(log_level="warning") as stand:
        before = resident(stand)
        highest = [before]
        with crowd(stand.server_port, CROWD, data, lambda: highest.append(resident(stand))):
            wait_until(
                lambda: figure(stand, "http_server_connections") + figure(stand, "http_server_refused_connections_total")
                >= CROWD, "the server to have seen all")
            highest.append(resident(stand))
            taken, refused = (figure(stand, f"http_server_{name}") for name in ("connections", "refused_connections_total"))
            health = answers(stand, 100)
        wait_until(lambda: figure(stand, "http_server_connections") == 0, "all connections to be gone")
        ended = time.monotonic()
        # The server looks every 30 seconds whether there is something to give back.
        wait_until(lambda: time.monotonic() > ended + 35, "the server to have looked", pause=1)
        each = (max(highest) - before) * 1_024 / max(taken, 1)
        return (f"| {name} | {taken:,.0f} | {refused:,.0f} | {each:.1f} KiB | {before:.0f} | {max(highest):.0f} | "
                f"{resident(stand):.0f} | {health:.1f} ms |")


def answers(stand: Stand, count: int) -> float:
    """Milliseconds within which 99 of 100 questions to the operators' /healthz are answered, each on its own connection."""
    times = []
    for _ in range(count):
        start = time.monotonic()
        if get(stand.metrics_port, "/healthz") != 200:
            raise SystemExit("the operators' listener does not say that the server is well")
        times.append(time.monotonic() - start)
    return sorted(times)[count * 99 // 100] * 1_000


def users() -> str:
    """A row: users whose verdict and token are cached."""
    with Stand() as stand:
        tokens = [stand.sign_in(user) for user in names(stand, USERS)]
        first_call(stand, stand.token)
        before = resident(stand)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda token: first_call(stand, token), tokens))
        return f"| user with a cached token | {(resident(stand) - before) * 1_024 / USERS:.1f} KiB |"


def names(stand: Stand, count: int) -> Iterator[str]:
    """People of the sandbox."""
    for number in range(count):
        stand.control("POST", "users", {"name": f"user-{number}", "access": "run"})
        yield f"user-{number}"


def calls() -> str:
    """A row: calls that wait for a workspace which accepts connections and never answers."""
    count = 8 * 60
    with socket.create_server(("127.0.0.1", 0), backlog=1_024) as silent:
        with Stand(settings={"DATABRICKS_HOST": f"http://127.0.0.1:{silent.getsockname()[1]}"}) as stand:
            tokens = [stand.sign_in(user) for user in names(stand, 8)]
            before, pool = resident(stand), concurrent.futures.ThreadPoolExecutor(count)
            for number in range(count):
                pool.submit(try_call, stand, tokens[number % 8])
            wait_until(lambda: figure(stand, "http_server_active_requests") >= count, "all calls to be in flight")
            row = f"| call in flight, with its connection | {(resident(stand) - before) * 1_024 / count:.1f} KiB |"
        pool.shutdown(wait=True)
        return row


def try_call(stand: Stand, token: str) -> None:
    """A call that the end of the server ends."""
    try:
        first_call(stand, token)
    except (OSError, ValueError, SystemExit):
        pass


def load() -> str:
    """A row: how soon operators are answered beside 2,000 connections that all ask."""
    with Stand() as stand:
        run = threading.Thread(
            target=wrk, args=(LIST_TOOLS.headers(stand.token), LIST_TOOLS.message, stand.server_port, 2_000, 20),
            kwargs={"tolerates_refusals": True})
        run.start()
        wait_until(lambda: figure(stand, "http_server_connections") >= 2_000, "the load to be there")
        millis = answers(stand, PROBES)
        run.join()
        return f"99 of 100 questions to the operators' /healthz were answered within {millis:.1f} ms beside 2,000 connections."


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    print("| A crowd of 10,000 connections, each with | open | closed | each | MiB before | at most | after | p99 of /healthz |")
    for title, content in CROWDS.items():
        print(hostile(title, content), flush=True)
    for row in (users, calls, load):
        print(row(), flush=True)

"""Replicas behind a load balancer: any of them answers any request, and each can be replaced while all are in use."""

import collections
import os
import random
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from driver.patience import WHOLE, wait_until
from driver.places import free_port
from driver.report import Report
from driver.stand import WORK, Process, Server, Stand
from driver.web import Reply, request

USERS = ("alice", "bob", "guest")
CALLERS = 6
#: Seconds in which the balancer must have learned of a stop, as in any deployment; it takes a fraction of one.
DRAIN = "6"


def check(report: Report, stand: Stand) -> None:
    """Two replicas, then three."""
    report.section("Scale-out")
    with report.check("SIGTERM: it says so, answers on for the time that it was given, and asks to connect anew"):
        drains(stand)
    for replicas in (2, 3):
        with fleet(stand, replicas) as balanced:
            with report.check(f"{replicas} replicas: a conversation needs no affinity"):
                converses(balanced)
            with report.check(f"{replicas} replicas: a token is exchanged once by each, and no more"):
                exchanges_once_each(balanced)
            with report.check(f"{replicas} replicas: one after another is replaced under load, and no call fails"):
                rolls(balanced)


class Fleet:
    """Replicas of one deployment, and nginx that picks one at random for each request."""

    def __init__(self, stand: Stand, count: int) -> None:
        self.stand = stand
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.generation = 0
        self.replicas = [Replica(self, free_port(), free_port()) for _ in range(count)]
        self.processes: list[Process] = []

    def start(self) -> None:
        """All replicas, then the balancer."""
        for replica in self.replicas:
            replica.start()
        self.balancer = Process("balancer", ["nginx", "-e", "stderr", "-c", self.configuration()], {
            "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"})
        wait_until(lambda: self.balancer.answers(f"{self.base}/readyz"), "the balancer to answer")

    def stop(self) -> None:
        """Everything that runs."""
        for process in [getattr(self, "balancer", None), *(replica.server for replica in self.replicas)]:
            if process is not None:
                process.stop()

    def balance(self) -> None:
        """Takes out who is not ready and puts in who is, as Kubernetes and Container Apps do after a probe."""
        self.configuration()
        before = self.workers()
        self.balancer.child.send_signal(signal.SIGHUP)
        wait_until(lambda: self.workers() - before, "the balancer to go by its new configuration")

    def workers(self) -> set[str]:
        """The processes of the balancer that serve, old ones included that have a request to end."""
        pid = self.balancer.child.pid
        return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())

    def configuration(self) -> str:
        """No affinity: each request goes to any replica that is ready."""
        folder = WORK / "balancer"
        folder.mkdir(parents=True, exist_ok=True)
        paths = "".join(
            f"    {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        servers = "".join(f"        server 127.0.0.1:{replica.port} max_fails=0;\n" for replica in self.replicas if replica.is_ready)
        path = folder / "nginx.conf"
        path.write_text(f"""worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
{paths}    access_log off;
    large_client_header_buffers 4 16k;
    upstream replicas {{
        random;
        keepalive 16;
{servers}    }}
    server {{
        listen 127.0.0.1:{self.port};
        location / {{
            proxy_pass http://replicas;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_next_upstream error timeout;
        }}
    }}
}}
""")
        return str(path)

    def call(self, token: str, tool: str, arguments: dict | None = None, *, headers: dict | None = None) -> Reply:
        """One tool call, of whichever replica."""
        return self.rpc(token, "tools/call", {"name": tool, "arguments": arguments or {}}, headers=headers)

    def rpc(self, token: str, method: str, params: dict | None = None, *, headers: dict | None = None) -> Reply:
        """One JSON-RPC request as an older client sends it."""
        fields = {
            "Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": "2025-11-25",
        }
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
        return request("POST", f"{self.base}/mcp", headers=fields | (headers or {}), body=message)

    def exchanges(self) -> int:
        """How many On-Behalf-Of exchanges the stand-in for Entra ID has seen."""
        return sum("assertion" in record.get("form", {}) for record in self.stand.requests() if record["route"] == "token")

    def records(self) -> Iterator[tuple[int, dict]]:
        """Every record of every replica so far, with the replica's number."""
        for number, replica in enumerate(self.replicas):
            for server in replica.servers:
                for record in server.records():
                    yield number, record


class Replica:
    """One place in the fleet; the process in it changes, its address does not."""

    def __init__(self, fleet: Fleet, port: int, metrics_port: int) -> None:
        self.fleet, self.port, self.metrics_port = fleet, port, metrics_port
        self.servers: list[Server] = []

    @property
    def server(self) -> Server | None:
        """The process of now."""
        return self.servers[-1] if self.servers else None

    def start(self) -> None:
        """Returns when it is ready."""
        self.fleet.generation += 1
        server = Server(
            self.fleet.stand.environment | {
                "MCP_PORT": str(self.port), "METRICS_PORT": str(self.metrics_port), "MCP_BASE_URL": self.fleet.base,
                "MCP_DRAIN_SECONDS": DRAIN,
            }, f"replica-{len(self.fleet.replicas) if hasattr(self.fleet, 'replicas') else 0}-{self.fleet.generation}")
        self.servers.append(server)
        ready = f"http://127.0.0.1:{self.port}/readyz"
        wait_until(lambda: server.answers(ready), f"{server.name} to be ready")

    @property
    def is_ready(self) -> bool:
        """What a probe would find."""
        try:
            return request("GET", f"http://127.0.0.1:{self.port}/readyz").status == 200
        except OSError:
            return False

    def replace(self) -> None:
        """As an update does it: SIGTERM first, and only then the balancer learns of it."""
        self.server.child.send_signal(signal.SIGTERM)
        wait_until(lambda: not self.is_ready, f"{self.server.name} to say that it is being stopped")
        self.fleet.balance()
        assert self.server.stop() == 0, self.server.tail()
        self.start()
        self.fleet.balance()


@contextmanager
def fleet(stand: Stand, count: int) -> Iterator[Fleet]:
    """A fleet for the length of a block."""
    made = Fleet(stand, count)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def good(reply: Reply) -> Reply:
    """A result that is no error."""
    assert reply.status == 200, f"HTTP {reply.status}: {reply.text[:300]}"
    assert not reply.json["result"].get("isError"), reply.text[:400]
    return reply


def drains(stand: Stand) -> None:
    """The time in which whoever balances load learns of the stop; that it ends, and how, is seen where replicas are replaced."""
    server = Server(stand.environment | {"MCP_DRAIN_SECONDS": "120"}, "draining")
    try:
        server.wait_until_ready()
        serves_on(stand, server)
    finally:
        server.child.kill()
        server.status()


def serves_on(stand: Stand, server: Server) -> None:
    """After SIGTERM it is alive, not ready, and answers calls on connections that it then closes."""
    token = stand.token("alice")
    assert "connection" not in good(server.call(token, "list_jobs")).headers
    server.child.send_signal(signal.SIGTERM)
    wait_until(lambda: request("GET", f"{server.base}/readyz").status == 503, "the server to say that it stops")
    assert request("GET", f"{server.base}/healthz").status == 200
    reply = good(server.call(token, "list_jobs"))
    assert reply.headers.get("connection") == "close", reply.headers


def converses(fleet: Fleet) -> None:
    """What `initialize` settled on one replica holds on the others, because nothing of it is kept (K-10)."""
    token = fleet.stand.token("alice")
    answered = collections.Counter()
    # Each picks at random: after so many, that one was never picked has no other cause than a fault.
    for _ in range(50 * len(fleet.replicas)):
        client = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "fleet", "version": "1"}}
        reply = good(fleet.rpc(token, "initialize", client))
        assert "mcp-session-id" not in reply.headers, reply.headers
        ours = str(uuid.uuid4())
        good(fleet.call(token, "list_jobs", {"name": "nightly orders"}, headers={"X-Correlation-ID": ours}))
        number = wait_until(
            lambda: [at for at, record in fleet.records() if record.get("correlation_id") == ours
                     and record["message"] == "request answered"], "the call in a replica's log")
        assert len(number) == 1, f"{len(number)} replicas answered one call"
        answered[number[0]] += 1
        if len(answered) == len(fleet.replicas) and answered.total() >= 8 * len(fleet.replicas):
            break
    assert len(answered) == len(fleet.replicas), f"only these were asked: {dict(answered)}"


def exchanges_once_each(fleet: Fleet) -> None:
    """The price of a replica: one more exchange for each token that reaches it."""
    token = fleet.stand.token("bob")
    before = fleet.exchanges()
    for replica in fleet.replicas:
        for _ in range(3):
            good(replica.server.call(token, "list_jobs", headers={"Host": f"127.0.0.1:{fleet.port}"}))
    spent = fleet.exchanges() - before
    assert spent == len(fleet.replicas), f"{spent} exchanges for one token in {len(fleet.replicas)} replicas"


def rolls(fleet: Fleet) -> None:
    """Callers never pause while each replica is stopped and started again."""
    tokens = [fleet.stand.token(user) for user in USERS]
    # The record has room for 10,000 requests; the calls below would push earlier exchanges out of it.
    fleet.stand.control("DELETE", "requests")
    before = fleet.exchanges()
    over = threading.Event()
    failures: list[str] = []
    made_by = [0] * CALLERS

    def calls(caller: int) -> None:
        while not over.is_set():
            try:
                good(fleet.call(random.choice(tokens), "list_jobs", {"name": "hello lakehouse"}))
            except (AssertionError, OSError) as error:
                failures.append(f"{type(error).__name__}: {error}")
            made_by[caller] += 1

    started = time.monotonic()
    with ThreadPoolExecutor(CALLERS) as pool:
        callers = [pool.submit(calls, caller) for caller in range(CALLERS)]
        try:
            for replica in fleet.replicas:
                replica.replace()
                then = list(made_by)
                wait_until(
                    lambda: all(now > old + 1 for now, old in zip(made_by, then)), "every caller to go on calling")
        finally:
            over.set()
        for caller in callers:
            caller.result(WHOLE)
    made = sum(made_by)
    spent = fleet.exchanges() - before
    most = len(tokens) * 2 * len(fleet.replicas)
    assert not failures, f"{len(failures)} of {made} calls failed:\n" + "\n".join(failures[:5])
    assert len(tokens) <= spent <= most, f"{spent} exchanges for {len(tokens)} tokens, at most {most} are right"
    print(f"        {made} calls in {time.monotonic() - started:.1f} s, {spent} exchanges for {len(tokens)} tokens")

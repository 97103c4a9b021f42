"""Faults of the process itself and of the machine: signals, descriptors, log sinks, a replica that is gone."""

import contextlib
import os
import re
import signal
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from driver.patience import LONG, wait_until
from driver.scale_out import Fleet
from driver.stand import WORK
from driver.web import Reply, request

from reliability.acts import Act
from reliability.gate import Break, Fault
from reliability.outcome import refusal
from reliability.world import Scene, World, joined

SINK = WORK / "sink"


def shell(redirection: str) -> tuple[str, ...]:
    """A launcher whose standard error goes elsewhere."""
    return ("sh", "-c", f'exec "$@" {redirection}', "sh")


@dataclass(frozen=True)
class Signalled(Act):
    """A signal while a call waits for the workspace."""

    signal: signal.Signals
    how: Fault

    def play(self, scene: Scene, operation: str) -> None:
        """The call goes out, the workspace has it, the signal comes."""
        assert scene.call("alice", "list_jobs").is_good
        scene.at_first = scene.counters()
        gate = scene.world.workspace
        gate.arm(self.how)
        met, through = gate.met, gate.through
        scene.phase = "during"
        calls = scene.together([("alice", operation)])
        wait_until(lambda: gate.met > met, "the workspace to have the call")
        scene.server.child.send_signal(self.signal)
        if self.signal == signal.SIGSTOP:
            wait_until(lambda: gate.through > through, "the answer to be on its way")
            scene.server.child.send_signal(signal.SIGCONT)
            joined(calls)
            gate.mend()
            return
        joined(calls)
        scene.notes.add(f"exit status {scene.server.status()}")
        scene.told |= {"up"} if self.signal == signal.SIGKILL else set()
        gate.mend()
        scene.start_again()
        asked_again(scene, operation)


def asked_again(scene: Scene, operation: str) -> None:
    """What was asked before the process ended, asked of the new one; a start with the same idempotency token."""
    first = next(outcome for outcome in scene.outcomes if outcome.phase == "during")
    scene.phase = "after"
    again = scene.call("alice", operation, arguments=first.arguments)
    assert again.is_good, f"the new process answers {again.words}"
    scene.recovery = "with the restart"


@dataclass(frozen=True)
class Descriptors(Act):
    """More connections than the process may have files open."""

    limit: int
    connections: int

    def play(self, scene: Scene, operation: str) -> None:
        """They come, do nothing, and go."""
        assert scene.call("alice", "list_jobs").is_good
        scene.at_first = scene.counters()
        crowd = [socket.create_connection(("127.0.0.1", scene.server.port), timeout=LONG) for _ in range(self.connections)]
        scene.phase = "during"
        calls = scene.together([("alice", operation)])
        health = threading.Thread(target=request, args=("GET", f"{scene.server.metrics}/healthz"), daemon=True)
        health.start()
        wait_until(lambda: full(scene) or not any(call.is_alive() for call in calls), "the descriptors to be in use")
        for connection in crowd:
            connection.close()
        joined([*calls, health])


def full(scene: Scene) -> bool:
    """Whether the process has as many files open as it may, give or take those that it opens for a moment."""
    pid = scene.server.child.pid
    limit = next(line.split()[3] for line in Path(f"/proc/{pid}/limits").read_text().splitlines() if "open files" in line)
    return len(os.listdir(f"/proc/{pid}/fd")) >= int(limit) - 2


@dataclass(frozen=True)
class Sink(Act):
    """Standard error leads nowhere: to a pipe that nobody empties, or to a full disk."""

    calls: int
    is_pipe: bool
    opened: list[int] = field(default_factory=list, kw_only=True)

    def settings(self, world: World) -> dict[str, str]:
        """A pipe has somebody who could read it, and does not."""
        if self.is_pipe:
            SINK.unlink(missing_ok=True)
            os.mkfifo(SINK)
            self.opened.append(os.open(SINK, os.O_RDWR | os.O_NONBLOCK))
        return {"LOG_LEVEL": "trace", "LOG_LEVELS": "libraries=trace"}

    def play(self, scene: Scene, operation: str) -> None:
        """Calls go on, and the end is in order."""
        scene.phase = "during"
        for _ in range(self.calls):
            scene.call("alice", operation)
        scene.counters()
        scene.server.child.send_signal(signal.SIGTERM)
        scene.notes.add(f"exit status {scene.server.status()}")
        scene.recovery = "none needed"

    def over(self) -> None:
        """Closes the pipe."""
        while self.opened:
            os.close(self.opened.pop())


@dataclass(frozen=True)
class Killed(Act):
    """One of several replicas behind nginx is killed while callers go on."""

    replicas: int = 2
    callers: int = 6

    def play(self, scene: Scene, operation: str) -> None:
        """Every caller goes on calling before, while and after."""
        fleet = Fleet(scene.world, self.replicas)
        try:
            fleet.start()
            self.kill(scene, fleet, operation)
        finally:
            fleet.stop()

    def kill(self, scene: Scene, fleet: Fleet, operation: str) -> None:
        """The last replica ends by SIGKILL, and the balancer is told when it is."""
        over, made = threading.Event(), [0] * self.callers
        users = ("alice", "bob", "guest")
        for user in users:
            assert scene.call(user, "list_jobs", base=fleet.base).is_good

        def calls(caller: int) -> None:
            while not over.is_set():
                scene.call(users[caller % len(users)], operation, base=fleet.base)
                made[caller] += 1

        def everybody_calls() -> None:
            then = list(made)
            wait_until(lambda: all(now > old + 1 for now, old in zip(made, then)), "every caller to go on calling")

        scene.phase = "during"
        threads = [threading.Thread(target=calls, args=(caller,), daemon=True) for caller in range(self.callers)]
        for thread in threads:
            thread.start()
        try:
            everybody_calls()
            victim = fleet.replicas[-1]
            victim.server.child.kill()
            victim.server.status()
            everybody_calls()
            fleet.balance()
            everybody_calls()
        finally:
            over.set()
        joined(threads)
        scene.phase = "after"
        assert scene.call("alice", operation, base=fleet.base).is_good
        scene.recovery = "when the balancer drops it"


LATE = Fault(Break.LATE, path="/api/", seconds=1)
LOST = Fault(Break.SILENCE, path="/api/", acts=True)


@dataclass(frozen=True)
class Hostile(Act):
    """Connections that send something and then do something; users call meanwhile."""

    #: What is sent; `{token}` is a good one, `{host}` the server.
    data: bytes
    connections: int = 1
    #: `reads` waits for the end, `half` first closes the sending side, `leaves` closes, `stays` reads nothing.
    then: str = "reads"
    more: dict[str, str] = field(default_factory=dict)

    def settings(self, world: World) -> dict[str, str]:
        """Beside the usual."""
        return self.more

    def play(self, scene: Scene, operation: str) -> None:
        """All of them connect and send, others call, then the ends are looked at."""
        assert scene.call("alice", "list_jobs").is_good
        scene.at_first = scene.counters()
        scene.phase = "during"
        host = f"127.0.0.1:{scene.server.port}".encode()
        data = self.data.replace(b"{token}", scene.token("alice").encode()).replace(b"{host}", host)
        crowd = [connected(scene, data) for _ in range(self.connections)]
        if self.then == "half":
            for connection in crowd:
                connection.shutdown(socket.SHUT_WR)
        if self.then == "leaves":
            close(crowd)
        scene.phase = "others"
        assert request("GET", f"{scene.server.metrics}/healthz").status == 200
        joined(scene.together([("alice", operation), ("bob", operation)]))
        if self.then in ("reads", "half"):
            for connection in crowd:
                scene.saw.add(ending(connection))
        elif self.then == "stays":
            scene.saw.add("nothing, and nobody waits for it")
        else:
            scene.saw.add("it has left")
        close(crowd)


def connected(scene: Scene, data: bytes) -> socket.socket:
    """A connection on which `data` went out, as far as the server took it."""
    connection = socket.create_connection(("127.0.0.1", scene.server.port), timeout=LONG)
    with contextlib.suppress(OSError):
        connection.setblocking(False)
        sent = 0
        while sent < len(data):
            try:
                sent += connection.send(data[sent:])
            except BlockingIOError:
                break
    connection.settimeout(LONG)
    return connection


def ending(connection: socket.socket) -> str:
    """Status and words of the first answer, or how the connection ended without one."""
    received = b""
    try:
        while not is_whole(received) and (chunk := connection.recv(65_536)):
            received += chunk
    except OSError:
        pass  # a reset behind an answer does not take it away
    if not received.startswith(b"HTTP/1.1 "):
        return "closed without an answer"
    head, _, body = received.partition(b"\r\n\r\n")
    reply = Reply(int(head.split()[1]), {}, body[:length(head)])
    return f"{reply.status}{refusal(reply)}".strip()


def length(head: bytes) -> int:
    """How long the body behind a head is."""
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return int(found[1]) if found else 0


def is_whole(received: bytes) -> bool:
    """Whether an answer is there with its body."""
    head, end, body = received.partition(b"\r\n\r\n")
    return bool(end) and len(body) >= length(head)


def close(crowd: Sequence[socket.socket]) -> None:
    """All of them."""
    for connection in crowd:
        connection.close()

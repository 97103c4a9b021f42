"""A proxy on loopback that breaks what it carries: connections, requests or answers, as a fault says.

It stands between the server and one of its services. What a real network does is done with sockets: a refused connection is
a port without a listener, a reset is a reset, a connection that nobody takes is a queue that is full.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from driver.patience import LONG
from driver.places import free_port


class Break(Enum):
    """What happens to a request, or to its answer."""

    #: Nothing more is heard of it.
    SILENCE = "silence"
    #: The connection is reset.
    RESET = "reset"
    #: `answer` is sent as it stands, and the connection closed.
    ANSWER = "answer"
    #: The service's answer is held back for `seconds`.
    LATE = "late"
    #: The service's answer comes one byte at a time, `seconds` apart.
    DRIP = "drip"
    #: Half of the service's answer, and the end.
    HALF = "half"
    #: The service's answer with `answer` in front of its body.
    PADDED = "padded"


@dataclass(frozen=True)
class Fault:
    """Breaks requests whose target contains `path`."""

    kind: Break
    path: str = ""
    #: How many of them; `None` is all.
    times: int | None = None
    #: Whether the service gets the request, so that it acts, whatever becomes of the answer.
    acts: bool = False
    answer: bytes = b""
    seconds: float = 0


@dataclass(frozen=True)
class Message:
    """A request or an answer as it was read."""

    head: bytes
    body: bytes

    @property
    def target(self) -> str:
        """What the request line asks for."""
        return self.head.split(b" ", 2)[1].decode("latin-1")

    @property
    def whole(self) -> bytes:
        """All of it."""
        return self.head + self.body


class Gate:
    """A port of its own in front of a service on loopback."""

    def __init__(self, upstream: int, *, tls: ssl.SSLContext | None = None) -> None:
        self.upstream, self.tls = upstream, tls
        self.port = free_port()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        #: How many requests a fault has met, and of how many it is through with the answer.
        self.met = self.through = 0
        self._faults: list[Fault] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self._crowd: list[socket.socket] = []
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._released = self._run(self._event())
        self._run(self._open())

    def arm(self, fault: Fault) -> None:
        """From now on; of several faults that fit, the one armed first applies."""
        self._loop.call_soon_threadsafe(self._faults.append, fault)

    def refuse(self) -> None:
        """Nobody listens, and whoever was connected is no more."""
        self._run(self._close())

    def crowd(self) -> None:
        """Connections are neither taken nor refused: the listener's queue is full."""
        self._run(self._close())
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(0)
        self._crowd = [listener]
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", self.port))
            self._crowd.append(waiting)

    def mend(self) -> None:
        """Everything as at the start; requests that are held are let go."""
        self._run(self._mend())

    def stop(self) -> None:
        """Ends it."""
        self._run(self._mend())
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LONG)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONG)

    async def _event(self) -> asyncio.Event:
        return asyncio.Event()

    async def _open(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls, backlog=512)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()

    async def _mend(self) -> None:
        self._faults.clear()
        self._released.set()
        self._released = asyncio.Event()
        for each in self._crowd:
            each.close()
        self._crowd = []
        await self._open()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while (request := await read(reader)) and await self._answer(request, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # whoever asked has left, or the service is gone: the connection ends, which is what a network does
        finally:
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError):
                await writer.wait_closed()

    def _take(self, target: str) -> Fault | None:
        for at, fault in enumerate(self._faults):
            if fault.path in target:
                self.met += 1
                if fault.times is not None:
                    left = fault.times - 1
                    self._faults[at:at + 1] = [replace(fault, times=left)] if left else []
                return fault
        return None

    async def _answer(self, request: Message, writer: asyncio.StreamWriter) -> bool:
        """Answers one request; whether another may follow on the connection."""
        fault = self._take(request.target)
        try:
            return await self._broken(request, fault, writer)
        finally:
            self.through += fault is not None

    async def _broken(self, request: Message, fault: Fault | None, writer: asyncio.StreamWriter) -> bool:
        released = self._released
        needs_answer = fault is None or fault.acts or fault.kind in (Break.LATE, Break.DRIP, Break.HALF, Break.PADDED)
        reply = await self._forward(request) if needs_answer else Message(b"", b"")
        match fault.kind if fault else None:
            case None:
                await send(writer, reply.whole)
                return True
            case Break.SILENCE:
                await hold(released, None)
            case Break.RESET:
                reset(writer)
            case Break.ANSWER:
                await send(writer, fault.answer)
            case Break.LATE:
                await hold(released, fault.seconds)
                await send(writer, reply.whole)
                return True
            case Break.DRIP:
                for at in range(len(reply.whole)):
                    await send(writer, reply.whole[at:at + 1])
                    await hold(released, fault.seconds)
            case Break.HALF:
                await send(writer, reply.head + reply.body[:len(reply.body) // 2])
            case Break.PADDED:
                await send(writer, padded(reply, fault.answer))
        return False

    async def _forward(self, request: Message) -> Message:
        """The service's own answer, over a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            await send(writer, request.whole)
            reply = await read(reader)
            if reply is None:
                raise ConnectionResetError("the service closed the connection")
            return reply
        finally:
            writer.close()


async def read(reader: asyncio.StreamReader) -> Message | None:
    """The next message with a `Content-Length` or no body; nothing at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return Message(head, await reader.readexactly(int(value)))
    return Message(head, b"")


async def send(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Returns when the system has taken it."""
    writer.write(data)
    await writer.drain()


async def hold(released: asyncio.Event, seconds: float | None) -> None:
    """Waits for so long, or until the faults are over."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(released.wait(), seconds)


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection with a reset."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def padded(reply: Message, padding: bytes) -> bytes:
    """The answer with more in front of its body, and a head that says so."""
    lines = [line for line in reply.head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    length = b"Content-Length: %d" % (len(padding) + len(reply.body))
    return b"\r\n".join([lines[0], length, *lines[1:]]) + padding + reply.body


def answer(body: bytes, status: str = "200 OK", kind: str = "application/json", *fields: str) -> bytes:
    """An answer for `Break.ANSWER`."""
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", *fields]
    return "\r\n".join([*head, "", ""]).encode() + body

"""Many callers at once: users with a job and a run that only they may see, and connections that stay open."""

import asyncio
import itertools
import json
import random
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from driver.web import Reply

from reliability.gate import hold
from reliability.outcome import Outcome
from reliability.world import World

FIRST_JOB, FIRST_RUN = 610_000_000_000_000, 620_000_000_000_000
MARKER = re.compile(r"marker-(\d{4})-")


@dataclass
class User:
    """Somebody with a job and a run of their own."""

    number: int
    token: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The short name in the sandbox."""
        return f"user-{self.number:04}"

    @property
    def job(self) -> int:
        """The job that only this user sees."""
        return FIRST_JOB + self.number

    @property
    def run(self) -> int:
        """A run of it that has ended."""
        return FIRST_RUN + self.number

    @property
    def marker(self) -> str:
        """Stands in the name of both."""
        return f"marker-{self.number:04}-"


def signed_up(world: World, count: int, now: int) -> list[User]:
    """Makes users with access to nothing but a job of their own, and signs them in."""
    users = [User(number) for number in range(count)]
    for user in users:
        world.control("POST", "users", {"name": user.name, "access": "none"})
        world.control("POST", "jobs", {"job": {
            "job_id": user.job, "creator_user_name": f"{user.name}@contoso.example", "created_time": now,
            "settings": {"name": f"{user.marker}job", "max_concurrent_runs": 1000, "format": "MULTI_TASK", "tasks": [
                {"task_key": "only", "notebook_task": {"notebook_path": "/only", "source": "WORKSPACE"}}]}}})
        world.control("POST", f"users/{user.name}", {"jobs": {str(user.job): "run"}})
        world.control("POST", "runs", {"run": {
            "run_id": user.run, "job_id": user.job, "start_time": now, "end_time": now + 1000,
            "run_name": f"{user.marker}run", "creator_user_name": f"{user.name}@contoso.example",
            "status": {"state": "TERMINATED", "termination_details": {"code": "SUCCESS", "type": "SUCCESS", "message": ""}}}})
        user.token = world.token(user.name)
    return users


class Caller:
    """One user's connection, opened anew when it has ended."""

    def __init__(self, user: User, port: int, host: str = "") -> None:
        self.user, self.port, self.host = user, port, host or f"127.0.0.1:{port}"
        self.ids = itertools.count(1)
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def call(self, tool: str, arguments: dict[str, Any]) -> Outcome:
        """One tool call, whatever becomes of it."""
        correlation, number = str(uuid.uuid4()), next(self.ids)
        message = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        reply, problem = None, ""
        try:
            reply = await self.exchanged(json.dumps(message).encode(), correlation)
            if reply.status == 200 and (answered := reply.json.get("id")) != number:
                problem = f"an answer to {answered} for request {number}"
        except (OSError, EOFError, ValueError) as error:
            problem = type(error).__name__
            self.hang_up()
        return Outcome(self.user.name, tool, correlation, self.user.token, "during", arguments, reply, problem, 0)

    async def exchanged(self, body: bytes, correlation: str) -> Reply:
        """Sends a request and reads its answer."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = (
            f"POST /mcp HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {self.user.token}\r\n"
            f"Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
            f"MCP-Protocol-Version: 2025-11-25\r\nX-Correlation-ID: {correlation}\r\nContent-Length: {len(body)}\r\n\r\n")
        self.writer.write(head.encode() + body)
        await self.writer.drain()
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
        content = await self.content(fields)
        if fields.get("content-type", "").startswith("text/event-stream"):
            content = last_event(content)
        if fields.get("connection") == "close":
            self.hang_up()
        return Reply(int(lines[0].split()[1]), fields, content)

    async def content(self, fields: dict[str, str]) -> bytes:
        """The body, by length or in chunks."""
        if fields.get("transfer-encoding") != "chunked":
            return await self.reader.readexactly(int(fields.get("content-length", 0)))
        parts = []
        while size := int(await self.reader.readline(), 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readline()
        await self.reader.readline()
        return b"".join(parts)

    def hang_up(self) -> None:
        """The next call has a connection of its own."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None

    async def insist(self, tool: str, arguments: dict[str, Any], told: list[Outcome], tries: int = 40) -> Outcome:
        """Calls until an answer is none that asks for patience, as a well-behaved client does."""
        for number in range(tries):
            outcome = await self.call(tool, arguments)
            told.append(outcome)
            if not passes(outcome):
                break
            # Twice as long each time, as clients do, and not all of them at the same time.
            await hold(asyncio.Event(), min(0.2 * 2**number, 5) * random.uniform(0.5, 1))
        return outcome


def last_event(stream: bytes) -> bytes:
    """The message with which a stream ends: a call that takes long is answered as one (T-06)."""
    events = [line.removeprefix(b"data:").strip() for line in stream.splitlines() if line.startswith(b"data:")]
    return events[-1] if events else b""


#: What passes by itself, or with the end of an injected fault.
PASSING = {"unavailable", "rate_limited", "internal", "auth"}


def passes(outcome: Outcome) -> bool:
    """Whether the same call may go well later."""
    return outcome.reply is None or outcome.reply.status in (429, 502, 503, 504) or outcome.category in PASSING


def strange(user: User, outcome: Outcome) -> str | None:
    """What is wrong with an answer: a marker of somebody else's, or an answer to something else."""
    if outcome.problem.startswith("an answer to"):
        return outcome.problem
    others = {found for found in MARKER.findall(outcome.text) if int(found) != user.number}
    return f"{outcome.operation} for {user.name} shows what belongs to {sorted(others)}" if others else None


class Ledger:
    """What was asked for, and what the record says reached the services: the judge of who got whose."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.callers: dict[str, Outcome] = {}
        self.last = 0
        self.judged: dict[str, int] = {}
        self.unknown = 0

    def add(self, outcome: Outcome) -> None:
        """One call, before or after the services heard of it."""
        self.callers[outcome.correlation] = outcome

    def drained(self) -> list[dict[str, Any]]:
        """The records since the last time; the sandbox keeps the latest 10,000."""
        records = self.world.requests(self.last)
        if records:
            assert records[0]["sequence"] == self.last + 1 or self.last == 0, "records were lost: look more often"
            self.last = records[-1]["sequence"]
        for record in records:
            self.judged[record["route"]] = self.judged.get(record["route"], 0) + 1
        return records

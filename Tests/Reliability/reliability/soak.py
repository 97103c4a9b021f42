"""Hours of trouble in minutes: users who never pause, random faults, restarts and replacements, and what must always hold.

usage: python3 -m reliability soak      MINUTES (20), USERS (50) and SEED (the time) from the environment
"""

import asyncio
import collections
import itertools
import json
import os
import random
import signal
import sys
import time
import uuid
from pathlib import Path

from driver.patience import WHOLE
from driver.report import Report
from driver.scale_out import Fleet, Replica

from reliability import judge
from reliability.gate import Break, Fault, answer, hold
from reliability.load import Caller, Ledger, User, signed_up, strange
from reliability.memory import Memory
from reliability.outcome import Outcome
from reliability.world import World

PAGE = answer(b"<html>bad gateway</html>", "503 Service Unavailable", "text/html")
#: What the network does for some seconds.
BREAKS = {
    "databricks silent": ("workspace", Fault(Break.SILENCE, "/api/")),
    "databricks resets": ("workspace", Fault(Break.RESET, "/api/")),
    "databricks loses answers": ("workspace", Fault(Break.RESET, "/api/", acts=True, times=20)),
    "databricks late": ("workspace", Fault(Break.LATE, "/api/", seconds=1)),
    "databricks cuts": ("workspace", Fault(Break.HALF, "/api/")),
    "databricks gateway": ("workspace", Fault(Break.ANSWER, "/api/", answer=PAGE)),
    "databricks refuses": ("workspace", "refused"),
    "entra silent": ("entra", Fault(Break.SILENCE, "/token")),
    "entra resets": ("entra", Fault(Break.RESET)),
    "entra gateway": ("entra", Fault(Break.ANSWER, "/token", answer=PAGE)),
    "entra refuses": ("entra", "refused"),
}
#: What the services themselves do.
CONTROLS = {
    "tokens revoked": ("databricks-tokens", {"revoke": "all"}),
    "one user throttled": ("faults", {
        "route": "workspace", "user": "user-0000", "status": 429, "headers": {"Retry-After": "3"}, "count": 5,
        "body": '{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slow down"}'}),
}
#: What happens to replicas; the first one lives through all of it, for the sake of its memory.
PROCESSES = ("replaced", "killed", "stopped for a while", "reloaded")
#: Growth of the oldest process after its warm-up that is no leak, in MiB: what the allocator keeps of a peak.
GROWTH = 24
SETTINGS = {"MCP_CALL_TIMEOUT_SECONDS": "10", "LOG_LEVEL": "info"}


class Soak:
    """All that is going on."""

    def __init__(self, world: World, fleet: Fleet, users: list[User], seed: int) -> None:
        self.world, self.fleet, self.users = world, fleet, users
        self.random = random.Random(seed)
        self.ledger = Ledger(world)
        self.recent: dict[str, Outcome] = {}
        self.ends: collections.Counter[str] = collections.Counter()
        self.events: collections.deque[str] = collections.deque(maxlen=20)
        self.happened: collections.Counter[str] = collections.Counter()
        self.problems: list[str] = []
        self.runs: dict[str, int] = {}
        self.answered: set[str] = set()
        self.upstream = 0
        self.over = asyncio.Event()
        self.memory = Memory()
        self.began = time.monotonic()

    async def run(self, minutes: float) -> None:
        """Until the time is over, or something that must hold does not."""
        work = [asyncio.create_task(self.work(user)) for user in self.users]
        work += [asyncio.create_task(self.break_things()), asyncio.create_task(self.watch())]
        await hold(self.over, minutes * 60)
        self.over.set()
        async with asyncio.timeout(WHOLE):
            await asyncio.gather(*work)

    async def work(self, user: User) -> None:
        """One call after another, of any kind."""
        caller, own = Caller(user, self.fleet.port), random.Random(user.number)
        token = str(uuid.uuid4())
        while not self.over.is_set():
            tool, arguments = own.choice([
                ("list_jobs", {}), ("get_run", {"run_id": user.run}), ("list_runs", {"job_id": user.job}),
                ("get_run", {"run_id": self.users[user.number - 1].run}),
                ("run_now", {"job_id": user.job, "idempotency_token": token}),
            ])
            outcome = await caller.call(tool, arguments)
            self.recent[outcome.correlation] = outcome
            self.ends[end(outcome)] += 1
            if outcome.reply is not None and outcome.reply.status == 200:
                self.answered.add(outcome.correlation)
            self.check(user, outcome)
            # The same token is asked for until a run is told, and sometimes once more.
            if tool == "run_now" and token in self.runs and own.random() < 0.5:
                token = str(uuid.uuid4())
        caller.hang_up()

    def check(self, user: User, outcome: Outcome) -> None:
        """What must hold for each answer."""
        if problem := strange(user, outcome):
            self.fail(problem)
        if outcome.operation == "get_run" and outcome.arguments["run_id"] != user.run and outcome.is_good:
            self.fail(f"{user.name} may read {outcome.arguments['run_id']}")
        if outcome.operation == "run_now" and outcome.is_good:
            run = outcome.result["structuredContent"]["run_id"]
            if self.runs.setdefault(outcome.arguments["idempotency_token"], run) != run:
                self.fail(f"{user.name}: two runs for one idempotency token")

    def fail(self, problem: str) -> None:
        """Ends the run, with what led to it."""
        self.problems.append(problem)
        self.over.set()

    def note(self, event: str) -> None:
        """An event, for whoever looks at a failure, and for the sums at the end."""
        self.happened[event] += 1
        self.events.append(f"{time.monotonic() - self.began:7.1f} s  {event}")

    async def break_things(self) -> None:
        """One event after another, of which the seed decides."""
        choices = [*BREAKS, *CONTROLS, *PROCESSES, "keys rotated"]
        while not self.over.is_set():
            event = self.random.choice(choices)
            seconds = self.random.uniform(0.5, 4)
            self.note(event)
            try:
                await self.happen(event, seconds)
            except (AssertionError, OSError) as error:
                self.fail(f"{event}: {error}")
            await hold(self.over, self.random.uniform(0.5, 4))

    async def happen(self, event: str, seconds: float) -> None:
        """Brings it about, and ends it."""
        if event in BREAKS:
            name, how = BREAKS[event]
            gate = self.world.gates[name]
            await asyncio.to_thread(gate.refuse if how == "refused" else lambda: gate.arm(how))
            await hold(self.over, seconds)
            await asyncio.to_thread(gate.mend)
        elif event in CONTROLS:
            await asyncio.to_thread(self.world.control, "POST", *CONTROLS[event])
        elif event == "keys rotated":
            # Once in five minutes, as the server looks for an unknown key; Entra ID takes weeks.
            if self.happened[event] <= 1 + (time.monotonic() - self.began) // 360:
                await asyncio.to_thread(self.world.control, "POST", "keys", {"action": "rotate"})
        elif event == "stopped for a while":
            child = self.random.choice(self.fleet.replicas[1:]).server.child
            child.send_signal(signal.SIGSTOP)
            await hold(self.over, seconds)
            child.send_signal(signal.SIGCONT)
        else:
            replica = self.random.choice(self.fleet.replicas[1:])
            await asyncio.to_thread(self.change, replica, event)

    def change(self, replica: Replica, event: str) -> None:
        """What happens to a process."""
        child = replica.server.child
        if event == "replaced":
            replica.replace()
        elif event == "reloaded":
            child.send_signal(signal.SIGHUP)
        else:
            child.kill()
            replica.server.status()
            self.fleet.balance()
            replica.start()
            self.fleet.balance()

    async def watch(self) -> None:
        """The record, as it grows, and the memory."""
        for turn in itertools.count():
            was_over = self.over.is_set()
            records = await asyncio.to_thread(self.ledger.drained)
            self.upstream += sum(record["route"] in judge.WORKSPACE for record in records)
            if found := judge.crossed(records, list(self.recent.values())):
                self.fail(found[0])
            if turn % 10 == 9:
                self.memory.look(self.fleet.replicas[0].server.child.pid, time.monotonic() - self.began)
            if was_over:
                break
            await hold(self.over, 0.5)

    def access_lines(self) -> collections.Counter[str]:
        """How often each call has been answered, by the logs of all processes that there were."""
        lines: collections.Counter[str] = collections.Counter()
        for replica in self.fleet.replicas:
            for server in replica.servers:
                for line in server.log.read_text(errors="replace").splitlines():
                    # A process that was killed leaves half a line.
                    if '"request answered"' in line and line.endswith("}"):
                        lines[json.loads(line)["correlation_id"]] += 1
        return lines


def end(outcome: Outcome) -> str:
    """A word for how a call ended."""
    if outcome.reply is None:
        return "no answer"
    return "result" if outcome.is_good else outcome.category or f"HTTP {outcome.reply.status}"


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    minutes, count = float(os.environ.get("MINUTES", 20)), int(os.environ.get("USERS", 50))
    seed = int(os.environ.get("SEED", time.time_ns() % 1_000_000))
    report, world = Report(), World()
    report.section(f"Soak: {minutes:g} minutes, {count} users, SEED={seed}")
    world.environment |= SETTINGS
    fleet = Fleet(world, 3)
    try:
        users = signed_up(world, count, int(time.time() * 1000))
        world.control("DELETE", "requests")
        fleet.start()
        soak = Soak(world, fleet, users, seed)
        asyncio.run(soak.run(minutes))
        verdicts(report, soak, seed)
    finally:
        for gate in world.gates.values():
            gate.mend()
        fleet.stop()
        world.stop()
    for argument in arguments:
        if argument.endswith(".counts"):
            Path(argument).write_text(f"{report.passed} {report.failed}\n")
    return 1 if report.failed else 0


def verdicts(report: Report, soak: Soak, seed: int) -> None:
    """What came of it, line by line; with a failure the last events."""
    calls = sum(soak.ends.values())
    with report.check(f"{calls} calls, {soak.upstream} of them to the workspace: nobody got or sent what is another's"):
        assert not soak.problems, soak.problems[0] + f"\nagain: make soak SEED={seed}; the last events:\n" + "\n".join(soak.events)
    with report.check(f"{len(soak.runs)} runs, one for each idempotency token"):
        assert soak.runs and len(set(soak.runs.values())) == len(soak.runs), "two tokens have one run"
    lines = soak.access_lines()
    with report.check(f"{len(soak.answered)} answered calls, each answered once by one process"):
        assert soak.answered, "no call was answered"
        twice = [correlation for correlation in soak.answered if lines[correlation] > 1]
        assert not twice, f"{len(twice)} were answered more than once: {twice[:3]}"
        # A process that is killed takes the last lines of its log with it.
        missing = sum(lines[correlation] == 0 for correlation in soak.answered)
        assert missing == 0 or soak.happened["killed"], f"{missing} have no access line"
    with report.check(f"memory of the process that lived throughout: {soak.memory}"):
        assert soak.memory.growth < GROWTH, "it grows"
    with report.check("a result was the most frequent end"):
        assert soak.ends.most_common(1)[0][0] == "result", soak.ends
    print("        " + ", ".join(f"{word}: {number}" for word, number in soak.ends.most_common()), flush=True)
    print("        " + ", ".join(f"{word}: {number}" for word, number in sorted(soak.happened.items())), file=sys.stdout, flush=True)

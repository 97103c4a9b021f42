"""A thousand users at once while services fail: nobody gets what belongs to another, by the sandbox's record.

usage: python3 -m reliability isolation      USERS (1000), ROUNDS (1) and SEED (2026) from the environment
"""

import asyncio
import collections
import os
import random
import sys
import time
import uuid
from pathlib import Path

from driver.patience import WHOLE
from driver.prometheus import samples
from driver.report import Report
from driver.stand import Server

from reliability import judge
from reliability.gate import hold
from reliability.load import Caller, Ledger, User, passes, signed_up, strange
from reliability.outcome import Outcome
from reliability.world import World

#: What goes wrong meanwhile, again and again.
FAULTS = [
    {"route": "workspace", "delay_ms": 200, "count": 50}, {"route": "workspace", "preset": "unavailable", "count": 20},
    {"route": "workspace", "cut": "before_headers", "count": 10}, {"route": "workspace", "cut": "mid_body", "count": 10},
    {"route": "workspace", "preset": "html-with-200", "count": 5}, {"route": "workspace", "preset": "invalid-token", "count": 10},
    {"route": "token", "status": 503, "body": "", "count": 10}, {"route": "token", "delay_ms": 500, "count": 20},
    {"route": "jobs/run-now", "cut": "before_headers", "after_handler": True, "count": 10},
]
#: Places enough for all of them; what is not given here is as shipped.
SETTINGS = {"LOG_LEVEL": "info", "MCP_MAX_REQUESTS": "4096", "DATABRICKS_MAX_CALLS_WAITING": "4096"}


class Trial:
    """All that is going on."""

    def __init__(self, world: World, users: list[User], server: Server, seed: int, rounds: int) -> None:
        self.world, self.users, self.server, self.rounds = world, users, server, rounds
        self.random = random.Random(seed)
        self.ledger = Ledger(world)
        self.outcomes: list[Outcome] = []
        self.problems: list[str] = []
        self.runs: dict[str, set[int]] = collections.defaultdict(set)
        self.over = asyncio.Event()

    async def run(self) -> None:
        """Everybody at once; faults and the judge beside them."""
        background = [asyncio.create_task(self.break_things()), asyncio.create_task(self.watch())]
        try:
            async with asyncio.timeout(WHOLE):
                await asyncio.gather(*(self.work(user) for user in self.users))
        finally:
            self.over.set()
            self.world.control("DELETE", "faults")
        await asyncio.gather(*background)

    async def work(self, user: User) -> None:
        """What one user does: own things, somebody else's things, and a run that is asked for twice."""
        caller = Caller(user, self.server.port)
        stranger = self.users[(user.number + 1) % len(self.users)]
        for _ in range(self.rounds):
            token = str(uuid.uuid4())
            start = {"job_id": user.job, "idempotency_token": token}
            steps = [
                ("list_jobs", {}), ("get_run", {"run_id": user.run}), ("get_run", {"run_id": stranger.run}),
                ("list_runs", {"job_id": user.job}), ("run_now", start), ("run_now", start),
            ]
            for tool, arguments in steps:
                outcome = await caller.insist(tool, arguments, self.outcomes)
                self.check(user, stranger, outcome)
                if tool == "run_now" and outcome.is_good:
                    self.runs[token].add(outcome.result["structuredContent"]["run_id"])
        caller.hang_up()

    def check(self, user: User, stranger: User, outcome: Outcome) -> None:
        """One answer, the last of its tries."""
        if problem := strange(user, outcome):
            self.problems.append(problem)
        is_foreign = outcome.arguments.get("run_id") == stranger.run
        if is_foreign and outcome.is_good:
            self.problems.append(f"{user.name} may read the run of {stranger.name}")
        if not is_foreign and not outcome.is_good and not passes(outcome):
            self.problems.append(f"{user.name}: {outcome.operation} {outcome.words}")
        if not is_foreign and outcome.is_good and outcome.operation != "run_now" and user.marker not in outcome.text:
            self.problems.append(f"{user.name}: {outcome.operation} does not show the user's own")

    async def break_things(self) -> None:
        """One fault after another."""
        while not self.over.is_set():
            await asyncio.to_thread(self.world.control, "POST", "faults", self.random.choice(FAULTS))
            await hold(self.over, 0.3)

    async def watch(self) -> None:
        """Reads the record as it grows."""
        seen: list[dict] = []
        while True:
            was_over = self.over.is_set()
            seen += await asyncio.to_thread(self.ledger.drained)
            if was_over:
                break
            await hold(self.over, 0.5)
        self.problems += judge.crossed(seen, self.outcomes)
        known = {outcome.correlation for outcome in self.outcomes}
        calls = [record for record in seen if record["route"] in judge.WORKSPACE]
        self.upstream = len(calls)
        self.exchanges = sum("assertion" in record.get("form", {}) for record in seen)
        nobodys = sum(
            {name.lower(): value for name, value in record["headers"].items()}.get("x-request-id") not in known
            for record in calls)
        if nobodys:
            self.problems.append(f"{nobodys} calls of the workspace belong to no call of a user")


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    count, rounds = int(os.environ.get("USERS", 1000)), int(os.environ.get("ROUNDS", 1))
    seed = int(os.environ.get("SEED", 2026))
    report, world = Report(), World(is_gated=False)
    server = None
    try:
        report.section(f"Isolation: {count} users at once, seed {seed}")
        users = signed_up(world, count, int(time.time() * 1000))
        world.control("DELETE", "requests")
        server = Server(world.environment | SETTINGS, "isolation")
        server.wait_until_ready()
        trial = Trial(world, users, server, seed, rounds)
        asyncio.run(trial.run())
        verdicts(report, trial)
    finally:
        if server is not None:
            server.stop()
        world.stop()
    for argument in arguments:
        if argument.endswith(".counts"):
            Path(argument).write_text(f"{report.passed} {report.failed}\n")
    return 1 if report.failed else 0


def verdicts(report: Report, trial: Trial) -> None:
    """What came of it, line by line."""
    calls = len(trial.outcomes)
    ends = collections.Counter(end(outcome) for outcome in trial.outcomes)
    with report.check(f"{calls} calls of {len(trial.users)} users: no answer shows what belongs to another"):
        assert not trial.problems, f"{len(trial.problems)} findings:\n" + "\n".join(trial.problems[:10])
    with report.check(f"{trial.upstream} calls and {trial.exchanges} exchanges reached the services, each with its user's token"):
        assert trial.upstream and trial.exchanges >= len(trial.users)
    with report.check(f"{len(trial.runs)} idempotency tokens, each asked for twice: one run each"):
        assert all(len(runs) == 1 for runs in trial.runs.values()), "a token has several runs"
        assert len(set().union(*trial.runs.values())) == len(trial.runs), "two tokens have one run"
    with report.check("the server counted as many tool calls as it answered"):
        counted = sum(
            sample.value for sample in samples(trial.server)
            if sample.name == "mcp_server_operation_duration_seconds_count" and sample.labels["mcp_method_name"] == "tools/call")
        answered = sum(outcome.reply is not None and outcome.reply.status == 200 for outcome in trial.outcomes)
        assert counted == answered, f"{counted:.0f} counted, {answered} answered"
    print("        " + ", ".join(f"{word}: {number}" for word, number in sorted(ends.items())), file=sys.stdout, flush=True)


def end(outcome: Outcome) -> str:
    """A word for how a call ended."""
    if outcome.reply is None:
        return "no answer"
    return "result" if outcome.is_good else outcome.category or f"HTTP {outcome.reply.status}"

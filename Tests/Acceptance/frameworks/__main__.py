"""Loads the five tools with one agent framework, calls some, and prints one JSON line per check.

usage: python -m frameworks FRAMEWORK URL   (the access token comes on standard input)
"""

import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable

from driver.patience import LONG
from frameworks.adapters import ADAPTERS, Framework

TOOLS = ["get_run", "get_run_output", "list_jobs", "list_runs", "run_now"]
NIGHTLY = 412345678901234
BEYOND_DOUBLE = 9007199254740993


async def loads(framework: Framework) -> None:
    """loads the five tools"""
    assert sorted(framework.tools) == TOOLS, framework.tools


async def calls(framework: Framework) -> None:
    """calls one with an id as a number"""
    text = await framework.call("list_runs", {"job_id": NIGHTLY, "limit": 1})
    assert str(NIGHTLY) in text and "run" in text, text


async def passes_strings(framework: Framework) -> None:
    """passes an id above 2^53 on as the string that it is"""
    text = await framework.call("list_runs", {"job_id": str(BEYOND_DOUBLE), "limit": 1})
    assert str(BEYOND_DOUBLE) in text, text


async def passes_maps(framework: Framework) -> None:
    """passes a map of parameters on whole"""
    text = await framework.call("run_now", {"job_id": NIGHTLY, "job_parameters": {"region": "nordics"}})
    assert "is requested" in text or '"run_id"' in text, text


CHECKS: list[Callable[[Framework], Awaitable[None]]] = [loads, calls, passes_strings, passes_maps]


def emit(name: str, problem: str | None) -> None:
    """One check for the driver."""
    print(json.dumps({"name": name, "problem": problem}), flush=True)


async def main(name: str, url: str, token: str) -> None:
    """Connects and makes every check; one that fails does not stop the others."""
    try:
        async with ADAPTERS[name](url, token) as framework:
            for check in CHECKS:
                try:
                    await asyncio.wait_for(check(framework), timeout=LONG)
                except Exception:
                    emit(check.__doc__, traceback.format_exc(limit=-3)[-1500:])
                else:
                    emit(check.__doc__, None)
    except BaseException:  # also groups that a library raises when it connects or closes
        emit("connects and disconnects", traceback.format_exc(limit=-3)[-1500:])
        return
    emit("connects and disconnects", None)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3], token=sys.stdin.read().strip()))

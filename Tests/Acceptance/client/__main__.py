"""Drives all five tools with one published client and prints one JSON line per check.

usage: python -m client ADAPTER MODE EXPECTED_VERSION URL   (the access token comes on standard input)
"""

import asyncio
import json
import sys
import traceback
import uuid
from collections.abc import Awaitable, Callable

import jsonschema

from client.adapters import ADAPTERS, Connection, Outcome
from driver.patience import WHOLE

TOOLS = ["list_jobs", "list_runs", "get_run", "get_run_output", "run_now"]
NIGHTLY = 412345678901234
BEYOND_DOUBLE = 9007199254740993
INVALID_PARAMS = -32602


class Scenario:
    """The main job of a person with a failing nightly job, step by step; later steps use what earlier ones found."""

    def __init__(self, connection: Connection, expected_version: str) -> None:
        self.connection = connection
        self.expected_version = expected_version
        self.schemas: dict[str, dict] = {}
        self.run_id: int | str = 0
        self.failed_task: int | str = 0

    async def call(self, tool: str, **arguments: object) -> Outcome:
        """Calls a tool and expects success: data that fits the output schema, and a text that stands alone."""
        result = await self.connection.call(tool, arguments)
        assert not result.is_error, f"{tool} failed: {result.text}"
        assert result.structured is not None, f"{tool} gave no structured content"
        jsonschema.Draft202012Validator(self.schemas[tool]).validate(result.structured)
        assert result.text.strip(), f"{tool} gave no text"
        return result

    async def negotiates(self) -> None:
        """negotiates the expected protocol version"""
        version = self.connection.protocol_version
        assert version == self.expected_version, f"{version}, expected {self.expected_version}"
        assert self.connection.server_name in ("azure-databricks-jobs-mcp", None), self.connection.server_name

    async def lists_tools(self) -> None:
        """lists the five tools with sound schemas"""
        tools = await self.connection.tools()
        assert [tool["name"] for tool in tools] == TOOLS, [tool["name"] for tool in tools]
        for tool in tools:
            assert tool["description"] and tool["annotations"]["title"], tool["name"]
            for schema in (tool["inputSchema"], tool["outputSchema"]):
                assert schema["type"] == "object", schema
                jsonschema.Draft202012Validator.check_schema(schema)
            self.schemas[tool["name"]] = tool["outputSchema"]
        assert [tool["name"] for tool in tools if not tool["annotations"]["readOnlyHint"]] == ["run_now"]

    async def lists_jobs(self) -> None:
        """list_jobs finds the nightly job, page by page"""
        jobs, token = [], None
        for _page in range(20):
            result = await self.call("list_jobs", limit=50, **({"page_token": token} if token else {}))
            jobs += result.structured["jobs"]
            token = result.structured.get("next_page_token")
            if not token:
                break
        ids = [int(job["job_id"]) for job in jobs]
        assert len(ids) == len(set(ids)) and len(ids) > 100, f"{len(ids)} jobs, {len(set(ids))} different ones"
        assert NIGHTLY in ids, "the nightly job is missing"
        assert BEYOND_DOUBLE in ids, "an id above 2^53 lost its last digits"
        named = await self.call("list_jobs", name="nightly orders")
        assert [int(job["job_id"]) for job in named.structured["jobs"]] == [NIGHTLY], named.structured
        assert str(NIGHTLY) in named.text, named.text

    async def lists_runs(self) -> None:
        """list_runs shows the runs of one job"""
        runs = (await self.call("list_runs", job_id=NIGHTLY, limit=5)).structured["runs"]
        assert 1 <= len(runs) <= 5 and all(int(run["job_id"]) == NIGHTLY for run in runs), runs

    async def starts_a_run(self) -> None:
        """run_now starts a run, once per idempotency token"""
        token = f"acceptance-{uuid.uuid4()}"
        first = await self.call("run_now", job_id=NIGHTLY, idempotency_token=token)
        second = await self.call("run_now", job_id=NIGHTLY, idempotency_token=token)
        self.run_id = first.structured["run_id"]
        assert second.structured["run_id"] == self.run_id, "the same idempotency token started a second run"
        assert str(self.run_id) in first.text, first.text

    async def follows_the_run(self) -> None:
        """get_run follows it to its end and names the task that failed"""
        for _attempt in range(60):
            run = await self.call("get_run", run_id=self.run_id, wait_seconds=5)
            if run.structured["finished"]:
                break
        assert run.structured["finished"], "the run did not end"
        assert run.structured["outcome"] == "failed", run.structured["outcome"]
        failed = run.structured["failed_tasks"]
        assert [task["task_key"] for task in failed] == ["validate_orders"], failed
        self.failed_task = failed[0]["run_id"]
        assert str(self.failed_task) in run.text, run.text

    async def explains_the_failure(self) -> None:
        """get_run_output explains the failure"""
        output = await self.call("get_run_output", run_id=self.failed_task)
        assert "null ratio of customer_id is 0.043" in output.text, output.text
        assert "null ratio of customer_id is 0.043" in json.dumps(output.structured), output.structured

    async def refuses_arguments(self) -> None:
        """wrong arguments are refused by name, all at once"""
        result = await self.connection.call("list_jobs", {"limit": 500, "colour": "red"})
        assert result.is_error, "limit=500 was accepted"
        assert "limit" in result.text and "colour" in result.text, result.text
        if self.connection.keeps_metadata:
            assert result.meta["databricks-jobs-mcp/error"]["category"] == "invalid_argument", result.meta

    async def refuses_an_unknown_job(self) -> None:
        """an id that does not exist is a tool error the model can act on"""
        result = await self.connection.call("run_now", {"job_id": 1})
        assert result.is_error and "1" in result.text and "Correlation ID" in result.text, result.text

    async def refuses_an_unknown_tool(self) -> None:
        """an unknown tool is a protocol error"""
        try:
            result = await self.connection.call("delete_job", {"job_id": NIGHTLY})
        except Exception as error:  # each library has its own exception; the code inside is what counts
            code = getattr(getattr(error, "error", error), "code", None)
            assert code == INVALID_PARAMS, f"{type(error).__name__}: {error} (code {code})"
        else:
            raise AssertionError(f"delete_job was answered: {result.text}")

    async def calls_in_parallel(self) -> None:
        """24 calls at once all get their own answer"""
        async def one(number: int) -> None:
            limit = number % 6 + 1
            assert len((await self.call("list_jobs", limit=limit)).structured["jobs"]) == limit

        await asyncio.gather(*(one(number) for number in range(24)))

    async def cancels_a_call(self) -> None:
        """a call that is given up disturbs no other"""
        given_up = asyncio.create_task(self.connection.call("list_jobs", {"limit": 3}))
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        assert len((await self.call("list_jobs", limit=2)).structured["jobs"]) == 2

    def steps(self) -> list[Callable[[], Awaitable[None]]]:
        """All steps, in order."""
        return [
            self.negotiates, self.lists_tools, self.lists_jobs, self.lists_runs, self.starts_a_run,
            self.follows_the_run, self.explains_the_failure, self.refuses_arguments, self.refuses_an_unknown_job,
            self.refuses_an_unknown_tool, self.calls_in_parallel, self.cancels_a_call,
        ]


def emit(name: str, problem: str | None) -> None:
    """One check for the driver."""
    print(json.dumps({"name": name, "problem": problem}), flush=True)


def explain(error: BaseException) -> str:
    """What went wrong, with the places in this file; groups of exceptions are opened."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    lines = [f"line {frame.lineno}: {frame.line}" for frame in traceback.extract_tb(error.__traceback__)
             if frame.filename == __file__]
    return "\n".join([f"{type(error).__name__}: {error}"[:2_000], *lines[-2:]])


async def main(adapter: str, mode: str, expected_version: str, url: str, token: str) -> None:
    """Connects and runs every step; a step that fails does not stop the others."""
    connected = False
    try:
        async with ADAPTERS[adapter](url, token, mode) as connection:
            connected = True
            emit("connects", None)
            for step in Scenario(connection, expected_version).steps():
                try:
                    await asyncio.wait_for(step(), timeout=WHOLE)
                except Exception as error:
                    emit(step.__doc__, explain(error))
                else:
                    emit(step.__doc__, None)
    except BaseException as error:  # also groups that a library raises when it closes
        emit("disconnects cleanly" if connected else "connects", explain(error))
        return
    emit("disconnects cleanly", None)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5], token=sys.stdin.read().strip()))

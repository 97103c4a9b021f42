"""Drives the fixture tools with one published client and prints one JSON line per check.

usage: python -m client.fixtures ADAPTER MODE EXPECTED_VERSION URL   (reads, and ignores, a token from standard input)
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import jsonschema

from client.__main__ import emit, explain
from client.adapters import ADAPTERS, Connection
from driver.patience import LONG, WHOLE

#: A countdown that is given up long before its end.
ENDLESS = {"steps": 1_000, "milliseconds": max(500, 4 * LONG)}


class Fixtures:
    """Every kind of answer that the product's own tools never give, or not on demand."""

    def __init__(self, connection: Connection, adapter: str) -> None:
        self.connection = connection
        self.adapter = adapter

    async def lists(self) -> None:
        """lists tools whose schemas use keywords of JSON Schema 2020-12 and x-mcp-header"""
        tools = {tool["name"]: tool for tool in await self.connection.tools()}
        assert len(tools) > 12, list(tools)
        schema = tools["json_schema_2020_12_tool"]["inputSchema"]
        assert schema["$schema"].endswith("2020-12/schema") and "$defs" in schema, schema
        assert schema["additionalProperties"] is False, schema
        mirrored = tools["test_x_mcp_header"]["inputSchema"]["properties"]
        assert mirrored["region"]["x-mcp-header"] == "Region", mirrored

    async def shows_content(self) -> None:
        """takes text, pictures, recordings, resources and a mixture of them"""
        expected = {
            "test_simple_text": ("text",), "test_image_content": ("image",), "test_audio_content": ("audio",),
            "test_embedded_resource": ("resource",), "test_multiple_content_types": ("text", "image", "resource"),
        }
        if self.adapter == "langchain":
            # It shows a resource as text, and says of recordings that it does not support them.
            del expected["test_audio_content"]
            expected |= {"test_embedded_resource": ("text",), "test_multiple_content_types": ("text", "image", "text")}
        for tool, kinds in expected.items():
            result = await self.connection.call(tool, {})
            assert not result.is_error and result.kinds == kinds, f"{tool}: {result.kinds}"

    async def reads_structure(self) -> None:
        """takes structured content that fits the output schema"""
        result = await self.connection.call("test_structured", {"value": 42})
        jsonschema.validate(result.structured, {"type": "object", "required": ["value"]})
        assert result.structured == {"value": 42}, result.structured

    async def reads_errors(self) -> None:
        """takes a tool error as a result"""
        result = await self.connection.call("test_error_handling", {})
        assert result.is_error and "intentionally" in result.text, result.text

    async def follows_progress(self) -> None:
        """follows 0, 50 and 100 of 100"""
        seen: list[tuple[float, float | None]] = []

        async def note(progress: float, total: float | None, message: str | None) -> None:
            assert message, "a message is missing"
            seen.append((progress, total))

        result = await self.connection.follow("test_tool_with_progress", {}, note)
        assert result.text == "100", result.text
        assert seen == [(0, 100), (50, 100), (100, 100)], seen

    async def follows_in_time(self) -> None:
        """hears of each step when it is made, not at the end"""
        async def note(progress: float, _total: float | None, _message: str | None) -> None:
            seen.append(progress)
            if progress == 3:
                third.set()

        seen: list[float] = []
        third = asyncio.Event()
        running = asyncio.create_task(self.connection.follow("test_countdown", ENDLESS, note))
        await asyncio.wait_for(third.wait(), LONG)
        assert seen[:3] == [1, 2, 3] and not running.done(), seen
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def mirrors_arguments(self) -> None:
        """calls a tool whose arguments are repeated in headers"""
        result = await self.connection.call("test_x_mcp_header", {"region": "Zürich", "priority": 3, "verbose": True})
        assert result.text == "region=Zürich", result.text

    async def cancels(self) -> None:
        """gives a running call up, and calls again"""
        async def note(_progress: float, _total: float | None, _message: str | None) -> None:
            started.set()

        started = asyncio.Event()
        running = asyncio.create_task(self.connection.follow("test_countdown", ENDLESS, note))
        await asyncio.wait_for(started.wait(), LONG)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert (await self.connection.call("test_simple_text", {})).text.startswith("This is a simple text")

    async def streams_in_parallel(self) -> None:
        """8 streams at once do not mix"""
        async def one(steps: int) -> None:
            seen: list[float] = []

            async def note(progress: float, _total: float | None, _message: str | None) -> None:
                seen.append(progress)

            arguments = {"steps": steps, "milliseconds": 60}
            assert (await self.connection.follow("test_countdown", arguments, note)).text == f"Counted to {steps}."
            assert seen == [float(step) for step in range(1, steps + 1)], (steps, seen)

        await asyncio.gather(*(one(steps) for steps in range(3, 11)))

    def steps(self) -> list[Callable[[], Awaitable[None]]]:
        """All steps."""
        return [
            self.lists, self.shows_content, self.reads_structure, self.reads_errors, self.follows_progress,
            self.follows_in_time, self.mirrors_arguments, self.cancels, self.streams_in_parallel,
        ]


async def main(adapter: str, mode: str, expected_version: str, url: str) -> None:
    """Connects and runs every step; a step that fails does not stop the others."""
    try:
        async with ADAPTERS[adapter](url, "none", mode) as connection:
            version = connection.protocol_version
            emit("connects", None if version == expected_version else f"{version}, expected {expected_version}")
            for step in Fixtures(connection, adapter).steps():
                try:
                    await asyncio.wait_for(step(), timeout=WHOLE)
                except Exception as error:
                    emit(step.__doc__, explain(error))
                else:
                    emit(step.__doc__, None)
    except BaseException as error:  # also groups that a library raises when it closes
        emit("disconnects cleanly", explain(error))
        return
    emit("disconnects cleanly", None)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))

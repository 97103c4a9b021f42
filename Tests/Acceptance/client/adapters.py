"""One face for three client libraries, so that every one of them is put through the same scenario."""

import importlib.metadata
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What a tool call gave: text for the model, data for programs, and whether it is an error."""

    is_error: bool
    text: str
    structured: dict[str, Any] | None
    meta: dict[str, Any]


@dataclass(frozen=True)
class Connection:
    """An open client session."""

    protocol_version: str
    server_name: str
    tools: Callable[[], Awaitable[list[dict[str, Any]]]]
    call: Callable[[str, dict[str, Any]], Awaitable[Outcome]]


def plain(model: Any) -> dict[str, Any]:
    """A pydantic model as the JSON that came over the wire."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def outcome(result: Any) -> Outcome:
    """A library's result as plain data."""
    data = plain(result)
    return Outcome(
        is_error=data.get("isError", False),
        text="\n".join(block["text"] for block in data["content"] if block["type"] == "text"),
        structured=data.get("structuredContent"),
        meta=data.get("_meta", {}),
    )


@asynccontextmanager
async def current_sdk(url: str, token: str, mode: str) -> AsyncIterator[Connection]:
    """The official SDK from 2.0 on; `mode` is `auto` or `legacy`."""
    import httpx2

    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as http:
        async with current_session(url, http, mode) as connection:
            yield connection


@asynccontextmanager
async def current_session(url: str, http: Any, mode: str) -> AsyncIterator[Connection]:
    """A session of the current SDK over an HTTP client that knows how to authenticate."""
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
        async def tools() -> list[dict[str, Any]]:
            return [plain(tool) for tool in (await client.list_tools()).tools]

        async def call(name: str, arguments: dict[str, Any]) -> Outcome:
            return outcome(await client.call_tool(name, arguments))

        yield Connection(client.protocol_version, client.server_info.name, tools, call)


@asynccontextmanager
async def previous_sdk(url: str, token: str, _mode: str) -> AsyncIterator[Connection]:
    """The official SDK up to 1.x."""
    import httpx

    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as http:
        async with previous_session(url, http, _mode) as connection:
            yield connection


@asynccontextmanager
async def previous_session(url: str, http: Any, _mode: str) -> AsyncIterator[Connection]:
    """A session of the previous SDK over an HTTP client that knows how to authenticate."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async with streamable_http_client(url, http_client=http) as (reader, writer, _session_id):
        async with ClientSession(reader, writer) as session:
            hello = await session.initialize()

            async def tools() -> list[dict[str, Any]]:
                return [plain(tool) for tool in (await session.list_tools()).tools]

            async def call(name: str, arguments: dict[str, Any]) -> Outcome:
                return outcome(await session.call_tool(name, arguments))

            yield Connection(str(hello.protocolVersion), hello.serverInfo.name, tools, call)


@asynccontextmanager
async def fastmcp(url: str, token: str, mode: str) -> AsyncIterator[Connection]:
    """FastMCP's client."""
    from fastmcp import Client
    from fastmcp.client.transports import StreamableHttpTransport

    transport = StreamableHttpTransport(url, headers={"Authorization": f"Bearer {token}"})
    async with Client(transport, mode=mode) as client:
        async def tools() -> list[dict[str, Any]]:
            return [plain(tool) for tool in await client.list_tools()]

        async def call(name: str, arguments: dict[str, Any]) -> Outcome:
            return outcome(await client.call_tool_mcp(name, arguments))

        yield Connection(client.protocol_version, client.server_info.name, tools, call)


ADAPTERS = {"current-sdk": current_sdk, "previous-sdk": previous_sdk, "fastmcp": fastmcp}
PACKAGES = {"current-sdk": "mcp", "previous-sdk": "mcp", "fastmcp": "fastmcp-slim"}


def version(adapter: str) -> str:
    """The version of the library behind an adapter."""
    return importlib.metadata.version(PACKAGES[adapter])

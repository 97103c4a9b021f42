"""One face for four client libraries, so that every one of them is put through the same scenario."""

import importlib.metadata
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from driver.patience import LONG

#: Takes progress, total and message.
ProgressHandler = Callable[[float, float | None, str | None], Awaitable[None]]


@dataclass(frozen=True)
class Outcome:
    """What a tool call gave: text for the model, data for programs, and whether it is an error."""

    is_error: bool
    text: str
    structured: dict[str, Any] | None
    meta: dict[str, Any]
    #: The kinds of its content blocks, as the protocol names them.
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Connection:
    """An open client session."""

    protocol_version: str
    #: `None` for a client that is pinned to a revision: it asks the server for nothing before its first call.
    server_name: str | None
    tools: Callable[[], Awaitable[list[dict[str, Any]]]]
    call: Callable[[str, dict[str, Any]], Awaitable[Outcome]]
    #: A call whose progress is reported to the last argument.
    follow: Callable[[str, dict[str, Any], ProgressHandler], Awaitable[Outcome]]
    #: Whether results keep their metadata on the way through the library.
    keeps_metadata: bool = True


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
        kinds=tuple(block["type"] for block in data["content"]),
    )


@asynccontextmanager
async def current_sdk(url: str, token: str, mode: str) -> AsyncIterator[Connection]:
    """The official SDK from 2.0 on; `mode` is `auto`, `legacy` or a revision to be pinned."""
    import httpx2

    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=LONG) as http:
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

        async def follow(name: str, arguments: dict[str, Any], handler: ProgressHandler) -> Outcome:
            return outcome(await client.call_tool(name, arguments, progress_callback=handler))

        name = client.server_info.name if client.server_info else None
        yield Connection(client.protocol_version, name, tools, call, follow)


@asynccontextmanager
async def previous_sdk(url: str, token: str, _mode: str) -> AsyncIterator[Connection]:
    """The official SDK up to 1.x."""
    import httpx

    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=LONG) as http:
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

            async def follow(name: str, arguments: dict[str, Any], handler: ProgressHandler) -> Outcome:
                return outcome(await session.call_tool(name, arguments, progress_callback=handler))

            yield Connection(str(hello.protocolVersion), hello.serverInfo.name, tools, call, follow)


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

        async def follow(name: str, arguments: dict[str, Any], handler: ProgressHandler) -> Outcome:
            return outcome(await client.call_tool_mcp(name, arguments, progress_handler=handler))

        yield Connection(client.protocol_version, client.server_info.name, tools, call, follow)


@asynccontextmanager
async def langchain(url: str, token: str, _mode: str) -> AsyncIterator[Connection]:
    """LangChain's adapter: calls go through the tools that it makes of ours, as an agent makes them."""
    from langchain_core.messages import ToolMessage
    from langchain_mcp_adapters.callbacks import CallbackContext, Callbacks
    from langchain_mcp_adapters.client import MultiServerMCPClient
    from langchain_mcp_adapters.tools import load_mcp_tools

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    server = {"transport": "streamable_http", "url": url, "headers": headers, "timeout": timedelta(seconds=LONG)}
    client = MultiServerMCPClient({"server": server})
    async with client.session("server", auto_initialize=False) as session:
        hello = await session.initialize()

        async def tools() -> list[dict[str, Any]]:
            return [plain(tool) for tool in (await session.list_tools()).tools]

        async def run(name: str, arguments: dict[str, Any], callbacks: Callbacks | None) -> Outcome:
            found = {tool.name: tool for tool in await load_mcp_tools(session, callbacks=callbacks)}
            if name not in found:  # an agent cannot call it; the session says what the server thinks of it
                return outcome(await session.call_tool(name, arguments))
            call = {"type": "tool_call", "id": "1", "name": name, "args": arguments}
            message: ToolMessage = await found[name].ainvoke(call)
            blocks = message.content if isinstance(message.content, list) else [{"type": "text", "text": message.content}]
            return Outcome(
                is_error=message.status == "error",
                text="\n".join(block["text"] for block in blocks if block["type"] == "text"),
                structured=(message.artifact or {}).get("structured_content"), meta={},
                kinds=tuple(block["type"] for block in blocks),
            )

        async def call(name: str, arguments: dict[str, Any]) -> Outcome:
            return await run(name, arguments, None)

        async def follow(name: str, arguments: dict[str, Any], handler: ProgressHandler) -> Outcome:
            async def on_progress(
                progress: float, total: float | None, message: str | None, _context: CallbackContext,
            ) -> None:
                await handler(progress, total, message)

            return await run(name, arguments, Callbacks(on_progress=on_progress))

        yield Connection(
            str(hello.protocolVersion), hello.serverInfo.name, tools, call, follow, keeps_metadata=False)


ADAPTERS = {"current-sdk": current_sdk, "previous-sdk": previous_sdk, "fastmcp": fastmcp, "langchain": langchain}
PACKAGES = {"current-sdk": "mcp", "previous-sdk": "mcp", "fastmcp": "fastmcp-slim", "langchain": "langchain-mcp-adapters"}


def version(adapter: str) -> str:
    """The version of the library behind an adapter."""
    return importlib.metadata.version(PACKAGES[adapter])

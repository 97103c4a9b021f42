"""One face for agent frameworks: which tools they make of ours, and a call through one of them."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from driver.patience import LONG


@dataclass(frozen=True)
class Framework:
    """The tools as a framework has loaded them."""

    #: Names, in any order.
    tools: list[str]
    #: Calls one, as the framework's agents do, and gives what came back as text.
    call: Callable[[str, dict[str, Any]], Awaitable[str]]


def bearer(token: str) -> dict[str, str]:
    """The header that carries the token."""
    return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def semantic_kernel(url: str, token: str) -> AsyncIterator[Framework]:
    """Semantic Kernel: a plugin in a kernel, called as a kernel function."""
    from semantic_kernel import Kernel
    from semantic_kernel.connectors.mcp import MCPStreamableHttpPlugin
    from semantic_kernel.functions import KernelArguments

    async with MCPStreamableHttpPlugin(name="jobs", url=url, headers=bearer(token), load_prompts=False) as plugin:
        kernel = Kernel()
        functions = kernel.add_plugin(plugin).functions

        async def call(name: str, arguments: dict[str, Any]) -> str:
            result = await kernel.invoke(functions[name], KernelArguments(**arguments))
            return "\n".join(str(content) for content in result.value)

        yield Framework(list(functions), call)


@asynccontextmanager
async def autogen(url: str, token: str) -> AsyncIterator[Framework]:
    """AutoGen: one adapter per tool, whose argument types are made of the schema."""
    from autogen_core import CancellationToken
    from autogen_ext.tools.mcp import StreamableHttpServerParams, mcp_server_tools

    tools = {tool.name: tool for tool in await mcp_server_tools(
        StreamableHttpServerParams(url=url, headers=bearer(token)))}

    async def call(name: str, arguments: dict[str, Any]) -> str:
        tool = tools[name]
        assert tool.schema["name"] == name
        return tool.return_value_as_string(await tool.run_json(arguments, CancellationToken()))

    yield Framework(list(tools), call)


@asynccontextmanager
async def google_genai(url: str, token: str) -> AsyncIterator[Framework]:
    """Google's SDK: declarations made of the tools without asking a model, and the call that a model would answer with."""
    import httpx2
    from google.genai import types
    from google.genai._adapters import McpToGenAiToolAdapter
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async with httpx2.AsyncClient(headers=bearer(token), timeout=LONG) as http:
        async with streamable_http_client(url, http_client=http) as streams:
            async with ClientSession(*streams[:2]) as session:
                await session.initialize()
                adapter = McpToGenAiToolAdapter(session, await session.list_tools())
                declarations = [tool.function_declarations[0] for tool in adapter.tools]

                async def call(name: str, arguments: dict[str, Any]) -> str:
                    result = await adapter.call_tool(types.FunctionCall(name=name, args=arguments))
                    return "\n".join(block.text for block in result.content if block.type == "text")

                yield Framework([declaration.name for declaration in declarations], call)


@asynccontextmanager
async def openai_agents(url: str, token: str) -> AsyncIterator[Framework]:
    """OpenAI's agents: function tools made of the schemas, strict ones and others."""
    from agents import Agent, RunContextWrapper
    from agents.mcp import MCPServerStreamableHttp, MCPUtil
    from agents.tool_context import ToolContext

    parameters = {"url": url, "headers": bearer(token), "timeout": 60}
    async with MCPServerStreamableHttp(parameters, client_session_timeout_seconds=60) as server:
        context, agent = RunContextWrapper(context=None), Agent(name="tests", mcp_servers=[server])
        await MCPUtil.get_function_tools(server, True, context, agent)
        tools = {tool.name: tool for tool in await MCPUtil.get_function_tools(server, False, context, agent)}

        async def call(name: str, arguments: dict[str, Any]) -> str:
            text = json.dumps(arguments)
            run = ToolContext(context=None, tool_name=name, tool_call_id="1", tool_arguments=text)
            return str(await tools[name].on_invoke_tool(run, text))

        yield Framework(list(tools), call)


@asynccontextmanager
async def pydantic_ai(url: str, token: str) -> AsyncIterator[Framework]:
    """Pydantic AI: a toolset, whose validators are made of the schemas; called by a model that is a script."""
    from pydantic_ai import Agent
    from pydantic_ai.mcp import MCPToolset
    from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import AgentInfo, FunctionModel

    toolset = MCPToolset(url, headers=bearer(token))
    async with toolset:
        seen = [tool.name for tool in await toolset.list_tools()]

        async def call(name: str, arguments: dict[str, Any]) -> str:
            results: list[str] = []

            def script(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
                assert sorted(tool.name for tool in info.function_tools) == sorted(seen)
                last = messages[-1].parts[-1]
                if last.part_kind == "tool-return":
                    results.append(last.model_response_str())
                    return ModelResponse(parts=[TextPart("done")])
                assert last.part_kind == "user-prompt", f"{last.part_kind}: {last}"
                return ModelResponse(parts=[ToolCallPart(name, arguments)])

            await Agent(FunctionModel(script), toolsets=[toolset]).run("Call it.")
            return "\n".join(results)

        yield Framework(seen, call)


@asynccontextmanager
async def agent_framework(url: str, token: str) -> AsyncIterator[Framework]:
    """Microsoft's Agent Framework: function tools made of the schemas."""
    from agent_framework import MCPStreamableHTTPTool

    tool = MCPStreamableHTTPTool("jobs", url, load_prompts=False, static_headers=bearer(token))
    async with tool:
        functions = {function.name: function for function in tool.functions}

        async def call(name: str, arguments: dict[str, Any]) -> str:
            functions[name].parameters()
            result = await tool.call_tool(name, **arguments)
            return result if isinstance(result, str) else "\n".join(content.text or "" for content in result)

        yield Framework(list(functions), call)


@asynccontextmanager
async def llama_index(url: str, token: str) -> AsyncIterator[Framework]:
    """LlamaIndex: function tools whose models are made of the schemas."""
    from llama_index.tools.mcp import BasicMCPClient, McpToolSpec

    tools = {tool.metadata.name: tool for tool in await McpToolSpec(
        BasicMCPClient(url, headers=bearer(token))).to_tool_list_async()}

    async def call(name: str, arguments: dict[str, Any]) -> str:
        tools[name].metadata.get_parameters_dict()
        return str((await tools[name].acall(**arguments)).content)

    yield Framework(list(tools), call)


ADAPTERS = {
    "semantic-kernel": semantic_kernel, "autogen": autogen, "google-genai": google_genai,
    "openai-agents": openai_agents, "pydantic-ai": pydantic_ai, "agent-framework": agent_framework,
    "llama-index": llama_index,
}

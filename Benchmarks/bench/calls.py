"""The requests that are measured."""

from dataclasses import dataclass, field

RUN = 520_113_840_226_918
TASKS = 250


@dataclass(frozen=True, eq=False)
class Call:
    """One kind of request of revision 2026-07-28."""

    method: str
    tool: str = ""
    arguments: dict = field(default_factory=dict)

    @property
    def message(self) -> dict:
        """The body, the same each time."""
        call = {"name": self.tool, "arguments": self.arguments} if self.tool else {}
        meta = {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        return {"jsonrpc": "2.0", "id": 1, "method": self.method, "params": call | {"_meta": meta}}

    def headers(self, token: str) -> dict[str, str]:
        """The header fields, beside those of HTTP itself."""
        return {
            "Authorization": f"Bearer {token}", "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": self.method,
        } | ({"Mcp-Name": self.tool} if self.tool else {})


LIST_JOBS = Call("tools/call", "list_jobs")
GET_RUN = Call("tools/call", "get_run", {"run_id": RUN})
GET_RUN_OUTPUT = Call("tools/call", "get_run_output", {"run_id": RUN})
LIST_TOOLS = Call("tools/list")

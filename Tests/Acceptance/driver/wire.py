"""The refusals byte for byte, read from a bare socket.

Libraries fold, reorder and rename header fields; a client that searches the raw text does not (A-17).
"""

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from driver.patience import LONG
from driver.report import Report
from driver.stand import Server, Stand

DISCOVER = (
    b'{"jsonrpc":"2.0","id":0,"method":"server/discover","params":{"_meta":{'
    b'"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}'
)


@dataclass(frozen=True)
class RawReply:
    """Status line, header lines in their order, and body, as they came."""

    status: str
    fields: list[tuple[str, str]]
    body: str

    def values(self, name: str) -> list[str]:
        """The values of all fields that are spelled exactly so."""
        return [value for field, value in self.fields if field == name]


def exchange(server: Server, method: str, path: str, token: str | None = None, body: bytes = b"") -> RawReply:
    """One request as a client writes it; the server closes the connection."""
    target = urlsplit(server.base)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {target.netloc}", "Connection: close"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += [
            "Content-Type: application/json", "Accept: application/json, text/event-stream",
            "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: server/discover", f"Content-Length: {len(body)}",
        ]
    with socket.create_connection((target.hostname, target.port), timeout=LONG) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, rest = received.partition(b"\r\n\r\n")
    status, *fields = head.decode("ascii").split("\r\n")
    pairs = [(name, value) for name, _, value in (line.partition(": ") for line in fields)]
    return RawReply(status, pairs, rest.decode())


def check(report: Report, stand: Stand) -> None:
    """The refusals, and the metadata document."""
    report.section("Bytes of the refusals")
    server = stand.server
    scope = f'scope="api://{stand.environment["AZURE_CLIENT_ID"]}/jobs"'
    metadata = f'resource_metadata="{server.base}/.well-known/oauth-protected-resource/mcp"'
    with report.check("no token: 401, POST and GET alike (A-15, A-19)"):
        for method, message in (("POST", DISCOVER), ("GET", b"")):
            matches(
                exchange(server, method, "/mcp", body=message), "HTTP/1.1 401 Unauthorized", f"Bearer {scope}, {metadata}",
                body("unauthorized", "Sign in: the request has no bearer token"))
    with report.check("an expired token: 401 (A-16)"):
        matches(
            exchange(server, "POST", "/mcp", stand.order(user="alice", flaw="expired"), DISCOVER),
            "HTTP/1.1 401 Unauthorized",
            f'Bearer error="invalid_token", {scope}, {metadata}, error_description="The access token expired"',
            body("invalid_token", "The access token expired"))
    with report.check("a token without the scope: 403 (A-20)"):
        matches(
            exchange(server, "POST", "/mcp", stand.order(user="alice", flaw="other-scope"), DISCOVER),
            "HTTP/1.1 403 Forbidden",
            f'Bearer error="insufficient_scope", {scope}, {metadata}, '
            'error_description="The jobs permission is required"',
            body("insufficient_scope", "The jobs permission is required"))
    with report.check("the metadata document (A-01, A-02)"):
        describes_itself(stand)


def body(error: str, sentence: str) -> str:
    """A JSON-RPC error, whose sentence clients show, with what OAuth calls its members."""
    return (f'{{"jsonrpc":"2.0","id":null,"error":{{"code":-32600,"message":"{sentence}","data":{{"error":"{error}"}}}},'
            f'"error_description":"{sentence}"}}')


def matches(reply: RawReply, status: str, challenge: str, body: str) -> None:
    """Status line, the one challenge, type and body, to the letter; nothing may keep the answer."""
    assert reply.status == status, reply
    assert reply.values("WWW-Authenticate") == [challenge], f"{reply.fields}\nexpected {challenge}"
    assert reply.values("Content-Type") == ["application/json"], reply.fields
    assert reply.values("Cache-Control") == ["no-store"], reply.fields
    assert reply.values("Content-Length") == [str(len(body))] and reply.body == body, reply
    names = [name.lower() for name, _ in reply.fields]
    assert len(names) == len(set(names)), f"a field occurs twice: {names}"


def describes_itself(stand: Stand) -> None:
    """Members in the documented order, and the headers that let browsers and caches have it."""
    reply = exchange(stand.server, "GET", "/.well-known/oauth-protected-resource/mcp")
    issuer = f"{stand.url}/{stand.environment['AZURE_TENANT_ID']}/v2.0"
    assert reply.status == "HTTP/1.1 200 OK", reply
    for name, value in (
        ("Content-Type", "application/json"), ("Cache-Control", "public, max-age=300"),
        ("Access-Control-Allow-Origin", "*"),
    ):
        assert reply.values(name) == [value], reply.fields
    assert reply.body == (
        f'{{"resource":"{stand.server.endpoint}","authorization_servers":["{issuer}"],'
        f'"scopes_supported":["api://{stand.environment["AZURE_CLIENT_ID"]}/jobs"],'
        '"bearer_methods_supported":["header"],"resource_name":"Azure Databricks Jobs MCP server"}'
    ), reply.body

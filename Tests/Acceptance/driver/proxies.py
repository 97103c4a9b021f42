"""Every proxy of the installation guides, as it stands there: long tokens, streams, and a restart behind it."""

import json
import os
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

from driver.patience import LONG, wait_until
from driver.places import free_port
from driver.report import Report
from driver.stand import ROOT, WORK, Process, Server, Stand

HOST = "jobs-mcp.example.com"
#: The server behind the proxy, as the guides write it.
BEHIND = "127.0.0.1:8000"
#: What the guides leave to the reader: where the certificate is.
CERTIFICATE = "/etc/ssl/jobs-mcp/fullchain.pem"
KEY = "/etc/ssl/jobs-mcp/privkey.pem"
#: What a token of this server may measure at most.
LONGEST = 32 << 10


def snippets() -> list[tuple[str, str]]:
    """Each block of a guide that forwards to this server, with the page that has it."""
    found = []
    for page in sorted((ROOT / "docs").glob("*.md")):
        for block in re.findall(r"^```\w*\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL):
            if re.search(r"^ *(proxy_pass +http|reverse_proxy +[\d\[])", block, re.MULTILINE):
                found.append((page.name, block))
    return found


def check(report: Report, stand: Stand) -> None:
    """One proxy after the other, each before a server of its own."""
    report.section("Proxies of the guides")
    found = snippets()
    with report.check(f"the guides have {len(found)} proxies, among them nginx and Caddy, all before {BEHIND}"):
        programs = {program(text) for _, text in found}
        assert programs == {"nginx", "caddy"} and all(BEHIND in text for _, text in found), found
    for page, text in found:
        name = program(text)
        with report.check(f"{page}, {name}: a token of 32 KB, a stream as it comes, a server that restarts"):
            with behind(stand, name, text) as (server, port):
                token = long_token(stand)
                assert tools(port, token), "the tools are listed"
                streams(port, token)
                assert server.stop() == 0, server.tail()
                with started(stand, server.port):
                    # The proxy is the same, and so are the connections that it keeps.
                    assert tools(port, token), "the tools are listed after a restart"


def program(text: str) -> str:
    """Whose configuration it is."""
    return "nginx" if "proxy_pass" in text else "caddy"


@contextmanager
def started(stand: Stand, port: int) -> Iterator[Server]:
    """A server whose public address is the proxy's."""
    settings = {"MCP_PORT": str(port), "MCP_BASE_URL": f"https://{HOST}"}
    server = Server(stand.environment | settings, "proxied")
    try:
        server.wait_until_ready()
        yield server
    finally:
        if server.child.poll() is None:
            server.stop()


@contextmanager
def behind(stand: Stand, name: str, text: str) -> Iterator[tuple[Server, int]]:
    """A server, and the proxy before it on the port that is told."""
    port = free_port()
    with started(stand, free_port()) as server:
        arguments = {"nginx": nginx, "caddy": caddy}[name](text.replace(BEHIND, f"127.0.0.1:{server.port}"), port)
        proxy = Process(f"proxy-{name}", arguments, {
            "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "HOME": str(WORK), "XDG_DATA_HOME": str(WORK / "caddy"),
        })
        try:
            wait_until(lambda: listens(proxy, port), f"{name} to listen")
            yield server, port
        finally:
            proxy.stop()


def nginx(text: str, port: int) -> list[str]:
    """The block of the guide on another port, with a certificate, in a folder of this run."""
    certificate, key = make_certificate()
    changed = (text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace(CERTIFICATE, str(certificate))
               .replace(KEY, str(key)))
    assert str(port) in changed and str(certificate) in changed and str(key) in changed, text
    folder = WORK / "proxy"
    folder.mkdir(exist_ok=True)
    paths = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"worker_processes 1;\ndaemon off;\npid {folder}/nginx.pid;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{changed}}}\n")
    return ["nginx", "-e", "stderr", "-c", str(folder / "nginx.conf")]


def caddy(text: str, port: int) -> list[str]:
    """The Caddyfile of the guide on another port, with a certificate in place of one from Let's Encrypt."""
    certificate, key = make_certificate()
    changed = text.replace(f"{HOST} {{", f"https://{HOST}:{port} {{\n    bind 127.0.0.1\n    tls {certificate} {key}", 1)
    assert str(port) in changed, text
    path = WORK / "Caddyfile"
    path.write_text(f"{{\n    admin off\n    auto_https disable_redirects\n}}\n{changed}")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(path)]


def make_certificate() -> tuple[Path, Path]:
    """One that nobody else trusts."""
    certificate, key = WORK / "proxy.pem", WORK / "proxy.key"
    if not certificate.exists():
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", key, "-out", certificate],
            check=True, capture_output=True, timeout=LONG)
    return certificate, key


def listens(proxy: Process, port: int) -> bool:
    """Whether it takes connections; a proxy that has ended is an error."""
    assert proxy.child.poll() is None, f"{proxy.name} ended:\n{proxy.tail()}"
    with socket.socket() as probe:
        probe.settimeout(LONG)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def long_token(stand: Stand) -> str:
    """A sound token that is about as long as one may be."""
    token = stand.order(user="alice", claims={"groups": ["x" * 1000] * 22 + ["x" * 600]})
    assert LONGEST - 2000 < len(token) <= LONGEST, len(token)
    return token


def post(port: int, token: str, message: dict[str, Any]) -> tuple[HTTPConnection, HTTPResponse]:
    """One message through the proxy, over TLS; the answer's body is still to be read."""
    context = ssl.create_default_context(cafile=str(make_certificate()[0]))
    connection = HTTPConnection(HOST, timeout=LONG)
    connection.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", port), LONG), server_hostname=HOST)
    connection.request("POST", "/mcp", body=json.dumps(message), headers={
        "Authorization": f"Bearer {token}", "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25",
    })
    return connection, connection.getresponse()


def tools(port: int, token: str) -> list[Any]:
    """What `tools/list` has."""
    connection, response = post(port, token, {"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    try:
        body = response.read()
        assert response.status == 200, f"HTTP {response.status}: {body[:300]!r}"
        return json.loads(body)["result"]["tools"]
    finally:
        connection.close()


def streams(port: int, token: str) -> None:
    """The first event is there while the call goes on: it waits for a run that does not end."""
    found = call(port, token, "list_runs", {"job_name": "Hourly sync", "outcome": "running"})
    run = json.loads(found[1].read())["result"]["structuredContent"]["runs"][0]["run_id"]
    found[0].close()
    connection, response = call(port, token, "get_run", {"run_id": run, "wait_seconds": 6})
    try:
        assert response.getheader("Content-Type", "").startswith("text/event-stream"), response.getheaders()
        first = response.read1(65_536)
        assert b"notifications/progress" in first and b'"result"' not in first, f"all came at once: {first[:300]!r}"
        rest = response.read()
        assert b'"result"' in rest, rest[-300:]
    finally:
        connection.close()


def call(port: int, token: str, tool: str, arguments: dict[str, Any]) -> tuple[HTTPConnection, HTTPResponse]:
    """One tool call through the proxy that asks for progress."""
    params = {"name": tool, "arguments": arguments, "_meta": {"progressToken": "p"}}
    return post(port, token, {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params})

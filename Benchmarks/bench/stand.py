"""Everything that a measurement needs, on free loopback ports: the workspace (static nginx), nginx as its proxy, and
the server with the sandbox as its Entra ID."""

import http.client
import json
import subprocess
from types import TracebackType

from bench import upstream
from bench.processes import BINARIES, WORK, Child, free_port, nginx
from driver.patience import LONG

JOBS_LIST = "/api/2.2/jobs/list"
MESSAGE = {
    "jsonrpc": "2.0", "id": 1, "method": "tools/call",
    "params": {
        "name": "list_jobs", "arguments": {},
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        },
    },
}


class Stand:
    """Starts in `__enter__`, stops in `__exit__` whatever happened between."""

    def __init__(self, log_level: str = "info", settings: dict[str, str] | None = None) -> None:
        """`settings` are further ones of the server."""
        self.log_level = log_level
        self.settings = settings or {}
        self.children: list[Child] = []

    def __enter__(self) -> "Stand":
        WORK.mkdir(parents=True, exist_ok=True)
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """All processes, each ready before the next."""
        self.upstream_port, self.proxy_port, self.sandbox_port = free_port(), free_port(), free_port()
        self.server_port, self.metrics_port = free_port(), free_port()
        self.upstream = self.keep(self.start_upstream())
        self.proxy = self.keep(self.start_proxy())
        sandbox = self.keep(Child("sandbox", [BINARIES / "databricks-sandbox", "serve", "--port", str(self.sandbox_port)]))
        url = f"http://127.0.0.1:{self.sandbox_port}"
        environment = dict(line.split("=", 1) for line in self.sandbox_command("environment", url).splitlines())
        sandbox.wait_until_ready(
            self.sandbox_port, f"/{environment['AZURE_TENANT_ID']}/v2.0/.well-known/openid-configuration")
        self.token = self.sign_in()
        environment |= {
            "DATABRICKS_HOST": f"http://127.0.0.1:{self.upstream_port}", "MCP_PORT": str(self.server_port),
            "MCP_BASE_URL": f"http://127.0.0.1:{self.server_port}", "METRICS_PORT": str(self.metrics_port),
            "LOG_FORMAT": "json", "LOG_LEVEL": self.log_level,
        } | self.settings
        self.server = self.keep(Child("server", [BINARIES / "databricks-jobs-mcp", "serve"], environment))
        self.server.wait_until_ready(self.server_port, "/readyz")

    def sign_in(self, user: str = "alice", **order: str) -> str:
        """A token of about 1.4 KB, as Entra ID issues them, with the groups that a tenant may add."""
        groups = [f"9a000000-0000-4000-8000-{number:012d}" for number in range(6)]
        return self.control("POST", "tokens", {"kind": "user", "user": user, "claims": {"groups": groups}} | order)[
            "access_token"]

    def control(self, method: str, path: str, body: dict | None = None) -> dict:
        """One call of the sandbox's control API."""
        connection = http.client.HTTPConnection("127.0.0.1", self.sandbox_port, timeout=LONG)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, f"/_control/{path}", body=text, headers={"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = json.loads(response.read() or b"{}")
        finally:
            connection.close()
        if response.status >= 300:
            raise SystemExit(f"the sandbox answered {response.status} to {method} {path}: {answer}")
        return answer

    def start_upstream(self) -> Child:
        """The workspace: one static file."""
        (WORK / "jobs.json").write_bytes(upstream.page())
        return nginx(
            "upstream",
            f"""    open_file_cache max=10;
    server {{
        listen 127.0.0.1:{self.upstream_port};
        location = {JOBS_LIST} {{ default_type application/json; alias {WORK}/jobs.json; }}
    }}""",
            lambda: (self.upstream_port, JOBS_LIST))

    def start_proxy(self) -> Child:
        """A plain reverse proxy: the request that the server gets, turned into the request that the server makes."""
        return nginx(
            "proxy",
            f"""    upstream workspace {{ server 127.0.0.1:{self.upstream_port}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{self.proxy_port};
        location = /mcp {{
            proxy_pass http://workspace{JOBS_LIST}?limit=20;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_method GET;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
        }}
    }}""",
            lambda: (self.proxy_port, "/mcp"))

    def keep(self, child: Child) -> Child:
        """Remembers a child for the end."""
        self.children.append(child)
        return child

    def stop(self) -> None:
        """The last one first."""
        while self.children:
            self.children.pop().stop()

    @staticmethod
    def sandbox_command(name: str, url: str, *arguments: str) -> str:
        """What a subcommand of the sandbox prints."""
        return subprocess.run(
            [BINARIES / "databricks-sandbox", name, *arguments, "--url", url], check=True, capture_output=True, text=True,
            timeout=LONG,
        ).stdout.strip()

    def headers(self) -> dict[str, str]:
        """The header fields of the measured request, beside those of HTTP itself."""
        return {
            "Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": "tools/call", "Mcp-Name": "list_jobs",
        }

    def probe(self, port: int) -> int:
        """Sends the measured request once; returns the size of a right answer and refuses any other."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
        try:
            connection.request("POST", "/mcp", body=json.dumps(MESSAGE), headers=self.headers())
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        answer = json.loads(body)
        jobs = answer.get("result", {}).get("structuredContent", answer).get("jobs", [])
        if response.status != 200 or len(jobs) != upstream.JOBS:
            raise SystemExit(f"port {port} answered {response.status}: {body[:400]!r}")
        return len(body)

"""Everything that a measurement needs, on free loopback ports: the workspace (static nginx), nginx as its proxy, and
the server with the sandbox as its Entra ID."""

import http.client
import json
import subprocess
from pathlib import Path
from types import TracebackType

from bench import upstream
from bench.calls import GET_RUN, GET_RUN_OUTPUT, LIST_JOBS, Call
from bench.processes import BINARIES, WORK, Child, free_port, nginx
from driver.patience import LONG

API = "/api/2.2/jobs"
# What nginx proxies beside each call: one answer of as many bytes as the server reads for it.
PROXIED = {
    LIST_JOBS: ("/mcp", f"{API}/list?limit=20"),
    GET_RUN: ("/run", f"{API}/runs/get-all"),
    GET_RUN_OUTPUT: ("/output", f"{API}/runs/get-output"),
}


class Stand:
    """Starts in `__enter__`, stops in `__exit__` whatever happened between."""

    def __init__(
        self, log_level: str = "info", settings: dict[str, str] | None = None, *, is_encrypted: bool = False,
        server: list[str | Path] | None = None,
    ) -> None:
        """`settings` are further ones of the server, `server` is its command if it is not run as it is; with
        `is_encrypted` the workspace speaks TLS 1.3, to the server and to the proxy."""
        self.log_level = log_level
        self.settings = settings or {}
        self.is_encrypted = is_encrypted
        self.command = server or [BINARIES / "databricks-jobs-mcp"]
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
            "DATABRICKS_HOST": f"http{'s' * self.is_encrypted}://127.0.0.1:{self.upstream_port}",
            "MCP_PORT": str(self.server_port), "MCP_BASE_URL": f"http://127.0.0.1:{self.server_port}",
            "METRICS_PORT": str(self.metrics_port), "LOG_FORMAT": "json", "LOG_LEVEL": self.log_level,
        } | self.settings
        if self.is_encrypted:
            environment["HTTPS_CA_FILE"] = f"{WORK}/certificate.pem"
        self.server = self.keep(Child("server", [*self.command, "serve"], environment))
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
        """The workspace: static files."""
        pages = upstream.run_pages()
        files = {"jobs": upstream.page(), "output": upstream.run_output(), "run": upstream.run(range(upstream.TASKS))}
        files |= {f"page-{number}": page for number, page in enumerate(pages, start=1)}
        for name, content in files.items():
            (WORK / f"{name}.json").write_bytes(content)
        if self.is_encrypted:
            make_certificate()
        certificate = f"ssl_certificate {WORK}/certificate.pem; ssl_certificate_key {WORK}/key.pem;"
        return nginx(
            "upstream",
            f"""    open_file_cache max=10;
    default_type application/json;
    map $arg_page_token $run_page {{ default page-1; "~^(page-[0-9]+)$" $1; }}
    server {{
        listen 127.0.0.1:{self.upstream_port}{" ssl" * self.is_encrypted};
        {(certificate + " ssl_protocols TLSv1.3;") * self.is_encrypted}
        location = {API}/list {{ alias {WORK}/jobs.json; }}
        location = {API}/runs/get {{ alias {WORK}/$run_page.json; }}
        location = {API}/runs/get-all {{ alias {WORK}/run.json; }}
        location = {API}/runs/get-output {{ alias {WORK}/output.json; }}
    }}""",
            None if self.is_encrypted else (self.upstream_port, f"{API}/list"))

    def start_proxy(self) -> Child:
        """A plain reverse proxy: the request that the server gets, turned into the request that the server makes."""
        encrypted = f"""proxy_ssl_trusted_certificate {WORK}/certificate.pem; proxy_ssl_verify on;
        proxy_ssl_name localhost; proxy_ssl_protocols TLSv1.3;"""
        locations = "".join(
            f"        location = {path} {{ proxy_pass http{'s' * self.is_encrypted}://workspace{target}; }}\n"
            for path, target in PROXIED.values())
        return nginx(
            "proxy",
            f"""    upstream workspace {{ server 127.0.0.1:{self.upstream_port}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{self.proxy_port};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_method GET;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
        proxy_max_temp_file_size 0;
        {encrypted * self.is_encrypted}
{locations}    }}""",
            (self.proxy_port, "/mcp"))

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

    def probe(self, port: int, call: Call = LIST_JOBS, path: str = "/mcp") -> int:
        """Sends the request once; returns the size of a right answer and refuses any other."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
        try:
            connection.request("POST", path, body=json.dumps(call.message), headers=call.headers(self.token))
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        answer = json.loads(body)
        content = answer.get("result", {}).get("structuredContent", answer)
        is_right = {
            LIST_JOBS: lambda: len(content["jobs"]) == upstream.JOBS,
            GET_RUN: lambda: content["run_id"] == upstream.RUN and len(content["tasks"]) > 0,
            GET_RUN_OUTPUT: lambda: "logs" in content,
        }.get(call, lambda: "result" in answer)
        if response.status != 200 or not is_right():
            raise SystemExit(f"port {port} answered {response.status}: {body[:400]!r}")
        return len(body)


def make_certificate() -> None:
    """A certificate for localhost that is its own authority."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", f"{WORK}/key.pem",
         "-out", f"{WORK}/certificate.pem"], check=True, capture_output=True, timeout=LONG)

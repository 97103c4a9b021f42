"""The test stand: the sandbox and the server as real processes on free loopback ports."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from driver.patience import LONG, end, wait_until
from driver.places import own_folder, free_port
from driver.web import Reply, request

ROOT = Path(__file__).resolve().parents[3]
BINARIES = ROOT / os.environ.get("BUILD_FOLDER", ".build/debug")
WORK = own_folder(ROOT / ".run" / os.environ.get("RUN_FOLDER", "acceptance"))


class Process:
    """A child process whose output goes to a file."""

    def __init__(self, name: str, arguments: list[str | Path], environment: dict[str, str]) -> None:
        self.name = name
        self.log = WORK / f"{name}.log"
        # Nothing of the caller's settings may reach the child, and no .env lies in its folder.
        inherited = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        with self.log.open("wb") as log:
            self.child = subprocess.Popen(
                arguments, cwd=WORK, env=inherited | environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def answers(self, url: str) -> bool:
        """Whether `url` answers 200; a process that has ended is an error."""
        assert self.child.poll() is None, f"{self.name} ended with status {self.child.poll()}:\n{self.tail()}"
        try:
            return request("GET", url).status == 200
        except OSError:
            return False

    def first_line(self) -> str:
        """The first line of its output once it is whole, and nothing before; a process that has ended is an error."""
        assert self.child.poll() is None, f"{self.name} ended with status {self.child.poll()}:\n{self.tail()}"
        line, end_of_line, _ = self.log.read_text().partition("\n")
        return line if end_of_line else ""

    def tail(self, lines: int = 12) -> str:
        """The last lines of its output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> int:
        """Sends SIGTERM and returns the exit status; a process that does not end is killed."""
        try:
            return end(self.child, self.name)
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.tail()}") from None

    def status(self) -> int:
        """The exit status of a process that ends by itself."""
        return self.child.wait(LONG)


class Server(Process):
    """The product."""

    def __init__(
        self, environment: dict[str, str], name: str = "server", *, scope_by_address: bool = False,
        launcher: Sequence[str] = (),
    ) -> None:
        """With `scope_by_address` the advertised scope begins with the endpoint's own address (E-131).

        `launcher` is a command that becomes the server, in surroundings of its own.
        """
        self.port = int(environment.get("MCP_PORT", 0)) or free_port()
        self.metrics_port = int(environment.get("METRICS_PORT", 0)) or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.endpoint = f"{self.base}/mcp"
        self.metrics = f"http://127.0.0.1:{self.metrics_port}"
        settings = {
            "MCP_PORT": str(self.port), "METRICS_PORT": str(self.metrics_port), "MCP_BASE_URL": self.base,
            "LOG_FORMAT": "json", "LOG_LEVEL": "debug",
        }
        if scope_by_address:
            settings["AZURE_APP_ID_URI"] = self.endpoint
        super().__init__(name, [*launcher, BINARIES / "databricks-jobs-mcp", "serve"], settings | environment)

    def wait_until_ready(self) -> None:
        """Returns when it answers that it is ready."""
        wait_until(lambda: self.answers(f"{self.base}/readyz"), f"{self.name} to be ready")

    def records(self) -> list[dict[str, Any]]:
        """The log so far; a line that is no JSON object fails the caller, and so does one that a dead server left unfinished."""
        is_over = self.child.poll() is not None
        text = self.log.read_text()
        whole = text if is_over else text[:text.rfind("\n") + 1]
        return [json.loads(line) for line in whole.splitlines()]

    def rpc(
        self, token: str, method: str, params: dict[str, Any] | None = None, *, headers: dict[str, str] | None = None
    ) -> Reply:
        """One JSON-RPC request as an older client sends it."""
        fields = {
            "Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": "2025-11-25",
        }
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
        return request("POST", self.endpoint, headers=fields | (headers or {}), body=message)

    def call(self, token: str, tool: str, arguments: dict[str, Any] | None = None, **options: Any) -> Reply:
        """One tool call."""
        return self.rpc(token, "tools/call", {"name": tool, "arguments": arguments or {}}, **options)


class Stand:
    """A sandbox, and a server that uses it."""

    def __init__(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        #: Tokens, codes and the like that were in use: none of them may be in a log at the end.
        self.secrets: set[str] = set()
        for log in WORK.glob("*.log"):
            log.unlink()
        self.sandbox = Process("sandbox", [BINARIES / "databricks-sandbox", "serve", "--port", str(port)], {})
        wait_until(lambda: self.sandbox.answers(f"{self.url}/_control/requests"), "the sandbox to answer")
        self.environment = dict(line.split("=", 1) for line in self.command("environment").splitlines())
        self.noted(self.environment["AZURE_CLIENT_SECRET"])
        self.server = Server(self.environment)
        self.server.wait_until_ready()

    def command(self, *arguments: str) -> str:
        """What a subcommand of the sandbox prints."""
        return subprocess.run(
            [BINARIES / "databricks-sandbox", *arguments, "--url", self.url], check=True, capture_output=True, text=True,
            timeout=LONG,
        ).stdout.strip()

    def token(self, user: str) -> str:
        """A fresh access token for the server, as a sign-in would give it."""
        return self.noted(self.command("token", "--user", user))

    def order(self, **order: Any) -> str:
        """A token made to order, sound or not; the members are those of the control API."""
        return self.noted(self.control("POST", "tokens", order)["access_token"])

    def noted(self, secret: str) -> str:
        """Remembers a secret for the end of the run."""
        self.secrets.add(secret)
        return secret

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the sandbox's control API."""
        reply = request(method, f"{self.url}/_control/{path}", body=body)
        assert reply.status < 300, f"{method} /_control/{path}: {reply.status} {reply.text[:300]}"
        return reply.json if reply.body else None

    def requests(self) -> list[dict[str, Any]]:
        """What the sandbox received, oldest first."""
        return self.control("GET", "requests")["requests"]

    def stop(self) -> None:
        """Ends both processes."""
        try:
            if self.server.child.poll() is None:
                self.server.stop()
        finally:
            self.sandbox.stop()

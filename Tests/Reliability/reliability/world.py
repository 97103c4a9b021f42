"""What the server lives in: a sandbox behind three gates, and one server for each row."""

import base64
import json
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from driver.patience import LONG, wait_until
from driver.places import free_port
from driver.prometheus import samples
from driver.stand import BINARIES, WORK, Process, Server
from driver.web import Reply, request

from reliability.gate import Gate
from reliability.outcome import ARGUMENTS, Outcome

#: Budgets as short as they may be, so that whatever waits for one ends soon.
SHORT = {"MCP_CALL_TIMEOUT_SECONDS": "5", "MCP_ARRIVAL_TIMEOUT_SECONDS": "2"}
DATABRICKS_SCOPE = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default"


class World:
    """A sandbox whose Entra ID, workspace and identity endpoint are each reached through a gate."""

    def __init__(self, *, is_gated: bool = True) -> None:
        """Without gates the server and the sandbox talk to each other, which is quicker."""
        for log in WORK.glob("*.log"):
            log.unlink()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.gates = {name: Gate(port) for name in ("entra", "workspace", "identity")} if is_gated else {}
        self.public = self.gates["entra"].url if is_gated else self.url
        self.sandbox = Process(
            "sandbox", [BINARIES / "databricks-sandbox", "serve", "--port", str(port), "--public-url", self.public], {})
        wait_until(lambda: self.sandbox.answers(f"{self.url}/_control/requests"), "the sandbox to answer")
        self.environment = self.settings()

    @property
    def workspace(self) -> Gate:
        """In front of the workspace."""
        return self.gates["workspace"]

    def settings(self, credential: str = "secret") -> dict[str, str]:
        """The server's settings for this world."""
        text = self.sandbox_command("environment", "--credential", credential, "--url", self.public)
        found = dict(line.split("=", 1) for line in text.splitlines())
        if not self.gates:
            return found
        found["DATABRICKS_HOST"] = self.workspace.url
        if "AZURE_POD_IDENTITY_AUTHORITY_HOST" in found:
            found["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = self.gates["identity"].url
        return found

    def sandbox_command(self, *arguments: str) -> str:
        """What a subcommand of the sandbox prints."""
        return subprocess.run(
            [BINARIES / "databricks-sandbox", *arguments], check=True, capture_output=True, text=True, timeout=LONG).stdout

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the sandbox's control API."""
        reply = request(method, f"{self.url}/_control/{path}", body=body)
        assert reply.status < 300, f"{method} /_control/{path}: {reply.status} {reply.text[:300]}"
        return reply.json if reply.body else None

    def reset(self) -> None:
        """As at the start."""
        for gate in self.gates.values():
            gate.mend()
        self.control("POST", "reset", {})
        self.control("POST", "clock", {"now": int(time.time()), "frozen": False, "date_skew_seconds": 0})

    def token(self, user: str, **order: Any) -> str:
        """A fresh access token for the server."""
        return self.control("POST", "tokens", {"user": user, **order})["access_token"]

    def requests(self, after: int = 0) -> list[dict[str, Any]]:
        """What the sandbox received, oldest first."""
        return self.control("GET", f"requests?after={after}")["requests"]

    def runs(self, job: int, since: int) -> int:
        """How many runs of a job the workspace has that started after `since`, in milliseconds; asked without the server."""
        form = {
            "client_id": self.environment["AZURE_CLIENT_ID"], "client_secret": self.environment["AZURE_CLIENT_SECRET"],
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "requested_token_use": "on_behalf_of",
            "assertion": self.token("alice"), "scope": DATABRICKS_SCOPE,
        }
        tenant = self.environment["AZURE_TENANT_ID"]
        reply = request(
            "POST", f"{self.url}/{tenant}/oauth2/v2.0/token", body=urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert reply.status == 200, reply.text
        headers = {"Authorization": f"Bearer {reply.json['access_token']}"}
        reply = request(
            "GET", f"{self.url}/api/2.2/jobs/runs/list?job_id={job}&limit=25&start_time_from={since}", headers=headers)
        assert reply.status == 200, reply.text
        return len(reply.json.get("runs", []))

    def stop(self) -> None:
        """Ends all of it."""
        for gate in self.gates.values():
            gate.stop()
        self.sandbox.stop()


class Scene:
    """One server in the world, who calls it, and what came of it."""

    def __init__(
        self, world: World, name: str, settings: dict[str, str] | None = None, *, launcher: Sequence[str] = (),
        is_ready: bool = True,
    ) -> None:
        self.world, self.name, self.launcher = world, name, launcher
        self.settings = world.environment | SHORT | (settings or {})
        self.outcomes: list[Outcome] = []
        #: What callers live through now: `before`, `during`, `others` or `after` the fault.
        self.phase = "before"
        self.notes: set[str] = set()
        #: What came of connections that are no calls.
        self.saw: set[str] = set()
        #: Metrics that are no counters, and told of it.
        self.told: set[str] = set()
        self.recovery: str | None = None
        self.tokens: dict[str, str] = {}
        #: By the sandbox's clock, in milliseconds.
        self.began = world.control("GET", "clock")["now_milliseconds"]
        self._lock = threading.Lock()
        self.servers = [Server(self.settings, name, launcher=launcher)]
        if is_ready:
            self.server.wait_until_ready()
        else:
            wait_until(lambda: self.server.answers(f"{self.server.base}/healthz"), f"{name} to listen")
        self.counted: dict[str, float] = {}
        self.at_first = self.counters()

    @property
    def server(self) -> Server:
        """The process of now."""
        return self.servers[-1]

    def start_again(self) -> None:
        """A new process in the place of one that has ended."""
        ports = {"MCP_PORT": str(self.server.port), "METRICS_PORT": str(self.server.metrics_port)}
        self.servers.append(
            Server(self.settings | ports, f"{self.name}-{len(self.servers) + 1}", launcher=self.launcher))
        self.server.wait_until_ready()

    def token(self, user: str) -> str:
        """The token with which this user calls here."""
        if user not in self.tokens:
            self.tokens[user] = self.world.token(user)
        return self.tokens[user]

    def call(self, user: str, operation: str, *, arguments: dict | None = None, token: str | None = None,
             base: str | None = None, phase: str | None = None) -> Outcome:
        """One call, whatever becomes of it."""
        token, correlation = token or self.token(user), str(uuid.uuid4())
        phase, arguments = phase or self.phase, ARGUMENTS[operation]() | (arguments or {})
        method, params = "tools/call", {"name": operation, "arguments": arguments}
        if "/" in operation:
            method, params = operation, {}
        fields = {
            "Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": "2025-11-25", "X-Correlation-ID": correlation,
        }
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        started = time.monotonic()
        reply: Reply | None = None
        problem = ""
        try:
            reply = request("POST", f"{base or self.server.base}/mcp", headers=fields, body=message)
        except (OSError, ValueError) as error:
            problem = type(error).__name__
        except Exception as error:  # http.client's own errors are no OSError
            problem = type(error).__name__
        outcome = Outcome(
            user, operation, correlation, token, phase, arguments, reply, problem, time.monotonic() - started)
        with self._lock:
            self.outcomes.append(outcome)
        return outcome

    def together(self, calls: Sequence[tuple[str, str]]) -> list[threading.Thread]:
        """Starts calls by user and operation, all at once; join them with `joined`."""
        for user in {user for user, _ in calls}:
            self.token(user)
        phase = {"phase": self.phase}
        threads = [threading.Thread(target=self.call, args=call, kwargs=phase, daemon=True) for call in calls]
        for thread in threads:
            thread.start()
        return threads

    def recover(self, user: str = "alice", operation: str = "list_jobs") -> None:
        """Calls until one succeeds, and notes whether the first did."""
        if self.recovery is not None:
            return
        self.phase = "after"
        self.tokens.pop(user, None)
        first = self.call(user, operation)
        if not first.is_good:
            wait_until(lambda: self.call(user, operation).is_good, "a call to succeed again", pause=0.5)
        self.recovery = "next call" if first.is_good else "by itself"

    def counters(self) -> dict[str, float]:
        """All counters of the process, by their name and labels; what it last said when it says nothing now."""
        try:
            self.counted = {
                sample.name + "".join(f'|{name}={value}' for name, value in sorted(sample.labels.items())): sample.value
                for sample in samples(self.server) if sample.name.endswith(("_total", "_count"))}
        except (OSError, AssertionError):
            pass
        return self.counted

    def records(self) -> list[dict[str, Any]]:
        """What all processes of the scene have logged, lines that are no JSON left out."""
        found = []
        for server in self.servers:
            for line in server.log.read_text(errors="replace").splitlines():
                try:
                    found.append(json.loads(line))
                except ValueError:
                    continue
        return found

    def stop(self) -> None:
        """Ends the server, however it is."""
        for server in self.servers:
            if server.child.poll() is None:
                server.child.send_signal(signal.SIGCONT)
                server.stop()


def claims(token: str) -> dict[str, Any]:
    """What a token says."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def joined(threads: Sequence[threading.Thread]) -> None:
    """Returns when all have ended."""
    for thread in threads:
        thread.join(LONG)
        assert not thread.is_alive(), "a call got no answer and no end"

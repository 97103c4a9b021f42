"""Servers whose journal, metrics and spans are all looked at: some that differ in what can go wrong with them."""

import json
import socket
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from driver.journal import Journal
from driver.patience import LONG, wait_until
from driver.prometheus import Prometheus, samples
from driver.report import Report
from driver.stand import WORK, Server, Stand
from driver.telemetry import Collector
from driver.web import Reply

CLIENT = "c1000000-0000-4000-8000-000000000002"
MACHINE = "c5000000-0000-4000-8000-000000000007"
NIGHTLY = 412345678901234
LAST_RUN = 777000111222333
FAILED_TASK = 777000111222402
#: More than a datagram of the journal holds (about 208 KiB), and less than a record may weigh (256 KiB).
LARGE = 220_000
#: What the observed server allows a caller.
CALLS_AT_ONCE = 4


class Flood:
    """A workspace that answers everything with 17 MiB of blanks and an empty object."""

    def __init__(self) -> None:
        body = b" " * (17 << 20) + b"{}"

        class Handler(BaseHTTPRequestHandler):
            """One answer."""

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass  # it has read enough

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Ends it."""
        self.server.shutdown()
        self.server.server_close()


class Observed:
    """A journal, a collector, the servers and a Prometheus that scrapes them."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.journal = Journal()
        self.collector = Collector()
        self.servers: list[Server] = []
        #: The observed server.
        self.main = self.server(
            "observed", stand.environment, MCP_MAX_REQUESTS_PER_CALLER=str(CALLS_AT_ONCE), MCP_ALLOW_GUESTS="false")
        #: One whose workspace has no TLS on that port.
        self.deaf = self.server(
            "observed-deaf", stand.environment | {"DATABRICKS_HOST": stand.url.replace("http:", "https:")})
        #: One whose workspace answers with more than is read (D-83).
        self.flood = Flood()
        self.drowned = self.server("observed-drowned", stand.environment | {"DATABRICKS_HOST": self.flood.url})
        #: One that makes a single call at a time, and lets nobody wait for it.
        self.narrow = self.server(
            "observed-narrow", stand.environment | {"DATABRICKS_MAX_CALLS": "1", "DATABRICKS_MAX_CALLS_WAITING": "0"})
        for server in self.servers:
            server.wait_until_ready()
        #: One that starts while Entra ID is away, with a managed identity; its spans go out as JSON.
        lines = stand.command("environment", "--credential", "managed-identity").splitlines()
        identity = dict(line.split("=", 1) for line in lines)
        stand.control("POST", "services", {"entra": "down"})
        self.late = self.server(
            "observed-late", identity, OTEL_EXPORTER_OTLP_PROTOCOL="http/json", MCP_CALL_TIMEOUT_SECONDS="5")
        wait_until(lambda: self.late.answers(f"{self.late.base}/healthz"), "the late server to listen")
        self.prometheus = Prometheus(self.servers)

    def server(self, name: str, environment: dict[str, str], **settings: str) -> Server:
        """Starts one beside the journal."""
        server = Server(
            environment | {
                "LOG_FORMAT": "journald", "LOG_LEVEL": "debug", "MCP_ALLOWED_CLIENT_IDS": f"{CLIENT},{MACHINE}",
                "OTEL_EXPORTER_OTLP_ENDPOINT": self.collector.url, "OTEL_TRACES_SAMPLER": "always_on",
                "OTEL_BSP_SCHEDULE_DELAY": "200", **settings,
            }, name, launcher=self.journal.launcher())
        self.servers.append(server)
        return server

    def entra_returns(self) -> None:
        """What the late server has waited for."""
        self.stand.control("POST", "services", {"entra": "up"})
        wait_until(lambda: self.late.answers(f"{self.late.base}/readyz"), "the late server to be ready")

    def records(self, reply: Reply) -> list[dict[str, Any]]:
        """All log records of a request, once its access line is there."""
        match = f"CORRELATION_ID={reply.headers['x-correlation-id']}"
        wait_until(lambda: self.journal.entries(match, "MESSAGE=request answered"), "the access line")
        return self.journal.entries(match)

    def load(self) -> None:
        """What a day brings: all tools, a machine, faults that pass, too many calls at once."""
        stand, token = self.stand, self.stand.token("alice")
        region = stand.noted(f"parameter-value-{uuid.uuid4()}")
        for _ in range(3):
            for tool, arguments in [
                ("list_jobs", {}), ("list_runs", {"job_id": NIGHTLY}), ("get_run", {"run_id": LAST_RUN}),
                ("get_run_output", {"run_id": FAILED_TASK}),
                ("run_now", {"job_id": NIGHTLY, "job_parameters": {"region": region}}),
            ]:
                self.main.call(token, tool, arguments)
            stand.control("POST", "faults", {"route": "jobs/list", "preset": "throttled-seconds", "count": 1})
            self.main.call(token, "list_jobs")
            self.main.call(stand.order(kind="app"), "list_jobs")
            self.main.call(stand.order(flaw="wrong-audience"), "list_jobs")
        self.crowd(token)

    def crowd(self, token: str) -> None:
        """More calls at once than one caller may make: the workspace keeps those waiting that may."""
        self.stand.control("POST", "faults", {"route": "jobs/list", "delay_ms": 3000, "count": CALLS_AT_ONCE})
        callers = [self.caller(self.main, token) for _ in range(CALLS_AT_ONCE)]
        self.wait_for_faults()
        callers += [self.caller(self.main, token) for _ in range(2 * CALLS_AT_ONCE)]
        for caller in callers:
            caller.join(LONG)

    def caller(self, server: Server, token: str) -> threading.Thread:
        """A call beside the others."""
        caller = threading.Thread(target=server.call, args=(token, "list_jobs"), daemon=True)
        caller.start()
        return caller

    def wait_for_faults(self) -> None:
        """Until the workspace has got as many calls as it was told to spoil."""
        wait_until(lambda: not self.stand.control("GET", "faults")["faults"], "the workspace to have all calls")

    def large_record(self) -> dict[str, Any]:
        """A record that no datagram holds: the refusal of a token at a server that requires very many scopes."""
        scopes = " ".join(["jobs", *(f"scope-{number:05}" for number in range(LARGE // 12))])
        settings = WORK / ".env"
        settings.write_text(f"MCP_REQUIRED_SCOPES={scopes}\n")
        try:
            server = self.server("observed-large", self.stand.environment)
            self.servers.remove(server)
            server.wait_until_ready()
        finally:
            settings.unlink()
        try:
            correlation = str(uuid.uuid4())
            # The challenge names all scopes, which is more than Python's HTTP client takes.
            with socket.create_connection(("127.0.0.1", server.port), timeout=LONG) as connection:
                connection.sendall(
                    f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Correlation-ID: {correlation}\r\nContent-Length: 2\r\n"
                    f"Authorization: Bearer {self.stand.token('alice')}\r\nConnection: close\r\n\r\n{{}}".encode())
                while connection.recv(65_536):
                    pass
            [record] = wait_until(
                lambda: self.journal.entries(f"CORRELATION_ID={correlation}", "TOKEN_REJECT_REASON=scope_missing"),
                "the large record")
            return record
        finally:
            server.stop()

    def keep(self) -> None:
        """Writes down all that was produced, for the scan at the end of the run."""
        (WORK / "observed-journal.log").write_bytes(self.journal.everything())
        exposed = [repr(sample) for server in self.servers for sample in samples(server)]
        (WORK / "observed-metrics.log").write_text("\n".join(exposed))
        lines = [json.dumps([span.name, span.attributes]) for span in self.collector.spans()]
        (WORK / "observed-spans.log").write_text("\n".join(lines))

    def stop(self, report: Report) -> None:
        """Ends all of it, whatever is left; what does not end is a failure."""
        self.stand.control("POST", "services", {"entra": "up", "workspace": "up"})
        for part in (self.prometheus, *self.servers, self.flood, self.collector, self.journal):
            try:
                part.stop()
            except (AssertionError, OSError) as error:
                report.record("what was observed ends", str(error))

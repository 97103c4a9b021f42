"""A collector: takes spans over OTLP, in protobuf or JSON, and answers questions about them."""

import base64
import json
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from driver.patience import LONG, wait_until
from driver.stand import ROOT

PYTHON = ROOT / "Tests" / "Acceptance" / ".venv-otlp" / "bin" / "python"
KINDS = {1: "INTERNAL", 2: "SERVER", 3: "CLIENT", 4: "PRODUCER", 5: "CONSUMER"}


@dataclass(frozen=True)
class Span:
    """One span as it was received."""

    name: str
    trace: str
    identifier: str
    parent: str
    kind: str
    service: str
    is_error: bool
    attributes: dict[str, Any] = field(hash=False)

    @property
    def correlation(self) -> str:
        """Whose request it belongs to."""
        return str(self.attributes.get("correlation_id", ""))


class Collector:
    """Listens on a free loopback port until `stop`."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, bytes]] = []
        self.decoded: list[Span] = []
        self.done = 0
        collector = self

        class Handler(BaseHTTPRequestHandler):
            """POST /v1/traces, and nothing else."""

            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                kind = self.headers["Content-Type"]
                body = self.rfile.read(int(self.headers["Content-Length"]))
                is_known = self.path == "/v1/traces" and kind in ("application/x-protobuf", "application/json")
                if is_known:
                    collector.bodies.append((kind, body))
                self.send_response(200 if is_known else 415)
                answer = b"{}" if kind == "application/json" else b""
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """What OTEL_EXPORTER_OTLP_ENDPOINT is to be."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def spans(self) -> list[Span]:
        """Everything so far."""
        new, self.done = self.bodies[self.done:], len(self.bodies)
        messages = [json.loads(body) for kind, body in new if kind == "application/json"]
        messages += decode([body for kind, body in new if kind != "application/json"])
        for message in messages:
            self.decoded += [span for resource in message.get("resourceSpans", []) for span in spans_of(resource)]
        return self.decoded

    def trace(self, correlation: str) -> list[Span]:
        """All spans of the trace in which a request was answered, once its server span has come."""
        def complete() -> list[Span]:
            known = self.spans()
            traces = {span.trace for span in known if span.correlation == correlation and span.kind == "SERVER"}
            assert len(traces) <= 1, f"{correlation} is in {len(traces)} traces"
            return [span for span in known if span.trace in traces]
        return wait_until(complete, f"the trace of {correlation}")

    def stop(self) -> None:
        """Ends it."""
        self.server.shutdown()
        self.server.server_close()


def decode(bodies: list[bytes]) -> list[dict[str, Any]]:
    """Protobuf messages as JSON, by OpenTelemetry's own definitions."""
    if not bodies:
        return []
    lines = b"".join(base64.b64encode(body) + b"\n" for body in bodies)
    folder = Path(__file__).resolve().parents[1]
    result = subprocess.run(
        [PYTHON, "-m", "client.otlp"], input=lines, capture_output=True, cwd=folder, check=False, timeout=LONG)
    assert result.returncode == 0, result.stderr.decode()[-2000:]
    return [json.loads(line) for line in result.stdout.splitlines()]


def spans_of(resource: dict[str, Any]) -> list[Span]:
    """The spans of one resource."""
    service = attributes(resource["resource"]).get("service.name", "")
    return [
        Span(
            name=span["name"], trace=identifier(span["traceId"]), identifier=identifier(span["spanId"]),
            parent=identifier(span.get("parentSpanId", "")), kind=kind(span.get("kind", 0)), service=service,
            is_error=span.get("status", {}).get("code") in (2, "STATUS_CODE_ERROR"), attributes=attributes(span))
        for scope in resource["scopeSpans"] for span in scope["spans"]
    ]


def identifier(text: str) -> str:
    """An id in hexadecimal: OTLP's JSON has it so, protobuf's has base64."""
    if len(text) in (0, 16, 32) and all(character in "0123456789abcdef" for character in text):
        return text
    return base64.b64decode(text).hex()


def kind(value: Any) -> str:
    """SERVER and the like."""
    return KINDS.get(value, str(value).removeprefix("SPAN_KIND_"))


def attributes(holder: dict[str, Any]) -> dict[str, Any]:
    """Names and values."""
    found: dict[str, Any] = {}
    for each in holder.get("attributes", []):
        [(form, value)] = each["value"].items()
        found[each["key"]] = int(value) if form == "intValue" else value
    return found

"""Outages and endings: services that go away and come back, bad starts, and an orderly stop."""

import threading
import time

from driver.report import Report
from driver.stand import BINARIES, Process, Server, Stand, free_port, wait_until
from driver.web import Reply, request


def check_outages(report: Report, stand: Stand) -> None:
    """The server keeps running through all of them."""
    report.section("Outages")
    with report.check("Entra ID is down: a clear tool error; it comes back: the next call works"):
        outage(stand, "entra")
    with report.check("the workspace is down: a clear tool error; it comes back: the next call works"):
        outage(stand, "workspace")
    with report.check("a cached token works while Entra ID is down"):
        token = stand.token("alice")
        succeeded(stand.server.call(token, "list_jobs"))
        stand.control("POST", "services", {"entra": "down"})
        try:
            succeeded(stand.server.call(token, "list_jobs"))
        finally:
            stand.control("POST", "services", {"entra": "up"})
    with report.check("a throttled answer is repeated"):
        stand.control("POST", "faults", {"route": "jobs/list", "preset": "throttled-seconds", "count": 1})
        succeeded(stand.server.call(stand.token("alice"), "list_jobs"))
    with report.check("an HTML page instead of JSON is a clear tool error"):
        stand.control("POST", "faults", {"route": "jobs/list", "preset": "html-with-200", "count": 8})
        try:
            text = failed(stand.server.call(stand.token("alice"), "list_jobs", timeout=70))
            assert "<html" not in text, text
        finally:
            stand.control("DELETE", "faults")
    with report.check("a user without access to the workspace is told so, with a 200"):
        text = failed(stand.server.call(stand.token("nora"), "list_jobs"))
        assert "Correlation ID" in text, text
    with report.check("a Databricks token that was revoked is bought anew"):
        token = stand.token("alice")
        succeeded(stand.server.call(token, "list_jobs"))
        stand.control("POST", "databricks-tokens", {"revoke": "alice"})
        succeeded(stand.server.call(token, "list_jobs"))


def outage(stand: Stand, service: str) -> None:
    """Down, error, up, success: with a fresh token each, so that nothing comes from the cache."""
    stand.control("POST", "services", {service: "down"})
    try:
        text = failed(stand.server.call(stand.token("alice"), "list_jobs", timeout=70))
        assert "Correlation ID" in text, text
    finally:
        stand.control("POST", "services", {service: "up"})
    assert request("GET", f"{stand.server.base}/readyz").status == 200
    succeeded(stand.server.call(stand.token("alice"), "list_jobs", timeout=70))


def succeeded(reply: Reply) -> None:
    """A tool result that is no error."""
    assert reply.status == 200, f"HTTP {reply.status}: {reply.text[:300]}"
    assert not reply.json["result"].get("isError"), reply.text[:600]


def failed(reply: Reply) -> str:
    """The text of a tool result that is an error: never an HTTP error, which clients take for a broken server."""
    assert reply.status == 200, f"HTTP {reply.status}: {reply.text[:300]}"
    assert reply.json["result"].get("isError") is True, f"no error: {reply.text[:300]}"
    return reply.json["result"]["content"][0]["text"]


def check_starts(report: Report, stand: Stand) -> None:
    """Starts that cannot work say why; one that only has to wait does."""
    report.section("Starts")
    with report.check("missing and wrong settings are named together, with status 78"):
        process = Process(
            "no-settings", [BINARIES / "databricks-jobs-mcp"], {"MCP_PORT": "eighty", "DATABRICKS_HOST": "http://x.test"})
        assert process.child.wait(10) == 78, process.child.returncode
        for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "DATABRICKS_HOST", "MCP_PORT"):
            assert any(name in line for line in process.tail().splitlines()), f"{name} is not named:\n{process.tail()}"
    with report.check("a port in use is named"):
        process = Server(stand.environment, "port-in-use")
        process.stop()
        process = Process(
            "port-in-use", [BINARIES / "databricks-jobs-mcp"],
            stand.environment | {"MCP_PORT": str(stand.server.port), "METRICS_PORT": str(free_port())})
        assert process.child.wait(20) not in (0, None)
        assert str(stand.server.port) in process.tail() and "MCP_PORT" in process.tail(), process.tail()
    with report.check("Entra ID unreachable at the start: not ready, 503 for calls, recovers by itself"):
        recovers_from_cold_start(stand)


def recovers_from_cold_start(stand: Stand) -> None:
    """A server that starts during an outage serves when it is over."""
    token = stand.token("alice")
    stand.control("POST", "services", {"entra": "down"})
    server = None
    try:
        server = Server(stand.environment, "cold-start")
        wait_until(lambda: server.answers(f"{server.base}/healthz"), "the server to listen")
        assert request("GET", f"{server.base}/readyz").status == 503
        reply = server.rpc(token, "tools/list")
        assert reply.status == 503 and "retry-after" in reply.headers, f"{reply.status} {reply.headers}"
        stand.control("POST", "services", {"entra": "up"})
        wait_until(lambda: server.answers(f"{server.base}/readyz"), "the server to recover", seconds=60)
        succeeded(server.call(token, "list_jobs"))
    finally:
        stand.control("POST", "services", {"entra": "up"})
        if server is not None:
            server.stop()


def check_stop(report: Report, stand: Stand) -> None:
    """Last of all, because it ends the server."""
    report.section("Stop")
    with report.check("SIGTERM lets a running call finish, then the server ends with status 0"):
        stops_orderly(stand)
    with report.check("every line of the log is JSON"):
        stand.server.records()


def stops_orderly(stand: Stand) -> None:
    """A call that takes two seconds, SIGTERM after the workspace has it, an answer all the same."""
    token = stand.token("alice")
    succeeded(stand.server.call(token, "list_jobs"))
    before = len(stand.requests())
    stand.control("POST", "faults", {"route": "jobs/list", "delay_ms": 2000, "count": 1})
    replies: list[Reply] = []
    caller = threading.Thread(target=lambda: replies.append(stand.server.call(token, "list_jobs")), daemon=True)
    caller.start()
    wait_until(
        lambda: not stand.control("GET", "faults")["faults"] or len(stand.requests()) > before, "the call to be under way")
    started = time.monotonic()
    status = stand.server.stop()
    caller.join(10)
    assert replies, "the call got no answer"
    succeeded(replies[0])
    assert status == 0, f"exit status {status}:\n{stand.server.tail()}"
    assert time.monotonic() - started < 10, "the stop took more than 10 s"

"""Outages and endings: services that go away and come back, bad starts, and an orderly stop."""

import threading
import uuid

from driver.patience import LONG, wait_until
from driver.places import free_port
from driver.report import Report
from driver.stand import BINARIES, Process, Server, Stand
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
            text = failed(stand.server.call(stand.token("alice"), "list_jobs"))
            assert "<html" not in text, text
        finally:
            stand.control("DELETE", "faults")
    with report.check("a user without access to the workspace is told so, with a 200"):
        text = failed(stand.server.call(stand.token("nora"), "list_jobs"))
        assert text.lower().count("correlation id") == 1, text
    with report.check("a Databricks token that was revoked is bought anew"):
        token = stand.token("alice")
        succeeded(stand.server.call(token, "list_jobs"))
        stand.control("POST", "databricks-tokens", {"revoke": "alice"})
        succeeded(stand.server.call(token, "list_jobs"))


def outage(stand: Stand, service: str) -> None:
    """Down, error, up, success: with a fresh token each, so that nothing comes from the cache."""
    stand.control("POST", "services", {service: "down"})
    try:
        text = failed(stand.server.call(stand.token("alice"), "list_jobs"))
        assert text.lower().count("correlation id") == 1, text
    finally:
        stand.control("POST", "services", {service: "up"})
    assert request("GET", f"{stand.server.base}/readyz").status == 200
    succeeded(stand.server.call(stand.token("alice"), "list_jobs"))


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
        assert process.status() == 78, process.child.returncode
        for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "DATABRICKS_HOST", "MCP_PORT"):
            assert any(name in line for line in process.tail().splitlines()), f"{name} is not named:\n{process.tail()}"
    with report.check("a port in use is named"):
        process = Server(stand.environment, "port-in-use")
        process.stop()
        process = Process(
            "port-in-use", [BINARIES / "databricks-jobs-mcp"],
            stand.environment | {"MCP_PORT": str(stand.server.port), "METRICS_PORT": str(free_port())})
        assert process.status() != 0
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
        wait_until(lambda: server.answers(f"{server.base}/readyz"), "the server to recover")
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
    """A call that the workspace keeps waiting, SIGTERM meanwhile, an answer all the same, and then nothing to wait for."""
    token, ours = stand.token("alice"), str(uuid.uuid4())
    succeeded(stand.server.call(token, "list_jobs"))
    stand.control("POST", "faults", {"route": "jobs/list", "delay_ms": 5000, "count": 1})
    replies: list[Reply] = []
    caller = threading.Thread(
        target=lambda: replies.append(stand.server.call(token, "list_jobs", headers={"X-Correlation-ID": ours})), daemon=True)
    caller.start()
    wait_until(lambda: not stand.control("GET", "faults")["faults"], "the call to have reached the workspace")
    status = stand.server.stop()
    caller.join(LONG)
    assert replies, "the call got no answer"
    succeeded(replies[0])
    assert status == 0, f"exit status {status}:\n{stand.server.tail()}"
    messages = [
        record["message"] for record in stand.server.records()
        if record["message"] != "request answered" or record.get("correlation_id") == ours]
    order = [message for message in messages if message in ("stopping", "request answered", "stopped")]
    assert order == ["stopping", "request answered", "stopped"], order
    # What the server says when it has waited for as long as it may.
    assert not [message for message in messages if "took longer than allowed" in message], stand.server.tail()

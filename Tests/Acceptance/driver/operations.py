"""What an operator relies on: health, metrics, one correlation ID, and logs without secrets."""

import subprocess
import uuid

from driver.patience import LONG, wait_until
from driver.report import Report
from driver.stand import Stand
from driver.web import request

NIGHTLY = 412345678901234


def check(report: Report, stand: Stand) -> None:
    """All of them; after the clients, so that there is something to count."""
    report.section("Operations")
    with report.check("/healthz and /readyz answer on both listeners"):
        for base in (stand.server.base, stand.server.metrics):
            for path in ("/healthz", "/readyz"):
                reply = request("GET", base + path)
                assert reply.status == 200, f"{base}{path}: {reply.status}"
    with report.check("/metrics is not on the public listener"):
        assert request("GET", f"{stand.server.base}/metrics").status == 404
    with report.check("promtool accepts /metrics"):
        accepted_by_promtool(stand)
    with report.check("/metrics counts the calls of all tools"):
        counts_all_tools(stand)
    with report.check("a call carries one correlation ID through log, Entra ID and workspace"):
        correlates(stand)
    with report.check("a foreign correlation ID is kept beside ours, not adopted"):
        keeps_foreign_id(stand)
    with report.check("the inbound token never reaches the workspace"):
        flags = stand.control("GET", "requests?flag=INBOUND_TOKEN_AT_WORKSPACE")
        assert flags["count"] == 0, f"{flags['count']} requests carried it"


def accepted_by_promtool(stand: Stand) -> None:
    """promtool parses the text and lints names, types and help texts."""
    reply = request("GET", f"{stand.server.metrics}/metrics")
    assert reply.status == 200, reply.status
    promtool = subprocess.run(
        ["promtool", "check", "metrics"], input=reply.body, capture_output=True, timeout=LONG, check=False)
    assert promtool.returncode == 0, (promtool.stdout + promtool.stderr).decode()


def counts_all_tools(stand: Stand) -> None:
    """Every tool has its series, and so have the layers below."""
    text = request("GET", f"{stand.server.metrics}/metrics").text
    for tool in ("list_jobs", "list_runs", "get_run", "get_run_output", "run_now"):
        assert f'gen_ai_tool_name="{tool}"' in text, f"no series for {tool}"
    for name in (
        "mcp_server_operation_duration_seconds_bucket", "http_server_request_duration_seconds_count",
        "jwks_refreshes_total", "obo_exchanges_total", "databricks_requests_total", "databricks_jobs_mcp_build_info",
    ):
        assert f"\n{name}{{" in text, f"no sample of {name}"


def correlates(stand: Stand) -> None:
    """Our ID comes back, is in the log, and was sent to both services; trace context goes on as well."""
    ours = str(uuid.uuid4())
    trace = uuid.uuid4().hex
    token = stand.token("alice")
    reply = stand.server.call(
        token, "list_runs", {"job_id": NIGHTLY},
        headers={"X-Correlation-ID": ours.upper(), "traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    assert reply.status == 200 and not reply.json["result"].get("isError"), reply.text[:500]
    assert reply.headers["x-correlation-id"] == ours, reply.headers.get("x-correlation-id")
    lines = wait_until(
        lambda: [line for line in stand.server.records() if line.get("correlation_id") == ours
                 and line["message"] == "request answered"], "the request's log line")
    assert lines[0]["mcp_tool"] == "list_runs" and lines[0]["http_status"] == 200, lines[0]
    received = {record["route"]: record for record in stand.requests() if ours in record["headers"].values()}
    assert set(received) == {"token", "jobs/runs/list"}, f"the ID reached {sorted(received)}"
    names = {name.lower(): value for name, value in received["token"]["headers"].items()}
    assert names["client-request-id"] == ours, names
    names = {name.lower(): value for name, value in received["jobs/runs/list"]["headers"].items()}
    assert names["x-request-id"] == ours, names
    assert trace in names.get("traceparent", ""), names.get("traceparent")


def keeps_foreign_id(stand: Stand) -> None:
    """A value that is no UUID is logged as the client's own, and ours is a new one."""
    reply = stand.server.call(stand.token("alice"), "list_jobs", headers={"X-Correlation-ID": "ticket-4711"})
    ours = reply.headers["x-correlation-id"]
    assert uuid.UUID(ours).version == 4, ours
    lines = wait_until(
        lambda: [line for line in stand.server.records() if line.get("client_correlation_id") == "ticket-4711"],
        "the client's ID in the log")
    assert lines[0]["correlation_id"] == ours, lines[0]

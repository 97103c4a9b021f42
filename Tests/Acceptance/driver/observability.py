"""What an operator sees of a request: journal, metrics and trace, joined by the ID in the answer (K-20, K-21, K-23)."""

import re
import subprocess
import sys
import uuid
from pathlib import Path

from driver import prometheus
from driver.failures import COMPLETE, EXCHANGES, FAULTS, REASONS, Exchange, Fault, Refusal, cases
from driver.observed import LARGE, Observed
from driver.patience import LONG, wait_until
from driver.report import Report
from driver.stand import ROOT, WORK, Server, Stand
from driver.telemetry import Span
from driver.web import Reply

sys.path.append(str(ROOT / "Scripts"))
from checks.observability import LABELS  # noqa: E402 - the folder of the checks is none of this package's

PAGE = ROOT / "docs" / "operations.md"

#: Blocks of the page that find nothing here, by a part of each, with the reason.
QUIET = {
    "server_ready == 0 or server_credential_ready == 0": "every server is ready by now",
    "server_credential_expiry_timestamp_seconds": "no server here has a certificate",
    "signing keys not refreshed": "the keys of the server with JSON lines were always there",
    '== "503"': "nobody was turned away by the server with JSON lines",
}


def check(report: Report, stand: Stand) -> None:
    """All of it, with servers of its own."""
    report.section("Observability")
    for path, enumeration, covered in COMPLETE:
        with report.check(f"every case of {enumeration} has a row"):
            missing = cases(path, enumeration) ^ covered()
            assert not missing, f"rows that are missing, or of cases that are gone: {sorted(missing)}"
    observed = Observed(stand)
    try:
        check_failures(report, observed)
        check_joined(report, observed)
        check_graphs(report, observed)
        check_page(report, observed)
        with report.check(f"a record of {LARGE // 1000} KB is found by its correlation ID"):
            record = observed.large_record()
            assert len(record["TOKEN_EXPECTED"]) > LARGE * 0.9, len(record["TOKEN_EXPECTED"])
        observed.keep()
    finally:
        observed.stop(report)


# --- Each failure, by its ID


def check_failures(report: Report, observed: Observed) -> None:
    """One request for each row; what the operator finds under the ID of its answer is exactly what belongs to it."""
    for reason, refusal in REASONS.items():
        if reason != "keys_unavailable":
            with report.check(f"token refused as {reason}: journal, metric and trace of that request"):
                refused(observed, observed.main, reason, refusal)
    with report.check("token refused as keys_unavailable: journal, metric and trace of that request"):
        refused(observed, observed.late, "keys_unavailable", REASONS["keys_unavailable"])
    observed.entra_returns()
    for name, exchange in EXCHANGES.items():
        with report.check(f"On-Behalf-Of fails as {name}: journal, metric and trace of that request"):
            not_exchanged(observed, name, exchange)
    for kind, fault in FAULTS.items():
        with report.check(f"Databricks fails as {kind}: journal, metric and trace of that request"):
            not_served(observed, kind, fault)


def refused(observed: Observed, server: Server, reason: str, refusal: Refusal) -> None:
    """A token that is not let in."""
    stand = observed.stand
    token = stand.token("alice") if refusal.order is None else stand.order(**refusal.order)
    reply = server.rpc(token, "tools/list")
    assert reply.status == refusal.status, f"HTTP {reply.status}: {reply.text[:300]}"
    # One record with the facts: the line for people, where that is a warning.
    records = found(observed, reply, [refusal.line if refusal.is_warning else "bearer token refused"],
                    TOKEN_REJECT_REASON=reason)
    access_line(records, REFUSAL_REASON=reason)
    has_exemplar(server, reply, "token_rejections_total", reason=reason)
    trace = joined(observed, reply)
    assert not [span for span in trace if span.kind == "CLIENT"], names(trace)
    assert [span for span in trace if span.attributes.get("token.reject.reason") == reason], names(trace)


def not_exchanged(observed: Observed, name: str, exchange: Exchange) -> None:
    """A user, new so that no cache knows them, whose token Entra ID does not exchange."""
    user = f"observed-{name.replace('_', '-')}"
    observed.stand.control("POST", "users", {"name": user, "access": "run", "script": [exchange.step]})
    reply = observed.main.call(observed.stand.token(user), "list_jobs")
    assert reply.status == exchange.status, f"HTTP {reply.status}: {reply.text[:300]}"
    expected = ["On-Behalf-Of exchange failed", *exchange.others]
    records = found(observed, reply, expected, ENTRA_CLASS=name)
    if exchange.code:
        codes = {record.get("ENTRA_CODE") for record in records} - {None}
        assert codes == {exchange.code}, codes
    access_line(records, MCP_TOOL="list_jobs", ERROR_CATEGORY=exchange.category)
    has_exemplar(observed.main, reply, "obo_exchanges_total", outcome=name)
    trace = joined(observed, reply)
    assert peers(trace) == {"entra"}, names(trace)
    assert [span for span in trace if span.attributes.get("obo.outcome") == name], names(trace)


def not_served(observed: Observed, kind: str, fault: Fault) -> None:
    """A call that Databricks, or the way there, does not serve."""
    stand = observed.stand
    server: Server = getattr(observed, fault.server)
    token = stand.token("alice")
    if fault.down:
        stand.control("POST", "services", {fault.down: "down"})
    if fault.fault:
        stand.control("POST", "faults", {"route": "jobs/list"} | fault.fault)
    beside = None
    if fault.is_beside_another:
        beside = observed.caller(server, stand.token("bob"))
        observed.wait_for_faults()
    try:
        reply = server.call(token, "list_jobs")
    finally:
        stand.control("DELETE", "faults")
        if beside:
            beside.join(LONG)
        if fault.down:
            stand.control("POST", "services", {fault.down: "up"})
    assert reply.status == 200 and reply.json["result"].get("isError") is True, reply.text[:300]
    records = found(observed, reply, [], repeated="databricks request is repeated" if fault.is_repeated else None)
    access_line(records, MCP_TOOL="list_jobs", ERROR_CATEGORY=fault.category)
    tries = [record["FAILURE_KIND"] for record in records if record["MESSAGE"] == "databricks request"]
    assert set(tries) == ({kind} if fault.is_sent else set()), tries
    assert (len(tries) > 1) == (fault.is_repeated or kind == "token_refused"), tries
    has_exemplar(server, reply, "mcp_tool_errors_total", gen_ai_tool_name="list_jobs", category=fault.category)
    trace = joined(observed, reply)
    assert ("databricks" in peers(trace)) == fault.is_sent, names(trace)
    assert [span for span in trace if span.attributes.get("error.category") == fault.category], names(trace)


def found(
    observed: Observed, reply: Reply, expected: list[str], *, repeated: str | None = None, **fields: str,
) -> list[dict]:
    """The request's records: the expected ones and the access line, once each, and what is only for debugging."""
    records = observed.records(reply)
    messages = [record["MESSAGE"] for record in records if int(record["PRIORITY"]) < 7]
    if repeated:
        assert repeated in messages, messages
        messages = [message for message in messages if message != repeated]
    for start in [*expected, "request answered"]:
        [message] = [message for message in messages if message.startswith(start)] or [None]
        assert message, f"no record '{start}' among {messages}"
        messages.remove(message)
    # A code that is new to the server, and a message about the client's own mistakes, belong to the same request.
    assert not messages, f"unexpected records: {messages}"
    for name, value in fields.items():
        values = {record[name] for record in records if name in record}
        assert values == {value}, f"{name}: {values}"
    traces = {record.get("TRACE_ID") for record in records}
    assert len(traces) == 1, f"the records name {len(traces)} traces"
    return records


def access_line(records: list[dict], **fields: str) -> None:
    """The one line that says how the request ended."""
    [line] = [record for record in records if record["MESSAGE"] == "request answered"]
    assert {name: line.get(name) for name in fields} == fields, line


def has_exemplar(server: Server, reply: Reply, name: str, **labels: str) -> None:
    """The series that counts this failure shows this very request."""
    ours = reply.headers["x-correlation-id"]
    series = [
        sample for sample in prometheus.samples(server)
        if sample.name == name and labels.items() <= sample.labels.items()]
    assert series, f"no series {name}{labels}"
    shown = [sample.exemplar.get("correlation_id") for sample in series]
    assert ours in shown, f"{name}{labels} shows {shown}, not {ours}"


def joined(observed: Observed, reply: Reply) -> list[Span]:
    """The request's trace: every parent is there, every span names the request, and the log names the trace."""
    ours = reply.headers["x-correlation-id"]
    trace = observed.collector.trace(ours)
    ids = {span.identifier for span in trace}
    roots = [span for span in trace if span.parent not in ids]
    assert len(roots) == 1 and roots[0].kind == "SERVER", f"{len(roots)} spans have no parent: {names(trace)}"
    assert {span.correlation for span in trace} == {ours}, [(span.name, span.correlation) for span in trace]
    [record] = observed.journal.entries(f"CORRELATION_ID={ours}", "MESSAGE=request answered")
    assert record["TRACE_ID"] == roots[0].trace, f"{record['TRACE_ID']} in the log, {roots[0].trace} in the trace"
    return trace


def peers(trace: list[Span]) -> set[str]:
    """Who was called."""
    return {span.attributes.get("peer.service", "?") for span in trace if span.kind == "CLIENT"}


def names(trace: list[Span]) -> list[str]:
    """For the text of a failure."""
    return [f"{span.kind} {span.name}" for span in trace]


# --- A call that works


def check_joined(report: Report, observed: Observed) -> None:
    """One call, one trace, over protobuf and over JSON."""
    with report.check("one trace per call: HTTP, MCP, On-Behalf-Of and Databricks, continued from the caller's"):
        whole_trace(observed, observed.main)
    with report.check("the same over JSON"):
        # Its workspace is cooling down by now; what is asked of Entra ID goes out all the same.
        trace = joined(observed, observed.late.rpc(observed.stand.token("alice"), "tools/list"))
        assert {span.service for span in trace} == {"databricks-jobs-mcp"}, trace


def whole_trace(observed: Observed, server: Server) -> None:
    """With a user whom no cache knows."""
    user = f"observed-{uuid.uuid4().hex[:8]}"
    observed.stand.control("POST", "users", {"name": user, "access": "run"})
    caller = uuid.uuid4().hex
    reply = server.call(
        observed.stand.token(user), "list_jobs", headers={"traceparent": f"00-{caller}-00f067aa0ba902b7-01"})
    assert reply.status == 200 and not reply.json["result"].get("isError"), reply.text[:300]
    trace = joined(observed, reply)
    assert {span.trace for span in trace} == {caller}, "the caller's trace is not continued"
    # HTTP, the message in it, the exchange, and one call of each service.
    http, message = (span for span in sorted(trace, key=lambda span: span.parent != "00f067aa0ba902b7")
                     if span.kind == "SERVER")
    assert http.parent == "00f067aa0ba902b7" and http.attributes["http.route"] == "/mcp", http
    assert message.attributes["mcp.method.name"] == "tools/call", message
    assert message.attributes["gen_ai.tool.name"] == "list_jobs", message
    assert [span.attributes["obo.outcome"] for span in trace if "obo.outcome" in span.attributes] == ["success"], trace
    assert sorted(peers(trace)) == ["databricks", "entra"], names(trace)
    assert not [span.name for span in trace if span.is_error], names(trace)
    assert {span.service for span in trace} == {"databricks-jobs-mcp"}, {span.service for span in trace}


# --- Graphs


def check_graphs(report: Report, observed: Observed) -> None:
    """Under load and after all those failures, there is something to see."""
    observed.load()
    with report.check("every series has the labels that the checks of rules and dashboards go by"):
        labels_are_known(observed)
    queries = prometheus.panels()
    with report.check(f"each of the {len(queries)} queries of the dashboard has data"):
        waiting = {(title, number): expression for title, number, expression in queries}

        def rest() -> bool:
            for place, expression in list(waiting.items()):
                if observed.prometheus.query(expression):
                    del waiting[place]
            return not waiting

        try:
            wait_until(rest, "data", pause=1)
        except AssertionError:
            raise AssertionError("no data for " + "; ".join(f"{place[0]}: {text}" for place, text in waiting.items()))
    for name in (
        "mcp_server_operation_duration_seconds_bucket", "obo_exchange_duration_seconds_bucket",
        "databricks_request_duration_seconds_bucket",
    ):
        with report.check(f"an exemplar of {name} leads to the log and to the trace"):
            leads_back(observed, name)
    with report.check("no alert's text has a fault"):
        texts = [text for alert in observed.prometheus.alerts() for text in alert["annotations"].values()]
        assert texts, "after all those failures no alert is even pending"
        assert not [text for text in texts if "error expanding" in text], texts


def labels_are_known(observed: Observed) -> None:
    """Scripts/checks has the same table, because nothing but a running server knows the labels."""
    actual: dict[str, set[str]] = {}
    for sample in (sample for server in observed.servers for sample in prometheus.samples(server)):
        name = re.sub(r"_(bucket|sum|count)$", "", sample.name)
        name = name if name in LABELS or sample.name == f"{name}_bucket" else sample.name
        actual.setdefault(name, set()).update(sample.labels.keys() - {"le"})
    different = {name: labels for name, labels in actual.items() if labels != LABELS.get(name, set())}
    assert not different, different
    assert not LABELS.keys() - actual.keys(), f"never exported: {sorted(LABELS.keys() - actual.keys())}"


def leads_back(observed: Observed, name: str) -> None:
    """From a dot on a graph to the records and spans of that request."""
    exemplars = wait_until(lambda: observed.prometheus.exemplars(name), "an exemplar")
    exemplar = exemplars[-1]
    records = wait_until(
        lambda: observed.journal.entries(f"CORRELATION_ID={exemplar['correlation_id']}"), f"the records of {exemplar}")
    assert {record["TRACE_ID"] for record in records} == {exemplar["trace_id"]}, exemplar
    wait_until(
        lambda: exemplar["trace_id"] in {span.trace for span in observed.collector.spans()}, f"a span in the trace of {exemplar}")


# --- The page for operators


def check_page(report: Report, observed: Observed) -> None:
    """Every query of docs/operations.md runs as it stands there."""
    reply = observed.main.call(observed.stand.token("alice"), "list_jobs")
    ours = reply.headers["x-correlation-id"]
    observed.records(reply)
    assert observed.stand.server.log == WORK / "server.log", "the page names the file so"
    fail_in_json(observed.stand)
    for language in ("sh", "jq", "promql"):
        found_blocks = blocks(PAGE, language)
        with report.check(f"docs/operations.md: {len(found_blocks)} blocks of {language} run"):
            assert len(found_blocks) > 10, found_blocks
            faults = [fault for block in found_blocks if (fault := run_block(observed, language, block, ours))]
            assert not faults, "\n".join(faults)


def fail_in_json(stand: Stand) -> None:
    """What the page looks for in JSON lines and the rest of the run has not brought about."""
    for step in ("65001", "7000222"):
        user = f"json-{step}"
        stand.control("POST", "users", {"name": user, "access": "run", "script": [step]})
        stand.server.call(stand.token(user), "list_jobs")
    stand.server.call(stand.token("alice"), "list_jobs", headers={"X-Correlation-ID": "ticket-4712"})


def blocks(page: Path, language: str) -> list[str]:
    """The blocks of code in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def has_data(observed: Observed, expression: str) -> bool:
    """Whether Prometheus finds something once it has scraped and evaluated what happened last."""
    def data() -> list[dict]:
        # A series that came with its first event has not grown since; that it is there is enough.
        return observed.prometheus.query(expression) or observed.prometheus.query(expression.removesuffix("> 0"))
    try:
        return bool(wait_until(data, "data", pause=1))
    except AssertionError:
        return False


def run_block(observed: Observed, language: str, block: str, ours: str) -> str | None:
    """What is wrong with one block."""
    block = re.sub(r"(?m)^id=.*$", f"id={ours}", block.strip())
    is_quiet = any(part in block for part in QUIET)
    if language == "promql":
        return None if is_quiet or has_data(observed, block) else f"no data: {block}"
    block = block.replace("http://127.0.0.1:9090", observed.prometheus.url)
    if language == "sh":
        result = observed.journal.run(block)
    else:
        # Its IDs are those of another server, the one that writes JSON lines.
        block = block.replace(f"id={ours}", f"id={observed.stand.server.records()[-1].get('correlation_id', ours)}")
        result = subprocess.run(
            ["bash", "-o", "pipefail", "-c", block], cwd=WORK, capture_output=True, text=True, timeout=LONG, check=False)
    if result.returncode != 0 or result.stderr:
        return f"{block}\n  status {result.returncode}: {result.stderr[:300]}"
    return None if result.stdout.strip() or is_quiet else f"finds nothing: {block}"

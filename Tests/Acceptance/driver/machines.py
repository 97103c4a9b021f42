"""Applications that call in their own name: let in by a role and by nothing else (E-81, E-85, E-92, E-93)."""

import hashlib
import uuid
from urllib.parse import urlencode

from driver.oauth import API, MACHINE, MACHINE_SECRET
from driver.patience import wait_until
from driver.report import Report
from driver.stand import Stand
from driver.web import request

NIGHTLY = 412345678901234


def check(report: Report, stand: Stand) -> None:
    """With tokens as an application gets them."""
    report.section("Applications")
    tokens: list[str] = []
    with report.check("an application without a role: 403 insufficient_scope, its reason in the log"):
        needs_a_role(stand, tokens)
    with report.check("Jobs.Read does not start a run: a tool error names the role, and no token is asked for"):
        needs_the_role_of_the_tool(stand, tokens)
    with report.check("an application's token is never exchanged On-Behalf-Of"):
        assertions = {record["form"]["assertion"] for record in stand.requests() if "assertion" in record.get("form", {})}
        assert assertions and len(tokens) == 2, f"{len(assertions)} exchanges, {len(tokens)} tokens"
        used = {f"sha256:{hashlib.sha256(token.encode()).hexdigest()[:12]}" for token in tokens}
        assert not assertions & used, "one was"


def token(stand: Stand) -> str:
    """What Entra ID gives the sandbox's automation application for this server."""
    fields = {
        "grant_type": "client_credentials", "client_id": MACHINE, "client_secret": stand.noted(MACHINE_SECRET),
        "scope": f"{API}/.default",
    }
    reply = request(
        "POST", f"{stand.url}/{stand.environment['AZURE_TENANT_ID']}/oauth2/v2.0/token",
        headers={"Content-Type": "application/x-www-form-urlencoded"}, body=urlencode(fields).encode())
    assert reply.status == 200, reply.text
    return stand.noted(reply.json["access_token"])


def needs_a_role(stand: Stand, tokens: list[str]) -> None:
    """Entra ID issues such a token to every application of the tenant that asks (E-92)."""
    stand.control("POST", f"apps/{MACHINE}", {"roles": []})
    try:
        tokens.append(token(stand))
    finally:
        stand.control("POST", f"apps/{MACHINE}", {"roles": ["Jobs.Read"]})
    correlation = str(uuid.uuid4())
    reply = stand.server.rpc(tokens[-1], "tools/list", headers={"X-Correlation-ID": correlation})
    assert reply.status == 403, f"HTTP {reply.status}: {reply.text[:300]}"
    assert 'error="insufficient_scope"' in reply.headers["www-authenticate"], reply.headers
    [line] = wait_until(
        lambda: [line for line in stand.server.records() if line.get("correlation_id") == correlation
                 and "token_reject_reason" in line], "a log line about the refusal")
    assert line["token_reject_reason"] == "role_missing", line


def needs_the_role_of_the_tool(stand: Stand, tokens: list[str]) -> None:
    """The role for reading does not imply the one for starting (E-85); the refusal costs no request to anybody."""
    tokens.append(token(stand))
    before = len(stand.requests())
    reply = stand.server.call(tokens[-1], "run_now", {"job_id": NIGHTLY})
    assert reply.status == 200 and reply.json["result"].get("isError") is True, reply.text[:600]
    assert "Jobs.Run" in reply.json["result"]["content"][0]["text"], reply.text[:600]
    assert len(stand.requests()) == before, [record["route"] for record in stand.requests()[before:]]

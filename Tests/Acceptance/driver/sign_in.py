"""What a caller meets before any tool: the challenge, the metadata, and a clear answer to each kind of bad token."""

import re
import uuid
from dataclasses import dataclass

from driver.patience import wait_until
from driver.report import Report
from driver.stand import Stand
from driver.web import Reply, request


@dataclass(frozen=True)
class BadToken:
    """A token that the sandbox makes wrong in one way, and the answer to it."""

    title: str
    order: dict[str, str]
    reason: str
    status: int = 401
    error: str = "invalid_token"


BAD_TOKENS = [
    BadToken("an expired token", {"flaw": "expired"}, "expired"),
    BadToken("a token that is not valid yet", {"flaw": "not-yet-valid"}, "not_yet_valid"),
    BadToken("another application's token", {"flaw": "wrong-audience"}, "audience"),
    BadToken("another issuer's token", {"flaw": "wrong-issuer"}, "issuer"),
    BadToken("another tenant's token", {"flaw": "wrong-tenant"}, "tenant"),
    BadToken("a forged signature", {"flaw": "bad-signature"}, "signature"),
    BadToken("an unsigned token", {"flaw": "alg-none"}, "malformed"),
    BadToken("a token signed with HS256", {"flaw": "alg-hs256"}, "alg"),
    BadToken("an unknown key", {"flaw": "unknown-key"}, "kid_unknown"),
    BadToken("a token with a duplicate claim", {"flaw": "duplicate-claim"}, "malformed"),
    BadToken("an ID token", {"kind": "id"}, "id_token"),
    BadToken("a Microsoft Graph token", {"kind": "graph"}, "first_party_token"),
    BadToken("a Databricks token", {"kind": "databricks"}, "audience"),
    BadToken("a token without the scope", {"flaw": "other-scope"}, "scope_missing", 403, "insufficient_scope"),
]


def check(report: Report, stand: Stand) -> None:
    """All of them."""
    report.section("Sign-in")
    with report.check("no token: 401 with a challenge that leads to the metadata"):
        leads_to_metadata(stand)
    with report.check("POST and GET without a token get the same challenge"):
        post, get = (request(method, stand.server.endpoint, body=body) for method, body in (("POST", {}), ("GET", None)))
        assert post.status == get.status == 401
        assert post.headers["www-authenticate"] == get.headers["www-authenticate"]
    with report.check("a malformed Authorization header: 400"):
        reply = request("POST", stand.server.endpoint, headers={"Authorization": "Bearer"}, body={})
        assert reply.status == 400 and 'error="invalid_request"' in reply.headers["www-authenticate"], reply
    for bad in BAD_TOKENS:
        with report.check(f"{bad.title}: {bad.status} {bad.error}, its reason in the log, the token nowhere"):
            refuses(stand, bad)
    with report.check("garbage bodies and methods get the documented answers"):
        answers_garbage(stand)


def leads_to_metadata(stand: Stand) -> None:
    """Challenge, path-inserted and root metadata agree."""
    reply = request("POST", stand.server.endpoint, body={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    challenge = reply.headers["www-authenticate"]
    assert reply.status == 401 and challenge.startswith("Bearer ") and "error=" not in challenge, challenge
    url = re.search(r'resource_metadata="([^"]+)"', challenge)[1]
    metadata = request("GET", url)
    assert metadata.status == 200 and "max-age" in metadata.headers["cache-control"], metadata
    document = metadata.json
    assert document["resource"] == stand.server.endpoint, document
    assert document["authorization_servers"] == [f"{stand.url}/{stand.environment['AZURE_TENANT_ID']}/v2.0"], document
    assert f'scope="{document["scopes_supported"][0]}"' in challenge, challenge
    root = request("GET", f"{stand.server.base}/.well-known/oauth-protected-resource")
    assert root.body == metadata.body, "the two metadata documents differ"


def refuses(stand: Stand, bad: BadToken) -> None:
    """Status, challenge, one log line under the correlation ID, and not a byte of the signature anywhere."""
    token = stand.order(**{"kind": "user", "user": "alice"} | bad.order)
    correlation = str(uuid.uuid4())
    reply = stand.server.rpc(token, "tools/list", headers={"X-Correlation-ID": correlation})
    assert reply.status == bad.status, f"HTTP {reply.status}: {reply.text[:300]}"
    challenge = reply.headers["www-authenticate"]
    assert f'error="{bad.error}"' in challenge and "resource_metadata=" in challenge, challenge
    lines = wait_until(
        lambda: [line for line in stand.server.records() if line.get("correlation_id") == correlation
                 and line["message"] != "request answered"], "a log line about the refusal")
    if bad.reason:
        reasons = [line.get("token_reject_reason") for line in lines]
        assert bad.reason in reasons, f"reasons in the log: {reasons}"
    payload, signature = token.split(".")[1:3]
    log = stand.server.log.read_text()
    assert payload not in log and (not signature or signature not in log), "the log holds the token"
    assert payload not in challenge + reply.text, "the answer holds the token"


def answers_garbage(stand: Stand) -> None:
    """Bad bodies are answered, not dropped; the status tells whose fault it is."""
    token = stand.token("alice")

    def post(body: bytes, **headers: str) -> Reply:
        fields = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
        return request("POST", stand.server.endpoint, headers=fields | headers, body=body)

    for body, status, code in [
        (b"", 400, -32700), (b"\xff\xfe", 400, -32700), (b'{"jsonrpc":"2.0","id":', 400, -32700), (b"[]", 400, -32600),
        (b"{}", 400, -32600), (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', 400, -32600),
        (b"[" * 100_000, 400, None), (b'{"jsonrpc":"2.0","id":1,"method":"no/such"}', 200, -32601),
    ]:
        reply = post(body)
        assert reply.status == status, f"{body[:60]!r}: HTTP {reply.status} {reply.text[:200]}"
        assert code is None or reply.json["error"]["code"] == code, f"{body[:60]!r}: {reply.text[:200]}"
    assert post(b"{}", **{"Content-Type": "text/plain"}).status == 415
    assert post(b"x" * 5_000_000).status == 413
    assert request("DELETE", stand.server.endpoint, headers={"Authorization": f"Bearer {token}"}).status == 405
    assert request("GET", f"{stand.server.base}/nowhere").status == 404

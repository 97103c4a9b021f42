"""Every way in which a call can fail, as tables: how to bring it about, and what the operator must find.

The tables are complete by check: each case of the enumerations in Sources has a row, or is named with a reason.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from driver.stand import ROOT

#: Visual Studio Code, which is not among the clients that the observed server lets in.
OTHER_CLIENT = "aebc6443-996d-45c2-90f0-388ff96faa56"


@dataclass(frozen=True)
class Refusal:
    """A token that is refused."""

    #: What the sandbox is asked for; `None` is a sound token, refused for the server's own reasons.
    order: dict[str, Any] | None
    status: int = 401
    #: How the line for people begins (K-22).
    line: str = "Token validation failed: "
    #: Whether that line is a warning, and not for debugging only.
    is_warning: bool = False


MISMATCH = "Bearer token rejected for client "

#: By `TokenRejection.Reason`.
REASONS = {
    "malformed": Refusal({"flaw": "two-segments"}),
    # Over 32 KiB, and within what a header field may be (40 KiB), which is looked at before.
    "too_large": Refusal({"claims": {"groups": ["x" * 1000] * 26}}),
    "jwe": Refusal({"flaw": "five-segments"}),
    "alg": Refusal({"flaw": "alg-hs256"}),
    "kid_unknown": Refusal({"flaw": "unknown-key"}),
    "signature": Refusal({"flaw": "bad-signature"}),
    "issuer": Refusal({"flaw": "wrong-issuer"}, line=MISMATCH, is_warning=True),
    "tenant": Refusal({"flaw": "wrong-tenant"}, line=MISMATCH, is_warning=True),
    "audience": Refusal({"flaw": "wrong-audience"}, line=MISMATCH, is_warning=True),
    "expired": Refusal({"flaw": "expired"}),
    "not_yet_valid": Refusal({"flaw": "not-yet-valid"}),
    "v1_token": Refusal({"version": 1}, line=MISMATCH, is_warning=True),
    "first_party_token": Refusal({"kind": "graph"}),
    "id_token": Refusal({"kind": "id"}),
    "scope_missing": Refusal({"flaw": "other-scope"}, 403, MISMATCH, is_warning=True),
    "role_missing": Refusal({"kind": "app", "claims": {"roles": None}}, 403, MISMATCH, is_warning=True),
    "client_not_allowed": Refusal({"app": OTHER_CLIENT}),
    "guest": Refusal({"user": "guest", "claims": {"acct": 1}}),
    "keys_unavailable": Refusal(None, 503),
}


@dataclass(frozen=True)
class Exchange:
    """What Entra ID does with a user's On-Behalf-Of exchange."""

    #: The script of the user in the sandbox.
    step: str
    category: str
    code: str | None = None
    #: What there is in the journal beside the failure and the access line.
    others: tuple[str, ...] = ()
    status: int = 200


REPEATED = "On-Behalf-Of exchange will be repeated"

#: By `EntraFailureClass`.
EXCHANGES = {
    "reauthenticate": Exchange("50013", "auth", "AADSTS50013", ("the client is asked to sign in again",), 401),
    "interact": Exchange("50078", "interaction", "AADSTS50078"),
    "consent": Exchange("65001", "consent", "AADSTS65001"),
    "denied": Exchange("53003", "permission", "AADSTS53003"),
    "configuration": Exchange("7000222", "configuration", "AADSTS7000222"),
    "transient": Exchange("503", "unavailable", None, (REPEATED,)),
    "throttled": Exchange("status:429:60", "rate_limited"),
    "protocol_error": Exchange("variant:html", "unavailable", None, ()),
}


@dataclass(frozen=True)
class Fault:
    """What the workspace, or the way there, does with a call."""

    category: str
    #: The fault of the sandbox, without its route.
    fault: dict[str, Any] = field(default_factory=dict)
    #: Where: `main` is the observed server, `late` the one whose workspace may be spoilt, `deaf` finds no TLS where it
    #: wants it, `drowned` gets 17 MiB for an answer, `narrow` makes one call at a time.
    server: str = "main"
    #: Whether the call is repeated before it is given up.
    is_repeated: bool = False
    #: Whether a request is made at all.
    is_sent: bool = True
    #: A service that is down meanwhile.
    down: str | None = None
    #: Whether another user's call is under way, which gets the fault.
    is_beside_another: bool = False


def answer(status: int, code: str, message: str = "No.", **headers: str) -> dict[str, Any]:
    """A fault that is an answer of the Jobs API."""
    body = f'{{"error_code":"{code}","message":"{message}"}}'
    return {"status": status, "body": body, "headers": {"Content-Type": "application/json", **headers}}


#: By `FailureKind` of Sources/Jobs/Errors. The last two make their user pause for a minute, at one server.
FAULTS = {
    "private_link": Fault("network_policy", {"preset": "private-link"}),
    "redirect": Fault("internal", {"status": 307, "headers": {"Location": "/elsewhere"}}),
    "not_an_answer": Fault("internal", {"preset": "html-with-200"}),
    "no_such_endpoint": Fault("version", {"preset": "bad-target"}),
    "wrong_audience": Fault("configuration", answer(401, "X", "IncorrectClaimException: Expected aud claim to be Y")),
    "address_blocked": Fault("network_policy", {"preset": "address-blocked"}),
    "token_refused": Fault("auth", {"preset": "invalid-token"}),
    "not_a_member": Fault("permission", {"preset": "not-authorized-html"}),
    "not_found": Fault("not_found", answer(404, "RESOURCE_DOES_NOT_EXIST")),
    "forbidden": Fault("permission", answer(403, "PERMISSION_DENIED")),
    "feature_disabled": Fault("configuration", {"preset": "feature-disabled"}),
    "locked": Fault("unavailable", {"preset": "lock-not-acquired"}, is_repeated=True),
    "conflict": Fault("unavailable", answer(409, "RESOURCE_CONFLICT")),
    "quota": Fault("rate_limited", answer(400, "QUOTA_EXCEEDED")),
    "invalid": Fault("invalid_argument", answer(400, "INVALID_PARAMETER_VALUE", "limit is too large")),
    "not_implemented": Fault("version", answer(501, "NOT_IMPLEMENTED")),
    "unavailable": Fault("unavailable", {"preset": "unavailable"}, is_repeated=True),
    "server_error": Fault("internal", answer(500, "INTERNAL_ERROR")),
    "unexpected": Fault("internal", answer(418, "TEAPOT")),
    "unreachable": Fault("unavailable", down="workspace", is_repeated=True),
    "too_large": Fault("internal", server="drowned"),
    "tls": Fault("configuration", server="deaf"),
    "timed_out": Fault("unavailable", {"delay_ms": 600_000}, server="late"),
    "busy": Fault(
        "rate_limited", {"delay_ms": 6000, "count": 1}, server="narrow", is_sent=False, is_beside_another=True),
    "throttled": Fault("rate_limited", answer(429, "REQUEST_LIMIT_EXCEEDED", **{"Retry-After": "600"}), server="late"),
    "cooling_down": Fault("rate_limited", server="late", is_sent=False),
}

#: Kinds of failure that no call can be brought to here, and what proves them instead.
WITHOUT_ROW = {
    "no_workspace_access": "a refusal that the sandbox plants by words: RefusalTests",
    "run_limit": "a refusal that the sandbox plants by words: RefusalTests",
    "cancelled": "a call that nobody waits for any longer, so that there is no answer to look at: ClientSignalsTests",
    "not_sent": "a request that cannot be built, which no argument of a tool leads to: DatabricksClientTests",
}

#: Categories whose failures are none of Databricks' own: the exchanges above bring them about.
OF_ENTRA = {"interaction", "consent"}


def cases(path: str, enumeration: str) -> set[str]:
    """The raw values of a Swift enumeration of strings."""
    found: set[str] = set()
    indent: int | None = None
    for line in (ROOT / path).read_text().splitlines():
        depth = len(line) - len(line.lstrip())
        if re.search(rf"\benum {enumeration}\b", line):
            indent = depth
        elif indent is not None and line.strip() == "}" and depth == indent:
            break
        elif indent is not None and depth == indent + 4:
            match = re.match(r'\s*case (?P<names>[`\w]+(?:\s*,\s*[`\w]+)*)(?:\s*=\s*"(?P<raw>[^"]+)")?$', line)
            if match:
                found |= {match["raw"]} if match["raw"] else {
                    name.strip(" `") for name in match["names"].split(",")}
    assert found, f"no cases of {enumeration} in {path}"
    return found


#: Each enumeration with the rows that must cover it, and what is excused.
COMPLETE: list[tuple[str, str, Callable[[], set[str]]]] = [
    ("Sources/Auth/Token/TokenRejection.swift", "Reason", lambda: set(REASONS)),
    ("Sources/Auth/OBO/EntraFailureClass.swift", "EntraFailureClass", lambda: set(EXCHANGES)),
    ("Sources/Jobs/Errors/FailureKind.swift", "FailureKind", lambda: set(FAULTS) | set(WITHOUT_ROW)),
    ("Sources/Observability/CallerFacingError.swift", "Category",
     lambda: {row.category for row in FAULTS.values()} | OF_ENTRA | {row.category for row in EXCHANGES.values()}),
]

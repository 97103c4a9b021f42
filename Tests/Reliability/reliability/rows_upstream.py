"""The rows about services that fail: Databricks, Entra ID, the identity endpoint."""

from reliability.acts import Broken, Clocks, Crowd, Elsewhere, Keys, Planted, Starts
from reliability.gate import Break, Fault, answer
from reliability.row import Row, Section

API, TOKEN, KEYS, IMDS = "/api/", "/oauth2/v2.0/token", "/discovery/", "/metadata/identity"
HTML = answer(b"<html><body><h1>Sign in to continue</h1></body></html>", kind="text/html; charset=utf-8")
GATEWAY = answer(b"<html><h1>503 Service Unavailable</h1></html>", "503 Service Unavailable", "text/html")
ENDLESS = b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"x" * 200_000 + b"\r\n\r\n{}"
UNZIPPED = answer(b'{"jobs":[]}', "200 OK", "application/json", "Content-Encoding: gzip")
BLANKS = b" " * (10 << 20)


def said(body: bytes, path: str = API, times: int | None = None, acts: bool = False) -> Fault:
    """An answer with that body."""
    return Fault(Break.ANSWER, path, times=times, acts=acts, answer=answer(body))


def raw(data: bytes, path: str = API, acts: bool = False) -> Fault:
    """These bytes for an answer."""
    return Fault(Break.ANSWER, path, acts=acts, answer=data)


def workspace(how: Fault | str, **more: object) -> Broken:
    """The workspace breaks while users work."""
    return Broken("workspace", how, others=("bob",), **more)


def entra(how: Fault | str) -> Broken:
    """Entra ID breaks for a user who comes; another is here already."""
    return Broken("entra", how, is_warm=False, others=("bob",))


def identity(how: Fault | str) -> Starts:
    """The identity endpoint is broken at the start."""
    return Starts("identity", how, credential="managed-identity")


DATABRICKS = Section("Databricks", (
    Row("db-refused", "refuses connections", workspace("refused"), bound="tries"),
    Row("db-syn", "takes no connection: its queue is full", workspace("crowded"), bound="call"),
    Row("db-silence", "takes the request and says nothing", workspace(Fault(Break.SILENCE, API)), "get_run", "call"),
    Row("db-reset", "resets every connection", workspace(Fault(Break.RESET, API)), bound="tries"),
    Row("db-reset-once", "resets one connection", workspace(Fault(Break.RESET, API, times=1)), bound="tries"),
    Row("db-late", "answers after a second", workspace(Fault(Break.LATE, API, seconds=1)), bound="call"),
    Row("db-drip", "sends one byte every 100 ms", workspace(Fault(Break.DRIP, API, seconds=0.1)), "list_runs", "call"),
    Row("db-half", "sends half of each answer", workspace(Fault(Break.HALF, API)), "get_run_output", "tries"),
    Row("db-array", "answers with an array", workspace(said(b"[1,2,3]"))),
    Row("db-text", "answers with `jobs` as a text", workspace(said(b'{"jobs":"all","has_more":false}'))),
    Row("db-null", "answers with `run_id` as `null`", workspace(said(b'{"run_id":null,"state":7}')), "get_run"),
    Row("db-10mb", "answers with 10 MiB of blanks and a result",
        workspace(Fault(Break.PADDED, API, answer=BLANKS)), bound="call"),
    Row("db-17mb", "answers with 17 MiB", workspace(said(b" " * (17 << 20) + b"{}")), "get_run", "call"),
    Row("db-deep", "answers with 100,000 brackets", workspace(said(b'{"jobs":' + b"[" * 100_000))),
    Row("db-twice", "names a member twice", workspace(said(b'{"jobs":[],"jobs":[{"job_id":1}]}'))),
    Row("db-html", "answers 200 with a page", workspace(raw(HTML))),
    Row("db-utf8", "answers with broken UTF-8", workspace(said(b'{"jobs":[{"job_id":1,"settings":{"name":"\xff\xfe"}}]}'))),
    Row("db-gzip", "claims gzip and sends plain text", workspace(raw(UNZIPPED))),
    Row("db-noise", "answers with noise instead of HTTP", workspace(raw(b"\x00\x01\x02SSH-2.0-none\r\n\r\n")), bound="tries"),
    Row("db-head", "answers with a head of 200 kB", workspace(raw(ENDLESS))),
    Row("db-redirect", "redirects to another host",
        workspace(raw(answer(b"", "307 Temporary Redirect", "text/plain", "Location: https://elsewhere.example/")))),
    Row("db-500", "answers 500", Planted((
        {"route": "workspace", "preset": "unavailable-500"},), others=("bob",)), bound="tries"),
    Row("db-503", "a gateway answers 503 with a page", workspace(raw(GATEWAY)), bound="tries"),
    Row("db-revoked", "has revoked the user's token, once",
        Planted(({"route": "jobs/list", "preset": "invalid-token", "count": 1},))),
    Row("db-429-one", "throttles one user among many", Planted((
        {"route": "workspace", "user": "alice", "status": 429, "headers": {"Retry-After": "6"},
         "body": '{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slow down"}'},),
        others=("bob", "guest")), bound="told"),
    Row("db-429-all", "throttles three users at once", Planted((
        {"route": "workspace", "status": 429, "headers": {"Retry-After": "6"},
         "body": '{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slow down"}'},),
        users=("alice", "bob", "guest")), bound="told"),
    Row("db-crowd", "takes a second for each answer, and one user calls 60 times at once",
        Crowd(60, ("bob", "guest"), {"route": "workspace", "delay_ms": 1000}), bound="call"),
    Row("db-flood", "the same, and one user calls 100 times at once",
        Crowd(100, ("bob", "guest"), {"route": "workspace", "delay_ms": 1000}), bound="call"),
))

STARTED = Section("Starting a run", (
    Row("run-refused", "refuses connections", Broken("workspace", "refused"), "run_now", "tries"),
    Row("run-reset", "resets before it acts, once", Broken("workspace", Fault(Break.RESET, API, times=1)), "run_now", "tries"),
    Row("run-lost-once", "acts, and its answer is lost, once",
        Broken("workspace", Fault(Break.RESET, API, times=1, acts=True)), "run_now", "tries"),
    Row("run-lost", "acts, and every answer is lost", Broken("workspace", Fault(Break.RESET, API, acts=True)), "run_now", "tries"),
    Row("run-silence", "acts, and says nothing", Broken("workspace", Fault(Break.SILENCE, API, acts=True)), "run_now", "call"),
    Row("run-half", "acts, and half of the answer comes", Broken("workspace", Fault(Break.HALF, API)), "run_now", "tries"),
    Row("run-503", "acts, and a gateway answers 503", Broken("workspace", raw(GATEWAY, acts=True)), "run_now", "tries"),
    Row("run-html", "acts, and a page comes with 200", Broken("workspace", raw(HTML, acts=True)), "run_now"),
    Row("run-array", "acts, and an array comes", Broken("workspace", said(b"[]", acts=True)), "run_now"),
    Row("run-17mb", "acts, and 17 MiB come", Broken("workspace", said(b" " * (17 << 20) + b"{}", acts=True)), "run_now", "call"),
    Row("run-active", "as many runs as may be are active", Planted((
        {"route": "jobs/run-now", "preset": "active-runs"},), others=("bob",)), "run_now"),
))

TLS = Section("TLS and names", (
    Row("tls-good", "Databricks: a certificate of the trusted authority", Elsewhere("workspace", "good")),
    Row("tls-expired", "Databricks: an expired certificate", Elsewhere("workspace", "expired")),
    Row("tls-host", "Databricks: a certificate of another host", Elsewhere("workspace", "wrong-host")),
    Row("tls-untrusted", "Databricks: an authority that nobody trusts", Elsewhere("workspace", "untrusted"), "run_now"),
    Row("tls-plain", "Databricks: no TLS on that port", Elsewhere("workspace", "plain")),
    Row("dns-workspace", "Databricks: the name does not exist", Elsewhere("workspace", "dns"), bound="tries"),
    Row("tls-entra-expired", "Entra ID: an expired certificate", Elsewhere("entra", "expired"), bound="keys"),
    Row("tls-entra-host", "Entra ID: a certificate of another host", Elsewhere("entra", "wrong-host"), bound="keys"),
    Row("tls-entra-untrusted", "Entra ID: an authority that nobody trusts", Elsewhere("entra", "untrusted"), bound="keys"),
    Row("dns-entra", "Entra ID: the name does not exist", Elsewhere("entra", "dns"), bound="keys"),
))

ENTRA = Section("Entra ID, when a token for Databricks is bought", (
    Row("obo-refused", "refuses connections", entra("refused"), bound="exchange"),
    Row("obo-cached", "refuses connections, the token is at hand", Broken("entra", "refused", others=("bob",))),
    Row("obo-silence", "takes the request and says nothing", entra(Fault(Break.SILENCE, TOKEN)), bound="call"),
    Row("obo-reset", "resets every connection", entra(Fault(Break.RESET, TOKEN)), bound="exchange"),
    Row("obo-reset-once", "resets one connection", entra(Fault(Break.RESET, TOKEN, times=1)), bound="exchange"),
    Row("obo-late", "answers after a second", entra(Fault(Break.LATE, TOKEN, seconds=1)), bound="exchange"),
    Row("obo-drip", "sends one byte every 100 ms", entra(Fault(Break.DRIP, TOKEN, seconds=0.1)), bound="call"),
    Row("obo-half", "sends half of each answer", entra(Fault(Break.HALF, TOKEN)), bound="exchange"),
    Row("obo-array", "answers with an array", entra(said(b"[]", TOKEN))),
    Row("obo-type", "answers with a number for the token", entra(said(
        b'{"access_token":7,"expires_in":3600,"token_type":"Bearer"}', TOKEN))),
    Row("obo-10mb", "answers with 10 MiB", entra(said(BLANKS + b"{}", TOKEN)), bound="exchange"),
    Row("obo-html", "answers 200 with a page", entra(raw(HTML, TOKEN))),
    Row("obo-utf8", "answers with broken UTF-8", entra(said(b'{"access_token":"\xff\xfe","expires_in":3600}', TOKEN))),
    Row("obo-503", "a gateway answers 503 with a page", entra(raw(GATEWAY, TOKEN)), bound="exchange"),
    Row("obo-redirect", "redirects to another host", entra(raw(
        answer(b"", "302 Found", "text/plain", "Location: https://elsewhere.example/"), TOKEN))),
    Row("obo-429-one", "throttles one user", Planted(
        scripts={"alice": ["status:429:6"]}, is_warm=False, others=("bob", "guest")), bound="told"),
    Row("obo-429-all", "throttles three users at once", Planted(
        scripts={user: ["status:429:6"] for user in ("alice", "bob", "guest")}, is_warm=False,
        users=("alice", "bob", "guest")), bound="told"),
    Row("obo-run", "says nothing, and a run is to be started", entra(Fault(Break.SILENCE, TOKEN)), "run_now", "call"),
))

SIGNING = Section("Entra ID's keys and clock", (
    Row("keys-refused", "no connection at the start", Starts("entra", "refused")),
    Row("keys-silence", "nothing is said at the start", Starts("entra", Fault(Break.SILENCE)), bound="keys"),
    Row("keys-html", "a page instead of the keys at the start", Starts("entra", raw(HTML, "/"))),
    Row("keys-half", "half of the keys at the start", Starts("entra", Fault(Break.HALF))),
    Row("keys-10mb", "10 MiB instead of the keys at the start", Starts("entra", said(BLANKS + b"{}", "/")), bound="keys"),
    Row("keys-rotated", "a new key signs", Keys(rotations=1), bound="keys"),
    Row("keys-rotated-twice", "a new key signs, and at once another", Keys(rotations=2), bound="keys"),
    Row("keys-unpublished", "a new key signs before it is published", Keys(rotations=1, is_published=False), bound="keys"),
    Row("keys-storm", "100 tokens of keys that nobody knows", Keys(strangers=100), "tools/list", "keys"),
    Row("clock-ahead", "its clock is an hour ahead", Clocks(3600), "tools/list"),
    Row("clock-behind", "its clock is two hours behind", Clocks(-7200), "tools/list"),
    Row("clock-date", "its `Date` is an hour ahead, tokens are right", Clocks(0, date=3600)),
))

IDENTITY = Section("The identity endpoint, at the start", (
    Row("mi-refused", "refuses connections", identity("refused")),
    Row("mi-silence", "takes the request and says nothing", identity(Fault(Break.SILENCE)), bound="call"),
    Row("mi-reset", "resets every connection", identity(Fault(Break.RESET))),
    Row("mi-half", "sends half of each answer", identity(Fault(Break.HALF))),
    Row("mi-500", "answers 500", identity(raw(answer(b"{}", "500 Internal Server Error"), "/"))),
    Row("mi-html", "answers 200 with a page", identity(raw(HTML, "/"))),
    Row("mi-type", "answers with a number for the token", identity(said(b'{"access_token":7,"expires_on":"x"}', "/"))),
    Row("mi-10mb", "answers with 10 MiB", identity(said(BLANKS + b"{}", "/"))),
))

SECTIONS = (DATABRICKS, STARTED, TLS, ENTRA, SIGNING, IDENTITY)

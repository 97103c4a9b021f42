"""Published clients that sign the user in by themselves, given the address and a client id only (E-189, A-30).

Entra ID's side is the sandbox, which knows Entra ID's rules on `resource`, scopes, redirects and renewal (5.1, 7.4, 7.5).
What a library cannot do there is checked as it is: those checks say what a person would meet.
"""

import base64
import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from driver.clients import HERE
from driver.patience import WHOLE
from driver.report import Report
from driver.stand import WORK, Server, Stand
from driver.web import request

API = "a1000000-0000-4000-8000-000000000001"
CLIENT = "c1000000-0000-4000-8000-000000000002"
MACHINE = "c5000000-0000-4000-8000-000000000007"
MACHINE_SECRET = "sandbox+machine/2026~%42="
LOOPBACK_REDIRECT = [{"uri": "http://127.0.0.1/callback", "platform": "public"}]


@dataclass(frozen=True)
class SigningClient:
    """A line of the SDK, and what it does about the end of an access token."""

    title: str
    environment: str
    adapter: str
    #: Whether it asks for `offline_access` where the metadata offers it; without, Entra ID gives no refresh token.
    renews: bool


CLIENTS = [
    SigningClient("mcp 2.3.0", "mcp-2", "current-sdk", renews=True),
    SigningClient("mcp 1.30.0", "mcp-1", "previous-sdk", renews=False),
]


@dataclass(frozen=True)
class Visit:
    """What one run of a client did; the members are those of `client.oauth`."""

    calls: list[str]
    error: str | None
    steps: list[str]
    exchanges: list[dict[str, Any]]
    authorizations: list[dict[str, str]]
    callbacks: list[dict[str, str]]
    store: dict[str, Any]

    @property
    def grants(self) -> list[str]:
        """The grant types that the token endpoint was asked for."""
        return [exchange["form"]["grant_type"] for exchange in self.exchanges]

    def secrets(self) -> Iterator[str]:
        """Codes, verifiers and tokens that were in use."""
        for exchange in self.exchanges:
            for members in (exchange["form"], exchange["answer"]):
                for name in ("code", "code_verifier", "refresh_token", "access_token", "id_token"):
                    if name in members:
                        yield members[name]
        yield from (answer["code"] for answer in self.callbacks if "code" in answer)


@dataclass(frozen=True)
class Rig:
    """One client, the stand, and two servers whose scope begins with their address."""

    client: SigningClient
    stand: Stand
    by_address: Server
    #: It publishes Entra ID's metadata as its own (E-137).
    publishing: Server

    def visit(
        self, server: Server, *flags: str, client_id: str = CLIENT, tokens: dict[str, Any] | None = None,
        secret: str | None = None,
    ) -> Visit:
        """Runs the client once, with the tokens of an earlier visit or a secret of its own if there are any."""
        store = WORK / "oauth-store.json"
        kept = {"client_id": client_id, "tokens": tokens, "client_secret": secret}
        store.write_text(json.dumps({name: value for name, value in kept.items() if value is not None}))
        python = HERE / f".venv-{self.client.environment}" / "bin" / "python"
        process = subprocess.run(
            [python, "-m", "client.oauth", self.client.adapter, server.endpoint, store, *flags],
            cwd=HERE, capture_output=True, text=True, timeout=WHOLE, check=False)
        store.unlink()
        assert process.stdout.startswith("{"), f"exit status {process.returncode}\n{process.stderr[-1500:]}"
        visit = Visit(**json.loads(process.stdout))
        for secret in visit.secrets():
            self.stand.noted(secret)
        return visit

    @contextmanager
    def newcomer(self, name: str, script: list[str]) -> Iterator[None]:
        """Somebody whom no server has challenged yet signs in, with outcomes of their own; afterwards it is Alice again."""
        name = f"{name}-{self.client.environment}"
        self.stand.control("POST", "users", {"name": name, "access": "run", "script": script})
        self.sign_in(user=name)
        try:
            yield
        finally:
            self.sign_in(user="alice")

    def application(self, client_id: str, **changes: Any) -> None:
        """Changes a registration."""
        self.stand.control("POST", f"apps/{client_id}", changes)

    def sign_in(self, **changes: Any) -> None:
        """Changes how the next sign-in goes."""
        self.stand.control("POST", "sign-in", changes)

    @contextmanager
    def registration(self, *addresses: str) -> Iterator[None]:
        """The API registration with `addresses` beside its `api://` URI; the sandbox's own settings come back after."""
        self.application(API, identifier_uris=[f"api://{API}", *addresses], scopes=["jobs", "audit"])
        try:
            yield
        finally:
            self.application(API, identifier_uris=[f"api://{API}"], scopes=["jobs"], redirects=[])
            self.sign_in(outcome="approve", strict_resource=False)


def check(report: Report, stand: Stand) -> None:
    """Every client, against both forms of AZURE_APP_ID_URI."""
    by_address = Server(stand.environment, "scope-by-address", scope_by_address=True)
    settings = stand.environment | {"MCP_AS_METADATA_PROXY": "true"}
    publishing = Server(settings, "publishing-metadata", scope_by_address=True)
    try:
        for server in (by_address, publishing):
            server.wait_until_ready()
        for client in CLIENTS:
            report.section(f"{client.title} signs in by itself")
            rig = Rig(client, stand, by_address, publishing)
            for step in STEPS:
                with report.check(step.__doc__ or step.__name__):
                    step(rig)
    finally:
        by_address.stop()
        publishing.stop()


# The steps; each says what it shows.


def fails_with_unregistered_address(rig: Rig) -> None:
    """scope api://, address not registered: Entra ID refuses with AADSTS9010010 (A-33), and no second call"""
    with rig.registration():
        visit = rig.visit(rig.stand.server)
        refused(visit, "invalid_target", "AADSTS9010010")
        assert visit.authorizations[0]["resource"] == rig.stand.server.endpoint, visit.authorizations
        assert visit.steps.count("POST /mcp 401") == 1 and not visit.exchanges, visit.steps


def works_with_registered_address(rig: Rig) -> None:
    """scope api://, address registered beside it: works, unless Entra ID wants resource and scope to be one URI"""
    with rig.registration(rig.stand.server.endpoint):
        succeeded(rig.visit(rig.stand.server))
        rig.sign_in(strict_resource=True)
        refused(rig.visit(rig.stand.server), "invalid_target", "AADSTS9010010")


def discovers_everything(rig: Rig) -> None:
    """scope by address: challenge, both metadata documents, sign-in with PKCE, token, tool call, whatever the rule"""
    with rig.registration(rig.by_address.endpoint):
        rig.sign_in(strict_resource=True)
        visit = rig.visit(rig.by_address)
        succeeded(visit)
        tenant = rig.stand.environment["AZURE_TENANT_ID"]
        assert visit.steps[:6] == [
            "POST /mcp 401", "GET /.well-known/oauth-protected-resource/mcp 200",
            f"GET /.well-known/oauth-authorization-server/{tenant}/v2.0 404",
            f"GET /.well-known/openid-configuration/{tenant}/v2.0 404",
            f"GET /{tenant}/v2.0/.well-known/openid-configuration 200", f"POST /{tenant}/oauth2/v2.0/token 200",
        ], visit.steps
        assert all(step.startswith("POST /mcp 20") for step in visit.steps[6:]), visit.steps
        asks_as_expected(rig, visit)
        proves_its_code(visit)


def asks_as_expected(rig: Rig, visit: Visit) -> None:
    """One authorization request: the challenge's scope, the address as it is typed, a redirect to this machine."""
    [authorization] = visit.authorizations
    scope = [f"{rig.by_address.endpoint}/jobs"] + (["offline_access"] if rig.client.renews else [])
    assert authorization["scope"].split(" ") == scope, authorization
    assert authorization["resource"] == rig.by_address.endpoint and authorization["client_id"] == CLIENT, authorization
    assert authorization["redirect_uri"].startswith("http://127.0.0.1:"), authorization
    # OpenID Connect wants it for offline_access: Entra ID then asks for consent at every sign-in.
    assert authorization.get("prompt") == ("consent" if rig.client.renews else None), authorization


def proves_its_code(visit: Visit) -> None:
    """PKCE with S256, although Entra ID's metadata does not offer it (A-31)."""
    [authorization], [exchange] = visit.authorizations, visit.exchanges
    digest = hashlib.sha256(exchange["form"]["code_verifier"].encode()).digest()
    assert authorization["code_challenge_method"] == "S256", authorization
    assert authorization["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("="), authorization
    assert exchange["form"]["code"] == visit.callbacks[0]["code"], "another code than the listener got"
    assert visit.callbacks[0]["state"] == authorization["state"], visit.callbacks


def renews_its_token(rig: Rig) -> None:
    """the access token's hour is over: renewed with the refresh token if there is one, else another sign-in"""
    with rig.registration(rig.by_address.endpoint):
        visit = rig.visit(rig.by_address, "--lapse")
        succeeded(visit, calls=2)
        granted = visit.exchanges[0]["answer"]
        assert ("refresh_token" in granted) == rig.client.renews, granted.keys()
        if not rig.client.renews:
            assert visit.grants == ["authorization_code", "authorization_code"], visit.grants
            return
        assert visit.grants == ["authorization_code", "refresh_token"], visit.grants
        assert len(visit.authorizations) == 1, "the user was asked again"
        assert "scope" not in visit.exchanges[1]["form"], "it names the scope now: see 5.1 (c)"
        assert visit.exchanges[1]["form"]["resource"] == rig.by_address.endpoint, visit.exchanges[1]["form"]
        first, second = (exchange["answer"]["refresh_token"] for exchange in visit.exchanges)
        assert first != second and visit.store["tokens"]["refresh_token"] == second, "the new refresh token is not kept"


def returns_with_its_token(rig: Rig) -> None:
    """a later visit with a token that is still good needs no sign-in; with an expired one it signs in anew"""
    with rig.registration(rig.by_address.endpoint):
        first = rig.visit(rig.by_address)
        second = rig.visit(rig.by_address, tokens=first.store["tokens"])
        succeeded(second)
        assert not second.authorizations and not second.exchanges, second.steps
        expired = first.store["tokens"] | {"access_token": rig.stand.order(user="alice", flaw="expired")}
        third = rig.visit(rig.by_address, tokens=expired)
        succeeded(third)
        # Neither line keeps the time of expiry, so neither tries its refresh token after a 401.
        assert third.steps[0] == "POST /mcp 401" and third.grants == ["authorization_code"], third.steps


def steps_up(rig: Rig) -> None:
    """a token for another scope: 403, sign-in with the challenge's scope added, and the call works"""
    with rig.registration(rig.by_address.endpoint):
        token = rig.stand.order(user="alice", scopes="audit")
        visit = rig.visit(
            rig.by_address, tokens={"access_token": token, "scope": f"{rig.by_address.endpoint}/audit"})
        assert visit.steps[0] == "POST /mcp 403", visit.steps
        [authorization] = visit.authorizations
        succeeded(visit)
        jobs = f"{rig.by_address.endpoint}/jobs"
        # The newer line keeps what it had and asks for renewal; the previous one asks for what the challenge names.
        wanted = [f"{rig.by_address.endpoint}/audit", jobs, "offline_access"] if rig.client.renews else [jobs]
        assert authorization["scope"].split(" ") == wanted, authorization
        assert visit.exchanges[0]["answer"]["access_token"] != token


def signs_in_when_told(rig: Rig) -> None:
    """Entra ID does not exchange the token any more (AADSTS50013): 401, another sign-in, and the call works"""
    with rig.registration(rig.by_address.endpoint), rig.newcomer("told", ["50013", "ok"]):
        visit = rig.visit(rig.by_address)
        succeeded(visit)
        assert visit.grants == ["authorization_code", "authorization_code"], visit.grants
        assert visit.steps.count("POST /mcp 401") == 2, visit.steps


def learns_why_at_last(rig: Rig) -> None:
    """Entra ID never exchanges the token: one more sign-in, then the reason as a tool error instead of a loop (E-103)"""
    with rig.registration(rig.by_address.endpoint), rig.newcomer("unlucky", ["50013"]):
        visit = rig.visit(rig.by_address)
        assert len(visit.calls) == 1 and "AADSTS50013" in visit.calls[0], visit.calls
        assert visit.steps.count("POST /mcp 401") == 2, visit.steps


def stops_when_refused(rig: Rig) -> None:
    """the user declines, or nobody has consented: the client stops with an error and calls nothing"""
    with rig.registration(rig.by_address.endpoint):
        rig.sign_in(outcome="deny")
        refused(rig.visit(rig.by_address), "access_denied", "AADSTS65004")
        rig.sign_in(outcome="needs-consent")
        refused(rig.visit(rig.by_address), "invalid_grant", "AADSTS65001")


def stops_at_wrong_redirect(rig: Rig) -> None:
    """the redirect address is not registered: the browser stays on Entra ID's page with AADSTS50011"""
    with rig.registration(rig.by_address.endpoint):
        visit = rig.visit(rig.by_address, client_id=API)
        assert visit.error is not None and "AADSTS50011" in visit.error and not visit.callbacks, visit.error


def needs_two_registrations(rig: Rig) -> None:
    """client and API as one registration: signs in, cannot renew (AADSTS90009), and the user is asked again"""
    with rig.registration(rig.by_address.endpoint):
        rig.application(API, redirects=LOOPBACK_REDIRECT)
        visit = rig.visit(rig.by_address, "--lapse", client_id=API)
        succeeded(visit, calls=2)
        assert len(visit.authorizations) == 2, visit.grants
        if rig.client.renews:
            assert visit.grants == ["authorization_code", "refresh_token", "authorization_code"], visit.grants
            assert visit.exchanges[1]["answer"]["error_codes"] == [90009], visit.exchanges[1]["answer"]


def needs_a_client_id(rig: Rig) -> None:
    """without a client id it tries to register, which Entra ID does not offer: a clear end, no sign-in"""
    with rig.registration(rig.by_address.endpoint):
        visit = rig.visit(rig.by_address, "--unregistered")
        assert visit.error is not None and "OAuthRegistrationError" in visit.error, visit.error
        assert visit.steps[-1] == "POST /register 404" and not visit.authorizations, visit.steps


def takes_published_metadata(rig: Rig) -> None:
    """MCP_AS_METADATA_PROXY: signs in with the server's copy of the metadata, and PKCE is offered there"""
    server = rig.publishing
    with rig.registration(server.endpoint):
        visit = rig.visit(server)
        succeeded(visit)
        tenant = rig.stand.environment["AZURE_TENANT_ID"]
        assert visit.steps[2:4] == [
            "GET /.well-known/oauth-authorization-server 200", f"POST /{tenant}/oauth2/v2.0/token 200"], visit.steps
        published = request("GET", f"{server.base}/.well-known/oauth-authorization-server").json
        entra = request("GET", f"{rig.stand.url}/{tenant}/v2.0/.well-known/openid-configuration").json
        own = {"issuer": server.base, "code_challenge_methods_supported": ["S256"]}
        assert published == entra | own, published
        assert visit.authorizations[0][""] == entra["authorization_endpoint"], visit.authorizations


def asks_for_itself(rig: Rig) -> None:
    """its client-credentials flow asks for the challenge's scope, which Entra ID gives to users only (AADSTS1002012)"""
    with rig.registration(rig.by_address.endpoint):
        visit = rig.visit(rig.by_address, client_id=MACHINE, secret=rig.stand.noted(MACHINE_SECRET))
        [exchange] = visit.exchanges
        assert exchange["form"]["scope"] == f"{rig.by_address.endpoint}/jobs", exchange["form"]
        assert exchange["answer"]["error_codes"] == [1002012] and not visit.calls, exchange["answer"]
        assert visit.error is not None and "AADSTS1002012" in visit.error, visit.error


STEPS: list[Callable[[Rig], None]] = [
    fails_with_unregistered_address, works_with_registered_address, discovers_everything, renews_its_token,
    returns_with_its_token, steps_up, signs_in_when_told, learns_why_at_last, stops_when_refused,
    stops_at_wrong_redirect,
    needs_two_registrations, needs_a_client_id, takes_published_metadata, asks_for_itself,
]


def succeeded(visit: Visit, calls: int = 1) -> None:
    """Every tool call was answered."""
    assert visit.error is None, f"{visit.error}\n{visit.steps}\n{visit.callbacks}"
    assert len(visit.calls) == calls and all("412345678901234" in text for text in visit.calls), visit.calls


def refused(visit: Visit, error: str, code: str) -> None:
    """The browser brought an error instead of a code, and the client ended there."""
    [answer] = visit.callbacks
    assert answer["error"] == error and code in answer["error_description"], answer
    assert "code" not in answer and not visit.exchanges and not visit.calls, visit.steps
    assert visit.error is not None and "OAuthFlowError" in visit.error, visit.error

"""One visit of a published client that signs the user in by itself: it is given the address and a client id, no token.

usage: python -m client.oauth ADAPTER URL STORE [--lapse] [--unregistered]

STORE is a JSON file with what the client keeps between visits: `client_id`, and `tokens` once it has some; with a
`client_secret` the client signs itself in instead of a user. `--lapse` lets the access token's hour pass after the first
call, then calls again. `--unregistered` gives the client no id.
Prints one JSON object: what happened, with everything that was secret in it, for the driver to look for elsewhere.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from client.adapters import Connection, current_session, plain, previous_session
from client.loopback import Browser, Loopback
from driver.patience import LONG, WHOLE

TOKEN_PATH = "/oauth2/v2.0/token"
LONG_AGO = 1.0


@dataclass
class Journal:
    """What the driver wants to know about a visit."""

    calls: list[str] = field(default_factory=list)
    error: str | None = None
    #: Every request as `METHOD path status`, those of the authorization flow included.
    steps: list[str] = field(default_factory=list)
    #: The forms sent to the token endpoint, each with the status of its answer and the answer's members.
    exchanges: list[dict[str, Any]] = field(default_factory=list)

    async def note(self, response: Any) -> None:
        """An event hook of the HTTP client: it sees the requests that the library makes on its own, too."""
        request = response.request
        path = urlsplit(str(request.url)).path
        self.steps.append(f"{request.method} {path} {response.status_code}")
        if request.method == "POST" and path.endswith("/token"):
            body = await response.aread()
            self.exchanges.append({
                "path": path, "form": dict(parse_qsl(request.content.decode())), "status": response.status_code,
                "answer": json.loads(body) if path.endswith(TOKEN_PATH) else {},
            })


class FileStore:
    """The client's keychain: a file, so that the next visit finds what this one left."""

    def __init__(self, path: Path, token_type: type, client_type: type, redirect_uri: str, *, registered: bool) -> None:
        self.path, self.token_type = path, token_type
        self.client = client_type(
            client_id=self.read()["client_id"], redirect_uris=[redirect_uri], token_endpoint_auth_method="none",
        ) if registered else None

    def read(self) -> dict[str, Any]:
        """What is kept."""
        return json.loads(self.path.read_text())

    async def get_tokens(self) -> Any:
        """The tokens of an earlier visit."""
        tokens = self.read().get("tokens")
        return self.token_type.model_validate(tokens) if tokens else None

    async def set_tokens(self, tokens: Any) -> None:
        """Keeps tokens for the next visit."""
        self.path.write_text(json.dumps(self.read() | {"tokens": plain(tokens)}))

    async def get_client_info(self) -> Any:
        """The registration that an administrator made beforehand, since Entra ID knows no other way (A-30)."""
        return self.client

    async def set_client_info(self, client: Any) -> None:
        """A registration that the library made itself."""
        self.client = client


@dataclass(frozen=True)
class Library:
    """What differs between the two lines of the SDK."""

    http_client: Callable[..., AbstractAsyncContextManager[Any]]
    session: Callable[[str, Any, str], AbstractAsyncContextManager[Connection]]
    #: What the callback handler returns.
    answer: Callable[[dict[str, str]], Any]


def current_library() -> Library:
    """The SDK from 2.0 on."""
    import httpx2
    from mcp.client.auth import AuthorizationCodeResult

    def answer(query: dict[str, str]) -> Any:
        return AuthorizationCodeResult(code=query.get("code", ""), state=query.get("state"), iss=query.get("iss"))

    return Library(httpx2.AsyncClient, current_session, answer)


def previous_library() -> Library:
    """The SDK up to 1.x."""
    import httpx

    return Library(httpx.AsyncClient, previous_session, lambda query: (query.get("code", ""), query.get("state")))


LIBRARIES = {"current-sdk": current_library, "previous-sdk": previous_library}


def provider(library: Library, url: str, store: FileStore, browser: Browser, loopback: Loopback) -> Any:
    """The library's own OAuth client, with a browser and a listener; everything else it must find out."""
    from mcp.client.auth import OAuthClientProvider
    from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider
    from mcp.shared.auth import OAuthClientMetadata

    kept = store.read()
    if "client_secret" in kept:
        return ClientCredentialsOAuthProvider(url, store, kept["client_id"], kept["client_secret"])

    async def callback() -> Any:
        return library.answer(loopback.answers[-1])

    metadata = OAuthClientMetadata(
        client_name="acceptance", redirect_uris=[loopback.redirect_uri], token_endpoint_auth_method="none")
    return OAuthClientProvider(url, metadata, store, redirect_handler=browser.open, callback_handler=callback)


async def use(connection: Connection, journal: Journal) -> None:
    """One tool call."""
    result = await connection.call("list_jobs", {"name": "nightly orders"})
    journal.calls.append(f"error: {result.text}" if result.is_error else result.text)


async def visit(options: argparse.Namespace) -> dict[str, Any]:
    """Connects, calls, and tells how it went; a failure is a result like any other."""
    from mcp.shared.auth import OAuthClientInformationFull, OAuthToken

    library = LIBRARIES[options.adapter]()
    journal, browser = Journal(), Browser()
    async with Loopback() as loopback:
        store = FileStore(
            Path(options.store), OAuthToken, OAuthClientInformationFull, loopback.redirect_uri,
            registered=not options.unregistered)
        auth = provider(library, options.url, store, browser, loopback)
        try:
            async with library.http_client(auth=auth, event_hooks={"response": [journal.note]}, timeout=LONG) as http:
                async with library.session(options.url, http, "auto") as connection:
                    await use(connection, journal)
                    if options.lapse:
                        auth.context.token_expiry_time = LONG_AGO
                        await use(connection, journal)
        except BaseException as error:  # also groups that a library raises when it closes
            journal.error = "; ".join(reasons(error))
    return vars(journal) | {"authorizations": browser.visited, "callbacks": loopback.answers, "store": store.read()}


def reasons(error: BaseException) -> list[str]:
    """The errors inside a group, or the error itself."""
    if isinstance(error, BaseExceptionGroup):
        return [reason for inner in error.exceptions for reason in reasons(inner)]
    return [f"{type(error).__name__}: {error}"[:1_000]]


def main(arguments: list[str]) -> None:
    """Prints the result of one visit."""
    parser = argparse.ArgumentParser()
    for name in ("adapter", "url", "store"):
        parser.add_argument(name)
    parser.add_argument("--lapse", action="store_true")
    parser.add_argument("--unregistered", action="store_true")
    options = parser.parse_args(arguments)
    print(json.dumps(asyncio.run(asyncio.wait_for(visit(options), timeout=WHOLE))))


if __name__ == "__main__":
    main(sys.argv[1:])

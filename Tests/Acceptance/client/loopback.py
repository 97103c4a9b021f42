"""The parts of a sign-in that are not the library's: a browser, and the listener that it is sent back to."""

import asyncio
import urllib.error
import urllib.request
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from driver.patience import LONG

PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 22\r\nConnection: close\r\n\r\n"
    b"Close this window now."
)


class Loopback:
    """A listener on a free port of this machine, as editors open one for the time of a sign-in."""

    def __init__(self) -> None:
        self.answers: list[dict[str, str]] = []

    async def __aenter__(self) -> "Loopback":
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        self.redirect_uri = f"http://127.0.0.1:{port}/callback"
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.server.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Notes the query of one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.answers.append(dict(parse_qsl(urlsplit(head.split(" ")[1]).query)))
        writer.write(PAGE)
        await writer.drain()
        writer.close()


class SignInStopped(Exception):
    """The browser ended on a page of the authorization server, which sends nobody back."""


class Browser:
    """Opens the authorization page and follows its redirects; nobody has to click in the sandbox."""

    def __init__(self) -> None:
        self.visited: list[dict[str, str]] = []

    async def open(self, url: str) -> None:
        """Returns when the listener has been reached."""
        self.visited.append(dict(parse_qsl(urlsplit(url).query)) | {"": url.partition("?")[0]})
        await asyncio.to_thread(self.follow, url)

    @staticmethod
    def follow(url: str) -> None:
        """A plain request; a page with an error is the end of the sign-in."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(url, timeout=LONG) as page:
                page.read()
        except urllib.error.HTTPError as page:
            raise SignInStopped(f"HTTP {page.code}: {page.read().decode()[:300]}") from None

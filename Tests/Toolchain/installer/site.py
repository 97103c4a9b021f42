"""A stand-in for download.swift.org on loopback, and archives for it to offer."""

import gzip
import io
import os
import subprocess
import tarfile
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = "6.3.1"


def archive(files: dict[str, str | bytes], top: str = f"swift-{VERSION}-RELEASE-debian12") -> bytes:
    """A compressed archive of executable files, in a folder as the published ones have it."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mode = len(data), 0o755
            tar.addfile(entry, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), mtime=0)


def toolchain(version: str = VERSION, **more: bytes) -> dict[str, str | bytes]:
    """The files of a toolchain that says its version, and where it was called from."""
    says = f'#!/bin/sh\necho "Swift version {version} (swift-{version}-RELEASE)"\n'
    return {
        "usr/bin/swiftc": says, "usr/bin/swift-frontend": says,
        "usr/bin/swift": '#!/bin/sh\necho "called: $0 $*"\n',
        **{f"usr/lib/{name}": data for name, data in more.items()},
    }


def noise(size: int) -> bytes:
    """What cannot be compressed."""
    return os.urandom(size)


#: Seconds between two looks at whether a client still lives.
LOOK = 0.05


@dataclass
class Answer:
    """What a GET is answered with. `cut` ends the connection after half of it, `gate` waits there until it is open."""

    body: bytes
    cut: bool = False
    gate: threading.Event | None = None
    half: threading.Event = field(default_factory=threading.Event)
    head: int = 200

    def is_half_sent_to(self, client: subprocess.Popen) -> bool:
        """Waits until half of it has been sent; False when the client ends without asking for it."""
        while not self.half.wait(LOOK):
            if client.poll() is not None:
                return False
        return True


class Site:
    """Serves `answers` by path; everything else is 404. `asked` has each request, as "METHOD path"."""

    def __init__(self):
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_HEAD(self):
                self.reply(False)

            def do_GET(self):
                self.reply(True)

            def reply(self, wants_body: bool) -> None:
                site.asked.append(f"{self.command} {self.path}")
                answer = site.answers.get(self.path)
                status = 404 if answer is None else 200 if wants_body else answer.head
                self.send_response(status)
                self.send_header("Connection", "close")
                self.close_connection = True
                if status != 200:
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if wants_body:
                    self.send(answer)

            def send(self, answer: Answer) -> None:
                middle = len(answer.body) // 2
                try:
                    self.wfile.write(answer.body[:middle])
                    self.wfile.flush()
                    answer.half.set()
                    if answer.gate:
                        answer.gate.wait()
                    if not answer.cut:
                        self.wfile.write(answer.body[middle:])
                except ConnectionError:
                    pass  # the client ended, which is what some tests are about

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Opens every gate and ends."""
        for answer in self.answers.values():
            if answer.gate:
                answer.gate.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def path(self, platform: str = "debian12") -> str:
        """Where download.swift.org has the archive for a platform."""
        name = f"swift-{VERSION}-RELEASE"
        return f"/swift-{VERSION}-release/{platform.replace('.', '')}/{name}/{name}-{platform}.tar.gz"

    def offer(self, body: bytes, signature: bytes, **how) -> Answer:
        """Offers an archive and its signature for Debian 12."""
        self.answers[self.path() + ".sig"] = Answer(signature)
        self.answers[self.path()] = Answer(body, **how)
        return self.answers[self.path()]

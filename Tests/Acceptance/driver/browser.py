"""A headless Chromium, driven through the DevTools protocol over a pair of pipes: nothing but the standard library."""

import base64
import itertools
import json
import os
import selectors
import shutil
import subprocess
import tempfile
import time
import zlib
from typing import Any

from driver.patience import LONG

NAMES = ("chromium", "chromium-browser", "google-chrome")


class Browser:
    """One browser process with a profile of its own."""

    def __init__(self) -> None:
        program = next(filter(None, map(shutil.which, NAMES)), None)
        assert program, f"none of {', '.join(NAMES)} is installed"
        self.profile = tempfile.TemporaryDirectory(prefix="connect-page-", ignore_cleanup_errors=True)
        arguments = [
            program, "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={self.profile.name}",
            "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
            "--hide-scrollbars", "--force-color-profile=srgb",
        ]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # Chromium's own sandbox refuses to run as root
        their_input, self.to_browser = os.pipe()
        self.from_browser, their_output = os.pipe()
        # The protocol is spoken on the descriptors 3 and 4.
        self.child = subprocess.Popen(
            ["bash", "-c", f'exec "$0" "$@" 3<&{their_input} 4>&{their_output}', *arguments],
            pass_fds=(their_input, their_output), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(their_input)
        os.close(their_output)
        self.numbers = itertools.count(1)
        self.unread = b""
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, parameters: dict[str, Any] | None = None, session: str | None = None) -> dict[str, Any]:
        """Sends a command and returns its result; events that come meanwhile are kept."""
        number = next(self.numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters or {}}
        if session:
            message["sessionId"] = session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def receive(self) -> dict[str, Any]:
        """The next message; one that is an event is kept as well."""
        deadline = time.monotonic() + LONG
        with selectors.DefaultSelector() as selector:
            selector.register(self.from_browser, selectors.EVENT_READ)
            while b"\0" not in self.unread:
                assert selector.select(deadline - time.monotonic()), f"the browser said nothing for {LONG} s"
                data = os.read(self.from_browser, 1 << 20)
                assert data, "the browser has ended"
                self.unread += data
        text, _, self.unread = self.unread.partition(b"\0")
        message = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message

    def stop(self) -> None:
        """Ends the process and forgets the profile."""
        try:
            self.call("Browser.close")
            self.child.wait(LONG)
        except (AssertionError, OSError, subprocess.TimeoutExpired):
            self.child.kill()
            self.child.wait()
        os.close(self.to_browser)
        os.close(self.from_browser)
        self.profile.cleanup()


class Tab:
    """One page, as a reader with a given screen, scheme and settings sees it."""

    def __init__(
        self, browser: Browser, url: str, *, width: int, height: int, scheme: str = "light", scripts: bool = True
    ) -> None:
        self.browser = browser
        self.target = browser.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = browser.call("Target.attachToTarget", {"targetId": self.target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        self.call("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.call("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        self.browser.events.clear()
        self.call("Page.navigate", {"url": url})
        while not self.seen("Page.loadEventFired"):
            browser.receive()

    def call(self, method: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        """A command to this page."""
        return self.browser.call(method, parameters, self.session)

    def seen(self, method: str) -> list[dict[str, Any]]:
        """The events of a kind since the page was opened."""
        return [event["params"] for event in self.browser.events
                if event["method"] == method and event.get("sessionId") == self.session]

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        result = self.call("Runtime.evaluate", {
            "expression": expression, "awaitPromise": True, "returnByValue": True, "userGesture": True})
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def complaints(self) -> list[str]:
        """What a developer would see in the console: violations of the policy, errors, messages."""
        self.evaluate("0")  # whatever was queued before has arrived with the answer
        entries = [event["entry"]["text"] for event in self.seen("Log.entryAdded")]
        raised = [str(event["exceptionDetails"]) for event in self.seen("Runtime.exceptionThrown")]
        return entries + raised + [str(event["args"]) for event in self.seen("Runtime.consoleAPICalled")]

    def press(self, key: str) -> None:
        """A key, down and up."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", {
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": {"Tab": 9, "Enter": 13}[key]})

    def click(self, selector: str) -> None:
        """A click of the mouse into the middle of an element."""
        x, y = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center', "
            "behavior: 'instant'}); const r = e.getBoundingClientRect(); "
            "return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1})

    def screenshot(self, **options: Any) -> bytes:
        """A PNG of what is visible."""
        return base64.b64decode(self.call("Page.captureScreenshot", {"format": "png", **options})["data"])

    def pixel(self, x: int, y: int) -> tuple[int, int, int]:
        """The colour of one pixel: of a picture of one by one, in which PNG's filters change nothing."""
        png = self.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1, "scale": 1})
        assert png[16:25] == b"\0\0\0\1\0\0\0\1\x08" and png[25] in (2, 6), png[:32]
        data, place = b"", 8
        while place < len(png):
            length, kind = int.from_bytes(png[place:place + 4], "big"), png[place + 4:place + 8]
            data += png[place + 8:place + 8 + length] if kind == b"IDAT" else b""
            place += length + 12
        raw = zlib.decompress(data)
        return raw[1], raw[2], raw[3]

    def close(self) -> None:
        """Closes it."""
        self.browser.call("Target.closeTarget", {"targetId": self.target})

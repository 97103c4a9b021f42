"""How long is waited, for all checks in Python: ceilings against hanging, and never a measure of anything.

A check says what happens, in which order and because of what. How soon it happens says something about the machine, which
may be busy with other work. TEST_PATIENCE, a whole number (1), multiplies the ceilings where that is not enough.
This file stands alone: a copy of it works inside the machine of Tests/System.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any


def factor() -> int:
    """TEST_PATIENCE."""
    text = os.environ.get("TEST_PATIENCE") or "1"
    assert text.isascii() and text.isdigit() and 0 < int(text) < 1_000, f"TEST_PATIENCE is a whole number from 1, not {text!r}"
    return int(text)


#: Seconds for one event: an answer, a start, an end.
LONG = 120 * factor()
#: Seconds for a program that waits for many of them.
WHOLE = 10 * LONG


def wait_until(condition: Callable[[], Any], what: str, *, pause: float = 0.02) -> Any:
    """Returns the first true value of `condition`, which is asked again after a pause; what it raises ends the waiting."""
    deadline = time.monotonic() + LONG
    while True:
        if value := condition():
            return value
        assert time.monotonic() < deadline, f"waited {LONG} s in vain for: {what}"
        time.sleep(pause)


def end(child: subprocess.Popen[Any], what: str) -> int:
    """Asks a process to end and returns its exit status; one that does not is killed, and an error."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    try:
        return child.wait(LONG)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(LONG)
        raise AssertionError(f"{what} did not end within {LONG} s of SIGTERM") from None

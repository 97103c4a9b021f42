"""Counts checks and prints one line for each."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager


class Report:
    """What passed and what failed so far."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def section(self, title: str) -> None:
        """Starts a group of checks."""
        print(f"\n{title}", flush=True)

    def record(self, name: str, problem: str | None = None) -> None:
        """Notes one check; `problem` says what was wrong."""
        if problem is None:
            self.passed += 1
            print(f"  ok    {name}", flush=True)
        else:
            self.failed += 1
            print(f"  FAIL  {name}", flush=True)
            print("        " + problem.strip().replace("\n", "\n        "), flush=True)

    @contextmanager
    def check(self, name: str) -> Iterator[None]:
        """Runs its block as one check; any exception fails it and does not stop the others."""
        try:
            yield
        except AssertionError as error:
            self.record(name, describe(error))
        except Exception:  # a check that breaks has failed, whatever broke it
            self.record(name, traceback.format_exc(limit=-3))
        else:
            self.record(name)


def describe(error: AssertionError) -> str:
    """The assertion's text and the line it stands on."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{error or 'assertion failed'}\nat {frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}: {frame.line}"



"""Runs everything; prints a line per test and leaves the figures in a file.

usage: python3 -m installer [COUNTS-FILE]
"""

import sys
import unittest
from pathlib import Path

from installer import test_archive, test_machine, test_make, test_terminal


class Result(unittest.TextTestResult):
    """A line per test, in the form of the other tasks."""

    def startTest(self, test):
        unittest.TestResult.startTest(self, test)

    def _tell(self, word: str, test) -> None:
        self.stream.writeln(f"{word:<5} {test.shortDescription() or test.id()}")
        self.stream.flush()

    def addSuccess(self, test):
        unittest.TestResult.addSuccess(self, test)
        self._tell("ok", test)

    def addFailure(self, test, err):
        unittest.TestResult.addFailure(self, test, err)
        self._tell("FAIL", test)

    def addError(self, test, err):
        unittest.TestResult.addError(self, test, err)
        self._tell("FAIL", test)


def main(arguments: list[str]) -> int:
    """Returns the exit status. A test that is skipped would count as failed: it proved nothing."""
    load = unittest.defaultTestLoader.loadTestsFromModule
    suite = unittest.TestSuite(load(module) for module in [test_archive, test_machine, test_terminal, test_make])
    result = unittest.TextTestRunner(stream=sys.stdout, resultclass=Result, verbosity=0).run(suite)
    bad = len(result.failures) + len(result.errors) + len(result.skipped)
    if arguments:
        Path(arguments[0]).write_text(f"{max(result.testsRun - bad, 0)} {bad}\n", encoding="utf-8")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

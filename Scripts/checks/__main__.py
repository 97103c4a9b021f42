"""Runs every check; prints one line each, then where and what to mend.

Ends with status 3 when there is something to mend, which a fault of the checks themselves (status 1) is not.
"""

import sys

from checks import (
    citations, documentation, imports, logging, observability, reliability, requirements, settings, text, toolchain,
    troubleshooting, waiting,
)

CHECKS = [
    ("imports", imports.check),
    ("documentation", documentation.check),
    ("file length", text.check_length),
    ("constructs", text.check_constructs),
    ("unfinished work", text.check_unfinished),
    ("links", text.check_links),
    ("requirements", requirements.check),
    ("citations", citations.check),
    ("JSON files", text.check_json),
    ("waiting", waiting.check),
    ("settings", settings.check),
    ("log fields", logging.check),
    ("troubleshooting", troubleshooting.check),
    ("Swift's version", toolchain.check),
    ("observability", observability.check),
    ("reliability and threats", reliability.check),
]


def main() -> int:
    """Returns the number of checks that failed."""
    failed = 0
    for name, check in CHECKS:
        count, findings = check()
        print(f"{'FAIL' if findings else 'ok':<5} {name} ({count} files)")
        for finding in findings:
            print(f"      {finding}")
        failed += bool(findings)
    return failed


if __name__ == "__main__":
    sys.exit(3 if main() else 0)

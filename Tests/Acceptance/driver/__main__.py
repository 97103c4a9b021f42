"""Runs everything against one sandbox and one server; prints a line per check and leaves the figures in a file.

usage: python3 -m driver [COUNTS-FILE]
"""

import sys
from pathlib import Path

from driver import (
    clients, fixtures, frameworks, log_scan, machines, oauth, observability, operations, page, proxies, readme,
    resilience, scale_out, sign_in, wire)
from driver.report import Report, say
from driver.stand import Stand


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    report = Report()
    stand = Stand()
    try:
        for client in clients.CLIENTS:
            clients.run(report, stand, client)
        frameworks.check(report, stand)
        fixtures.check(report)
        sign_in.check(report, stand)
        wire.check(report, stand)
        oauth.check(report, stand)
        machines.check(report, stand)
        operations.check(report, stand)
        page.check(report, stand)
        readme.check(report, stand)
        resilience.check_outages(report, stand)
        resilience.check_starts(report, stand)
        scale_out.check(report, stand)
        proxies.check(report, stand)
        observability.check(report, stand)
        resilience.check_stop(report, stand)
        log_scan.check(report, stand)
    except Exception as error:  # what breaks between two checks is a failure of the run
        report.record("the run", f"{type(error).__name__}: {error}")
    finally:
        stand.stop()
    print()
    if arguments:
        Path(arguments[0]).write_text(f"{report.passed} {report.failed}\n")
    if report.failed:
        say(f"Logs of sandbox and server: {stand.server.log.parent}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

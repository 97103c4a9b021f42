"""Runs everything; prints a line per check and leaves the figures in a file.

usage: python3 -m rehearsal HELM [COUNTS-FILE]
"""

import sys
from pathlib import Path

from driver.report import Report
from rehearsal import chart, guides, scripts, template, twins


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    report = Report()
    for part, check in {
        "main.bicep": template.check, "bash": scripts.check, "PowerShell": twins.check,
        "Helm": lambda report: chart.check(report, arguments[0]), "guides": guides.check,
    }.items():
        try:
            check(report)
        except Exception as error:  # what breaks between two checks is a failure of the run, not of the other parts
            report.record(f"{part}, as a whole", f"{type(error).__name__}: {error}")
    print()
    if len(arguments) > 1:
        Path(arguments[1]).write_text(f"{report.passed} {report.failed}\n")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

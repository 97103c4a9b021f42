"""docs/reliability.md has the table of what is recorded, and docs/security.md cites files, tests and faults that exist."""

import re
import sys

from checks.rule_files import rules
from checks.tree import ROOT, Finding, files, lines

sys.path.insert(0, str(ROOT / "Tests/Reliability"))
from reliability import table  # noqa: E402  (the table's own module, which imports nothing of the product's stand)

PAGE, MODEL = "docs/reliability.md", "docs/security.md"
#: A test in the threat model: its file and the beginning of its name, or a row of the fault report.
CITED = re.compile(r'\[(?P<name>\w+\.(?:swift|py))\]\(\.\./(?P<path>[^)]+)\) "(?P<test>[^"]+)"')
FAULT = re.compile(r"fault `(?P<name>[a-z0-9-]+)`")


def check_table() -> list[Finding]:
    """The table is current, and its alerts exist."""
    found = [] if table.is_current() else [Finding(PAGE, 1, "the table is stale: make faults ARGS=--record")]
    alerts = {rule.name for path in files(".yml", under=("observability/rules/",)) for rule in rules(path)}
    for name, row in table.recorded().items():
        for alert in sorted(set(row["alerts"]) - alerts):
            found.append(Finding("Tests/Reliability/recorded.json", 1, f"{name}: there is no alert {alert}"))
    return found


def check_model(path: str, text: list[str]) -> list[Finding]:
    """Each row of a table of threats names a control and a test that exist."""
    faults = table.recorded()
    found = []
    for number, line in enumerate(text, start=1):
        if not re.match(r"\| \d+ \|", line):
            continue
        tests = list(CITED.finditer(line))
        named = FAULT.findall(line)
        if not tests and not named:
            found.append(Finding(path, number, "name the test of this threat: [File](../path) \"beginning of its name\""))
        for test in tests:
            file = ROOT / test["path"]
            if not file.exists() or test["test"] not in file.read_text(encoding="utf-8"):
                found.append(Finding(path, number, f"{test['path']} has no test that begins so: {test['test']}"))
        found += [Finding(path, number, f"the fault report has no row {name}") for name in named if name not in faults]
    return found


def check() -> tuple[int, list[Finding]]:
    """Number of files read, and what is to be mended."""
    return 3, check_table() + check_model(MODEL, lines(MODEL))

"""The settings in the code, in docs/settings.md and in .env.example are the same ones."""

import re

from checks.tree import ROOT, Finding, files, lines

REFERENCE = "docs/settings.md"
EXAMPLE = ".env.example"
README = "README.md"

NAME = r"(?:AZURE|MCP|DATABRICKS|LOG|METRICS|JWKS|ENTRA|CONTAINER|HTTPS|SETTINGS|OTEL)_[A-Z0-9_]*[A-Z0-9]"
#: A key in quotes, or a row of the table above `Settings`, which also has the names that are put together.
IN_CODE = re.compile(rf'["`]({NAME})["`]')
IN_REFERENCE = re.compile(rf"^\|[^|]*`({NAME})`")
IN_EXAMPLE = re.compile(rf"^#? ?({NAME})=")
IN_README = re.compile(rf"^\|.*?`({NAME})`")

Names = dict[str, tuple[str, int]]


def names(path: str, pattern: re.Pattern[str]) -> Names:
    """Every setting that `pattern` finds in a file, with the place where it is first seen."""
    found: Names = {}
    for number, line in enumerate(lines(path), start=1):
        for match in pattern.finditer(line):
            found.setdefault(match[1], (path, number))
    return found


def difference(these: Names, those: Names, advice: str) -> list[Finding]:
    """A finding for each of `these` that is not among `those`."""
    return [Finding(*these[name], f"{name}: {advice}") for name in sorted(these.keys() - those.keys())]


def check() -> tuple[int, list[Finding]]:
    """Number of files read, and what is to be mended."""
    sources = [path for path in files(".swift", under=("Sources/App/",)) if "Settings" in path]
    code: Names = {}
    for path in sources:
        code = names(path, IN_CODE) | code
    missing = [Finding(path, 1, "missing") for path in (REFERENCE, EXAMPLE, README) if not (ROOT / path).exists()]
    if missing:
        return 0, missing
    reference = names(REFERENCE, IN_REFERENCE)
    example = names(EXAMPLE, IN_EXAMPLE)
    found = difference(code, reference, f"give it a row in {REFERENCE}")
    found += difference(reference, code, "no such setting is read by Sources/App/Settings*.swift")
    found += difference(reference, example, f"show it in {EXAMPLE}, commented out with its default")
    found += difference(example, reference, f"give it a row in {REFERENCE}")
    found += difference(names(README, IN_README), reference, f"not in {REFERENCE}")
    return len(sources) + 3, found

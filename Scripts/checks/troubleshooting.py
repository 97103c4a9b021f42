"""Whatever code an operator reads in a log or an error page has a heading of its own in docs/troubleshooting.md.

The log points there: `TokenRejection.Reason.helpPage` is `docs/troubleshooting.md#` and the reason. The page's table of all
codes is that of the sources.
"""

import re

from checks.text import headings
from checks.tree import Finding, lines

PAGE = "docs/troubleshooting.md"
REASONS = "Sources/Auth/Token/TokenRejection.swift"
TABLE = ["Sources/Auth/OBO/EntraErrorTable+Users.swift", "Sources/Auth/OBO/EntraErrorTable+Operator.swift"]

#: Refusals of a request whose token is not at fault, or not there; Sources/Auth/Bearer/BearerChallenge.swift names them.
WITHOUT_FAULT = ["no_credentials", "invalid_request", "sign_in_expired", "insufficient_claims"]

#: What people meet at sign-in (E-139), and what the server's own credential meets (E-74).
ENTRA_CODES = [
    9010010, 901002, 500011, 650053, 900144, 90009, 70011, 7000218, 700025, 9002326, 9002327, 50011, 65001, 50105,
    53003, 530003, 700003, 50178, 500571, 500014,
    7000215, 7000222, 700016, 7000229, 7000112, 7000113, 90002, 650052, 501051,
    700024, 700027, 70021, 700211, 700212, 700213, 500131, 50013,
]

ROW = re.compile(r"\bRow\(\s*\[(?P<codes>[\d_,\s]+)\],\s*\.(?P<name>\w+)")
CELLS = re.compile(r"^\| `(?P<name>\w+)` \| [^|]+ \| (?P<codes>[\d, ]+) \|$")

CASE = re.compile(r'^\s+case (?P<names>\w+(?:\s*,\s*\w+)*)(?:\s*=\s*"(?P<raw>[^"]+)")?$')


def reasons(source: list[str]) -> list[tuple[str, int]]:
    """The raw values of `enum Reason` with their lines."""
    found: list[tuple[str, int]] = []
    inside = False
    for number, line in enumerate(source, start=1):
        if re.search(r"\benum Reason\b", line):
            inside = True
        elif inside and line.strip() == "}":
            break
        elif inside and (match := CASE.match(line)):
            names = [match["raw"]] if match["raw"] else re.split(r"\s*,\s*", match["names"])
            found += [(name, number) for name in names]
    return found


def check_page(page: list[str], source: list[str]) -> list[Finding]:
    """What the page lacks, and headings that share an anchor, of which a link finds only the first."""
    found = []
    anchors = headings(page)
    codes = reasons(source)
    if not codes:
        found.append(Finding(REASONS, 1, "no `enum Reason` is left here; tell Scripts/checks/troubleshooting.py"))
    wanted = [(name, REASONS, number) for name, number in codes]
    wanted += [(name, PAGE, 1) for name in WITHOUT_FAULT + [f"AADSTS{code}" for code in ENTRA_CODES]]
    known = {anchor for anchor, _ in anchors}
    found += [
        Finding(path, number, f"give {name} a heading of its own in {PAGE}")
        for name, path, number in wanted if name.lower() not in known
    ]
    seen: set[str] = set()
    for anchor, number in anchors:
        if anchor in seen:
            found.append(Finding(PAGE, number, f"a second heading has the anchor #{anchor}; name it otherwise"))
        seen.add(anchor)
    return found


def codes_by_class(pattern: re.Pattern[str], texts: list[str]) -> dict[str, set[int]]:
    """The codes of each class, in the sources or on the page."""
    found: dict[str, set[int]] = {}
    for text in texts:
        for match in pattern.finditer(text):
            numbers = match["codes"].replace("_", "").split(",")
            found.setdefault(match["name"], set()).update(int(number) for number in numbers if number.strip())
    return found


def check_table(page: list[str], sources: list[str]) -> list[Finding]:
    """Codes that the page's table lacks, or that the sources class otherwise."""
    written, classed = codes_by_class(CELLS, page), codes_by_class(ROW, sources)
    if not classed:
        return [Finding(TABLE[0], 1, "no rows are left here; tell Scripts/checks/troubleshooting.py")]
    return [
        Finding(PAGE, 1, f"the table of all codes and {TABLE[0]} differ about `{name}`: {sorted(codes)}")
        for name in sorted(written.keys() | classed.keys())
        if (codes := written.get(name, set()) ^ classed.get(name, set()))
    ]


def check() -> tuple[int, list[Finding]]:
    """Number of files read, and what is to be mended."""
    page = lines(PAGE)
    sources = ["\n".join(lines(path)) for path in TABLE]
    return 4, check_page(page, lines(REASONS)) + check_table(page, sources)

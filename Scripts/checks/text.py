"""What holds for text of every kind: length, unfinished words, links, well-formed JSON."""

import json
import re

from checks.tree import ROOT, Finding, files, lines

MAXIMUM_LINES = 400
CODE = (".swift", ".h", ".py", ".sh", ".lua", ".modulemap")
TEXT = (*CODE, ".md", ".json", ".yml", ".service", ".conf", "Makefile", "Dockerfile", ".ci/run", ".env.example")

# Put together here, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")

LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def check_length() -> tuple[int, list[Finding]]:
    """A file over 400 lines has a second subject."""
    paths = files(*CODE)
    return len(paths), [
        Finding(path, count, f"split this file: {count} lines, at most {MAXIMUM_LINES}")
        for path in paths if (count := len(lines(path))) > MAXIMUM_LINES
    ]


def check_unfinished() -> tuple[int, list[Finding]]:
    """Work that is left belongs into an issue, where it is seen."""
    paths = files(*TEXT)
    return len(paths), [
        Finding(path, number, f"finish it or open an issue: {match[0]}")
        for path in paths for number, line in enumerate(lines(path), start=1) if (match := UNFINISHED.search(line))
    ]


#: Constructs that compile and are not wanted here, each with what to write instead.
UNWANTED = {
    re.compile(r"\bMutex\s*[<(]"): "use NIOLockedValueBox: the thread sanitizer cannot see Mutex's futex on Linux",
    re.compile(r"\bTask\.detached\b"): "use a task group with a scope, or argue a Task {} in a comment",
}


def check_constructs() -> tuple[int, list[Finding]]:
    """What the compiler and the formatter let through and docs/adr argues against."""
    paths = files(".swift", under=("Sources/", "Tests/", "Fuzz/"))
    return len(paths), [
        Finding(path, number, advice)
        for path in paths for number, line in enumerate(lines(path), start=1)
        for pattern, advice in UNWANTED.items() if pattern.search(line) and not line.lstrip().startswith("//")
    ]


def slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def headings(text: list[str]) -> list[tuple[str, int]]:
    """The anchor and the line of each heading; a `#` inside a block of code is a comment there."""
    found = []
    is_code = False
    for number, line in enumerate(text, start=1):
        if line.lstrip().startswith("```"):
            is_code = not is_code
        elif not is_code and re.match(r"#{1,6} ", line):
            found.append((slug(line.lstrip("#")), number))
    return found


def blocks(path: str, language: str) -> list[tuple[int, str]]:
    """The blocks of code of one language in a Markdown file, each with the line on which it starts."""
    found: list[tuple[int, str]] = []
    inside: list[str] | None = None
    for number, line in enumerate(lines(path), start=1):
        if inside is None:
            if line.strip() == f"```{language}":
                inside, start = [], number + 1
        elif line.strip() == "```":
            found.append((start, "\n".join(inside)))
            inside = None
        else:
            inside.append(line)
    return found


def anchors(path: str) -> set[str]:
    """The anchors of a Markdown file."""
    return {anchor for anchor, _ in headings(lines(path))}


def links(text: str) -> list[tuple[str, int]]:
    """The targets of all links with their lines; the text of a link may go over the end of a line."""
    return [(match["target"], text.count("\n", 0, match.start("target")) + 1) for match in LINK.finditer(text)]


def check_links() -> tuple[int, list[Finding]]:
    """A relative link leads to a file that exists, and its fragment to a heading."""
    paths = files(".md")
    found = []
    for path in paths:
        for whole, number in links((ROOT / path).read_text(encoding="utf-8")):
            target, _, fragment = whole.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            full = ((ROOT / path).parent / target).resolve() if target else ROOT / path
            if not full.exists():
                found.append(Finding(path, number, f"the link leads nowhere: {whole}"))
            elif fragment and full.suffix == ".md" and fragment not in anchors(str(full.relative_to(ROOT))):
                found.append(Finding(path, number, f"no heading has the anchor #{fragment} in {target or path}"))
    return len(paths), found


def check_json() -> tuple[int, list[Finding]]:
    """Every committed JSON file parses; test fixtures that are wrong on purpose live in Swift or Python source."""
    paths = files(".json", ".swift-format")
    found = []
    for path in paths:
        try:
            json.loads((ROOT / path).read_text(encoding="utf-8"))
        except ValueError as error:
            found.append(Finding(path, getattr(error, "lineno", 1), f"not JSON: {error}"))
    return len(paths), found

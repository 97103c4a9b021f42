"""Every log field in the code has a row in docs/logging.md, under the names it has outside, and the other way round."""

import re

from checks.tree import Finding, files, lines

PAGE = "docs/logging.md"
TYPES = "Sources/Observability/LogField.swift"
PRODUCT = ("App", "Auth", "Jobs", "MCP", "HTTPServer", "HTTPTransport", "Observability", "Systemd", "Telemetry")

KEY = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
#: Pairs in parentheses are metric labels too, which have no dots.
DOTTED = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+"
#: `"key": "\(value)"` of a metadata literal, `metadata["key"]`, `("dotted.key", value)`, `(key: "key", value: ...)` and
#: `LogKey("key")`.
IN_CODE = re.compile(
    rf'(?<![?(] )"(?P<a>{KEY})": "\\\(|\bmetadata\["(?P<b>{KEY})"\]|\("(?P<c>{DOTTED})", |\(key: "(?P<d>{KEY})",'
    rf'|\bmetadata: \["(?P<e>{KEY})": |, "(?P<f>{KEY})": "'
    rf'|\bLogKey\("(?P<g>{KEY})"\)')
ROW = re.compile(
    r"^\| `(?P<key>[^`]+)` \| `(?P<journal>[^`]+)` \| `(?P<json>[^`]+)` \| (?P<type>\w+) \|")

Keys = dict[str, tuple[str, int]]


def keys_in(path: str, text: list[str]) -> Keys:
    """The metadata keys of one source file that logs; spans and headers have attributes of their own."""
    if not any(re.match(r"\s*(?:package|internal) import Logging\b", line) for line in text):
        if not path.startswith("Sources/Observability/Log"):
            return {}
    found: Keys = {}
    for number, line in enumerate(text, start=1):
        if line.lstrip().startswith("//"):
            continue
        for match in IN_CODE.finditer(line):
            found.setdefault(next(filter(None, match.groups())), (path, number))
    return found


def types_in(text: list[str]) -> dict[str, str]:
    """The keys that LogField lists as numbers and booleans."""
    found: dict[str, str] = {}
    kind = None
    for line in text:
        if match := re.search(r"let (numbers|booleans): Set<String> = \[", line):
            kind = match[1].removesuffix("s")
        if kind:
            found |= {key: kind for key in re.findall(rf'"({KEY})"', line)}
            if "]" in line.split("= [")[-1]:
                kind = None
    return found


def check_page(page: list[str], code: Keys, types: dict[str, str]) -> list[Finding]:
    """What differs between the page and the code."""
    found = []
    rows: Keys = {}
    for number, line in enumerate(page, start=1):
        match = ROW.match(line)
        if match is None:
            continue
        key = match["key"]
        if key in rows:
            found.append(Finding(PAGE, number, f"`{key}` has a row already"))
        rows[key] = (PAGE, number)
        for column, name in [("journal", key.upper().replace(".", "_")), ("json", key.replace(".", "_"))]:
            if match[column] != name:
                found.append(Finding(PAGE, number, f"the {column} name of `{key}` is `{name}`"))
        if match["type"] != types.get(key, "text"):
            found.append(Finding(PAGE, number, f"`{key}` is of type {types.get(key, 'text')} ({TYPES})"))
    found += [Finding(*code[key], f"give `{key}` a row in {PAGE}") for key in sorted(code.keys() - rows.keys())]
    found += [
        Finding(*rows[key], f"no code logs `{key}`; take the row away") for key in sorted(rows.keys() - code.keys())]
    found += [Finding(TYPES, 1, f"`{key}` is no log field") for key in sorted(types.keys() - rows.keys())]
    return found


def check() -> tuple[int, list[Finding]]:
    """Number of files read, and what is to be mended."""
    sources = files(".swift", under=tuple(f"Sources/{module}/" for module in PRODUCT))
    code: Keys = {}
    for path in sources:
        if path != TYPES:
            code = keys_in(path, lines(path)) | code
    return len(sources) + 1, check_page(lines(PAGE), code, types_in(lines(TYPES)))

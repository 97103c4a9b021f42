"""Tests block no thread, assert no upper bound on wall-clock time, and have one place for patience.

A bound measures the machine and what else it does; order, counts and causes do not. A blocked thread of Swift's pool is one
of two that all tests share. What needs a ceiling against hanging takes it from the one place for it:
Tests/TestSupport/Patience.swift, Tests/Acceptance/driver/patience.py and Scripts/common.sh.
"""

import ast
import re
from collections.abc import Iterator

from checks.tree import Finding, files, lines

SWIFT_PLACE = "Tests/TestSupport/Patience.swift"
PYTHON_PLACE = "Tests/Acceptance/driver/patience.py"
SHELL_PLACE = "Scripts/common.sh"

# --- Swift

#: What blocks a thread, or is patience of a test's own, each with what to write instead.
SWIFT_CALLS = {
    re.compile(r"\bwaitUntilExit\b"): "await the end of the process: this blocks a thread that all tests share",
    re.compile(r"(?<![\w.])Process\s*\(\s*\)|\bFoundation\.Process\b"): "start processes through Subprocess, not Foundation",
    re.compile(r"\breadToEnd\b|\breadDataToEndOfFile\b"): "read as data comes: this blocks a thread that all tests share",
    re.compile(r"\bDispatchSemaphore\b|\bDispatchGroup\b"): "await an event: waiting for this blocks a thread that all tests share",
    re.compile(r"\busleep\b|\bnanosleep\b|\bThread\.sleep\b|(?<!func )(?<![\w.])sleep\s*\("):
        "wait for the event: this blocks a thread that all tests share",
    re.compile(r"\bTask\.sleep\((?!for: \.seconds\(3_600\))"):
        "wait for the event, or sleep on a ManualClock; what is to last until it is cancelled takes .seconds(3_600)",
    re.compile(r"\.timeLimit\s*\("): f"take the ceiling from {SWIFT_PLACE}",
}

EXPECTATION = re.compile(r"#(?:expect|require)\s*\(")
#: An expression for how long something took.
SWIFT_TIME = r"\b(?:elapsed|took|duration)\b(?!\")|\.duration\(to:|\.now\b|\.timeIntervalSince(?:Now\b|\()"
#: The same where the larger side is meant; a date in the past is compared with `Date.now` for other reasons.
SWIFT_SPAN = r"\b(?:elapsed|took|duration)\b|\.duration\(to:|Clock\.now\b"
#: Where an operand of a comparison ends.
OPERAND_END = re.compile(r"&&|\|\||[,?{}]|==|!=")


def blanked(text: str) -> str:
    """Swift code without comments and without what its string literals say, every line in its place."""
    def blank(match: re.Match[str]) -> str:
        return '""' + "\n" * match[0].count("\n") if match[0][0] in '"#' else "\n" * match[0].count("\n")
    return re.sub(
        r'//[^\n]*|/\*.*?\*/|(#+)"""\n.*?"""\1|"""\n.*?"""|(#+)".*?"\2|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.DOTALL)


def expectations(code: str) -> Iterator[tuple[int, str]]:
    """Every `#expect` and `#require`: where it begins, and what stands in its parentheses."""
    for match in EXPECTATION.finditer(code):
        depth, end = 1, match.end()
        while end < len(code) and depth:
            depth += {"(": 1, ")": -1}.get(code[end], 0)
            end += 1
        yield match.start(), code[match.end():end - 1]


def is_bounded(condition: str) -> bool:
    """Whether a condition says that something took less than some time."""
    for match in re.finditer(r"(?<![<>\-.&])(<=|<|>=|>)(?![<>&])", condition):
        left = OPERAND_END.split(condition[:match.start()])[-1]
        right = OPERAND_END.split(condition[match.end():])[0]
        side, pattern = (left, SWIFT_TIME) if match[1][0] == "<" else (right, SWIFT_SPAN)
        if re.search(pattern, side):
            return True
    return re.search(r"\.\.[.<][^&|]*\.contains\([^)]*(?:" + SWIFT_SPAN + ")", condition) is not None


def check_swift(path: str, text: list[str]) -> list[Finding]:
    """The findings of one Swift file under Tests."""
    if path == SWIFT_PLACE:
        return []
    code = blanked("\n".join(text))
    found = [
        Finding(path, number, advice)
        for number, line in enumerate(code.split("\n"), start=1)
        for pattern, advice in SWIFT_CALLS.items() if pattern.search(line)
    ]
    return found + [
        Finding(path, code.count("\n", 0, start) + 1, "assert order, counts or causes: how long it takes is the machine's matter")
        for start, condition in expectations(code) if is_bounded(condition)
    ]


# --- Python

CLOCKS = {"time", "monotonic", "perf_counter", "monotonic_ns", "perf_counter_ns", "time_ns"}
SPANS = re.compile(r"(?:^|_)(?:elapsed|took|duration)(?:$|_)")


def is_span(node: ast.expr) -> bool:
    """Whether an expression tells how long something took."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and SPANS.search(each.id):
            return True
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in CLOCKS:
            if isinstance(each.func.value, ast.Name) and each.func.value.id == "time":
                return True
    return False


def bounds(condition: ast.expr) -> bool:
    """Whether a condition says that something took less than some time."""
    for compare in (each for each in ast.walk(condition) if isinstance(each, ast.Compare)):
        sides = [compare.left, *compare.comparators]
        for left, operator, right in zip(sides, compare.ops, sides[1:]):
            smaller = {ast.Lt: left, ast.LtE: left, ast.Gt: right, ast.GtE: right}.get(type(operator))
            if smaller is not None and is_span(smaller):
                return True
    return False


def is_number(node: ast.expr | None) -> bool:
    """A number as it stands, and not the name of one; a wait of no time asks only."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value != 0


def advice_on(node: ast.AST) -> str | None:
    """What to mend at a node of a Python file."""
    if isinstance(node, ast.Assert) and bounds(node.test):
        return "assert order, counts or causes: how long it takes is the machine's matter"
    if isinstance(node, ast.ImportFrom) and node.module == "time" and any(name.name == "sleep" for name in node.names):
        return f"wait for the event, with wait_until of {PYTHON_PLACE}"
    if not isinstance(node, ast.Call):
        return None
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    first = node.args[0] if node.args else None
    if name in ("assertLess", "assertLessEqual") and first is not None and is_span(first):
        return "assert order, counts or causes: how long it takes is the machine's matter"
    if name == "sleep" and not (isinstance(first, ast.Constant) and first.value == 0):
        return f"wait for the event, with wait_until of {PYTHON_PLACE}"
    limits = [keyword.value for keyword in node.keywords if keyword.arg == "timeout"]
    limits += [first] if name in ("wait", "join", "settimeout") else node.args[1:2] if name == "wait_for" else []
    if any(is_number(limit) for limit in limits):
        return f"take the ceiling from {PYTHON_PLACE}"
    return None


def check_python(path: str, text: list[str]) -> list[Finding]:
    """The findings of one Python file."""
    if path == PYTHON_PLACE:
        return []
    return [
        Finding(path, node.lineno, advice)
        for node in ast.walk(ast.parse("\n".join(text))) if (advice := advice_on(node))
    ]


# --- Shell

SHELL_CALLS = {
    re.compile(r"(?:^|[\s;&|(])sleep\s+[\d.$\"]"): f"wait for the event, with wait_for of {SHELL_PLACE}",
    re.compile(r"--max-time\s+\d|\bSECONDS\s*\+\s*\d"): f"take the ceiling from {SHELL_PLACE}: $patience",
    re.compile(r"\bSECONDS\b[^;]*<\s*\d"): "check order or cause: how long it takes is the machine's matter",
}


def check_shell(path: str, text: list[str]) -> list[Finding]:
    """The findings of one shell script."""
    if path == SHELL_PLACE:
        return []
    return [
        Finding(path, number, advice)
        for number, line in enumerate(text, start=1) if not line.lstrip().startswith("#")
        for pattern, advice in SHELL_CALLS.items() if pattern.search(line)
    ]


def check() -> tuple[int, list[Finding]]:
    """Number of files read, and what is to be mended."""
    kinds = [
        (check_swift, files(".swift", under=("Tests/",))),
        (check_python, files(".py", under=("Tests/", "Benchmarks/", "Scripts/"))),
        (check_shell, files(".sh", ".ci/run", under=("Scripts/", "Tests/", "Benchmarks/", ".ci/"))),
    ]
    return (
        sum(len(paths) for _, paths in kinds),
        [finding for check_one, paths in kinds for path in paths for finding in check_one(path, lines(path))],
    )

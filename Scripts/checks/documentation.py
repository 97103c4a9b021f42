"""Every `package` or `public` declaration carries a `///` comment.

swift-format has such a rule, but it looks at `public` only, and nothing here is public.

Exempt is what a protocol already documents, for a second text could only repeat or contradict it: members of an
extension whose head names a conformance, and, in a type's own body, the well-known requirements below.
"""

import re

from checks.tree import Finding, files, lines

DECLARATION = re.compile(
    r"^(?P<indent>\s*)(?:@\w+(?:\([^)]*\))?\s+)*"
    r"(?:(?:nonisolated(?:\([^)]*\))?|final|static|class|override|unsafe|mutating|nonmutating|borrowing|consuming|"
    r"convenience|required|indirect|lazy|weak|unowned|prefix|postfix|infix|isolated|distributed)\s+)*"
    r"(?:package|public|open)(?!\()\s+"
    r"(?:(?:nonisolated(?:\([^)]*\))?|final|static|class|override|unsafe|mutating|nonmutating|borrowing|consuming|"
    r"convenience|required|indirect|lazy|weak|unowned|prefix|postfix|infix|private\(set\)|internal\(set\))\s+)*"
    r"(?P<kind>struct|class|actor|enum|protocol|func|init[?!]?|var|let|subscript|typealias|case|associatedtype|macro)\b"
    r"\s*(?P<name>[^\s(:=<{]*)"
)

#: Requirements of the standard library, swift-log and the like, known to every reader.
KNOWN = re.compile(
    r"\b(var (description|debugDescription|testDescription|customMirror|hashValue|unownedExecutor|allCases|rawValue)\b"
    r"|func (hash\(into|==|<|encode\(to|makeIterator\(|next\(|callAsFunction\()"
    r"|init\((rawValue|from|stringLiteral|integerLiteral|booleanLiteral|floatLiteral|nilLiteral|arrayLiteral"
    r"|dictionaryLiteral)\b)"
)

CONFORMING_EXTENSION = re.compile(r"^\s*(?:package |public )?extension\s+[\w.]+(?:<[^>]*>)?\s*:\s*\S")


def enclosing_head(text: list[str], index: int, indent: int) -> str:
    """The first line of the declaration around line `index`: formatted code nests by indentation."""
    for line in reversed(text[:index]):
        stripped = line.lstrip()
        if stripped and not stripped.startswith(("//", "@", "}", ")", "#")) and len(line) - len(stripped) < indent:
            return line
    return ""


def is_documented(text: list[str], index: int) -> bool:
    """Whether a `///` stands above line `index`, with nothing but attributes between."""
    for line in reversed(text[:index]):
        stripped = line.strip()
        if stripped.startswith("///"):
            return True
        if not stripped.startswith("@"):
            return False
    return False


def check_file(path: str, text: list[str]) -> list[Finding]:
    """The findings of one Swift file."""
    found = []
    for index, line in enumerate(text):
        match = DECLARATION.match(line)
        if match is None or is_documented(text, index) or KNOWN.search(line):
            continue
        indent = len(match["indent"])
        if indent and CONFORMING_EXTENSION.match(enclosing_head(text, index, indent)):
            continue
        name = match["name"] or match["kind"]
        found.append(Finding(path, index + 1, f"say above `{name}` what it does, in `///` (units, errors, source)"))
    return found


def check() -> tuple[int, list[Finding]]:
    """Number of files read, and what is to be mended."""
    swift = files(".swift", under=("Sources/", "Tests/TestSupport/", "Fuzz/"))
    return len(swift), [finding for path in swift for finding in check_file(path, lines(path))]

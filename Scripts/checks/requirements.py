"""Requirement ids: each one that is quoted is defined in docs/requirements, and each definition is quoted somewhere.

A definition is an item that begins with its id in bold and ends with where it comes from: a link in brackets, or "Ours".
docs/requirements/tests.md says which tests quote which id; run as a program, this writes it.
"""

import re
from dataclasses import dataclass, field

from checks.tree import ROOT, Finding, files, lines

FOLDER = "docs/requirements/"
TABLE = FOLDER + "tests.md"
#: Where a quote proves something.
PROOFS = ("Tests/", "Fuzz/Properties/")
#: What others wrote, or a build does.
FOREIGN_FILES = ("Fuzz/Corpus/", "Package.resolved")
#: What looks like an id and is the name of something else.
FOREIGN = {"UTF-8", "UTF-16", "SHA-1", "SHA-256", "P-256", "FNV-1a", "GPL-3"}

ID = r"[A-Z]{1,3}-\d{1,3}[a-z]?"
QUOTE = re.compile(rf"(?<![\w.#%&+-])({ID})(?:`? (?:to|and up to) `?({ID}))?(?![\w\\-]|\.\d)")
DEFINITION = re.compile(rf"- \*\*({ID})\*\* ")
LABEL = re.compile(r"(?<!!)\[([^\]\n`]+)\](?![(:])")
TARGET = re.compile(r"\[([^\]]+)\]: https://\S+$")


def order(name: str) -> tuple[str, int, str]:
    """By this ids are sorted: by family and number, and `D-92a` right after `D-92`."""
    prefix, number = name.split("-")
    digits = number.rstrip("abcdefghijklmnopqrstuvwxyz")
    return prefix, int(digits), number[len(digits):]


@dataclass
class Definitions:
    """What the pages define, and where."""

    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add_page(self, path: str, text: list[str]) -> None:
        """Takes over the definitions of one page."""
        targets = {match[1]: number for number, line in enumerate(text, start=1) if (match := TARGET.match(line))}
        labels: set[str] = set()
        entry: tuple[str, int] | None = None
        said = ""
        for number, line in enumerate([*text, ""], start=1):
            line = re.sub("`[^`]*`", "``", line)
            labels |= set(LABEL.findall(line))
            match = DEFINITION.match(line)
            if entry and (match or not line.startswith("  ")):
                if not re.search(r"\bOurs\b", said) and not any(label in targets for label in LABEL.findall(said)):
                    self.findings.append(Finding(path, entry[1], f"{entry[0]}: say where it comes from, or `Ours` and why"))
                entry = None
            if match:
                if match[1] in self.places:
                    other, line_there = self.places[match[1]]
                    self.findings.append(Finding(path, number, f"{match[1]} is defined in {other}:{line_there} already"))
                self.places.setdefault(match[1], (path, number))
                entry, said = (match[1], number), line
            elif entry:
                said += "\n" + line
        used = {label for label in labels if label in targets}
        self.findings += [
            Finding(path, number, f"nothing on this page refers to [{label}]")
            for label, number in targets.items() if label not in used
        ]
        self.findings += [
            Finding(path, 1, f"[{label}] leads nowhere: give it an address at the end of the page")
            for label in sorted(labels - set(targets)) if not QUOTE.fullmatch(label)
        ]


Quotes = dict[str, list[tuple[str, int]]]


def quotes_in(path: str, text: list[str], defined: dict[str, tuple[str, int]]) -> Quotes:
    """The ids that a file quotes, with their lines; a range quotes what is defined between its ends."""
    found: Quotes = {}
    for number, line in enumerate(text, start=1):
        for match in QUOTE.finditer(line):
            first, last = match[1], match[2]
            names = {first} if last is None else {first, last} | {
                name for name in defined
                if order(first)[0] == order(name)[0] == order(last)[0] and order(first) <= order(name) <= order(last)
            }
            for name in names - FOREIGN:
                found.setdefault(name, []).append((path, number))
    return found


def check_quotes(defined: dict[str, tuple[str, int]], quotes: Quotes, inside: Quotes) -> list[Finding]:
    """What is quoted and not defined, there or by another definition, and what is defined and not quoted."""
    found = [
        Finding(*place, f"{name} is defined nowhere in {FOLDER}; define it, or write what holds")
        for all_places in (quotes, inside)
        for name, places in sorted(all_places.items()) if name not in defined for place in places
    ]
    return found + [
        Finding(path, number, f"nothing quotes {name}: quote it where it is kept, or take it out")
        for name, (path, number) in sorted(defined.items()) if name not in quotes
    ]


def table(defined: dict[str, tuple[str, int]], quotes: Quotes) -> str:
    """The page that says which tests quote which id."""
    tests = {
        name: sorted({path.removeprefix("Tests/") for path, _ in quotes.get(name, []) if path.startswith(PROOFS)})
        for name in sorted(defined, key=order)
    }
    without = [name for name, paths in tests.items() if not paths]
    rows = [
        "# Requirements and their tests", "",
        "Written by `make requirements`, held by `make check`. A path is below `Tests` if it does not begin with `Fuzz`.", "",
        "## Without a test", "",
    ]
    rows += [f"- {name}, [here]({defined[name][0].removeprefix(FOLDER)})" for name in without] or ["None."]
    rows += ["", "## Tests", "", "| Requirement | Quoted by |", "| --- | --- |"]
    rows += [f"| {name} | {', '.join(f'`{path}`' for path in paths)} |" for name, paths in tests.items() if paths]
    return "\n".join(rows) + "\n"


def read() -> tuple[int, Definitions, Quotes, Quotes]:
    """Number of files read, the definitions, who quotes them, and what definitions quote of each other."""
    definitions = Definitions()
    pages = [path for path in files(".md", under=(FOLDER,)) if path != TABLE]
    for path in pages:
        definitions.add_page(path, lines(path))
    quotes: Quotes = {}
    inside: Quotes = {}
    paths = [path for path in files("") if path != TABLE and not path.startswith(FOREIGN_FILES)]
    for path in paths:
        try:
            text = lines(path)
        except UnicodeDecodeError:
            continue
        into = inside if path in pages else quotes
        for name, places in quotes_in(path, text, definitions.places).items():
            into.setdefault(name, []).extend(places)
    return len(paths), definitions, quotes, inside


def check() -> tuple[int, list[Finding]]:
    """Number of files read, and what is to be mended."""
    count, definitions, quotes, inside = read()
    found = definitions.findings + check_quotes(definitions.places, quotes, inside)
    path = ROOT / TABLE
    if not path.is_file() or path.read_text(encoding="utf-8") != table(definitions.places, quotes):
        found.append(Finding(TABLE, 1, "not what the tests quote: run `make requirements`"))
    return count, found


if __name__ == "__main__":
    _, known, quoted, _ = read()
    (ROOT / TABLE).write_text(table(known.places, quoted), encoding="utf-8")

"""What a text sends its reader to exists: pages by name, sections of documents that have a name, paths in the guides."""

import os.path
import re

from checks.requirements import FOREIGN_FILES, ID
from checks.tree import ROOT, Finding, files, lines

PAGE = re.compile(r"(?<![\w/.*{<-])((?:\.{1,2}/)*[\w+-][\w./+-]*\.md)\b")
#: A section belongs to a document that everybody can find: one with a number, or a page of ours.
SECTION = re.compile(r"(?<!-)\b[Ss]ections? \d")
NAMED = re.compile(r"\b(?:RFC \d+|ADR \d+|CSP|CVE|X\.\d+|W3C|ISO \d+|POSIX|OpenSSL|systemd|HTML|Unicode|[\w-]+\(\d\)|[\w-]+\.md)")

#: Numbers in brackets that can only be such sections, alone or among ids.
BARE = re.compile(rf"\((?:(?:{ID}|\d{{1,2}}(?:\.\d{{1,2}})?(?: [a-z])?)(?:, | and )?)+\)")
NAMES_OF_TESTS = re.compile(r'@Test\("([^"]*)"')

#: Guides whose paths are checked, and what stands before a path there is `Sources` or nothing.
GUIDES = ("CONTRIBUTING.md", "docs/requirements/")
SPAN = re.compile(r"`([\w.+-]+(?:/[\w.+-]+)+)`")


def check_pages(path: str, text: list[str], known: set[str]) -> list[Finding]:
    """Pages that a file names and that do not exist, from the root, from the file, or by the end of their path."""
    folder = path.rpartition("/")[0]
    found = []
    for number, line in enumerate(text, start=1):
        if ".md" not in line:
            continue
        for match in PAGE.finditer(re.sub(r"https?://\S+", "", line)):
            name = match[1]
            near = os.path.normpath(os.path.join(folder, name))
            if name in known or near in known or any(page.endswith("/" + name) for page in known):
                continue
            found.append(Finding(path, number, f"no page is called {name}: name one that is here, or a requirement's id"))
    return found


def check_sections(path: str, text: list[str]) -> list[Finding]:
    """Numbers of sections without the document that they are of; it stands before them on the same or the line above."""
    found = []
    for number, line in enumerate(text, start=1):
        for match in SECTION.finditer(line):
            before = " ".join(text[max(0, number - 2):number - 1]) + " " + line[:match.start()]
            after = line[match.end():]
            if not NAMED.search(before[-100:]) and not re.match(r"[\d.]*,? (?:and [\d.]+ )?of (?:the )?" + NAMED.pattern, after):
                found.append(Finding(path, number, "a section of what? Name the document, or a requirement's id"))
        said = line.partition("//")[2] + " ".join(NAMES_OF_TESTS.findall(line)) if path.endswith(".swift") else ""
        if re.match(r"\d{1,2}\.\d{1,2} ", said) or any(re.search(r"(?<![\d-])\d{1,2}\.\d", match[0]) for match in BARE.finditer(said)):
            found.append(Finding(path, number, "a number of what? Name the document, or a requirement's id"))
    return found


def check_paths(path: str, text: list[str], tops: set[str]) -> list[Finding]:
    """Paths in backquotes that do not exist, at the root or under `Sources`; those of a build or a user are not judged."""
    found = []
    for number, line in enumerate(text, start=1):
        for match in SPAN.finditer(line):
            name = match[1]
            if name.split("/")[0] not in tops or re.search(r"/[A-Z]+$", name) or re.search(r"/\.", name):
                continue
            if not any((ROOT / start / name).exists() for start in ("", "Sources")):
                found.append(Finding(path, number, f"{name} is not there; say where it is now"))
    return found


def check() -> tuple[int, list[Finding]]:
    """Number of files read, and what is to be mended."""
    listing = files("")
    known = {path for path in listing if path.endswith(".md")}
    tops = {path.split("/")[0] for path in listing if "/" in path}
    tops |= {path.split("/")[1] for path in listing if path.startswith("Sources/")}
    found: list[Finding] = []
    count = 0
    for path in listing:
        if path.startswith((*FOREIGN_FILES, "Scripts/checks/")):
            continue
        try:
            text = lines(path)
        except UnicodeDecodeError:
            continue
        count += 1
        found += check_pages(path, text, known)
        if path.startswith(("Sources/", "Tests/", "Fuzz/", "Benchmarks/")):
            found += check_sections(path, text)
        if path.startswith(GUIDES):
            found += check_paths(path, text, tops)
    return count, found

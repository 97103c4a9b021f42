"""One version of Swift: .swift-version, which everything else that names one agrees with; and one way to find it."""

import re

from checks.tree import ROOT, Finding, files, lines

PIN = ".swift-version"
#: Where else a version stands, what finds it there, and how much of the pin it says.
PLACES = [
    ("Dockerfile", re.compile(r"^ARG SWIFT_IMAGE=swift:([0-9.]+)-"), "patch"),
    ("Package.swift", re.compile(r"^// swift-tools-version: *([0-9.]+)"), "minor"),
    ("README.md", re.compile(r"\bSwift ([0-9]+(?:\.[0-9]+)+)"), "minor"),
    ("CONTRIBUTING.md", re.compile(r"\bSwift ([0-9]+(?:\.[0-9]+)+)"), "minor"),
]
#: Swift as the command of a line, which a new machine finds on the PATH that Scripts/common.sh sets.
CALL = re.compile(r"^(?:[A-Z_]+=\S* )*(?:check \"[^\"]*\" )?(?:swift|swiftc) ")


def check_version(pin: list[str], places: dict[str, list[str]]) -> list[Finding]:
    """`pin` and `places` are the lines of the files."""
    version = pin[0].strip() if len(pin) == 1 else ""
    if not re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", version):
        return [Finding(PIN, 1, "make it one line with one release, as 6.3.1")]
    found = []
    for path, pattern, precision in PLACES:
        wanted = version if precision == "patch" else version.rpartition(".")[0]
        matches = [
            (number, match[1]) for number, line in enumerate(places[path], start=1) if (match := pattern.search(line))
        ]
        if not matches:
            found.append(Finding(path, 1, f"name the Swift of {PIN} here: {wanted}"))
        found += [
            Finding(path, number, f"{PIN} says {wanted}, not {named}") for number, named in matches if named != wanted
        ]
    return found


def check_calls(path: str, text: list[str]) -> list[Finding]:
    """A line of a script or a recipe that would not see an installed toolchain."""
    if path != "Makefile" and any(line.startswith("source Scripts/common.sh") for line in text):
        return []
    advice = "source Scripts/common.sh, which finds Swift"
    if path == "Makefile":
        advice = "run it through Scripts/with-swift.sh"
    return [
        Finding(path, number, advice) for number, line in enumerate(text, start=1) if CALL.search(line.lstrip("\t @-"))
    ]


#: Runs in the container image's build, which brings its Swift.
IN_THE_IMAGE = "Scripts/package/skeleton.sh"


def check() -> tuple[int, list[Finding]]:
    """The version of Swift, and how the scripts call it."""
    scripts = [path for path in files(".sh", "Makefile", ".ci/run") if path != IN_THE_IMAGE]
    places = {path: lines(path) for path, _, _ in PLACES}
    found = check_version(lines(PIN) if (ROOT / PIN).is_file() else [], places)
    for path in scripts:
        found += check_calls(path, lines(path))
    return len(places) + len(scripts), found

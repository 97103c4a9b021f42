"""What an import says besides who may import whom, which the dependencies in Package.swift hold: the build of the tests
asks SwiftPM to refuse an import that no dependency declares (Scripts/test.sh)."""

import re

from checks.tree import Finding, files, lines

#: Imports that only some files of a target may make, although the target depends on the module.
CONFINED: dict[tuple[str, str], re.Pattern[str]] = {
    ("App", "HTTPServer"): re.compile(r"Endpoint|Listener|Request|Response|Server|Settings"),
}

#: Nothing imports an executable, so it has no package API: its tests look inside.
EXECUTABLES = {"App", "FixtureServer", "SandboxCommand"}

C_MODULES = {"CBuildInfo": "App", "CCurl": "HTTPTransport", "COpenSSL": "OpenSSL", "CSystemd": "Systemd"}

IMPORT = re.compile(
    r"^\s*(?P<attributes>(?:@\w+(?:\([^)]*\))?\s+)*)"
    r"(?:(?P<access>public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?(?P<module>\w+)"
)


def check_file(path: str, text: list[str]) -> list[Finding]:
    """The findings of one Swift file under Sources, Tests or Fuzz.

    A test target is imported by nobody, so an access level on its imports would say nothing.
    """
    target = path.split("/")[1]
    is_source = path.startswith("Sources/")
    found = []
    for number, line in enumerate(text, start=1):
        match = IMPORT.match(line)
        if match is None:
            continue
        module = match["module"]
        if match["access"] is None and not target.endswith("Tests"):
            found.append(Finding(path, number, f"give `import {module}` an access level: internal or package"))
        elif match["access"] == "public":
            found.append(Finding(path, number, f"import {module} as package: nothing outside imports this package"))
        if "@testable" in match["attributes"] and module not in EXECUTABLES:
            found.append(Finding(path, number, "test through the package API instead of @testable"))
        if module in C_MODULES and target != C_MODULES[module]:
            found.append(Finding(path, number, f"only {C_MODULES[module]} may import {module}; use its Swift API"))
        elif is_source and (pattern := CONFINED.get((target, module))) and not pattern.search(path.split("/")[-1]):
            found.append(Finding(path, number, f"{module} belongs into the HTTP files of {target}, not here"))
    return found


def check() -> tuple[int, list[Finding]]:
    """Number of files read, and what is to be mended."""
    swift = files(".swift", under=("Sources/", "Tests/", "Fuzz/"))
    found = [finding for path in swift for finding in check_file(path, lines(path))]
    return len(swift), found

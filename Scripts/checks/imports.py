"""Who may import whom: the arrows of docs/adr/0001-modules.md, and an access level on each import."""

import re

from checks.tree import Finding, files, lines

SYSTEM = {"Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization"}

#: What each target may import besides SYSTEM. The order is that of the layers: a row names only rows above it.
ALLOWED: dict[str, set[str]] = {
    "JSON": set(),
    "OpenSSL": {"COpenSSL"},
    "Systemd": {"CSystemd"},
    "HTTPTransport": {"CCurl", "NIOConcurrencyHelpers"},
    "Dotenv": set(),
    "HTTPServer": {
        "HTTPTypes", "Logging", "NIOConcurrencyHelpers", "NIOCore", "NIOHTTP1", "NIOPosix", "ServiceLifecycle",
    },
    "Observability": {"JSON", "Systemd", "Logging", "Metrics", "CoreMetrics", "NIOConcurrencyHelpers", "Tracing"},
    "Telemetry": {
        "JSON", "HTTPTransport", "Observability", "Logging", "Metrics", "NIOConcurrencyHelpers", "Tracing",
    },
    "MCP": {"JSON", "Observability", "HTTPTypes", "Logging", "NIOConcurrencyHelpers"},
    "Auth": {
        "JSON", "OpenSSL", "HTTPTransport", "Observability", "Logging", "Metrics", "NIOConcurrencyHelpers",
        "OrderedCollections",
    },
    "Jobs": {"JSON", "MCP", "OpenSSL", "HTTPTransport", "Observability", "Logging", "Metrics", "NIOConcurrencyHelpers"},
    "Guide": {"JSON", "OpenSSL"},
    "MCPOverHTTP": {"MCP", "HTTPServer", "HTTPTypes"},
    "App": {
        "JSON", "OpenSSL", "HTTPTransport", "Systemd", "Dotenv", "Observability", "Telemetry", "MCP", "MCPOverHTTP", "HTTPServer", "Guide",
        "Auth", "Jobs",
        "CBuildInfo", "ServiceLifecycle", "UnixSignals", "Configuration", "ArgumentParser", "Logging", "Metrics", "CoreMetrics",
        "HTTPTypes", "NIOConcurrencyHelpers", "NIOCore", "NIOPosix", "SystemPackage", "Tracing",
    },
    "Sandbox": {
        "HTTPServer", "JSON", "OpenSSL", "Logging", "HTTPTypes", "NIOConcurrencyHelpers", "NIOCore",
    },
    "FixtureServer": {
        "JSON", "Observability", "MCP", "MCPOverHTTP", "HTTPServer", "ArgumentParser", "Logging", "HTTPTypes", "NIOCore",
        "ServiceLifecycle", "UnixSignals",
    },
    "SandboxCommand": {
        "JSON", "HTTPTransport", "Sandbox", "ArgumentParser", "ServiceLifecycle", "UnixSignals", "Logging",
    },
}

#: Imports that only some files of a target may make, whatever the table above says.
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
        elif is_source and target in ALLOWED and module not in ALLOWED[target] | SYSTEM:
            found.append(Finding(
                path, number,
                f"{target} may not import {module} (docs/adr/0001-modules.md); turn the dependency round, or add it to "
                "Scripts/checks/imports.py with a reason in the commit",
            ))
        elif is_source and (pattern := CONFINED.get((target, module))) and not pattern.search(path.split("/")[-1]):
            found.append(Finding(path, number, f"{module} belongs into the HTTP files of {target}, not here"))
    return found


def check() -> tuple[int, list[Finding]]:
    """Number of files read, and what is to be mended."""
    swift = files(".swift", under=("Sources/", "Tests/", "Fuzz/"))
    found = [finding for path in swift for finding in check_file(path, lines(path))]
    for target in sorted({path.split("/")[1] for path in swift if path.startswith("Sources/")} - ALLOWED.keys()):
        found.append(Finding(f"Sources/{target}", 1, "add the target to the table in Scripts/checks/imports.py"))
    return len(swift), found

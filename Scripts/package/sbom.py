"""Writes what a release consists of as CycloneDX 1.6 JSON.

usage: sbom.py --version V --revision COMMIT --scratch BUILD-FOLDER --binary FILE > SBOM

Swift packages come from the resolved pins, those that the linker took modules from; the rest is left out. System
libraries are those that the executable asks the loader for, with the Debian packages that hold them on this machine.
The same input gives the same output: the serial number is made from version and commit, the time is SOURCE_DATE_EPOCH.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOME = "https://github.com/"


def run(*command: str) -> str:
    """The standard output of a command."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def licence(folder: Path) -> list[dict[str, Any]]:
    """The licence of a checkout, by the text of its licence file."""
    for file in sorted(folder.glob("LICENSE*")):
        text = file.read_text(encoding="utf-8", errors="replace")
        if "Apache License" in text:
            exception = "Runtime Library Exception" in text
            name = "Apache-2.0 WITH Swift-exception" if exception else "Apache-2.0"
            return [{"expression": name}] if exception else [{"license": {"id": name}}]
        if "Permission is hereby granted, free of charge" in text:
            return [{"license": {"id": "MIT"}}]
    return []


def linked_modules(scratch: Path) -> set[str]:
    """The modules whose object files are in the executable."""
    links = scratch / "release" / "databricks-jobs-mcp.product" / "Objects.LinkFileList"
    return set(re.findall(r"/([^/\s]+)\.build/", links.read_text(encoding="utf-8")))


def has_module(checkout: Path, modules: set[str]) -> bool:
    """Whether a package has a folder of sources for one of the modules."""
    return any((checkout / "Sources" / module).is_dir() for module in modules)


def swift_packages(scratch: Path) -> list[dict[str, Any]]:
    """A component for each package that is linked in."""
    modules = linked_modules(scratch)
    found = []
    for pin in json.loads((ROOT / "Package.resolved").read_text(encoding="utf-8"))["pins"]:
        checkout = scratch / "checkouts" / pin["location"].rsplit("/", 1)[-1].removesuffix(".git")
        if not has_module(checkout, modules):
            continue
        path = pin["location"].removeprefix(HOME).removesuffix(".git")
        version = pin["state"]["version"]
        purl = f"pkg:swift/github.com/{path}@{version}"
        found.append({
            "type": "library", "bom-ref": purl, "group": f"github.com/{path.rsplit('/', 1)[0]}",
            "name": path.rsplit("/", 1)[-1], "version": version, "purl": purl, "licenses": licence(checkout),
            "externalReferences": [{"type": "vcs", "url": pin["location"]}],
            "properties": [{"name": "vcs:revision", "value": pin["state"]["revision"]}],
        })
    return found


def swift_runtime() -> dict[str, Any]:
    """The standard library and Foundation, which are linked in statically."""
    version = re.search(r"Swift version ([0-9.]+)", run("swiftc", "--version"))
    assert version, "swiftc names no version"
    purl = f"pkg:swift/github.com/swiftlang/swift@{version[1]}"
    return {
        "type": "library", "bom-ref": purl, "group": "github.com/swiftlang", "name": "swift", "version": version[1],
        "purl": purl, "description": "Swift standard library, Dispatch and FoundationEssentials",
        "licenses": [{"expression": "Apache-2.0 WITH Swift-exception"}],
    }


def libraries(binary: Path) -> list[tuple[str, str]]:
    """Name and file of each library that the executable itself asks for."""
    needed = re.findall(r"NEEDED\s+(\S+)", run("objdump", "-p", str(binary)))
    files = dict(re.findall(r"^\s*(\S+) => (/\S+)", run("ldd", str(binary)), re.MULTILINE))
    return [(name, files[name]) for name in needed if name in files]


def owner(file: str) -> str:
    """The Debian package of a file; after the merge of /usr dpkg may know it by either path."""
    paths = [file, os.path.realpath(file), file.removeprefix("/usr"), "/usr" + file]
    for path in paths:
        answer = subprocess.run(["dpkg-query", "--search", path], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return answer.stdout.split(": ", 1)[0]
    raise SystemExit(f"sbom: no Debian package holds {file}")


def system_packages(binary: Path) -> list[dict[str, Any]]:
    """A component for each Debian package with a library that the executable asks for."""
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', Path("/etc/os-release").read_text(), re.MULTILINE))
    distro = f"{release['ID']}-{release.get('VERSION_ID', 'sid')}"
    by_package: dict[str, list[str]] = {}
    for name, file in libraries(binary):
        by_package.setdefault(owner(file), []).append(name)
    found = []
    for package, names in sorted(by_package.items()):
        version, architecture = run(
            "dpkg-query", "--show", "--showformat=${Version} ${Architecture}", package).split()
        plain = package.split(":")[0]
        quoted = version.replace("+", "%2B").replace(":", "%3A").replace("~", "~")
        purl = f"pkg:deb/{release['ID']}/{plain}@{quoted}?arch={architecture}&distro={distro}"
        found.append({
            "type": "library", "bom-ref": purl, "name": plain, "version": version, "purl": purl,
            "properties": [{"name": "linked:dynamic", "value": " ".join(names)}],
        })
    return found


def bom(options: argparse.Namespace) -> dict[str, Any]:
    """The whole document."""
    components = [*swift_packages(options.scratch), swift_runtime(), *system_packages(options.binary)]
    purl = f"pkg:generic/databricks-jobs-mcp@{options.version}"
    when = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), timezone.utc)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{purl}#{options.revision}')}",
        "metadata": {
            "timestamp": when.isoformat().replace("+00:00", "Z"),
            "component": {
                "type": "application", "bom-ref": purl, "name": "databricks-jobs-mcp", "version": options.version,
                "purl": purl, "licenses": [{"license": {"id": "MIT"}}],
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(options.binary.read_bytes()).hexdigest()}],
                "properties": [{"name": "vcs:revision", "value": options.revision}],
            },
        },
        "components": components,
        "dependencies": [{"ref": purl, "dependsOn": [component["bom-ref"] for component in components]}],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", required=True)
    parser.add_argument("--revision", required=True)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--binary", type=Path, required=True)
    json.dump(bom(parser.parse_args()), sys.stdout, indent=2)
    print()

"""Checks a bill of materials against its schema and against the executable that it describes.

usage: check_sbom.py SBOM EXECUTABLE
"""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def problems(sbom: Path, executable: Path) -> list[str]:
    """What is wrong, one line each."""
    text = sbom.read_text(encoding="utf-8")
    found = []
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        found.append(f"not CycloneDX 1.6: {error}")
    document = json.loads(text)
    subject = document["metadata"]["component"]
    if subject["hashes"][0]["content"] != hashlib.sha256(executable.read_bytes()).hexdigest():
        found.append("the hash is not the executable's")
    components = document["components"]
    listed = {
        name for component in components for entry in component.get("properties", [])
        if entry["name"] == "linked:dynamic" for name in entry["value"].split()
    }
    answer = subprocess.run(["objdump", "-p", str(executable)], check=True, capture_output=True, text=True).stdout
    needed = {name for name in re.findall(r"NEEDED\s+(\S+)", answer) if not name.startswith("ld-linux")}
    if needed - listed:
        found.append(f"no component has {', '.join(sorted(needed - listed))}")
    names = {component["name"] for component in components}
    for name in ("swift-nio", "swift-log", "swift"):
        if name not in names:
            found.append(f"{name} is linked in and not listed")
    for component in components:
        if component["purl"].startswith("pkg:swift/") and not component.get("licenses"):
            found.append(f"{component['name']} has no licence")
    return found


if __name__ == "__main__":
    found = problems(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(found))
    sys.exit(1 if found else 0)

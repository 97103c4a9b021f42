"""The files under version control and the shape of a finding."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Finding:
    """One thing to mend: where it is and what to do."""

    path: str
    line: int
    advice: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.advice}"


def files(*endings: str, under: tuple[str, ...] = ()) -> list[str]:
    """Paths of the files that git knows or would add, relative to the root, in a stable order."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()
    return sorted(
        path for path in listing
        if path.endswith(endings) and (not under or path.startswith(under)) and (ROOT / path).is_file()
    )


def lines(path: str) -> list[str]:
    """The lines of a file, without their ends."""
    return (ROOT / path).read_text(encoding="utf-8").splitlines()

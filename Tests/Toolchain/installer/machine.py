"""A fresh machine: a copy of the scripts with keys of its own, an empty home, and programs without Swift among them."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from installer.site import VERSION

ROOT = Path(__file__).resolve().parents[3]
#: Against hanging, not to measure anything: seconds that one command or one expected line may take.
PATIENCE = 120 * float(os.environ.get("TEST_PATIENCE", "1"))

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'

PROGRAMS = """awk bash cat chmod cp curl cut date df dirname env find flock gpg grep gzip head id ln make mkdir mktemp mount
    mv rm rmdir sed setsid sh sort tail tar touch tr uname unshare""".split()


def heed_signals() -> None:
    """In a child before it becomes the command: a shell cannot trap what was ignored when it began, as in the background."""
    for number in [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP]:
        signal.signal(number, signal.SIG_DFL)


class Machine:
    """One folder with all of it; `close` removes it."""

    def __init__(self, url: str, keys: bytes | None):
        """`keys` replaces the listed keys in the copy; None leaves the real ones."""
        self.folder = Path(tempfile.mkdtemp(prefix="fresh-"))
        self.tree, self.home, self.bin = self.folder / "tree", self.folder / "home", self.folder / "bin"
        self.temporary, self.release = self.folder / "tmp", self.folder / "os-release"
        for folder in [self.tree, self.home, self.bin, self.temporary]:
            folder.mkdir()
        shutil.copytree(ROOT / "Scripts", self.tree / "Scripts", ignore=shutil.ignore_patterns("checks", "__pycache__"))
        for name in [".swift-version", "Makefile"]:
            shutil.copy(ROOT / name, self.tree / name)
        assert (self.tree / ".swift-version").read_text(encoding="utf-8").strip() == VERSION, "site.VERSION is the pin"
        if keys is not None:
            (self.tree / "Scripts/toolchain/release-keys.asc").write_bytes(keys)
        self.release.write_text(DEBIAN, encoding="utf-8")
        self.link_programs()
        self.environment = {
            "PATH": str(self.bin), "HOME": str(self.home), "TMPDIR": str(self.temporary), "LANG": "C", "TERM": "dumb",
            "SWIFT_DOWNLOAD_URL": url, "OS_RELEASE_FILE": str(self.release), "no_proxy": "*",
        }

    def link_programs(self) -> None:
        """Only what a minimal Debian has, and curl, gpg and make: no Swift, whatever this machine has."""
        for name in PROGRAMS:
            found = shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
            assert found, f"this machine lacks {name}"
            (self.bin / name).symlink_to(found)

    def program(self, name: str, text: str | None) -> None:
        """Puts a script in the place of a program, or takes the program away."""
        (self.bin / name).unlink(missing_ok=True)
        if text is not None:
            (self.bin / name).write_text(text, encoding="utf-8")
            (self.bin / name).chmod(0o755)

    @property
    def data(self) -> Path:
        """Where the toolchain goes."""
        return self.home / ".local/share/databricks-jobs-mcp"

    @property
    def installed(self) -> Path:
        return self.data / f"swift-{VERSION}"

    def start(self, *command: str, **environment: str) -> subprocess.Popen:
        """Starts a command in the tree, without a terminal and in a process group of its own."""
        return subprocess.Popen(
            list(command), cwd=self.tree, env=self.environment | environment, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=heed_signals)

    def run(self, *command: str, **environment: str) -> tuple[int, str]:
        """Runs a command to its end; returns its status and all it said."""
        process = self.start(*command, **environment)
        output, _ = process.communicate(timeout=PATIENCE)
        return process.returncode, output

    def install(self, **environment: str) -> tuple[int, str]:
        """Runs the installer."""
        return self.run("Scripts/install-swift.sh", **environment)

    def leftovers(self) -> list[str]:
        """All that a failed installation left in the home and the temporary folder; the lock's empty file may stay."""
        found = [path for folder in [self.home, self.temporary] for path in folder.rglob("*")]
        return [
            str(path.relative_to(self.folder)) for path in found
            if path != self.data / ".lock" and not (path.is_dir() and path in [self.data, *self.data.parents])
        ]

    def close(self) -> None:
        shutil.rmtree(self.folder)

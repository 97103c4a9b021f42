"""A Debian machine with its own systemd: a root made of packages, booted by systemd-nspawn.

It has a network of its own with nothing but loopback, and its root is an overlay that is thrown away. systemd-nspawn and
not a container engine, because it starts an init as init: with its cgroups, its journal and a console.
"""

import ctypes
import hashlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from driver.patience import LONG, WHOLE, factor, wait_until
from driver.places import own_folder

ROOT = Path(__file__).resolve().parents[3]
WORK = ROOT / ".run" / "system"

#: What the package depends on, so that it installs without a network; python3 and curl are the tests' own.
PACKAGES = (
    "systemd", "systemd-sysv", "dbus", "init-system-helpers", "procps", "ca-certificates", "libcurl4", "libssl3",
    "libstdc++6", "libsystemd0", "netbase", "iproute2", "python3", "curl",
)
#: systemd-nspawn ends so when the machine rebooted itself.
REBOOTED = 133


def suite() -> str:
    """The Debian release of this machine, which the package was built for."""
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return next(line.split("=", 1)[1].strip('"') for line in lines if line.startswith("VERSION_CODENAME="))


def base_root() -> Path:
    """The folder with the root, made once for a list of packages; the machines write over it, never into it."""
    name = hashlib.sha256(" ".join((suite(), *PACKAGES)).encode()).hexdigest()[:12]
    folder = WORK / f"root-{name}"
    if folder.exists():
        return folder
    for old in [*WORK.glob("root-*"), *WORK.glob("unfinished-*")]:
        maker = old.name.removeprefix("unfinished-")
        if not (maker.isdigit() and Path("/proc", maker).exists()):
            shutil.rmtree(old)
    print(f"Making a {suite()} root of {len(PACKAGES)} packages and what they need (about a minute, once)", flush=True)
    WORK.mkdir(parents=True, exist_ok=True)
    unfinished = WORK / f"unfinished-{os.getpid()}"
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}", suite(), unfinished],
        check=True, stdin=subprocess.DEVNULL, timeout=WHOLE)
    try:
        unfinished.rename(folder)
    except OSError:
        assert folder.exists(), f"{unfinished} cannot become {folder}"
        shutil.rmtree(unfinished)  # another run was first
    return folder


class Cgroups:
    """The control groups that a machine runs in: everything in them ends with it."""

    #: Followed by the process that made them: other runs, of other folders too, have their own.
    PREFIX = "databricks-jobs-mcp-test-"

    def __init__(self, name: str) -> None:
        tops = self.tops()
        self.folders = [folder / name for folder in tops]
        self.unified = tops[0] / name

    @staticmethod
    def tops() -> list[Path]:
        """The unified hierarchy, and the second one that is there only where the host has the hybrid layout."""
        top = Path("/sys/fs/cgroup")
        unified = top if (top / "cgroup.controllers").exists() else top / "unified"
        return [folder for folder in (unified, top / "systemd") if folder.exists()]

    @classmethod
    def of_this_process(cls) -> "Cgroups":
        """New ones; what runs that were cut off have left is removed first."""
        left = {folder.name for top in cls.tops() for folder in top.glob(f"{cls.PREFIX}*")}
        for name in left:
            if not Path("/proc", name.removeprefix(cls.PREFIX)).exists():
                cls(name).remove()
        return cls(f"{cls.PREFIX}{os.getpid()}")

    def make(self) -> None:
        """Makes them, empty."""
        self.remove()
        for folder in self.folders:
            folder.mkdir()

    def enter(self) -> None:
        """Moves the calling process into them."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    def kill(self) -> None:
        """Ends every process in them."""
        if (self.unified / "cgroup.kill").exists():
            (self.unified / "cgroup.kill").write_text("1")

    def is_empty(self) -> bool:
        """Whether no process is left."""
        events = self.unified / "cgroup.events"
        return not events.exists() or "populated 0" in events.read_text()

    def remove(self) -> None:
        """Kills what is left and removes them, the innermost first."""
        self.kill()
        wait_until(self.is_empty, "the machine's processes to end")
        for top in self.folders:
            for folder, _, _ in os.walk(top, topdown=False):
                Path(folder).rmdir()


def die_with_parent() -> None:
    """Asks the kernel to end the calling process when the one that started it ends, however that happens."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class Machine:
    """One machine."""

    def __init__(self) -> None:
        self.base = base_root()
        #: Its layer, its console and what it leaves for the reader.
        self.work = own_folder(WORK / "run")
        self.folder = self.work / "machine"
        self.root = self.folder / "root"
        self.log = self.work / "console.log"
        self.cgroups = Cgroups.of_this_process()
        self.nspawn: subprocess.Popen[bytes] | None = None
        self.init = 0

    def prepare(self) -> None:
        """Lays an empty layer over the root."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("root", "upper", "work"):
            (self.folder / name).mkdir(parents=True)
        options = f"lowerdir={self.base},upperdir={self.folder}/upper,workdir={self.folder}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, self.root], check=True)
        self.log.unlink(missing_ok=True)

    def boot(self) -> None:
        """Starts its init and returns when it is up."""
        self.cgroups.make()
        command = [
            "systemd-nspawn", "--boot", "--quiet", f"--directory={self.root}", f"--machine=jobs-mcp-test-{os.getpid()}",
            "--register=no", "--keep-unit", "--private-network", "--console=pipe", "--capability=CAP_BPF,CAP_PERFMON,CAP_SYSLOG",
            "--system-call-filter=bpf @keyring",
        ]
        with self.log.open("ab") as log:
            self.nspawn = subprocess.Popen(
                command, env=os.environ | {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=self.enter, start_new_session=True)
        self.init = wait_until(self.find_init, "an init")
        wait_until(self.is_up, "the machine to boot")

    def enter(self) -> None:
        """What systemd-nspawn does before it is itself."""
        die_with_parent()
        self.cgroups.enter()

    def nspawn_lives(self) -> bool:
        """Whether the machine is there; its end is an error with its last words."""
        assert self.nspawn is not None
        assert self.nspawn.poll() is None, f"systemd-nspawn ended with {self.nspawn.returncode}:\n{self.tail()}"
        return True

    def find_init(self) -> int:
        """The child that is process 1 of its own namespace; 0 while there is none."""
        self.nspawn_lives()
        assert self.nspawn is not None
        for child in Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split():
            try:
                status = Path(f"/proc/{child}/status").read_text()
            except OSError:  # a helper that has ended meanwhile
                continue
            if re.search(r"^NSpid:.*\s1$", status, re.MULTILINE):
                return int(child)
        return 0

    def is_up(self) -> bool:
        """Whether its init has started everything."""
        self.nspawn_lives()
        return self.run("systemctl is-system-running", check=False).stdout.strip() in ("running", "degraded")

    def reboot(self) -> None:
        """Restarts it, as its own command does."""
        self.run("systemctl reboot", check=False)
        assert self.nspawn is not None
        status = self.nspawn.wait(LONG)
        assert status == REBOOTED, f"systemd-nspawn ended with {status}:\n{self.tail()}"
        self.boot()

    def tail(self, lines: int = 15) -> str:
        """The last lines of its console."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def run(
        self, command: str, *, check: bool = True, timeout: float = LONG, environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Runs a shell command inside as root."""
        done = subprocess.run(self.entered(command, environment), capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, check=False)
        if check and done.returncode:
            raise AssertionError(f"`{command}` ended with {done.returncode}:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
        return done

    def start(self, command: str) -> subprocess.Popen[str]:
        """Starts a shell command inside; its output is read from the process."""
        return subprocess.Popen(self.entered(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def entered(self, command: str, environment: Mapping[str, str] | None = None) -> list[str]:
        """The command line that runs `command` inside."""
        variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root"} | dict(environment or {})
        variables["TEST_PATIENCE"] = str(factor())
        return [
            "nsenter", "--target", str(self.init), "--mount", "--uts", "--ipc", "--net", "--pid", "--",
            "/usr/bin/env", "-i", *(f"{name}={value}" for name, value in variables.items()), "/bin/sh", "-c", f"cd /; {command}",
        ]

    def inside(self, path: str) -> Path:
        """A file of the machine as it is seen from here."""
        return Path(f"/proc/{self.init}/root{path}")

    def put(self, source: Path, target: str, mode: int = 0o644) -> None:
        """Copies a file into the machine."""
        copy = self.inside(target)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
        copy.chmod(mode)

    def write(self, target: str, text: str, mode: int = 0o644) -> None:
        """Writes a new file in the machine; an existing one keeps its mode and owner."""
        file = self.inside(target)
        is_new = not file.exists()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        if is_new:
            file.chmod(mode)

    def destroy(self) -> None:
        """Ends it, whatever state it is in, and takes everything away but the root for the next run."""
        try:
            if self.nspawn and self.nspawn.poll() is None:
                self.nspawn.send_signal(signal.SIGKILL)
            self.cgroups.remove()
            if self.nspawn:
                self.nspawn.wait(LONG)
        finally:
            if os.path.ismount(self.root):
                subprocess.run(["umount", "--lazy", self.root], check=False)
            shutil.rmtree(self.folder, ignore_errors=True)

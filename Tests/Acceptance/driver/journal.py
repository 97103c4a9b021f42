"""The real systemd-journald, alone, in a mount namespace of its own, with the servers that write to it."""

import json
import os
import shlex
import subprocess
from typing import Any

from driver.patience import LONG, end, wait_until
from driver.stand import WORK

JOURNALD = "/lib/systemd/systemd-journald"
FOLDER = "/run/log/journal"

#: What the namespace's first program does before it becomes journald: /run is private and empty.
PREPARE = f"mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal {FOLDER} && exec {JOURNALD}"


class Journal:
    """journald, from start to stop."""

    def __init__(self) -> None:
        self.is_root = os.geteuid() == 0
        unshare = ["unshare", "--mount", "--propagation", "private"] + ([] if self.is_root else ["--map-root-user"])
        with (WORK / "journald.log").open("wb") as log:
            self.child = subprocess.Popen(
                [*unshare, "sh", "-c", PREPARE], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(
            lambda: self.run("test -S /run/systemd/journal/socket && journalctl --sync").returncode == 0,
            "journald to listen")

    def launcher(self) -> list[str]:
        """A command that becomes another one within the namespace, in the same folder as before."""
        namespaces = [] if self.is_root else ["--user", "--preserve-credentials"]
        return [
            "nsenter", "--target", str(self.child.pid), "--mount", *namespaces,
            "sh", "-c", f'cd {shlex.quote(str(WORK))} && exec "$@"', "sh",
        ]

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Runs a script of the shell beside journald; its journalctl reads this journal and no other."""
        assert self.child.poll() is None, "journald has ended: " + (WORK / "journald.log").read_text()
        function = f'journalctl() {{ command journalctl --directory={FOLDER} --quiet "$@"; }}\n'
        if "--sync" in script:
            function = ""
        return subprocess.run(
            [*self.launcher(), "sh", "-c", function + script], capture_output=True, text=True, timeout=LONG, check=False)

    def entries(self, *matches: str) -> list[dict[str, Any]]:
        """The entries with these fields, the oldest first, long values included."""
        self.run("journalctl --sync")
        words = " ".join(shlex.quote(match) for match in matches)
        result = self.run(f"journalctl --all --output=json {words}")
        assert result.returncode == 0, result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]

    def everything(self) -> bytes:
        """The whole journal as it is exported, for a look at what must not be in it."""
        self.run("journalctl --sync")
        command = [*self.launcher(), "journalctl", f"--directory={FOLDER}", "--all", "--output=export"]
        return subprocess.run(command, check=True, capture_output=True, timeout=LONG).stdout

    def stop(self) -> None:
        """Ends it; what it held is gone with its /run."""
        end(self.child, "journald")

"""A command on a terminal of its own, as a person has it: keys are typed, and what is shown is read."""

import os
import pty
import select
import subprocess

from installer.machine import PATIENCE, Machine, heed_signals


class Terminal:
    """Runs one command; `shown` is all that it has shown so far."""

    def __init__(self, machine: Machine, *command: str, **environment: str):
        self.master, slave = pty.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            ["setsid", "--ctty", *command], cwd=machine.tree, env=machine.environment | environment,
            stdin=slave, stdout=slave, stderr=slave, preexec_fn=heed_signals)
        os.close(slave)

    def read(self) -> bool:
        """Reads what comes next; False when the command has closed the terminal."""
        ready, _, _ = select.select([self.master], [], [], PATIENCE)
        assert ready, f"nothing more was shown after: {self.shown}"
        try:
            data = os.read(self.master, 65536)
        except OSError:  # how Linux says that no process has the terminal any more
            return False
        self.shown += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)

    def wait_for(self, text: str, times: int = 1) -> None:
        """Returns once `text` has been shown so often."""
        while self.shown.count(text) < times:
            assert self.read(), f"{text!r} was not shown in: {self.shown}"

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> int:
        """Reads to the end; the command's status."""
        while self.read():
            pass
        os.close(self.master)
        return self.process.wait(PATIENCE)

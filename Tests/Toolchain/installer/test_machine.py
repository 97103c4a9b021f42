"""The machine: its distribution, its room, its rights, and what else runs on it."""

import os
import signal
import threading

from installer.case import Case
from installer.machine import PATIENCE
from installer.site import archive, noise, toolchain

#: Runs the installer with a small disk of its own in the place of its folder, and lists what is left there.
SMALL_DISK = """
    mount -t tmpfs -o size=2m none "$1" || exit 99
    status=0
    XDG_DATA_HOME=$1 Scripts/install-swift.sh || status=$?
    echo "left: $(cd "$1/databricks-jobs-mcp" && find . -mindepth 1 ! -name .lock | tr '\\n' ' ')."
    exit $status
"""


class MachineTests(Case):
    """Who is offered an archive, and where it goes."""

    def test_unknown_distribution(self):
        """a distribution without an archive is named, before anything is fetched"""
        for release in ['ID=fedora\nVERSION_ID=41\nPRETTY_NAME="Fedora Linux 41"\n', "ID=debian\nVERSION_ID=13\n",
                        "ID=debian\n", "", "ID='", None]:
            self.machine.release.unlink(missing_ok=True)
            if release is not None:
                self.machine.release.write_text(release, encoding="utf-8")
            self.assert_refused(self.machine.install(), "Debian 12, Ubuntu 22.04 and 24.04", "www.swift.org/install")
        self.assertEqual(self.site.asked, [])

    def test_unknown_processor(self):
        """a processor without an archive is named, before anything is fetched"""
        self.machine.program("uname", "#!/bin/sh\necho riscv64\n")
        self.assert_refused(self.machine.install(), "riscv64", "x86_64 and aarch64")
        self.assertEqual(self.site.asked, [])

    def test_missing_programs(self):
        """a program that it needs and make has not installed is named"""
        for name in ["curl", "gpg", "flock"]:
            self.machine.program(name, None)
            self.assert_refused(self.machine.install(), f"{name} is missing")
            (self.machine.bin / name).symlink_to(f"/usr/bin/{name}")

    def test_data_folder(self):
        """XDG_DATA_HOME moves it; a relative one is no answer"""
        elsewhere = self.machine.home / ".local/share/databricks-jobs-mcp/elsewhere"
        status, output = self.machine.install(XDG_DATA_HOME=str(elsewhere))
        self.assertEqual(status, 0, output)
        self.assertTrue((elsewhere / "databricks-jobs-mcp/swift-6.3.1/usr/bin/swift").is_file())
        status, output = self.machine.install(XDG_DATA_HOME="relative")
        self.assertEqual(status, 0, output)
        self.assertTrue((self.machine.installed / "usr/bin/swift").is_file())

    def test_no_right(self):
        """a folder that cannot be written to ends with what to do"""
        self.machine.data.parent.mkdir(parents=True)
        self.machine.data.write_text("a file")
        status, output = self.machine.install()
        self.assertEqual(status, 1, output)
        self.assertIn("Mend its rights, or set XDG_DATA_HOME", output)

    def test_twice(self):
        """a second installation fetches nothing; one that does not run is replaced"""
        self.assert_installed(self.machine.install())
        asked = len(self.site.asked)
        self.assert_installed(self.machine.install())
        self.assertEqual(len(self.site.asked), asked)
        (self.machine.installed / "usr/bin/swiftc").unlink()
        self.assert_installed(self.machine.install())


class RoomTests(Case):
    """A disk that is too small, seen before it is full and when it is."""

    def on_small_disk(self, body: bytes, **how) -> tuple[int, str]:
        self.site.offer(body, self.keys.sign(body, self.trusted), **how)
        disk = self.machine.folder / "disk"
        disk.mkdir(exist_ok=True)
        rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        outcome = self.machine.run("unshare", *rights, "--mount", "bash", "-c", SMALL_DISK, "_", str(disk))
        self.assertNotEqual(outcome[0], 99, "a small disk takes root, or user namespaces that are not forbidden")
        return outcome

    def test_before(self):
        """an archive for which there is too little room is not fetched"""
        outcome = self.on_small_disk(archive(toolchain(big=noise(500_000))))
        self.assert_refused(outcome, "needs 0.0 GB", "XDG_DATA_HOME", "left: .")
        self.assertNotIn(f"GET {self.site.path()}", self.site.asked)

    def test_while_fetching(self):
        """a disk that fills while it is fetched ends with that, and with nothing on it"""
        outcome = self.on_small_disk(archive(toolchain(big=noise(3_000_000))), head=405)
        self.assert_refused(outcome, "is full. Free some", "left: .")

    def test_while_unpacking(self):
        """a disk that fills while it is unpacked ends with that, and with nothing on it"""
        outcome = self.on_small_disk(archive(toolchain(big=bytes(8_000_000))))
        self.assert_refused(outcome, "is full. Free some", "left: .")


class InterruptionTests(Case):
    """Ends in the middle, and two runs at once."""

    def setUp(self):
        super().setUp()
        self.answer = self.site.offer(self.sound, self.signature, gate=threading.Event())

    def half(self):
        """An installation that has half of the archive."""
        process = self.machine.start("Scripts/install-swift.sh")
        self.assertTrue(self.answer.is_half_sent_to(process), "it ended before it asked for the archive")
        return process

    def test_signals(self):
        """SIGINT, SIGTERM and SIGHUP end a download at once and leave nothing"""
        for number, status in [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]:
            self.answer.half.clear()
            process = self.half()
            process.send_signal(number)
            output, _ = process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, status, output)
            self.assertEqual(self.machine.leftovers(), [], output)

    def test_killed(self):
        """what a killed run left is taken away by the next one"""
        process = self.half()
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
        self.assertTrue((self.machine.data / ".installing").is_dir())
        self.answer.gate.set()
        status, output = self.machine.install()
        self.assertEqual(status, 0, output)
        self.assertEqual(sorted(os.listdir(self.machine.data)), [".lock", "swift-6.3.1"])

    def test_two_at_once(self):
        """of two runs at once one fetches; the other waits, says so, and finds it installed"""
        first = self.half()
        second = self.machine.start("Scripts/install-swift.sh")
        self.assertIn("Another run is installing", second.stdout.readline())
        self.answer.gate.set()
        for process in [first, second]:
            output, _ = process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, 0, output)
        self.assertEqual(self.site.asked.count(f"GET {self.site.path()}"), 1)

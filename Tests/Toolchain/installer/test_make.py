"""The first command and later ones: bootstrap, packages, and which Swift is used."""

import os
import pwd

from installer.case import Case
from installer.terminal import Terminal

#: Notes what it is asked for and "installs" curl and gpg, which the machine lacks.
APT = """#!/bin/bash
echo "$*" >>"{folder}/apt.log"
[[ "$*" == *" install "* ]] || exit 0
for name in curl gpg; do [[ -e {bin}/$name ]] || ln -s /usr/bin/$name {bin}/$name; done
touch {folder}/has-packages
"""
#: Knows no package before that and all of them after.
DPKG = '#!/bin/bash\n[[ ! -e {folder}/has-packages ]] || printf installed\n'


class MakeTests(Case):
    """`make` on a machine with make and bash, and without Swift, curl and gpg."""

    def setUp(self):
        super().setUp()
        machine = self.machine
        bootstrap = machine.tree / "Scripts/bootstrap.sh"
        text = bootstrap.read_text(encoding="utf-8")
        # The machine that runs this test keeps its own policy.
        self.assertEqual(text.count("/usr/sbin/policy-rc.d"), 1)
        bootstrap.write_text(text.replace("/usr/sbin/policy-rc.d", f"{machine.folder}/policy"), encoding="utf-8")
        sudo = '#!/bin/sh\nexec "$@"\n'
        for name, script in {"apt-get": APT, "dpkg-query": DPKG, "pkg-config": "#!/bin/sh\n", "sudo": sudo}.items():
            machine.program(name, script.format(folder=machine.folder, bin=machine.bin))
        machine.program("curl", None)
        machine.program("gpg", None)

    def make(self, **environment: str) -> tuple[int, str]:
        return self.machine.run("make", "--no-print-directory", "build", **environment)

    def assert_built(self, outcome: tuple[int, str]) -> None:
        self.assert_installed(outcome)
        self.assertIn(f"called: {self.machine.installed}/usr/bin/swift build", outcome[1])

    def swift(self, version: str) -> None:
        """Puts a Swift of that version on PATH."""
        for name in ["swiftc", "swift-frontend"]:
            self.machine.program(name, f"#!/bin/sh\necho 'Swift version {version} (swift)'\n")
        self.machine.program("swift", '#!/bin/sh\necho "own: $*"\n')

    def test_first_and_later_commands(self):
        """make installs packages, then Swift, and builds with it; the next make has nothing to do but that"""
        outcome = self.make(SWIFT_INSTALL="yes")
        self.assert_built(outcome)
        self.assertLess(outcome[1].index("installing"), outcome[1].index("Fetching"))
        log = (self.machine.folder / "apt.log").read_text(encoding="utf-8")
        for package in ["curl", "gpg", "ca-certificates", "git", "binutils", "libstdc++-12-dev", "libedit2", "tzdata"]:
            self.assertIn(f" {package} ", f"{log} ")
        self.assertFalse((self.machine.folder / "policy").exists())
        self.site.asked.clear()
        self.assert_built(self.make())
        self.assertEqual(self.site.asked, [])
        self.assertEqual((self.machine.folder / "apt.log").read_text(encoding="utf-8"), log)

    def test_on_a_terminal(self):
        """on a terminal, make asks, and Enter is enough"""
        terminal = Terminal(self.machine, "make", "--no-print-directory", "build")
        terminal.wait_for("[Y/n] ")
        terminal.type("\n")
        self.assert_built((terminal.end(), terminal.shown))

    def test_refused(self):
        """without an answer make installs nothing at all, and fails"""
        for environment in [{}, {"SWIFT_INSTALL": "no"}]:
            status, output = self.make(**environment)
            self.assertEqual(status, 2, output)
            self.assertIn("Swift is not on PATH.", output)
        self.assertEqual(self.machine.leftovers(), [])
        self.assertFalse((self.machine.folder / "apt.log").exists())
        self.assertEqual(self.site.asked, [])

    def test_failed(self):
        """an archive that is refused ends make before it builds"""
        self.site.offer(self.sound, self.keys.sign(self.sound, self.stranger))
        status, output = self.make(SWIFT_INSTALL="yes")
        self.assertEqual(status, 2, output)
        self.assertIn("not to be trusted", output)
        self.assertNotIn("swift build", output)
        self.assertEqual(self.machine.leftovers(), [])

    def test_own_swift(self):
        """a Swift on PATH that fits is used, and comes before an installed one"""
        for version in ["6.3", "6.3.2", "6.10", "7.0"]:
            self.swift(version)
            status, output = self.make()
            self.assertEqual(status, 0, output)
            self.assertIn("own: build", output)
        self.assertEqual(self.site.asked, [])
        for name in ["swift", "swiftc", "swift-frontend"]:
            self.machine.program(name, None)
        self.assert_built(self.make(SWIFT_INSTALL="yes"))
        self.swift("6.4")
        self.assertIn("own: build", self.make()[1])

    def test_old_swift(self):
        """a Swift on PATH that is too old or does not run comes after the installed one"""
        for version, reason in [
            ("6.2.4", "Swift 6.2 is too old: this project needs 6.3."), ("none", "swiftc does not run."),
        ]:
            self.swift(version)
            self.assertIn(reason, self.make()[1])
        self.assert_built(self.make(SWIFT_INSTALL="yes"))
        self.assert_built(self.make())
        # Also where the folder is on PATH already, behind the old one.
        self.assert_built(self.make(PATH=f"{self.machine.bin}:{self.machine.installed}/usr/bin"))

    def test_no_home(self):
        """without HOME the user's own folder is still found"""
        command = ["env", "-u", "HOME", "bash", "-c", "source Scripts/common.sh && toolchains"]
        home = pwd.getpwuid(os.getuid()).pw_dir
        self.assertEqual(self.machine.run(*command), (0, f"{home}/.local/share/databricks-jobs-mcp"))

"""What the tests share: keys and a sound archive for all of them, a site and a machine for each."""

import unittest

from installer.keys import Keyring, key_file
from installer.machine import Machine
from installer.site import Site, archive, toolchain


class Case(unittest.TestCase):
    """A test with a site that offers a sound archive for Debian 12, signed by a key that the machine's tree lists."""

    @classmethod
    def setUpClass(cls):
        cls.keys = Keyring()
        cls.addClassCleanup(cls.keys.close)
        cls.trusted = cls.keys.make("Trusted <trusted@example.com>")
        cls.stranger = cls.keys.make("Stranger <stranger@example.com>")
        cls.sound = archive(toolchain())
        cls.signature = cls.keys.sign(cls.sound, cls.trusted)

    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.close)
        self.site.offer(self.sound, self.signature)
        self.machine = self.fresh(key_file(self.keys.export(self.trusted), self.trusted))

    def fresh(self, keys: bytes | None) -> Machine:
        """A machine of this test's, that knows the site."""
        machine = Machine(self.site.url, keys)
        self.addCleanup(machine.close)
        return machine

    def assert_refused(self, outcome: tuple[int, str], *texts: str, machine: Machine | None = None) -> None:
        """The command failed, said all of these, and left nothing behind."""
        status, output = outcome
        self.assertEqual(status, 1, output)
        for text in texts:
            self.assertIn(text, " ".join(output.split()))
        self.assertEqual((machine or self.machine).leftovers(), [], output)

    def assert_installed(self, outcome: tuple[int, str], machine: Machine | None = None) -> None:
        """The command succeeded, and the toolchain is all that is new in the home."""
        status, output = outcome
        machine = machine or self.machine
        self.assertEqual(status, 0, output)
        self.assertTrue((machine.installed / "usr/bin/swiftc").is_file(), output)
        toolchain = str(machine.installed.relative_to(machine.folder))
        self.assertEqual([name for name in machine.leftovers() if not name.startswith(toolchain)], [], output)

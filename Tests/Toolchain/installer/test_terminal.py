"""The question, on a terminal and without one."""

import threading

from installer.case import Case
from installer.terminal import Terminal

ASK = ["Scripts/install-swift.sh", "--ask", "Swift is not on PATH."]
QUESTION = "Install it? [Y/n] "


class QuestionTests(Case):
    """Scripts/install-swift.sh --ask"""

    def asked(self, *answers: str) -> tuple[int, str]:
        """The status and what was shown, when these keys are typed, each at a question of its own."""
        terminal = Terminal(self.machine, *ASK)
        for number, keys in enumerate(answers, start=1):
            terminal.wait_for(QUESTION, number)
            terminal.type(keys)
        return terminal.end(), terminal.shown

    def test_yes(self):
        """y, yes and Enter are a yes; a wrong answer is asked again; nothing is fetched by asking"""
        for answers in [("y\n",), ("YES\n",), ("\n",), ("what?\n", "y\n")]:
            status, shown = self.asked(*answers)
            self.assertEqual(status, 0, shown)
        for text in ["is not on PATH.", self.site.url, str(self.machine.installed), "Debian GNU/Linux 12", "1 GB"]:
            self.assertIn(text, shown)
        self.assertEqual(self.site.asked, [])

    def test_no(self):
        """n, no, the end of input and three wrong answers are a no, which says what to do instead"""
        for answers in [("n\n",), ("No\n",), ("\x04",), ("a\n", "b\n", "c\n")]:
            self.assert_refused(self.asked(*answers), "Swift was not installed. Install Swift 6.3 or later from")

    def test_control_c(self):
        """Ctrl-C at the question ends it"""
        status, shown = self.asked("\x03")
        self.assertNotEqual(status, 0, shown)
        self.assertEqual(self.machine.leftovers(), [])

    def test_variable_on_a_terminal(self):
        """SWIFT_INSTALL answers on a terminal too"""
        for value, status in [("yes", 0), ("no", 1)]:
            terminal = Terminal(self.machine, *ASK, SWIFT_INSTALL=value)
            self.assertEqual(terminal.end(), status, terminal.shown)
            self.assertNotIn(QUESTION, terminal.shown)

    def test_without_a_terminal(self):
        """without a terminal only SWIFT_INSTALL=yes is a yes, and each refusal says so"""
        self.assertEqual(self.machine.run(*ASK, SWIFT_INSTALL="yes"), (0, ""))
        for environment, text in [
            ({}, "no terminal to ask on: SWIFT_INSTALL=yes"),
            ({"SWIFT_INSTALL": "no"}, "SWIFT_INSTALL=yes has it installed"),
            ({"SWIFT_INSTALL": "y"}, "it can be yes, no or unset"),
        ]:
            self.assert_refused(self.machine.run(*ASK, **environment), text)

    def test_unknown_machine(self):
        """a machine without an archive is not asked, and its owner is told what to do"""
        self.machine.release.write_text('ID=fedora\nPRETTY_NAME="Fedora Linux 41"\n', encoding="utf-8")
        terminal = Terminal(self.machine, *ASK)
        self.assert_refused((terminal.end(), terminal.shown), "Fedora Linux 41", "Install Swift 6.3 or later")
        self.assertNotIn(QUESTION, terminal.shown)


class ProgressTests(Case):
    """The installation itself on a terminal."""

    def test_progress(self):
        """a terminal is shown how far the download is, a log is not"""
        terminal = Terminal(self.machine, "Scripts/install-swift.sh")
        self.assert_installed((terminal.end(), terminal.shown))
        self.assertIn("100.0%", terminal.shown)
        machine = self.fresh((self.machine.tree / "Scripts/toolchain/release-keys.asc").read_bytes())
        self.assertNotIn("%", machine.install()[1])

    def test_control_c(self):
        """Ctrl-C in the middle of the download ends it and leaves nothing"""
        answer = self.site.offer(self.sound, self.signature, gate=threading.Event())
        terminal = Terminal(self.machine, "Scripts/install-swift.sh")
        self.assertTrue(answer.is_half_sent_to(terminal.process))
        terminal.type("\x03")
        self.assertEqual(terminal.end(), 130, terminal.shown)
        self.assertEqual(self.machine.leftovers(), [], terminal.shown)

"""What is fetched: whom it was signed by, whether it is whole, and whether it is what it should be."""

import re
import socket
import subprocess

from installer import keys as k
from installer.case import Case
from installer.keys import key_file
from installer.machine import ROOT
from installer.site import Answer, archive, toolchain


class SignatureTests(Case):
    """Only a listed key's signature of exactly these bytes, made in the key's time, is good for anything."""

    def offer(self, fingerprint: str, **when) -> None:
        self.site.offer(self.sound, self.keys.sign(self.sound, fingerprint, **when))

    def lapsed(self) -> str:
        return self.keys.make(f"Lapsed <{self.id()}@example.com>", at=k.MADE)

    def test_listed(self):
        """a listed key's archive is installed, and says by whom it was signed"""
        outcome = self.machine.install()
        self.assert_installed(outcome)
        self.assertIn(self.trusted, outcome[1])

    def test_other_bytes(self):
        """an archive that was changed after it was signed is refused"""
        self.site.offer(archive(toolchain(extra=b"x")), self.signature)
        self.assert_refused(self.machine.install(), "not the one that was signed", "was deleted")

    def test_stranger(self):
        """an archive that a stranger signed is refused"""
        self.offer(self.stranger)
        self.assert_refused(self.machine.install(), "key that is not listed", self.stranger[-16:])

    def test_stranger_published(self):
        """a stranger's key that the mirror publishes among the keys is not taken for that"""
        self.offer(self.stranger)
        self.site.answers["/keys/all-keys.asc"] = Answer(self.keys.export(self.stranger))
        self.assert_refused(self.machine.install(), "key that is not listed", self.stranger)

    def test_mirror_has_no_say(self):
        """with the real list, a mirror's own key is refused, however loudly it is asked for"""
        machine = self.fresh(None)
        self.site.answers["/keys/all-keys.asc"] = Answer(self.keys.export(self.trusted))
        outcome = machine.install(SWIFT_INSTALL="yes", GNUPGHOME=str(self.keys.home), KEYS="x", keys="x")
        self.assert_refused(outcome, "key that is not listed", self.trusted, machine=machine)

    def test_two_signatures(self):
        """a file with a stranger's signature beside the listed key's is refused"""
        for pair in [(self.trusted, self.stranger), (self.stranger, self.trusted)]:
            self.site.offer(self.sound, self.keys.sign(self.sound, *pair))
            self.assert_refused(self.machine.install(), "as its signature is none")

    def test_no_signature(self):
        """a page of text in the place of the signature is refused"""
        self.site.offer(self.sound, b"<html>Sign in to the network</html>")
        self.assert_refused(self.machine.install(), "as its signature is none")

    def test_revoked(self):
        """a revocation that is published counts, though the list knows nothing of it"""
        fingerprint = self.keys.make("Revoked <revoked@example.com>")
        self.offer(fingerprint)
        machine = self.fresh(key_file(self.keys.export(fingerprint), fingerprint))
        self.keys.revoke(fingerprint)
        self.site.answers["/keys/all-keys.asc"] = Answer(self.keys.export(fingerprint))
        self.assert_refused(machine.install(), "has been revoked", machine=machine)

    def test_signed_before_expiry(self):
        """a key that has expired since does not unmake what it signed in its time"""
        fingerprint = self.lapsed()
        self.offer(fingerprint, at=k.SIGNED)
        self.keys.expire(fingerprint)
        machine = self.fresh(key_file(self.keys.export(fingerprint), fingerprint))
        outcome = machine.install()
        self.assert_installed(outcome, machine)
        self.assertIn("signed on 2020-01-10", outcome[1])
        self.assertIn(f"before that key expired on {k.EXPIRED}", outcome[1])

    def test_signed_after_expiry(self):
        """what a key signed after its time is refused"""
        fingerprint = self.lapsed()
        self.offer(fingerprint)
        self.keys.expire(fingerprint)
        machine = self.fresh(key_file(self.keys.export(fingerprint), fingerprint))
        self.assert_refused(machine.install(), f"by a key that had expired on {k.EXPIRED}", machine=machine)

    def test_expiry_extended(self):
        """a later date of expiry that is published counts, though the list has the earlier one"""
        fingerprint = self.lapsed()
        self.offer(fingerprint)
        self.keys.expire(fingerprint)
        machine = self.fresh(key_file(self.keys.export(fingerprint), fingerprint))
        self.keys.gpg("--quick-set-expire", fingerprint, "never")
        self.site.answers["/keys/all-keys.asc"] = Answer(self.keys.export(fingerprint))
        self.assert_installed(machine.install(), machine)

    def test_published_keys_are_optional(self):
        """without published keys, or with rubbish in their place, the listed ones do, and that is said"""
        self.assertIn("going on with the keys of this repository", self.machine.install()[1])
        machine = self.fresh(key_file(self.keys.export(self.trusted), self.trusted))
        self.site.answers["/keys/all-keys.asc"] = Answer(b"rubbish")
        outcome = machine.install()
        self.assert_installed(outcome, machine)
        self.assertIn("holds no keys", outcome[1])

    def test_real_list(self):
        """the repository's own list holds one key, and it is the listed one"""
        path = ROOT / "Scripts/toolchain/release-keys.asc"
        listed = [line.replace(" ", "") for line in re.findall("^Fingerprint: (.*)$", path.read_text(), re.MULTILINE)]
        shown = subprocess.run(
            ["gpg", "--homedir", self.keys.home, "--batch", "--with-colons", "--show-keys", path],
            capture_output=True, check=True, text=True).stdout
        self.assertEqual(re.findall(r"^fpr:+([0-9A-F]{40}):", shown, re.MULTILINE), listed)
        self.assertEqual(listed, ["52BB7E3DE28A71BE22EC05FFEF80A866B47A981F"])


class ArchiveTests(Case):
    """An archive that does not arrive, or is not what it should be."""

    def sign(self, body: bytes, **how) -> None:
        self.site.offer(body, self.keys.sign(body, self.trusted), **how)

    def test_paths(self):
        """each supported machine is given the archive that download.swift.org has for it"""
        for release, processor, platform in [
            ("debian 12", "x86_64", "debian12"), ("debian 12", "aarch64", "debian12-aarch64"),
            ("ubuntu 22.04", "x86_64", "ubuntu22.04"), ("ubuntu 22.04", "aarch64", "ubuntu22.04-aarch64"),
            ("ubuntu 24.04", "x86_64", "ubuntu24.04"), ("ubuntu 24.04", "aarch64", "ubuntu24.04-aarch64"),
        ]:
            name, number = release.split()
            self.machine.release.write_text(f'ID={name}\nVERSION_ID="{number}"\n', encoding="utf-8")
            self.machine.program("uname", f"#!/bin/sh\necho {processor}\n")
            self.site.answers.clear()
            self.assert_refused(self.machine.install(), "HTTP status 404", "https://www.swift.org/install/linux/")
            self.assertEqual(self.site.asked.pop(), f"GET {self.site.path(platform)}.sig")

    def test_archive_missing(self):
        """a signature without its archive ends with the status and the mirror's variable"""
        del self.site.answers[self.site.path()]
        self.assert_refused(self.machine.install(), "HTTP status 404", "SWIFT_DOWNLOAD_URL")

    def test_no_network(self):
        """a refused connection ends with what to look at"""
        with socket.socket() as bound:  # and not listening, so that nothing else takes the port
            bound.bind(("127.0.0.1", 0))
            outcome = self.machine.install(SWIFT_DOWNLOAD_URL=f"http://127.0.0.1:{bound.getsockname()[1]}")
        self.assert_refused(outcome, "curl's status 7", "https_proxy", "Nothing was installed")

    def test_other_protocols(self):
        """an address that is neither http nor https is refused"""
        outcome = self.machine.install(SWIFT_DOWNLOAD_URL=f"file://{self.machine.folder}")
        self.assert_refused(outcome, "curl's status 1)")

    def test_cut_off(self):
        """a connection that ends in the middle is told from a wrong archive"""
        self.site.offer(self.sound, self.signature, cut=True)
        self.assert_refused(self.machine.install(), "ended in the middle", "Try again")

    def test_broken(self):
        """an archive that tar does not read is refused, signed or not"""
        for body in [b"no archive", self.sound[:-100]]:
            self.sign(body)
            self.assert_refused(self.machine.install(), "could not be unpacked")

    def test_other_content(self):
        """an archive with another version, without a compiler or with one that does not run is refused"""
        for files, text in [
            (toolchain("6.2.4"), "Swift version 6.2.4"), (toolchain("6.3.10"), "6.3.10"),
            ({"usr/bin/other": ""}, "No such file"),
            ({"usr/bin/swiftc": "#!/bin/sh\necho 'libedit.so.2: no such file' >&2\nexit 127\n"}, "libedit.so.2"),
        ]:
            self.sign(archive(files))
            self.assert_refused(self.machine.install(), "is not Swift 6.3.1 for this machine", text)

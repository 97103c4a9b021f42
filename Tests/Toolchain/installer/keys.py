"""Keys for one run, in a keyring of their own, and what they sign; nothing of them is left afterwards."""

import shutil
import subprocess
import tempfile
from pathlib import Path

#: When the keys that have expired were made, when they signed, when their owner ended them, and when that was.
MADE, SIGNED, ENDED, EXPIRED = "20200101T000000", "20200110T000000", "20200105T000000", "2020-02-01"


class Keyring:
    """gpg with a home of its own. Its path is short: the agent's socket has to fit into 107 characters."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="k", dir="/tmp"))
        self.home.chmod(0o700)

    def close(self) -> None:
        """Ends the agent that signed, which is this keyring's own."""
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], check=False)
        shutil.rmtree(self.home)

    def gpg(self, *arguments: str, at: str | None = None, data: bytes | None = None) -> bytes:
        """Runs gpg, at another time when one is given, and returns its output."""
        clock = ["--faked-system-time", at] if at else []
        done = subprocess.run(
            ["gpg", "--homedir", self.home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "",
             *clock, *arguments], input=data, capture_output=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"gpg {arguments}: {done.stderr.decode()}")
        return done.stdout

    def make(self, name: str, at: str | None = None) -> str:
        """Makes a key that signs and never expires; returns its fingerprint."""
        self.gpg("--quick-generate-key", name, "ed25519", "sign", "never", at=at)
        listing = self.gpg("--with-colons", "--list-keys", name).decode().splitlines()
        return next(line.split(":")[9] for line in listing if line.startswith("fpr:"))

    def sign(self, data: bytes, *fingerprints: str, at: str | None = None) -> bytes:
        """A detached signature of `data` by all of these keys."""
        users = [word for fingerprint in fingerprints for word in ("--local-user", fingerprint + "!")]
        return self.gpg("--detach-sign", *users, at=at, data=data)

    def export(self, *fingerprints: str) -> bytes:
        """The public keys as text."""
        return self.gpg("--armor", "--export", *fingerprints)

    def expire(self, fingerprint: str) -> None:
        """Lets a key that was made at MADE end on EXPIRED, as its owner decided at ENDED."""
        self.gpg("--quick-set-expire", fingerprint, EXPIRED, at=ENDED)

    def revoke(self, fingerprint: str) -> None:
        """Revokes a key with the certificate that gpg made along with it."""
        certificate = (self.home / "openpgp-revocs.d" / f"{fingerprint}.rev").read_text(encoding="utf-8")
        self.gpg("--import", data=certificate.replace(":-----BEGIN", "-----BEGIN").encode())


def key_file(block: bytes, *fingerprints: str) -> bytes:
    """The form of Scripts/toolchain/release-keys.asc."""
    return "".join(f"Fingerprint: {fingerprint}\n" for fingerprint in fingerprints).encode() + b"\n" + block

"""Certificates for gates that speak TLS: a good one, and one for each way in which one can be bad."""

import ssl
import subprocess
from pathlib import Path

from driver.patience import LONG

#: What stands in each: validity in days, name, and who signs.
KINDS = {
    "good": ("2", "IP:127.0.0.1", "authority"),
    "expired": ("-1", "IP:127.0.0.1", "authority"),
    "wrong-host": ("2", "DNS:elsewhere.example", "authority"),
    "untrusted": ("2", "IP:127.0.0.1", "stranger"),
}


class Certificates:
    """An authority that the server trusts, one that it does not, and what both have signed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("authority", "stranger"):
            self._openssl("req", "-x509", *NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2",
                          "-subj", f"/CN={name}")
        self.authority = folder / "authority.pem"

    def context(self, kind: str) -> ssl.SSLContext:
        """For a listener with that kind of certificate."""
        days, name, signer = KINDS[kind]
        (self.folder / "names").write_text(f"subjectAltName={name}\n")
        self._openssl("req", *NEW_KEY, "-keyout", f"{kind}.key", "-out", f"{kind}.csr", "-subj", f"/CN={kind}")
        self._openssl("x509", "-req", "-in", f"{kind}.csr", "-CA", f"{signer}.pem", "-CAkey", f"{signer}.key",
                      "-CAcreateserial", "-days", days, "-extfile", "names", "-out", f"{kind}.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{kind}.pem", self.folder / f"{kind}.key")
        return context

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(
            ["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, timeout=LONG)


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

"""The last check of a run: nothing secret that was in use stands in any server's log (E-152)."""

import re
from urllib.parse import quote

from driver.report import Report
from driver.stand import WORK, Stand

#: Shorter parts of a token occur by chance; signatures and payloads are much longer.
SHORTEST = 16
#: The beginning of a JSON object in base64url: where every JWT starts.
JWT = re.compile(r"eyJ[A-Za-z0-9_-]{12,}")


def check(report: Report, stand: Stand) -> None:
    """Reads the logs of all servers of the run; the sandbox may write what it likes."""
    report.section("Logs")
    logs = {path.name: path.read_text(errors="replace") for path in WORK.glob("*.log") if path.name != "sandbox.log"}
    secrets = {part for secret in stand.secrets for part in parts(secret)}
    with report.check(f"none of {len(stand.secrets)} tokens, codes and secrets is in the logs of {len(logs)} servers"):
        assert len(stand.secrets) > 80, "too little was in use for this to mean much"
        for name, log in logs.items():
            found = [secret for secret in secrets if secret in log]
            assert not found, f"{name} holds {len(found)} of them, one begins with {found[0][:6]}..."
    with report.check("no log holds anything that looks like a token"):
        for name, log in logs.items():
            match = JWT.search(log)
            assert match is None, f"{name}: {match[0][:12]}..."


def parts(secret: str) -> list[str]:
    """The secret, plain and as a form carries it, and a token's segments: a payload or a signature is as bad."""
    return [part for part in {secret, quote(secret, safe=""), *secret.split(".")} if len(part) >= SHORTEST]

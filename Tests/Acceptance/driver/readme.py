"""The commands that README.md and docs/sign-in.md show work as printed."""

import re
import subprocess
from urllib.parse import urlencode

from driver.patience import LONG
from driver.report import Report
from driver.stand import BINARIES, ROOT, Stand
from driver.web import request

#: What Entra ID answers to clients before any token exists (E-139).
SIGN_IN_CODES = [
    9010010, 901002, 500011, 650053, 900144, 90009, 70011, 7000218, 700025, 9002326, 9002327, 50011, 65001, 50105, 53003,
]
API = "a1000000-0000-4000-8000-000000000001"


def check(report: Report, stand: Stand) -> None:
    """Runs the blocks of commands with this run's ports in place of the default ones."""
    report.section("Documented commands")
    with report.check("docs/sign-in.md, 'Without a tenant': the sandbox takes the address and allows its sign-in"):
        registers_the_address(stand)
    with report.check("docs/sign-in.md has every step of the set-up (E-135), docs/troubleshooting.md every code (E-139)"):
        guide, codes, script = ((ROOT / name).read_text() for name in (
            "docs/sign-in.md", "docs/troubleshooting.md", "deploy/entra/register-app.sh"))
        steps = [
            "requestedAccessTokenVersion", "identifierUris", "`jobs`", "Jobs.Read", "Jobs.Run", "idtyp", "acct", "xms_cc",
            "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d", "preAuthorizedApplications", "aebc6443-996d-45c2-90f0-388ff96faa56",
        ]
        assert not (missing := [step for step in steps if step not in guide]), missing
        assert not (missing := [step for step in steps if step.strip("`") not in script]), missing
        assert not (missing := [code for code in SIGN_IN_CODES if f"### AADSTS{code}\n" not in codes]), missing
    with report.check("README.md, 'Talk to it': the commands work"):
        text = (ROOT / "README.md").read_text()
        block = re.search(r"## Talk to it\n.*?```sh\n(.*?)```", text, re.DOTALL)[1]
        assert block.count("curl ") >= 4, block
        for printed, actual in [
            (".build/debug/databricks-sandbox token", f"{BINARIES}/databricks-sandbox token --url {stand.url}"),
            ("http://localhost:8000", stand.server.base),
            ("http://127.0.0.1:9464", stand.server.metrics),
        ]:
            assert printed in block, f"{printed} is not in the block any more"
            block = block.replace(printed, actual)
        shell = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block], cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False)
        assert shell.returncode == 0, shell.stderr + shell.stdout
        for expected in ("get_run_output", "412345678901234", '"authorization_servers"', "duration_seconds_count"):
            assert expected in shell.stdout, f"{expected} is not in the output:\n{shell.stdout[-1500:]}"


def registers_the_address(stand: Stand) -> None:
    """The command answers that it worked, and an authorization request with that `resource` is approved."""
    text = (ROOT / "docs/sign-in.md").read_text()
    block = re.search(r"## Without a tenant.*?```sh\n(.*?)```", text, re.DOTALL)[1]
    assert "http://127.0.0.1:9100" in block and "http://localhost:8000/mcp" in block, block
    command = block.replace("http://127.0.0.1:9100", stand.url)
    shell = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], capture_output=True, text=True, timeout=LONG, check=False)
    query = urlencode({
        "client_id": "c1000000-0000-4000-8000-000000000002", "response_type": "code", "code_challenge": "x" * 43,
        "redirect_uri": "http://127.0.0.1:33418/", "scope": f"api://{API}/jobs", "resource": "http://localhost:8000/mcp",
    })
    try:
        assert '"ok"' in shell.stdout, shell.stdout + shell.stderr
        reply = request("GET", f"{stand.url}/{stand.environment['AZURE_TENANT_ID']}/oauth2/v2.0/authorize?{query}")
        assert reply.status == 302 and "?code=" in reply.headers["location"], reply
    finally:
        stand.control("POST", f"apps/{API}", {"identifier_uris": [f"api://{API}"]})

"""The commands that README.md shows work as printed."""

import re
import subprocess

from driver.report import Report
from driver.stand import BINARIES, ROOT, Stand


def check(report: Report, stand: Stand) -> None:
    """Runs the shell block of "Talk to it", with this run's ports in place of the default ones."""
    report.section("README")
    with report.check("the commands under 'Talk to it' work"):
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
            ["bash", "-euo", "pipefail", "-c", block], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert shell.returncode == 0, shell.stderr + shell.stdout
        for expected in ("get_run_output", "412345678901234", '"authorization_servers"', "duration_seconds_count"):
            assert expected in shell.stdout, f"{expected} is not in the output:\n{shell.stdout[-1500:]}"

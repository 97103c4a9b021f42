"""Runs the published clients, each in its own virtual environment."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from driver.report import Report
from driver.stand import Stand

HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class PublishedClient:
    """A client library in one of its modes."""

    title: str
    environment: str
    adapter: str
    mode: str
    protocol_version: str


CLIENTS = [
    PublishedClient("mcp 2.3.0, automatic mode", "mcp-2", "current-sdk", "auto", "2026-07-28"),
    PublishedClient("mcp 2.3.0, legacy mode", "mcp-2", "current-sdk", "legacy", "2025-11-25"),
    PublishedClient("mcp 1.27.2", "mcp-1", "previous-sdk", "-", "2025-11-25"),
    PublishedClient("fastmcp-slim 4.1.6", "fastmcp", "fastmcp", "auto", "2026-07-28"),
]

#: Checks that every client makes; a client that dies early has failed the ones it did not come to.
STEPS = 13


def run(report: Report, stand: Stand, client: PublishedClient) -> None:
    """Puts one client through the scenario."""
    report.section(client.title)
    python = HERE / f".venv-{client.environment}" / "bin" / "python"
    process = subprocess.run(
        [python, "-m", "client", client.adapter, client.mode, client.protocol_version, stand.server.endpoint],
        cwd=HERE, input=stand.token("alice"), capture_output=True, text=True, timeout=300, check=False,
    )
    seen = 0
    for line in process.stdout.splitlines():
        if line.startswith("{"):
            check = json.loads(line)
            report.record(check["name"], check["problem"])
            seen += 1
    if seen != STEPS or process.returncode != 0:
        report.record(
            f"{client.title} ran to its end",
            f"{seen} of {STEPS} checks, exit status {process.returncode}\n{process.stderr[-1500:]}",
        )

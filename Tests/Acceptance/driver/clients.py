"""Runs the published clients, each in its own virtual environment."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from driver.patience import LONG, WHOLE
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
    PublishedClient("mcp 2.3.0, pinned to 2026-07-28", "mcp-2", "current-sdk", "2026-07-28", "2026-07-28"),
    PublishedClient("mcp 1.30.0", "mcp-1", "previous-sdk", "-", "2025-11-25"),
    PublishedClient("fastmcp-slim 4.2.3", "fastmcp", "fastmcp", "auto", "2026-07-28"),
    PublishedClient("langchain-mcp-adapters 0.3.2", "langchain", "langchain", "-", "2025-11-25"),
]

#: Checks that every client makes; a client that dies early has failed the ones it did not come to.
STEPS = 14


def run(report: Report, stand: Stand, client: PublishedClient) -> None:
    """Puts one client through the scenario."""
    report.section(client.title)
    follow(report, client, "client", stand.server.endpoint, stand.token("alice"), STEPS)
    # The others show the status alone, whatever the answer says.
    if client.environment in ("mcp-2", "fastmcp"):
        with report.check("an expired token: the client shows the server's sentence"):
            text = refused(stand, client)
            assert "The access token expired" in text, text


def refused(stand: Stand, client: PublishedClient) -> str:
    """What the client says when its token is not taken."""
    python = HERE / f".venv-{client.environment}" / "bin" / "python"
    return subprocess.run(
        [python, "-m", "client.refused", client.adapter, client.mode, client.protocol_version, stand.server.endpoint],
        cwd=HERE, input=stand.order(user="alice", flaw="expired"), capture_output=True, text=True, timeout=LONG, check=False,
    ).stdout


def follow(report: Report, client: PublishedClient, module: str, endpoint: str, token: str, steps: int) -> None:
    """Runs a scenario of the client's, which prints one line per check, and takes its checks over."""
    python = HERE / f".venv-{client.environment}" / "bin" / "python"
    process = subprocess.run(
        [python, "-m", module, client.adapter, client.mode, client.protocol_version, endpoint],
        cwd=HERE, input=token, capture_output=True, text=True, timeout=WHOLE, check=False,
    )
    seen = 0
    for line in process.stdout.splitlines():
        if line.startswith("{"):
            check = json.loads(line)
            report.record(check["name"], check["problem"])
            seen += 1
    if seen != steps or process.returncode != 0:
        report.record(
            f"{client.title} ran to its end",
            f"{seen} of {steps} checks, exit status {process.returncode}\n{process.stderr[-1500:]}",
        )

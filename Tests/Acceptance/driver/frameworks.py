"""Runs agent frameworks, each in its own virtual environment: every one of them must take the tools' schemas."""

import json
import subprocess

from driver.clients import HERE
from driver.patience import WHOLE
from driver.report import Report
from driver.stand import Stand

#: Environments, which are also the names of the adapters, with the packages as people know them.
FRAMEWORKS = {
    "semantic-kernel": "semantic-kernel 1.45.0", "autogen": "autogen-ext 0.7.5", "google-genai": "google-genai 3.6.1",
    "openai-agents": "openai-agents 0.24.0", "pydantic-ai": "pydantic-ai 2.68.0",
    "agent-framework": "agent-framework 1.23.0", "llama-index": "llama-index-tools-mcp 0.6.0",
}

#: Checks that every framework makes; one that dies early has failed those it did not come to.
STEPS = 5


def check(report: Report, stand: Stand) -> None:
    """Puts every framework through the same checks."""
    for name, title in FRAMEWORKS.items():
        report.section(title)
        python = HERE / f".venv-{name}" / "bin" / "python"
        process = subprocess.run(
            [python, "-m", "frameworks", name, stand.server.endpoint], cwd=HERE, input=stand.token("alice"),
            capture_output=True, text=True, timeout=WHOLE, check=False)
        seen = 0
        for line in process.stdout.splitlines():
            if line.startswith('{"name"'):
                found = json.loads(line)
                report.record(f"{title} {found['name']}", found["problem"])
                seen += 1
        if seen != STEPS or process.returncode != 0:
            report.record(
                f"{title} ran to its end",
                f"{seen} of {STEPS} checks, exit status {process.returncode}\n{process.stderr[-1500:]}")

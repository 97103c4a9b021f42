"""A real Prometheus with the project's own configuration and rules, and what dashboards ask of it."""

import json
import re
import subprocess
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from driver.patience import end, wait_until
from driver.places import free_port
from driver.stand import ROOT, WORK, Server
from driver.web import request

FOLDER = ROOT / "observability"
OPENMETRICS = "application/openmetrics-text; version=1.0.0"
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
SAMPLE = re.compile(
    r"^(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*?)\})? (?P<value>\S+)(?: # \{(?P<exemplar>.*)\} \S+(?: \S+)?)?$")


@dataclass(frozen=True)
class Sample:
    """One line of an exposition."""

    name: str
    labels: dict[str, str]
    value: float
    exemplar: dict[str, str]


def samples(server: Server) -> list[Sample]:
    """All series of a server as Prometheus gets them, exemplars included."""
    reply = request("GET", f"{server.metrics}/metrics", headers={"Accept": OPENMETRICS})
    assert reply.status == 200, reply.status
    found = []
    for line in reply.text.splitlines():
        if line.startswith("#"):
            continue
        match = SAMPLE.match(line)
        assert match, f"no sample: {line}"
        found.append(Sample(
            match["name"], dict(LABEL.findall(match["labels"] or "")), float(match["value"]),
            dict(LABEL.findall(match["exemplar"] or ""))))
    return found


class Prometheus:
    """Scrapes servers every second."""

    def __init__(self, servers: list[Server]) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        folder = WORK / "prometheus"
        folder.mkdir(parents=True, exist_ok=True)
        configuration = folder / "prometheus.yml"
        configuration.write_text(configured([f"127.0.0.1:{server.metrics_port}" for server in servers]))
        data = folder / str(time.time_ns())
        with (WORK / "prometheus.out").open("wb") as log:
            self.child = subprocess.Popen(
                ["prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={data}",
                 f"--web.listen-address={self.url.removeprefix('http://')}",
                 "--enable-feature=exemplar-storage", "--log.level=warn"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self.is_ready, "Prometheus to be ready")
        # A counter that moves before its first scrape has not moved for Prometheus.
        wait_until(
            lambda: len(self.query('up{job="databricks-jobs-mcp"} == 1')) == len(servers), "all targets to be scraped")

    def is_ready(self) -> bool:
        """Whether it answers queries."""
        assert self.child.poll() is None, (WORK / "prometheus.out").read_text()[-2000:]
        try:
            return request("GET", f"{self.url}/-/ready").status == 200
        except OSError:
            return False

    def get(self, path: str, **parameters: Any) -> Any:
        """One question to its API."""
        reply = request("GET", f"{self.url}/api/v1/{path}?{urlencode(parameters)}")
        assert reply.status == 200, f"{parameters}: HTTP {reply.status} {reply.text[:500]}"
        answer = reply.json
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression gives now, those without a number left out."""
        result = self.get("query", query=expression)["result"]
        return [each for each in result if each["value"][1] != "NaN"]

    def exemplars(self, expression: str) -> list[dict[str, str]]:
        """The labels of the exemplars of the last hour."""
        now = time.time()
        series = self.get("query_exemplars", query=expression, start=now - 3600, end=now + 60)
        return [each["labels"] for one in series for each in one["exemplars"]]

    def alerts(self) -> list[dict[str, Any]]:
        """What fires or is about to."""
        return self.get("alerts")["alerts"]

    def stop(self) -> None:
        """Ends it."""
        end(self.child, "Prometheus")


def configured(targets: list[str]) -> str:
    """The example of observability/, quicker, with these targets."""
    text = (FOLDER / "prometheus.yml").read_text()
    for old, new in [
        ("scrape_interval: 15s", "scrape_interval: 1s"), ("evaluation_interval: 30s", "evaluation_interval: 1s"),
        ("rules/*.yml", f"{FOLDER}/rules/*.yml"), ("127.0.0.1:9464", ", ".join(targets)),
    ]:
        assert old in text, f"{old} is not in observability/prometheus.yml"
        text = text.replace(old, new)
    return text


def panels() -> list[tuple[str, int, str]]:
    """Title, number and expression of each query of the dashboard, with a user's choices put in."""
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())
    found = []
    for panel in dashboard["panels"]:
        for number, target in enumerate(panel.get("targets", [])):
            expression = target["expr"].replace("$__rate_interval", "1h")
            for name, value in {"$job": "databricks-jobs-mcp", "$instance": ".*"}.items():
                expression = expression.replace(name, value)
            assert "$" not in expression, expression
            found.append((panel["title"], number, expression))
    return found

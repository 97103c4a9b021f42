"""What being watched costs: the same load with the log, the metrics and the traces, and without all three.

usage: python3 -m bench.observed [--rounds 5] [--seconds 4]      with PYTHONPATH=Benchmarks; `make bench` measures it too
"""

import argparse
import http.client
import http.server
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bench.load import Figures, measure
from bench.stand import Stand
from driver.patience import LONG

CONNECTIONS = 64
#: Seconds between two looks at the metrics.
INTERVAL = 5
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
ALL, NONE = "server, watched", "server, unwatched"


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes spans and keeps none."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """An empty answer is a success (OTLP)."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def collector() -> Iterator[str]:
    """The address of a collector."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@contextmanager
def scraped(port: int) -> Iterator[None]:
    """Reads the metrics every five seconds, as a Prometheus with a short interval does."""
    over = threading.Event()

    def scrape() -> None:
        while not over.wait(INTERVAL):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
            connection.request("GET", "/metrics", headers=OPENMETRICS)
            connection.getresponse().read()
            connection.close()

    thread = threading.Thread(target=scrape, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(LONG)


def compare(*, seconds: int, rounds: int) -> list[Figures]:
    """Both in turn, so that a machine that changes its pace changes it for both; the median of each."""
    figures: dict[str, list[Figures]] = {ALL: [], NONE: []}
    unwatched = {"METRICS_ENABLED": "false"}
    with collector() as address:
        watched = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
            "OTEL_TRACES_SAMPLER_ARG": "0.01",
        }
        with Stand(settings=watched) as one, Stand(log_level="error", settings=unwatched) as other, \
                scraped(one.metrics_port):
            for number in range(rounds):
                for name, stand in ((ALL, one), (NONE, other)) if number % 2 else ((NONE, other), (ALL, one)):
                    figures[name].append(measure(
                        stand, name, CONNECTIONS, seconds=seconds, warm_up=1))
    return [median(figures[name]) for name in (ALL, NONE)]


def median(figures: list[Figures]) -> Figures:
    """Each figure by itself."""
    names = [name for name, value in figures[0].plain().items() if isinstance(value, float)]
    return replace(figures[0], **{
        name: round(statistics.median(getattr(each, name) for each in figures), 2) for name in names})


def sentence(watched: Figures, unwatched: Figures) -> str:
    """The cost as shares of throughput and of CPU."""
    throughput = 1 - watched.requests_per_second / unwatched.requests_per_second
    cpu = watched.cpu_us_per_call / unwatched.cpu_us_per_call - 1
    return (
        f"log at info, metrics and 1 % of traces cost {throughput:.1%} of throughput "
        f"({unwatched.requests_per_second:,.0f} to {watched.requests_per_second:,.0f} requests/s) and {cpu:.1%} of CPU "
        f"({unwatched.cpu_us_per_call:.0f} to {watched.cpu_us_per_call:.0f} us a call)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(sentence(*compare(seconds=options.seconds, rounds=options.rounds)))

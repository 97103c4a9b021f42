"""Load, and what it cost."""

import json
import os
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.calls import LIST_JOBS, Call
from bench.processes import Child
from bench.stand import PROXIED, Stand
from driver.patience import LONG

SCRIPT = Path(__file__).resolve().parents[1] / "tools_call.lua"


@dataclass(frozen=True)
class Figures:
    """One measurement."""

    target: str
    connections: int
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us_per_call: float
    resident_mb: float
    peak_mb: float
    # The row of nginx that it is compared with; empty for nginx itself.
    beside: str = "nginx"

    def plain(self) -> dict:
        """For JSON."""
        return asdict(self)


def wrk(
    headers: dict[str, str], message: dict, port: int, connections: int, seconds: int, *, path: str = "/mcp",
    tokens: Path | None = None, are_refused: bool = False, closes: bool = False, tolerates_refusals: bool = False,
) -> dict:
    """One run of wrk on a single thread; any error or answer of the wrong kind ends the program, unless some may be.

    Where each answer closes its connection, wrk counts that as an error of reading.
    """
    environment = os.environ | {
        "BENCH_PATH": path, "BENCH_BODY": json.dumps(message, separators=(",", ":")),
        "BENCH_HEADERS": "\n".join(f"{name}: {value}" for name, value in headers.items()),
    } | ({"BENCH_TOKENS": str(tokens)} if tokens else {})
    run = subprocess.run(
        ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--timeout", f"{LONG}s",
         "--script", SCRIPT, f"http://127.0.0.1:{port}"],
        env=environment, check=False, capture_output=True, text=True, timeout=seconds + LONG)
    output = run.stdout
    if run.returncode != 0:
        raise SystemExit(f"wrk ended with status {run.returncode}:\n{output}{run.stderr}")
    summary = json.loads(output.strip().splitlines()[-1])
    if tolerates_refusals:
        return summary
    if (summary["errors"] and not closes) or not summary["requests"] or summary["refused"] != summary["requests"] * are_refused:
        raise SystemExit(f"wrk met errors on port {port}:\n{output}")
    return summary


def measure(
    stand: Stand, target: str, connections: int, *, seconds: int, warm_up: int, call: Call = LIST_JOBS,
    beside: str = "nginx",
) -> Figures:
    """Warms up, measures, and makes sure that right answers were counted and not refusals; nginx is beside nothing."""
    child, port, path = stand.server, stand.server_port, "/mcp"
    if not beside:
        child, port, path = stand.proxy, stand.proxy_port, PROXIED[call][0]
    size = stand.probe(port, call, path)
    request = (call.headers(stand.token), call.message, port, connections)
    wrk(*request, warm_up, path=path)
    before = child.cpu_seconds()
    summary = wrk(*request, seconds, path=path)
    used = child.cpu_seconds() - before
    stand.probe(port, call, path)
    mean = summary["bytes"] / summary["requests"]
    if not size <= mean <= size + 1_500:
        raise SystemExit(f"{target}: answers of {mean:.0f} bytes on average, but a right one has {size} and its head")
    return figures(target, connections, summary, used, child, beside)


def figures(
    target: str, connections: int, summary: dict, cpu_seconds: float, child: Child, beside: str = "nginx"
) -> Figures:
    """What wrk counted, and what it cost."""
    return Figures(
        target=target, connections=connections,
        requests_per_second=round(summary["requests"] / summary["seconds"], 1),
        p50_ms=summary["p50_ms"], p99_ms=summary["p99_ms"],
        cpu_us_per_call=round(cpu_seconds / summary["requests"] * 1e6, 1), beside=beside, **child.memory())

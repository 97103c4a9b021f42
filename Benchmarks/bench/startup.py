"""Size of the executable, and the time from its start to the first 200 of /healthz, by the clock and by the CPU.

usage: python3 -m bench.startup [EXECUTABLE]      with PYTHONPATH=Benchmarks; `make bench` measures this too
"""

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.processes import BINARIES, WORK, free_port, get
from driver.patience import LONG, wait_until

STARTS = 20
IDENTITY = "00000000-0000-4000-8000-000000000001"


def cpu_seconds_of_children() -> float:
    """User and system time of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def one_start(executable: Path) -> tuple[float, float]:
    """Milliseconds by the clock, and of CPU; nothing of Entra ID or Databricks is needed to be alive."""
    port, metrics_port = free_port(), free_port()
    environment = {
        "AZURE_TENANT_ID": IDENTITY, "AZURE_CLIENT_ID": IDENTITY, "AZURE_CLIENT_SECRET": "unused",
        "AZURE_AUTHORITY_HOST": "http://127.0.0.1:9", "DATABRICKS_HOST": "http://127.0.0.1:9",
        "MCP_PORT": str(port), "METRICS_PORT": str(metrics_port), "LOG_LEVEL": "error",
    }
    def is_alive() -> bool:
        try:
            return get(port, "/healthz") == 200
        except OSError:
            return False

    before, start = cpu_seconds_of_children(), time.monotonic()
    process = subprocess.Popen(
        [executable], cwd=WORK, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    try:
        wait_until(is_alive, f"{executable} to answer", pause=0.0005)
        elapsed = time.monotonic() - start
    finally:
        process.kill()
        process.wait(LONG)
    return elapsed * 1000, (cpu_seconds_of_children() - before) * 1000


def measure(executable: Path = BINARIES / "databricks-jobs-mcp") -> dict[str, float]:
    """Bytes, and milliseconds of several starts; the first one, which reads the file from disk, does not count."""
    WORK.mkdir(parents=True, exist_ok=True)
    one_start(executable)
    clock, cpu = zip(*(one_start(executable) for _ in range(STARTS)))
    return {
        "bytes": executable.stat().st_size, "starts": STARTS, "median_ms": round(statistics.median(clock), 1),
        "best_ms": round(min(clock), 1), "worst_ms": round(max(clock), 1), "cpu_ms": round(statistics.median(cpu), 1),
    }


def sentence(figures: dict[str, float]) -> str:
    """For the reader."""
    return (
        f"{figures['bytes'] / 1e6:.1f} MB; first 200 of /healthz after {figures['median_ms']} ms (median of "
        f"{figures['starts']:.0f} starts, {figures['best_ms']} to {figures['worst_ms']} ms), {figures['cpu_ms']} ms of CPU")


if __name__ == "__main__":
    print(sentence(measure(*(Path(name).resolve() for name in sys.argv[1:]))))

"""Measures `tools/call list_jobs` at 1, 16 and 64 connections beside nginx, prints a table and writes JSON."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from bench import observed, startup, tokens
from bench.load import Figures, measure
from bench.processes import ROOT
from bench.stand import Stand

CONNECTIONS = (1, 16, 64)
HEAD = ("", "connections", "requests/s", "p50 ms", "p99 ms", "CPU us/call", "to nginx", "resident MB", "peak MB")


def rows(figures: list[Figures]) -> list[tuple[str, ...]]:
    """The table's cells; the ratio is that of CPU per call at the same number of connections."""
    nginx = {each.connections: each.cpu_us_per_call for each in figures if each.target == "nginx"}

    def ratio(each: Figures) -> str:
        base = nginx.get(each.connections)
        return f"{each.cpu_us_per_call / base:.2f}" if base else "-"

    return [HEAD] + [
        (
            each.target, str(each.connections), f"{each.requests_per_second:,.0f}", f"{each.p50_ms:.2f}",
            f"{each.p99_ms:.2f}", f"{each.cpu_us_per_call:.0f}",
            ratio(each), f"{each.resident_mb:.1f}", f"{each.peak_mb:.1f}",
        )
        for each in figures
    ]


def table(cells: list[tuple[str, ...]]) -> str:
    """Aligned as Markdown, for docs/benchmarks.md."""
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    lines = ["| " + " | ".join(cell.rjust(width) for cell, width in zip(row, widths)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|", *lines[1:]])


def commit() -> str:
    """What was measured."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    return described.stdout.strip() or "unknown"


def main() -> None:
    """Runs everything; about two minutes with the default length."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="length of one measurement")
    parser.add_argument("--warm-up", type=int, default=3, help="length of the load before it")
    options = parser.parse_args()
    lengths = {"seconds": options.seconds, "warm_up": options.warm_up}

    figures: list[Figures] = []

    def add(each: Figures) -> None:
        figures.append(each)
        print(
            f"  {each.target}, {each.connections} connections: {each.requests_per_second:,.0f} requests/s, "
            f"{each.cpu_us_per_call:.0f} us CPU per call", flush=True)

    start = startup.measure()
    print(f"The executable: {startup.sentence(start)}", flush=True)
    print("Measuring tools/call list_jobs, 20 jobs, on loopback; nginx proxies to the same upstream.", flush=True)
    with Stand() as stand:
        token_bytes = len(stand.token)
        for connections in CONNECTIONS:
            add(measure(stand, "nginx", stand.proxy, stand.proxy_port, connections, **lengths))
            add(measure(stand, "server", stand.server, stand.server_port, connections, **lengths))
        for scenario in (tokens.refusals, tokens.users):
            for each in scenario(stand, seconds=options.seconds):
                add(each)
    both = observed.compare(seconds=options.seconds, rounds=3)
    for each in both:
        add(each)
    print(f"Being watched: {observed.sentence(*both)}", flush=True)

    text = table(rows(figures))
    print(f"\n{text}\n\n{os.cpu_count()} cores shared with wrk and the upstream; token of {token_bytes} bytes; {commit()}")
    folder = ROOT / "Benchmarks" / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.json"
    record = {
        "commit": commit(), "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "cores": os.cpu_count(),
        "machine": platform.machine(), "system": platform.platform(), "token_bytes": token_bytes, **lengths,
        "start": start,
        "figures": [each.plain() for each in figures],
    }
    path.write_text(json.dumps(record, indent=2) + "\n")
    print(f"Written to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)

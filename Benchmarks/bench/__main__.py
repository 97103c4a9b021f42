"""Measures tool calls beside nginx, prints a table, checks the ratios, and writes JSON."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from bench import observed, report, startup, tokens
from bench.calls import GET_RUN, GET_RUN_OUTPUT
from bench.load import Figures, measure
from bench.processes import ROOT
from bench.stand import Stand

CONNECTIONS = (1, 16, 64)
WIDE = (("get_run, 250 tasks", GET_RUN), ("get_run_output, 64 KB", GET_RUN_OUTPUT))


def commit() -> str:
    """What was measured."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    return described.stdout.strip() or "unknown"


def main() -> None:
    """Runs everything; about three minutes with the default length."""
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
            add(measure(stand, "nginx", connections, beside="", **lengths))
            add(measure(stand, "server", connections, **lengths))
        for name, call in WIDE:
            nginx = f"nginx, {name}"
            add(measure(stand, nginx, 16, beside="", call=call, **lengths))
            add(measure(stand, name, 16, beside=nginx, call=call, **lengths))
        for scenario in (tokens.refusals, tokens.users):
            for each in scenario(stand, seconds=options.seconds):
                add(each)
    with Stand(is_encrypted=True) as stand:
        add(measure(stand, "nginx, TLS to the workspace", 64, beside="", **lengths))
        add(measure(stand, "server, TLS to the workspace", 64, beside="nginx, TLS to the workspace", **lengths))
    both = observed.compare(seconds=options.seconds, rounds=3)
    for each in both:
        add(each)
    print(f"Being watched: {observed.sentence(*both)}", flush=True)

    lines, is_within_limits = report.verdicts(figures)
    print(f"\n{report.table(figures)}\n\n" + "\n".join(lines))
    print(f"{os.cpu_count()} cores shared with wrk and the upstream; token of {token_bytes} bytes; {commit()}")
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
    if not is_within_limits:
        raise SystemExit(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)

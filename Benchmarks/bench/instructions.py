"""Instructions of user space per call, counted by valgrind: figures that a busy machine does not change.

usage: python3 -m bench.instructions [--record] [CALL...]      with PYTHONPATH=Benchmarks; `make instructions` runs it

Compares with what Benchmarks/instructions.json records, and fails when a call costs 2 % more.
"""

import argparse
import ctypes
import json
import platform
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import callgrind
from bench.calls import GET_RUN, LIST_JOBS, LIST_TOOLS, Call
from bench.exact import drive
from bench.processes import ROOT
from bench.stand import Stand
from driver.patience import LONG

RECORD = ROOT / "Benchmarks" / "instructions.json"
TOLERANCE = 0.02


@dataclass(frozen=True)
class Case:
    """A call, and how much of it is counted."""

    name: str
    call: Call
    requests: int
    connections: int = 16
    is_forged: bool = False


CASES = (
    Case("list_jobs", LIST_JOBS, requests=200),
    Case("get_run", GET_RUN, requests=12, connections=1),
    Case("tools_list", LIST_TOOLS, requests=400),
    Case("reject_401", LIST_JOBS, requests=400, is_forged=True),
)


def surroundings() -> dict[str, str]:
    """What changes the counts beside our own code."""
    curl = ctypes.CDLL("libcurl.so.4").curl_version
    curl.restype = ctypes.c_char_p
    libraries = dict(word.split("/", 1) for word in curl().decode().split() if "/" in word)
    models = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.machine(), "libcurl": libraries.get("libcurl", "unknown"),
        "openssl": libraries.get("OpenSSL", "unknown"), "libc": " ".join(platform.libc_ver()),
        "swift": first_line("swift-frontend", "--version"), "valgrind": first_line("valgrind", "--version"),
    }


def first_line(*command: str) -> str:
    """Of what a program says of its version."""
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LONG)
    return (run.stdout or run.stderr).splitlines()[0].strip()


def count(cases: list[Case]) -> dict[str, dict]:
    """Per case its counts and a hash of the answer."""
    counted = {}
    with Stand(server=callgrind.command()) as stand:
        forged = stand.sign_in(flaw="bad-signature")
        idle = callgrind.idle(stand.server)
        for case in cases:
            def send(number: int, case: Case = case) -> str:
                return drive(
                    case.call, forged if case.is_forged else stand.token, stand.server_port, count=number,
                    connections=case.connections, status=401 if case.is_forged else 200)

            send(max(2 * case.connections, case.requests // 4))
            callgrind.control(stand.server, "--instr=on")
            send(max(2 * case.connections, case.requests // 5))  # fills the simulated caches
            callgrind.control(stand.server, "--zero")
            start = time.monotonic()
            answer = send(case.requests)
            elapsed = time.monotonic() - start
            counts = callgrind.counts(stand.server, case.name).per_call(case.requests, idle, elapsed)
            callgrind.control(stand.server, "--instr=off")
            counted[case.name] = asdict(counts) | {"answer": answer}
    return counted


def compare(before: dict[str, dict], now: dict[str, dict]) -> tuple[list[str], list[str]]:
    """The lines of a table, and what is worse than allowed."""
    lines = [f"{'per call':<12}{'instructions':>27}{'':>9}{'I1 misses':>24}{'mispredictions':>24}  answer"]
    worse = []
    for name, counted in now.items():
        old = before.get(name, {})
        cells = [f"{old.get(key, 0):,} -> {counted[key]:,}" for key in ("instructions", "i1_misses", "mispredictions")]
        change = counted["instructions"] / old["instructions"] - 1 if old else 0.0
        answer = "new" if not old else "same" if old["answer"] == counted["answer"] else "CHANGED"
        lines.append(f"{name:<12}{cells[0]:>27}{change:>+9.1%}{cells[1]:>24}{cells[2]:>24}  {answer}")
        if change > TOLERANCE:
            worse.append(f"{name} costs {change:.1%} more instructions; at most {TOLERANCE:.0%} are allowed")
    return lines, worse


def main() -> None:
    """Counts, compares, and records when asked to."""
    parser = argparse.ArgumentParser(prog="make instructions", description=__doc__)
    parser.add_argument("--record", action="store_true", help="write the counts to Benchmarks/instructions.json")
    parser.add_argument("calls", nargs="*", metavar="CALL", help="only these: " + ", ".join(case.name for case in CASES))
    options = parser.parse_args()
    cases = [case for case in CASES if not options.calls or case.name in options.calls]
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {"surroundings": {}, "calls": {}}
    here, now = surroundings(), count(cases)
    lines, worse = compare(record["calls"], now)
    print("\n".join(lines))
    if options.record:
        record = {"surroundings": here, "calls": record["calls"] | now}
        RECORD.write_text(json.dumps(record, indent=2) + "\n")
        print(f"Written to {RECORD.relative_to(ROOT)}")
        return
    for name, value in here.items():
        if (other := record["surroundings"].get(name)) != value:
            print(f"Note: {name} is {value} here, and was {other or 'nothing'} when the figures were recorded: counts may differ.")
    if worse:
        print("\n".join(worse), file=sys.stderr)
        print("If that is worth it, record the new counts: make instructions ARGS=--record", file=sys.stderr)
        raise SystemExit(1)


if __name__ == "__main__":
    main()

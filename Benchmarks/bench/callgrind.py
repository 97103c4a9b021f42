"""The server under valgrind's callgrind, counting only when told to."""

import shutil
import subprocess
import threading
from dataclasses import astuple, dataclass
from pathlib import Path

from bench.processes import BINARIES, WORK, Child
from driver.patience import LONG

# One set of caches for every machine; otherwise valgrind takes those of the processor.
CACHES = ("--I1=32768,8,64", "--D1=32768,8,64", "--LL=8388608,16,64")
FOLDER = WORK / "callgrind"
# Seconds in which an idle server is left alone: first without being counted.
SETTLING, IDLE = 1, 5


@dataclass(frozen=True)
class Counts:
    """Events of user space."""

    instructions: float
    i1_misses: float
    mispredictions: float

    def per_call(self, calls: int, idle: "Counts", seconds: float) -> "Counts":
        """Without what the server does by itself in that time, which depends on the machine."""
        return Counts(*(
            round((mine - others * seconds) / calls) for mine, others in zip(astuple(self), astuple(idle), strict=True)))


def executable() -> Path:
    """A copy of the release build with the names of functions and without the rest of the debug information.

    Valgrind stumbles over Swift's debug information, and would find that of the original beside it.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    source, symbols = BINARIES / "databricks-jobs-mcp", BINARIES / "databricks-jobs-mcp.debug"
    copy = FOLDER / source.name
    if symbols.exists() and b".symtab" not in subprocess.run(
            ["readelf", "--section-headers", "--wide", source], check=True, capture_output=True, timeout=LONG).stdout:
        subprocess.run(["eu-unstrip", source, symbols, "--output", copy], check=True, timeout=LONG)
    else:
        shutil.copy(source, copy)
    subprocess.run(["objcopy", "--strip-debug", "--remove-section=.gnu_debuglink", copy], check=True, timeout=LONG)
    return copy


def command() -> list[str | Path]:
    """What runs the server under valgrind."""
    return [
        "valgrind", "--tool=callgrind", "--instr-atstart=no", "--cache-sim=yes", "--branch-sim=yes", *CACHES,
        # Threads take turns as they ask for it; otherwise one may wait for seconds.
        "--fair-sched=yes", "--max-threads=200", f"--callgrind-out-file={FOLDER}/out", executable(),
    ]


def control(server: Child, *arguments: str) -> None:
    """One order to the running valgrind."""
    subprocess.run(
        ["callgrind_control", *arguments, str(server.process.pid)], check=True, capture_output=True, timeout=LONG)


def counts(server: Child, name: str) -> Counts:
    """What was counted since the last zero; `NAME.callgrind` keeps where, for callgrind_annotate."""
    for old in FOLDER.glob("out.*"):
        old.unlink()
    control(server, "--dump")
    written = max(FOLDER.glob("out.*"), key=lambda path: path.stat().st_size)
    profile = written.rename(FOLDER / f"{name}.callgrind")
    events: list[str] = []
    totals: list[int] = []
    with profile.open(errors="replace") as lines:
        for line in lines:
            key, _, rest = line.partition(":")
            if key == "events":
                events = rest.split()
            elif key in ("summary", "totals"):
                totals = [int(number) for number in rest.split()]
    of = dict(zip(events, totals, strict=False))
    if not of.get("Ir"):
        raise SystemExit(f"nothing was counted: {profile}")
    return Counts(instructions=of["Ir"], i1_misses=of["I1mr"], mispredictions=of["Bcm"] + of["Bim"])


def idle(server: Child) -> Counts:
    """What the server does by itself in a second: timers, mostly. Nothing is waited for; time has to pass."""
    clock = threading.Event()
    control(server, "--instr=on")
    clock.wait(SETTLING)
    control(server, "--zero")
    clock.wait(IDLE)
    counted = counts(server, "idle")
    control(server, "--instr=off")
    return Counts(*(number / IDLE for number in astuple(counted)))

"""Runs the rows, one server each, and compares what callers, operators and services saw with what is recorded.

usage: python3 -m reliability faults [--record] [ROW-OR-BEGINNING ...]
"""

import json
import time
import traceback
from pathlib import Path
from typing import Any

from driver.report import Report
from driver.stand import WORK

from reliability import alerts, judge, rows_process, rows_upstream, table
from reliability.row import Row
from reliability.world import Scene, World

SECTIONS = (*rows_upstream.SECTIONS, *rows_process.SECTIONS)


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    records = "--record" in arguments
    wanted = [argument for argument in arguments if not argument.startswith("--") and not argument.endswith(".counts")]
    recorded = table.recorded()
    found: dict[str, Any] = {}
    report, world = Report(), World()
    try:
        for section in SECTIONS:
            rows = [row for row in section.rows if not wanted or any(row.name.startswith(name) for name in wanted)]
            if rows:
                report.section(section.title)
            for row in rows:
                new = played(world, row, report, None if records else recorded.get(row.name, {}))
                about = {"section": section.title, "fault": row.fault, "operation": row.operation, "bound": row.bound}
                found[row.name] = new and about | new
    finally:
        world.stop()
    (WORK / "found.json").write_text(json.dumps(found, indent=1))
    if records:
        record(recorded | {name: new for name, new in found.items() if new is not None})
    elif not wanted:
        with report.check("the rows of docs/reliability.md are those that were run"):
            assert list(recorded) == list(found), "write them with: make faults ARGS=--record"
    for argument in arguments:
        if argument.endswith(".counts"):
            Path(argument).write_text(f"{report.passed} {report.failed}\n")
    return 1 if report.failed else 0


def record(found: dict[str, Any]) -> None:
    """Writes down what was found, in the order of the rows, and the page's table."""
    kept = {row.name: found[row.name] for section in SECTIONS for row in section.rows if row.name in found}
    table.RECORDED.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    table.write(kept)


def played(world: World, row: Row, report: Report, expected: dict[str, Any] | None) -> dict[str, Any] | None:
    """Plays one row; what was found, or nothing when it broke."""
    started = time.monotonic()
    found: dict[str, Any] | None = None
    try:
        world.reset()
        settings = row.act.settings(world)
        scene = Scene(world, row.name, settings, launcher=row.act.launcher, is_ready=row.act.is_ready)
        try:
            row.act.play(scene, row.operation)
            scene.recover()
            problems = judge.findings(world, scene)
            found = summary(world, scene)
        finally:
            scene.stop()
        problems += [] if expected is None else differences(expected, found)
    except Exception as error:  # a row that breaks has failed, and the others go on
        problems = [f"{type(error).__name__}: {error}", traceback.format_exc(limit=-3)]
    finally:
        row.act.over()
    title = f"{row.name}: {row.fault}, {row.operation} ({time.monotonic() - started:.1f} s)"
    report.record(title, "\n".join(problems) if problems else None)
    return found


def summary(world: World, scene: Scene) -> dict[str, Any]:
    """What is recorded of a row: nothing that differs from run to run."""
    saw = {outcome.words for outcome in scene.outcomes if outcome.phase == "during"} | scene.saw
    others = {outcome.words for outcome in scene.outcomes if outcome.phase == "others"}
    asked = any(outcome.operation == "run_now" for outcome in scene.outcomes)
    metrics = sorted(judge.moved(scene.at_first, scene.counters()) | scene.told)
    return {
        "saw": sorted(saw), "others": sorted(others), "recovery": scene.recovery, "notes": sorted(scene.notes),
        "metrics": metrics, "alerts": alerts.watching(metrics), "log": sorted(judge.logged(scene.records())),
        "runs": judge.runs(world, scene)[0] if asked else None,
    }


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """In what a row is not as recorded; where several ends are recorded, each call had one of them."""
    if not expected:
        return ["nothing is recorded for it: make faults ARGS='--record NAME'"]
    problems = []
    for name, word in (("saw", "callers saw"), ("others", "others saw"), ("notes", "it was")):
        if unknown := set(found[name]) - set(expected[name]):
            problems.append(f"{word} {sorted(unknown)}, and not {expected[name]}")
        if expected[name] and not found[name]:
            problems.append(f"{word} nothing, and not {expected[name]}")
    for name in ("metrics", "alerts", "log"):
        if missing := set(expected[name]) - set(found[name]):
            problems.append(f"{name} do not tell {sorted(missing)}; they tell {found[name]}")
    if expected["recovery"] != found["recovery"] and not (expected["recovery"], found["recovery"]) == ("by itself", "next call"):
        problems.append(f"recovery: {found['recovery']}, and not {expected['recovery']}")
    if expected["runs"] != found["runs"]:
        problems.append(f"runs: {found['runs']}, and not {expected['runs']}")
    return problems

"""The table of docs/reliability.md, written from what is recorded and from nothing else."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs/reliability.md"
RECORDED = ROOT / "Tests/Reliability/recorded.json"
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"

#: What bounds the time that a caller waits, in the words of the settings.
BOUNDS = {
    "none": "nothing is waited for",
    "tries": "three tries, at most 0.25 s and 0.5 s apart unless the answer says when",
    "call": "`MCP_CALL_TIMEOUT_SECONDS`, of which a tenth (2 s at most) is kept for the answer; never more than 25 s",
    "exchange": "one repetition within 1.5 s; 15 s for an exchange, and the bound of the call",
    "keys": "10 s for a fetch of the keys",
    "arrival": "`MCP_ARRIVAL_TIMEOUT_SECONDS`",
    "told": "nothing is waited for; the answer says when to try again",
    "fault": "as long as the fault",
    "client": "as long as the client stays",
}

Rows = dict[str, dict[str, Any]]


def recorded() -> Rows:
    """What `make faults ARGS=--record` left."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def rendered(rows: Rows) -> str:
    """The tables, one for each section, with a legend."""
    parts = [f"{len(rows)} rows.", ""]
    parts += [f"- *{name}*: {text}." for name, text in BOUNDS.items()]
    section = None
    for name, row in rows.items():
        if row["section"] != section:
            section = row["section"]
            parts += [
                "", f"### {section}", "", "| Fault | Call | The caller gets | Others get | Waits | Works again | What tells it |",
                "| --- | --- | --- | --- | --- | --- | --- |"]
        parts.append(line(name, row))
    return "\n".join(parts)


def line(name: str, row: dict[str, Any]) -> str:
    """One row."""
    runs = {None: "", 1: "; 1 run", 0: "; no run"}.get(row["runs"], f"; {row['runs']} runs")
    saw = "<br>".join(escaped(each) for each in [*row["saw"], *row["notes"]])
    others = "the same" if row["others"] == row["saw"] else "<br>".join(escaped(each) for each in row["others"])
    told = [f"`{metric}`" for metric in row["metrics"]] + [f"*{alert}*" for alert in row["alerts"]]
    told += [f"“{message}”" for message in row["log"]]
    cells = [
        f"{escaped(row['fault'])} (`{name}`)", f"`{row['operation']}`", saw + runs, others, f"*{row['bound']}*",
        row["recovery"], "<br>".join(escaped(each) for each in told),
    ]
    return f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    """Fit for a cell."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("&lt;br>", "<br>")


def with_table(page: str, rows: Rows) -> str:
    """A page with the table in its place."""
    before, rest = page.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n\n{rendered(rows)}\n\n{END}{after}"


def write(rows: Rows) -> None:
    """Puts the table into the page."""
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")


def is_current() -> bool:
    """Whether the page has what is recorded."""
    page = PAGE.read_text(encoding="utf-8")
    return page == with_table(page, recorded())

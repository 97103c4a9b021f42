"""Reads the rule files of observability/: YAML of a fixed shape, for which the standard library suffices."""

import re
from dataclasses import dataclass, field

from checks.tree import lines

ITEM = re.compile(r"^(?P<indent> *)- (?P<kind>record|alert): (?P<name>\S+)$")
KEY = re.compile(r"^ *(?P<key>expr|summary|description|runbook_url|labels|for): ?(?P<value>.*)$")


@dataclass
class Rule:
    """One recording or alerting rule."""

    path: str
    line: int
    kind: str
    name: str
    expression: str = ""
    annotations: dict[str, str] = field(default_factory=dict)


def rules(path: str) -> list[Rule]:
    """All rules of one file."""
    found: list[Rule] = []
    key, depth = "", 0
    for number, line in enumerate(lines(path), start=1):
        indent = len(line) - len(line.lstrip())
        if match := ITEM.match(line):
            found.append(Rule(path, number, match["kind"], match["name"]))
            key = ""
        elif not found or not line.strip() or line.lstrip().startswith("#"):
            continue
        elif key and indent > depth:
            add(found[-1], key, line.strip())
        elif match := KEY.match(line):
            key, depth = match["key"], indent
            if match["value"] not in ("|", ">-", ""):
                add(found[-1], key, match["value"])
        else:
            key = ""
    return found


def add(rule: Rule, key: str, text: str) -> None:
    """Appends a line to a member of a rule."""
    if key == "expr":
        rule.expression = f"{rule.expression} {text}".strip()
    else:
        rule.annotations[key] = f"{rule.annotations.get(key, '')} {text}".strip()


@dataclass
class Expectation:
    """One look of a test at one alert."""

    path: str
    line: int
    alert: str
    fires: bool


def expectations(path: str) -> list[Expectation]:
    """What a file of promtool's unit tests expects of which alerts."""
    found: list[Expectation] = []
    text = lines(path)
    for number, line in enumerate(text, start=1):
        match = re.match(r'^ +- expr: ALERTS\{alertname="(\w+)", alertstate="firing"\}$', line)
        if match is None:
            continue
        rest = [each.strip() for each in text[number:number + 3]]
        if "exp_samples: []" in rest:
            found.append(Expectation(path, number, match[1], fires=False))
        elif "exp_samples:" in rest:
            found.append(Expectation(path, number, match[1], fires=True))
    return found

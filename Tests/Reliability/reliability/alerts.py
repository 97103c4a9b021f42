"""Which alerts of `observability/rules` look at a metric: what would call somebody if a fault lasted."""

import re

from checks.rule_files import Rule, rules
from checks.tree import files

RECORDED_NAME = re.compile(r"[a-z_]+:[a-z0-9_:]+")
SELECTOR = re.compile(r"(?P<name>[a-z_]+)(?:\{(?P<labels>[^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
SHOWN = re.compile(r'^(?P<name>\w+)(?:\{(?P<labels>.*)\})?$')


def all_rules() -> list[Rule]:
    """Every rule."""
    return [rule for path in files(".yml", under=("observability/rules/",)) for rule in rules(path)]


def watching(metrics: list[str]) -> list[str]:
    """The alerts whose expression selects any of these series, written as `name{label="value"}`."""
    known = all_rules()
    recorded = {rule.name: rule.expression for rule in known if rule.kind == "record"}
    found = set()
    for rule in known:
        if rule.kind == "alert":
            expression = expanded(rule.expression, recorded)
            if any(selects(expression, metric) for metric in metrics):
                found.add(rule.name)
    return sorted(found)


def expanded(expression: str, recorded: dict[str, str]) -> str:
    """An expression with the recorded ones written out."""
    for _ in range(4):
        expression = RECORDED_NAME.sub(lambda match: f"({recorded.get(match[0], match[0])})", expression)
    return expression


def selects(expression: str, metric: str) -> bool:
    """Whether an expression selects a series for what its labels say, and not only among all of its name."""
    shown = SHOWN.match(metric)
    labels = dict(re.findall(r'(\w+)="([^"]*)"', shown["labels"] or ""))
    for selector in SELECTOR.finditer(expression):
        if selector["name"].removesuffix("_count") != shown["name"]:
            continue
        matchers = [each for each in MATCHER.findall(selector["labels"] or "") if each[0] in labels]
        if all(fits(operator, value, labels[name]) for name, operator, value in matchers) and (matchers or not labels):
            return True
    return False


def fits(operator: str, wanted: str, value: str) -> bool:
    """One label."""
    is_equal = re.fullmatch(wanted, value) is not None if operator.endswith("~") else wanted == value
    return is_equal != operator.startswith("!")

"""Just enough of PromQL to say which metrics, labels and values an expression talks about; promtool knows the rest."""

import re
from dataclasses import dataclass, field

#: Labels that Prometheus itself or its service discovery adds to every series.
EVERYWHERE = {"job", "instance", "__name__"}

STRING = r'"(?:[^"\\]|\\.)*"'
SELECTOR = re.compile(rf"(?P<name>[a-zA-Z_:][\w:]*)?\s*\{{(?P<labels>(?:[^{{}}\"]|{STRING})*)\}}")
MATCHER = re.compile(rf"(?P<label>[a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*{STRING}")
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\((?P<labels>[^)]*)\)")
NAME = re.compile(r"(?<![\w:$])(?P<name>[a-zA-Z_:][\w:]*)(?!\s*\()(?![\w:])")
WORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "bool", "offset", "group_left", "group_right", "inf"}

#: What Grafana puts in before it asks.
VARIABLES = {"$__rate_interval": "5m", "$__interval": "1m", "$__range": "1h"}


@dataclass
class Uses:
    """What one expression talks about."""

    #: Metric names, each with the labels that are matched on it.
    selectors: list[tuple[str, list[str]]] = field(default_factory=list)
    #: The labels that series are grouped by.
    groups: list[str] = field(default_factory=list)


def without_variables(expression: str) -> str:
    """The expression as Prometheus gets it."""
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return re.sub(r"\$\{?\w+\}?", ".*", expression)


def uses(expression: str) -> Uses:
    """Takes an expression apart; one that promtool does not accept gives anything."""
    found = Uses()
    rest = re.sub(r"(?m)#.*$", "", expression)

    def note_group(match: re.Match[str]) -> str:
        found.groups += [label.strip() for label in match["labels"].split(",") if label.strip()]
        return " "

    def note_selector(match: re.Match[str]) -> str:
        if match["name"]:
            found.selectors.append((match["name"], [each["label"] for each in MATCHER.finditer(match["labels"])]))
        return " "

    rest = GROUPING.sub(note_group, rest)
    rest = SELECTOR.sub(note_selector, rest)
    rest = re.sub(r"\[[^\]]*\]", " ", rest)
    for match in NAME.finditer(rest):
        if match["name"].lower() not in WORDS:
            found.selectors.append((match["name"], []))
    return found

"""Dashboards, rules and the code agree: every expression parses, and talks about metrics and labels that exist.

`promtool` (Debian's package prometheus) parses the expressions and runs the rules' own tests.
"""

import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from checks.promql import EVERYWHERE, uses, without_variables
from checks.rule_files import Expectation, Rule, expectations, rules
from checks.text import anchors, blocks
from checks.tree import ROOT, Finding, files, lines

FOLDER = "observability/"
DASHBOARD = f"{FOLDER}dashboard.json"
SOURCE = f"{FOLDER}dashboard.py"
PAGE = "docs/operations.md"

#: The labels of each metric that has any; the acceptance run compares this with what the server exports.
LABELS: dict[str, set[str]] = {
    "mcp_server_operation_duration_seconds":
        {"mcp_method_name", "gen_ai_tool_name", "mcp_protocol_version", "error_type"},
    "http_server_request_duration_seconds": {"http_route", "http_request_method", "http_response_status_code"},
    "http_client_request_duration_seconds":
        {"peer", "http_request_method", "http_response_status_code", "error_type"},
    "http_server_shed_requests_total": {"reason"},
    "http_server_unreadable_requests_total": {"reason"},
    "mcp_tool_errors_total": {"gen_ai_tool_name", "category"},
    "token_rejections_total": {"reason"},
    "token_acceptances_total": {"verdict"},
    "jwks_refreshes_total": {"outcome"},
    "obo_exchanges_total": {"outcome"},
    "obo_cache_lookups_total": {"result"},
    "application_token_requests_total": {"outcome"},
    "managed_identity_requests_total": {"outcome"},
    "databricks_requests_total": {"endpoint", "status_class"},
    "databricks_request_duration_seconds": {"endpoint"},
    "databricks_retries_total": {"endpoint"},
    "databricks_throttles_total": {"endpoint"},
    "databricks_calls_refused_total": {"reason"},
    "otel_spans_total": {"outcome"},
    "databricks_jobs_mcp_build_info": {"version", "revision", "swift_version"},
}

#: What Prometheus makes itself.
BUILT_IN = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity"}}

LEVELS = {"critical", "warning"}


def metrics() -> set[str]:
    """The names in MetricNames*.swift, wherever it is in Sources/Observability."""
    found: set[str] = set()
    for path in files(".swift", under=("Sources/Observability/",)):
        if not path.rpartition("/")[2].startswith("MetricNames"):
            continue
        for line in lines(path):
            if match := re.search(r'static let \w+(?:: String)? = "([a-z][a-z0-9_]*)"', line):
                found.add(match[1])
    return found


class Names:
    """All series that exist, with the labels they can have."""

    def __init__(self, exported: set[str], recorded: list[Rule]) -> None:
        self.labels = {name: EVERYWHERE | labels for name, labels in BUILT_IN.items()}
        for name in exported:
            labels = EVERYWHERE | LABELS.get(name, set())
            self.labels[name] = labels
            if name.endswith("_seconds"):
                self.labels |= {f"{name}_count": labels, f"{name}_sum": labels, f"{name}_bucket": labels | {"le"}}
        for rule in recorded:
            self.labels[rule.name] = EVERYWHERE | set(uses(rule.expression).groups) | self.inherited(rule)

    def inherited(self, rule: Rule) -> set[str]:
        """A ratio of recorded series has their labels."""
        names = [name for name, _ in uses(rule.expression).selectors]
        return set().union(*(self.labels.get(name, set()) for name in names if ":" in name))

    def problems(self, expression: str) -> list[str]:
        """Names and labels in an expression that do not exist."""
        used = uses(expression)
        found = []
        known: set[str] = set(EVERYWHERE)
        for name, labels in used.selectors:
            if name not in self.labels:
                found.append(f"no metric or recording rule is called {name}")
                continue
            known |= self.labels[name]
            found += [f"{name} has no label {label}" for label in labels if label not in self.labels[name]]
        return found + [f"grouped by {label}, which no metric here has" for label in used.groups if label not in known]


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """The panels that show something."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def check_dashboard(names: Names) -> tuple[list[Finding], list[str]]:
    """Findings, and the expressions of the dashboard."""
    text = (ROOT / DASHBOARD).read_text(encoding="utf-8")
    made = subprocess.run([sys.executable, ROOT / SOURCE], check=True, capture_output=True, text=True).stdout
    if text != made:
        return [Finding(DASHBOARD, 1, f"make it anew: python3 {SOURCE} > {DASHBOARD}")], []
    found, expressions = [], []
    dashboard = json.loads(text)
    variables = {each["name"] for each in dashboard["templating"]["list"]}
    identifiers = [panel["id"] for panel in dashboard["panels"]]
    if len(set(identifiers)) != len(identifiers):
        found.append(Finding(DASHBOARD, 1, "two panels have the same id"))
    for panel in panels(dashboard):
        title = panel["title"]
        if len(panel["description"]) < 20:
            found.append(Finding(SOURCE, 1, f"say what the panel {title} shows"))
        for target in panel["targets"]:
            expressions.append(without_variables(target["expr"]))
            found += [Finding(SOURCE, 1, f"{title}: {problem}") for problem in names.problems(expressions[-1])]
            if "histogram_quantile" in target["expr"] and panel["fieldConfig"]["defaults"]["unit"] != "s":
                found.append(Finding(SOURCE, 1, f"{title}: the unit of a duration is s"))
        unknown = set(re.findall(r"\$\{?([a-z]\w*)", json.dumps(panel))) - variables
        found += [Finding(SOURCE, 1, f"{title}: there is no variable {name}") for name in sorted(unknown)]
    return found, expressions


def check_page(names: Names) -> tuple[list[Finding], list[str]]:
    """Findings, and the expressions of the page for operators: whoever copies one at night must not have to mend it."""
    found, expressions = [], []
    for number, block in blocks(PAGE, "promql"):
        expressions.append(block)
        found += [Finding(PAGE, number, problem) for problem in names.problems(block)]
    return found, expressions


def check_alert(rule: Rule, headings: set[str]) -> list[str]:
    """What an alert must tell whoever it wakes."""
    found = [f"{key} is missing" for key in ("summary", "description", "runbook_url") if key not in rule.annotations]
    severity = re.search(r"severity: (\w+)", rule.annotations.get("labels", ""))
    if severity is None or severity[1] not in LEVELS:
        found.append(f"severity is one of {', '.join(sorted(LEVELS))}")
    page, _, anchor = rule.annotations.get("runbook_url", "").partition("#")
    if page != PAGE or anchor not in headings:
        found.append(f"runbook_url leads to no heading of {PAGE}")
    return found


def uncovered(alerts: list[Rule], seen: list[Expectation]) -> list[Finding]:
    """Every alert is shown once when it fires and once when it does not."""
    known = {rule.name for rule in alerts}
    found = [
        Finding(rule.path, rule.line, f"{rule.name}: add a test in which it {'fires' if fires else 'stays quiet'}")
        for rule in alerts for fires in (True, False)
        if not any(each.alert == rule.name and each.fires == fires for each in seen)
    ]
    return found + [
        Finding(each.path, each.line, f"no alert is called {each.alert}") for each in seen if each.alert not in known]


def promtool(*arguments: str | Path) -> str:
    """What promtool has to say against something; empty when it is content."""
    result = subprocess.run(["promtool", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else (result.stdout + result.stderr).strip()


def promtool_tests(tests: list[str]) -> list[str]:
    """The rules' own tests, side by side: this is what takes time here."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(lambda path: promtool("test", "rules", path), tests))


def parse(expressions: list[str]) -> str:
    """promtool's word on expressions: each is wrapped into a rule, in JSON, which is YAML."""
    wrapped = [{"record": f"expression:{number}", "expr": text} for number, text in enumerate(expressions)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "expressions.yml")
        path.write_text(json.dumps({"groups": [{"name": "expressions", "rules": wrapped}]}), encoding="utf-8")
        return promtool("check", "rules", path)


def check() -> tuple[int, list[Finding]]:
    """Number of files read, and what is to be mended."""
    paths = files(".yml", under=(f"{FOLDER}rules/",))
    tests = files(".yml", under=(f"{FOLDER}tests/",))
    all_rules = [rule for path in paths for rule in rules(path)]
    recorded = [rule for rule in all_rules if rule.kind == "record"]
    alerts = [rule for rule in all_rules if rule.kind == "alert"]
    exported = metrics()
    found = [
        Finding("Scripts/checks/observability.py", 1, f"{name} is no metric any more")
        for name in sorted(LABELS.keys() - exported)
    ]
    names = Names(exported, recorded)
    for rule in all_rules:
        problems = names.problems(rule.expression)
        if rule.kind == "alert":
            problems += check_alert(rule, anchors(PAGE))
        found += [Finding(rule.path, rule.line, f"{rule.name}: {problem}") for problem in problems]
    found += uncovered(alerts, [expectation for path in tests for expectation in expectations(path)])
    expressions = []
    for findings, more in (check_dashboard(names), check_page(names)):
        found += findings
        expressions += more
    for problem in [
        parse(expressions), promtool("check", "rules", *paths), *promtool_tests(tests),
        promtool("check", "config", "--syntax-only", f"{FOLDER}prometheus.yml"),
    ]:
        found += [Finding(FOLDER, 1, line) for line in problem.splitlines() if line.strip()]
    return len(paths) + len(tests) + 4, found

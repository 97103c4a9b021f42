"""What must hold in every row, by the sandbox's record; and what an operator was told."""

import hashlib
from typing import Any

from reliability.outcome import HELLO, Outcome, constant
from reliability.world import Scene, World, claims

#: Routes of the workspace, as the record has them.
WORKSPACE = ("jobs/list", "jobs/runs/list", "jobs/runs/get", "jobs/runs/get-output", "jobs/run-now")
DATABRICKS = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d"

#: Counters that move in good times, too.
ROUTINE = {
    "token_acceptances_total", "obo_cache_lookups_total", "process_cpu_seconds_total", "token_proof_of_possession_total",
    "otel_spans_total", "obo_exchange_duration_seconds_count", "databricks_request_duration_seconds_count",
    "event_loop_lag_seconds_count", "databricks_call_wait_seconds_count",
    "mcp_server_operation_duration_seconds_count",
}
#: Values of labels that tell of success.
GOOD = ("outcome=success", "status_class=2xx", "error_type=|", "reason=closing|")


def crossed(records: list[dict[str, Any]], outcomes: list[Outcome]) -> list[str]:
    """What reached a service with a token other than that of the caller for whom it was sent."""
    callers = {outcome.correlation: outcome for outcome in outcomes}
    found = []
    for record in records:
        headers = {name.lower(): value for name, value in record["headers"].items()}
        if "INBOUND_TOKEN_AT_WORKSPACE" in record.get("flags", []):
            found.append(f"{record['route']}: a caller's own token")
        if record["route"] in WORKSPACE:
            caller = callers.get(headers.get("x-request-id", ""))
            if caller is not None:
                found += strange_token(record, caller)
        elif record["route"] == "token" and "assertion" in record.get("form", {}):
            caller = callers.get(headers.get("client-request-id", ""))
            if caller is not None and record["form"]["assertion"] != digest(caller.token):
                found.append(f"token: for {caller.user} with the assertion of another")
    return found


def strange_token(record: dict[str, Any], caller: Outcome) -> list[str]:
    """What is wrong with the token of a call to the workspace, for the caller who caused it."""
    token = record.get("token") or {}
    if record.get("user") not in (caller.user, claims(caller.token).get("oid")):
        return [f"{record['route']}: {record.get('user')} instead of {caller.user}"]
    if token.get("aud") != DATABRICKS or token.get("assertion_uti") != claims(caller.token)["uti"]:
        return [f"{record['route']}: a token of {caller.user} that was bought with another sign-in"]
    return []


def digest(secret: str) -> str:
    """As the record shows it."""
    return f"sha256:{hashlib.sha256(secret.encode()).hexdigest()[:12]}"


def runs(world: World, scene: Scene) -> tuple[int, int]:
    """How many runs there are, and how many idempotency tokens asked for one."""
    tokens = {outcome.arguments["idempotency_token"] for outcome in scene.outcomes if outcome.operation == "run_now"}
    return world.runs(HELLO, scene.began), len(tokens)


def findings(world: World, scene: Scene) -> list[str]:
    """Everything that may hold in no row, whatever was recorded for it."""
    found = [f"crossed: {each}" for each in crossed(world.requests(), scene.outcomes)]
    started, asked = runs(world, scene)
    if started > asked:
        found.append(f"{started} runs for {asked} idempotency tokens")
    told = {outcome.result["structuredContent"]["run_id"] for outcome in scene.outcomes
            if outcome.operation == "run_now" and outcome.is_good}
    if started < len(told):
        found.append(f"{len(told)} runs were told of, and there are {started}")
    if started > len(owned := {outcome.arguments["idempotency_token"] for outcome in scene.outcomes if may_have_started(outcome)}):
        found.append(f"{started} runs, and only {len(owned)} callers were told that there is or may be one")
    known = {outcome.user for outcome in scene.outcomes}
    for outcome in scene.outcomes:
        others = known - {outcome.user}
        if any(f"{other}@" in outcome.text for other in others):
            found.append(f"the answer for {outcome.user} names another user")
        if outcome.token.split(".")[1] in outcome.text:
            found.append(f"the answer for {outcome.user} holds the token")
    log = "".join(server.log.read_text(errors="replace") for server in scene.servers)
    for token in {outcome.token for outcome in scene.outcomes}:
        if any(part in log for part in token.split(".")[1:] if len(part) > 16):
            found.append("the log holds a token")
    return found


def may_have_started(outcome: Outcome) -> bool:
    """Whether the caller of a start knows of a run, or that there may be one."""
    return outcome.operation == "run_now" and (outcome.is_good or outcome.says_doubt or outcome.reply is None)


def moved(before: dict[str, float], after: dict[str, float]) -> set[str]:
    """The counters that tell of something else than success, and moved."""
    found = set()
    for key, value in after.items():
        name, *labels = key.split("|")
        if name in ROUTINE or value <= before.get(key, 0) or any(good in f"{key}|" for good in GOOD):
            continue
        if (shown := displayed(name, labels)) is not None:
            found.add(shown)
    return found


def displayed(name: str, labels: list[str]) -> str | None:
    """A counter as the table shows it, `None` for what would only repeat another."""
    pairs = dict(label.split("=", 1) for label in labels)
    if name == "http_server_request_duration_seconds_count":
        return None
    if name == "http_client_request_duration_seconds_count":
        # Databricks has counters of its own.
        if pairs["peer"] == "databricks":
            return None
        pairs = {key: pairs[key] for key in ("peer", "error_type")}
        name = name.removesuffix("_count")
    pairs.pop("gen_ai_tool_name", None)
    pairs.pop("endpoint", None)
    inside = ",".join(f'{key}="{value}"' for key, value in sorted(pairs.items()))
    return f"{name}{{{inside}}}" if inside else name


#: Records of a process that lives and dies as it should.
EVERYDAY = {"audit: run_now", "the sign-in host is not Microsoft's"}


def logged(records: list[dict[str, Any]]) -> set[str]:
    """The messages from `warning` up, and of repetitions, without what differs from time to time."""
    return {
        constant(record["message"].split(": header=")[0])[:110] for record in records
        if record.get("level") in ("warning", "error", "critical") and record["message"] not in EVERYDAY
        or record.get("message", "").endswith("repeated")
    }

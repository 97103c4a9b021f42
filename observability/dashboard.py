"""The source of dashboard.json: one line for each panel; Grafana's verbosity is added here.

usage: python3 observability/dashboard.py > observability/dashboard.json
"""

import json
from typing import Any

Panel = dict[str, Any]

#: Grafana's grid has 24 columns.
WIDTH = 24
HEIGHT = 8
#: What the template variables choose.
CHOSEN = 'job=~"$job", instance=~"$instance"'
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}

LINKS = [
    {
        "title": "Log records of the correlation ID above",
        "url": "/explore?left={\"datasource\":\"${logs}\",\"queries\":[{\"refId\":\"A\",\"expr\":"
        "\"{service_name=\\\"databricks-jobs-mcp\\\"} | json | correlation_id=\\\"${correlation_id}\\\"\"}],"
        "\"range\":{\"from\":\"${__from}\",\"to\":\"${__to}\"}}",
        "targetBlank": True,
    },
]


def chosen(metric: str, *labels: str) -> str:
    """A selector of what the variables choose."""
    return f"{metric}{{{', '.join([CHOSEN, *labels])}}}"


def per_second(metric: str, *labels: str, by: str = "") -> str:
    """The sum of a counter's rates."""
    return f"sum{f' by ({by})' if by else ''} (rate({chosen(metric, *labels)}[$__rate_interval]))"


def quantile(share: float, metric: str, *labels: str, by: str = "") -> str:
    """A quantile of a histogram."""
    groups = ", ".join(filter(None, [by, "le"]))
    return f"histogram_quantile({share}, {per_second(metric + '_bucket', *labels, by=groups)})"


def panel(
    kind: str, title: str, description: str, unit: str, queries: list[tuple[str, str]], *, width: int = 8,
    exemplars: bool = False, thresholds: list[tuple[float | None, str]] | None = None, **defaults: Any,
) -> Panel:
    """One panel; `queries` are expressions with their legends."""
    targets = [
        {
            "datasource": DATASOURCE, "editorMode": "code", "exemplar": exemplars, "expr": expression,
            "instant": kind in ("stat", "table"), "range": kind not in ("stat", "table"),
            "legendFormat": legend or "__auto", "refId": chr(ord("A") + index),
            **({"format": "table"} if kind == "table" else {}),
        }
        for index, (expression, legend) in enumerate(queries)
    ]
    custom = {"lineWidth": 1, "fillOpacity": 10, "showPoints": "never", "spanNulls": False}
    steps = [{"value": value, "color": color} for value, color in thresholds or [(None, "green")]]
    made: Panel = {
        "type": kind, "title": title, "description": description, "datasource": DATASOURCE, "targets": targets,
        "fieldConfig": {
            "defaults": {
                "unit": unit, "color": {"mode": "thresholds" if thresholds else "palette-classic"},
                "thresholds": {"mode": "absolute", "steps": steps},
                **({"custom": custom} if kind == "timeseries" else {}), **({"links": LINKS} if exemplars else {}),
                **defaults,
            },
            "overrides": [],
        },
        "gridPos": {"w": width, "h": 4 if kind == "stat" else HEIGHT},
        "options": {},
    }
    if kind == "timeseries":
        made["options"] = {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    elif kind == "stat":
        made["options"] = {
            "colorMode": "value", "graphMode": "none", "justifyMode": "auto", "textMode": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        }
    elif kind == "table":
        made["transformations"] = [
            {"id": "organize", "options": {"excludeByName": {"Time": True, "Value": True, "__name__": True}}}]
    return made


def graph(title: str, description: str, unit: str, *queries: tuple[str, str], **options: Any) -> Panel:
    """A graph over time."""
    return panel("timeseries", title, description, unit, list(queries), **options)


def latency(title: str, description: str, metric: str, *labels: str, by: str = "", **options: Any) -> Panel:
    """Three quantiles of a histogram, with the exemplars that lead to single requests."""
    legend = f" {{{{{by}}}}}" if by else ""
    shares = [0.95] if by else [0.5, 0.95, 0.99]
    return graph(
        title, description + " Each dot is one request: it carries correlation_id and trace_id.", "s",
        *[(quantile(share, metric, *labels, by=by), f"p{share * 100:.0f}{legend}") for share in shares],
        exemplars=True, **options)


def number(title: str, description: str, unit: str, expression: str, **options: Any) -> Panel:
    """One figure, as it is now."""
    return panel("stat", title, description, unit, [(expression, "")], width=4, **options)


MCP = 'http_route="/mcp"'

ROWS: list[tuple[str, list[Panel]]] = [
    ("Overview", [
        number(
            "Ready instances", "Instances that have signing keys and a credential, and are in the load balancer's set.",
            "short", f"sum({chosen('server_ready')})", thresholds=[(None, "red"), (1, "green")]),
        number(
            "Availability, 3 days", "Share of the requests to /mcp that were answered without a fault of this server "
            "or of what it depends on. The service level is 99.5 %.", "percentunit",
            '1 - job:mcp_requests_failed:ratio_3d{job=~"$job"}',
            thresholds=[(None, "red"), (0.995, "green")], decimals=3),
        number(
            "Error budget burn, 1 hour", "1 uses the month's budget up in exactly a month; 14.4 pages.", "short",
            'job:mcp_requests_failed:ratio_1h{job=~"$job"} / 0.005',
            thresholds=[(None, "green"), (1, "yellow"), (6, "red")], decimals=1),
        number("Requests", "Requests to /mcp, of all callers.", "reqps",
               per_second("http_server_request_duration_seconds_count", MCP)),
        number("p95 of tool calls", "Nineteen of twenty tool calls are quicker.", "s",
               quantile(0.95, "mcp_server_operation_duration_seconds", 'mcp_method_name="tools/call"')),
        number("Requests in progress", "Being answered at this moment, streams included.", "short",
               f"sum({chosen('http_server_active_requests')})"),
        graph("Requests by status", "What callers got from /mcp. 401 begins every sign-in and is no fault.", "reqps",
              (per_second("http_server_request_duration_seconds_count", MCP, by="http_response_status_code"),
               "{{http_response_status_code}}")),
        graph("Tool errors by category", "Failures that callers read as a result. configuration, internal, "
              "network_policy, version and unavailable count against the service level.", "ops",
              (per_second("mcp_tool_errors_total", by="category"), "{{category}}")),
        graph("No requests", "What came and could not be read: TLS, HTTP/2 or the PROXY protocol on the plain port, "
              "heads that are malformed, too large or too slow.", "reqps",
              (per_second("http_server_unreadable_requests_total", by="reason"), "{{reason}}")),
        graph("Requests turned away", "Refused without work: more than there are places (overloaded), more than "
              "one caller may have (flooding), more bytes than bodies may take (bodies, caller_bodies), or the instance "
              "ends (closing).", "reqps",
              (per_second("http_server_shed_requests_total", by="reason"), "{{reason}}")),
    ]),
    ("Latency", [
        latency("Tool calls", "From the request's headers to the answer, waiting calls of get_run included.",
                "mcp_server_operation_duration_seconds", 'mcp_method_name="tools/call"'),
        latency("HTTP requests to /mcp", "Everything, sign-in challenges included.",
                "http_server_request_duration_seconds", MCP),
        latency("Outgoing requests by peer", "p95 of what the server waits for: Entra ID, Databricks, the platform's "
                "identity endpoint, the telemetry collector.", "http_client_request_duration_seconds", by="peer"),
    ]),
    ("Callers and tokens", [
        graph("Tokens accepted", "cached: the verdict was remembered; checked: the signature was verified.", "ops",
              (per_second("token_acceptances_total", by="verdict"), "{{verdict}}")),
        graph("Tokens refused by reason", "docs/troubleshooting.md has a section for each reason. expired is how "
              "clients find out that they must renew.", "ops",
              (per_second("token_rejections_total", by="reason") + " > 0", "{{reason}}")),
        graph("Proof-of-possession tokens", "Tokens bound to a client's key and accepted as bearer tokens.", "ops",
              (per_second("token_proof_of_possession_total"), "accepted")),
        graph("Age of the signing keys", "Fetched every hour; they serve for JWKS_MAX_STALE, 24 hours by default.", "s",
              (chosen("jwks_age_seconds"), "{{instance}}")),
        graph("Fetches of the signing keys", "success, or why not.", "ops",
              (per_second("jwks_refreshes_total", by="outcome"), "{{outcome}}")),
        graph("Signing keys", "How many keys the tenant publishes; a change is a rotation.", "short",
              (chosen("jwks_keys"), "{{instance}}")),
    ]),
    ("On-Behalf-Of and Entra ID", [
        graph("Exchanges by outcome", "consent, denied, interact and reauthenticate are matters of the user or an "
              "administrator; configuration is the operator's.", "ops",
              (per_second("obo_exchanges_total", by="outcome"), "{{outcome}}")),
        latency("Duration of exchanges", "What the first call of a user waits for.", "obo_exchange_duration_seconds"),
        graph("Hit ratio of the token cache", "Share of the calls that need no exchange of their own.", "percentunit",
              ('job:obo_cache_hits:ratio_rate5m{job=~"$job"}', "{{job}}"), min=0, max=1),
        graph("Look-ups in the token cache", "hit; joined: another call's exchange was waited for; refusal: a refusal "
              "was remembered; miss: an exchange was made.", "ops",
              (per_second("obo_cache_lookups_total", by="result"), "{{result}}")),
        graph("Tokens in the cache", "At most 10,000 for each instance.", "short",
              (chosen("obo_cache_entries"), "{{instance}}")),
        graph("The server's own tokens", "For callers that are applications, and of the managed identity.", "ops",
              (per_second("application_token_requests_total", by="outcome"), "application: {{outcome}}"),
              (per_second("managed_identity_requests_total", by="outcome"), "managed identity: {{outcome}}")),
        number("Credential ready", "Instances that can prove what they are to Entra ID.", "short",
               f"sum({chosen('server_credential_ready')})", thresholds=[(None, "red"), (1, "green")]),
    ]),
    ("Databricks", [
        graph("Calls by status", "Each try counts; none is no answer.", "reqps",
              (per_second("databricks_requests_total", by="status_class"), "{{status_class}}")),
        graph("Calls by endpoint", "Of Databricks' Jobs API; each try counts.", "reqps",
              (per_second("databricks_requests_total", by="endpoint"), "{{endpoint}}")),
        latency("Duration of calls by endpoint", "p95, each try by itself.", "databricks_request_duration_seconds",
                by="endpoint"),
        graph("Throttled calls", "Answers that ask for a pause (HTTP 429). The limit is the workspace's.", "reqps",
              (per_second("databricks_throttles_total", by="endpoint"), "{{endpoint}}")),
        graph("Slots and queues", "Calls under way (DATABRICKS_MAX_CALLS), calls that wait for a slot, and calls that sit "
              "out a pause.", "short",
              (f"sum({chosen('databricks_calls_in_progress')})", "under way"),
              (f"sum({chosen('databricks_calls_waiting')})", "waiting"),
              (f"sum({chosen('databricks_calls_pausing')})", "pausing")),
        latency("Wait before a call", "Of the calls that waited for a slot or for the end of a pause; most do not.",
                "databricks_call_wait_seconds"),
        graph("Calls that were not made", "No room or no time to wait (queue_full, user_queue_full, too_late), or a pause "
              "that is longer than the call may last.", "ops",
              (per_second("databricks_calls_refused_total", by="reason"), "{{reason}}")),
        graph("Pauses", "That Databricks asked for: of single users, each for one endpoint, and of all users.", "short",
              (f"sum({chosen('databricks_user_pauses')})", "of single users"),
              (f"sum({chosen('databricks_shared_pauses')})", "of all users")),
        graph("Repeated calls", "After a throttle, an outage or a lock.", "reqps",
              (per_second("databricks_retries_total", by="endpoint"), "{{endpoint}}")),
        graph("Outgoing requests by status", "What Entra ID, Databricks and the others answered; error_type tells why "
              "there was no answer.", "reqps",
              (per_second("http_client_request_duration_seconds_count",
                          by="peer, http_response_status_code, error_type"),
               "{{peer}} {{http_response_status_code}} {{error_type}}")),
    ]),
    ("Tools", [
        graph("Calls by tool", "Calls of tools/call.", "ops",
              (per_second("mcp_server_operation_duration_seconds_count", 'mcp_method_name="tools/call"',
                          by="gen_ai_tool_name"), "{{gen_ai_tool_name}}")),
        graph("Share of failed calls by tool", "Results that report a failure, whoever is to blame.", "percentunit",
              ('method_tool:mcp_server_operations_failed:ratio_rate5m{job=~"$job", mcp_method_name="tools/call"}',
               "{{gen_ai_tool_name}}"), min=0, max=1),
        latency("Duration by tool", "p95. get_run waits up to 45 s when it is told to.",
                "mcp_server_operation_duration_seconds", 'mcp_method_name="tools/call"', by="gen_ai_tool_name"),
        graph("Methods", "What clients ask for.", "ops",
              (per_second("mcp_server_operation_duration_seconds_count", by="mcp_method_name"), "{{mcp_method_name}}")),
        graph("Protocol revisions", "Which revision of MCP clients speak.", "ops",
              (per_second("mcp_server_operation_duration_seconds_count", by="mcp_protocol_version"),
               "{{mcp_protocol_version}}")),
        graph("Waits for runs", "Calls of get_run that wait for a run to end.", "short",
              (chosen("run_waits_in_progress"), "{{instance}}")),
    ]),
    ("Process", [
        graph("CPU", "Seconds of CPU a second: 1 is one core.", "short",
              (f"rate({chosen('process_cpu_seconds_total')}[$__rate_interval])", "{{instance}}")),
        graph("Memory", "Resident. 30 to 100 MB are usual; virtual memory means nothing by itself.", "bytes",
              (chosen("process_resident_memory_bytes"), "{{instance}}")),
        graph("Virtual memory", "Address space, for the record.", "bytes",
              (chosen("process_virtual_memory_bytes"), "{{instance}}")),
        graph("Connections", "To the public listener, as a share of the limit, and those a second that found no place.", "short",
              (f"{chosen('http_server_connections')} / {chosen('http_server_max_connections')}", "{{instance}}"),
              (per_second("http_server_refused_connections_total", by="instance"), "refused {{instance}}"),
              (per_second("http_server_accept_failures_total", by="instance"), "not accepted {{instance}}")),
        graph("Request bodies", "Bytes in memory or announced.", "bytes",
              (chosen("http_server_body_bytes"), "{{instance}}")),
        graph("File descriptors", "Open, as a share of the limit.", "percentunit",
              (f"{chosen('process_open_fds')} / {chosen('process_max_fds')}", "{{instance}}"), min=0, max=1),
        graph("Threads", "Of the whole process.", "short", (chosen("process_threads"), "{{instance}}")),
        graph("Event-loop lag", "p99 of how long work waits for a thread; over 0.1 s the CPU is too little.", "s",
              (quantile(0.99, "event_loop_lag_seconds", by="instance"), "{{instance}}")),
        graph("Records that were lost", "Log records dropped, spans dropped or refused; 0 is right.", "ops",
              (per_second("log_records_dropped_total"), "log records"),
              (per_second("otel_spans_total", 'outcome!="exported"', by="outcome"), "spans {{outcome}}")),
        graph("Spans", "What became of the spans that were sampled.", "ops",
              (per_second("otel_spans_total", by="outcome"), "{{outcome}}")),
        graph("Series", "Exported by each instance: bounded, because every label is from a closed set.", "short",
              (chosen("metrics_series"), "{{instance}}")),
        graph("Uptime", "Since the process started.", "s",
              (f"time() - {chosen('process_start_time_seconds')}", "{{instance}}")),
        panel("table", "Builds", "Which instance runs what.", "short",
              [(f"{chosen('databricks_jobs_mcp_build_info')}", "")], width=16),
    ]),
]


def variable(name: str, label: str, query: str) -> dict[str, Any]:
    """A choice among the values of a label."""
    return {
        "name": name, "label": label, "type": "query", "datasource": DATASOURCE,
        "query": {"query": query, "refId": name}, "definition": query, "refresh": 2, "sort": 1, "multi": True,
        "includeAll": True, "allValue": ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


def layout() -> list[Panel]:
    """All panels with their places: rows from top to bottom, panels from left to right."""
    placed: list[Panel] = []
    x = y = height = 0
    for title, panels in ROWS:
        y, x, height = y + height, 0, 0
        placed.append({
            "type": "row", "title": title, "collapsed": False, "panels": [],
            "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}})
        y += 1
        for each in panels:
            grid = each["gridPos"]
            if x + grid["w"] > WIDTH:
                x, y, height = 0, y + height, 0
            placed.append(each | {"gridPos": {"x": x, "y": y, "w": grid["w"], "h": grid["h"]}})
            x, height = x + grid["w"], max(height, grid["h"])
    return [each | {"id": number} for number, each in enumerate(placed, start=1)]


def dashboard() -> dict[str, Any]:
    """The whole of it."""
    return {
        "uid": "databricks-jobs-mcp", "title": "databricks-jobs-mcp", "tags": ["mcp", "databricks"],
        "description": "Callers, Entra ID, Databricks and the process of databricks-jobs-mcp. See docs/operations.md.",
        "schemaVersion": 38, "version": 1, "editable": True, "graphTooltip": 1, "timezone": "browser",
        "refresh": "30s", "time": {"from": "now-6h", "to": "now"}, "annotations": {"list": []},
        "links": [{"title": each["title"], "url": each["url"], "type": "link", "targetBlank": True} for each in LINKS],
        "templating": {"list": [
            {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "refresh": 1},
            variable("job", "Job", "label_values(databricks_jobs_mcp_build_info, job)"),
            variable("instance", "Instance", 'label_values(databricks_jobs_mcp_build_info{job=~"$job"}, instance)'),
            {"name": "logs", "label": "Logs", "type": "datasource", "query": "loki", "refresh": 1},
            {"name": "correlation_id", "label": "Correlation ID", "type": "textbox", "query": "",
             "current": {"text": "", "value": ""}},
        ]},
        "panels": layout(),
    }


if __name__ == "__main__":
    print(json.dumps(dashboard(), indent=2))

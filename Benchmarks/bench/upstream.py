"""The answers of the workspace, as `jobs/list`, `runs/get` and `runs/get-output` send them; the same in every run."""

import json
import random

from bench.calls import RUN, TASKS

JOBS = 20
LOG_BYTES = 64 << 10
JOB = 520_113_840_226_917

TEAMS = ["sales-data", "finance", "platform", "growth", "risk", "supply-chain"]
SUBJECTS = ["orders", "invoices", "customers", "inventory", "payments", "returns", "sessions", "forecasts", "prices"]
ACTIONS = ["ingest", "validate", "publish", "reconcile", "export", "aggregate", "score", "archive"]


def job(number: int, rng: random.Random) -> dict:
    """One list item with the members that the service sends without `expand_tasks`."""
    action, subject = rng.choice(ACTIONS), rng.choice(SUBJECTS)
    settings = {
        "name": f"{action} {subject} {number:02d}",
        "description": f"Loads {subject} from the landing zone and checks them.",
        "tags": {"team": rng.choice(TEAMS), "env": "prod"},
        "format": "MULTI_TASK",
        "max_concurrent_runs": 1,
        "timeout_seconds": rng.choice([0, 3600, 7200]),
        "email_notifications": {},
    }
    if number % 2 == 0:
        settings["schedule"] = {
            "quartz_cron_expression": f"0 {rng.randrange(60)} {rng.randrange(6)} * * ?",
            "timezone_id": "Europe/Stockholm", "pause_status": "UNPAUSED",
        }
    if number % 5 == 0:
        settings["parameters"] = [{"name": "run_date", "default": "{{job.start_time.iso_date}}"}]
    return {
        "job_id": rng.randrange(10**14, 10**15),
        "creator_user_name": f"{rng.choice(['ada', 'grace', 'edsger', 'barbara'])}@contoso.example",
        "created_time": 1_700_000_000_000 + number * 86_400_000,
        "settings": settings,
    }


def page() -> bytes:
    """A page of 20 jobs, about 8 KB."""
    rng = random.Random(8)
    return compact({
        "jobs": [job(number, rng) for number in range(JOBS)], "has_more": True,
        "next_page_token": "CAIQ9_qd4-8xIIGAgICAgIAQ",
    })


def outcome(failed: bool) -> dict:
    """State and status of a run or task that is over."""
    code, kind = ("RUN_EXECUTION_ERROR", "CLIENT_ERROR") if failed else ("SUCCESS", "SUCCESS")
    return {
        "state": {
            "life_cycle_state": "TERMINATED", "result_state": "FAILED" if failed else "SUCCESS",
            "state_message": "", "user_cancelled_or_timedout": False,
        },
        "status": {"state": "TERMINATED", "termination_details": {"code": code, "type": kind, "message": ""}},
    }


def task(number: int) -> dict:
    """One task of a run with what the service sends about it, about 1.4 KB."""
    return {
        "task_key": f"migrate_{number}", "run_id": 777_000_111_000_000 + number, "attempt_number": 0,
        "depends_on": [{"task_key": f"migrate_{max(0, number - 25)}"}], "run_if": "ALL_SUCCESS",
        "new_cluster": {
            "spark_version": "16.4.x-scala2.12", "node_type_id": "Standard_D4ds_v5", "num_workers": 2,
            "data_security_mode": "SINGLE_USER",
            "spark_conf": {"spark.sql.shuffle.partitions": "200", "spark.databricks.delta.preview.enabled": "true"},
            "azure_attributes": {
                "availability": "SPOT_WITH_FALLBACK_AZURE", "first_on_demand": 1, "spot_bid_max_price": -1},
        },
        "cluster_instance": {"cluster_id": "0202-021501-k3x9q2ab", "spark_context_id": "7210034455667788990"},
        "notebook_task": {
            "notebook_path": "/Workspace/Shared/migration/table", "source": "WORKSPACE",
            "base_parameters": {"table": f"raw.table_{number}", "mode": "overwrite", "day": "2026-02-02"},
        },
        "email_notifications": {}, "webhook_notifications": {},
        "libraries": [{"pypi": {"package": "orders==4.2.1"}}, {"maven": {"coordinates": "com.contoso:etl:3.1"}}],
        "timeout_seconds": 0, "max_retries": 2, "min_retry_interval_millis": 15000, "retry_on_timeout": False,
        "notification_settings": {"no_alert_for_skipped_runs": False},
        "start_time": 1_769_991_300_000, "end_time": 1_769_991_610_000, "setup_duration": 190_000,
        "execution_duration": 118_000, "cleanup_duration": 2_000, "queue_duration": 0,
        "run_page_url": f"https://adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456#job/{JOB}/run/{number}",
    } | outcome(number % 100 == 9)


def run(tasks: range, following: str | None = None) -> bytes:
    """A run that has failed, with some of its tasks and the token of the next page."""
    body = {
        "job_id": JOB, "run_id": RUN, "run_name": "Wide migration", "run_type": "JOB_RUN",
        "start_time": 1_769_991_300_000, "end_time": 1_769_994_900_000, "run_duration": 3_600_000,
        "tasks": [task(number) for number in tasks],
    } | outcome(failed=True)
    return compact(body | ({"next_page_token": following} if following else {}))


def run_pages() -> list[bytes]:
    """All tasks in pages of at most 100; the token of page n is `page-n`."""
    starts = range(0, TASKS, 100)
    return [
        run(range(start, min(start + 100, TASKS)), f"page-{number + 2}" if start + 100 < TASKS else None)
        for number, start in enumerate(starts)
    ]


def run_output() -> bytes:
    """The output of a run of one task: a log of 64 KB, every line break an escape."""
    line = "2026-02-02T00:15:00Z INFO  exporter: wrote part of table raw.orders, 120394 rows, checksum 9f8e7d\n"
    metadata = {"job_id": JOB, "run_id": RUN, "run_name": "Export", "run_type": "JOB_RUN"} | outcome(failed=True)
    return compact({
        "logs": line * (LOG_BYTES // len(line)), "logs_truncated": True, "error": "Export failed.",
        "metadata": metadata,
    })


def compact(body: dict) -> bytes:
    """Without white space, as the service sends it."""
    return json.dumps(body, separators=(",", ":")).encode()

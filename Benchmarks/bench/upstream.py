"""The answer of the workspace: a page of 20 jobs, about 8 KB, as `jobs/list` sends it."""

import json
import random

JOBS = 20

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
    """The body; the same in every run."""
    rng = random.Random(8)
    body = {
        "jobs": [job(number, rng) for number in range(JOBS)], "has_more": True,
        "next_page_token": "CAIQ9_qd4-8xIIGAgICAgIAQ",
    }
    return json.dumps(body, separators=(",", ":")).encode()

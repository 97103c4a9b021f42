"""What the running service does: start, tool calls, journal, reload, watchdog, socket activation."""

import json
import re
from typing import Any

from boot.machine import Machine
from driver.patience import LONG, wait_until
from driver.report import Report

NAME = "databricks-jobs-mcp"
SETTINGS = "/etc/databricks-jobs-mcp/environment"
SECRET = "/etc/databricks-jobs-mcp/credentials/client_secret"
SANDBOX = "http://127.0.0.1:9100"
#: Seconds of the shortened watchdog: long enough for a server that waits for its turn on a busy machine.
WATCHDOG = 10


def show(machine: Machine, name: str, unit: str = f"{NAME}.service") -> str:
    """A property of a unit."""
    return machine.run(f"systemctl show --value --property={name} {unit}").stdout.strip()


def records(machine: Machine, *matches: str) -> list[dict[str, Any]]:
    """Records of the journal, oldest first."""
    machine.run("journalctl --sync")
    found = machine.run(f"journalctl --output=json --no-pager {' '.join(matches)}").stdout
    return [json.loads(line) for line in found.splitlines()]


def token(machine: Machine, user: str = "alice") -> str:
    """A fresh access token for the server."""
    return machine.run(f"/opt/test/databricks-sandbox token --user {user} --url {SANDBOX}").stdout.strip()


def call(machine: Machine, bearer: str, tool: str = "list_jobs", arguments: str = "{}") -> tuple[int, dict[str, str], str]:
    """One tool call: status, header fields with lower-case names, body."""
    body = f'{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}'
    machine.write("/run/test-request", body)
    machine.write("/run/test-authorization", f"Authorization: Bearer {bearer}")
    text = machine.run(
        f"curl --silent --include --max-time {LONG} http://localhost:8000/mcp --header @/run/test-authorization "
        "--header 'Content-Type: application/json' --header 'Accept: application/json, text/event-stream' "
        "--header 'MCP-Protocol-Version: 2025-11-25' --data-binary @/run/test-request").stdout
    head, _, body = text.partition("\n\n")
    first, *fields = head.splitlines()
    pairs = (field.split(":", 1) for field in fields if ":" in field)
    return int(first.split()[1]), {name.lower(): value.strip() for name, value in pairs}, body


def set_value(machine: Machine, name: str, value: str) -> None:
    """Edits the settings file as an administrator does: in place."""
    lines = [line for line in machine.inside(SETTINGS).read_text().splitlines() if not line.startswith(f"{name}=")]
    machine.write(SETTINGS, "\n".join([*lines, f"{name}={value}", ""]))


def configure(machine: Machine) -> str:
    """Settings and secret for the sandbox; returns the secret."""
    printed = machine.run(f"/opt/test/databricks-sandbox environment --url {SANDBOX}").stdout
    settings = dict(line.split("=", 1) for line in printed.splitlines() if "=" in line and not line.startswith("#"))
    secret = settings.pop("AZURE_CLIENT_SECRET").strip("'\"")
    for name, value in settings.items():
        set_value(machine, name, value)
    set_value(machine, "MCP_BASE_URL", "http://localhost:8000")
    machine.write(SECRET, secret + "\n", mode=0o600)
    return secret


def start_sandbox(machine: Machine) -> None:
    """The stand-ins for Entra ID and the workspace, as a service beside the server."""
    machine.run("systemd-run --collect --unit=sandbox --property=Restart=always /opt/test/databricks-sandbox serve "
                "--identifier-uri http://localhost:8000/mcp")
    wait_until(lambda: machine.run(f"curl -sf {SANDBOX}/_control/requests", check=False).returncode == 0, "the sandbox")


def check_wrong_settings(report: Report, machine: Machine) -> None:
    """A service that is not configured says so and is left alone."""
    with report.check("an unconfigured service ends with status 78, says what to set, and is not started again"):
        assert machine.run(f"systemctl start {NAME}", check=False).returncode != 0
        assert show(machine, "ExecMainStatus") == "78", show(machine, "ExecMainStatus")
        assert show(machine, "ActiveState") == "failed", show(machine, "ActiveState")
        text = "\n".join(str(record["MESSAGE"]) for record in records(machine, f"--unit={NAME}"))
        for setting in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "DATABRICKS_HOST"):
            assert setting in text, f"{setting} is not named:\n{text}"
        assert show(machine, "NRestarts") == "0"
        machine.run(f"systemctl stop {NAME}.socket && systemctl reset-failed {NAME}.service")


def check_start(report: Report, machine: Machine) -> None:
    """From one command to an answer."""
    with report.check("`systemctl enable --now` returns when the service is ready"):
        machine.run(f"systemctl enable --now {NAME}")
        assert show(machine, "ActiveState") == "active"
        assert machine.run("curl -sf http://127.0.0.1:9464/readyz").stdout
    with report.check("it listens on the socket that systemd holds"):
        listening = machine.run("ss -Hltnp 'sport = :8000'").stdout
        assert '"systemd",pid=1' in listening, listening
        assert show(machine, "ActiveState", f"{NAME}.socket") == "active"
    with report.check("it runs as its own account, which owns no file"):
        assert show(machine, "User") == NAME
        # Its own processes are not meant: they are all that it owns.
        owned = machine.run(f"find / -xdev -user {NAME} 2>/dev/null | head", check=False).stdout
        assert not owned, owned


def check_calls(report: Report, machine: Machine, secret: str) -> None:
    """A user's call, and what the journal has of it."""
    bearer = token(machine)
    status, fields, body = call(machine, bearer, arguments='{"name":"nightly orders"}')
    with report.check("a tool call as Alice is answered"):
        assert status == 200 and "Nightly orders" in body, f"{status} {body[:400]}"
    correlation = fields.get("x-correlation-id", "none")
    with report.check("`journalctl -o json CORRELATION_ID=...` finds that request, with native fields"):
        answered = wait_until(
            lambda: records(machine, f"CORRELATION_ID={correlation}", "'MESSAGE=request answered'"), f"the record of {correlation}")
        assert len(answered) == 1, answered
        record = answered[0]
        assert record.get("MCP_TOOL") == "list_jobs", record
        assert record["_SYSTEMD_UNIT"] == f"{NAME}.service" and record["SYSLOG_IDENTIFIER"] == NAME, record
        assert record["_TRANSPORT"] == "journal", record["_TRANSPORT"]
    with report.check("a refused token is found by its reason"):
        assert call(machine, "nonsense")[0] == 401
        assert wait_until(lambda: records(machine, "TOKEN_REJECT_REASON=malformed"), "a record of the refusal")
    with report.check("the secret is a credential: not in the environment, not in the settings, not for others"):
        process = show(machine, "MainPID")
        assert secret not in machine.run(f"cat /proc/{process}/environ | tr '\\0' '\\n'").stdout
        assert secret not in machine.inside(SETTINGS).read_text()
        folder = f"/run/credentials/{NAME}.service"
        assert machine.run(f"cat {folder}/azure_client_secret").stdout.strip() == secret
        assert machine.run(f"setpriv --reuid=nobody --clear-groups cat {folder}/azure_client_secret",
                           check=False).returncode != 0
    with report.check("neither secret nor token is in the journal"):
        everything = machine.run("journalctl --sync && journalctl --output=json --no-pager").stdout
        assert secret not in everything and bearer not in everything


def check_reload(report: Report, machine: Machine) -> None:
    """The log's settings change without a restart."""
    def summaries() -> int:
        call(machine, "nonsense")
        return sum("Rejected bearer token" in str(record["MESSAGE"]) for record in records(machine, f"--unit={NAME}"))

    with report.check("`systemctl reload` takes over LOG_LEVEL from the file, in the same process"):
        before = show(machine, "MainPID")
        assert summaries() == 0, "there are DEBUG records at LOG_LEVEL=info"
        set_value(machine, "LOG_LEVEL", "debug")
        machine.run(f"systemctl reload {NAME}")
        wait_until(lambda: show(machine, "ActiveState") == "active", "the reload to end")
        wait_until(lambda: summaries() > 0, "a DEBUG record")
        set_value(machine, "LOG_LEVEL", "info")
        machine.run(f"systemctl reload {NAME}")
        wait_until(lambda: show(machine, "ActiveState") == "active", "the reload to end")
        assert show(machine, "MainPID") == before and show(machine, "NRestarts") == "0"


def wait_for_restart(machine: Machine, restarts: int) -> bool:
    """Waits for the restart with this number; returns whether a connection was refused before it."""
    refused = False

    def is_restarted() -> bool:
        nonlocal refused
        # What the old process had taken may be lost with it (status 52, 56); refused is 7.
        done = machine.run("curl --silent --max-time 0.3 --output /dev/null http://localhost:8000/healthz", check=False)
        refused |= done.returncode == 7
        return int(show(machine, "NRestarts")) >= restarts and show(machine, "ActiveState") == "active"

    wait_until(is_restarted, f"restart {restarts}")
    return refused


def check_watchdog(report: Report, machine: Machine) -> None:
    """A process that hangs or dies is replaced, and whoever connects meanwhile is answered."""
    with report.check("the unit's watchdog is 30 seconds"):
        assert show(machine, "WatchdogUSec") == "30s", show(machine, "WatchdogUSec")
    # The same with a shorter wait.
    machine.write(f"/run/systemd/system/{NAME}.service.d/watchdog.conf", f"[Service]\nWatchdogSec={WATCHDOG}\n")
    machine.run(f"systemctl daemon-reload && systemctl restart {NAME}")
    restarts = int(show(machine, "NRestarts"))
    bearer = token(machine)
    with report.check("it keeps the watchdog content while nothing happens"):
        def last_word() -> int:
            """Microseconds on the machine's clock when systemd last heard from the watchdog of the service."""
            return int(show(machine, "WatchdogTimestampMonotonic"))

        before, started = show(machine, "MainPID"), last_word()
        wait_until(lambda: last_word() - started > 2 * WATCHDOG * 1_000_000, "it to speak for more than two periods", pause=1)
        assert show(machine, "MainPID") == before
    with report.check("a frozen process (SIGSTOP) is replaced by the watchdog, and meanwhile no connection is refused"):
        machine.run(f"systemctl kill --kill-who=main --signal=SIGSTOP {NAME}")
        refused = wait_for_restart(machine, restarts + 1)
        assert call(machine, bearer)[0] == 200 and not refused
        text = "\n".join(str(record["MESSAGE"]) for record in records(machine, f"UNIT={NAME}.service"))
        assert re.search("Watchdog timeout", text), text[-1500:]
    with report.check("a killed process is replaced, and meanwhile no connection is refused"):
        machine.run(f"systemctl kill --kill-who=main --signal=SIGKILL {NAME}")
        refused = wait_for_restart(machine, restarts + 2)
        assert call(machine, bearer)[0] == 200 and not refused
    machine.run(f"rm -r /run/systemd/system/{NAME}.service.d && systemctl daemon-reload && systemctl restart {NAME}")


def check_activation(report: Report, machine: Machine) -> None:
    """The socket alone is enough."""
    with report.check("a stopped service is started by the first connection"):
        machine.run(f"systemctl stop {NAME}.service", check=False)
        assert show(machine, "ActiveState") == "inactive"
        assert call(machine, token(machine))[0] == 200
        wait_until(lambda: show(machine, "ActiveState") == "active", "the service to be active")

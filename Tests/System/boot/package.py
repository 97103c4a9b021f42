"""The package on a machine: installed, restarted and upgraded under load, removed, purged."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from boot.machine import Machine
from boot.service import NAME, SETTINGS, call, set_value, show, token
from driver.patience import WHOLE, wait_until
from driver.report import Report

RESTARTS = 10
CLIENTS = 8
APT = "DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Options::=--force-confold"


def exists(machine: Machine, path: str) -> bool:
    """Whether the machine has a file."""
    return machine.inside(path).exists()


def newer_package(deb: Path, work: Path) -> Path:
    """The same package with a higher version and one more line in its settings file."""
    folder, target = work / "newer", work / "newer.deb"
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["dpkg-deb", "--raw-extract", deb, folder], check=True, timeout=WHOLE)
    control = folder / "DEBIAN" / "control"
    version = next(line for line in control.read_text().splitlines() if line.startswith("Version: "))
    control.write_text(control.read_text().replace(version, version + "+newer1"))
    with (folder / SETTINGS.lstrip("/")).open("a") as settings:
        settings.write("\n# A setting of the newer version.\n#NEW_SETTING=\n")
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--build", folder, target], check=True, stdout=subprocess.DEVNULL, timeout=WHOLE)
    shutil.rmtree(folder)
    return target


@contextmanager
def load(machine: Machine) -> Iterator[dict[str, int]]:
    """Calls from several clients during the block; the counts are there after it."""
    counts: dict[str, int] = {}
    machine.run("rm -f /run/test-stop /run/test-progress")
    machine.write("/run/test-token", token(machine))
    clients = machine.start(f"python3 /opt/test/load.py /run/test-token /run/test-stop /run/test-progress {CLIENTS}")

    def calls() -> int:
        return int(machine.run("cat /run/test-progress", check=False).stdout or 0)

    try:
        wait_until(lambda: calls() > CLIENTS, "the clients to be at it")
        yield counts
        # Each client has begun a call after the block and got its answer.
        enough = calls() + 2 * CLIENTS
        wait_until(lambda: calls() > enough, "the clients to go on")
    finally:
        machine.run("touch /run/test-stop")
        output, _ = clients.communicate(timeout=WHOLE)
    try:
        counts.update(json.loads(output.splitlines()[-1]))
    except (ValueError, IndexError):
        raise AssertionError(f"the clients failed:\n{output[-1000:]}") from None


def judge(report: Report, what: str, counts: dict[str, int]) -> None:
    """No connection was refused, and nothing but answers came."""
    print(f"        {json.dumps(counts)}", flush=True)
    with report.check(f"{what}: no connection is refused"):
        assert counts and "refused" not in counts, f"{counts}"
    with report.check(f"{what}: every call is answered"):
        assert set(counts) == {"answered"}, f"{counts}"


def check_install(report: Report, machine: Machine, deb: Path) -> None:
    """Right after `apt install`."""
    with report.check("`apt install ./databricks-jobs-mcp_....deb` works without a network"):
        machine.put(deb, f"/root/{deb.name}")
        machine.run(f"{APT} install /root/{deb.name}", timeout=WHOLE)
    with report.check("nothing is started or enabled before it is configured"):
        for unit in (f"{NAME}.service", f"{NAME}.socket"):
            assert show(machine, "ActiveState", unit) == "inactive", unit
            assert machine.run(f"systemctl is-enabled {unit}", check=False).stdout.strip() == "disabled", unit
    with report.check("the settings are for root and the service, the credentials for root"):
        assert machine.run(f"stat -c '%A %U %G' {SETTINGS}").stdout.strip() == f"-rw-r----- root {NAME}"
        folder = machine.run("stat -c '%A %U %G' /etc/databricks-jobs-mcp/credentials").stdout.strip()
        assert folder == "drwx------ root root", folder
    with report.check("the units are without fault beside everything else on the machine"):
        machine.run(f"systemd-analyze verify --man=no --recursive-errors=no {NAME}.service {NAME}.socket")
    with report.check("no file differs from what the package brought"):
        assert not machine.run(f"dpkg --verify {NAME}").stdout


def check_restarts(report: Report, machine: Machine) -> None:
    """Restarts under load."""
    with load(machine) as counts:
        for _ in range(RESTARTS):
            machine.run(f"systemctl restart {NAME}")
    judge(report, f"{RESTARTS} restarts under the load of {CLIENTS} clients", counts)
    with report.check("the socket was never closed meanwhile"):
        assert show(machine, "ActiveState", f"{NAME}.socket") == "active"


def check_upgrade(report: Report, machine: Machine, deb: Path) -> None:
    """A newer package over the running service."""
    newer = newer_package(deb, machine.work)
    machine.put(newer, "/root/newer.deb")
    set_value(machine, "MCP_RESULT_KIB", "32")
    before, process = machine.inside(SETTINGS).read_text(), show(machine, "MainPID")
    with load(machine) as counts:
        machine.run(f"{APT} install /root/newer.deb", timeout=WHOLE)
    judge(report, "an upgrade under load", counts)
    with report.check("the newer version runs"):
        assert machine.run(f"dpkg-query -Wf '${{Version}}' {NAME}").stdout.endswith("+newer1")
        assert show(machine, "ActiveState") == "active" and show(machine, "MainPID") != process
        assert machine.run(f"systemctl is-enabled {NAME}").stdout.strip() == "enabled"
        assert call(machine, token(machine))[0] == 200
    with report.check("the administrator's settings are kept, with owner and mode; the newer ones lie beside them"):
        assert machine.inside(SETTINGS).read_text() == before
        assert machine.run(f"stat -c '%A %U %G' {SETTINGS}").stdout.strip() == f"-rw-r----- root {NAME}"
        assert "NEW_SETTING" in machine.inside(f"{SETTINGS}.dpkg-dist").read_text()


def check_reboot(report: Report, machine: Machine) -> None:
    """The machine starts again."""
    with report.check("it serves again after a reboot"):
        machine.reboot()
        assert show(machine, "ActiveState", f"{NAME}.socket") == "active"
        wait_until(lambda: show(machine, "ActiveState") == "active", "the service after the boot")


def check_removal(report: Report, machine: Machine) -> None:
    """Removed, then purged."""
    with report.check("removal stops service and socket and keeps the configuration"):
        machine.run(f"{APT} remove {NAME}", timeout=WHOLE)
        assert not machine.run("ss -Hltn 'sport = :8000 or sport = :9464'").stdout
        assert not machine.run(f"pgrep -x -f '/usr/bin/{NAME} serve'", check=False).stdout
        assert exists(machine, SETTINGS) and exists(machine, "/etc/databricks-jobs-mcp/credentials/client_secret")
        assert not exists(machine, f"/usr/bin/{NAME}")
    with report.check("a purge leaves nothing but the account: no settings, no secret, no unit, no link"):
        machine.run(f"{APT} purge {NAME}", timeout=WHOLE)
        left = machine.run(
            f"find / -xdev -name '*{NAME}*' -not -path '/root/*' -not -path '/proc/*' -not -path '/run/credentials/*' "
            "-not -path '/opt/test/*' -not -path '/var/log/*'").stdout
        assert not left, left
        state = machine.run(f"systemctl list-unit-files --no-legend '{NAME}*'", check=False).stdout
        assert not state.strip(), state
        assert machine.run(f"getent passwd {NAME}").stdout

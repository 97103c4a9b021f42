"""Boots a machine, puts the package on it and goes through its life; prints a line per check.

usage: python3 -m boot DEB SANDBOX COUNTS-FILE
"""

import signal
import sys
from pathlib import Path

from boot import hardening, package, service
from boot.machine import ROOT, Machine
from driver.report import Report, say


def main(deb: Path, sandbox: Path, counts: Path) -> int:
    """Returns the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the machine is cleaned up then too
    report = Report()
    machine = Machine()
    try:
        machine.prepare()
        machine.boot()
        machine.put(sandbox, "/opt/test/databricks-sandbox", mode=0o755)
        for path in ("System/inside/probe.py", "System/inside/load.py", "Acceptance/driver/patience.py"):
            machine.put(ROOT / "Tests" / path, f"/opt/test/{Path(path).name}")
        life(report, machine, deb)
    except Exception as error:  # what breaks between two checks is a failure of the run
        report.record("the run", f"{type(error).__name__}: {error}")
    finally:
        if report.failed and machine.nspawn and machine.nspawn.poll() is None:
            log = machine.run("journalctl --no-pager --output=short-precise", check=False).stdout
            (machine.work / "journal.log").write_text(log)
            say(f"The machine's journal: {machine.work / 'journal.log'}")
        machine.destroy()
    print()
    counts.write_text(f"{report.passed} {report.failed}\n")
    return 1 if report.failed else 0


def life(report: Report, machine: Machine, deb: Path) -> None:
    """From the installation to the purge."""
    report.section("Installation")
    package.check_install(report, machine, deb)
    service.start_sandbox(machine)
    service.check_wrong_settings(report, machine)
    secret = service.configure(machine)
    report.section("The running service")
    service.check_start(report, machine)
    service.check_calls(report, machine, secret)
    service.check_reload(report, machine)
    service.check_watchdog(report, machine)
    service.check_activation(report, machine)
    hardening.check(report, machine)
    report.section("Restart, upgrade, reboot, removal")
    package.check_restarts(report, machine)
    package.check_upgrade(report, machine, deb)
    package.check_reboot(report, machine)
    package.check_removal(report, machine)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), Path(sys.argv[3])))

"""Each hardening directive of the unit, tried from inside.

A probe is run three times under systemd: as the service runs, to see that it is refused; as root with the same directives
but without those about privileges, so that it is the directive that refuses and not the lack of rights; and as root
without any, to see that it would work. What does not work there even so is not shown by this machine.
"""

import json
import re

from boot.machine import Machine
from driver.report import Report

UNIT = "databricks-jobs-mcp.service"

#: The second run is without these: they say who the process is, or hide what another directive protects.
LEFT_OUT_AS_ROOT = {
    "User", "Group", "CapabilityBoundingSet", "AmbientCapabilities", "PrivateUsers", "NoNewPrivileges", "ProcSubset",
}
#: Shown by the first and the third run: it means nothing to root.
FOR_USERS_ONLY = {"ProtectProc"}
#: What else the service section says; none of it limits the process.
NOT_LIMITING = {
    "Type", "NotifyAccess", "ExecStart", "ExecReload", "TimeoutStartSec", "TimeoutStopSec", "WatchdogSec", "Restart",
    "RestartSec", "RestartPreventExitStatus", "SyslogIdentifier", "Sockets", "NonBlocking", "EnvironmentFile", "Environment",
    "LoadCredential",
}
#: Directives that this machine cannot show, each with the reason (Y-12).
NOT_SHOWN = {
    "AmbientCapabilities": "there are none by default",
    "ProtectClock": "a container may not set the clock in any case",
    "TasksMax": "the pids controller stays with the host",
    "MemoryMax": "the memory controller stays with the host",
    "OOMPolicy": "the memory controller stays with the host",
    "KeyringMode": "private is the default of a system service",
    "RemoveIPC": "the service has no IPC objects outside its own namespace (PrivateIPC)",
    "PrivateMounts": "implied by the other file options: the mount namespace is there with or without it",
    "SystemCallErrorNumber": "seen as EPERM in the probes of SystemCallFilter",
    "ExecPaths": "seen in that the service starts although NoExecPaths covers everything",
}


def service_section(unit: str) -> list[tuple[str, str]]:
    """The assignments of the section [Service]."""
    section = unit.split("[Service]", 1)[1].split("\n[", 1)[0]
    return re.findall(r"^(\w+)=(.*)$", section, re.MULTILINE)


def run_probe(machine: Machine, name: str, directives: list[tuple[str, str]]) -> dict[str, str]:
    """What the probe finds in a unit with these directives."""
    ipc = machine.run("readlink /proc/1/ns/ipc").stdout.strip()
    lines = [f"{key}={value}" for key, value in directives]
    machine.write(f"/run/systemd/system/{name}.service", "\n".join([
        "[Service]", "Type=oneshot", *lines, f"ExecStart=/usr/bin/python3 /opt/test/probe.py {ipc}",
        f"SyslogIdentifier={name}", "",
    ]))
    machine.run(f"systemctl daemon-reload && systemctl start {name}")
    text = machine.run(f"journalctl --sync && journalctl --output=cat --identifier={name}").stdout
    answers = [line for line in text.splitlines() if line.startswith("{")]
    assert answers, f"the probe printed nothing:\n{text[-800:]}"
    return json.loads(answers[-1])


def prepare(machine: Machine) -> None:
    """What the probes look for."""
    machine.run("""set -e
        touch /tmp/of-another-service; mkdir -p /home/somebody /usr/lib/modules/test; touch /home/somebody/file
        [ -e /dev/of-another-kind ] || mknod -m 666 /dev/of-another-kind c 10 229
        [ -e /srv/device ] || mknod -m 666 /srv/device c 10 229
        python3 /opt/test/probe.py --write-i386; chmod 755 /opt/test/i386""")


def check(report: Report, machine: Machine) -> None:
    """A line per directive."""
    report.section("What the unit forbids, tried from inside")
    prepare(machine)
    section = service_section(machine.run(f"systemctl cat {UNIT}").stdout)
    limits = [(key, value) for key, value in section if key not in NOT_LIMITING]
    python = machine.run("readlink -f /usr/bin/python3").stdout.strip()
    # The probe is a Python program beside a 32-bit one; only the paths that may be executed differ from the service's.
    limits = [(key, f"{value} /opt/test {python}" if key == "ExecPaths" else value) for key, value in limits]
    as_root = [(key, value) for key, value in limits if key not in LEFT_OUT_AS_ROOT]
    service = run_probe(machine, "probe-as-the-service", limits)
    root = run_probe(machine, "probe-as-root", as_root)
    bare = run_probe(machine, "probe-without", [])
    for name, found in service.items():
        key = name.split(" ")[0]
        with report.check(f"{name} holds"):
            assert found == "held", f"as the service: {found}"
            is_for_root = key not in LEFT_OUT_AS_ROOT | FOR_USERS_ONLY
            assert not is_for_root or root[name] == "held", f"as root with the directive: {root[name]}"
            assert bare[name] != "held", "it is refused without the directive too: nothing is shown"
    for name, reason in NOT_SHOWN.items():
        print(f"  --    {name} is not shown: {reason}", flush=True)
    with report.check("every directive of the unit is tried or listed"):
        known = {name.split(" ")[0] for name in service} | NOT_SHOWN.keys() | {"Group"}
        missing = {key for key, _ in limits} - known
        assert not missing, f"nothing tries {', '.join(sorted(missing))}"
    with report.check("systemd itself says that the exposure is at most 1.5"):
        machine.run(f"systemd-analyze security --no-pager --threshold=15 {UNIT}")

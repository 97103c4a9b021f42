"""Tries what a unit's directives forbid and prints what happened, as JSON: directive to "held" or what was possible.

usage: python3 probe.py IPC-NAMESPACE
The argument is what /proc/1/ns/ipc links to. Nothing here harms a machine where it succeeds, but it is meant for one that
is thrown away.
"""

import ctypes
import errno
import json
import mmap
import os
import resource
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUTS = 0x04000000
PER_LINUX32 = 0x0008
PTRACE_TRACEME = 0
SYS_SYSLOG, SYS_INIT_MODULE, SYS_SETPRIORITY, SYS_CHROOT = 103, 175, 141, 161
HELD = "held"


def refused(action: Callable[[], object], *codes: int) -> str:
    """Held when `action` fails with one of `codes`."""
    try:
        result = action()
    except OSError as error:
        return HELD if error.errno in codes else f"failed with {errno.errorcode.get(error.errno or 0)}, not as expected"
    return f"possible: {result!r}"


def call(name: str, *arguments: object) -> object:
    """A function of the C library; its failure is raised."""
    result = getattr(LIBC, name)(*arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result


def write(path: str) -> Callable[[], object]:
    """Creates a file."""
    def action() -> str:
        with open(path, "w", encoding="ascii") as file:
            file.write("x")
        return path
    return action


def status(field: str) -> str:
    """A line of /proc/self/status."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(line.split(":", 1)[1].strip() for line in file if line.startswith(field + ":"))


def when(condition: bool, otherwise: str) -> str:
    """Held, or what is there instead."""
    return HELD if condition else otherwise


def is_set_user_id_allowed() -> object:
    """Makes a file that would run as its owner."""
    with tempfile.NamedTemporaryFile(dir="/tmp") as file:
        os.chmod(file.name, 0o4755)
        return "chmod u+s"


def mode_of_new_file() -> int:
    """The permissions that a file gets when nobody asks for any."""
    path = tempfile.mktemp(dir="/tmp")
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o777))
    mode = os.stat(path).st_mode & 0o777
    os.unlink(path)
    return mode


def runs_32_bit() -> str:
    """Runs the smallest 32-bit program: it ends with status 42 by the system calls of i386."""
    result = subprocess.run(["/opt/test/i386"], check=False).returncode
    return f"possible: status {result}" if result == 42 else HELD


def machine_code() -> bytes:
    """An ELF file for i386: mov eax, 1; mov ebx, 42; int 0x80."""
    code = bytes.fromhex("b801000000bb2a000000cd80")
    header = b"\x7fELF\x01\x01\x01" + bytes(9) + struct.pack(
        "<HHIIIIIHHHHHH", 2, 3, 1, 0x8048054, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    return header + struct.pack("<IIIIIIII", 1, 0, 0x8048000, 0x8048000, 84 + len(code), 84 + len(code), 5, 0x1000) + code


def scheduling() -> object:
    """Asks for realtime scheduling."""
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    return "SCHED_FIFO"


def probes(ipc: str) -> dict[str, Callable[[], str]]:
    """What is tried for each directive."""
    eperm, erofs, eacces = errno.EPERM, errno.EROFS, errno.EACCES
    return {
        "User": lambda: when(os.getuid() != 0, "root"),
        "NoNewPrivileges": lambda: when(status("NoNewPrivs") == "1", "0"),
        "CapabilityBoundingSet": lambda: when(int(status("CapBnd"), 16) == 0, status("CapBnd")),
        "PrivateUsers": lambda: when(
            open("/proc/self/uid_map", encoding="ascii").read().split() != ["0", "0", "4294967295"], "the host's users"),
        "PrivateTmp": lambda: when(not os.path.exists("/tmp/of-another-service"), "another service's file is seen"),
        "PrivateDevices": lambda: when(not os.path.exists("/dev/of-another-kind"), "a device is seen"),
        "DevicePolicy": lambda: refused(lambda: os.close(os.open("/srv/device", os.O_RDONLY)), eperm, eacces),
        "PrivateIPC": lambda: when(os.readlink("/proc/self/ns/ipc") != ipc, "the host's"),
        "ProtectSystem": lambda: refused(write("/usr/written"), erofs),
        "ProtectSystem (strict: /var)": lambda: refused(write("/var/lib/written"), erofs),
        "ProtectSystem (strict: /etc)": lambda: refused(write("/etc/written"), erofs),
        "ProtectHome": lambda: when(not os.path.exists("/home/somebody/file"), "a home is seen"),
        "ProtectControlGroups": lambda: refused(lambda: os.mkdir("/sys/fs/cgroup/made"), erofs),
        "ProtectHostname": lambda: refused(lambda: call("sethostname", b"another", 7), eperm),
        "ProtectKernelLogs": lambda: refused(lambda: call("syscall", SYS_SYSLOG, 10, None, 0), eperm),
        "ProtectKernelModules": lambda: when(not os.path.exists("/usr/lib/modules/test"), "the modules are seen"),
        "ProtectKernelTunables": lambda: refused(write("/proc/sys/net/ipv4/ip_forward"), erofs, errno.ENOENT),
        "ProtectProc": lambda: when(not os.path.exists("/proc/1"), "another user's process is seen"),
        "ProcSubset": lambda: when(not os.path.exists("/proc/meminfo"), "/proc/meminfo is there"),
        "NoExecPaths": lambda: refused(lambda: subprocess.run(["/bin/sh", "-c", ""], check=True), eacces),
        "RestrictAddressFamilies": lambda: refused(
            lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close(), errno.EAFNOSUPPORT),
        "RestrictNamespaces": lambda: refused(lambda: call("unshare", CLONE_NEWUTS), eperm),
        "RestrictRealtime": lambda: refused(scheduling, eperm),
        "RestrictSUIDSGID": lambda: refused(is_set_user_id_allowed, eperm),
        "LockPersonality": lambda: refused(lambda: call("personality", PER_LINUX32), eperm),
        "MemoryDenyWriteExecute": lambda: refused(
            lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC).close(), eperm, eacces),
        "SystemCallArchitectures": runs_32_bit,
        "SystemCallFilter (@system-service)": lambda: refused(
            lambda: call("ptrace", PTRACE_TRACEME, 0, 0, 0), eperm),
        "SystemCallFilter (~@privileged)": lambda: refused(lambda: call("syscall", SYS_CHROOT, b"/"), eperm),
        "SystemCallFilter (~@resources)": lambda: refused(lambda: call("syscall", SYS_SETPRIORITY, 0, 0, 5), eperm),
        "UMask": lambda: when(mode_of_new_file() == 0o700, oct(mode_of_new_file())),
        "LimitCORE": lambda: when(resource.getrlimit(resource.RLIMIT_CORE) == (0, 0), "a core may be written"),
        "LimitNOFILE": lambda: when(
            resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 16384, str(resource.getrlimit(resource.RLIMIT_NOFILE))),
    }


def result(probe: Callable[[], str]) -> str:
    """What a probe found; one that breaks has found nothing."""
    try:
        return probe()
    except OSError as error:
        return f"broke: {error}"


if __name__ == "__main__":
    if sys.argv[1] == "--write-i386":
        with open("/opt/test/i386", "wb") as program:
            program.write(machine_code())
    else:
        print(json.dumps({name: result(probe) for name, probe in probes(sys.argv[1]).items()}))

"""The processes of a measurement: nginx twice, the sandbox and the server; and what /proc says of them."""

import http.client
import os
import pwd
import grp
import subprocess
from pathlib import Path

from driver.patience import LONG, end, wait_until
from driver.places import free_port, own_folder

ROOT = Path(__file__).resolve().parents[2]
WORK = own_folder(ROOT / ".run" / "bench")
BINARIES = ROOT / os.environ.get("BUILD_FOLDER", ".build/release")
TICKS = os.sysconf("SC_CLK_TCK")


class Child:
    """A process on loopback that is stopped with the measurement."""

    def __init__(self, name: str, arguments: list[str | Path], environment: dict[str, str] | None = None) -> None:
        self.name = name
        self.log = WORK / f"{name}.log"
        inherited = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                arguments, cwd=WORK, env=inherited | (environment or {}), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_until_ready(self, port: int, path: str, headers: dict[str, str] | None = None) -> None:
        """Returns when `path` is answered with 200."""
        def is_ready() -> bool:
            if self.process.poll() is not None:
                raise SystemExit(f"{self.name} ended before it was ready:\n{self.log.read_text()[-1500:]}")
            try:
                return get(port, path, headers) == 200
            except OSError:
                return False

        try:
            wait_until(is_ready, f"{self.name} to be ready", pause=0.05)
        except AssertionError as error:
            raise SystemExit(f"{error}\n{self.log.read_text()[-1500:]}") from None

    def members(self) -> list[int]:
        """The process and its children: nginx's workers."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(int(child) for child in children)]

    def cpu_seconds(self) -> float:
        """User and system time so far, of all members."""
        return sum(cpu_seconds(pid) for pid in self.members())

    def memory(self) -> dict[str, float]:
        """Resident memory now (VmRSS) and at its highest (VmHWM), MB, of all members."""
        totals = {"VmRSS": 0.0, "VmHWM": 0.0}
        for pid in self.members():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                name, _, value = line.partition(":")
                if name in totals:
                    totals[name] += int(value.split()[0]) / 1024
        return {"resident_mb": round(totals["VmRSS"], 1), "peak_mb": round(totals["VmHWM"], 1)}

    def stop(self) -> None:
        """Ends it."""
        end(self.process, self.name)


def cpu_seconds(pid: int) -> float:
    """Fields 14 and 15 of /proc/PID/stat; the name in field 2 may hold spaces."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def get(port: int, path: str, headers: dict[str, str] | None = None) -> int:
    """The status of one GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def nginx(name: str, server: str, ready: tuple[int, str] | None) -> Child:
    """An nginx with one worker, for the given `http` content; `ready` is the port and path that it answers with 200."""
    folder = WORK / name
    folder.mkdir(parents=True, exist_ok=True)
    # As root nginx would change to a user who cannot read this folder.
    user = f"user {pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name};" if os.getuid() == 0 else ""
    paths = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    configuration = folder / "nginx.conf"
    configuration.write_text(f"""{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
{paths}    access_log off;
    large_client_header_buffers 4 16k;
{server}
}}
""")
    child = Child(name, ["nginx", "-p", folder, "-e", "stderr", "-c", configuration])
    if ready:
        child.wait_until_ready(*ready)
    return child

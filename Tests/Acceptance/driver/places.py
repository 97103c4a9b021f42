"""Folders and ports that no other run has, so that any number of them goes on beside each other."""

import fcntl
import random
import socket
from pathlib import Path
from typing import IO

#: Below the ports that the kernel gives to outgoing connections (ip_local_port_range, 32768 and up).
PORTS = range(10_000, 20_000)

#: Locks and sockets of this process: they end with it, however that happens.
_kept: list[IO[str] | socket.socket] = []


def own_folder(path: Path) -> Path:
    """`path`, or `path-2` and so on while other runs are at work there."""
    for number in range(1, 100):
        folder = path if number == 1 else path.with_name(f"{path.name}-{number}")
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _kept.append(lock)
        return folder
    raise AssertionError(f"99 runs are at work in {path.parent}")


def free_port() -> int:
    """A loopback port for a server, and again for the one that takes its place: nobody else gets it until this run ends.

    A socket keeps the port without listening. Whoever looks for a free one, as this function does, cannot bind it;
    a server can, because it sets SO_REUSEADDR, which Linux grants beside a socket that has it too and does not listen.
    """
    for port in random.sample(PORTS, len(PORTS)):
        keeper = socket.socket()
        try:
            keeper.bind(("127.0.0.1", port))
        except OSError:
            keeper.close()
            continue
        # Only now: with it, two runs could bind the same port at the same time.
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _kept.append(keeper)
        return port
    raise AssertionError(f"no port from {PORTS.start} to {PORTS.stop - 1} is free")

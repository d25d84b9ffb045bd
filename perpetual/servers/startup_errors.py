"""What keeps us from starting: said in one sentence that tells what to do, without a traceback."""

import os
import shutil
import socket
from pathlib import Path

import psutil

CANNOT_GO_ON = "Perpetual cannot go on: "
"""Stands before such a sentence, on the terminal and in the logs of our own programs."""
LEAST_FREE_BYTES = 500 * 1024 * 1024


class StartupError(Exception):  # It is what a user has, not an error of a program.
    """Something on this machine is in the way; the message says what, and what to do."""


def check_directory(directory: Path) -> None:
    """Make the directory of the data. Refuses when it is another user's, or its disk is nearly full.

    A database that cannot write stops for good.
    """
    if not directory.exists():
        directory.mkdir(parents=True)
        # Run by root, PostgreSQL is another user, who must pass through; nobody needs to look around.
        directory.chmod(0o711 if os.getuid() == 0 else 0o700)
    if os.getuid() not in {0, directory.stat().st_uid}:
        raise StartupError(
            f"{directory} belongs to another user: start Perpetual as that user, or choose another "
            "--directory"
        )
    free = shutil.disk_usage(directory).free
    if free < LEAST_FREE_BYTES:
        raise StartupError(
            f"only {free // 2**20} MB are free where {directory} is; make room for at least "
            f"{LEAST_FREE_BYTES // 2**20} MB and start again"
        )


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether nobody listens on the port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(preferred: int, *, taken: frozenset[int] = frozenset()) -> int:
    """The port that is preferred, or the next free one after it."""
    for port in range(preferred, preferred + 200):
        if port not in taken and is_free(port):
            return port
    raise StartupError(
        f"no port is free between {preferred} and {preferred + 199}; stop some program and start again"
    )


def who_listens(port: int) -> str:
    """The program on a port with its pid, as far as we may know it; empty when nobody listens there."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens_on = {connection.status: tuple(connection.laddr)[1:]}.get(psutil.CONN_LISTEN)
            if listens_on == (port,) and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass
    return "" if is_free(port) else "another program"

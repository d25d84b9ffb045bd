"""What keeps us from starting: said in one sentence that tells what to do, without a traceback."""

import shutil
import socket
from pathlib import Path

LEAST_FREE_BYTES = 500 * 1024 * 1024


class Trouble(Exception):  # It is what a user has, not an error of a program.
    """Something on this machine is in the way; the message says what, and what to do."""


def check_disk(directory: Path) -> None:
    """Refuse to start where the disk is nearly full: a database that cannot write stops for good."""
    directory.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(directory).free
    if free < LEAST_FREE_BYTES:
        raise Trouble(
            f"only {free // 2**20} MB are free where {directory} is; make room for at least "
            f"{LEAST_FREE_BYTES // 2**20} MB and start again"
        )


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether nobody listens on the port."""
    with socket.socket() as probe:
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
    raise Trouble(
        f"no port is free between {preferred} and {preferred + 199}; stop some program and start again"
    )

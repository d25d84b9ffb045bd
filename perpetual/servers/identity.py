"""Whether those who listen on a port are the very ones that were started in a directory.

When an installation is stopped, any other program may have its ports. A key or a password goes only to
whom we have started. To find that out nothing is sent: the note of the supervisor and the processes are
looked at.
"""

from pathlib import Path
from typing import Any

import psutil

from perpetual.servers.processes import Noted
from perpetual.servers.startup_errors import StartupError, who_listens
from perpetual.servers.supervisor import read_note, running_supervisor

SPOKEN = {"postgres": "PostgreSQL", "temporal": "Temporal", "api": "the API"}


def require_ours(directory: Path, name: str, port: int) -> None:
    """Refuse, unless the child with this name, started here, listens on the port."""
    if serves(directory, name, port):
        return
    if running_supervisor(directory) is None:
        who = who_listens(port)
        taken = f" (port {port} is {who}'s by now)" if who else ""
        raise StartupError(f"Perpetual is stopped in {directory}{taken}; start it with 'perpetual up'")
    raise StartupError(
        f"{SPOKEN[name]} does not run in {directory} at the moment; 'perpetual status' says what does"
    )


def serves(directory: Path, name: str, port: int) -> bool:
    """Whether the child with this name, started in the directory, is who listens on the port."""
    children: list[dict[str, Any]] = read_note(directory).get("children", [])
    for noted in children:
        process = Noted.read(noted).find() if noted["name"] == name else None
        if process is not None and _listens(process, port):
            return True
    return False


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        connections = process.net_connections("tcp")
    except psutil.Error:
        return False
    return any(one.status == psutil.CONN_LISTEN and tuple(one.laddr)[1:2] == (port,) for one in connections)

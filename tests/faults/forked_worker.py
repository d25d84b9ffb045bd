"""Starts workers by forking: everything is imported already, so that one that has died is back at once.

What runs is the real worker, in an operating system process of its own. A line on standard input is the JSON
of its environment; a line on standard output is its pid.
"""

import gc
import importlib
import json
import os
import signal
import sys
from pathlib import Path

import uvloop

from foundation import faults, telemetry
from foundation.settings import settings
from tests.faults.dying import DIES_AS_TOLD, die_as_told
from workers import registry
from workers.main import run_worker


def serve() -> None:
    """Fork a worker for every line, until there are no more."""
    registry.processes()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Whoever asked for a worker looks after it.
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            work(json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def work(environment: dict[str, str]) -> None:
    """Be a worker, until told to stop."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.environ.update(environment)
    importlib.reload(faults)  # It reads its variables when it is loaded.
    if DIES_AS_TOLD in environment:
        die_as_told(Path(environment[DIES_AS_TOLD]))
    settings.cache_clear()
    telemetry.set_up(settings(), "worker")
    uvloop.run(run_worker(settings()))
    os._exit(0)


if __name__ == "__main__":
    serve()

"""Starts workers and the API by forking: everything is imported already, so that one that has died is back
at once.

What runs is the real worker, or the real API, in an operating system process of its own. A line on standard
input is the JSON of its environment; a line on standard output says which process was born, or which has
died, and of what.
"""

import importlib
import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

from foundation.runtime.modules import loading

with loading():
    import uvloop

    import api.app
    from foundation.runtime import faults, telemetry
    from foundation.runtime.settings import settings
    from perpetual.cli import api as run_api
    from tests.faults.dying import DIES_AS_TOLD, IS_API, LOGS_TO, die_as_told
    from workers import registry
    from workers.main import run_worker

    registry.processes()


def serve() -> None:
    """Fork a worker or an API for every line, until there are no more."""
    assert api.app.app.routes
    signal.signal(signal.SIGCHLD, tell_who_died)
    for line in sys.stdin:
        # Whoever dies at once has been born before.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        if (pid := os.fork()) == 0:
            work(json.loads(line))
        tell("born", pid, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def tell_who_died(number: int, frame: FrameType | None) -> None:
    """One signal may stand for several deaths."""
    del number, frame
    with suppress(ChildProcessError):
        while (death := os.waitpid(-1, os.WNOHANG))[0]:
            tell("died", death[0], os.waitstatus_to_exitcode(death[1]))


def tell(what: str, pid: int, code: int) -> None:
    """A short line, written at once."""
    os.write(sys.stdout.fileno(), f"{what} {pid} {code}\n".encode())


def work(environment: dict[str, str]) -> None:
    """Be a worker, or the API, until told to stop."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    if log := environment.get(LOGS_TO):
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), sys.stderr.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.environ.update(environment)
    importlib.reload(faults)  # It reads its variables when it is loaded.
    if DIES_AS_TOLD in environment:
        die_as_told(Path(environment[DIES_AS_TOLD]))
    settings.cache_clear()
    if IS_API in environment:
        run_api()
        os._exit(0)
    telemetry.set_up(settings(), "worker")
    uvloop.run(run_worker(settings()))
    os._exit(0)


if __name__ == "__main__":
    serve()

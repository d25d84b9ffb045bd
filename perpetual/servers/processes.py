"""Operating system processes: known for certain though pids are used again, and stopped with patience."""

import contextlib
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

KILLED_SECONDS = 5.0


@dataclass(frozen=True)
class Noted:
    """A process as it is written down: the pid, and when that very process started."""

    pid: int
    started: str
    name: str = ""
    stop_signal: int = int(signal.SIGTERM)
    stop_seconds: float = 15.0

    @classmethod
    def read(cls, noted: dict[str, Any]) -> "Noted":
        """From a note; what it does not say has its default."""
        return cls(**{name: noted[name] for name in cls.__dataclass_fields__ if name in noted})

    def find(self) -> psutil.Process | None:
        """The very process that was noted, if it still runs; never another that has its pid now."""
        return running(self.pid) if start_of(self.pid) == self.started else None


def start_of(pid: int) -> str:
    """When the process started, in a form that a changed clock does not change; empty when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # The name in brackets may hold anything; the start is the twentieth field after it.
        return f"{boot}/{stat.rpartition(')')[2].split()[19]}"
    except OSError:
        with contextlib.suppress(psutil.Error):
            return str(psutil.Process(pid).create_time())
        return ""


def running(pid: int) -> psutil.Process | None:
    """The process with this pid, unless it is gone or only waits to be buried."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        if process.status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}:
            return process
    return None


def stop(processes: Sequence[psutil.Process], how: int, seconds: float) -> None:
    """Ask processes to stop, all at once; who has not within the seconds is killed, with its own."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(how)
    until = time.monotonic() + seconds
    while any(running(process.pid) for process in processes):
        if time.monotonic() > until:
            break
        time.sleep(0.05)
    for process in processes:
        if running(process.pid):
            _kill(process)


def _kill(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.Error):
        family = [*process.children(recursive=True), process]
        for member in family:
            with contextlib.suppress(psutil.Error):
                member.kill()
        psutil.wait_procs(family, timeout=KILLED_SECONDS)

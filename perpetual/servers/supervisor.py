"""Keeps everything running: starts children in order, waits until each is ready, starts again what dies.

Whoever cannot be kept running stops everything, with a sentence that names its log. A supervisor that was
killed leaves a note of its children, by which the next one finds and stops them.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from perpetual.servers.trouble import Trouble

READY_SECONDS = 60.0
TOO_MANY_DEATHS, WITHIN_SECONDS = 5, 60.0


@dataclass
class Child:
    """A program to be kept running."""

    name: str
    command: Callable[[], list[str]]
    is_ready: Callable[[], bool] = lambda: True
    after_start: Callable[[], None] = lambda: None
    """Done once, when it is ready for the first time."""
    environment: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=TOO_MANY_DEATHS))


class Supervisor:
    """Starts, watches and stops children. Their logs and the note of their pids are in `directory`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.logs = directory / "logs"
        self.note = directory / "running.json"
        self.children: list[Child] = []

    def claim(self) -> None:
        """Be the only one: refuse when another supervisor runs here, and stop what a killed one has left."""
        self.logs.mkdir(parents=True, exist_ok=True)
        noted = self._noted()
        if noted and _find(noted["supervisor"]) and noted["supervisor"]["pid"] != os.getpid():
            raise Trouble("Perpetual is running here already; stop it with 'perpetual down'")
        for left in reversed(noted.get("children", [])):
            if process := _find(left):
                _stop(process, left.get("signal", signal.SIGTERM), 15)
        self._write_note()

    def start(self, child: Child) -> None:
        """Start a child and wait until it is ready. Refuses with its last words when it is not in time."""
        self.children.append(child)
        self._launch(child)
        until = time.monotonic() + READY_SECONDS
        while not child.is_ready():
            assert child.process is not None
            if child.process.poll() is not None:
                raise Trouble(f"{child.name} ended at once; its log says: {self.last_words(child)}")
            if time.monotonic() > until:
                raise Trouble(
                    f"{child.name} was not ready after {READY_SECONDS:.0f} s; see {self.log_of(child)}"
                )
            time.sleep(0.05)
        child.after_start()

    def check(self) -> None:
        """Start again what has died. Refuses when something dies again and again."""
        for child in self.children:
            if child.process is None or child.process.poll() is None:
                continue
            now = time.monotonic()
            child.deaths.append(now)
            if len(child.deaths) == TOO_MANY_DEATHS and now - child.deaths[0] < WITHIN_SECONDS:
                raise Trouble(
                    f"{child.name} died {TOO_MANY_DEATHS} times within a minute, so everything was stopped; "
                    f"its log {self.log_of(child)} ends: {self.last_words(child)}"
                )
            time.sleep(0.2 * len(child.deaths))
            self._launch(child)

    def watch(self, until: Callable[[], bool]) -> None:
        """Look after the children until something is so."""
        while not until():
            self.check()
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop everything, the last started first."""
        for child in reversed(self.children):
            if child.process is not None and child.process.poll() is None:
                with contextlib.suppress(psutil.NoSuchProcess):
                    _stop(psutil.Process(child.process.pid), child.stop_signal, child.stop_seconds)
                child.process.wait()
        self.children.clear()
        self.note.unlink(missing_ok=True)

    def log_of(self, child: Child) -> Path:
        """Where a child's output goes."""
        return self.logs / f"{child.name}.log"

    def last_words(self, child: Child) -> str:
        """The last lines of a child's log."""
        lines = self.log_of(child).read_text(errors="replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "nothing"

    def _launch(self, child: Child) -> None:
        with self.log_of(child).open("ab") as log:
            child.process = subprocess.Popen(
                child.command(),
                env=os.environ | child.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: we stop the children in their order.
                **child.options,
            )
        self._write_note()

    def _write_note(self) -> None:
        note = {
            "supervisor": _identity(os.getpid()),
            "children": [
                _identity(child.process.pid) | {"name": child.name, "signal": int(child.stop_signal)}
                for child in self.children
                if child.process is not None and child.process.poll() is None
            ],
        }
        fresh = self.note.with_suffix(".new")
        fresh.write_text(json.dumps(note))
        fresh.replace(self.note)

    def _noted(self) -> dict[str, Any]:
        try:
            noted: dict[str, Any] = json.loads(self.note.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return noted


def stop_running(directory: Path) -> bool:
    """Stop the supervisor that runs in a directory, and wait for it; False when there was none."""
    try:
        noted = json.loads((directory / "running.json").read_text())
    except (FileNotFoundError, ValueError):
        return False
    supervisor = _find(noted["supervisor"])
    if supervisor is None:
        Supervisor(directory).claim()
        (directory / "running.json").unlink(missing_ok=True)
        return False
    _stop(supervisor, signal.SIGTERM, 90)
    return True


def _identity(pid: int) -> dict[str, Any]:
    try:
        return {"pid": pid, "started": psutil.Process(pid).create_time()}
    except psutil.NoSuchProcess:
        return {"pid": pid, "started": 0.0}


def _find(identity: dict[str, Any]) -> psutil.Process | None:
    """The very process that was noted, not another that has its pid now."""
    try:
        process = psutil.Process(identity["pid"])
        same = abs(process.create_time() - identity["started"]) < 1
    except psutil.NoSuchProcess:
        return None
    return process if same and process.status() != psutil.STATUS_ZOMBIE else None


def _stop(process: psutil.Process, how: int, seconds: float) -> None:
    """Ask a process to stop, and its whole group to die when it does not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(how)
        try:
            process.wait(seconds)
        except psutil.TimeoutExpired:
            family = [process, *process.children(recursive=True)]
            for member in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            psutil.wait_procs(family, timeout=5)

"""Keeps everything running: starts children, waits until each is ready, starts again what dies.

Whoever dies again and again is given up, and all others go on: that is told where it was started, in the log
`supervisor.log` and in the note. A supervisor that was killed leaves a note of its children, and its mark on
them, by which the next one finds and stops them.
"""

import contextlib
import fcntl
import itertools
import json
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psutil

from perpetual.servers import processes
from perpetual.servers.processes import Noted
from perpetual.servers.startup_errors import CANNOT_GO_ON, StartupError

TOO_MANY_DEATHS, WITHIN_SECONDS = 5, 60.0
ORDINALS = ("", "first", "second", "third", "fourth")
FIRST_PAUSE_SECONDS = 0.25
"""Before a child is started again; doubled with each of its deaths within a minute."""
LARGEST_LOG_BYTES = 20 * 1024 * 1024
LAST_LINES = 20
"""Of a log, in which an error is looked for."""
MOST_WORDS = 400
"""Letters of a log that a sentence takes over; the cause stands at the end of a long line."""
MARK = "PERPETUAL_CHILD_OF"
NOT_PASSED_ON = "PERPETUAL_OWNER_DATABASE_URL"
"""Of our environment; a child that needs it has it in its own."""


@dataclass
class Child:
    """A program to be kept running."""

    name: str
    command: Callable[[], list[str]]
    is_ready: Callable[[int], bool] = lambda pid: True
    """Asked with its pid."""
    after_start: Callable[[], None] = lambda: None
    """Done once, when it is ready for the first time."""
    environment: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    ready_seconds: float = 60.0
    stop_signal: int = int(signal.SIGTERM)
    stop_seconds: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=TOO_MANY_DEATHS))
    start_again_at: float | None = None
    given_up: str | None = None
    """Why it is not started again; None as long as it is."""

    @property
    def kind(self) -> str:
        """Children of a kind are stopped together: `worker` for `worker-1`."""
        return self.name.partition("-")[0]


class Supervisor:
    """Starts, watches and stops children. Their logs and the note of their pids are in `directory`.

    `stop_asked` says whether somebody wants it to end; whatever waits then ends with KeyboardInterrupt. `say`
    shows a sentence where it was started; it is in the log too.
    """

    def __init__(
        self,
        directory: Path,
        stop_asked: Callable[[], bool] = lambda: False,
        say: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self.directory = directory.absolute()
        self.stop_asked, self.say = stop_asked, say
        self.logs = self.directory / "logs"
        self.note = self.directory / "running.json"
        self.known: dict[str, Any] = {}
        """What others find in the note beside the pids: addresses."""
        self.children: list[Child] = []
        self._lock: IO[bytes] | None = None

    def claim(self) -> None:
        """Be the only one: refuse when another supervisor runs here, and stop what a killed one has left."""
        self.logs.mkdir(parents=True, exist_ok=True)
        lock = (self.directory / "lock").open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise StartupError(
                "Perpetual is running here already, or being stopped; 'perpetual down' stops it"
            ) from None
        self._lock = lock
        self.stop_left_behind()
        self.write_note()

    def stop_left_behind(self) -> bool:
        """Stop the children of a supervisor that was killed, the last first; whether there were any."""
        noted = [Noted.read(child) for child in reversed(read_note(self.directory).get("children", []))]
        left = False
        for _, several in itertools.groupby(noted, key=lambda child: child.name.partition("-")[0]):
            of_a_kind = list(several)
            if found := [process for child in of_a_kind if (process := child.find())]:
                left = True
                processes.stop(found, of_a_kind[0].stop_signal, of_a_kind[0].stop_seconds)
        # It may have been killed between starting a child and noting it.
        if unnoted := self._marked():
            left = True
            processes.stop(unnoted, signal.SIGINT, 15)
        return left

    def start(self, *children: Child) -> None:
        """Start children and wait until all are ready. Refuses with the last words of one that ends.

        They start together: none of them may need another.
        """
        for child in children:
            self.children.append(child)
            self._launch(child)
        for child in children:
            until = time.monotonic() + child.ready_seconds
            while not self._is_ready(child):
                if time.monotonic() > until:
                    seconds = f"{child.ready_seconds:.0f} s"
                    raise StartupError(
                        f"{child.name} was not ready after {seconds}; see {self.log_of(child)}"
                    )
                self._pause(0.05)
            child.after_start()

    def run_to_end(self, child: Child) -> None:
        """Run a program that ends. Refuses with its last words when it fails."""
        self.children.append(child)
        self._launch(child)
        assert child.process is not None
        while child.process.poll() is None:
            self._pause(0.05)
        self.children.remove(child)
        self.write_note()
        if child.process.returncode:
            raise StartupError(f"{child.name} failed: {self.last_words(child)} (see {self.log_of(child)})")

    def check(self) -> None:
        """Start again what has died, after a pause; what dies again and again is given up, and it alone."""
        now = time.monotonic()
        for child in self.children:
            if child.given_up or child.process is None or child.process.poll() is None:
                continue
            if child.start_again_at is None:
                self._count_death(child, now, how=_how_it_ended(child.process.returncode))
            elif now >= child.start_again_at:
                self._launch_again(child, now)

    def watch(self, until: Callable[[], bool]) -> None:
        """Look after the children until something is so."""
        while not until():
            self.check()
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop everything, the last started first, children of a kind together."""
        for _, several in itertools.groupby(reversed(self.children), key=lambda child: child.kind):
            of_a_kind = list(several)
            alive = [
                psutil.Process(child.process.pid)
                for child in of_a_kind
                if child.process is not None and child.process.poll() is None
            ]
            processes.stop(alive, of_a_kind[0].stop_signal, max(child.stop_seconds for child in of_a_kind))
            for child in of_a_kind:
                if child.process is not None:
                    child.process.wait()
        self.children.clear()
        self.note.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def log_of(self, child: Child) -> Path:
        """Where a child's output goes."""
        return self.logs / f"{child.name}.log"

    def last_words(self, child: Child) -> str:
        """The last line of a child's log."""
        return last_line(self.log_of(child))

    def write_note(self) -> None:
        """Write down who runs, for `perpetual down` and for the next supervisor."""
        children = [
            asdict(
                Noted(
                    pid=child.process.pid,
                    started=processes.start_of(child.process.pid),
                    name=child.name,
                    stop_signal=child.stop_signal,
                    stop_seconds=child.stop_seconds,
                )
            )
            for child in self.children
            if child.process is not None and child.process.poll() is None
        ]
        ourselves = {"pid": os.getpid(), "started": processes.start_of(os.getpid())}
        given_up = {child.name: child.given_up for child in self.children if child.given_up}
        wanted = [child.name for child in self.children]
        noted = {"supervisor": ourselves, "wanted": wanted, "children": children, "given_up": given_up}
        fresh = self.note.with_suffix(".new")
        fresh.write_text(json.dumps(noted | self.known))
        fresh.replace(self.note)

    def _is_ready(self, child: Child) -> bool:
        assert child.process is not None
        if child.process.poll() is not None:
            raise StartupError(
                f"{child.name} ended at once; its log {self.log_of(child)} says: {self.last_words(child)}"
            )
        return child.is_ready(child.process.pid)

    def _pause(self, seconds: float) -> None:
        if self.stop_asked():
            raise KeyboardInterrupt
        time.sleep(seconds)

    def _count_death(self, child: Child, now: float, *, how: str) -> None:
        child.deaths.append(now)
        recent = sum(now - death < WITHIN_SECONDS for death in child.deaths)
        where = f"its log {self.log_of(child)} ends: {self.last_words(child)}"
        if recent >= TOO_MANY_DEATHS:
            child.given_up = f"it died {TOO_MANY_DEATHS} times within a minute, at last {how}; {where}"
            self._tell("error", f"{child.name} is given up, and the others go on: {child.given_up}")
            self.write_note()
            return
        pause = FIRST_PAUSE_SECONDS * 2 ** (recent - 1)
        child.start_again_at = now + pause
        count = "" if recent == 1 else f", for the {ORDINALS[recent]} time within a minute"
        self._tell("warning", f"{child.name} died {how}{count}; started again in {pause:g} s; {where}")

    def _launch_again(self, child: Child, now: float) -> None:
        child.start_again_at = None
        try:
            self._launch(child)
        except (OSError, StartupError) as failure:
            self._count_death(child, now, how=f"before it began ({failure})")
        else:
            self._tell("info", f"{child.name} was started again")

    def _tell(self, level: str, sentence: str) -> None:
        """Where it was started, and in the log, a JSON line as all logs have them."""
        self.say(sentence)
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with contextlib.suppress(OSError), (self.logs / "supervisor.log").open("a") as log:
            log.write(json.dumps({"timestamp": at, "level": level, "event": sentence}) + "\n")

    def _launch(self, child: Child) -> None:
        log_file = self.log_of(child)
        if log_file.exists() and log_file.stat().st_size > LARGEST_LOG_BYTES:
            log_file.replace(log_file.with_suffix(".old.log"))
        ours = {name: value for name, value in os.environ.items() if name != NOT_PASSED_ON}
        with log_file.open("ab") as log:
            child.process = subprocess.Popen(
                child.command(),
                env=ours | child.environment | {MARK: str(self.directory)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: we stop the children in their order.
                **child.options,
            )
        self.write_note()

    def _marked(self) -> list[psutil.Process]:
        """Running processes that bear our mark: children of ours, or of a supervisor that was killed."""
        mark, found = str(self.directory), []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(MARK) == mark and process.pid != os.getpid():
                    found.append(process)
        return found


def _how_it_ended(status: int) -> str:
    """In words: `with status 1`, or `of SIGKILL`."""
    if status >= 0:
        return f"with status {status}"
    try:
        return f"of {signal.Signals(-status).name}"
    except ValueError:
        return f"of signal {-status}"


def read_note(directory: Path) -> dict[str, Any]:
    """What the last supervisor of a directory has noted; empty when it has been stopped in order."""
    try:
        noted: dict[str, Any] = json.loads((directory / "running.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return noted


def running_supervisor(directory: Path) -> psutil.Process | None:
    """The supervisor that works on a directory, if one does."""
    noted = read_note(directory).get("supervisor")
    return Noted.read(noted).find() if noted else None


def stop_running(directory: Path) -> bool:
    """Stop what runs in a directory, also what a killed supervisor has left; False when there was nothing."""
    if not directory.exists():
        return False
    if supervisor := running_supervisor(directory):
        processes.stop([supervisor], signal.SIGTERM, 120)
        return True
    orphans = Supervisor(directory)
    left = orphans.stop_left_behind()
    orphans.note.unlink(missing_ok=True)
    return left


def last_line(log: Path) -> str:
    """The last line of a log that says something; rather one of the last that tells an error."""
    lines = log.read_text(errors="replace").strip().splitlines()[-LAST_LINES:] if log.exists() else []
    errors = [line for line in lines if '"level": "error"' in line]
    words = "".join((errors or lines)[-1:]).strip().removeprefix(CANNOT_GO_ON) or "nothing"
    return words if len(words) <= MOST_WORDS else f"… {words[-MOST_WORDS:]}"

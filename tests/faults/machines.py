"""The machines of a fault run: operating system processes that are started again whenever they die."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

RESTART_SECONDS = 0.2
"""What a supervisor takes to notice a death."""


class Child(Protocol):
    """A process that was started."""

    @property
    def pid(self) -> int:
        """Its number."""

    async def wait(self) -> object:
        """Until it has died."""


@dataclass
class Forked:
    """A process that another has started for us, and which tells us when it has died, and of what."""

    pid: int
    died: asyncio.Future[int]

    async def wait(self) -> int:
        """Until it has died: its exit code, or minus the signal."""
        return await asyncio.shield(self.died)


Start = Callable[[], Awaitable[Child]]


@dataclass
class Machine:
    """A process that is started again whenever it dies."""

    name: str
    start: Start
    child: Child | None = None
    starts: int = 0
    may_run: asyncio.Event = field(default_factory=asyncio.Event)
    _keeping: asyncio.Task[None] | None = None

    def keep(self) -> None:
        """Start it, and start it again whenever it dies, until it is stopped."""
        self.may_run.set()
        self._keeping = asyncio.create_task(self._keep(), name=f"keeps {self.name} running")

    async def _keep(self) -> None:
        while True:
            await self.may_run.wait()
            self.child = await self.start()
            self.starts += 1
            await self.child.wait()
            self.child = None
            await asyncio.sleep(RESTART_SECONDS)

    async def go_down(self, number: int) -> None:
        """Stop it with a signal, and wait until it is gone; it stays down until it may run again."""
        self.may_run.clear()
        child = self.child
        self.send(number)
        while child is not None and self.child is child:
            await child.wait()
            await asyncio.sleep(0)  # Whoever keeps it running has to notice as well.

    async def running(self) -> Child:
        """The process, once it has been started."""
        while self.child is None:  # noqa: ASYNC110  # Nobody else waits for it.
            await asyncio.sleep(0.02)
        return self.child

    def come_back(self) -> None:
        """Start it again, if it was told to stay down."""
        self.may_run.set()

    def send(self, number: int) -> bool:
        """Send a signal; whether there was somebody to get it."""
        with suppress(ProcessLookupError):
            if self.child is not None:
                os.kill(self.child.pid, number)
                return True
        return False

    async def stop(self, number: int = signal.SIGKILL) -> None:
        """Stop it for good."""
        if self._keeping is None:
            return
        self._keeping.cancel()
        with suppress(asyncio.CancelledError):
            await self._keeping
        if (child := self.child) is None:
            return
        self.send(signal.SIGCONT)
        self.send(number)
        try:
            await asyncio.wait_for(child.wait(), 15)
        except TimeoutError:
            self.send(signal.SIGKILL)
            await child.wait()


@dataclass
class Started:
    """A program that was started, perhaps as another user: which uvloop does for nobody."""

    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid

    async def wait(self) -> int:
        """Until it has died: its exit code, or minus the signal."""
        while (code := self.process.poll()) is None:  # noqa: ASYNC110  # It tells nobody.
            await asyncio.sleep(0.02)
        return code


def program(
    command: Callable[[], list[str]], environment: dict[str, str], log: Path, **options: Any
) -> Start:
    """How to start a program, with its output in a file."""

    async def start() -> Child:
        # Making the command may wait for what an earlier one has left.
        arguments = await asyncio.to_thread(command)
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: ASYNC220  # In a thread it would be started, and known to nobody.
                arguments,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **options,
            )
        return Started(process)

    return start


@dataclass
class Nursery:
    """Where workers and the API are forked."""

    log: Path
    _process: asyncio.subprocess.Process | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _born: asyncio.Queue[Forked | None] = field(default_factory=asyncio.Queue)
    _reading: asyncio.Task[None] | None = None

    async def open(self, environment: dict[str, str]) -> None:
        """Have everything imported."""
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.faults.forked"),
                env=environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=output,
                start_new_session=True,
            )
        assert self._process.stdout
        self._reading = asyncio.create_task(
            self._read(self._process.stdout), name="hears of births and deaths"
        )

    async def _read(self, told: asyncio.StreamReader) -> None:
        living: dict[int, asyncio.Future[int]] = {}
        async for line in told:
            what, pid, code = line.decode().split()
            if what == "born":
                living[int(pid)] = asyncio.get_running_loop().create_future()
                self._born.put_nowait(Forked(int(pid), living[int(pid)]))
            else:
                living.pop(int(pid)).set_result(int(code))
        self._born.put_nowait(None)

    async def fork(self, environment: dict[str, str]) -> Forked:
        """A worker, or the API, with this environment beside the common one."""
        assert self._process and self._process.stdin
        async with self._turn:
            self._process.stdin.write(json.dumps(environment).encode() + b"\n")
            child = await self._born.get()
        assert child is not None, f"the nursery has ended: see {self.log}"
        return child

    async def close(self) -> None:
        """Fork no more."""
        if self._process is not None and self._reading is not None:
            self._process.kill()
            await self._process.wait()
            self._reading.cancel()

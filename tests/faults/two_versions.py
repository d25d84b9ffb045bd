"""A Perpetual that goes from version A of its programs, this tree, to version B while it is at work."""

import asyncio
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Connection
from perpetual.addresses import OWNER
from perpetual.servers.startup_errors import free_port
from tests.faults.doomed import Points
from tests.faults.machines import program
from tests.faults.patience import NO_ANSWER
from tests.faults.site import ADMIN_KEY, Site
from tests.faults.version_b import CHANGES, make_version_a, make_version_b

A, B, B_SWITCHED_OFF = "A", "B", "B switched off"
"""The generations of workers and APIs, in their order."""


@dataclass
class Door:
    """One API: which version it is of, and where it answers."""

    version: str
    port: int

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


class TwoVersions(Site):
    """Servers, and workers and APIs of either version, each started and stopped by hand."""

    def __init__(self, workers: int, *, careless: bool = False) -> None:
        super().__init__(Points.of((), ()), lambda: 0.0)
        self.trees = {
            A: make_version_a(self.directory / "version-a"),
            B: make_version_b(self.directory / "version-b", careless=careless),
        }
        self.workers = workers
        self.doors: list[Door] = []
        """Where clients are answered now, the oldest first."""
        self.kills = 0

    @property
    def numbers(self) -> range:
        """The workers of a generation."""
        return range(1, self.workers + 1)

    async def start_workers(self, generation: str) -> None:
        """So many as there are of each generation."""
        for number in self.numbers:
            await self.start_worker(generation, number)

    async def start_worker(self, generation: str, number: int) -> None:
        """One, which is started again when it dies."""
        self._run(f"worker {number} of {generation}", generation, "worker")

    async def stop_worker(self, generation: str, number: int) -> None:
        """In order: it finishes what it has begun."""
        await self.machines.pop(f"worker {number} of {generation}").stop(signal.SIGTERM)

    async def kill_worker(self, generation: str, number: int) -> None:
        """In the middle of its work; it is started again."""
        self.kills += 1
        machine = self.machines[f"worker {number} of {generation}"]
        await machine.running()
        machine.send(signal.SIGKILL)

    async def open_door(self, generation: str) -> None:
        """An API beside those that are there."""
        taken = frozenset(door.port for door in self.doors)
        door = Door(generation, free_port(self.api_port, taken=taken))
        told = {"PERPETUAL_API_PORT": str(door.port)}
        self._run(f"API of {generation}", generation, "api", told)
        async with asyncio.timeout(60):
            while not await _answers(door):  # noqa: ASYNC110  # A server tells nobody that it is ready.
                await asyncio.sleep(0.1)
        self.doors.append(door)

    async def close_door(self, generation: str) -> None:
        """Clients go elsewhere; what was asked here is answered."""
        self.doors = [door for door in self.doors if door.version != generation]
        await self.machines.pop(f"API of {generation}").stop(signal.SIGTERM)

    async def run(self, generation: str, *command: str) -> str:
        """A command of that version, to its end; what it has said."""
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "perpetual", *command),
            cwd=self._tree(generation),
            env=self._told(generation) | {OWNER: self.addresses.owner},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await running.communicate()
        assert running.returncode == 0, said.decode()
        return said.decode()

    async def close(self, *, keep: bool) -> None:
        """Stop workers and APIs, and then the servers."""
        others = [name for name in self.machines if name.startswith(("worker", "API"))]
        await asyncio.gather(*(self.machines.pop(name).stop(signal.SIGKILL) for name in others))
        await super().close(keep=keep)

    def _run(self, name: str, generation: str, command: str, told: dict[str, str] | None = None) -> None:
        arguments = [sys.executable, "-m", "perpetual", command]
        environment = self._told(generation) | (told or {})
        log = self.logs / f"{name.replace(' ', '-')}.log"
        self._keep(name, program(lambda: arguments, environment, log, cwd=self._tree(generation)))

    def _tree(self, generation: str) -> Path:
        return self.trees[A if generation == A else B]

    def _told(self, generation: str) -> dict[str, str]:
        off = {"PERPETUAL_SWITCHED_OFF": ",".join(CHANGES)} if generation == B_SWITCHED_OFF else {}
        return {**self.environment, **off}


async def _answers(door: Door) -> bool:
    connection = Connection(door.base_url, ADMIN_KEY, "")
    try:
        status, _ = await connection.get("/health/ready")
    except NO_ANSWER:
        return False
    finally:
        await connection.close()
    return status == 200

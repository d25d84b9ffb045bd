"""A whole Perpetual for one fault run: servers, workers and an API of its own, each started again when it
dies.
"""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from perpetual.addresses import Addresses
from perpetual.bootstrap import make_ready
from perpetual.servers.postgres import FAST_SHUTDOWN, Postgres
from perpetual.servers.startup_errors import free_port
from perpetual.servers.temporal import Temporal
from tests.faults.doomed import Doom, Points
from tests.faults.dying import DIES_AS_TOLD, IS_API, LOGS_TO
from tests.faults.machines import Machine, Nursery, Start, program

ADMIN_KEY = "pk_administrator-of-the-fault-run"
POSTGRES, TEMPORAL, API, DOOMED, WORKER = "PostgreSQL", "Temporal", "API", "worker 1", "worker 2"
STOPPED_BY = {
    API: signal.SIGKILL,
    DOOMED: signal.SIGKILL,
    WORKER: signal.SIGKILL,
    TEMPORAL: signal.SIGTERM,
    POSTGRES: FAST_SHUTDOWN,
}
START_SECONDS = 60.0


class Site:
    """Everything that runs, and what has been done to it."""

    def __init__(self, points: Points, life_seconds: Callable[[], float], **settings: str) -> None:
        self.settings = settings
        """What workers and API are told besides, as environment variables."""
        self.directory = Path(tempfile.mkdtemp(prefix="perpetual-faults-"))
        self.directory.chmod(0o711)  # PostgreSQL may run as another user, who must reach its data.
        self.logs = self.directory / "logs"
        self.logs.mkdir()
        self.attempts = self.directory / "attempts"
        self.faults: Counter[str] = Counter()
        self.last_fault, self.last_fault_at = time.monotonic(), datetime.now(UTC)
        postgres, temporal, self.api_port = _ports()
        self.postgres = Postgres(self.directory / "postgres", postgres)
        self.temporal = Temporal(self.directory / "temporal", temporal)
        self.machines: dict[str, Machine] = {}
        self.told_api = self.directory / "told-api"
        """In which the API is told where it is to die."""
        self.nursery = Nursery(self.logs / "worker-1.log")
        self.doom = Doom(self.nursery, points, self.directory / "told-worker", self.struck, life_seconds)

    @property
    def base_url(self) -> str:
        """Where the API answers."""
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def addresses(self) -> Addresses:
        """The database, for its owner and for the application."""
        return Addresses(self.postgres.owner_url, self.postgres.application_url)

    @property
    def environment(self) -> dict[str, str]:
        """What workers and API are told."""
        return os.environ | {
            "DATABASE_URL": self.addresses.application,
            "TEMPORAL_ADDRESS": self.temporal.address,
            "PERPETUAL_API_PORT": str(self.api_port),
            "PERPETUAL_LOG_LEVEL": "WARNING",
            "PERPETUAL_NOTE_ATTEMPTS": str(self.attempts),
            "PYTHONHASHSEED": "0",
            **self.settings,
        }

    async def open(self) -> None:
        """Start the servers and wait for them; workers and API come as soon as they can."""
        await self.open_servers()
        await self.nursery.open(self.environment)
        await self.open_workers()
        told = {DIES_AS_TOLD: str(self.told_api), IS_API: "yes", LOGS_TO: str(self.logs / "api.log")}
        self._keep(API, lambda: self.nursery.fork(told))

    async def open_servers(self) -> None:
        """PostgreSQL with a database that is up to date, and Temporal."""
        await asyncio.to_thread(self.postgres.prepare)
        self.temporal.prepare()
        plain, owner = dict(os.environ), {"cwd": self.postgres.directory, **self.postgres.user.options}
        self._keep(POSTGRES, program(self.postgres.command, plain, self.logs / "postgres.log", **owner))
        self._keep(TEMPORAL, program(self.temporal.command, plain, self.logs / "temporal.log"))
        await until(self.postgres.is_ready)
        await asyncio.to_thread(self.postgres.make_database)
        await asyncio.to_thread(make_ready, self.addresses, ADMIN_KEY)
        await until(self.temporal.is_ready)

    async def open_workers(self) -> None:
        """One that dies at marked points, and one that dies only when it is struck."""
        self._keep(DOOMED, self.doom.start)
        self._keep(WORKER, lambda: self.nursery.fork({LOGS_TO: str(self.logs / "worker-2.log")}))

    def struck(self, fault: str) -> None:
        """Note a fault."""
        self.faults[fault] += 1
        self.last_fault, self.last_fault_at = time.monotonic(), datetime.now(UTC)

    async def close(self, *, keep: bool) -> None:
        """Stop everything; the data stays only if it is to be looked at."""
        self.doom.settle()
        for name, number in STOPPED_BY.items():
            if name in self.machines:
                await self.machines[name].stop(number)
        await self.nursery.close()
        if not keep:
            shutil.rmtree(self.postgres.directory, ignore_errors=True)
            shutil.rmtree(self.directory, ignore_errors=True)

    def _keep(self, name: str, start: Start) -> None:
        machine = self.machines[name] = Machine(name, start)
        machine.keep()


def _ports() -> tuple[int, int, int]:
    """Three free ports below those that clients get: one of them must not take a dead server's port."""
    first = free_port(10_000 + os.getpid() * 10 % 20_000)
    second = free_port(first + 1)
    return first, second, free_port(second + 1)


async def until(is_ready: Callable[[], bool]) -> None:
    """Wait for a server."""
    async with asyncio.timeout(START_SECONDS):
        while not await asyncio.to_thread(is_ready):  # noqa: ASYNC110  # A server tells nobody that it is ready.
            await asyncio.sleep(0.05)

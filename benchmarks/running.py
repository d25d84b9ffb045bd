"""What every benchmark does: an installation of its own, so many clients, and who used how much CPU."""

import asyncio
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import psutil
from rich.console import Console

from benchmarks.client import Connection
from benchmarks.trading import COMPANY, one_order
from foundation.runtime.settings import settings
from perpetual.installation import Installation, admin_key, delete_everything
from perpetual.servers.startup_errors import free_port

WARM_UP = 40
FIRST_PORT = 8800
Trades: TypeAlias = Callable[[Connection], Awaitable[Any]]
"""By which a client takes one order, or one purchase, to its end; gives how long each call took."""
CLIENT = "client"
"""What we are ourselves, among the processes that use CPU."""
SERVING = ("temporal", "postgres", "worker", "api")
"""The kinds of processes that serve an order."""


@dataclass(frozen=True)
class Site:
    """A running Perpetual as a benchmark sees it: where it answers, and by name the processes that it is."""

    base_url: str
    api_key: str
    processes: Callable[[], dict[str, int]]
    """Their pids now: what died was started again under another."""


def site_of(installation: Installation) -> Site:
    """An installation of our own."""

    def processes() -> dict[str, int]:
        return {child.name: child.process.pid for child in installation.supervisor.children if child.process}

    return Site(installation.base_url, admin_key(installation.directory), processes)


@dataclass
class Run:
    """Orders with so many clients: how many per second, how long each call took, CPU by process."""

    clients: int
    per_second: float
    timings: list[Any]
    """By call, as whoever trades has timed them."""
    cpu_ms: dict[str, float]
    """For each order."""

    def cost_of(self, kind: str) -> float:
        """CPU of all processes of a kind per order: `worker` are all workers."""
        return sum(ms for name, ms in self.cpu_ms.items() if name.partition("-")[0] == kind)

    @property
    def cost_ms(self) -> float:
        """CPU of an order in all processes that serve it; ours, and limits' workers, are none of them."""
        return sum(self.cost_of(kind) for kind in SERVING)

    @property
    def larger_share(self) -> float:
        """Of all that the workers did, what the busiest did; CPU, as nobody notes who takes a step."""
        workers = [ms for name, ms in self.cpu_ms.items() if name.startswith("worker")]
        return max(workers) / sum(workers)


@contextmanager
def an_installation(console: Console) -> Iterator[Installation]:
    """PostgreSQL, Temporal, workers and API in a directory of their own; nothing is left of them."""
    directory = Path(tempfile.mkdtemp(prefix="perpetual-bench-"))
    directory.chmod(0o755)  # PostgreSQL may run as another user, who must reach its data.
    chosen = settings().model_copy(update={"api_port": free_port(FIRST_PORT)})
    installation = Installation(directory, chosen, say=lambda text: console.print(f"[dim]{text}[/dim]"))
    try:
        installation.start()
        yield installation
    finally:
        installation.stop()
        delete_everything(installation.directory)
        shutil.rmtree(directory, ignore_errors=True)


def connection(site: Site) -> Connection:
    """A client of the company that trades."""
    return Connection(site.base_url, site.api_key, COMPANY)


async def traded(site: Site, count: int, clients: int, one: Trades = one_order) -> Run:
    """So many orders, or purchases, from beginning to end, by so many clients at once."""
    numbers = iter(range(count))
    timings: list[Any] = []

    async def client() -> None:
        mine = connection(site)
        for _ in numbers:
            timings.append(await one(mine))
        await mine.close()

    before, began = cpu_seconds(site), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    elapsed, after = time.perf_counter() - began, cpu_seconds(site)
    cpu = {name: 1000 * (after[name] - before.get(name, 0)) / count for name in after}
    return Run(clients, count / elapsed, timings, cpu)


def cpu_seconds(site: Site) -> dict[str, float]:
    """CPU seconds so far, by what was started, with the processes that it has started itself."""
    used: dict[str, float] = {CLIENT: psutil.Process(os.getpid()).cpu_times()[0]}
    for name, pid in site.processes().items():
        process = psutil.Process(pid)
        times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
        # A session of PostgreSQL that has ended is in its parent's account of its children.
        ended = times[0].children_user + times[0].children_system
        used[name] = sum(one.user + one.system for one in times) + ended
    return used


def quantile_ms(seconds: Sequence[float], share: int) -> float:
    """What so many percent of the calls took at most, in milliseconds."""
    return 1000 * statistics.quantiles(seconds, n=100, method="inclusive")[share - 1]


def calls(run: Run, call: str) -> list[float]:
    """How long one of the calls took in a run, in seconds: `order`, `shipment`, …"""
    return [getattr(timing, call) for timing in run.timings]

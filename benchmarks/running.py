"""What every benchmark does: a house of its own, orders by so many clients, and who used how much CPU."""

import asyncio
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console

from benchmarks.client import Connection
from benchmarks.trading import COMPANY, Timing, one_order
from foundation.settings import settings
from perpetual.house import House, admin_key, delete_everything
from perpetual.servers.trouble import free_port

WARM_UP = 40


@dataclass
class Run:
    """Orders with so many clients: how many per second, how long each call took, CPU by process."""

    clients: int
    per_second: float
    timings: list[Timing]
    cpu_ms: dict[str, float]


@contextmanager
def a_house(console: Console) -> Iterator[House]:
    """PostgreSQL, Temporal, workers and API in a directory of their own; nothing is left of them."""
    directory = Path(tempfile.mkdtemp(prefix="perpetual-bench-"))
    directory.chmod(0o755)  # PostgreSQL may run as another user, who must reach its data.
    chosen = settings().model_copy(update={"api_port": free_port(8800)})
    house = House(directory, chosen, say=lambda text: console.print(f"[dim]{text}[/dim]"))
    try:
        house.start()
        yield house
    finally:
        house.stop()
        delete_everything(house.directory)
        shutil.rmtree(directory, ignore_errors=True)


def connection(house: House) -> Connection:
    """A client of the company that trades."""
    return Connection(house.base_url, admin_key(house.directory), COMPANY)


async def orders(house: House, count: int, clients: int) -> Run:
    """So many orders from beginning to end, by so many clients at once."""
    numbers = iter(range(count))
    timings: list[Timing] = []

    async def client() -> None:
        mine = connection(house)
        for _ in numbers:
            timings.append(await one_order(mine))
        await mine.close()

    before, began = cpu_seconds(house), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    elapsed, after = time.perf_counter() - began, cpu_seconds(house)
    cpu = {name: 1000 * (after[name] - before.get(name, 0)) / count for name in after}
    return Run(clients, count / elapsed, timings, cpu)


def cpu_seconds(house: House) -> dict[str, float]:
    """CPU seconds so far, by what was started, with the processes that it has started itself."""
    used: dict[str, float] = {"client": psutil.Process(os.getpid()).cpu_times()[0]}
    for child in house.supervisor.children:
        if child.process is None:
            continue
        process = psutil.Process(child.process.pid)
        times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
        # A session of PostgreSQL that has ended is in its parent's account of its children.
        ended = times[0].children_user + times[0].children_system
        used[child.name] = sum(one.user + one.system for one in times) + ended
    return used


def quantile_ms(seconds: Sequence[float], share: int) -> float:
    """What so many percent of the calls took at most, in milliseconds."""
    return 1000 * statistics.quantiles(seconds, n=100, method="inclusive")[share - 1]


def calls(run: Run, call: str) -> list[float]:
    """How long the orders, shipments or payments of a run took, in seconds."""
    return [getattr(timing, call) for timing in run.timings]

"""`make bench ARGS='--minutes 10'`: the memory of the API and of each worker over a run of orders."""

import asyncio
import statistics
import time
from dataclasses import dataclass, field

import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.running import an_installation, connection, site_of
from benchmarks.trading import one_order, open_company
from perpetual.installation import Installation

WATCHED = ("api", "worker")
EVERY_SECONDS = 5.0
MOST_MB, MOST_MB_PER_HOUR = 300.0, 60.0
SETTLED = 0.5
"""The slope is that of the second half: caches of statements and of processes have filled by then."""


@dataclass
class Watched:
    """One process's resident memory over time, in MB."""

    seconds: list[float] = field(default_factory=list)
    mb: list[float] = field(default_factory=list)

    @property
    def slope(self) -> float:
        """MB per hour, in the second half."""
        half = int(len(self.mb) * SETTLED)
        if len(self.mb) - half < 2:
            return 0.0
        return 3600 * statistics.linear_regression(self.seconds[half:], self.mb[half:]).slope


def run_memory(console: Console, *, minutes: float, clients: int) -> int:
    """Trade for so many minutes and print; 0 when the targets are met, else 1."""
    with an_installation(console) as installation:
        watched, orders = uvloop.run(_measure(installation, console, 60 * minutes, clients))
    table = Table(
        "MB", "at the start", "halfway", "at the end", "most", "MB per hour, second half", title="Memory"
    )
    is_met = True
    for name, one in watched.items():
        middle = one.mb[int(len(one.mb) * SETTLED)]
        figures = (one.mb[0], middle, one.mb[-1], max(one.mb), one.slope)
        table.add_row(name, *(f"{figure:.0f}" for figure in figures))
        is_met = is_met and max(one.mb) < MOST_MB and one.slope < MOST_MB_PER_HOUR
    console.print(table)
    limits = f"each process under {MOST_MB:.0f} MB, and growing less than {MOST_MB_PER_HOUR:.0f} MB an hour"
    text = f"{orders} orders; {limits}"
    console.print(f"{'[green]met[/green]   ' if is_met else '[red]missed[/red]'} {text}")
    return 0 if is_met else 1


async def _measure(
    installation: Installation, console: Console, seconds: float, clients: int
) -> tuple[dict[str, Watched], int]:
    first = connection(site_of(installation))
    console.print("[dim]Opening a company with 200 customers and 50 items …[/dim]")
    await open_company(first)
    await first.close()
    console.print(f"[dim]Trading for {seconds / 60:.0f} minutes with {clients} clients …[/dim]")
    until, done = time.perf_counter() + seconds, 0

    async def client() -> None:
        nonlocal done
        mine = connection(site_of(installation))
        while time.perf_counter() < until:
            await one_order(mine)
            done += 1
        await mine.close()

    watched: dict[str, Watched] = {}

    async def watch() -> None:
        while time.perf_counter() < until:
            _look(installation, watched)
            await asyncio.sleep(EVERY_SECONDS)

    await asyncio.gather(watch(), *(client() for _ in range(clients)))
    return watched, done


def _look(installation: Installation, watched: dict[str, Watched]) -> None:
    for child in installation.supervisor.children:
        if child.process is None or not child.name.startswith(WATCHED):
            continue
        one = watched.setdefault(child.name, Watched())
        one.seconds.append(time.perf_counter())
        one.mb.append(psutil.Process(child.process.pid).memory_info().rss / 2**20)

"""`make bench`: order to cash beside the limits of this machine, all measured in one run on servers of its
own.

Limit (a) is the bare posting transaction of the same PostgreSQL; limit (b) are the same three messages to a
process that does nothing on the same Temporal server. Compare machines and versions by the ratios, not by
the rates.
"""

import asyncio
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks import limits
from benchmarks.client import Connection
from benchmarks.trading import COMPANY, Timing, one_order, open_company
from foundation.settings import Settings, settings
from perpetual.house import House, admin_key, delete_everything
from perpetual.servers.supervisor import Child
from perpetual.servers.trouble import free_port

ALONE = 100
WARM_UP = 40
POSTING_SECONDS = 5.0
LEAST_RATE, LEAST_RATIO, MOST_P50_MS, MOST_P95_MS = 8.0, 0.5, 100.0, 200.0


@dataclass
class Run:
    """Orders with so many clients: how many per second, how long each call took, CPU by process."""

    clients: int
    per_second: float
    timings: list[Timing]
    cpu_ms: dict[str, float]


@dataclass
class Result:
    """All that one run of the benchmark has measured."""

    alone: Run
    many: Run
    postings: float
    empty_alone: float
    empty_many: float


def run_bench(console: Console, *, orders: int, clients: int) -> int:
    """Measure and print; 0 when the targets are met, else 1."""
    directory = Path(tempfile.mkdtemp(prefix="perpetual-bench-"))
    directory.chmod(0o755)  # PostgreSQL may run as another user, who must reach its data.
    chosen = settings().model_copy(update={"api_port": free_port(8800)})
    house = House(directory, chosen, say=lambda text: console.print(f"[dim]{text}[/dim]"))
    try:
        house.start()
        house.supervisor.start(_empty_worker(house))
        measured = chosen.model_copy(
            update={
                "database_url": house.environment["DATABASE_URL"],
                "temporal_address": house.environment["TEMPORAL_ADDRESS"],
            }
        )
        result = uvloop.run(_measure(house, measured, console, orders=orders, clients=clients))
    finally:
        house.stop()
        delete_everything(house.directory)
        shutil.rmtree(directory, ignore_errors=True)
    return _show(console, result)


def _empty_worker(house: House) -> Child:
    return Child(
        "empty-worker",
        lambda: [sys.executable, "-m", "benchmarks.empty_process"],
        environment=house.environment,
        options={"cwd": Path(__file__).parent.parent},
    )


async def _measure(
    house: House, measured: Settings, console: Console, *, orders: int, clients: int
) -> Result:
    first = _connection(house)
    console.print("[dim]Opening a company with 200 customers and 50 items …[/dim]")
    await open_company(first)
    await first.close()
    await _orders(house, WARM_UP, 4)
    await limits.empty_processes_per_second(measured, clients=4, processes=WARM_UP)
    console.print(f"[dim]Orders: {ALONE} with one client, {orders} with {clients} …[/dim]")
    alone = await _orders(house, ALONE, 1)
    many = await _orders(house, orders, clients)
    console.print("[dim]The limits of this machine …[/dim]")
    empty_alone = await limits.empty_processes_per_second(measured, clients=1, processes=ALONE)
    empty_many = await limits.empty_processes_per_second(measured, clients=clients, processes=orders)
    postings = await limits.posting_transactions_per_second(measured, clients=8, seconds=POSTING_SECONDS)
    return Result(alone, many, postings, empty_alone, empty_many)


def _connection(house: House) -> Connection:
    return Connection(house.base_url, admin_key(house.directory), COMPANY)


async def _orders(house: House, count: int, clients: int) -> Run:
    numbers = iter(range(count))
    timings: list[Timing] = []

    async def client() -> None:
        connection = _connection(house)
        for _ in numbers:
            timings.append(await one_order(connection))
        await connection.close()

    before, began = _cpu_seconds(house), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    elapsed, after = time.perf_counter() - began, _cpu_seconds(house)
    cpu = {name: 1000 * (after[name] - before.get(name, 0)) / count for name in after}
    return Run(clients, count / elapsed, timings, cpu)


def _cpu_seconds(house: House) -> dict[str, float]:
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


def _quantile(values: Sequence[float], share: int) -> float:
    return 1000 * statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def _show(console: Console, result: Result) -> int:
    rates = Table("", "1 client", f"{result.many.clients} clients", title="Order to cash")
    alone, many = result.alone, result.many
    rates.add_row("complete orders per second", f"{alone.per_second:.1f}", f"{many.per_second:.1f}")
    rates.add_row("(b) empty processes per second", f"{result.empty_alone:.1f}", f"{result.empty_many:.1f}")
    ratio = many.per_second / result.empty_many
    rates.add_row("orders / (b)", f"{alone.per_second / result.empty_alone:.2f}", f"{ratio:.2f}")
    rates.add_row("(a) bare postings per second, 8 clients", "", f"{result.postings:.0f}")
    rates.add_row("orders / (a)", "", f"{many.per_second / result.postings:.4f}")
    for call in ("order", "shipment", "payment"):
        cells = [[getattr(timing, call) for timing in run.timings] for run in (alone, many)]
        shown = [f"{_quantile(times, 50):.0f} / {_quantile(times, 95):.0f}" for times in cells]
        name = "POST to confirmed" if call == "order" else f"POST {call}"
        rates.add_row(f"{name}, p50 / p95 ms", *shown)
    console.print(rates)
    cpu = Table("CPU ms per order", "1 client", f"{many.clients} clients")
    for name in many.cpu_ms:
        if name != "empty-worker":
            cpu.add_row(name, f"{alone.cpu_ms[name]:.1f}", f"{many.cpu_ms[name]:.1f}")
    console.print(cpu)
    return _judge(console, result, ratio)


def _judge(console: Console, result: Result, ratio: float) -> int:
    confirmed = [timing.order for timing in result.alone.timings]
    p50, p95 = _quantile(confirmed, 50), _quantile(confirmed, 95)
    rate = result.many.per_second
    targets = [
        (f"at least {LEAST_RATE:.0f} orders per second: {rate:.1f}", rate >= LEAST_RATE),
        (f"at least {LEAST_RATIO} of (b): {ratio:.2f}", ratio >= LEAST_RATIO),
        (f"POST to confirmed p50 under {MOST_P50_MS:.0f} ms with one client: {p50:.0f}", p50 < MOST_P50_MS),
        (f"and p95 under {MOST_P95_MS:.0f} ms: {p95:.0f}", p95 < MOST_P95_MS),
    ]
    for text, is_met in targets:
        console.print(f"{'[green]met[/green]   ' if is_met else '[red]missed[/red]'} {text}")
    return 0 if all(is_met for _, is_met in targets) else 1

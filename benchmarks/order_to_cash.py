"""`make bench`: order to cash beside the limits of this machine, all measured in one run on servers of its
own.

Limit (a) is the bare posting transaction of the same PostgreSQL; limit (b) are the same three messages to a
process that does nothing on the same Temporal server. Compare machines and versions by the ratios, not by
the rates.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks import limits
from benchmarks.running import WARM_UP, Run, a_house, calls, connection, orders, quantile_ms
from benchmarks.trading import open_company
from foundation.settings import Settings
from perpetual.house import House
from perpetual.servers.supervisor import Child

ALONE = 100
POSTING_SECONDS = 5.0
LEAST_RATE, LEAST_RATIO, MOST_P50_MS, MOST_P95_MS = 8.0, 0.5, 100.0, 200.0


@dataclass
class Result:
    """All that one run of the benchmark has measured."""

    alone: Run
    many: Run
    postings: float
    empty_alone: float
    empty_many: float


def run_bench(console: Console, *, count: int, clients: int) -> int:
    """Measure and print; 0 when the targets are met, else 1."""
    with a_house(console) as house:
        house.supervisor.start(_empty_worker(house))
        measured = house.settings.model_copy(
            update={
                "database_url": house.environment["DATABASE_URL"],
                "owner_database_url": house.owner_database_url,
                "temporal_address": house.environment["TEMPORAL_ADDRESS"],
            }
        )
        result = uvloop.run(_measure(house, measured, console, count=count, clients=clients))
    return _show(console, result)


def _empty_worker(house: House) -> Child:
    return Child(
        "empty-worker",
        lambda: [sys.executable, "-m", "benchmarks.empty_process"],
        environment=house.environment,
        options={"cwd": Path(__file__).parent.parent},
    )


async def _measure(house: House, measured: Settings, console: Console, *, count: int, clients: int) -> Result:
    first = connection(house)
    console.print("[dim]Opening a company with 200 customers and 50 items …[/dim]")
    await open_company(first)
    await first.close()
    await orders(house, WARM_UP, 4)
    await limits.empty_processes_per_second(measured, clients=4, processes=WARM_UP)
    console.print(f"[dim]Orders: {ALONE} with one client, {count} with {clients} …[/dim]")
    alone = await orders(house, ALONE, 1)
    many = await orders(house, count, clients)
    console.print("[dim]The limits of this machine …[/dim]")
    empty_alone = await limits.empty_processes_per_second(measured, clients=1, processes=ALONE)
    empty_many = await limits.empty_processes_per_second(measured, clients=clients, processes=count)
    postings = await limits.posting_transactions_per_second(measured, clients=8, seconds=POSTING_SECONDS)
    return Result(alone, many, postings, empty_alone, empty_many)


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
        cells = [calls(run, call) for run in (alone, many)]
        shown = [f"{quantile_ms(times, 50):.0f} / {quantile_ms(times, 95):.0f}" for times in cells]
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
    confirmed = calls(result.alone, "order")
    p50, p95 = quantile_ms(confirmed, 50), quantile_ms(confirmed, 95)
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

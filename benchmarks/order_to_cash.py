"""`make bench`: order to cash and procure to pay beside the limits of this machine, all measured in one run
on servers of its own.

Limit (a) is the bare posting transaction of the same PostgreSQL; limit (b) are the same three messages to a
process that does nothing on the same Temporal server; limit (c) are the same messages to one that takes as
many steps, each one empty transaction. Compare machines and versions by the ratios, not by the rates.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks import contention, limits, procure_to_pay
from benchmarks.empty_steps import Steps
from benchmarks.procure_to_pay import Purchases
from benchmarks.running import (
    WARM_UP,
    Run,
    Site,
    an_installation,
    calls,
    connection,
    quantile_ms,
    site_of,
    traded,
)
from benchmarks.steps_taken import StepsTaken
from benchmarks.trading import one_order, open_company
from foundation.runtime.settings import Settings
from perpetual.installation import Installation
from perpetual.servers.supervisor import Child

ALONE = 100
POSTING_SECONDS = 5.0
LEAST_RATE, LEAST_OF_EMPTY, LEAST_OF_STEPS, AIM_OF_STEPS = 8.0, 0.5, 0.6, 0.75
MOST_P50_MS, MOST_P95_MS = 100.0, 200.0
LEAST_OF_COUNTER, MOST_OF_ONE_WORKER = 0.7, 0.65
HERE = Path(__file__).parent.parent


@dataclass
class Limit:
    """How many processes a second a limit allows, with one client and with many."""

    alone: float
    many: float


@dataclass
class Result:
    """All that one run of the benchmark has measured."""

    alone: Run
    many: Run
    steps: Steps
    postings: float
    empty: Limit
    empty_steps: Limit
    contended: dict[str, float]
    purchases: Purchases

    def to(self, limit: Limit) -> tuple[float, float]:
        """Orders as a ratio of a limit, with one client and with many."""
        return self.alone.per_second / limit.alone, self.many.per_second / limit.many

    def to_counter(self, kind: str) -> float:
        """Contended postings as a ratio of the bare counter."""
        return self.contended[kind] / self.contended[contention.COUNTER]


def run_bench(console: Console, *, count: int, clients: int) -> int:
    """Measure and print; 0 when the targets are met, else 1."""
    with an_installation(console) as installation:
        installation.supervisor.start(*_workers_of_limits(installation))
        measured = installation.settings.model_copy(
            update={
                "database_url": installation.environment["DATABASE_URL"],
                "owner_database_url": installation.owner_database_url,
                "temporal_address": installation.environment["TEMPORAL_ADDRESS"],
            }
        )
        measuring = _measure(site_of(installation), measured, console, count=count, clients=clients)
        result = uvloop.run(measuring)
        console.print(f"[dim]{contention.CLIENTS} clients on one company and one item …[/dim]")
        uvloop.run(contention.make_counter(installation.owner_database_url))
        result.contended = contention.rates(installation.environment)
    _show(console, result)
    return _judge(console, result)


def _workers_of_limits(installation: Installation) -> list[Child]:
    """One for (b), as many as ours for (c)."""
    modules = ["empty_process"] + ["empty_steps"] * installation.settings.worker_processes
    return [_worker(installation, module, number) for number, module in enumerate(modules)]


def _worker(installation: Installation, module: str, number: int) -> Child:
    return Child(
        f"limit-{number}",
        lambda: [sys.executable, "-m", f"benchmarks.{module}"],
        environment=installation.environment,
        options={"cwd": HERE},
    )


async def _measure(site: Site, measured: Settings, console: Console, *, count: int, clients: int) -> Result:
    first = connection(site)
    console.print("[dim]Opening a company with 200 customers and 50 items …[/dim]")
    await open_company(first)
    await contention.open_years(first)
    await first.close()
    await traded(site, WARM_UP, 4)
    steps = await _steps_of_an_order(site, measured)
    await limits.empty_processes_per_second(measured, clients=4, processes=WARM_UP)
    await limits.empty_steps_per_second(measured, steps, clients=4, processes=WARM_UP)
    console.print(f"[dim]Orders: {ALONE} with one client, {count} with {clients} …[/dim]")
    alone = await traded(site, ALONE, 1)
    many = await traded(site, count, clients)
    console.print("[dim]The limits of this machine …[/dim]")
    found: list[float] = []
    for processes, at_once in ((ALONE, 1), (count, clients)):
        found += [
            await limits.empty_processes_per_second(measured, clients=at_once, processes=processes),
            await limits.empty_steps_per_second(measured, steps, clients=at_once, processes=processes),
        ]
    empty, empty_steps = Limit(found[0], found[2]), Limit(found[1], found[3])
    postings = await limits.posting_transactions_per_second(measured, clients=8, seconds=POSTING_SECONDS)
    bought = await procure_to_pay.measure(site, measured, console, count=count, clients=clients)
    return Result(alone, many, steps, postings, empty, empty_steps, {}, bought)


async def _steps_of_an_order(site: Site, measured: Settings) -> Steps:
    """What the log has more after each answer of one order."""
    taken, mine = StepsTaken(measured, "order_to_cash"), connection(site)
    await one_order(mine, taken.note)
    await mine.close()
    return Steps(*taken.up_to_each())


def _show(console: Console, result: Result) -> None:
    alone, many, taken = result.alone, result.many, "+".join(map(str, result.steps))
    rates = Table("", "1 client", f"{many.clients} clients", title="Order to cash")
    rates.add_row("complete orders per second", f"{alone.per_second:.1f}", f"{many.per_second:.1f}")
    for name, limit in (
        ("(b) empty processes", result.empty),
        (f"(c) with {taken} empty steps", result.empty_steps),
    ):
        rates.add_row(f"{name} per second", f"{limit.alone:.1f}", f"{limit.many:.1f}")
        rates.add_row(f"orders / {name[:3]}", *(f"{ratio:.2f}" for ratio in result.to(limit)))
    rates.add_row("(a) bare postings per second, 8 clients", "", f"{result.postings:.0f}")
    rates.add_row("orders / (a)", "", f"{many.per_second / result.postings:.4f}")
    for call in ("order", "shipment", "payment"):
        cells = [calls(run, call) for run in (alone, many)]
        shown = [f"{quantile_ms(times, 50):.0f} / {quantile_ms(times, 95):.0f}" for times in cells]
        name = "POST to confirmed" if call == "order" else f"POST {call}"
        rates.add_row(f"{name}, p50 / p95 ms", *shown)
    rates.add_row("larger share of the workers' CPU", f"{alone.larger_share:.2f}", f"{many.larger_share:.2f}")
    console.print(rates)
    cpu = Table("CPU ms per order", "1 client", f"{many.clients} clients")
    for name in many.cpu_ms:
        if not name.startswith("limit-"):
            cpu.add_row(name, f"{alone.cpu_ms[name]:.1f}", f"{many.cpu_ms[name]:.1f}")
    cpu.add_row("all that serve it", f"{alone.cost_ms:.1f}", f"{many.cost_ms:.1f}")
    console.print(cpu)
    procure_to_pay.show(console, result.purchases)
    queueing = Table(f"{contention.CLIENTS} clients, one company, one item", "per second", "of the counter's")
    for kind, name in (
        (contention.COUNTER, "a bare counter row"),
        (contention.ENTRY, "entries posted"),
        (contention.ISSUE, "goods issues posted"),
        (contention.SPREAD_ENTRY, "entries, each client in a year of its own"),
        (contention.SPREAD_ISSUE, "goods issues, each client of an item of its own"),
    ):
        queueing.add_row(name, f"{result.contended[kind]:.0f}", f"{result.to_counter(kind):.2f}")
    console.print(queueing)


def _judge(console: Console, result: Result) -> int:
    confirmed = calls(result.alone, "order")
    p50, p95 = quantile_ms(confirmed, 50), quantile_ms(confirmed, 95)
    rate, share = result.many.per_second, result.many.larger_share
    (_, of_empty), (_, of_steps) = result.to(result.empty), result.to(result.empty_steps)
    entries, issues = result.to_counter(contention.ENTRY), result.to_counter(contention.ISSUE)
    targets = [
        (f"at least {LEAST_RATE:.0f} orders per second: {rate:.1f}", rate >= LEAST_RATE),
        (f"at least {LEAST_OF_EMPTY} of (b): {of_empty:.2f}", of_empty >= LEAST_OF_EMPTY),
        (
            f"at least {LEAST_OF_STEPS} of (c), we aim at {AIM_OF_STEPS}: {of_steps:.2f}",
            of_steps >= LEAST_OF_STEPS,
        ),
        (f"POST to confirmed p50 under {MOST_P50_MS:.0f} ms with one client: {p50:.0f}", p50 < MOST_P50_MS),
        (f"and p95 under {MOST_P95_MS:.0f} ms: {p95:.0f}", p95 < MOST_P95_MS),
        (
            f"contended entries at least {LEAST_OF_COUNTER} of the counter: {entries:.2f}",
            entries >= LEAST_OF_COUNTER,
        ),
        (
            f"contended goods issues at least {LEAST_OF_COUNTER} of the counter: {issues:.2f}",
            issues >= LEAST_OF_COUNTER,
        ),
        (f"no worker does over {MOST_OF_ONE_WORKER} of the work: {share:.2f}", share <= MOST_OF_ONE_WORKER),
        *procure_to_pay.targets(result.purchases),
    ]
    for text, is_met in targets:
        console.print(f"{'[green]met[/green]   ' if is_met else '[red]missed[/red]'} {text}")
    return 0 if all(is_met for _, is_met in targets) else 1

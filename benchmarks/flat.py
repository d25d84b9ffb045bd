"""`make bench ARGS=--flat`: whether an order costs the same, however much is stored already.

The same orders beside 1,000, 10,000 and 100,000 stored ones with all their documents; then the trial balance
over five million journal lines, before and after their periods are closed. Temporal's histories are not
multiplied: it keeps what has ended out of the way by itself.
"""

import time
from dataclasses import dataclass

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks import stored
from benchmarks.balances import Balances, trial_balance
from benchmarks.running import WARM_UP, Run, a_house, calls, connection, orders, quantile_ms
from benchmarks.trading import COMPANY, open_company
from perpetual.checker.invariants import invariants
from perpetual.checker.running import check
from perpetual.house import House

ORIGINALS = 100
SIZES = (1_000, 10_000, 100_000)
ALONE, MANY, CLIENTS, ROUNDS = 40, 160, 40, 3
MOST_GROWTH, MOST_BALANCE_SECONDS = 0.15, 1.0
CALLS = ("order", "shipment", "payment")


@dataclass
class Size:
    """What orders cost beside so many stored ones: the cheapest of several rounds, with one client and many.

    Others use the machine too, and only ever make a round dearer.
    """

    stored: int
    alone: Run
    many: Run

    @property
    def cost_ms(self) -> float:
        """CPU of all processes per order, with many clients."""
        return _cost(self.many)


def run_flat(console: Console) -> int:
    """Measure and print; 0 when the targets are met, else 1."""
    with a_house(console) as house:
        sizes, violations, balances = uvloop.run(_measure(house, console))
    for name in violations:
        console.print(f"[red]does not hold[/red] {name}")
    _show(console, sizes)
    return _judge(console, sizes, balances) or len(violations)


async def _measure(house: House, console: Console) -> tuple[list[Size], list[str], Balances]:
    first = connection(house)
    console.print("[dim]Opening a company with 200 customers and 50 items …[/dim]")
    await open_company(first)
    await first.close()
    await orders(house, ORIGINALS, 4)
    url = house.owner_database_url
    owner = await asyncpg.connect(url)
    original = await stored.remember(owner)
    sizes: list[Size] = []
    for size in SIZES:
        began = time.perf_counter()
        await stored.copy(owner, original, size // original.orders - 1 - original.copies)
        filled = time.perf_counter() - began
        console.print(f"[dim]{size:,} orders are stored (filled in {filled:.0f} s); measuring …[/dim]")
        sizes.append(await _size(house, size))
        _line(console, sizes[-1], sizes[0])
    console.print("[dim]Asking the checker …[/dim]")
    asked = [one for one in invariants() if one.group != "database"]
    violations = [f"{one.invariant}: {one.as_text()}" for one in await check(url, asked, company=COMPANY)]
    balances = await trial_balance(house, owner, console)
    await owner.close()
    return sizes, violations, balances


async def _size(house: House, size: int) -> Size:
    await orders(house, WARM_UP, CLIENTS)
    alone = [await orders(house, ALONE, 1) for _ in range(ROUNDS)]
    many = [await orders(house, MANY, CLIENTS) for _ in range(ROUNDS)]
    return Size(size, min(alone, key=_cost), min(many, key=_cost))


def _cost(run: Run) -> float:
    return sum(ms for name, ms in run.cpu_ms.items() if name != "client")


def _line(console: Console, size: Size, first: Size) -> None:
    console.print(f"  {size.cost_ms:.1f} CPU ms per order, {size.cost_ms / first.cost_ms:.2f} of the first")


def _show(console: Console, sizes: list[Size]) -> None:
    table = Table("", *(f"{size.stored:,}" for size in sizes), title="One order beside so many stored ones")
    for label, runs in (
        ("1 client", [size.alone for size in sizes]),
        (f"{CLIENTS} clients", [size.many for size in sizes]),
    ):
        costs = [_cost(run) for run in runs]
        for name in runs[0].cpu_ms:
            if name != "client":
                table.add_row(f"{name}, CPU ms, {label}", *(f"{run.cpu_ms[name]:.1f}" for run in runs))
        table.add_row(f"all, CPU ms, {label}", *(f"{cost:.1f}" for cost in costs))
        table.add_row("  to the first", *(f"{cost / costs[0]:.2f}" for cost in costs))
        for call in CALLS:
            times = [calls(run, call) for run in runs]
            shown = [f"{quantile_ms(one, 50):.0f} / {quantile_ms(one, 95):.0f}" for one in times]
            table.add_row(f"POST {call}, p50 / p95 ms, {label}", *shown)
        table.add_row(f"orders per second, {label}", *(f"{run.per_second:.1f}" for run in runs))
    console.print(table)


def _judge(console: Console, sizes: list[Size], balances: Balances) -> int:
    growth = max(size.cost_ms for size in sizes) / sizes[0].cost_ms - 1
    slowest = max(balances.open_seconds, balances.closed_seconds)
    targets = [
        (f"an order costs within {MOST_GROWTH:.0%} of the first: {growth:+.0%}", growth <= MOST_GROWTH),
        (
            f"the trial balance over {balances.lines:,} lines under {MOST_BALANCE_SECONDS:.0f} s: "
            f"{balances.open_seconds:.2f} s with all periods open, {balances.closed_seconds:.2f} s with the "
            f"past closed (closing a year: {balances.closing_seconds:.2f} s)",
            slowest < MOST_BALANCE_SECONDS,
        ),
    ]
    for text, is_met in targets:
        console.print(f"{'[green]met[/green]   ' if is_met else '[red]missed[/red]'} {text}")
    return sum(not is_met for _, is_met in targets)

"""`make bench ARGS=--flat`: whether an order costs the same, however much is stored already.

Three installations store 1,000, 10,000 and 100,000 orders with all their documents, and blocks of the same
orders go to each in turn, so that what else happens on the machine happens to all three. Then the trial
balance over five million journal lines, before and after their periods are closed. Temporal's histories are
not multiplied: it keeps what has ended out of the way by itself.
"""

import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks import stored
from benchmarks.balances import Balances, trial_balance
from benchmarks.running import (
    SERVING,
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
from benchmarks.stored import Owner
from benchmarks.trading import COMPANY, open_company
from perpetual.checker.invariants import invariants
from perpetual.checker.running import check
from perpetual.installation import Installation

ORIGINALS = 100
SIZES = (1_000, 10_000, 100_000)
ALONE, MANY, CLIENTS, BLOCKS = 40, 120, 40, 7
MOST_TO_FIRST, MOST_BALANCE_SECONDS = 1.05, 1.0
CALLS = ("order", "shipment", "payment")


@dataclass
class Size:
    """An installation that stores so many orders, and what more of them cost there: blocks with one client
    and with many.
    """

    stored: int
    site: Site
    owner: Owner
    alone: list[Run] = field(default_factory=list)
    many: list[Run] = field(default_factory=list)


def run_flat(console: Console) -> int:
    """Measure and print; 0 when the targets are met, else 1."""
    with ExitStack() as stack:
        installations = [stack.enter_context(an_installation(console)) for _ in SIZES]
        sizes, violations, balances = uvloop.run(_measure(installations, console))
    for name in violations:
        console.print(f"[red]does not hold[/red] {name}")
    _show(console, sizes)
    return _judge(console, sizes, balances) or len(violations)


async def _measure(
    installations: list[Installation], console: Console
) -> tuple[list[Size], list[str], Balances]:
    sizes = [
        await _filled(installation, size, console)
        for installation, size in zip(installations, SIZES, strict=True)
    ]
    for size in sizes:
        await traded(size.site, 2 * WARM_UP, CLIENTS)
    for block in range(BLOCKS):
        for size in sizes:
            size.alone.append(await traded(size.site, ALONE, 1))
            size.many.append(await traded(size.site, MANY, CLIENTS))
        costs = ", ".join(f"{size.many[-1].cost_ms:.1f}" for size in sizes)
        console.print(f"[dim]  block {block + 1} of {BLOCKS}: {costs} CPU ms per order[/dim]")
    console.print("[dim]Asking the checker …[/dim]")
    asked = [one for one in invariants() if one.group != "database"]
    violations: list[str] = []
    for installation in installations:
        found = await check(installation.owner_database_url, asked, company=COMPANY)
        violations += [f"{one.invariant}: {one.as_text()}" for one in found]
    balances = await trial_balance(sizes[-1].site, sizes[-1].owner, console)
    for size in sizes:
        await size.owner.close()
    return sizes, violations, balances


async def _filled(installation: Installation, size: int, console: Console) -> Size:
    """A company that has traded some orders, copied until there are so many."""
    site, began = site_of(installation), time.perf_counter()
    first = connection(site)
    await open_company(first)
    await first.close()
    await traded(site, ORIGINALS, 4)
    owner = await asyncpg.connect(installation.owner_database_url)
    original = await stored.remember(owner)
    await stored.copy(owner, original, size // original.orders - 1)
    console.print(f"[dim]{size:,} orders are stored, within {time.perf_counter() - began:.0f} s[/dim]")
    return Size(size, site, owner)


def _medians(blocks: list[list[float]]) -> list[float]:
    return [statistics.median(of_a_size) for of_a_size in blocks]


def _to_first(runs: list[list[Run]]) -> list[float]:
    """For each size, what an order costs to one of the first in the same turn; the median of all turns."""
    turns = zip(*runs, strict=True)
    return _medians([list(ratios) for ratios in zip(*(_ratios(turn) for turn in turns), strict=True)])


def _ratios(turn: Sequence[Run]) -> list[float]:
    return [run.cost_ms / turn[0].cost_ms for run in turn]


def _show(console: Console, sizes: list[Size]) -> None:
    title = f"One order beside so many stored ones: medians of {BLOCKS} blocks in turn"
    table = Table("", *(f"{size.stored:,}" for size in sizes), title=title)
    for label, runs in (
        ("1 client", [size.alone for size in sizes]),
        (f"{CLIENTS} clients", [size.many for size in sizes]),
    ):
        for kind in SERVING:
            medians = _medians([[run.cost_of(kind) for run in blocks] for blocks in runs])
            table.add_row(f"{kind}, CPU ms, {label}", *(f"{median:.1f}" for median in medians))
        costs = _medians([[run.cost_ms for run in blocks] for blocks in runs])
        table.add_row(f"all, CPU ms, {label}", *(f"{cost:.1f}" for cost in costs))
        table.add_row("  to the first, turn by turn", *(f"{ratio:.3f}" for ratio in _to_first(runs)))
        for call in CALLS:
            times = [[taken for run in blocks for taken in calls(run, call)] for blocks in runs]
            shown = [f"{quantile_ms(one, 50):.0f} / {quantile_ms(one, 95):.0f}" for one in times]
            table.add_row(f"POST {call}, p50 / p95 ms, {label}", *shown)
        rates = _medians([[run.per_second for run in blocks] for blocks in runs])
        table.add_row(f"orders per second, {label}", *(f"{rate:.1f}" for rate in rates))
    console.print(table)


def _judge(console: Console, sizes: list[Size], balances: Balances) -> int:
    to_first = max(_to_first([size.many for size in sizes]))
    slowest = max(balances.open_seconds, balances.closed_seconds)
    targets = [
        (
            f"an order costs at most {MOST_TO_FIRST} of the first: {to_first:.3f}",
            to_first <= MOST_TO_FIRST,
        ),
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

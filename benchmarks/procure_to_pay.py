"""Procure to pay beside the limit (c): purchases from the order to the invoice, and one run that pays all.

A part of `make bench`: the same machine, servers and clients as order to cash.
"""

import time
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks import limits
from benchmarks.empty_steps import Steps
from benchmarks.purchasing import one_purchase, open_purchasing, pay_all
from benchmarks.running import WARM_UP, Run, Site, calls, connection, quantile_ms, traded
from benchmarks.steps_taken import StepsTaken
from foundation.runtime.settings import Settings

LEAST_RATE, LEAST_OF_STEPS = 15.0, 0.6
OF_THE_RUN = 1
"""The step of the payment run that pays a purchase's invoice."""
CALLS = ("order", "receipt", "invoice")


@dataclass
class Purchases:
    """What was measured of them."""

    run: Run
    paid_seconds: float
    """How long the payment run took that pays all of them, until each has heard of it."""
    steps: Steps
    limit: float
    """(c), per second."""

    @property
    def per_second(self) -> float:
        """Complete purchases, with their part of the payment run."""
        return len(self.run.timings) / (len(self.run.timings) / self.run.per_second + self.paid_seconds)

    @property
    def of_limit(self) -> float:
        """They as a ratio of the limit."""
        return self.per_second / self.limit


async def measure(site: Site, measured: Settings, console: Console, *, count: int, clients: int) -> Purchases:
    """So many purchases, the run that pays them, and the limit with as many steps."""
    first = connection(site)
    keys = await open_purchasing(first)
    await first.close()
    steps = await _steps(site, measured, keys)
    await traded(site, WARM_UP, 4, one_purchase)
    await pay_all(site, keys)
    await _all_have_ended(site)
    console.print(f"[dim]Purchases: {count} with {clients} …[/dim]")
    run = await traded(site, count, clients, one_purchase)
    began = time.perf_counter()
    await pay_all(site, keys)
    await _all_have_ended(site)
    paid_seconds = time.perf_counter() - began
    limit = await limits.empty_steps_per_second(measured, steps, clients=clients, processes=count)
    return Purchases(run, paid_seconds, steps, limit)


async def _all_have_ended(site: Site) -> None:
    """Every purchase has heard that it is paid: nothing of it is left beside what is measured next."""
    mine = connection(site)
    await mine.until(
        "/v1/processes?type=procure_to_pay&only_open=true&limit=1", lambda found: not found["items"]
    )
    await mine.close()


async def _steps(site: Site, measured: Settings, keys: dict[str, str]) -> Steps:
    """Those of its three messages; with the third what comes of the payment."""
    taken = StepsTaken(measured, "procure_to_pay")
    mine = connection(site)
    await one_purchase(mine, taken.note)
    await mine.close()  # One that stands idle for long is hung up.
    await pay_all(site, keys)
    mine = connection(site)
    await mine.until(f"/v1/processes/{taken.process}", lambda process: process["outcome"] is not None)
    await taken.count()
    await mine.close()
    order, receipt, invoice, payment = taken.up_to_each()
    return Steps(order, receipt, invoice + payment + OF_THE_RUN)


def show(console: Console, found: Purchases) -> None:
    """As a table beside that of the orders."""
    taken = "+".join(map(str, found.steps))
    table = Table("", f"{found.run.clients} clients", title="Procure to pay")
    table.add_row("complete purchases per second", f"{found.per_second:.1f}")
    table.add_row("  up to the invoice", f"{found.run.per_second:.1f}")
    table.add_row(f"  the payment run of all {len(found.run.timings)}, seconds", f"{found.paid_seconds:.1f}")
    table.add_row(f"(c) with {taken} empty steps per second", f"{found.limit:.1f}")
    table.add_row("purchases / (c)", f"{found.of_limit:.2f}")
    for call in CALLS:
        times = calls(found.run, call)
        table.add_row(
            f"POST {call}, p50 / p95 ms", f"{quantile_ms(times, 50):.0f} / {quantile_ms(times, 95):.0f}"
        )
    table.add_row("CPU ms per purchase, all that serve it", f"{found.run.cost_ms:.1f}")
    console.print(table)


def targets(found: Purchases) -> list[tuple[str, bool]]:
    """What must be, and whether it is."""
    rate, of_steps = found.per_second, found.of_limit
    return [
        (f"at least {LEAST_RATE:.0f} purchases per second: {rate:.1f}", rate >= LEAST_RATE),
        (f"purchases at least {LEAST_OF_STEPS} of (c): {of_steps:.2f}", of_steps >= LEAST_OF_STEPS),
    ]

"""`python -m benchmarks.long_order --commands 5000 --kills 3`: one order of many pieces, each shipped and
paid by itself, by several clients at once; meanwhile the busiest worker is killed (-9) so many times.

At the end the order is closed, each piece was shipped, billed and paid once, and no number is missing.
"""

import argparse
import asyncio
import itertools
import sys
import time
from typing import Any

import asyncpg
import uvloop
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.client import Connection
from benchmarks.running import an_installation, connection, quantile_ms, site_of
from benchmarks.runs import Watched, kill_the_busiest, weigh
from benchmarks.trading import COMPANY, RUN, call, open_company
from perpetual.installation import Installation

PRICE = "10.00"
WITH_TAX = "11.90"
_MADE = """
    SELECT (SELECT count(*) FROM inventory.shipment) AS shipments,
        (SELECT count(*) FROM receivables.invoice) AS invoices,
        (SELECT count(*) FROM ledger.payment) AS payments,
        (SELECT coalesce(sum(open_amount), 0) FROM ledger.open_item) AS still_open,
        (SELECT max(substring(number FROM '[0-9]+$')::integer) FROM receivables.invoice) AS last_invoice,
        (SELECT outcome FROM foundation.process WHERE type = 'order_to_cash') AS outcome,
        (SELECT count(*) FROM foundation.command WHERE answered_at IS NULL) AS unanswered
"""


async def _place(site: Connection, pieces: int) -> str:
    """One order of so many pieces; gives its path."""
    lines = [{"item_code": "ITEM-000", "quantity": str(pieces), "unit_price": PRICE}]
    order = {"customer_code": "C-000", "ordered_on": "2026-03-02", "lines": lines}
    placed = await call(site, "/v1/sales-orders", order, f"{RUN}/the order")
    return f"/v1/sales-orders/{placed['order_id']}"


async def _command(site: Connection, path: str, number: int) -> None:
    """Every other command ships a piece, and the next one pays for it."""
    shipment: dict[str, Any] = {
        "shipped_on": "2026-03-03",
        "lines": [{"line_number": 1, "quantity": "1"}],
    }
    payment = {"received_on": "2026-03-10", "amount": WITH_TAX, "currency": "EUR"}
    what, body = ("payments", payment) if number % 2 else ("shipments", shipment)
    await call(site, f"{path}/{what}", body, f"{RUN}/{number}")


async def _send(
    installation: Installation, commands: int, clients: int, kills: int
) -> tuple[Watched, list[float]]:
    site = connection(site_of(installation))
    path = await _place(site, commands // 2)
    watched, took, numbers = Watched(), [], itertools.count()
    kills_at = {commands * (kill + 1) // (kills + 1) for kill in range(kills)}

    async def client(progress: Progress) -> None:
        mine = connection(site_of(installation))
        while (number := next(numbers)) < commands:
            if number in kills_at:
                watched.killed += 1
                kill_the_busiest(installation)
            began = time.perf_counter()
            await _command(mine, path, number)
            took.append(time.perf_counter() - began)
            watched.seconds.append(time.perf_counter())
            progress.advance(task)
            if number % 50 == 0:
                installation.supervisor.check()
                weigh(installation, watched)
        await mine.close()

    with Progress() as progress:
        task = progress.add_task("commands", total=commands)
        await asyncio.gather(*(client(progress) for _ in range(clients)))
    await site.close()
    return watched, took


def _show(console: Console, watched: Watched, took: list[float]) -> None:
    table = Table("tenth", "commands per second", "p50 ms", "p95 ms", title="Cost as the order grows")
    size = max(len(took) // 10, 1)
    for tenth in range(10):
        some, ends = (
            took[tenth * size : (tenth + 1) * size],
            watched.seconds[tenth * size : (tenth + 1) * size],
        )
        if len(some) < 2:
            continue
        rate = len(some) / (ends[-1] - ends[0])
        p50, p95 = quantile_ms(some, 50), quantile_ms(some, 95)
        table.add_row(str(tenth + 1), f"{rate:.0f}", f"{p50:.0f}", f"{p95:.0f}")
    console.print(table)
    most = max(watched.most_mb.values(), default=0)
    console.print(f"workers: at most {most:.0f} MB; {watched.killed} killed")


async def _measure(
    installation: Installation, console: Console, commands: int, clients: int, kills: int
) -> int:
    site = connection(site_of(installation))
    await open_company(site)
    await site.close()
    watched, took = await _send(installation, commands, clients, kills)
    _show(console, watched, took)
    owner = await asyncpg.connect(installation.owner_database_url)
    for _ in range(60):
        (row,) = await owner.fetch(_MADE)
        made = dict(row)
        if made["outcome"] is not None:
            break
        await asyncio.sleep(1)
    await owner.close()
    console.print(made)
    pieces = commands // 2
    wanted: dict[str, Any] = {"shipments": pieces, "invoices": pieces, "payments": pieces, "still_open": 0}
    wanted |= {"last_invoice": pieces, "outcome": "closed", "unanswered": 0}
    wrong = {name: (made[name], value) for name, value in wanted.items() if made[name] != value}
    console.print(f"[red]not so: {wrong}[/red]" if wrong else f"[green]{COMPANY}: each once[/green]")
    return len(wrong)


def main() -> int:
    """How many figures are not as they should be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--commands", type=int, default=1_000, help="shipments and payments (default 1,000)")
    parser.add_argument("--clients", type=int, default=10, help="so many at once (default 10)")
    parser.add_argument("--kills", type=int, default=0, help="how often a worker is killed (default 0)")
    asked = parser.parse_args()
    console = Console()
    with an_installation(console) as installation:
        return uvloop.run(_measure(installation, console, asked.commands, asked.clients, asked.kills))


if __name__ == "__main__":
    sys.exit(main())

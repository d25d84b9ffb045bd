"""`python -m benchmarks.runs --customers 10000 --kills 3`: a dunning run over many, with workers killed; with
`--lines 10` a month's run instead, that bills each customer so many lines of one order.

Each customer owes one invoice and is to get one letter. While the run goes on, its workers' memory is
watched, orders are traded by one client beside it, and so many times the busiest worker is killed (-9); the
installation starts it again. At the end each customer has one letter, and the letters' numbers have no gap.
"""

import argparse
import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import asyncpg
import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.running import an_installation, connection, cpu_seconds, quantile_ms, site_of
from benchmarks.trading import COMPANY, one_order, open_company
from perpetual.installation import Installation

MOST_MB = 500.0
LOOKS_EVERY_SECONDS = 0.5
ON = date(2026, 11, 20)
_REMIND = ("/v1/dunning-runs", {"on": str(ON)})

# Debtors like the first customer, each with an invoice of its own that is overdue by ten days.
_COPY_CUSTOMERS = """
    INSERT INTO master_data.customer SELECT (jsonb_populate_record(c, jsonb_build_object(
        'code', 'D-' || lpad(n::text, 7, '0'), 'name', 'Debtor ' || n))).*
    FROM master_data.customer c, generate_series(1, $1::integer) AS n WHERE c.code = 'C-000'
"""
_COPY_PARTIES = """
    INSERT INTO master_data.party SELECT (jsonb_populate_record(p, jsonb_build_object(
        'code', 'D-' || lpad(n::text, 7, '0')))).*
    FROM master_data.party p, generate_series(1, $1::integer) AS n
    WHERE p.code = 'C-000' AND p.type = 'customer' ON CONFLICT DO NOTHING
"""
_OWE = """
    INSERT INTO ledger.open_item (id, company_id, side, party_type, party_code, account_code, document_type,
        document_id, document_number, on_account, document_on, due_on, currency, amount, base_amount,
        open_amount, base_open_amount, open_from, last_moved_on)
    SELECT gen_random_uuid(), $2, 'receivable', 'customer', 'D-' || lpad(n::text, 7, '0'), $3, 'invoice',
        gen_random_uuid(), 'INV-OLD-' || n, false, $4::date - 30, $4::date, 'EUR', 119, 119, 119, 119,
        $4::date - 30, $4::date - 30
    FROM generate_series(1, $1::integer) AS n
"""
_DELIVER = """
    INSERT INTO receivables.billing_due (id, company_id, customer_code, currency, payment_terms_code,
        prices_include_tax, order_id, order_number, customer_reference, process_id, shipment_id, delivered_on,
        completes_order, line_number, description, quantity, unit, unit_price, discount_percent, tax_code,
        is_freight)
    SELECT gen_random_uuid(), $2, 'D-' || lpad(n::text, 7, '0'), 'EUR', 'NET30', false, of.id,
        'SO-OLD-' || n, '', $2 || '/order_to_cash/' || of.id, of.id, '2026-10-05', true, line, 'Something',
        1, 'pc', 10, 0, 'S19', false
    FROM (SELECT n, gen_random_uuid() AS id FROM generate_series(1, $1::integer) AS n) AS of,
        generate_series(1, $3::integer) AS line
"""
_INVOICES = """
    SELECT count(*) FILTER (WHERE is_of_run) AS letters,
        count(DISTINCT customer_code) FILTER (WHERE is_of_run) AS customers,
        count(DISTINCT number) FILTER (WHERE is_of_run) AS numbers,
        max(substring(number FROM '[0-9]+$')::integer) - count(*) FILTER (WHERE NOT is_of_run) AS last
    FROM (SELECT *, customer_code LIKE 'D-%' AS is_of_run FROM receivables.invoice) AS i
"""
_LETTERS = """
    SELECT count(*) AS letters, count(DISTINCT customer_code) AS customers, count(DISTINCT number) AS numbers,
        max(substring(number FROM '[0-9]+$')::integer) AS last
    FROM receivables.dunning_letter
"""


@dataclass
class Watched:
    """What was seen while the run went on."""

    seconds: list[float] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    most_mb: dict[str, float] = field(default_factory=dict)
    orders: list[float] = field(default_factory=list)
    killed: int = 0
    listed_after: float = 0.0
    cpu_ms: dict[str, float] = field(default_factory=dict)
    """For each item, by process."""


async def prepare(
    installation: Installation, customers: int, console: Console, lines: int = 0
) -> list[float]:
    """The company, its debtors, and how long an order takes when nothing else goes on."""
    site = connection(site_of(installation))
    await open_company(site)
    status, answer = await site.post("/v1/dunning-procedures/template", {}, "template")
    assert status == 201, answer
    owner = await asyncpg.connect(installation.owner_database_url)
    account = await owner.fetchval("SELECT account_code FROM ledger.account_role WHERE role = 'receivable'")
    async with owner.transaction():
        await owner.execute(f"SELECT set_config('perpetual.company', '{COMPANY}', true)")
        # The register's trigger takes a customer for the only one: for so many at once it takes minutes.
        await owner.execute("SET LOCAL session_replication_role = replica")
        await owner.execute(_COPY_CUSTOMERS, customers)
        await owner.execute(_COPY_PARTIES, customers)
        await owner.execute(_OWE, customers, COMPANY, account, ON - timedelta(days=10))
        if lines:
            await owner.execute(_DELIVER, customers, COMPANY, lines)
    await owner.execute("ANALYZE")
    await owner.close()
    await site.close()
    site = connection(site_of(installation))  # One that stood idle for long was hung up.
    console.print(f"[dim]{customers:,} customers owe something[/dim]")
    for _ in range(10):
        await one_order(site)
    quiet = [sum(vars(await one_order(site)).values()) for _ in range(40)]
    await site.close()
    return quiet


async def _run(installation: Installation, customers: int, kills: int, lines: int) -> tuple[Watched, Any]:
    watched, over = Watched(), asyncio.Event()
    site = connection(site_of(installation))
    run = f"{COMPANY}/collective_invoice_run/2026-10" if lines else f"{COMPANY}/dunning_run/{ON}"
    path, asks = ("/v1/collective-invoice-runs", {"month": "2026-10"}) if lines else _REMIND
    began, before = time.perf_counter(), cpu_seconds(site_of(installation))
    asked = asyncio.create_task(site.post(path, asks, "the run"))
    trading = asyncio.create_task(_trade(installation, watched, over))
    looking = connection(site_of(installation))
    last: Any = {}
    while last.get("outcome") is None:
        await asyncio.sleep(LOOKS_EVERY_SECONDS)
        installation.supervisor.check()
        weigh(installation, watched)
        status, last = await looking.get(f"/v1/runs/{run}")
        if status != 200:
            last = {}
            continue
        watched.seconds.append(time.perf_counter() - began)
        if last["items"] < customers:
            watched.listed_after = watched.seconds[-1]
        watched.done.append(last["done"])
        if watched.killed < kills and last["done"] >= customers * (watched.killed + 1) / (kills + 1):
            watched.killed += 1
            kill_the_busiest(installation)
        if last.get("exception") and not last["open"]:
            print(last, file=sys.stderr)
    after = cpu_seconds(site_of(installation))
    watched.cpu_ms = {name: 1000 * (after[name] - before.get(name, 0)) / customers for name in after}
    over.set()
    await trading
    await asked
    await looking.close()
    await site.close()
    return watched, last


async def _trade(installation: Installation, watched: Watched, over: asyncio.Event) -> None:
    site = connection(site_of(installation))
    while not over.is_set():
        watched.orders.append(sum(vars(await one_order(site)).values()))
        await asyncio.sleep(0.2)
    await site.close()


def _workers(installation: Installation) -> dict[str, psutil.Process]:
    return {
        child.name: psutil.Process(child.process.pid)
        for child in installation.supervisor.children
        if child.process is not None and child.name.startswith("worker") and child.process.poll() is None
    }


def weigh(installation: Installation, watched: Watched) -> None:
    """Note how much memory the workers have."""
    for name, worker in _workers(installation).items():
        mb = worker.memory_info().rss / 2**20
        watched.most_mb[name] = max(watched.most_mb.get(name, 0), mb)


def kill_the_busiest(installation: Installation) -> None:
    """Kill (-9) the worker that has used most CPU; the installation starts it again."""
    workers = _workers(installation).values()
    busiest = max(workers, key=lambda one: sum(one.cpu_times()[:2]))
    os.kill(busiest.pid, signal.SIGKILL)


def _show(console: Console, watched: Watched, quiet: list[float]) -> None:
    table = Table("tenth of the run", "seconds", "items per second", title="Cost as the run grows")
    whole, before, place = watched.done[-1], 0.0, 0
    for tenth in range(1, 11):
        while place < len(watched.done) - 1 and watched.done[place] < whole * tenth / 10:
            place += 1
        taken = watched.seconds[place] - before
        table.add_row(str(tenth), f"{taken:.1f}", f"{whole / 10 / taken:.0f}" if taken else "")
        before = watched.seconds[place]
    console.print(table)
    for name, times in (("alone", quiet), ("beside the run", watched.orders)):
        if len(times) > 1:
            shown = f"p50 {quantile_ms(times, 50):.0f} ms, p95 {quantile_ms(times, 95):.0f} ms"
            console.print(f"an order of three calls, {name}: {shown} ({len(times)})")


async def _measure(
    installation: Installation, console: Console, customers: int, kills: int, lines: int
) -> int:
    quiet = await prepare(installation, customers, console, lines)
    watched, run = await _run(installation, customers, kills, lines)
    _show(console, watched, quiet)
    owner = await asyncpg.connect(installation.owner_database_url)
    if lines:
        (documents,) = await owner.fetch(_INVOICES)
        billed = await owner.fetchval(
            "SELECT count(*) FROM receivables.invoice_line WHERE description = 'Something'"
        )
        console.print(f"{billed:,} lines are billed, of {customers * lines:,}")
    else:
        (documents,) = await owner.fetch(_LETTERS)
    found = dict(documents)
    await owner.close()
    seconds, heaviest = watched.seconds[-1], max(watched.most_mb.values())
    rate = f"{customers / seconds:.0f} per second"
    targets = [
        (f"each once: {found}, {run['stage']}, {run['why']}", set(found.values()) == {customers}),
        (f"{watched.killed} workers were killed of {kills}", watched.killed == kills),
        (f"workers under {MOST_MB:.0f} MB: {heaviest:.0f}", heaviest < MOST_MB),
    ]
    console.print(
        f"{customers:,} items in {seconds:.1f} s: {rate}; listed after {watched.listed_after:.1f} s"
    )
    costs = ", ".join(f"{name} {ms:.1f}" for name, ms in sorted(watched.cpu_ms.items()))
    console.print(f"CPU ms per item, with the orders beside it, of those that still run: {costs}")
    for said, is_met in targets:
        console.print(f"{'[green]met[/green]   ' if is_met else '[red]missed[/red]'} {said}")
    return sum(not is_met for _, is_met in targets)


def main() -> int:
    """Measure and print; 0 when the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--lines", type=int, default=0)
    asked = parser.parse_args()
    console = Console()
    with an_installation(console) as installation:
        return uvloop.run(_measure(installation, console, asked.customers, asked.kills, asked.lines))


if __name__ == "__main__":
    sys.exit(main())

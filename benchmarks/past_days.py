"""`python -m benchmarks.past_days`: reports of past days over millions of journal lines, no period closed.

A throw-away PostgreSQL has five years of invoices to 5,000 customers, with three lines each, of which all but
every fortieth are paid, with two lines, 5 to 64 days later. Asked as the application asks, by SQL: the API
adds some ten milliseconds. Then what the indexes that serve them cost: rows written with and without them.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.stored import ACCOUNT, JOURNAL_ENTRY, JOURNAL_LINE, OPEN_ITEM, SETTLEMENT, Owner
from domains.ledger.messages import Party, PartyType, Side
from domains.ledger.queries import ageing, open_as_of, party_statements, reports
from domains.ledger.queries.report_days import ReportPeriod
from foundation.database.connections import Database
from foundation.database.migrations import upgrade
from foundation.database.transaction import Transaction
from perpetual.servers.postgres import FAST_SHUTDOWN, Postgres
from perpetual.servers.startup_errors import free_port

COMPANY, CUSTOMERS = "BENCH", 5_000
FIRST, YEARS = date(2022, 1, 1), 5
LAST = date(FIRST.year + YEARS, 1, 1) - timedelta(1)
LINES, LINES_OF_AN_ITEM, UNPAID = 5_000_000, 5, 40
FIRST_PORT, TIMES, MORE = 9300, 3, 50_000
MOST_SECONDS = 1.0

_BOOKS = f"""
    INSERT INTO master_data.company (code, name, currency, country, address, postal_code, city, tax_number,
        iban, bic, email, tax_rounding, small_difference_limit)
    VALUES ('{COMPANY}', 'Bench', 'EUR', 'DE', '', '', '', '', '', '', '', 'document', 0.05);
    INSERT INTO {ACCOUNT} (company_id, code, name, kind, subledger, blocked) VALUES
        ('{COMPANY}', '1200', 'Receivables', 'asset', 'receivable', false),
        ('{COMPANY}', '1400', 'Bank', 'asset', NULL, false),
        ('{COMPANY}', '2200', 'Tax', 'liability', NULL, false),
        ('{COMPANY}', '4000', 'Sales', 'income', NULL, false);
    INSERT INTO ledger.fiscal_year (company_id, code, starts_on, ends_on)
    SELECT '{COMPANY}', year::text, make_date(year, 1, 1), make_date(year, 12, 31)
    FROM generate_series({FIRST.year}, {LAST.year}) AS year;
    INSERT INTO master_data.party (company_id, type, code, name)
    SELECT '{COMPANY}', 'customer', 'C' || n, 'Customer ' || n FROM generate_series(0, {CUSTOMERS - 1}) AS n;
"""
# Each document with its number, its days and its amount: everything else is made of them.
_DOCUMENTS = f"""
    CREATE TEMP TABLE document AS
    SELECT n, md5('invoice' || n)::uuid AS invoice_id, md5('payment' || n)::uuid AS payment_id,
        'C' || n::bigint * 7919 % {CUSTOMERS} AS customer, 10 + n % 990 AS net,
        DATE '{FIRST}' + (n::bigint * {(LAST - FIRST).days} / $1)::integer AS billed_on,
        CASE WHEN n % {UNPAID} > 0 THEN DATE '{FIRST}'
            + (n::bigint * {(LAST - FIRST).days} / $1)::integer + 5 + n * 31 % 60 END AS paid_on
    FROM generate_series(0, $1 - 1) AS n
"""
_ENTRIES = f"""
    INSERT INTO {JOURNAL_ENTRY} (id, company_id, number, posted_on, fiscal_year, currency, text, source_type,
        source_id, purpose)
    SELECT invoice_id, '{COMPANY}', 'JE-I' || n, billed_on, extract(year FROM billed_on)::text, 'EUR', '',
        'invoice', invoice_id, 'invoice' FROM document
    UNION ALL
    SELECT payment_id, '{COMPANY}', 'JE-P' || n, paid_on, extract(year FROM paid_on)::text, 'EUR', '',
        'payment', payment_id, 'payment' FROM document WHERE paid_on IS NOT NULL
"""
_LINES = f"""
    INSERT INTO {JOURNAL_LINE} (entry_id, line_number, company_id, posted_on, account_code, amount,
        base_amount, party_type, party_code)
    SELECT invoice_id, x.line, '{COMPANY}', billed_on, x.account, x.amount, x.amount, 'customer', customer
    FROM document CROSS JOIN LATERAL (
        VALUES (1, '1200', net * 1.19), (2, '4000', -net), (3, '2200', -net * 0.19)
    ) AS x (line, account, amount)
    UNION ALL
    SELECT payment_id, x.line, '{COMPANY}', paid_on, x.account, x.amount, x.amount, 'customer', customer
    FROM document CROSS JOIN LATERAL (VALUES (1, '1400', net * 1.19), (2, '1200', -net * 1.19))
        AS x (line, account, amount)
    WHERE paid_on IS NOT NULL
"""
_ITEMS = f"""
    INSERT INTO {OPEN_ITEM} (id, company_id, side, party_type, party_code, account_code, document_type,
        document_id, document_number, on_account, document_on, due_on, currency, amount, base_amount,
        open_amount, base_open_amount, open_from, last_moved_on)
    SELECT invoice_id, '{COMPANY}', 'receivable', 'customer', customer, '1200', 'invoice', invoice_id,
        'INV-' || n, false, billed_on, billed_on + 30, 'EUR', net * 1.19, net * 1.19,
        CASE WHEN paid_on IS NULL THEN net * 1.19 ELSE 0 END,
        CASE WHEN paid_on IS NULL THEN net * 1.19 ELSE 0 END, billed_on, coalesce(paid_on, billed_on)
    FROM document
"""
_SETTLEMENTS = f"""
    INSERT INTO {SETTLEMENT} (id, company_id, open_item_id, source_type, source_id, source_number, money_type,
        money_id, settled_on, amount, base_amount)
    SELECT payment_id, '{COMPANY}', invoice_id, 'payment', payment_id, 'PAY-' || n, 'payment', payment_id,
        paid_on, net * 1.19, net * 1.19
    FROM document WHERE paid_on IS NOT NULL
"""
# So many rows more, as they are, under other ids; taken back.
_TAKEN = """
    CREATE TEMP TABLE {again} AS SELECT * FROM {table} LIMIT {more};
    UPDATE {again} SET id = gen_random_uuid();
"""
_COLUMNS = """
    SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
INDEXES = {
    "ledger.open_item_company_id_party_type_party_code_idx": OPEN_ITEM,
    "ledger.open_item_company_id_open_until_open_from_idx": OPEN_ITEM,
}
"""The indexes that are there for reports of past days, with their tables."""

Report = Callable[[Transaction], Awaitable[object]]


@contextmanager
def a_postgres() -> Iterator[Postgres]:
    """PostgreSQL alone, in a directory of its own; nothing is left of it."""
    directory = Path(tempfile.mkdtemp(prefix="perpetual-bench-"))
    directory.chmod(0o755)  # PostgreSQL may run as another user, who must reach its data.
    postgres = Postgres(directory / "postgres", free_port(FIRST_PORT))
    postgres.prepare()
    silent: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(postgres.command(), cwd=postgres.directory, **silent, **postgres.user.options)
    try:
        while not postgres.is_ready():
            time.sleep(0.1)
        postgres.make_database()
        upgrade(postgres.owner_url, postgres.application_url)
        yield postgres
    finally:
        process.send_signal(FAST_SHUTDOWN)
        process.wait(60)
        shutil.rmtree(directory, ignore_errors=True)


async def fill(owner: Owner, lines: int) -> None:
    """Five years of documents, with so many journal lines."""
    await owner.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    await owner.execute(_BOOKS)
    await owner.execute(_DOCUMENTS.replace("$1", str(lines // LINES_OF_AN_ITEM)))
    for statement in (_ENTRIES, _LINES, _ITEMS, _SETTLEMENTS):
        await owner.execute(statement)
    await owner.execute("VACUUM (ANALYZE)")
    await owner.execute("CHECKPOINT")


def asked() -> dict[str, Report]:
    """Every report with the day that it is of."""
    found: dict[str, Report] = {}
    for share in (10, 30, 50, 70, 90, 100):
        on = FIRST + (LAST - FIRST) * share // 100
        found[f"ageing, {on}"] = partial(_ageing, on)
        found[f"trial balance, {on}"] = partial(_trial_balance, on)
    return found | {"statement of a customer": _statement, "open items of a customer": _open_items}


async def _ageing(on: date, tx: Transaction) -> object:
    return await ageing.aged(tx, Side.RECEIVABLE, on)


async def _trial_balance(on: date, tx: Transaction) -> object:
    return await reports.trial_balance(tx, on.replace(month=1, day=1), on)


async def _statement(tx: Transaction) -> object:
    year = ReportPeriod(date(LAST.year, 1, 1), LAST)
    return await party_statements.party_statement(tx, Party(PartyType.CUSTOMER, "C1"), Side.RECEIVABLE, year)


async def _open_items(tx: Transaction) -> object:
    on = date(LAST.year, 3, 31)
    return await open_as_of.items_as_of(
        tx, Side.RECEIVABLE, on, party=Party(PartyType.CUSTOMER, "C1"), currency=None
    )


async def seconds(database: Database, report: Report) -> float:
    """How long a report takes, the quickest of several times."""
    took = []
    for _ in range(TIMES):
        async with database.read(COMPANY) as tx:
            began = time.perf_counter()
            await report(tx)
            took.append(time.perf_counter() - began)
    return min(took)


async def cost_of(owner: Owner, index: str, table: str) -> tuple[float, float]:
    """What an index costs for each row of its table: microseconds when it is written, and bytes."""
    again = index.partition(".")[2] + "_again"
    await owner.execute(_TAKEN.format(again=again, table=table, more=MORE))
    columns: str = await owner.fetchval(_COLUMNS, table)
    took: dict[bool, list[float]] = {True: [], False: []}
    for there in (True, False, True, False, True, False):
        transaction = owner.transaction()
        await transaction.start()
        if not there:
            await owner.execute(f"DROP INDEX {index}")
        began = time.perf_counter()
        await owner.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {again}")
        took[there].append(time.perf_counter() - began)
        await transaction.rollback()
    size, rows = await owner.fetchrow(
        f"SELECT pg_relation_size('{index}'), (SELECT count(*) FROM {table})"
    ) or (0, 1)
    return (min(took[True]) - min(took[False])) / MORE * 1e6, size / rows


async def measure(postgres: Postgres, lines: int, console: Console) -> int:
    """Fill, ask, show; 0 when each report takes less than a second, else 1."""
    owner = await asyncpg.connect(postgres.owner_url, command_timeout=3600)
    console.print(f"[dim]Filling {lines:,} journal lines …[/dim]")
    await fill(owner, lines)
    database = Database(postgres.application_url, pool_size=1)
    shown = Table("report", "seconds", title=f"{lines:,} journal lines")
    took = {name: await seconds(database, report) for name, report in asked().items()}
    for name, each in took.items():
        shown.add_row(name, f"{each:.3f}")
    console.print(shown)
    await database.close()
    costs = Table("index", "µs a row", "bytes a row", title="what the indexes cost")
    for index, table in INDEXES.items():
        written, size = await cost_of(owner, index, table)
        costs.add_row(index, f"{written:.1f}", f"{size:.0f}")
    console.print(costs)
    await owner.close()
    return int(max(took.values()) > MOST_SECONDS)


def main() -> int:
    """Measure in a PostgreSQL of our own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.past_days", description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    chosen = parser.parse_args()
    with a_postgres() as postgres:
        return uvloop.run(measure(postgres, chosen.lines, Console()))


if __name__ == "__main__":
    sys.exit(main())

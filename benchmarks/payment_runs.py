"""`python -m benchmarks.payment_runs --payments 10000`: so many suppliers are paid by one run, from its
proposal to the file for the bank.

Each supplier is owed one invoice. At the end each was paid once, and the file orders each payment once.
"""

import argparse
import sys
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import asyncpg
import uvloop
from rich.console import Console

from benchmarks.purchasing import PaidRun, iban, open_purchasing, pay_all
from benchmarks.running import an_installation, connection, site_of
from benchmarks.trading import COMPANY, open_company
from perpetual.installation import Installation

MOST_SECONDS = 60.0
AMOUNT = Decimal(119)

# Suppliers like the first, each with a bank account and an invoice of its own.
_COPY_SUPPLIERS = """
    INSERT INTO master_data.supplier SELECT (jsonb_populate_record(s, jsonb_build_object(
        'code', 'D-' || lpad(n.number::text, 7, '0'), 'name', 'Creditor ' || n.number, 'bank_accounts',
        jsonb_build_array(s.bank_accounts -> 0 || jsonb_build_object('iban', n.iban))))).*
    FROM master_data.supplier s, unnest($1::text[]) WITH ORDINALITY AS n (iban, number)
    WHERE s.code = 'S-0000000'
"""
_COPY_PARTIES = """
    INSERT INTO master_data.party SELECT (jsonb_populate_record(p, jsonb_build_object(
        'code', 'D-' || lpad(n::text, 7, '0')))).*
    FROM master_data.party p, generate_series(1, $1::integer) AS n
    WHERE p.code = 'S-0000000' AND p.type = 'supplier' ON CONFLICT DO NOTHING
"""
_OWE = """
    INSERT INTO ledger.open_item (id, company_id, side, party_type, party_code, account_code, document_type,
        document_id, document_number, on_account, document_on, due_on, currency, amount, base_amount,
        open_amount, base_open_amount, open_from, last_moved_on)
    SELECT gen_random_uuid(), $2, 'payable', 'supplier', 'D-' || lpad(n::text, 7, '0'), $3,
        'supplier_invoice', gen_random_uuid(), 'SI-OLD-' || n, false, '2026-03-01', '2026-03-31', 'EUR',
        -$4::numeric, -$4, -$4, -$4, '2026-03-01', '2026-03-01'
    FROM generate_series(1, $1::integer) AS n
"""
_DONE = """
    SELECT (SELECT count(*) FROM ledger.supplier_payment) AS payments,
        (SELECT count(DISTINCT party_code) FROM ledger.supplier_payment) AS suppliers,
        (SELECT count(*) FROM ledger.open_item WHERE side = 'payable' AND open_amount = 0) AS paid,
        (SELECT -sum(amount) FROM ledger.journal_line
            JOIN ledger.account_role USING (company_id, account_code)
            WHERE role = 'payments_in_transit')::text AS amount
"""


async def _prepare(installation: Installation, payments: int, console: Console) -> dict[str, str]:
    site = connection(site_of(installation))
    await open_company(site)
    keys = await open_purchasing(site, suppliers=1)
    await site.close()
    owner = await asyncpg.connect(installation.owner_database_url)
    account = await owner.fetchval("SELECT account_code FROM ledger.account_role WHERE role = 'payable'")
    async with owner.transaction():
        await owner.execute(f"SELECT set_config('perpetual.company', '{COMPANY}', true)")
        # The register's trigger takes a supplier for the only one: for so many at once it takes minutes.
        await owner.execute("SET LOCAL session_replication_role = replica")
        await owner.execute(_COPY_SUPPLIERS, [iban(number) for number in range(1, payments + 1)])
        await owner.execute(_COPY_PARTIES, payments)
        await owner.execute(_OWE, payments, COMPANY, account, AMOUNT)
    await owner.execute("ANALYZE")
    await owner.close()
    console.print(f"[dim]{payments:,} suppliers are owed something[/dim]")
    return keys


def _ordered(file: bytes) -> dict[str, Any]:
    """What the bank would read: how many payments, to how many accounts, and what they come to."""
    payments = ElementTree.fromstring(file).findall(".//{*}CdtTrfTxInf")  # Our own file.
    accounts = {one.findtext(".//{*}CdtrAcct//{*}IBAN") for one in payments}
    amount = sum(Decimal(one.findtext(".//{*}InstdAmt") or "0") for one in payments)
    return {"payments": len(payments), "accounts": len(accounts), "amount": str(amount)}


def _judge(console: Console, payments: int, run: PaidRun, done: dict[str, Any]) -> int:
    began = 0.0
    for stage, seconds in run.until.items():
        console.print(f"{stage}: {seconds - began:.1f} s")
        began = seconds
    ordered, amount = _ordered(run.file), payments * AMOUNT
    wanted = {"payments": payments, "accounts": payments, "amount": f"{amount:.2f}"}
    targets = [
        (f"from proposal to file under {MOST_SECONDS:.0f} s: {run.seconds:.1f}", run.seconds < MOST_SECONDS),
        (f"the file orders each once: {ordered}", ordered == wanted),
        (
            f"each paid once: {done}",
            all(done[name] == payments for name in ("payments", "suppliers", "paid"))
            and Decimal(done["amount"]) == amount,
        ),
    ]
    for said, is_met in targets:
        console.print(f"{'[green]met[/green]   ' if is_met else '[red]missed[/red]'} {said}")
    return sum(not is_met for _, is_met in targets)


async def _measure(installation: Installation, console: Console, payments: int) -> int:
    keys = await _prepare(installation, payments, console)
    run = await pay_all(site_of(installation), keys)
    owner = await asyncpg.connect(installation.owner_database_url)
    (done,) = await owner.fetch(_DONE)
    await owner.close()
    return _judge(console, payments, run, dict(done))


def main() -> int:
    """Measure and print; 0 when the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=10_000)
    asked = parser.parse_args()
    console = Console()
    with an_installation(console) as installation:
        return uvloop.run(_measure(installation, console, asked.payments))


if __name__ == "__main__":
    sys.exit(main())

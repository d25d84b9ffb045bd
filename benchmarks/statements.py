"""`python -m benchmarks.statements --lines 50000`: so many lines of a bank, imported, matched and posted.

Each customer owes one invoice, and one line pays it; of every tenth line nobody knows what it is. At the end
each invoice that was named is paid once, and the other lines wait.
"""

import argparse
import asyncio
import io
import sys
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import asyncpg
import uvloop
from rich.console import Console

from benchmarks.running import an_installation, connection, site_of
from benchmarks.runs import prepare
from perpetual.installation import Installation

IMPORTED_AND_MATCHED_SECONDS = 120.0
ACCOUNT = {"code": "1455", "name": "Savings bank", "kind": "asset"}
BANK = {"code": "SAVINGS", "name": "Savings bank", "account_number": "4711", "currency": "EUR"}
BANK |= {"account_code": ACCOUNT["code"]}
UNKNOWN_EVERY = 10
_HEAD = """<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S</Id><ElctrncSeqNb>1</ElctrncSeqNb>
<Acct><Id><Othr><Id>4711</Id></Othr></Id><Ccy>EUR</Ccy></Acct>"""
_BALANCE = """<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>"""
_ENTRY = """<Ntry><Amt Ccy="EUR">119.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt><NtryDtls><TxDtls>
<RltdPties><Dbtr><Pty><Nm>Debtor {number}</Nm></Pty></Dbtr></RltdPties>
<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
_DONE = """
    SELECT (SELECT count(*) FROM ledger.payment WHERE account_code = '1455') AS payments,
        (SELECT count(*) FROM banking.open_line) AS waiting,
        (SELECT count(*) FROM ledger.open_item
            WHERE document_number LIKE 'INV-OLD-%' AND open_amount = 0) AS paid,
        (SELECT sum(amount) FROM ledger.journal_line WHERE account_code = '1455') AS bank
"""


def statement(lines: int) -> bytes:
    """A statement in a zip file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("statement.xml", "".join(_parts(lines)))
    return made.getvalue()


def _parts(lines: int) -> Iterator[str]:
    yield _HEAD
    yield _BALANCE.format(kind="OPBD", amount=0)
    yield _BALANCE.format(kind="CLBD", amount=119 * lines)
    for number in range(1, lines + 1):
        known = number % UNKNOWN_EVERY
        yield _ENTRY.format(
            number=number if known else "X", text=f"Invoice INV-OLD-{number}" if known else "?"
        )
    yield "</Stmt></BkToCstmrStmt></Document>"


async def _measure(installation: Installation, console: Console, lines: int) -> int:
    await prepare(installation, lines, console)
    site = connection(site_of(installation))
    for path, body in (("accounts", ACCOUNT), ("bank-accounts", BANK)):
        status, answer = await site.post(f"/v1/{path}", body, f"bank {path}")
        assert status == 201, answer
    began = time.perf_counter()
    status, answer = await site.post("/v1/bank-statements", statement(lines), "the statement")
    assert status == 201, answer
    imported = time.perf_counter() - began
    await site.close()
    matched, posted = await _matched(installation, answer["statements"][0]["statement_id"], lines)
    owner = await asyncpg.connect(installation.owner_database_url)
    (done,) = await owner.fetch(_DONE)
    await owner.close()
    unknown = lines // UNKNOWN_EVERY
    known = lines - unknown
    console.print(
        f"{lines:,} lines: imported in {imported:.1f} s, matched in {matched:.1f} s; {known:,} posted in "
        f"{posted:.1f} s, {known / posted:.0f} per second"
    )
    wanted = {"payments": known, "waiting": unknown, "paid": known, "bank": 119 * known}
    targets = [
        (
            f"imported and matched under {IMPORTED_AND_MATCHED_SECONDS:.0f} s",
            imported + matched < IMPORTED_AND_MATCHED_SECONDS,
        ),
        (f"each once: {dict(done)}", dict(done) == wanted),
    ]
    for said, is_met in targets:
        console.print(f"{'[green]met[/green]   ' if is_met else '[red]missed[/red]'} {said}")
    return sum(not is_met for _, is_met in targets)


async def _matched(installation: Installation, statement_id: str, lines: int) -> tuple[float, float]:
    """How long it took until all that a rule knows was listed, and from then on until it was posted."""
    asking, looking = (connection(site_of(installation)) for _ in range(2))
    began, listed = time.perf_counter(), 0.0
    path = f"/v1/bank-statements/{statement_id}/matching"
    asked = asyncio.create_task(asking.post(path, {}, "the matching"))
    last: Any = {}
    while last.get("outcome") is None:
        await asyncio.sleep(0.2)
        _, runs = await looking.get("/v1/processes?type=bank_matching_run")
        if runs["items"]:
            _, last = await looking.get(f"/v1/runs/{runs['items'][0]['id']}")
        if not listed and last.get("items"):
            listed = time.perf_counter() - began
    await asked
    for one in (asking, looking):
        await one.close()
    assert last["items"] == lines - lines // UNKNOWN_EVERY, last
    return listed, time.perf_counter() - began - listed


def main() -> int:
    """Measure and print; 0 when the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=50_000)
    asked = parser.parse_args()
    console = Console()
    with an_installation(console) as installation:
        return uvloop.run(_measure(installation, console, asked.lines))


if __name__ == "__main__":
    sys.exit(main())

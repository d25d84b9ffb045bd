"""What it costs to post an entry does not grow with the entries of its day."""

from uuid import uuid4

import asyncpg
from sqlalchemy import Uuid, bindparam, text

from foundation.database.connections import Database, working_on
from foundation.database.migrations import upgrade
from foundation.values.messages import Caller
from tests.builders.finance import Accountant
from tests.servers import as_application

BEFORE = 1_000
POST_ONE = """
    WITH entry AS (
        INSERT INTO ledger.journal_entry
            (id, number, posted_on, fiscal_year, currency, text, source_type, source_id, purpose)
        VALUES (:entry, CAST(:entry AS text), '2026-03-02', '2026', 'EUR', 'one of many', 'manual', :entry,
            'entry'))
    INSERT INTO ledger.journal_line
        (entry_id, line_number, posted_on, account_code, amount, base_amount)
    VALUES (:entry, 1, '2026-03-02', '1400', 1, 1), (:entry, 2, '2026-03-02', '3000', -1, -1)
"""
_POST_ONE = text(POST_ONE).bindparams(bindparam("entry", type_=Uuid))
READ = """
    SELECT sum(coalesce(idx_tup_fetch, 0) + seq_tup_read) FROM pg_stat_xact_user_tables
    WHERE schemaname IN ('ledger', 'receivables')
"""


async def test_posting_reads_no_more_beside_many_entries_of_its_day(cluster_url: str, caller: Caller) -> None:
    """In books that were empty when the plans were made, and on the connection that keeps them."""
    name = f"flat_{uuid4().hex}"
    books_url = f"{cluster_url.rpartition('/')[0]}/{name}"
    owner = await asyncpg.connect(cluster_url)
    await owner.execute(f"CREATE DATABASE {name}")
    upgrade(books_url, as_application(books_url))
    async with working_on(as_application(books_url)) as books:
        await Accountant(caller).open()
        first = await _rows_read(books, caller.company)
        async with books.write(caller.company, caller.actor) as session:
            for _ in range(BEFORE):
                await session.execute(_POST_ONE, {"entry": uuid4()})
        last = await _rows_read(books, caller.company)
    await owner.execute(f"DROP DATABASE {name}")
    await owner.close()
    assert last <= first + 10, f"{first} rows are read to post the first entry, {last} for one more"


async def _rows_read(books: Database, company: str) -> int:
    async with books.write(company, "a tester") as session:
        before = (await session.execute(text(READ))).scalar_one()
        await session.execute(_POST_ONE, {"entry": uuid4()})
        await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        return int((await session.execute(text(READ))).scalar_one() - before)

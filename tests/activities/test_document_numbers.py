"""Every series of numbers goes on after its 999,999th document."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text

from foundation.database import Database, working_on
from foundation.messages import Caller
from foundation.migrations import upgrade
from tests.builders.sales import Clerk, a_return

GAPLESS = {"JE", "INV", "PAY", "CN", "RF", "DUN"}
WITH_GAPS = {
    "sales.order_number": "SO",
    "sales.return_number": "RMA",
    "inventory.receipt_number": "REC",
    "inventory.shipment_number": "SHP",
    "inventory.return_number": "RET",
}
AROUND_A_MILLION = ("999999", "1000000", "1000001")

_SERIES = """
    SELECT DISTINCT found[1] FROM pg_proc, regexp_matches(prosrc, 'next_number\\(''(\\w+)''', 'g') AS found
"""
_SEQUENCES = "SELECT schemaname || '.' || sequencename FROM pg_sequences WHERE sequencename LIKE '%\\_number'"
_DEFAULTS = """
    SELECT s.oid::regclass::text AS sequence, pg_get_expr(d.adbin, d.adrelid) AS number
    FROM pg_attrdef d JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
        JOIN pg_class s ON s.oid = p.refobjid AND s.relkind = 'S'
"""
_MAKERS = """
    SELECT p.oid::regproc::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosrc LIKE '%pad(%' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""


@pytest.fixture
async def books(cluster_url: str) -> AsyncIterator[Database]:
    """A database of the test's own, so that no other test's numbers jump."""
    name = f"numbers_{uuid4().hex}"
    address, _, _ = cluster_url.rpartition("/")
    owner = await asyncpg.connect(cluster_url)
    await owner.execute(f"CREATE DATABASE {name}")
    upgrade(f"{address}/{name}")
    async with working_on(f"{address}/{name}") as books:
        yield books
    await owner.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await owner.close()


async def test_a_gapless_series_goes_on_after_a_million(books: Database, company: str) -> None:
    async with books.write(company, "a tester") as session:
        assert set(await session.scalars(text(_SERIES))) == GAPLESS
        for series in GAPLESS:
            await session.execute(
                text(
                    "INSERT INTO foundation.number_series (series, fiscal_year, last_number) "
                    "VALUES (:series, '2026', 999998)"
                ),
                {"series": series},
            )
            take = text("SELECT foundation.document_number(:series, '2026')")
            taken = [await session.scalar(take, {"series": series}) for _ in AROUND_A_MILLION]

            assert taken == [f"{series}-2026-{number}" for number in AROUND_A_MILLION]


async def test_a_series_with_gaps_goes_on_after_a_million(books: Database, caller: Caller) -> None:
    clerk = Clerk(caller)
    await clerk.open()
    order_id = await clerk.delivered()
    async with books.write(caller.company, caller.actor) as session:
        sequences = set(await session.scalars(text(_SEQUENCES)))
    await _go_to(books, 999_998)

    taken = {
        "sales.order_number": [(await clerk.place()).order_number for _ in AROUND_A_MILLION],
        "sales.return_number": [
            (await clerk.authorise(a_return(order_id, {1: 1}))).return_number for _ in AROUND_A_MILLION
        ],
    }
    async with books.write(caller.company, caller.actor) as session:
        defaults = (await session.execute(text(_DEFAULTS))).all()
        for sequence, number in defaults:
            taken[sequence] = [await session.scalar(text(f"SELECT {number}")) for _ in AROUND_A_MILLION]

    assert sequences == set(WITH_GAPS)
    assert taken == {
        sequence: [f"{series}-{number}" for number in AROUND_A_MILLION]
        for sequence, series in WITH_GAPS.items()
    }


async def test_one_function_puts_a_number_together(books: Database, company: str) -> None:
    async with books.read(company) as session:
        assert list(await session.scalars(text(_MAKERS))) == ["foundation.document_number"]


async def _go_to(books: Database, value: int) -> None:
    """As the sequences' owner, which the application is not."""
    owner = await asyncpg.connect(str(books.engine.url.set(drivername="postgresql").render_as_string(False)))
    for sequence in WITH_GAPS:
        await owner.execute("SELECT setval($1::text::regclass, $2)", sequence, value)
    await owner.close()

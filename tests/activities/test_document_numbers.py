"""Every series of numbers goes on after its 999,999th document."""

import json
import re
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text

from foundation.database.connections import Database, working_on
from foundation.database.migrations import upgrade
from tests.architecture.source import ROOT
from tests.servers import as_application

AROUND_A_MILLION = ("999999", "1000000", "1000001")

_DRAWN = re.compile(r"closing\.number\(\s*\"(\w+)\"")
_IN_SEQUENCE = re.compile(r"closing\.sequence_number\(\s*\"(\w+)\",\s*\"([\w.]+)\"")
_SEQUENCES = "SELECT schemaname || '.' || sequencename FROM pg_sequences WHERE sequencename LIKE '%\\_number'"
_TAKE = text("SELECT CAST(foundation.with_numbers(CAST(:wanted AS jsonb), :body) AS text)")
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
    upgrade(f"{address}/{name}", as_application(f"{address}/{name}"))
    async with working_on(as_application(f"{address}/{name}")) as books:
        yield books
    await owner.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await owner.close()


def asked_for() -> tuple[set[str], dict[str, str]]:
    """The series that operations draw from, without gaps and with."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "activities").rglob("*.py")]
    gapless = {series for source in sources for series in _DRAWN.findall(source)}
    with_gaps = {sequence: series for source in sources for series, sequence in _IN_SEQUENCE.findall(source)}
    return gapless, with_gaps


GAPLESS, WITH_GAPS = asked_for()


async def taken(books: Database, company: str, series: str, **of: str) -> list[str]:
    """Three numbers of a series, as an operation draws them."""
    tokens = ["~a~", "~b~", "~c~"]
    wanted = json.dumps([{"series": series, "tokens": tokens, **of}])
    async with books.write(company, "a tester") as tx:
        drawn: list[str] = json.loads(await tx.scalar(_TAKE, {"wanted": wanted, "body": json.dumps(tokens)}))
        return drawn


async def test_these_are_all_series_there_are(books: Database, company: str) -> None:
    assert {"JE", "INV", "PAY"} <= GAPLESS
    async with books.read(company) as tx:
        assert set(await tx.scalars(text(_SEQUENCES))) == set(WITH_GAPS)


@pytest.mark.parametrize("of", ["gapless", "with gaps"])
async def test_every_series_goes_on_after_a_million(
    of: str, books: Database, company: str, cluster_url: str
) -> None:
    # Who draws numbers may not set them.
    owner = await asyncpg.connect(f"{cluster_url.rpartition('/')[0]}/{books.engine.url.database}")
    for series in GAPLESS:
        await owner.execute(
            "INSERT INTO foundation.number_series VALUES ($1, $2, '2026', 999998)", company, series
        )
    for sequence in WITH_GAPS:
        await owner.execute("SELECT setval($1::text::regclass, 999998)", sequence)
    await owner.close()

    if of == "gapless":
        for series in GAPLESS:
            found = await taken(books, company, series, fiscal_year="2026")
            assert found == [f"{series}-2026-{number}" for number in AROUND_A_MILLION]
    else:
        for sequence, series in WITH_GAPS.items():
            found = await taken(books, company, series, sequence=sequence)
            assert found == [f"{series}-{number}" for number in AROUND_A_MILLION]


async def test_one_function_puts_a_number_together(books: Database, company: str) -> None:
    async with books.read(company) as session:
        assert list(await session.scalars(text(_MAKERS))) == ["foundation.document_number"]

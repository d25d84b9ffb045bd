"""The judge of fault runs sees every document that is there twice, or not at all: both are seeded here."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from perpetual.checker.document_kinds import document_kinds
from tests.builders.payroll import company_in_dollars
from tests.erp import Erp
from tests.faults.books import Books
from tests.faults.judging import TOLD_IN_PART, TOLD_WITH_OTHERS, Verdict, judge_documents, judged
from tests.faults.portraits import Connection
from tests.servers import as_application

IN_DOLLARS = ("payroll run", "payslip", "loan movement", "wage payment")


@pytest.fixture
async def company_only(owner_url: str, traded: Erp) -> AsyncIterator[Connection]:
    """The books of the company that has traded, and of no other."""
    connection = await asyncpg.connect(as_application(owner_url))
    await connection.execute("SELECT set_config('perpetual.company', $1, false)", traded.company)
    yield connection
    await connection.close()


@pytest.fixture
async def books(company_only: Connection) -> Books:
    """Those of a client who was told of every document, once."""
    return await told_of_all(company_only)


async def told_of_all(company_only: Connection) -> Books:
    """Every document of the company that the connection sees, once."""
    books = Books()
    for kind, question in judged().items():
        for document_id, number in await company_only.fetch(question):
            books.note(kind, document_id, number)
    return books


async def judgement(connection: Connection, books: Books) -> tuple[int, int]:
    """How many documents are lost, and how many doubled, as the judge says."""
    verdict = Verdict([], [], [])
    await judge_documents(connection, books, verdict)
    return len(verdict.lost), len(verdict.doubled)


def test_every_kind_of_document_is_judged() -> None:
    missing = {one.kind for one in document_kinds()} - judged().keys() - TOLD_WITH_OTHERS.keys()

    assert missing == set(), "note it in a story of tests/faults, and say @kind(documents=…)"


@pytest.mark.parametrize("kind", [kind for kind in judged() if kind not in IN_DOLLARS])
async def test_a_document_that_is_there_twice_or_not_at_all_is_seen(
    kind: str, books: Books, company_only: Connection
) -> None:
    assert await judgements(company_only, books, kind) == seen(kind)


@pytest.mark.parametrize("kind", IN_DOLLARS)
async def test_so_is_one_of_the_company_beside_it_that_pays_people(
    kind: str, traded: Erp, company_only: Connection
) -> None:
    company = company_in_dollars(traded.company)
    await company_only.execute("SELECT set_config('perpetual.company', $1, false)", company)

    assert await judgements(company_only, await told_of_all(company_only), kind) == seen(kind)


def seen(kind: str) -> list[tuple[int, int]]:
    """Nothing at first; what was never written is lost, and what nobody was told of is doubled."""
    return [(0, 0), (1, 0), (0, 0 if kind in TOLD_IN_PART else 1)]


async def judgements(connection: Connection, books: Books, kind: str) -> list[tuple[int, int]]:
    """What the judge says of the books as they are, with one document too many, and with one too few."""
    assert books.documents[kind], f"the company has no {kind}: nothing could be lost"
    as_it_is = await judgement(connection, books)
    books.note(kind, "never written", "")
    one_more = await judgement(connection, books)
    books.documents[kind].remove(("never written", ""))
    books.documents[kind].pop()
    return [as_it_is, one_more, await judgement(connection, books)]


async def test_a_correction_that_was_posted_a_second_time_is_seen(
    traded: Erp, books: Books, company_only: Connection
) -> None:
    lines = [{"item_code": "APPLE", "quantity": "1"}]
    scrapping = {"warehouse_code": "MAIN", "scrapped_on": "2026-03-20", "reason": "rust", "lines": lines}
    first = await traded.post("/v1/scrappings", scrapping)
    books.note("scrapping", first["scrapping_id"], first["scrapping_number"])
    assert await judgement(company_only, books) == (0, 0)

    await traded.post("/v1/scrappings", scrapping)

    assert await judgement(company_only, books) == (0, 1)

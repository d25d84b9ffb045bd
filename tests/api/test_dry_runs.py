"""A dry run answers what the request would be answered, refuses as it would be, and changes nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from foundation.database.connections import asyncpg_url
from tests.erp import Erp

TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname) AS name, EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'company_id') AS is_of_company
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""


@pytest.fixture
async def books(owner_url: str) -> AsyncIterator[AsyncConnection]:
    """The database as its owner sees it: every row."""
    engine = create_async_engine(asyncpg_url(owner_url))
    async with engine.connect() as connection:
        yield await connection.execution_options(isolation_level="AUTOCOMMIT")
    await engine.dispose()


async def rows(books: AsyncConnection, company: str) -> dict[str, tuple[int, str]]:
    """How many rows of a company each table has, and their sum as text: a changed row shows."""
    found = {}
    for table in (await books.execute(text(TABLES))).all():
        where = "WHERE company_id = :company" if table.is_of_company else ""
        counted = await books.execute(
            text(f"SELECT count(*), coalesce(sum(hashtext(t::text)), 0) FROM {table.name} t {where}"),
            {"company": company} if where else {},
        )
        found[table.name] = tuple(counted.one())
    return found


def refusal(response: Any) -> dict[str, Any]:
    """What a refusal says, without the correlation id."""
    return {name: value for name, value in response.json().items() if name != "correlation_id"}


async def dry(erp: Erp, path: str, body: Any, key: str) -> Any:
    """A dry run of a POST."""
    return await erp.request("POST", path, body, key=key, dry_run="true")


async def test_a_payment_would_be_posted_and_is_not(erp: Erp, books: AsyncConnection) -> None:
    order = await erp.place()
    shipped = await erp.ship(order)
    await erp.at_rest()
    before = await rows(books, erp.company)
    invoice = (await erp.get(f"/v1/documents/{shipped['invoice_number']}"))["documents"][0]["id"]
    money = {"customer_code": "ALICE", "amount": "119.00", "currency": "EUR", "invoice_id": invoice}
    money |= {"received_on": "2026-03-20"}
    would = await dry(erp, "/v1/payments", money, "paid")
    after = await rows(books, erp.company)
    real = await erp.request("POST", "/v1/payments", money, key="paid")

    assert (would.status_code, real.status_code) == (200, 201), would.text
    assert "Location" not in would.headers
    assert before == after
    answer = would.json()
    (done,) = answer.pop("would")
    assert answer["payment_number"] == "would be drawn"
    assert real.json()["payment_number"] == "PAY-2026-000001"
    assert answer.keys() == real.json().keys()
    assert {"payment_id", "amount", "settled"} & {k for k in answer if answer[k] == real.json()[k]}
    assert done["operation"] == "ledger.post_payment"
    assert done["writes"]["ledger.payment"] == 1
    assert done["tells"] == [f"{erp.company}/order_to_cash/{order['order_id']}: invoice_settled"]
    await erp.until(order, "closed")

"""What was approved and waits since its period is locked is posted on another day, which an operator names:
all of it.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any

import asyncpg
import pytest

from tests.builders import unbilled_goods, without_order
from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import SUPPLIER, a_purchase_order, pay, receive
from tests.checked import violations
from tests.erp import Erp


@pytest.fixture(autouse=True)
async def supplier(erp: Erp) -> None:
    """Who sells apples and pears."""
    await erp.post("/v1/suppliers", SUPPLIER)


async def posted_in_april(erp: Erp, deciding: Awaitable[Any]) -> None:
    """Somebody says yes after March was locked, and an operator has it posted in April."""
    locked = {"locked_through": "2026-03-31"}
    erp.accepted(await erp.request("PATCH", "/v1/fiscal-years/2026", locked, if_match="*"))
    decided = asyncio.ensure_future(deciding)
    process = await parked(erp)
    repair = {"action": "retry", "posted_on": "2026-04-15", "reason": "March is closed"}
    await erp.post(f"/v1/processes/{process}/repair", repair, by="operator")
    await decided


async def parked(erp: Erp) -> str:
    """The process that waits for somebody to repair it."""
    for _ in range(400):
        if found := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return str(found[0]["id"])
        await asyncio.sleep(0.05)
    raise AssertionError("none is parked")


async def days_in_the_ledger(owner_url: str, erp: Erp, source: str) -> set[str]:
    """On which days entries were made, and items opened and settled."""
    owner = await asyncpg.connect(owner_url)
    try:
        rows = await owner.fetch(
            """
            SELECT posted_on AS on FROM ledger.journal_entry WHERE company_id = $1 AND source_type = $2
            UNION SELECT settled_on FROM ledger.settlement WHERE company_id = $1 AND source_type = $2
            UNION SELECT document_on FROM ledger.open_item WHERE company_id = $1 AND document_type = $2
            """,
            erp.company,
            source,
        )
        return {str(row["on"]) for row in rows}
    finally:
        await owner.close()


async def test_goods_are_written_off_on_the_other_day(erp: Erp, owner_url: str) -> None:
    order = await erp.post(ORDERS, a_purchase_order())
    await receive(erp, order)
    asked = await unbilled_goods.requested(erp, order, 1)

    await posted_in_april(erp, unbilled_goods.decide(erp, asked))

    await unbilled_goods.over(erp, asked)
    written_off = await erp.get(f"{unbilled_goods.PATH}/{asked['write_off_id']}")
    assert written_off["written_off_on"] == "2026-04-15"
    assert await days_in_the_ledger(owner_url, erp, "goods_write_off") == {"2026-04-15"}
    assert [one.as_text() for one in await violations(erp.company)] == []
    await unbilled_goods.taken_back(erp, written_off, on="2026-04-16")
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_an_invoice_without_an_order_is_owed_from_the_other_day(erp: Erp, owner_url: str) -> None:
    invoice = await without_order.entered(erp)

    await posted_in_april(erp, without_order.decide(erp, invoice))

    owed = await without_order.until(erp, invoice, "posted")
    assert (owed["posted_on"], owed["due_on"]) == ("2026-04-15", "2026-04-10")
    assert await days_in_the_ledger(owner_url, erp, "coded_invoice") == {"2026-04-15"}
    assert [one.as_text() for one in await violations(erp.company)] == []
    paid = await pay(erp, owed, "10.00", on="2026-04-16")
    back = {"reason": "a mistake", "reversed_on": "2026-04-16"}
    await erp.post(f"/v1/supplier-payments/{paid['payment_id']}/reversal", back)
    await without_order.taken_back(erp, owed, on="2026-04-16")
    assert [one.as_text() for one in await violations(erp.company)] == []

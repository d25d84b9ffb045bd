"""One trading company with orders in every state, made once through the outermost door."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from temporalio.client import Client

from tests.erp import Erp, an_order

TRADED = "TRADED"
"""The company's code."""

Connection = asyncpg.Connection


@pytest.fixture(scope="session")
async def traded(http: httpx.AsyncClient, temporal: Client) -> Erp:
    """A company that has traded for a while, and has orders at every stage."""
    erp = Erp(http=http, temporal=temporal, company=TRADED)
    await erp.open_for_business()
    await _ended(erp)
    await _on_their_way(erp)
    await _waiting(erp)
    await _money_and_entries(erp)
    return erp


@pytest.fixture
async def owner(traded: Erp, postgres_url: str) -> AsyncIterator[Connection]:
    """The tables' owner, in a transaction that is taken back: whatever is broken in it never was."""
    del traded
    connection = await asyncpg.connect(postgres_url)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


async def _ended(erp: Erp) -> None:
    """Closed, with cash discount, over several invoices and in another currency; cancelled; rejected."""
    for quantity in ("10", "3"):
        order = await erp.place(_order("APPLE", quantity))
        await erp.ship(order)
        await erp.pay(order, "119.00" if quantity == "10" else "35.70")
    discounted = await erp.place(_order("FIFO-NUT", "4", customer_code="BOB"))
    await erp.ship(discounted)
    await erp.pay(discounted, "46.65", received_on="2026-03-06")
    abroad = await erp.place(_order("APPLE", "2", currency="USD"))
    await erp.ship(abroad)
    await erp.pay(abroad, "23.80", currency="USD")
    cancelled = await erp.place(_order("APPLE", "5"))
    await erp.post(f"/v1/sales-orders/{cancelled['order_id']}/cancellation", {"reason": "no more"})
    rejected = await erp.place(_order("APPLE", "90", customer_code="BOB"))
    decision = {"approved": False, "reason": "too much"}
    await erp.post(f"/v1/sales-orders/{rejected['order_id']}/approval", decision, by="credit manager")


async def _on_their_way(erp: Erp) -> None:
    """Shipped in parts and billed together, with freight and services; billed and partly paid; prepaid."""
    lines = [
        {"item_code": "APPLE", "quantity": "1", "unit": "box", "unit_price": "90.00"},
        {"item_code": "ADVICE", "quantity": "2", "unit_price": "50.00"},
    ]
    together = await erp.place(
        an_order(invoicing="order", freight_amount="7.50", freight_tax_code="S19", lines=lines)
    )
    await erp.ship(together, lines=[{"line_number": 1, "quantity": "0.4"}])
    await erp.ship(together)
    in_parts = await erp.place(_order("FIFO-NUT", "10"))
    await erp.ship(in_parts, lines=[{"line_number": 1, "quantity": "3"}])
    await erp.ship(in_parts, lines=[{"line_number": 1, "quantity": "4"}])
    partly_paid = await erp.place(_order("APPLE", "10"))
    await erp.ship(partly_paid)
    await erp.pay(partly_paid, "50.00")
    prepaid = await erp.place(_order("APPLE", "4"))
    await erp.pay(prepaid, "60.00")
    await erp.ship(prepaid)


async def _waiting(erp: Erp) -> None:
    """For a credit decision, for the warehouse, for goods."""
    await erp.place(_order("APPLE", "100", customer_code="BOB"))
    await erp.place(_order("APPLE", "6"))
    await erp.place(_order("PEAR", "150", delivery="complete"))


async def _money_and_entries(erp: Erp) -> None:
    """Money without an order, used for an invoice later; an entry of a person, taken back."""
    unpaid = await erp.place(_order("APPLE", "7"))
    await erp.ship(unpaid)
    (invoice,) = (await erp.get("/v1/invoices", order_id=unpaid["order_id"]))["items"]
    asked = {"customer_code": "ALICE", "amount": "100.00", "currency": "EUR", "received_on": "2026-03-21"}
    payment = await erp.post("/v1/payments", asked, by="accountant")
    allocation = {"invoice_id": invoice["invoice_id"], "amount": "40.00", "allocated_on": "2026-03-22"}
    await erp.post(f"/v1/payments/{payment['payment_id']}/allocations", allocation, by="accountant")
    lines = [{"account_code": "1450", "amount": "25.00"}, {"account_code": "2000", "amount": "-25.00"}]
    entry = {"posted_on": "2026-03-02", "text": "Capital", "lines": lines}
    posted = await erp.post("/v1/journal-entries", entry, by="accountant")
    back = {"posted_on": "2026-03-03", "reason": "a mistake"}
    await erp.post(f"/v1/journal-entries/{posted['entry_id']}/reversal", back, by="accountant")


def _order(item: str, quantity: str, **more: object) -> dict[str, object]:
    return an_order(lines=[{"item_code": item, "quantity": quantity, "unit_price": "10.00"}], **more)

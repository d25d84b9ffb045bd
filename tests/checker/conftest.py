"""One trading company with orders in every state, made once through the outermost door."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from temporalio.client import Client

from foundation.runtime.modules import modules_below
from perpetual.checker.running import SETTINGS
from tests.checker import corrected, wide
from tests.erp import Erp, an_order
from tests.workflows.billing_together import billed, deliver, give_back, pay

TRADED = "TRADED"
"""The company's code."""

Connection = asyncpg.Connection


@pytest.fixture(scope="session")
async def traded(http: httpx.AsyncClient, temporal: Client, owner_url: str) -> Erp:
    """A company that has traded for a while, and has orders at every stage."""
    erp = Erp(http=http, temporal=temporal, company=TRADED)
    await erp.open_for_business()
    await _ended(erp)
    await _on_their_way(erp)
    await _waiting(erp)
    await _money_and_entries(erp)
    await _changed(erp)
    await _returned(erp)
    await _billed_together(erp)
    await corrected.money_taken_back(erp)
    await corrected.goods_taken_back(erp)
    await corrected.stock_corrected(erp)
    await corrected.goods_sent_by_mistake(erp)
    await corrected.books_kept(erp)
    await corrected.reminded(erp)
    await corrected.billed_by_hand(erp)
    await corrected.agreed(erp)
    await corrected.asked_in_vain(erp)
    await wide.many_of_each(erp)
    await wide.sold_before_it_was_bought(erp)
    await wide.lines_that_move_nothing(erp)
    for module in modules_below("tests.builders"):
        if trade := getattr(module, "trade", None):
            await trade(erp)
    await corrected.rejected_at_the_second_level(erp)
    await corrected.purchases_that_wait_for_a_yes(erp)
    await wide.a_neighbour(http, temporal)
    await erp.at_rest()
    return erp


@pytest.fixture(scope="session")
async def session(traded: Erp, owner_url: str) -> AsyncIterator[Connection]:
    """The tables' owner, with the settings that the command checks with; triggers and foreign keys are off.

    They are for all of the session: PostgreSQL forgets all plans when they are switched off or on, and takes
    longer to make them again for one seeded bug than to answer.
    """
    del traded
    often = {"plan_cache_mode": "force_generic_plan", "session_replication_role": "replica"}
    connection = await asyncpg.connect(
        owner_url,
        server_settings=SETTINGS | often,  # The same is asked very often.
        statement_cache_size=200,
        max_cacheable_statement_size=0,
    )
    yield connection
    await connection.close()


@pytest.fixture
async def owner(session: Connection) -> AsyncIterator[Connection]:
    """The same, in a transaction that is taken back: whatever is broken in it never was."""
    transaction = session.transaction()
    await transaction.start()
    yield session
    await transaction.rollback()


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
    """For a credit decision, for the warehouse, for goods of which some have come."""
    await erp.place(_order("APPLE", "100", customer_code="BOB"))
    await erp.place(_order("APPLE", "6"))
    await erp.place(_order("PEAR", "150", delivery="complete"))
    await erp.receive({"PEAR": 1})


async def _money_and_entries(erp: Erp) -> None:
    """Money without an order, used for an invoice later; an entry of a person, taken back."""
    unpaid = await erp.place(_order("APPLE", "7"))
    await erp.ship(unpaid)
    (invoice,) = (await erp.get("/v1/invoices", order_id=unpaid["order_id"]))["items"]
    asked = {"customer_code": "ALICE", "amount": "100.00", "currency": "EUR", "received_on": "2026-03-21"}
    payment = await erp.post("/v1/payments", asked, by="accountant")
    allocation = {"invoice_id": invoice["invoice_id"], "amount": "40.00", "allocated_on": "2026-03-22"}
    await erp.post(f"/v1/payments/{payment['payment_id']}/allocations", allocation, by="accountant")
    lines = [{"account_code": "1450", "amount": "25.00"}, {"account_code": "3000", "amount": "-25.00"}]
    entry = {"posted_on": "2026-03-02", "text": "Capital", "lines": lines}
    posted = await erp.post("/v1/journal-entries", entry, by="accountant")
    back = {"reversed_on": "2026-03-03", "reason": "a mistake"}
    await erp.post(f"/v1/journal-entries/{posted['entry_id']}/reversal", back, by="accountant")


async def _changed(erp: Erp) -> None:
    """Amended; cancelled after delivery, with everything back, or with goods that stay; prepaid."""
    amended = await erp.place(_order("APPLE", "2"))
    lines = [{"item_code": item, "quantity": "3", "unit_price": "9.00"} for item in ("APPLE", "FIFO-NUT")]
    await erp.post(f"/v1/sales-orders/{amended['order_id']}/amendments", {"lines": lines, "reason": "more"})
    for goods, money in (("come_back", "refund"), ("stay", "on_account")):
        order = await erp.place(_order("FIFO-NUT", "6"))
        await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
        await erp.pay(order, "30.00")
        answer = await _cancel(erp, order, goods=goods, money=money)
        if goods == "come_back":
            await _inspect(erp, answer["return_id"])
        await erp.until(order, "cancelled")
    prepaid = await erp.place(_order("APPLE", "2"))
    await erp.pay(prepaid, "10.00")
    await _cancel(erp, prepaid, goods="come_back", money="refund")
    half = await erp.place(_order("APPLE", "4"))
    await erp.ship(half, lines=[{"line_number": 1, "quantity": "2"}])
    answer = await _cancel(erp, half, goods="come_back", money="refund")
    await _inspect(erp, answer["return_id"], {"line_number": 1, "quantity": "1"})
    await erp.until(half, "waiting for payment")


async def _returned(erp: Erp) -> None:
    """Paid goods that come back in part, one of them scrapped; sent again; expected; called off."""
    for resolution in ("on_account", "replace"):
        order = await erp.place(_order("APPLE", "4"))
        await erp.ship(order)
        back = await _return(erp, order, resolution, "2")
        await _inspect(erp, back, {"line_number": 1, "quantity": "2", "scrapped_quantity": "1"})
    awaited = await erp.place(_order("FIFO-NUT", "2"))
    await erp.ship(awaited)
    await _return(erp, awaited, "refund", "1")
    called_off = await _return(erp, awaited, "refund", "1")
    await erp.post(f"/v1/returns/{called_off}/cancellation", {"reason": "kept"}, by="sales clerk")


async def _billed_together(erp: Erp) -> None:
    """Two months: one of them paid; returned before and after; waiting for the month's end, one of
    them for no more than has left.
    """
    first = await deliver(erp, "4", freight_amount="5.00", freight_tax_code="S19")
    second = await deliver(erp, "2")
    await give_back(erp, second, "1")
    invoice = await billed(erp, first, second)
    await give_back(erp, first, "1")
    await pay(erp, invoice, "53.55")
    for order in (first, second):
        await erp.until(order, "closed")
    april = await deliver(erp, "1", on="2026-04-02")
    await billed(erp, april, month="2026-04")
    await deliver(erp, "1", on="2026-05-02")
    short = await erp.place(_order("APPLE", "3", invoicing="collective"))
    await erp.ship(short, lines=[{"line_number": 1, "quantity": "2"}], shipped_on="2026-05-02")
    close = {"reason": "enough", "closed_on": "2026-05-03"}
    await erp.post(f"/v1/sales-orders/{short['order_id']}/closing", close, by="sales clerk")


async def _return(erp: Erp, order: Any, resolution: str, quantity: str) -> str:
    lines = [{"line_number": 1, "quantity": quantity}]
    asked = {"reason": "broken", "resolution": resolution, "lines": lines}
    answer = await erp.post(f"/v1/sales-orders/{order['order_id']}/returns", asked, by="sales clerk")
    return str(answer["return_id"])


async def _cancel(erp: Erp, order: Any, *, goods: str, money: str) -> Any:
    asked = {"reason": "no more", "cancelled_on": "2026-04-01", "money": money, "goods": goods}
    return await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", asked, by="sales clerk")


async def _inspect(erp: Erp, return_id: str, *lines: dict[str, Any]) -> None:
    inspected = {"received_on": "2026-04-01", "lines": lines}
    await erp.post(f"/v1/returns/{return_id}/inspection", inspected, by="warehouse")


def _order(item: str, quantity: str, **more: object) -> dict[str, object]:
    return an_order(lines=[{"item_code": item, "quantity": quantity, "unit_price": "10.00"}], **more)

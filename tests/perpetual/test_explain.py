"""`perpetual explain` tells the whole story of an order on one screen."""

from io import StringIO

import pytest
from rich.console import Console

from perpetual.explaining.command import show
from perpetual.explaining.story import NothingToExplain, story_of
from tests.erp import Erp
from tests.workflows.billing_together import billed, deliver


async def test_an_order_that_was_paid_and_came_back_is_told_across_domains(
    erp: Erp, postgres_url: str
) -> None:
    order = await erp.place()
    await erp.ship(order)
    await erp.pay(order, "119.00")
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    lines = [{"line_number": 1, "quantity": "3"}]
    returned = await erp.post(path, {"reason": "too many", "lines": lines}, by="sales clerk")
    inspection = f"/v1/returns/{returned['return_id']}/inspection"
    await erp.post(inspection, {"received_on": "2026-04-01"}, by="warehouse")

    story = await story_of(postgres_url, order["order_number"], company=erp.company)

    told = [event.what for event in story.events]
    for what in ("place order", "post goods issue", "post invoice", "post payment", "take back goods"):
        assert told.count(what) == 1, what
    assert {event.by for event in story.events} >= {"Sam Sales", "Walt Warehouse", "Anna Account"}
    assert {process["type"] for process in story.processes} == {"order_to_cash", "customer_return"}
    balances = {row["account_code"]: row["debit"] - row["credit"] for row in story.booked}
    assert sum(balances.values()) == 0
    assert [item["open_amount"] for item in story.open_items] == [0, 0]
    screen = StringIO()
    show(story, Console(file=screen, width=160))
    for part in (order["order_number"], "CN-2026-000001", "RMA-", "closed", "83.30"):
        assert part in screen.getvalue(), part
    assert "#2" not in screen.getvalue(), "there is one process of each kind"


async def test_what_was_taken_back_is_booked_no_more(erp: Erp, postgres_url: str) -> None:
    order = await erp.place()
    await erp.ship(order)
    paid = await erp.pay(order, "50.00")
    back = {"reversed_on": "2026-03-30", "reason": "returned by the bank"}
    await erp.post(f"/v1/payments/{paid['payment_id']}/reversal", back)

    story = await story_of(postgres_url, order["order_number"], company=erp.company)

    booked = {row["account_code"]: (row["debit"], row["credit"]) for row in story.booked}
    assert booked["1400"] == (50, 50)
    assert [(item["amount"], item["open_amount"]) for item in story.open_items] == [(119, 119)]


async def test_an_order_that_is_billed_together_is_told_with_its_collective_invoice(
    erp: Erp, postgres_url: str
) -> None:
    order, other = await deliver(erp), await deliver(erp)
    invoice = await billed(erp, order, other)

    story = await story_of(postgres_url, order["order_number"], company=erp.company)

    told = {event.what: event.documents for event in story.events}
    assert told["post collective invoice"] == (invoice["invoice_number"],)
    assert {process["type"] for process in story.processes} == {"order_to_cash", "collective_invoice"}
    assert other["order_number"] not in {process["document"] for process in story.processes}


async def test_a_correlation_id_tells_the_same_story_from_another_end(erp: Erp, owner_url: str) -> None:
    order = await erp.place()
    timeline = (await erp.order(order))["process"]["timeline"]

    story = await story_of(owner_url, timeline[0]["correlation_id"], company=None)

    assert [process["document"] for process in story.processes] == [order["order_number"]]


async def test_a_login_that_sees_one_company_at_a_time_is_asked_which(postgres_url: str) -> None:
    with pytest.raises(NothingToExplain, match="name one with --company"):
        await story_of(postgres_url, "SO-000001", company=None)


async def test_what_is_not_there_is_said_so(erp: Erp, postgres_url: str) -> None:
    with pytest.raises(NothingToExplain, match="there is no order SO-999999"):
        await story_of(postgres_url, "SO-999999", company=erp.company)

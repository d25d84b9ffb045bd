"""What was delivered is always billed: now, when somebody says so, or when the rest is wanted no more."""

from decimal import Decimal
from typing import Any

import pytest

from tests.checked import violations
from tests.erp import Erp, Refused, an_order
from tests.faulty_steps import FaultySteps


async def shipped_in_part(erp: Erp, invoicing: str = "order", quantity: str = "4", **more: Any) -> Any:
    order = await erp.place(an_order(invoicing=invoicing, **more))
    await erp.ship(order, lines=[{"line_number": 1, "quantity": quantity}])
    return order


async def ask(erp: Erp, order: Any, what: str, **body: Any) -> Any:
    return await erp.post(f"/v1/sales-orders/{order['order_id']}/{what}", body, by="sales clerk")


async def invoices(erp: Erp) -> list[Any]:
    found = (await erp.get("/v1/invoices"))["items"]
    return sorted(found, key=lambda invoice: str(invoice["invoice_number"]))


async def test_what_has_left_is_billed_now_and_the_rest_when_it_has_left(erp: Erp) -> None:
    order = await shipped_in_part(erp, freight_amount="10.00", freight_tax_code="S19")
    assert await invoices(erp) == []

    billed = await ask(erp, order, "billing", invoiced_on="2026-03-10")

    assert billed["total_amount"] == "59.50"  # Four of ten at 10.00, and the freight, with 19 %.
    await erp.ship(order, shipped_on="2026-03-12")
    first, second = await invoices(erp)
    assert (first["invoiced_on"], first["total_amount"]) == ("2026-03-10", "59.50")
    assert second["total_amount"] == "71.40"
    await erp.pay(order, "130.90")
    assert await erp.stage_of(order) == "closed"
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_money_that_came_before_is_used_for_what_is_billed_now(erp: Erp) -> None:
    order = await erp.place(an_order(invoicing="order"))
    await erp.pay(order, "50.00", received_on="2026-03-03")
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])

    await ask(erp, order, "billing", invoiced_on="2026-03-10")

    (item,) = (await erp.get("/v1/open-items", side="receivable"))["items"]
    assert item["open_amount"] == "-2.40", "what is left of the money"
    assert [one.as_text() for one in await violations(erp.company)] == []


@pytest.mark.parametrize("invoicing", ["order", "shipment", "collective"])
async def test_what_has_not_left_is_given_up_and_what_was_delivered_is_billed(
    erp: Erp, invoicing: str
) -> None:
    order = await shipped_in_part(erp, invoicing)

    closed = await ask(erp, order, "closing", reason="the rest is wanted no more", closed_on="2026-03-10")

    assert (await erp.stock("APPLE"))["reserved"] == "0"
    expected = "waiting for the collective invoice" if invoicing == "collective" else "waiting for payment"
    assert closed["stage"] == expected
    with pytest.raises(Refused, match="shipment-refused"):
        await erp.ship(order, shipped_on="2026-03-12")
    if invoicing != "collective":
        (invoice,) = await invoices(erp)
        assert invoice["total_amount"] == "47.60"
        await erp.pay(order, "47.60")
        assert await erp.stage_of(order) == "closed"
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_credit_is_free_again_for_what_was_given_up(erp: Erp) -> None:
    lines = [{"item_code": "APPLE", "quantity": "80", "unit_price": "10.00"}]
    order = await shipped_in_part(erp, customer_code="BOB", lines=lines)
    over = an_order(customer_code="BOB", lines=lines)
    await ask(erp, order, "closing", reason="enough", closed_on="2026-03-10")

    placed = await erp.request("POST", "/v1/sales-orders", over, by="sales clerk")

    assert placed.status_code == 201, "within the limit: 952.00, and 47.60 that are billed"


async def test_an_order_of_which_all_is_paid_is_closed_with_its_rest(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    await erp.pay(order, "47.60")

    closed = await ask(erp, order, "closing", reason="enough")

    assert closed["stage"] == "closed"
    assert (await erp.order(order))["order"]["status"] == "closed"
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_what_was_delivered_is_billed_when_its_return_is_called_off(erp: Erp) -> None:
    order = await shipped_in_part(erp)
    cancelled = await ask(erp, order, "cancellation", reason="too late", cancelled_on="2026-03-08")

    await erp.post(f"/v1/returns/{cancelled['return_id']}/cancellation", {"reason": "kept after all"})

    await erp.until(order, "waiting for payment")
    (invoice,) = await invoices(erp)
    assert invoice["total_amount"] == "47.60"
    await erp.pay(order, "47.60")
    assert await erp.stage_of(order) == "closed"
    assert [one.as_text() for one in await violations(erp.company)] == []


@pytest.mark.parametrize(
    ("what", "body", "why"),
    [
        ("billing", {"invoiced_on": "2026-03-01"}, "too-early"),
        ("billing", {"invoiced_on": "2062-03-01"}, "no-fiscal-year"),
        ("closing", {"reason": "enough", "closed_on": "2026-03-01"}, "too-early"),
        ("closing", {"reason": "enough", "closed_on": "2062-03-01"}, "no-fiscal-year"),
    ],
)
async def test_a_day_that_cannot_be_is_refused_and_nothing_is_changed(
    erp: Erp, what: str, body: Any, why: str
) -> None:
    order = await shipped_in_part(erp)
    before = await erp.balances()

    refused = await erp.request("POST", f"/v1/sales-orders/{order['order_id']}/{what}", body)

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, f"/problems/{why}"), problem
    assert problem["errors"][0]["field"] in ("invoiced_on", "closed_on")
    assert await erp.balances() == before
    assert (await erp.stock("APPLE"))["reserved"] == "6"


async def test_what_there_is_nothing_of_is_refused(erp: Erp) -> None:
    fresh = await erp.place()
    billed = await shipped_in_part(erp, "shipment")
    monthly = await shipped_in_part(erp, "collective")
    for order, what, why in (
        (fresh, "billing", "nothing-to-bill"),
        (fresh, "closing", "nothing-to-close"),
        (billed, "billing", "nothing-to-bill"),
        (monthly, "billing", "billed-collectively"),
    ):
        body = {"reason": "?"} if what == "closing" else {}
        refused = await erp.request("POST", f"/v1/sales-orders/{order['order_id']}/{what}", body)
        assert (refused.status_code, refused.json()["type"]) == (409, f"/problems/{why}")

    await ask(erp, billed, "closing", reason="enough")
    again = await erp.request("POST", f"/v1/sales-orders/{billed['order_id']}/closing", {"reason": "twice"})
    assert again.json()["type"] == "/problems/nothing-to-close"


@pytest.mark.parametrize(
    "step", ["inventory.release_reservation", "receivables.post_invoice", "sales.record_fulfilment"]
)
@pytest.mark.parametrize("what", ["billing", "closing"])
async def test_a_step_whose_answer_gets_lost_happens_once(
    erp: Erp, faults: FaultySteps, what: str, step: str
) -> None:
    if what == "billing" and step == "inventory.release_reservation":
        return  # Nothing is given up.
    order = await shipped_in_part(erp)
    faults.repeated.add((erp.company, step))

    await ask(erp, order, what, **({"reason": "enough"} if what == "closing" else {}))

    assert faults.has_repeated(erp.company, step)
    assert [invoice["total_amount"] for invoice in await invoices(erp)] == ["47.60"]
    assert Decimal((await erp.balances())["revenue"]) == -40
    assert [one.as_text() for one in await violations(erp.company)] == []


@pytest.mark.parametrize("how", ["cancelled", "closed"])
async def test_credit_is_kept_for_what_was_delivered_until_it_is_billed(erp: Erp, how: str) -> None:
    lines = [{"item_code": "APPLE", "quantity": "80", "unit_price": "10.00"}]
    order = await shipped_in_part(erp, "collective", "40", customer_code="BOB", lines=lines)  # 476.00 of it
    if how == "cancelled":
        await ask(erp, order, "cancellation", reason="too late", cancelled_on="2026-03-08")
    else:
        await ask(erp, order, "closing", reason="enough", closed_on="2026-03-08")
    too_much = an_order(customer_code="BOB", lines=[lines[0] | {"quantity": "50"}])  # 595.00 of 1,000.00
    within = an_order(customer_code="BOB", lines=[lines[0] | {"quantity": "44"}])  # 523.60

    held = await erp.request("POST", "/v1/sales-orders", too_much, by="sales clerk")
    placed = await erp.request("POST", "/v1/sales-orders", within, by="sales clerk")

    assert (held.json()["status"], placed.json()["status"]) == ("held", "confirmed")
    assert [one.as_text() for one in await violations(erp.company)] == []


@pytest.mark.parametrize(("what", "day"), [("cancellation", "cancelled_on"), ("closing", "closed_on")])
async def test_credit_is_kept_for_what_of_an_order_in_another_currency_is_billed_with_its_month(
    erp: Erp, what: str, day: str
) -> None:
    """Its worth at the order's rate has more decimals than an amount."""
    lines = [{"item_code": "APPLE", "quantity": "7", "unit_price": "10.01"}]
    order = await shipped_in_part(erp, "collective", "3", currency="USD", lines=lines)

    await ask(erp, order, what, reason="no more", **{day: "2026-03-10"})

    await erp.at_rest()
    assert (await erp.order(order))["process"]["exception"] is None
    assert [one.as_text() for one in await violations(erp.company)] == []

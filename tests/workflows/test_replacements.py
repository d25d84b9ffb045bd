"""Goods that come back are sent again, free of charge; what of them is not sent after all is credited, once,
as it was billed.
"""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.erp import Erp, Refused, an_order
from tests.faulty_steps import FaultySteps
from tests.workflows.billing_together import (
    agrees,
    bill,
    billed,
    deliver,
    give_back,
    until_billed,
    until_parked,
)
from tests.workflows.test_returns import delivered, inspect, return_of

ON = "2026-04-02"
AMENDED = {"amended_on": ON, "reason": "fewer are wanted"}


async def replacement_of(erp: Erp, returned: Any, stage: str = "waiting for shipment") -> Any:
    """The order that sends the goods of a return again, when it has come to a stage."""
    for _ in range(100):
        reference = f"Replacement for {returned['return_number']}"
        if found := (await erp.get("/v1/sales-orders", reference=reference))["items"]:
            await erp.until(found[0], stage)
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError(f"nothing replaces {returned['return_number']}")


async def to_be_replaced(erp: Erp, order: Any, quantity: str = "10") -> Any:
    """Goods of an order came back, and are to be sent again: the order that is to send them."""
    returned = await return_of(erp, order, quantity, resolution="replace")
    await inspect(erp, returned, received_on=ON)
    return await replacement_of(erp, returned)


async def sent(erp: Erp, order: Any, quantity: str) -> None:
    """So many of the first line leave."""
    await erp.ship(order, shipped_on=ON, lines=[{"line_number": 1, "quantity": quantity}])


async def cancelled(erp: Erp, order: Any, **more: Any) -> Any:
    """The order is wanted no more."""
    asked = {"reason": "wanted no more", "cancelled_on": ON, **more}
    return await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", asked, by="sales clerk")


async def closed(erp: Erp, order: Any) -> Any:
    """The rest of the order is wanted no more."""
    asked = {"reason": "wanted no more", "closed_on": ON}
    return await erp.post(f"/v1/sales-orders/{order['order_id']}/closing", asked, by="sales clerk")


async def amended(erp: Erp, order: Any, *lines: Any) -> Any:
    """So much of the order is wanted now."""
    path = f"/v1/sales-orders/{order['order_id']}/amendments"
    return await erp.post(path, AMENDED | {"lines": list(lines)}, by="sales clerk")


def apples(quantity: str, **more: Any) -> dict[str, Any]:
    """A line of an amendment."""
    return {"item_code": "APPLE", "quantity": quantity, **more}


async def credited(erp: Erp, order: Any) -> list[str]:
    """What was credited of an order's invoices, the first first."""
    notes = (await erp.get("/v1/credit-notes", order_id=order["order_id"], sort="number"))["items"]
    return [note["total_amount"] for note in notes]


@pytest.mark.parametrize("money", ["refund", "on_account"])
async def test_a_replacement_that_is_cancelled_is_credited_as_what_it_replaced(erp: Erp, money: str) -> None:
    order = await delivered(erp)
    again = await to_be_replaced(erp, order, "4")
    plan = f"/v1/sales-orders/{again['order_id']}/cancellation?dry_run=true"
    steps = (await erp.post(plan, {"reason": "wanted no more"}, by="sales clerk"))["steps"]
    assert "credit what is not sent again, as it was billed" in [step["what"] for step in steps]

    await cancelled(erp, again, money=money)

    await erp.until(again, "cancelled")
    assert await credited(erp, order) == ["47.60"]
    paid_back = Decimal("47.60") if money == "refund" else Decimal(0)
    assert (await erp.balances())["bank"] == 119 - paid_back
    await agrees(erp)


async def test_of_an_order_that_is_not_paid_less_is_open(erp: Erp) -> None:
    order = await delivered(erp, paid=False)
    again = await to_be_replaced(erp, order, "4")

    await cancelled(erp, again)
    paid = await erp.pay(order, "71.40", received_on="2026-04-03")

    assert paid["stage"] == "closed"
    await agrees(erp)


async def test_the_rest_of_a_replacement_that_is_closed_short_is_credited(erp: Erp) -> None:
    order = await delivered(erp)
    again = await to_be_replaced(erp, order)
    await sent(erp, again, "4")

    assert (await closed(erp, again))["stage"] == "closed"
    assert await credited(erp, order) == ["71.40"]
    await inspect(erp, await return_of(erp, again, "4"), received_on="2026-04-03")
    assert await credited(erp, order) == ["71.40", "47.60"]
    await agrees(erp)


async def test_what_is_taken_off_a_replacement_is_credited_each_time_and_the_rest_when_it_is_cancelled(
    erp: Erp,
) -> None:
    order = await delivered(erp)
    again = await to_be_replaced(erp, order)

    await amended(erp, again, apples("7"))
    await amended(erp, again, apples("7"))
    await amended(erp, again, apples("5"))
    assert await credited(erp, order) == ["35.70", "23.80"]
    await cancelled(erp, again)

    assert await credited(erp, order) == ["35.70", "23.80", "59.50"]
    await agrees(erp)


async def test_another_item_instead_is_charged_and_what_it_stands_for_is_credited(erp: Erp) -> None:
    await erp.receive({"PEAR": 5})
    order = await delivered(erp)
    again = await to_be_replaced(erp, order, "4")

    pears = {"item_code": "PEAR", "quantity": "2", "unit_price": "7.00"}
    await amended(erp, again, apples("1"), pears)
    await erp.ship(again, shipped_on=ON)

    assert await credited(erp, order) == ["35.70"]
    (invoice,) = (await erp.get("/v1/invoices", order_id=again["order_id"]))["items"]
    await inspect(erp, await return_of(erp, again), received_on="2026-04-03")
    assert await credited(erp, order) == ["35.70", "11.90"]
    assert await credited(erp, again) == [invoice["total_amount"]]
    await agrees(erp)


async def test_what_is_sent_for_others_and_with_them_is_sent_again_by_orders_of_their_own(erp: Erp) -> None:
    await erp.receive({"PEAR": 5})
    order = await delivered(erp)
    again = await to_be_replaced(erp, order, "4")
    await amended(erp, again, apples("4"), {"item_code": "PEAR", "quantity": "2", "unit_price": "7.00"})
    await erp.ship(again, shipped_on=ON)

    returned = await return_of(erp, again, resolution="replace")
    await inspect(erp, returned, received_on=ON)
    reference = f"Replacement for {returned['return_number']}"
    both = (await erp.get("/v1/sales-orders", reference=reference))["items"]
    assert len(both) == 2
    for one in both:
        await erp.until(one, "waiting for shipment")
        await cancelled(erp, one)

    assert (await credited(erp, order), await credited(erp, again)) == (["47.60"], ["14.98"])
    await agrees(erp)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (apples("11"), "lines.0.quantity"),
        (apples("5", unit="DOZEN"), "lines.0.unit"),
        (apples("10", unit_price="1.00"), "lines.0.unit_price"),
        (apples("10", reprice=True), "lines.0.reprice"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_replaces_goods_is_never_more_than_they_were_and_free_of_charge(
    erp: Erp, line: Any, field: str
) -> None:
    again = await to_be_replaced(erp, await delivered(erp))

    path = f"/v1/sales-orders/{again['order_id']}/amendments"
    refused = await erp.request("POST", path, AMENDED | {"lines": [line]}, by="sales clerk")

    assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (422, [field])
    assert (await erp.get("/v1/credit-notes"))["items"] == []


async def test_of_a_replacement_that_has_left_in_part_the_rest_is_credited_when_it_is_cancelled(
    erp: Erp,
) -> None:
    order = await delivered(erp)
    again = await to_be_replaced(erp, order)
    await sent(erp, again, "4")

    cancelling = await cancelled(erp, again)
    assert await credited(erp, order) == ["71.40"]
    await inspect(erp, cancelling, received_on="2026-04-03", lines=[{"line_number": 1, "quantity": "3"}])
    await erp.until(again, "closed")

    assert await credited(erp, order) == ["71.40", "35.70"], "one is with the customer"
    assert (await erp.balances())["revenue"] == Decimal("-10.00")
    await agrees(erp)


async def test_when_the_return_is_called_off_what_never_left_stays_credited_once(erp: Erp) -> None:
    order = await delivered(erp)
    again = await to_be_replaced(erp, order)
    await sent(erp, again, "4")
    cancelling = await cancelled(erp, again)

    path = f"/v1/returns/{cancelling['return_id']}/cancellation"
    await erp.post(path, {"reason": "they keep them"}, by="sales clerk")
    await erp.until(again, "closed")
    await inspect(erp, await return_of(erp, again, "4"), received_on="2026-04-03")

    assert await credited(erp, order) == ["71.40", "47.60"]
    await agrees(erp)


async def test_what_left_of_a_replacement_and_came_back_is_credited_by_its_return_and_the_rest_after_it(
    erp: Erp,
) -> None:
    order = await delivered(erp)
    again = await to_be_replaced(erp, order)
    await sent(erp, again, "4")
    await inspect(erp, await return_of(erp, again, "4"), received_on=ON)
    assert await credited(erp, order) == ["47.60"]

    await cancelled(erp, again)

    assert await credited(erp, order) == ["47.60", "71.40"]
    await erp.until(again, "cancelled")
    await agrees(erp)


async def test_what_replaces_a_replacement_is_credited_as_what_was_billed_at_first(erp: Erp) -> None:
    order = await delivered(erp)
    again = await to_be_replaced(erp, order, "6")
    await sent(erp, again, "6")
    third = await to_be_replaced(erp, again, "5")
    await sent(erp, third, "2")

    await closed(erp, third)

    assert await credited(erp, order) == ["35.70"]
    await agrees(erp)


@pytest.mark.parametrize("is_billed", [False, True])
async def test_what_is_to_be_billed_with_its_month_is_not_billed_or_credited(
    erp: Erp, is_billed: bool
) -> None:
    order = await deliver(erp)
    returned = await give_back(erp, order, "4", on="2026-03-30", resolution="replace")
    again = await replacement_of(erp, returned)
    if is_billed:
        await billed(erp, order)

    await cancelled(erp, again)

    if not is_billed:
        assert (await billed(erp, order))["total_amount"] == "71.40"
    (invoice,) = await until_billed(erp, order)
    assert invoice["open_amount"] == "71.40"
    assert await credited(erp, order) == (["47.60"] if is_billed else [])
    await agrees(erp)


async def test_what_was_to_be_billed_with_its_order_never_is(erp: Erp) -> None:
    order = await erp.place(an_order(invoicing="order"))
    await sent(erp, order, "6")
    again = await to_be_replaced(erp, order, "6")

    await cancelled(erp, again)
    await sent(erp, order, "4")

    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    assert invoice["total_amount"] == "47.60"
    assert (await erp.pay(order, "47.60", received_on="2026-04-03"))["stage"] == "closed"
    await agrees(erp)


async def test_a_replacement_is_not_cancelled_on_a_day_on_which_nothing_can_be_credited(erp: Erp) -> None:
    again = await to_be_replaced(erp, await delivered(erp))

    with pytest.raises(Refused, match="cancelled_on"):
        await cancelled(erp, again, cancelled_on="2031-01-01")

    assert await erp.stage_of(again) == "waiting for shipment"


STEPS = {
    "cancelled": ["receivables.find_billed", "receivables.post_credit_note", "ledger.post_refund"],
    "closed": ["receivables.find_billed", "receivables.post_credit_note"],
}


@pytest.mark.parametrize(
    ("how", "step", "fault"),
    [
        (how, step, fault)
        for how, steps in STEPS.items()
        for step in steps
        for fault in ("refused", "repeated")
        # Refused when it is asked first, nothing is done: the test of what was given up.
        if (step, fault) != ("receivables.find_billed", "refused")
    ],
)
async def test_each_step_of_the_credit_is_done_once_whatever_becomes_of_it(
    erp: Erp, faults: FaultySteps, how: str, step: str, fault: str
) -> None:
    order = await delivered(erp)
    again = await to_be_replaced(erp, order)
    if how == "closed":
        await sent(erp, again, "4")
    if fault == "repeated":
        faults.repeated.add((erp.company, step))
    else:
        faults.refused[erp.company, step] = 1_000
    asking = asyncio.create_task(cancelled(erp, again) if how == "cancelled" else closed(erp, again))
    if fault == "refused":
        parked = await until_parked(erp)
        faults.forget(erp.company)
        await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await asking

    await erp.until(again, how)
    assert await credited(erp, order) == (["119.00"] if how == "cancelled" else ["71.40"])
    assert (await erp.balances())["bank"] == (0 if how == "cancelled" else 119)
    await agrees(erp)


async def test_a_replacement_that_an_operator_cancels_in_temporal_is_credited_on_its_own_day(
    erp: Erp,
) -> None:
    order = await delivered(erp)
    again = await to_be_replaced(erp, order, "4")

    await erp.process_of(again).cancel()

    await erp.until(again, "cancelled")
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    assert (note["total_amount"], note["credited_on"]) == ("47.60", ON)
    assert (await erp.balances())["customer_on_account"] == Decimal("-47.60")
    await agrees(erp)


@pytest.mark.parametrize("invoicing", ["order", "collective"])
async def test_what_was_sent_again_is_billed_when_the_order_that_was_to_bill_it_is_cancelled(
    erp: Erp, invoicing: str
) -> None:
    order = await erp.place(an_order(invoicing=invoicing))
    await sent(erp, order, "6")
    again = await to_be_replaced(erp, order, "6")
    await sent(erp, again, "6")
    path, asked = f"/v1/sales-orders/{order['order_id']}", {"reason": "no more", "cancelled_on": ON}
    plan = await erp.post(f"{path}/cancellation?dry_run=true", asked, by="sales clerk")
    assert any("bill what came back and was sent again" in step["what"] for step in plan["steps"])

    answer = await erp.request("POST", f"{path}/cancellation", asked, by="sales clerk")

    waits = (202, path) if invoicing == "collective" else (200, None)
    assert (answer.status_code, answer.headers.get("Location")) == waits
    if invoicing == "collective":
        assert await erp.stage_of(order) == "waiting for the collective invoice"
        await bill(erp, "2026-04")
    await erp.until(order, "cancelled")
    (invoice,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    assert invoice["total_amount"] == "71.40"
    await inspect(erp, await return_of(erp, again, "6"), received_on="2026-05-03")
    assert await credited(erp, order) == ["71.40"]
    await agrees(erp)

"""What is billed together comes back: before it is billed, meanwhile, afterwards, and when it was paid."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.billing_together import (
    agrees,
    balances,
    bill,
    billed,
    cancel,
    deliver,
    give_back,
    inspect,
    pay,
    place,
    until_billed,
    until_paid,
    until_parked,
)


async def test_what_comes_back_before_it_is_billed_never_is(erp: Erp) -> None:
    order, other = await deliver(erp), await deliver(erp, "5")

    returned = await give_back(erp, order, "4")
    assert returned["credit_note_numbers"] == []
    await agrees(erp)
    invoice = await billed(erp, order, other)

    assert invoice["total_amount"] == "130.90"
    await pay(erp, invoice, "130.90")
    for one in (order, other):
        await erp.until(one, "closed")
    await until_paid(erp)
    await agrees(erp)


async def test_an_order_that_came_back_wholly_before_it_was_billed_is_closed_without_an_invoice(
    erp: Erp,
) -> None:
    before = await erp.balances()
    order = await deliver(erp)

    await give_back(erp, order, "10")
    await erp.until(order, "closed")
    await bill(erp)

    assert (await erp.get("/v1/invoices"))["items"] == []
    assert await erp.balances() == before
    await agrees(erp)


async def test_what_comes_back_after_it_was_billed_is_credited_of_its_own_order(erp: Erp) -> None:
    order, other = await deliver(erp), await deliver(erp, "10")
    invoice = await billed(erp, order, other)

    returned = await give_back(erp, order, "10")

    assert (returned["credited_amount"], returned["refunded_amount"]) == ("119.00", "0.00")
    await erp.until(order, "closed")
    assert await erp.stage_of(other) == "waiting for payment"
    (note,) = (await erp.get("/v1/credit-notes", order_id=order["order_id"]))["items"]
    assert (note["invoice_number"], note["order_number"]) == (
        invoice["invoice_number"],
        order["order_number"],
    )
    printed = await erp.request("GET", f"/v1/credit-notes/{note['credit_note_id']}/pdf")
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
    await agrees(erp)
    await pay(erp, invoice, "119.00")
    await erp.until(other, "closed")
    await until_paid(erp)
    await agrees(erp)


async def test_what_was_paid_is_refunded_when_it_comes_back(erp: Erp) -> None:
    order, other = await deliver(erp), await deliver(erp)
    invoice = await billed(erp, order, other)
    await pay(erp, invoice, "238.00")
    await erp.until(order, "closed")

    returned = await give_back(erp, order, "3", on="2026-04-20")

    assert (returned["credited_amount"], returned["refunded_amount"]) == ("35.70", "35.70")
    assert (await balances(erp, "bank", "receivable")) == {"bank": Decimal("202.30"), "receivable": 0}
    await agrees(erp)


async def test_an_order_is_cancelled_before_it_is_billed_and_everything_nets_to_zero(erp: Erp) -> None:
    before = await erp.balances()
    order = await place(erp, freight_amount="10.00", freight_tax_code="S19")
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    path = f"/v1/sales-orders/{order['order_id']}/cancellation?dry_run=true"
    plan = await erp.post(path, {"reason": "no more"}, by="sales clerk")
    assert "take off the list of what is to be billed" in [step["what"] for step in plan["steps"]]

    await cancel(erp, order)

    await bill(erp)
    assert (await erp.get("/v1/invoices"))["items"] == []  # Nothing was due.
    assert await erp.balances() == before
    await agrees(erp)


async def test_an_order_is_cancelled_after_it_is_billed_and_paid_and_everything_nets_to_zero(
    erp: Erp,
) -> None:
    before = await erp.balances()
    order = await place(erp, freight_amount="10.00", freight_tax_code="S19")
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    await bill(erp)
    (invoice,) = await until_billed(erp, order, 1)
    await pay(erp, invoice, invoice["total_amount"])

    await cancel(erp, order, on="2026-04-12")

    assert await erp.balances() == before
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    assert note["total_amount"] == invoice["total_amount"]
    await agrees(erp)


async def test_the_freight_of_an_order_that_came_back_wholly_is_credited_when_it_is_cancelled(
    erp: Erp,
) -> None:
    order, other = await place(erp, freight_amount="10.00", freight_tax_code="S19"), await deliver(erp, "1")
    await erp.ship(order)
    await bill(erp)
    (invoice,) = await until_billed(erp, order, 1)
    await give_back(erp, order, "10")

    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    await erp.post(path, {"reason": "never mind", "cancelled_on": "2026-04-12"}, by="sales clerk")

    notes = (await erp.get("/v1/credit-notes", order_id=order["order_id"]))["items"]
    assert sorted(Decimal(note["total_amount"]) for note in notes) == [Decimal("11.90"), Decimal("119.00")]
    await pay(erp, invoice, "11.90")
    await erp.until(other, "closed")
    await until_paid(erp)
    await agrees(erp)


async def test_a_cancelled_order_of_which_part_is_billed_is_credited_and_taken_off_the_list(erp: Erp) -> None:
    before = await erp.balances()
    order, other = await place(erp), await deliver(erp, "1")
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    await bill(erp)
    (invoice,) = await until_billed(erp, order, 1)
    await erp.ship(order, shipped_on="2026-04-02", lines=[{"line_number": 1, "quantity": "3"}])

    await cancel(erp, order)

    await pay(erp, invoice, "11.90")
    await erp.until(other, "closed")
    after = await erp.balances()
    assert after["revenue"] - before["revenue"] == -10
    assert after["receivable"] == 0
    assert after["cost_of_goods_sold"] - before["cost_of_goods_sold"] == 4
    await agrees(erp)


async def test_billed_while_it_comes_back_it_is_credited_instead(erp: Erp, faults: FaultySteps) -> None:
    before = await erp.balances()
    order = await deliver(erp)
    faults.refused[erp.company, "receivables.withdraw_billing_due"] = 1_000
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    asked = {"reason": "no more", "cancelled_on": "2026-03-20"}
    answer = await erp.post(path, asked, by="sales clerk")
    inspecting = asyncio.create_task(inspect(erp, answer["return_id"], on="2026-03-20"))
    parked = await until_parked(erp)

    await bill(erp)
    (invoice,) = await until_billed(erp, order, 1)
    await pay(erp, invoice, "119.00")
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await inspecting
    await erp.until(order, "cancelled")

    assert await erp.balances() == before
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    assert (note["total_amount"], note["credited_on"]) == ("119.00", "2026-04-10"), "when it had been paid"
    await agrees(erp)


async def test_an_order_is_cancelled_before_it_has_heard_that_it_is_billed(
    erp: Erp, faults: FaultySteps
) -> None:
    before = await erp.balances()
    order = await deliver(erp)
    faults.refused[erp.company, "receivables.tell_orders_of_invoice"] = 1_000
    process = await bill(erp)
    await until_parked(erp)

    asked = {"reason": "no more", "cancelled_on": "2026-04-05"}
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    answer = await erp.post(path, asked, by="sales clerk")
    ended = await inspect(erp, answer["return_id"])
    assert ended["credited_amount"] == "119.00"
    assert await erp.stage_of(order) == "waiting for goods to come back"
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{process.id}/repair", {"action": "retry"}, by="operator")
    await erp.until(order, "cancelled")

    assert await erp.balances() == before
    await agrees(erp)


async def test_goods_that_are_sent_again_free_of_charge_are_billed_once(erp: Erp) -> None:
    order = await deliver(erp)
    await give_back(erp, order, "2", resolution="replace")

    invoice = await billed(erp, order)

    assert invoice["total_amount"] == "119.00"


async def _replacement(erp: Erp) -> Any:
    (found,) = [
        one
        for one in (await erp.get("/v1/sales-orders"))["items"]
        if one["customer_reference"].startswith("Replacement")
    ]
    return found


@pytest.mark.parametrize("is_billed", [False, True])
async def test_a_replacement_that_comes_back_is_taken_off_the_list_or_credited_as_what_it_replaced(
    erp: Erp, is_billed: bool
) -> None:
    order = await deliver(erp)
    await give_back(erp, order, "2", on="2026-03-30", resolution="replace")
    replacement = await _replacement(erp)
    await erp.until(replacement, "waiting for shipment")
    await erp.ship(replacement, shipped_on="2026-03-31")
    if is_billed:
        invoice = await billed(erp, order)
        await erp.until(replacement, "closed")

    returned = await give_back(erp, replacement, "2")

    assert returned["credited_amount"] == ("23.80" if is_billed else "0.00")
    if not is_billed:
        invoice = await billed(erp, order)
    assert invoice["total_amount"] == ("119.00" if is_billed else "95.20")
    await erp.until(replacement, "closed")
    await pay(erp, invoice, "95.20")
    await erp.until(order, "closed")
    await until_paid(erp)
    await agrees(erp)

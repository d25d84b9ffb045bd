"""A shipment that was not billed, and an invoice that was wrong, are taken back through their order."""

import asyncio
from typing import Any

import pytest

from tests.checked import violations
from tests.erp import Erp, Refused, an_order
from tests.faulty_steps import FaultySteps
from tests.workflows import billing_together as together
from tests.workflows.test_billed_and_closed import ask, invoices, shipped_in_part


async def all_holds(erp: Erp) -> None:
    assert [one.as_text() for one in await violations(erp.company)] == []


async def shipment_of(erp: Erp, order: Any) -> Any:
    (found,) = (await erp.get("/v1/shipments", order=order["order_id"]))["items"]
    return found


async def take_back(
    erp: Erp, kind: str, document_id: str, on: str = "2026-03-20", by: str = "warehouse"
) -> Any:
    body = {"reason": "a mistake", "reversed_on": on}
    return await erp.post(f"/v1/{kind}/{document_id}/reversal", body, by=by)


@pytest.mark.parametrize(
    ("invoicing", "quantity"), [("order", "4"), ("collective", "4"), ("collective", "10")]
)
async def test_a_shipment_that_is_not_billed_is_taken_back_and_shipped_again(
    erp: Erp, invoicing: str, quantity: str
) -> None:
    freight = {"freight_amount": "5.00", "freight_tax_code": "S19"} if invoicing == "collective" else {}
    order = await erp.place(an_order(invoicing=invoicing, **freight))
    before = (await erp.balances(), await erp.stock("APPLE"))
    await erp.ship(order, lines=[{"line_number": 1, "quantity": quantity}])

    shipment = (await shipment_of(erp, order))["shipment_id"]
    reversed_ = await take_back(erp, "shipments", shipment)

    assert reversed_["document_type"] == "shipment"
    with pytest.raises(Refused, match="reversed-already"):
        await take_back(erp, "shipments", shipment)
    assert (await erp.balances(), await erp.stock("APPLE")) == before
    assert await erp.stage_of(order) == "waiting for shipment"
    await all_holds(erp)
    await erp.ship(order, shipped_on="2026-03-21")
    if invoicing == "collective":
        invoice = await together.billed(erp, order)
        assert invoice["total_amount"] == "124.95"
        await together.pay(erp, invoice, "124.95")
        await together.until_paid(erp)
    else:
        await erp.pay(order, "119.00")
    await erp.until(order, "closed")
    await all_holds(erp)


async def test_an_order_whose_only_shipment_was_taken_back_is_amended_or_cancelled_as_if_nothing_had_left(
    erp: Erp,
) -> None:
    before = await erp.balances()
    order = await shipped_in_part(erp)
    await take_back(erp, "shipments", (await shipment_of(erp, order))["shipment_id"])
    lines = [{"item_code": "APPLE", "quantity": "6", "unit_price": "10.00"}]
    await ask(erp, order, "amendments", lines=lines, reason="fewer")
    assert (await erp.stock("APPLE"))["reserved"] == "6"

    cancelled = await ask(erp, order, "cancellation", reason="no more", cancelled_on="2026-03-22")

    assert cancelled["outcome"] == "cancelled"
    assert (await erp.stock("APPLE"))["reserved"] == "0"
    assert await erp.balances() == before
    await all_holds(erp)


async def test_a_shipment_goes_back_only_while_nothing_stands_on_it(erp: Erp) -> None:
    billed = await shipped_in_part(erp, "shipment")
    shipment = (await shipment_of(erp, billed))["shipment_id"]
    with pytest.raises(Refused, match=r"not-taken-back.*take the invoice back first"):
        await take_back(erp, "shipments", shipment)
    awaited = await shipped_in_part(erp)
    lines = [{"line_number": 1, "quantity": "1"}]
    await ask(erp, awaited, "returns", reason="broken", lines=lines)
    expected = await shipment_of(erp, awaited)
    with pytest.raises(Refused, match="not-as-ordered"):
        await take_back(erp, "shipments", expected["shipment_id"])
    with pytest.raises(Refused, match="too-early"):
        await take_back(
            erp,
            "shipments",
            (await shipment_of(erp, await shipped_in_part(erp)))["shipment_id"],
            "2026-03-01",
        )
    short = await shipped_in_part(erp)
    await ask(erp, short, "closing", reason="enough", closed_on="2026-03-10")
    with pytest.raises(Refused, match="not-taken-back"):
        await take_back(erp, "shipments", (await shipment_of(erp, short))["shipment_id"])
    await all_holds(erp)


@pytest.mark.parametrize("paid", ["", "50.00", "47.60"])
async def test_an_invoice_is_credited_and_what_it_billed_is_billed_again(erp: Erp, paid: str) -> None:
    order = await shipped_in_part(erp, "shipment")
    if paid:
        await erp.pay(order, paid)
    (wrong,) = await invoices(erp)

    note = await take_back(erp, "invoices", wrong["invoice_id"], by="accountant")

    assert (note["total_amount"], note["invoice_number"]) == ("47.60", wrong["invoice_number"])
    with pytest.raises(Refused, match="reversed-already"):
        await take_back(erp, "invoices", wrong["invoice_id"], by="accountant")
    await all_holds(erp)
    again = await ask(erp, order, "billing", invoiced_on="2026-03-21")
    assert again["total_amount"] == "47.60"
    await erp.ship(order, shipped_on="2026-03-22")
    rest = {"": "119.00", "50.00": "69.00", "47.60": "71.40"}[paid]
    await erp.pay(order, rest, received_on="2026-03-23")
    await erp.until(order, "closed")
    await all_holds(erp)


async def test_what_an_invoice_that_was_taken_back_billed_leaves_with_the_next_shipment_or_goes_back(
    erp: Erp,
) -> None:
    before = await erp.balances()
    order = await shipped_in_part(erp, "shipment")
    await erp.pay(order, "47.60")
    (wrong,) = await invoices(erp)
    await take_back(erp, "invoices", wrong["invoice_id"], by="accountant")

    await take_back(erp, "shipments", (await shipment_of(erp, order))["shipment_id"])
    await ask(erp, order, "cancellation", reason="no more", cancelled_on="2026-03-22")

    await erp.until(order, "cancelled")
    assert await erp.balances() == before
    await all_holds(erp)


async def test_an_invoice_of_several_orders_is_not_taken_back_for_one(erp: Erp) -> None:
    order = await together.deliver(erp)
    invoice = await together.billed(erp, order)

    with pytest.raises(Refused, match=r"billed-by-process|billed-collectively"):
        await take_back(erp, "invoices", invoice["invoice_id"], "2026-04-02", by="accountant")


async def test_an_order_knows_that_its_invoice_is_open_again(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    paid = await erp.pay(order, "47.60")
    await take_back(erp, "payments", paid["payment_id"], by="accountant")
    await erp.at_rest()
    await erp.ship(order, shipped_on="2026-03-21")

    second = await erp.pay(order, "71.40", received_on="2026-03-22")

    assert second["open_amount"] == "47.60"
    assert await erp.stage_of(order) == "waiting for payment"
    await erp.pay(order, "47.60", received_on="2026-03-23")
    await erp.until(order, "closed")
    await all_holds(erp)


async def test_a_collective_invoice_knows_that_it_is_open_again(erp: Erp) -> None:
    order = await together.deliver(erp)
    invoice = await together.billed(erp, order)
    paid = await together.pay(erp, invoice, "100.00")
    await take_back(erp, "payments", paid["payment_id"], "2026-04-20", by="accountant")
    await together.pay(erp, invoice, "19.00")
    await erp.at_rest()
    assert await erp.stage_of(order) == "waiting for payment"

    await together.pay(erp, invoice, "100.00")

    await erp.until(order, "closed")
    await together.until_paid(erp)
    await all_holds(erp)


STEPS_OF_A_SHIPMENT = (
    "inventory.check_shipment_back",
    "sales.take_fulfilment_back",
    "receivables.take_off_billing",
    "inventory.reverse_shipment",
)


@pytest.mark.parametrize("step", STEPS_OF_A_SHIPMENT)
@pytest.mark.parametrize("fault", ["refused", "repeated"])
async def test_each_step_of_taking_a_shipment_back_is_refused_and_repeated(
    erp: Erp, faults: FaultySteps, step: str, fault: str
) -> None:
    order = await shipped_in_part(erp, "collective")
    shipment = (await shipment_of(erp, order))["shipment_id"]
    before = await erp.balances()
    if fault == "repeated":
        faults.repeated.add((erp.company, step))
    else:
        faults.refused[erp.company, step] = 1
    if fault == "refused" and step != "inventory.reverse_shipment":
        with pytest.raises(Refused, match="refused-by-the-test"):
            await take_back(erp, "shipments", shipment)
        assert await erp.balances() == before
        await all_holds(erp)

    await take_back(erp, "shipments", shipment)

    assert (await erp.stock("APPLE"))["on_hand"] == "100"
    if fault == "repeated":
        assert faults.has_repeated(erp.company, step)
    await all_holds(erp)


@pytest.mark.parametrize("step", ["receivables.reverse_invoice", "sales.take_fulfilment_back"])
@pytest.mark.parametrize("fault", ["refused", "repeated"])
async def test_each_step_of_taking_an_invoice_back_is_refused_and_repeated(
    erp: Erp, faults: FaultySteps, step: str, fault: str
) -> None:
    order = await shipped_in_part(erp, "shipment")
    (wrong,) = await invoices(erp)
    if fault == "repeated":
        faults.repeated.add((erp.company, step))
    else:
        faults.refused[erp.company, step] = 1
    if fault == "refused" and step != "sales.take_fulfilment_back":
        with pytest.raises(Refused, match="refused-by-the-test"):
            await take_back(erp, "invoices", wrong["invoice_id"], by="accountant")
        await all_holds(erp)

    await take_back(erp, "invoices", wrong["invoice_id"], by="accountant")

    assert (await erp.balances())["receivable"] == 0
    if fault == "repeated":
        assert faults.has_repeated(erp.company, step)
    await all_holds(erp)
    assert (await ask(erp, order, "billing", invoiced_on="2026-03-21"))["total_amount"] == "47.60"


@pytest.mark.parametrize("fault", ["refused", "repeated"])
async def test_what_is_open_again_is_asked_for_until_it_is_answered(
    erp: Erp, faults: FaultySteps, fault: str
) -> None:
    order = await shipped_in_part(erp, "shipment")
    paid = await erp.pay(order, "47.60")
    if fault == "repeated":
        faults.repeated.add((erp.company, "ledger.find_open"))
    else:
        faults.refused[erp.company, "ledger.find_open"] = 1
    await take_back(erp, "payments", paid["payment_id"], by="accountant")

    await erp.ship(order, shipped_on="2026-03-21")
    second = await erp.pay(order, "71.40", received_on="2026-03-22")

    assert second["open_amount"] == "47.60"
    await all_holds(erp)


async def returned(erp: Erp, order: Any, quantity: str) -> Any:
    lines = [{"line_number": 1, "quantity": quantity}]
    back = await ask(erp, order, "returns", reason="broken", resolution="on_account", lines=lines)
    path = f"/v1/returns/{back['return_id']}/inspection"
    return await erp.post(path, {"received_on": "2026-03-15"}, by="warehouse")


async def test_of_an_invoice_only_what_no_return_has_credited_is_billed_again(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    await returned(erp, order, "1")
    (wrong,) = await invoices(erp)

    note = await take_back(erp, "invoices", wrong["invoice_id"], by="accountant")

    assert note["total_amount"] == "35.70"
    await all_holds(erp)
    assert (await ask(erp, order, "billing", invoiced_on="2026-03-21"))["total_amount"] == "35.70"
    await all_holds(erp)


async def test_a_return_whose_invoice_is_taken_back_meanwhile_credits_nothing_and_is_not_billed_again(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await shipped_in_part(erp, "shipment")
    (wrong,) = await invoices(erp)
    faults.refused[erp.company, "receivables.post_credit_note"] = 1_000
    returning = asyncio.create_task(returned(erp, order, "1"))
    parked = await together.until_parked(erp)

    note = await take_back(erp, "invoices", wrong["invoice_id"], by="accountant")
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")

    ended = await returning
    assert (note["total_amount"], ended["stage"], ended["credited_amount"]) == ("47.60", "closed", "0.00")
    await erp.at_rest()
    assert (await ask(erp, order, "billing", invoiced_on="2026-03-21"))["total_amount"] == "35.70"
    await all_holds(erp)


async def test_freight_of_an_invoice_that_was_taken_back_is_billed_again(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment", freight_amount="9.00", freight_tax_code="S19")
    await erp.ship(order, shipped_on="2026-03-12")
    first, _ = await invoices(erp)
    assert first["total_amount"] == "58.31"

    await take_back(erp, "invoices", first["invoice_id"], by="accountant")

    assert (await ask(erp, order, "billing", invoiced_on="2026-03-21"))["total_amount"] == "58.31"
    await all_holds(erp)


async def test_freight_is_not_billed_with_its_month_when_every_shipment_was_taken_back(erp: Erp) -> None:
    order = await shipped_in_part(erp, "collective", freight_amount="9.00", freight_tax_code="S19")
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "2"}], shipped_on="2026-03-12")
    shipped = (await erp.get("/v1/shipments", order=order["order_id"], sort="number"))["items"]

    for shipment in shipped:
        await take_back(erp, "shipments", shipment["shipment_id"])

    await together.bill(erp)
    assert await invoices(erp) == []
    await all_holds(erp)


async def test_one_key_takes_one_document_back(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    await erp.ship(order, shipped_on="2026-03-12")
    first, second = await invoices(erp)
    body = {"reason": "a mistake", "reversed_on": "2026-03-20"}
    await erp.post(f"/v1/invoices/{first['invoice_id']}/reversal", body, by="accountant", key="the same")

    other = await erp.request(
        "POST", f"/v1/invoices/{second['invoice_id']}/reversal", body, by="accountant", key="the same"
    )

    assert (other.status_code, other.json()["type"]) == (409, "/problems/conflict")


async def test_a_cancellation_plans_to_refund_what_had_paid_an_invoice_that_was_taken_back(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    await erp.pay(order, "47.60")
    (wrong,) = await invoices(erp)
    await take_back(erp, "invoices", wrong["invoice_id"], by="accountant")

    path = f"/v1/sales-orders/{order['order_id']}/cancellation?dry_run=true"
    plan = await erp.post(path, {"reason": "no more", "cancelled_on": "2026-03-22"}, by="sales clerk")

    refunds = [step["amount"] for step in plan["steps"] if step["what"].startswith("refund")]
    assert refunds == ["47.60"]


@pytest.mark.parametrize(
    ("what", "body", "why"),
    [
        ("cancellation", {"reason": "no more", "cancelled_on": "2062-01-01"}, "no-fiscal-year"),
        ("amendments", {"reason": "more", "amended_on": "2026-01-01"}, "too-early"),
        ("amendments", {"reason": "more", "amended_on": "2062-01-01"}, "too-far-ahead"),
    ],
)
async def test_the_day_of_a_change_is_asked_for_before_anything_is_done(
    erp: Erp, what: str, body: dict[str, Any], why: str
) -> None:
    order = await (shipped_in_part(erp) if what == "cancellation" else erp.place(an_order()))
    lines = {"lines": [{"item_code": "APPLE", "quantity": "12"}]} if what == "amendments" else {}

    refused = await erp.request("POST", f"/v1/sales-orders/{order['order_id']}/{what}", body | lines)

    (field,) = [name for name in body if name.endswith("_on")]
    assert (refused.status_code, refused.json()["type"]) == (422, f"/problems/{why}")
    assert refused.json()["errors"][0]["field"] == field
    await all_holds(erp)

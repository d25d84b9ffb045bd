"""What is taken back and billed again: the customer owes no more than before, and no less."""

from decimal import Decimal
from typing import Any

import pytest

from tests.erp import Erp, Refused, an_order
from tests.faulty_steps import FaultySteps
from tests.workflows.test_billed_and_closed import ask, invoices, shipped_in_part
from tests.workflows.test_taken_back import all_holds, shipment_of, take_back


async def invoice_back(erp: Erp, number: int = 0, on: str = "2026-03-20") -> Any:
    """The order's invoice is credited in full; the credit note."""
    invoice = (await invoices(erp))[number]
    return await take_back(erp, "invoices", invoice["invoice_id"], on, by="accountant")


async def bounces(erp: Erp, paid: Any, on: str = "2026-03-25") -> Any:
    return await take_back(erp, "payments", paid["payment_id"], on, by="accountant")


async def of_bob(erp: Erp, **more: Any) -> Any:
    """All of it has left and is billed: 119.00, or 116.62 by the 15th of March."""
    order = await erp.place(an_order(customer_code="BOB", invoicing="shipment", **more))
    await erp.ship(order)
    return order


# A discount that was granted


@pytest.mark.parametrize("again_on", ["2026-03-20", "2026-03-21", "2026-05-21"])
async def test_a_discount_that_was_granted_stays_granted_whenever_it_is_billed_again(
    erp: Erp, again_on: str
) -> None:
    order = await of_bob(erp)
    await erp.pay(order, "116.62", received_on="2026-03-10")
    assert await erp.stage_of(order) == "closed"
    other = await shipped_in_part(erp, "shipment", customer_code="BOB")
    await erp.pay(other, "46.65", received_on="2026-03-10")
    before = await erp.balances()
    await invoice_back(erp, 1)
    await all_holds(erp)

    again = await ask(erp, other, "billing", invoiced_on=again_on)

    assert again["total_amount"] == "47.60"
    assert await erp.balances() == before
    await erp.ship(other, shipped_on="2026-05-22")
    await erp.pay(other, "71.40", received_on="2026-07-22")
    await erp.until(other, "closed")
    await all_holds(erp)


async def test_a_discount_that_was_granted_is_granted_on_a_larger_invoice(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment", customer_code="BOB")
    await erp.pay(order, "46.65", received_on="2026-03-10")  # 47.60 less 2 %.
    await invoice_back(erp)

    await erp.ship(order, shipped_on="2026-03-22")

    _, again = await invoices(erp)
    assert (again["total_amount"], again["open_amount"]) == ("119.00", "71.40")
    balances = await erp.balances()
    assert (balances["discount_granted"], balances["tax_payable"]) == (Decimal("0.80"), Decimal("-18.85"))
    await all_holds(erp)
    await erp.pay(order, "71.40", received_on="2026-04-23")
    await erp.until(order, "closed")
    await all_holds(erp)


async def test_of_a_smaller_invoice_its_share_of_the_discount_is_granted(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment", customer_code="BOB")
    await erp.pay(order, "46.65", received_on="2026-03-10")
    await invoice_back(erp)
    lines = [{"line_number": 1, "quantity": "1"}]
    back = await ask(erp, order, "returns", reason="broken", resolution="on_account", lines=lines)
    await erp.post(f"/v1/returns/{back['return_id']}/inspection", {"received_on": "2026-03-21"})

    again = await ask(erp, order, "billing", invoiced_on="2026-03-22")

    assert again["total_amount"] == "35.70"
    await erp.at_rest()
    (left,) = (await erp.get("/v1/open-items", side="receivable"))["items"]
    assert left["open_amount"] == "-11.66", "as if it had come back before: 11.90 less 2 %"
    await all_holds(erp)


async def test_two_invoices_are_billed_again_as_one_with_the_discount_of_the_one_that_was_paid(
    erp: Erp,
) -> None:
    order = await shipped_in_part(erp, "shipment", customer_code="BOB")
    await erp.ship(order, shipped_on="2026-03-06")
    first, second = await invoices(erp)
    asked = {"customer_code": "BOB", "amount": "69.97", "currency": "EUR", "received_on": "2026-03-08"}
    await erp.post("/v1/payments", asked | {"invoice_id": second["invoice_id"]}, by="accountant")
    for invoice in (first, second):
        await take_back(erp, "invoices", invoice["invoice_id"], by="accountant")

    await ask(erp, order, "billing", invoiced_on="2026-03-22")

    await erp.at_rest()
    assert (await invoices(erp))[-1]["open_amount"] == "47.60"
    assert (await erp.balances())["discount_granted"] == Decimal("1.20")
    await all_holds(erp)
    await erp.pay(order, "47.60", received_on="2026-06-20")
    await erp.until(order, "closed")
    await all_holds(erp)


async def test_a_small_difference_that_was_written_off_is_not_asked_for_again(erp: Erp) -> None:
    path = f"/v1/companies/{erp.company}"
    known = await erp.request("GET", path)
    limit = {"small_difference_limit": "0.05"}
    await erp.request("PATCH", path, limit, if_match=known.headers["etag"])
    order = await shipped_in_part(erp, "shipment")
    await erp.pay(order, "47.56", received_on="2026-03-10")
    assert (await erp.balances())["receivable"] == 0
    await invoice_back(erp)

    await erp.ship(order, shipped_on="2026-03-22")

    assert (await invoices(erp))[-1]["open_amount"] == "71.40"
    assert (await erp.balances())["small_differences"] == Decimal("0.04")
    await all_holds(erp)


# A price allowance


async def test_an_invoice_with_an_allowance_goes_back_once_the_allowance_has(erp: Erp) -> None:
    order = await of_bob(erp)
    (wrong,) = await invoices(erp)
    allowance = {
        "credited_on": "2026-03-06",
        "reason": "bruised",
        "lines": [{"line_number": 1, "net_amount": "20.00"}],
    }
    path = f"/v1/invoices/{wrong['invoice_id']}/credit-notes"
    note = await erp.post(path, allowance, by="accountant")
    before = await erp.balances()

    with pytest.raises(Refused, match=rf"stands-on-it.*{note['credit_note_number']}.*/v1/credit-notes/"):
        await invoice_back(erp)

    assert await erp.balances() == before
    await take_back(erp, "credit-notes", note["credit_note_id"], by="accountant")
    await invoice_back(erp)
    await ask(erp, order, "billing", invoiced_on="2026-03-21")
    again = (await invoices(erp))[-1]
    asked = allowance | {"credited_on": "2026-03-21"}
    await erp.post(f"/v1/invoices/{again['invoice_id']}/credit-notes", asked, by="accountant")
    await erp.at_rest()
    assert (await erp.balances())["receivable"] == Decimal("95.20")
    await all_holds(erp)


# Money that bounces


@pytest.mark.parametrize(
    ("billed_again", "on"), [(False, "2026-03-15"), (False, "2026-03-25"), (True, "2026-03-25")]
)
async def test_a_payment_that_bounces_when_its_invoice_was_taken_back_never_came(
    erp: Erp, billed_again: bool, on: str
) -> None:
    order = await shipped_in_part(erp, "shipment", customer_code="BOB")
    nothing_paid = await erp.balances()
    paid = await erp.pay(order, "46.65", received_on="2026-03-10")
    await invoice_back(erp)
    if billed_again:
        await ask(erp, order, "billing", invoiced_on="2026-03-21")
        with pytest.raises(Refused, match=r"stands-on-it.*the allocation of CN-"):
            await bounces(erp, paid)
        (used,) = (await erp.get("/v1/allocations"))["items"]
        await take_back(erp, "allocations", used["allocation_id"], "2026-03-24", by="accountant")

    await bounces(erp, paid, on)

    await erp.at_rest()
    await all_holds(erp)
    path = f"/v1/sales-orders/{order['order_id']}/cancellation?dry_run=true"
    plan = await erp.post(path, {"reason": "no more", "cancelled_on": "2026-03-26"}, by="sales clerk")
    assert [step["what"] for step in plan["steps"] if step["what"].startswith("refund")] == []
    if not billed_again:
        await ask(erp, order, "billing", invoiced_on="2026-03-26")
    await erp.at_rest()
    assert await erp.balances() == nothing_paid
    assert (await invoices(erp))[-1]["open_amount"] == "47.60"
    await erp.ship(order, shipped_on="2026-03-27")
    assert await erp.stage_of(order) == "waiting for payment"
    await erp.pay(order, "119.00", received_on="2026-05-27")
    await erp.until(order, "closed")
    await all_holds(erp)


async def test_of_two_payments_only_the_one_that_bounced_never_came(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    first = await erp.pay(order, "20.00", received_on="2026-03-08")
    await erp.pay(order, "27.60", received_on="2026-03-10")
    await invoice_back(erp)

    await bounces(erp, first)

    await erp.at_rest()
    await all_holds(erp)
    await ask(erp, order, "billing", invoiced_on="2026-03-26")
    await erp.at_rest()
    assert (await invoices(erp))[-1]["open_amount"] == "20.00"
    await all_holds(erp)


async def test_money_that_bounces_after_it_was_refunded_is_owed_back(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    paid = await erp.pay(order, "47.60", received_on="2026-03-08")
    note = await invoice_back(erp)
    refund = {"refunded_on": "2026-03-21"}
    await erp.post(f"/v1/credit-notes/{note['credit_note_id']}/refund", refund, by="accountant")

    await bounces(erp, paid)

    await erp.at_rest()
    assert (await erp.balances())["receivable"] == Decimal("47.60"), "what went out, and never came in"
    await all_holds(erp)


# A debit note


@pytest.mark.parametrize("paid", [False, True])
@pytest.mark.parametrize("goods", ["stay", "come_back"])
async def test_a_debit_note_is_credited_when_its_order_is_cancelled(erp: Erp, paid: bool, goods: str) -> None:
    before = await erp.balances()
    order = await shipped_in_part(erp, "shipment")
    (invoice,) = await invoices(erp)
    line = {"description": "Surcharge", "unit_price": "10.00", "tax_code": "S19"}
    asked = {"invoiced_on": "2026-03-06", "reason": "forgotten", "lines": [line]}
    note = await erp.post(f"/v1/invoices/{invoice['invoice_id']}/debit-notes", asked, by="accountant")
    if paid:
        money = {"customer_code": "ALICE", "amount": "11.90", "currency": "EUR", "received_on": "2026-03-10"}
        await erp.post("/v1/payments", money | {"invoice_id": note["invoice_id"]}, by="accountant")
        await erp.pay(order, "47.60", received_on="2026-03-10")
    await erp.at_rest()
    cancel = {"reason": "no more", "cancelled_on": "2026-03-20", "goods": goods}
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"

    plan = await erp.post(f"{path}?dry_run=true", cancel, by="sales clerk")
    cancelled = await erp.post(path, cancel, by="sales clerk")

    shown = [
        (step["what"], step["amount"]) for step in plan["steps"] if step["document"] == note["invoice_number"]
    ]
    credit, refund = (
        ("credit what is left of the debit note", "11.90"),
        ("refund what was paid of it", "11.90"),
    )
    assert shown == ([credit, refund] if paid else [credit])
    if goods == "come_back":
        back = f"/v1/returns/{cancelled['return_id']}/inspection"
        await erp.post(back, {"received_on": "2026-03-21"}, by="warehouse")
    await erp.until(order, "cancelled")
    assert (await erp.balances())["receivable"] == 0
    if goods == "come_back":
        assert await erp.balances() == before
    await all_holds(erp)


@pytest.mark.parametrize("fault", ["refused", "repeated"])
async def test_the_debit_notes_of_an_order_are_asked_for_until_that_is_answered(
    erp: Erp, faults: FaultySteps, fault: str
) -> None:
    order = await shipped_in_part(erp, "shipment")
    (invoice,) = await invoices(erp)
    step = (erp.company, "receivables.find_debit_notes")
    if fault == "repeated":
        faults.repeated.add(step)
    else:
        faults.refused[step] = 1
    line = {"description": "Surcharge", "unit_price": "10.00", "tax_code": "S19"}
    asked = {"invoiced_on": "2026-03-06", "reason": "forgotten", "lines": [line]}
    await erp.post(f"/v1/invoices/{invoice['invoice_id']}/debit-notes", asked, by="accountant")
    cancel = {"reason": "no more", "cancelled_on": "2026-03-22", "goods": "stay"}

    await ask(erp, order, "cancellation", **cancel)

    await erp.until(order, "cancelled")
    assert (await erp.balances())["receivable"] == 0
    if fault == "repeated":
        assert faults.has_repeated(*step)
    await all_holds(erp)


async def test_a_debit_note_that_was_credited_by_hand_is_not_credited_again(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    (invoice,) = await invoices(erp)
    line = {"description": "Surcharge", "unit_price": "10.00", "tax_code": "S19"}
    asked = {"invoiced_on": "2026-03-06", "reason": "forgotten", "lines": [line]}
    note = await erp.post(f"/v1/invoices/{invoice['invoice_id']}/debit-notes", asked, by="accountant")
    await take_back(erp, "invoices", note["invoice_id"], by="accountant")
    cancel = {"reason": "no more", "cancelled_on": "2026-03-22", "goods": "stay"}

    await ask(erp, order, "cancellation", **cancel)

    await erp.until(order, "cancelled")
    assert (await erp.balances())["receivable"] == 0
    await all_holds(erp)


# Services


def services(**more: Any) -> Any:
    lines = [{"item_code": "ADVICE", "quantity": "3", "unit_price": "50.00"}]
    return an_order(lines=lines, **more)


@pytest.mark.parametrize("invoicing", ["order", "collective"])
async def test_services_that_were_not_given_after_all_are_taken_back(erp: Erp, invoicing: str) -> None:
    before = await erp.balances()
    order = await erp.place(services(invoicing=invoicing))
    given = await erp.ship(order, lines=[{"line_number": 1, "quantity": "2"}])
    body = {"reason": "a mistake", "reversed_on": "2026-03-20", "order_id": order["order_id"]}
    path = f"/v1/shipments/{given['shipment_id']}/reversal"
    early = await erp.request("POST", path, body | {"reversed_on": "2026-03-04"})
    assert early.json()["type"] == "/problems/too-early"

    taken = await erp.post(path, body, by="warehouse")

    assert (taken["document_type"], taken["document_id"]) == ("shipment", given["shipment_id"])
    assert await erp.stage_of(order) == "waiting for shipment"
    again = await erp.request("POST", path, body, by="warehouse")
    assert again.json()["type"] == "/problems/reversed-already"
    await all_holds(erp)
    await ask(erp, order, "cancellation", reason="no more", cancelled_on="2026-03-22")
    await erp.until(order, "cancelled")
    assert await erp.balances() == before
    await all_holds(erp)


async def test_services_that_are_billed_are_taken_back_with_their_invoice_first(erp: Erp) -> None:
    order = await erp.place(services(invoicing="shipment"))
    given = await erp.ship(order)
    await erp.pay(order, "100.00", received_on="2026-03-10")
    body = {"reason": "a mistake", "reversed_on": "2026-03-20", "order_id": order["order_id"]}
    path = f"/v1/shipments/{given['shipment_id']}/reversal"
    billed = await erp.request("POST", path, body, by="warehouse")
    assert billed.json()["type"] == "/problems/not-taken-back"
    await invoice_back(erp)

    await erp.post(path, body, by="warehouse")

    assert await erp.stage_of(order) == "waiting for shipment"
    await erp.ship(order, shipped_on="2026-03-21", lines=[{"line_number": 1, "quantity": "1"}])
    await erp.at_rest()
    assert (await invoices(erp))[-1]["open_amount"] == "0.00"
    await all_holds(erp)


async def test_a_shipment_of_services_is_found_only_with_its_order(erp: Erp) -> None:
    order = await erp.place(services(invoicing="order"))
    given = await erp.ship(order)
    path = f"/v1/shipments/{given['shipment_id']}/reversal"
    body = {"reason": "a mistake", "reversed_on": "2026-03-20"}

    without = await erp.request("POST", path, body, by="warehouse")
    goods = await shipped_in_part(erp)
    shipment = (await shipment_of(erp, goods))["shipment_id"]
    other = await erp.request(
        "POST", f"/v1/shipments/{shipment}/reversal", body | {"order_id": order["order_id"]}, by="warehouse"
    )

    assert (without.status_code, other.status_code) == (404, 409)
    assert other.json()["type"] == "/problems/not-taken-back"

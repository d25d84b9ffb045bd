"""Orders that are billed together, at the end of each month: delivered, billed and paid."""

import asyncio
from decimal import Decimal

import pytest

from domains.receivables.rules.collective import EarlierMonthIsDue
from tests.erp import Erp, Refused
from tests.faulty_steps import FaultySteps
from tests.workflows.billing_together import (
    agrees,
    balances,
    bill,
    billed,
    deliver,
    ended,
    give_back,
    pay,
    place,
    until_billed,
    until_paid,
    until_parked,
)


async def test_two_orders_of_a_month_are_one_invoice_whose_payment_closes_both(erp: Erp) -> None:
    first = await deliver(erp, customer_reference="PO 7")
    second = await deliver(erp, "5", on="2026-03-31")
    assert (await erp.order(first))["process"]["stage"] == "waiting for the collective invoice"
    assert (await balances(erp, "revenue", "cost_of_goods_sold"))["cost_of_goods_sold"] == 60

    invoice = await billed(erp, first, second)

    assert (invoice["invoiced_on"], invoice["due_on"]) == ("2026-03-31", "2026-04-30")
    assert (invoice["total_amount"], invoice["order_id"]) == ("178.50", None)
    assert [(share["order_number"], share["total_amount"]) for share in invoice["orders"]] == [
        (first["order_number"], "119.00"),
        (second["order_number"], "59.50"),
    ]
    assert [line["delivered_on"] for line in invoice["lines"]] == ["2026-03-05", "2026-03-31"]
    assert all(line["shipment_number"] for line in invoice["lines"])
    assert (await erp.get("/v1/billing-due"))["items"] == []
    await agrees(erp)
    with pytest.raises(Refused, match=f"billed-collectively.*{invoice['invoice_number']}"):
        await erp.pay(first, "119.00")
    await pay(erp, invoice, "178.50")
    for order in (first, second):
        await erp.until(order, "closed")
    assert (await balances(erp, "bank", "receivable")) == {"bank": Decimal("178.50"), "receivable": 0}
    assert (await erp.get("/v1/processes", only_open=True))["items"] == []
    await agrees(erp)


async def test_the_customer_says_that_it_is_billed_together(erp: Erp) -> None:
    customer = await erp.request("GET", "/v1/customers/ALICE")
    headers = dict(customer.request.headers) | {"If-Match": customer.headers["ETag"]}
    changed = await erp.http.patch("/v1/customers/ALICE", json={"invoicing": "collective"}, headers=headers)
    assert changed.status_code == 200, changed.text

    order = await erp.place()
    shipped = await erp.ship(order)

    assert shipped["invoice_number"] is None
    (due,) = (await erp.get("/v1/billing-due", customer="ALICE"))["items"]
    assert (due["order_number"], due["delivered_on"], due["quantity"]) == (
        order["order_number"],
        "2026-03-05",
        "10",
    )


async def test_parts_over_the_months_end_are_two_invoices_and_both_are_paid(erp: Erp) -> None:
    order = await place(erp, freight_amount="10.00", freight_tax_code="S19")
    await erp.ship(order, shipped_on="2026-03-30", lines=[{"line_number": 1, "quantity": "4"}])
    await erp.ship(order, shipped_on="2026-04-01")

    await bill(erp, "2026-03")
    await until_billed(erp, order, 1)
    assert await erp.stage_of(order) == "waiting for the collective invoice"
    await agrees(erp)
    await bill(erp, "2026-04")
    await erp.until(order, "waiting for payment")

    march, april = await until_billed(erp, order, 2)
    assert [(one["invoiced_on"], one["total_amount"]) for one in (march, april)] == [
        ("2026-03-31", "59.50"),
        ("2026-04-30", "71.40"),
    ]
    await agrees(erp)
    await pay(erp, april, "71.40", on="2026-05-02")
    assert await erp.stage_of(order) == "waiting for payment"
    await pay(erp, march, "59.50", on="2026-05-02")
    await erp.until(order, "closed")
    await until_paid(erp)
    await agrees(erp)


async def test_what_is_told_late_of_a_month_that_is_billed_is_billed_with_the_next(erp: Erp) -> None:
    early = await deliver(erp)
    await billed(erp, early)
    late = await deliver(erp, "5", on="2026-03-20")

    april = await billed(erp, late, month="2026-04")

    assert (april["invoiced_on"], april["total_amount"]) == ("2026-04-30", "59.50")
    await agrees(erp)


async def test_a_month_waits_for_the_one_before_it(erp: Erp) -> None:
    first = await deliver(erp, on="2026-03-05")
    second = await deliver(erp, "5", on="2026-04-05")

    with pytest.raises(EarlierMonthIsDue, match="2026-03 of ALICE"):
        await bill(erp, "2026-04", after_months=("2026-03",))
    await bill(erp, "2026-03")
    await erp.until(first, "waiting for payment")
    await bill(erp, "2026-04", after_months=("2026-03",))
    await erp.until(second, "waiting for payment")

    invoices = (await erp.get("/v1/invoices", sort="number"))["items"]
    assert [one["invoiced_on"] for one in invoices] == ["2026-03-31", "2026-04-30"]


async def test_currencies_terms_and_prices_with_tax_are_billed_apart(erp: Erp) -> None:
    net = await deliver(erp, "1")
    gross = await deliver(erp, "1", prices_include_tax=True)
    dollars = await deliver(erp, "1", currency="USD")
    at_once = await deliver(erp, "1", payment_terms_code="DISC")

    await bill(erp)
    await bill(erp, prices_include_tax=True)
    await bill(erp, currency="USD")
    await bill(erp, payment_terms_code="DISC")
    for order in (net, gross, dollars, at_once):
        await erp.until(order, "waiting for payment")

    invoices = (await erp.get("/v1/invoices"))["items"]
    assert sorted((one["currency"], one["total_amount"]) for one in invoices) == [
        ("EUR", "10.00"),
        ("EUR", "11.90"),
        ("EUR", "11.90"),
        ("USD", "11.90"),
    ]
    await agrees(erp)


async def test_services_and_discounts_are_billed_as_agreed(erp: Erp) -> None:
    lines = [
        {"item_code": "ADVICE", "quantity": "3", "unit_price": "33.33", "discount_percent": "3.3333"},
        {"item_code": "PEAR", "quantity": "7", "unit_price": "1.11"},
    ]
    order = await place(erp, lines=lines, discount_percent="7.7777")
    await erp.ship(order)

    invoice = await billed(erp, order)

    assert invoice["total_amount"] == order["total_amount"]
    await agrees(erp)


async def test_a_month_does_not_wait_for_what_was_told_of_an_earlier_one_when_its_run_was_over(
    erp: Erp,
) -> None:
    order = await deliver(erp, on="2026-04-05")
    late = await deliver(erp, "5", on="2026-03-05")

    april = await billed(erp, order, month="2026-04")
    march = await billed(erp, late)

    assert [one["total_amount"] for one in (april, march)] == ["119.00", "59.50"]
    await agrees(erp)


async def test_paid_before_the_order_has_heard_that_it_is_billed_it_is_closed(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await deliver(erp)
    faults.refused[erp.company, "sales.record_fulfilment"] = 1_000
    await bill(erp)
    parked = await until_parked(erp)
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    await pay(erp, invoice, "119.00")
    assert await erp.stage_of(order) == "waiting for the collective invoice"
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")

    await erp.until(order, "closed")
    assert (await erp.get(f"/v1/invoices/{invoice['invoice_id']}"))["open_amount"] == "0.00"
    await agrees(erp)


# Not paid yet, and partly


async def test_an_invoice_that_is_paid_in_part_keeps_its_orders_open(erp: Erp) -> None:
    first, second = await deliver(erp), await deliver(erp, "5")
    invoice = await billed(erp, first, second)

    await pay(erp, invoice, "119.00")
    await asyncio.sleep(0.3)
    assert {await erp.stage_of(order) for order in (first, second)} == {"waiting for payment"}
    await pay(erp, invoice, "59.50")

    for order in (first, second):
        await erp.until(order, "closed")
    await until_paid(erp)
    await agrees(erp)


async def test_cash_discount_is_taken_off_the_whole_invoice(erp: Erp) -> None:
    order = await deliver(erp, payment_terms_code="DISC")
    await bill(erp, payment_terms_code="DISC")
    await erp.until(order, "waiting for payment")
    (invoice,) = await until_billed(erp, order, 1)

    await pay(erp, invoice, "116.62", on="2026-04-02")

    await erp.until(order, "closed")
    assert await balances(erp, "bank", "receivable", "discount_granted") == {
        "bank": Decimal("116.62"),
        "receivable": 0,
        "discount_granted": Decimal("2.00"),
    }
    await agrees(erp)


async def test_a_month_that_is_billed_twice_has_one_invoice(erp: Erp) -> None:
    order = await deliver(erp)

    for _ in "12":  # Under the same key, as when the first answer got lost.
        await bill(erp)

    (invoice,) = await until_billed(erp, order, 1)
    assert (await erp.get("/v1/invoices"))["items"][0]["invoice_id"] == invoice["invoice_id"]
    assert (await balances(erp, "receivable")) == {"receivable": Decimal("119.00")}
    await agrees(erp)


# Steps that fail, and large invoices


@pytest.mark.parametrize(
    "step",
    ["receivables.tell_orders_of_invoice", "sales.record_fulfilment"],
)
@pytest.mark.parametrize("fault", ["refused", "repeated"])
async def test_a_step_that_is_refused_or_repeated_happens_once(
    erp: Erp, faults: FaultySteps, step: str, fault: str
) -> None:
    order = await deliver(erp)
    if fault == "refused":
        faults.refused[erp.company, step] = 1
    else:
        faults.repeated.add((erp.company, step))

    process = await bill(erp)
    if fault == "refused":
        parked = await until_parked(erp)
        await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await erp.until(order, "waiting for payment")
    (invoice,) = await until_billed(erp, order, 1)
    await pay(erp, invoice, "119.00")

    await erp.until(order, "closed")
    assert await ended(erp, process) == "paid"
    await agrees(erp)


@pytest.mark.parametrize("step", ["receivables.list_billing_due", "receivables.withdraw_billing_due"])
async def test_what_is_due_is_listed_and_withdrawn_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    faults.refused[erp.company, step] = 1
    faults.repeated.add((erp.company, step))
    order = await deliver(erp)
    await give_back(erp, order, "4")

    invoice = await billed(erp, order)

    assert invoice["total_amount"] == "71.40"
    await agrees(erp)


async def test_a_period_that_is_closed_keeps_the_run_waiting_and_nothing_is_lost(erp: Erp) -> None:
    march, april = await deliver(erp), await deliver(erp, "5", on="2026-04-05")
    await _lock_through(erp, "2026-03-31")

    run = await erp.post("/v1/collective-invoice-runs", {"month": "2026-04"}, by="accountant")
    assert (run["items"], run["exceptions"]) == (2, 2)
    parked = await until_parked(erp)
    assert parked["failure"] == "receivables.post_collective_invoice: period-locked"
    items = (await erp.get(f"/v1/runs/{parked['id']}/items"))["items"]
    assert [one["failure"] for one in items] == ["period-locked", "earlier-month-is-due"]
    await _lock_through(erp, "2026-02-28")
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")

    for order in (march, april):
        await until_billed(erp, order, seconds=20)
    await agrees(erp)


async def test_an_invoice_over_many_orders_tells_them_in_several_runs(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundation.process.process.Process.MOST_EVENTS", 40)
    orders = [await deliver(erp, "1") for _ in range(52)]

    process = await bill(erp)
    for order in orders:
        await erp.until(order, "waiting for payment")
    (invoice,) = await until_billed(erp, orders[0], 1)
    assert len((await erp.get(f"/v1/invoices/{invoice['invoice_id']}"))["orders"]) == 52
    await pay(erp, invoice, "618.80")

    for order in orders:
        await erp.until(order, "closed")
    assert await ended(erp, process) == "paid"
    await agrees(erp)


async def test_the_invoice_as_it_is_sent_names_its_orders(erp: Erp) -> None:
    order = await deliver(erp, customer_reference="PO 7")
    invoice = await billed(erp, order)

    response = await erp.request("GET", f"/v1/invoices/{invoice['invoice_id']}/pdf")

    assert (response.status_code, response.content[:5]) == (200, b"%PDF-")


async def _lock_through(erp: Erp, day: str) -> None:
    read = await erp.request("GET", "/v1/fiscal-years/2026", by="accountant")
    headers = dict(read.request.headers) | {"If-Match": read.headers["ETag"]}
    changed = await erp.http.patch("/v1/fiscal-years/2026", json={"locked_through": day}, headers=headers)
    assert changed.status_code == 200, changed.text

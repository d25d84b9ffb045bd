"""Procure to pay: from first to last, each step refused, each repeated."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.builders.purchase_orders import (
    ABROAD,
    PATH,
    SUPPLIER,
    TOLERANCE,
    TOLERANCES,
    a_purchase_order,
    billed,
    came,
    ended,
    moved,
    of_line,
    pay,
    receive,
)
from tests.checked import violations
from tests.erp import Erp, Refused
from tests.faulty_steps import FaultySteps


@pytest.fixture(autouse=True)
async def suppliers(erp: Erp) -> None:
    """At home and abroad."""
    for supplier in (SUPPLIER, ABROAD):
        await erp.post("/v1/suppliers", supplier)
    await erp.post(TOLERANCES, TOLERANCE)


async def still_open(erp: Erp) -> Any:
    """Its processes that have not ended."""
    return (await erp.get("/v1/processes", only_open=True, type="procure_to_pay"))["items"]


async def test_goods_come_in_parts_at_the_price_of_the_order(erp: Erp) -> None:
    before = await erp.balances()
    order = await erp.post(PATH, a_purchase_order())
    assert (order["status"], order["net_amount"], order["total_amount"]) == ("placed", "55.00", "63.65")
    assert await erp.balances() == before

    first = await receive(erp, order, (1, "4"))
    assert (first["value"], first["still_to_come"]) == ("16.00", {"1": "6", "2": "5"})
    last = await receive(erp, order)

    assert (last["value"], last["still_to_come"]) == ("39.00", {})
    now = await erp.get(f"{PATH}/{order['order_number']}")
    assert (now["status"], [line["received_quantity"] for line in now["lines"]]) == ("received", ["10", "5"])
    after = await erp.balances()
    assert after["inventory"] - before["inventory"] == Decimal("55.00")
    owed = after["goods_received_not_invoiced"] - before["goods_received_not_invoiced"]
    assert owed == Decimal("-55.00")
    assert (await erp.stock("APPLE"))["on_hand"] == "110"
    assert await violations(erp.company) == []


async def test_an_order_in_another_currency_is_taken_in_at_the_rate_of_the_day(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "3", "5.00"), supplier_code=ABROAD["code"]))
    rates = (await erp.get("/v1/exchange-rates", currency="USD"))["items"]

    received = await receive(erp, order)

    exact = Decimal("15.00") / Decimal(rates[0]["rate"])
    assert (order["currency"], received["value"]) == ("USD", f"{exact:.2f}")
    assert await violations(erp.company) == []


async def test_no_more_comes_than_may_and_nothing_before_it_was_ordered(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order())
    path = f"{PATH}/{order['order_id']}/receipts"
    before = await erp.balances()

    for body, status, fields in (
        (came((1, "11.01")), 409, ["lines.0.quantity"]),
        (came((1, "1"), (1, "1")), 409, ["lines.1.line_number"]),
        (came((7, "1")), 409, ["lines.0.line_number"]),
        (came(on="2026-03-01"), 422, ["received_on"]),
        (came(on="2031-03-09"), 422, ["received_on"]),
    ):
        refused = await erp.request("POST", path, body)
        assert refused.status_code == status, refused.text
        assert [error["field"] for error in refused.json()["errors"]] == fields

    assert await erp.balances() == before
    await receive(erp, order, (1, "11"))
    again = await erp.request("POST", path, came((1, "1")))
    assert again.status_code == 409


async def test_a_receipt_is_taken_back_through_its_order(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order())
    before = await erp.balances()
    received = await receive(erp, order, (1, "10"))
    path = f"/v1/stock-receipts/{received['receipt_id']}/reversal"

    back = await erp.post(path, {"reversed_on": "2026-03-12", "reason": "it was another order's"})

    assert back["reversal_number"].startswith("RV-")
    now = await erp.get(f"{PATH}/{order['order_id']}")
    assert (now["status"], [line["received_quantity"] for line in now["lines"]]) == ("placed", ["0", "0"])
    assert await erp.balances() == before
    assert (await receive(erp, order))["still_to_come"] == {}
    assert await violations(erp.company) == []


async def test_what_has_not_come_is_cancelled(erp: Erp) -> None:
    whole, rest = [await erp.post(PATH, a_purchase_order()) for _ in range(2)]
    await receive(erp, rest, (1, "4"))

    for order in (whole, rest):
        await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})

    now = [await erp.get(f"{PATH}/{order['order_id']}") for order in (whole, rest)]
    assert [(one["status"], one["reason"]) for one in now] == [
        ("cancelled", "too late"),
        ("received", "too late"),
    ]
    for order in (whole, rest):
        refused = await erp.request("POST", f"{PATH}/{order['order_id']}/receipts", came((1, "1")))
        assert refused.status_code == 409
    assert await violations(erp.company) == []


async def test_cancelled_where_it_waits(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order())
    (waiting,) = await still_open(erp)
    process = erp.temporal.get_workflow_handle(waiting["id"])

    await process.cancel()

    assert await process.result() == "cancelled"
    assert (await erp.get(f"{PATH}/{order['order_id']}"))["status"] == "cancelled"


async def test_what_has_come_is_billed_and_paid(erp: Erp) -> None:
    before = await erp.balances()
    order = await erp.post(PATH, a_purchase_order())
    await receive(erp, order)

    invoice = await billed(erp, order, "RE-0815", "63.65")
    assert (invoice["tax_amount"], invoice["price_difference"]) == ("8.65", "0.00")
    assert await moved(erp, before) == {
        "inventory": Decimal("55.00"),
        "tax_receivable": Decimal("8.65"),
        "payable": Decimal("-63.65"),
    }
    first = await pay(erp, invoice, "60.00")
    await pay(erp, invoice, "3.65")

    assert (await ended(erp, order))["stage"] == "paid"
    assert await moved(erp, before) == {
        "inventory": Decimal("55.00"),
        "tax_receivable": Decimal("8.65"),
        "bank": Decimal("-63.65"),
    }
    assert first["invoice_number"] == invoice["invoice_number"]
    assert await violations(erp.company) == []


async def test_what_was_paid_is_owed_again_when_the_payment_comes_back(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order())
    await receive(erp, order, (1, "4"))
    invoice = await billed(erp, order, "RE-0815", "19.04")
    before = await erp.balances()
    payment = await pay(erp, invoice, "19.04")
    wrong = f"/v1/supplier-invoices/{invoice['invoice_id']}/reversal"
    back = {"reversed_on": "2026-03-22", "reason": "returned by the bank"}

    assert (await erp.request("POST", wrong, back)).json()["type"] == "/problems/stands-on-it"
    await erp.post(f"/v1/supplier-payments/{payment['payment_id']}/reversal", back)

    assert await moved(erp, before) == {}
    assert (await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}"))["open_amount"] == "19.04"
    await receive(erp, order)
    await pay(erp, await billed(erp, order, "RE-0816", "44.61"), "44.61", on="2026-03-23")
    (process,) = await still_open(erp)
    assert process["stage"] == "waiting for payment"
    await pay(erp, invoice, "19.04", on="2026-03-23")
    assert (await ended(erp, order))["stage"] == "paid"
    assert await violations(erp.company) == []


async def test_what_comes_back_after_the_order_has_ended_is_owed_by_every_report(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "4", "4.00")))
    await receive(erp, order)
    invoice = await billed(erp, order, "RE-0815", "19.04")
    payment = await pay(erp, invoice, "19.04")
    await ended(erp, order)
    back = {"reversed_on": "2026-03-22", "reason": "returned by the bank"}

    await erp.post(f"/v1/supplier-payments/{payment['payment_id']}/reversal", back)
    await erp.at_rest()

    assert (await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}"))["open_amount"] == "19.04"
    of_supplier = {"as_of": "2026-03-31", "supplier": "GROVE", "side": "payable"}
    owed = (await erp.get("/v1/reports/open-items", **of_supplier))["rows"]
    aged = (await erp.get("/v1/reports/aged-payables", as_of="2026-03-31"))["rows"]
    assert [(row["document_id"], row["open_amount"]) for row in owed] == [(invoice["invoice_id"], "-19.04")]
    assert [(row["supplier_code"], row["open_amount"]) for row in aged] == [("GROVE", "19.04")]
    # The process has ended, and cannot be told; what it says of the order is as it was then.
    assert (await ended(erp, order))["outcome"] == "closed"
    assert (await erp.get("/v1/processes", only_exceptions="true"))["items"] == []
    assert await violations(erp.company) == []
    await pay(erp, invoice, "19.04", on="2026-03-23")
    await erp.at_rest()
    assert (await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}"))["open_amount"] == "0.00"
    assert await violations(erp.company) == []


async def test_what_was_ordered_free_of_charge_is_received_and_billed(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00"), ("PEAR", "5", "0")))
    await receive(erp, order)

    invoice = await billed(erp, order, "1", "47.60")
    await pay(erp, invoice, "47.60")

    assert (await ended(erp, order))["stage"] == "paid"
    assert await violations(erp.company) == []


async def test_an_order_of_services_alone_has_come_when_it_is_paid(erp: Erp) -> None:
    await erp.post("/v1/items", {"code": "ADVICE", "name": "Advice", "kind": "service", "tax_code": "S19"})
    order = await erp.post(PATH, a_purchase_order(("ADVICE", "2", "100.00")))
    first = await billed(erp, order, "1", "119.00", lines=of_line(1, "1"))
    await pay(erp, first, "119.00")
    before = await erp.get(f"{PATH}/{order['order_id']}")

    await pay(erp, await billed(erp, order, "2", "119.00"), "119.00")

    assert (await ended(erp, order))["stage"] == "paid"
    now = await erp.get(f"{PATH}/{order['order_id']}")
    assert (before["status"], now["status"]) == ("placed", "received")
    assert await violations(erp.company) == []


async def test_a_service_that_was_billed_is_not_cancelled_with_the_rest(erp: Erp) -> None:
    item = {"code": "ADVICE", "name": "Advice", "kind": "service", "tax_code": "S19"}
    await erp.post("/v1/items", item)
    order = await erp.post(PATH, a_purchase_order(("ADVICE", "1", "100.00"), ("APPLE", "1", "4.00")))
    invoice = await billed(erp, order, "1", "119.00")

    await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})

    (process,) = await still_open(erp)
    assert process["stage"] == "waiting for payment"
    await pay(erp, invoice, "119.00")
    assert (await ended(erp, order))["outcome"] == "closed"
    assert await violations(erp.company) == []


async def test_a_service_that_was_billed_by_mistake_is_cancelled_with_the_rest(erp: Erp) -> None:
    item = {"code": "ADVICE", "name": "Advice", "kind": "service", "tax_code": "S19"}
    await erp.post("/v1/items", item)
    order = await erp.post(PATH, a_purchase_order(("ADVICE", "1", "100.00"), ("APPLE", "1", "4.00")))
    wrong = await billed(erp, order, "1", "119.00")
    await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})

    back = {"reversed_on": "2026-03-12", "reason": "not given"}
    await erp.post(f"/v1/supplier-invoices/{wrong['invoice_id']}/reversal", back)

    assert (await ended(erp, order))["outcome"] == "cancelled"
    now = await erp.get(f"{PATH}/{order['order_id']}")
    assert (now["status"], now["reason"]) == ("cancelled", "too late")
    assert await violations(erp.company) == []


async def test_cancelled_when_what_had_come_was_taken_back(erp: Erp) -> None:
    first, then = [await erp.post(PATH, a_purchase_order()) for _ in range(2)]
    back = {"reversed_on": "2026-03-12", "reason": "a mistake"}
    receipts = [(await receive(erp, order, (1, "4")))["receipt_id"] for order in (first, then)]

    await erp.post(f"/v1/stock-receipts/{receipts[0]}/reversal", back)
    for order in (first, then):
        await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})
    await erp.post(f"/v1/stock-receipts/{receipts[1]}/reversal", back)

    for order in (first, then):
        assert (await ended(erp, order))["outcome"] == "cancelled"
        assert (await erp.get(f"{PATH}/{order['order_id']}"))["status"] == "cancelled"
    assert await violations(erp.company) == []


async def insisting(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask again what a test had refused."""
    try:
        return await ask()
    except Refused as refusal:
        assert "refused-by-the-test" in str(refusal)
        return await ask()


async def bought(erp: Erp) -> None:
    """Ordered, received, taken back and received again, billed twice and paid; the rest is cancelled."""
    back = {"reversed_on": "2026-03-12", "reason": "a mistake"}
    again = {"reversed_on": "2026-03-21", "reason": "returned"}
    order = await insisting(lambda: erp.post(PATH, a_purchase_order()))
    received = await insisting(lambda: receive(erp, order, (1, "10")))
    receipt = f"/v1/stock-receipts/{received['receipt_id']}/reversal"
    await insisting(lambda: erp.post(receipt, back))
    await receive(erp, order, (1, "10"))
    wrong = await insisting(lambda: billed(erp, order, "1", "47.60"))
    bill = f"/v1/supplier-invoices/{wrong['invoice_id']}/reversal"
    await insisting(lambda: erp.post(bill, back))
    invoice = await billed(erp, order, "1", "47.60")
    payment = await pay(erp, invoice, "47.60")
    await erp.post(f"/v1/supplier-payments/{payment['payment_id']}/reversal", again)
    await pay(erp, invoice, "47.60", on="2026-03-21")
    await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})
    assert (await ended(erp, order))["stage"] == "paid"


STEPS = [
    "procurement.place_purchase_order",
    "inventory.receive_stock",
    "procurement.record_receipt",
    "inventory.reverse_receipt",
    "payables.post_or_block_supplier_invoice",
    "payables.reverse_supplier_invoice",
    "ledger.find_open",
    "procurement.cancel_purchase_order",
]


@pytest.mark.parametrize("step", STEPS)
async def test_every_repeated_step_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    before = await erp.balances()
    faults.repeated.add((erp.company, step))

    await bought(erp)

    assert faults.has_repeated(erp.company, step)
    assert await moved(erp, before) == {
        "inventory": Decimal("40.00"),
        "tax_receivable": Decimal("7.60"),
        "bank": Decimal("-47.60"),
    }
    assert await violations(erp.company) == []


@pytest.mark.parametrize("step", STEPS)
async def test_every_refused_step_leaves_nothing_and_may_be_asked_again(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    before = await erp.balances()
    faults.refused[erp.company, step] = 1

    await bought(erp)

    assert faults.refused[erp.company, step] == 0
    assert await moved(erp, before) == {
        "inventory": Decimal("40.00"),
        "tax_receivable": Decimal("7.60"),
        "bank": Decimal("-47.60"),
    }
    assert await violations(erp.company) == []

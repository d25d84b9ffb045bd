"""Goods that are sent again cost nothing and are counted as they were; and when neither they nor what they
replace is kept, the freight is not either.
"""

from decimal import Decimal
from typing import Any

import pytest

from tests.checked import violations
from tests.erp import Erp, an_order
from tests.faulty_steps import FaultySteps
from tests.workflows import billing_together as together
from tests.workflows.test_replacements import ON, cancelled, replacement_of, sent, to_be_replaced
from tests.workflows.test_returns import delivered, inspect, return_of

DEPOSIT = {
    "code": "DEPOSIT",
    "name": "VAT and deposit",
    "components": [
        {"name": "VAT 19 %", "rate_percent": "19"},
        {"name": "Deposit", "amount_per_unit": "0.25"},
    ],
}
FREIGHT = {"freight_amount": "10.00", "freight_tax_code": "S19"}


def of(**line: Any) -> dict[str, Any]:
    return {"lines": [{"item_code": "APPLE", "quantity": "10", "unit_price": "10.00", **line}]}


async def nothing_violated(erp: Erp) -> None:
    assert [one.as_text() for one in await violations(erp.company)] == []


# Taxes of an amount per unit


async def apples_with_deposit(erp: Erp) -> None:
    await erp.post("/v1/tax-codes", DEPOSIT)
    erp.accepted(await erp.request("PATCH", "/v1/items/APPLE", {"tax_code": "DEPOSIT"}, if_match="*"))


@pytest.mark.parametrize("invoicing", ["shipment", "order"])
async def test_what_is_sent_again_is_not_taxed_again(erp: Erp, invoicing: str) -> None:
    await apples_with_deposit(erp)
    order = await erp.place(an_order(invoicing=invoicing, **of()))
    await erp.ship(order)
    assert (await erp.pay(order, "121.50"))["stage"] == "closed"
    charged = await erp.balances()

    again = await to_be_replaced(erp, order, "4")
    await sent(erp, again, "4")

    await erp.until(again, "closed")
    assert (await erp.order(again))["order"]["total_amount"] == "0.00"
    now = await erp.balances()
    assert (now["tax_payable"], now["receivable"]) == (charged["tax_payable"], Decimal(0))
    await inspect(erp, await return_of(erp, again, "4", resolution="refund"), received_on="2026-04-04")
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    assert note["total_amount"] == "48.60", "four of ten, with their deposit"
    await nothing_violated(erp)


async def test_what_is_sent_again_is_not_taxed_again_with_its_month(erp: Erp) -> None:
    await apples_with_deposit(erp)
    changed = await erp.request("PATCH", "/v1/customers/ALICE", {"invoicing": "collective"}, if_match="*")
    erp.accepted(changed)
    order = await together.deliver(erp, **of())
    invoice = await together.billed(erp, order)
    again = await to_be_replaced(erp, order, "4")

    await sent(erp, again, "4")
    await together.bill(erp, "2026-04")

    await together.until_billed(erp, again)
    assert (await erp.balances())["receivable"] == Decimal(invoice["total_amount"]) == Decimal("121.50")
    await nothing_violated(erp)


# Units


async def units_from(erp: Erp, day: str, units: Any) -> None:
    change = {"changes": [{"valid_from": day, "units": units}]}
    erp.accepted(await erp.request("PATCH", "/v1/items/APPLE", change, if_match="*"))


@pytest.mark.parametrize("units", [[{"unit": "box", "factor": "12"}], []], ids=["larger", "none"])
async def test_a_box_that_is_sent_again_has_as_many_as_the_one_that_came_back(erp: Erp, units: Any) -> None:
    order = await erp.place(an_order(**of(quantity="2", unit="box", unit_price="100.00")))
    await erp.ship(order)
    await units_from(erp, ON, units)

    again = await to_be_replaced(erp, order, "1")

    assert (await erp.stock("APPLE"))["reserved"] == "10"
    await sent(erp, again, "1")
    await erp.until(again, "closed")
    assert (await erp.stock("APPLE"))["on_hand"] == "80"
    once_more = await return_of(erp, again, "1", resolution="replace")
    await inspect(erp, once_more, received_on="2026-04-05")
    await replacement_of(erp, once_more)
    stock = await erp.stock("APPLE")
    assert (stock["on_hand"], stock["reserved"]) == ("90", "10")
    await nothing_violated(erp)


# Freight


async def with_freight(erp: Erp, invoicing: str) -> Any:
    """Ten apples and the freight: 130.90."""
    return await delivered(erp, paid=False, invoicing=invoicing, **FREIGHT)


@pytest.mark.parametrize(
    ("first", "paid"), [("the order", False), ("the order", True), ("what replaces it", False)]
)
async def test_of_an_order_and_its_replacement_that_are_cancelled_no_freight_is_left(
    erp: Erp, first: str, paid: bool
) -> None:
    before = await erp.balances()
    order = await with_freight(erp, "shipment")
    if paid:
        await erp.pay(order, "30.90", received_on="2026-03-20")
    again = await to_be_replaced(erp, order)

    for one in (order, again) if first == "the order" else (again, order):
        await cancelled(erp, one)
        await erp.until(one, "cancelled")

    await erp.at_rest()
    assert await erp.balances() == before
    notes = (await erp.get("/v1/credit-notes"))["items"]
    assert sum(Decimal(note["total_amount"]) for note in notes) == Decimal("130.90")
    await nothing_violated(erp)


async def test_freight_is_credited_with_the_last_goods_of_an_order_that_is_cancelled(erp: Erp) -> None:
    before = await erp.balances()
    order = await with_freight(erp, "shipment")
    again = await to_be_replaced(erp, order)
    await sent(erp, again, "6")
    await cancelled(erp, order)

    answer = await cancelled(erp, again)
    assert (await erp.balances())["receivable"] == Decimal("83.30"), "six apples and the freight"
    await inspect(erp, answer, received_on="2026-04-06")

    await erp.until(again, "cancelled")
    await erp.at_rest()
    assert await erp.balances() == before
    await nothing_violated(erp)


@pytest.mark.parametrize("fault", ["refused", "repeated"])
async def test_whether_its_order_was_cancelled_is_asked_until_it_is_answered(
    erp: Erp, faults: FaultySteps, fault: str
) -> None:
    before = await erp.balances()
    order = await with_freight(erp, "shipment")
    again = await to_be_replaced(erp, order)
    await cancelled(erp, order)
    if fault == "repeated":
        faults.repeated.add((erp.company, "sales.find_status"))
    else:
        faults.refused[erp.company, "sales.find_status"] = 1

    await cancelled(erp, again)

    await erp.until(again, "cancelled")
    await erp.at_rest()
    assert await erp.balances() == before
    await nothing_violated(erp)


async def test_freight_of_an_order_that_is_kept_stays_charged(erp: Erp) -> None:
    order = await with_freight(erp, "shipment")
    again = await to_be_replaced(erp, order)

    await cancelled(erp, again)

    await erp.until(again, "cancelled")
    await erp.at_rest()
    assert (await erp.balances())["receivable"] == Decimal("11.90")
    assert await erp.stage_of(order) == "waiting for payment"
    await nothing_violated(erp)


async def test_freight_of_a_month_goes_with_the_last_goods_as_well(erp: Erp) -> None:
    before = await erp.balances()
    order = await together.deliver(erp, **FREIGHT)
    await together.billed(erp, order)
    again = await to_be_replaced(erp, order)
    await cancelled(erp, order)
    await erp.until(order, "cancelled")
    assert (await erp.balances())["receivable"] == Decimal("130.90")

    await cancelled(erp, again, cancelled_on=ON)

    await erp.until(again, "cancelled")
    await erp.at_rest()
    assert await erp.balances() == before
    await nothing_violated(erp)

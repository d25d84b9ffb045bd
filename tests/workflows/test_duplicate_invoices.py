"""The same invoice of a supplier once more: by its number, or, as a suspicion, by its amount and day."""

import asyncio
from typing import Any

import pytest

from tests.builders.purchase_orders import (
    PATH,
    SUPPLIER,
    TOLERANCES,
    a_purchase_order,
    accept,
    billed,
    blocked,
    codes,
    entered,
    of_line,
    receive,
    reject,
)
from tests.checked import violations
from tests.erp import Erp


@pytest.fixture(autouse=True)
async def supplier(erp: Erp) -> None:
    """One of whom invoices over the same amount within ten days are looked at."""
    await erp.post("/v1/suppliers", SUPPLIER)
    await erp.post(TOLERANCES, {"valid_from": "2026-01-01", "duplicate_days": 10})


async def apples(erp: Erp, *come: str) -> Any:
    """Ten are ordered at 4.00, and some have come."""
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")))
    for quantity in come:
        await receive(erp, order, (1, quantity))
    return order


async def test_what_may_be_the_same_once_more_is_decided(erp: Erp) -> None:
    order = await apples(erp, "5", "5")
    half = of_line(1, "5")
    first = await billed(erp, order, "RE 1", "23.80", lines=half)

    again = await blocked(erp, order, "RE 2", "23.80", lines=half, invoiced_on="2026-03-01")

    assert codes(again) == [(0, "duplicate")]
    assert first["invoice_number"] in again["blocks"][0]["why"]
    await reject(erp, again)
    later = {"invoiced_on": "2026-03-22", "posted_on": "2026-03-22"}
    await billed(erp, order, "RE 3", "23.80", lines=half, **later)
    assert await violations(erp.company) == []


async def test_the_same_amount_within_the_days_is_accepted_by_another(erp: Erp) -> None:
    first, then = await apples(erp, "10"), await apples(erp, "10")
    await billed(erp, first, "1", "47.60", invoiced_on="2026-03-01")

    again = await blocked(erp, then, "2", "47.60", invoiced_on="2026-03-11")

    assert codes(again) == [(0, "duplicate")]
    assert (await accept(erp, again))["total_amount"] == "47.60"
    assert await violations(erp.company) == []


@pytest.mark.parametrize("come", ["10", "5"])
async def test_one_number_is_entered_once_by_two_at_the_same_moment(erp: Erp, come: str) -> None:
    orders = [await apples(erp, come) for _ in range(2)]
    asked = {"supplier_number": "RE 1", "invoiced_on": "2026-03-11", "posted_on": "2026-03-12"}
    asked |= {"total_amount": "47.60"}

    answers = await asyncio.gather(
        *(
            erp.request("POST", f"{PATH}/{order['order_id']}/invoices", asked | {"lines": of_line(1, "10")})
            for order in orders
        )
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (refused,) = (answer.json() for answer in answers if answer.status_code == 409)
    assert refused["type"] == "/problems/billed-already"
    assert await violations(erp.company) == []


async def test_of_two_over_one_amount_at_the_same_moment_one_is_looked_at(erp: Erp) -> None:
    orders = [await apples(erp, "10") for _ in range(2)]

    answers = await asyncio.gather(
        *(entered(erp, order, number, "47.60") for number, order in zip(("1", "2"), orders, strict=True))
    )

    assert sorted(answer["status"] for answer in answers) == ["blocked", "posted"]
    assert await violations(erp.company) == []

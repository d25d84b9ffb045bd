"""Purchase orders with lines that are free: no invoice can come for them alone, and none is waited for."""

from typing import Any

import pytest

from tests.builders.purchase_orders import (
    PATH,
    SUPPLIER,
    a_purchase_order,
    billed,
    ended,
    of_line,
    pay,
    priced,
    receive,
)
from tests.checked import violations
from tests.erp import Erp

APPLES, FREE_PEARS = ("APPLE", "10", "4.00"), ("PEAR", "5", "0")


@pytest.fixture(autouse=True)
async def supplier(erp: Erp) -> None:
    """Who gives them."""
    await erp.post("/v1/suppliers", SUPPLIER)


async def stage_of(erp: Erp, order: Any) -> tuple[str, str | None]:
    """What the order waits for, and how it has ended."""
    (process,) = (await erp.get("/v1/processes", document=order["order_number"]))["items"]
    return process["stage"], process["outcome"]


async def test_an_order_whose_last_goods_are_free_ends_when_they_have_come(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(APPLES, FREE_PEARS))
    await receive(erp, order, (1, "10"))
    await pay(erp, await billed(erp, order, "1", "47.60"), "47.60")
    assert await stage_of(erp, order) == ("waiting for goods", None)

    await receive(erp, order)

    process = await ended(erp, order)
    assert (process["stage"], process["outcome"]) == ("paid", "closed")
    assert await violations(erp.company) == []


async def test_free_goods_that_an_invoice_does_not_name_are_not_waited_for(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(APPLES, FREE_PEARS))
    await receive(erp, order)
    invoice = await billed(erp, order, "1", "47.60", lines=of_line(1, "10"))
    assert await stage_of(erp, order) == ("waiting for payment", None)

    await pay(erp, invoice, "47.60")

    assert (await ended(erp, order))["outcome"] == "closed"
    assert await violations(erp.company) == []


async def test_an_order_of_free_goods_alone_ends_when_they_have_come(erp: Erp) -> None:
    # The second comes to less than a cent.
    order = await erp.post(PATH, a_purchase_order(FREE_PEARS, ("APPLE", "1", "0.004")))

    await receive(erp, order)

    assert (await ended(erp, order))["outcome"] == "closed"
    assert await violations(erp.company) == []


async def test_goods_that_came_at_a_price_wait_for_their_invoice_also_when_they_are_free_now(
    erp: Erp,
) -> None:
    order = await erp.post(PATH, a_purchase_order(APPLES, ("PEAR", "5", "3.00")))
    await receive(erp, order)
    await pay(erp, await billed(erp, order, "1", "47.60", lines=of_line(1, "10")), "47.60")

    await priced(erp, order, (2, "0"))

    assert await stage_of(erp, order) == ("waiting for the supplier's invoice", None)
    assert await violations(erp.company) == []

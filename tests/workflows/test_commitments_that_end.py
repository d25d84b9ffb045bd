"""What of a requisition's order never comes commits no budget once the order has ended."""

import asyncio
from typing import Any

from tests.builders.budgets import of_budget
from tests.builders.purchase_orders import (
    PATH,
    TOLERANCE,
    TOLERANCES,
    billed,
    blocked,
    ended,
    of_line,
    pay,
    priced,
    receive,
    reject,
)
from tests.builders.requisitions import entered, line, ready, until
from tests.builders.supplier_items import PATH as SUPPLIER_ITEMS
from tests.builders.supplier_items import a_supplier_item
from tests.checked import violations_at_rest
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

END = "procurement.end_purchase_order"


async def ordered(erp: Erp, *lines: dict[str, Any]) -> Any:
    """The order of a requisition of Grove."""
    (first, *_) = (await until(erp, await entered(erp, *lines), "ordered"))["lines"]
    return await erp.get(f"{PATH}/{first['order_id']}")


async def all_agrees(erp: Erp) -> None:
    await erp.at_rest()
    assert await violations_at_rest(erp.company) == []


async def delivered_short(erp: Erp) -> Any:
    """Nine apples of ten come, which is enough, and are billed."""
    await ready(erp)
    await erp.post(TOLERANCES, TOLERANCE | {"under_delivery_percent": "10"})
    order = await ordered(erp, line())
    await receive(erp, order, (1, "9"))
    return order, await billed(erp, order, "1", "42.84")


async def test_what_is_tolerated_not_to_come_is_given_back_when_it_is_paid(erp: Erp) -> None:
    order, invoice = await delivered_short(erp)
    before = await of_budget(erp)

    await pay(erp, invoice, "42.84")

    assert (await ended(erp, order))["outcome"] == "closed"
    assert before == ("40.00", "60.00"), "the receipt may be taken back, and all of it come"
    assert await of_budget(erp) == ("36.00", "64.00")
    await all_agrees(erp)


async def test_a_service_whose_invoice_is_rejected_after_the_rest_was_cancelled_is_given_back(
    erp: Erp,
) -> None:
    await ready(erp, "200.00")
    await erp.post("/v1/items", {"code": "HELP", "name": "Help", "kind": "service", "tax_code": "S19"})
    await erp.post(SUPPLIER_ITEMS, a_supplier_item("GROVE/HELP", item_code="HELP", unit_price="100.00"))
    order = await ordered(erp, line(), line("HELP", "1"))
    await receive(erp, order, (1, "5"))
    wrong = await blocked(erp, order, "1", "150.00", lines=of_line(2, "1", "126.05"))
    await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "enough"})
    before = await of_budget(erp)

    await reject(erp, wrong)
    await pay(erp, await billed(erp, order, "2", "23.80", lines=of_line(1, "5")), "23.80")

    assert (await ended(erp, order))["outcome"] == "closed"
    assert before == ("120.00", "80.00")
    assert await of_budget(erp) == ("20.00", "180.00")
    await all_agrees(erp)


async def test_a_service_that_is_free_by_now_is_given_back_when_the_others_are_paid(erp: Erp) -> None:
    await ready(erp, "200.00")
    for code, price in (("HELP", "100.00"), ("CARE", "50.00")):
        await erp.post("/v1/items", {"code": code, "name": code, "kind": "service", "tax_code": "S19"})
        await erp.post(SUPPLIER_ITEMS, a_supplier_item(f"GROVE/{code}", item_code=code, unit_price=price))
    order = await ordered(erp, line("HELP", "1"), line("CARE", "1"))
    await priced(erp, order, (2, "0.00"))

    await pay(erp, await billed(erp, order, "1", "119.00", lines=of_line(1, "1")), "119.00")

    assert (await ended(erp, order))["outcome"] == "closed"
    assert (await erp.get(f"{PATH}/{order['order_id']}"))["status"] == "received"
    assert await of_budget(erp) == ("100.00", "100.00")
    await all_agrees(erp)


async def parked_of(erp: Erp) -> Any:
    """The one process that waits for a repair."""
    for _ in range(200):
        if parked := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return parked[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process was parked")


async def test_an_order_that_ends_twice_gives_back_once(erp: Erp, faults: FaultySteps) -> None:
    order, invoice = await delivered_short(erp)
    faults.repeated.add((erp.company, END))

    await pay(erp, invoice, "42.84")
    await ended(erp, order)

    assert faults.has_repeated(erp.company, END)
    assert await of_budget(erp) == ("36.00", "64.00")
    await all_agrees(erp)


async def test_an_order_that_cannot_end_yet_waits_and_shows_it(erp: Erp, faults: FaultySteps) -> None:
    order, invoice = await delivered_short(erp)
    faults.refused[erp.company, END] = 1

    await pay(erp, invoice, "42.84")
    parked = await parked_of(erp)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")

    assert (await ended(erp, order))["outcome"] == "closed"
    assert await of_budget(erp) == ("36.00", "64.00")

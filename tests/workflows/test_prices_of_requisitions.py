"""Other prices of what was requisitioned come to no more than people have said yes to who are asked."""

import asyncio
from typing import Any

from tests.builders.budgets import COST_CENTRES
from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import priced
from tests.builders.requisitions import a_policy, decide, entered, line, ready, until
from tests.erp import Erp, Refused


async def orders_of(erp: Erp, *lines: dict[str, Any], **changes: Any) -> list[Any]:
    """The order of each line of a requisition that is ordered, as soon as it is."""
    requisition = await entered(erp, *lines, **changes)
    if (await until(erp, requisition, "submitted", "ordered"))["status"] == "submitted":
        await decide(erp, requisition, by="accountant")
    ordered = (await until(erp, requisition, "ordered"))["lines"]
    return [await erp.get(f"{ORDERS}/{one['order_id']}") for one in ordered]


async def may_cost(erp: Erp, order: Any, *prices: tuple[int, str]) -> bool:
    """Whether these prices of lines are taken; otherwise it is for what people have not said yes to."""
    try:
        await priced(erp, order, *prices)
    except Refused as refused:
        assert "beyond-approval" in str(refused)
        return False
    return True


async def two_centres(erp: Erp) -> None:
    """Sales buys as well."""
    await ready(erp, "1000.00")
    await erp.post(COST_CENTRES, {"code": "SALES", "name": "Sales"})


async def test_its_orders_count_together(erp: Erp) -> None:
    await ready(erp, "1000.00")
    await a_policy(erp, "accountant", from_amount="100.00")
    apples, pears = await orders_of(erp, line(), line("PEAR"))  # 40.00 and 30.00, without tax.

    assert await may_cost(erp, apples, (1, "5.50"))
    assert not await may_cost(erp, pears, (1, "5.40"))  # 45.00 at 1.20.
    assert await may_cost(erp, pears, (1, "5.39"))


async def test_of_two_changes_at_once_that_are_too_much_together_one_is_refused(erp: Erp) -> None:
    await ready(erp, "1000.00")
    await a_policy(erp, "accountant", from_amount="100.00")
    apples, pears = await orders_of(erp, line(), line("PEAR"))

    taken = await asyncio.gather(may_cost(erp, apples, (1, "5.50")), may_cost(erp, pears, (1, "5.40")))

    assert sorted(taken) == [False, True]


async def test_what_is_moved_from_one_line_to_another_counts_for_its_cost_centre(erp: Erp) -> None:
    await two_centres(erp)
    await a_policy(erp, "accountant", from_amount="50.00", cost_centre="SALES")
    (order, _) = await orders_of(erp, line(), line(cost_centre="SALES"))

    assert not await may_cost(erp, order, (1, "3.00"), (2, "5.00"))
    assert await may_cost(erp, order, (1, "3.00"), (2, "4.99"))


async def test_a_cost_centre_is_asked_about_what_is_its_own_and_without_tax(erp: Erp) -> None:
    await two_centres(erp)
    await a_policy(erp, "accountant", from_amount="60.00", cost_centre="SALES")
    await a_policy(erp, "accountant", code="ALL", from_amount="95.00")
    (order, _) = await orders_of(erp, line(), line(cost_centre="SALES"))

    assert await may_cost(erp, order, (1, "5.00"))
    assert await may_cost(erp, order, (1, "5.49"))  # 94.90, and more with tax.
    assert not await may_cost(erp, order, (1, "5.50"))


async def test_what_people_have_said_yes_to_may_be_agreed_again(erp: Erp) -> None:
    await ready(erp, "1000.00")
    await a_policy(erp, "accountant", from_amount="30.00")
    apples, pears = await orders_of(erp, line(), line("PEAR"))

    assert await may_cost(erp, apples, (1, "3.00"))
    assert await may_cost(erp, apples, (1, "4.00"))
    assert not await may_cost(erp, apples, (1, "4.01"))
    assert await may_cost(erp, pears, (1, "3.48"))  # One euro less.
    assert await may_cost(erp, apples, (1, "4.10"))
    assert not await may_cost(erp, pears, (1, "3.60"))


async def test_what_was_cancelled_does_not_count(erp: Erp) -> None:
    await ready(erp, "1000.00")
    await a_policy(erp, "accountant", from_amount="80.00")
    apples, pears = await orders_of(erp, line(), line("PEAR"))

    assert not await may_cost(erp, apples, (1, "5.00"))
    await erp.post(f"{ORDERS}/{pears['order_id']}/cancellation", {"reason": "no pears"})

    assert await may_cost(erp, apples, (1, "7.99"))
    assert not await may_cost(erp, apples, (1, "8.00"))

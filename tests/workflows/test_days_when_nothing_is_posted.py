"""A day on which nothing can be posted is refused also when nothing is to be posted: it is written down all
the same, and read as one that can be.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.checked import violations
from tests.erp import Erp, an_order
from tests.workflows import billing_together as together
from tests.workflows.test_dates_first import march_locked
from tests.workflows.test_returns import return_of

SERVICE = [{"item_code": "ADVICE", "quantity": "3", "unit_price": "90.00"}]
Asked = tuple[str, dict[str, Any], str]


async def cancelling(erp: Erp) -> Asked:
    order = await erp.place()
    return f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "no more"}, "cancelled_on"


async def closing_the_rest(erp: Erp) -> Asked:
    order = await together.place(erp)
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    return f"/v1/sales-orders/{order['order_id']}/closing", {"reason": "enough"}, "closed_on"


async def taking_services_back(erp: Erp) -> Asked:
    order = await erp.place(an_order(invoicing="order", lines=SERVICE))
    shipped = await erp.ship(order, lines=[{"line_number": 1, "quantity": "1"}])
    asked = {"reason": "not given", "order_id": order["order_id"]}
    return f"/v1/shipments/{shipped['shipment_id']}/reversal", asked, "reversed_on"


async def inspecting_what_did_not_come(erp: Erp) -> Asked:
    order = await erp.place()
    await erp.ship(order)
    returned = await return_of(erp, order, "4")
    lines = [{"line_number": 1, "quantity": "0"}]
    return f"/v1/returns/{returned['return_id']}/inspection", {"lines": lines}, "received_on"


COMMANDS: list[Callable[[Erp], Awaitable[Asked]]] = [
    cancelling,
    closing_the_rest,
    taking_services_back,
    inspecting_what_did_not_come,
]


@pytest.mark.parametrize("ask", COMMANDS)
@pytest.mark.parametrize(("day", "why"), [("2062-01-01", "no-fiscal-year"), ("2026-03-30", "period-locked")])
async def test_its_day_is_one_on_which_something_could_be_posted(
    erp: Erp, ask: Callable[[Erp], Awaitable[Asked]], day: str, why: str
) -> None:
    path, body, field = await ask(erp)
    await march_locked(erp)

    for how in ({"dry_run": "true"}, {}):
        refused = await erp.request("POST", path, body | {field: day}, **how)

        problem = refused.json()
        assert (refused.status_code, problem["type"]) == (422, f"/problems/{why}"), problem
        assert [error["field"] for error in problem["errors"]] == [field]
    erp.accepted(await erp.request("POST", path, body | {field: "2026-04-02"}))
    await erp.at_rest()
    assert [one.as_text() for one in await violations(erp.company)] == []

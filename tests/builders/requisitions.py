"""Requisitions as tests ask for them: here, and nowhere else, is said what one needs."""

import asyncio
from typing import Any

from tests.builders.budgets import with_budget
from tests.builders.purchase_orders import ABROAD, receive
from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.supplier_items import a_supplier_item, with_suppliers
from tests.erp import Erp

PATH = "/v1/purchase-requisitions"
OF_GROVE = a_supplier_item("GROVE/APPLE", multiple="5", preferred=True)
"""Grove sells apples at 4.00, in cartons of five."""
FROM_ABROAD = a_supplier_item(
    "PLANTATION/PEAR", supplier_code=ABROAD["code"], item_code="PEAR", unit_price="3.60", currency="USD"
)
"""3.00 euros at 1.20."""


def line(item_code: str = "APPLE", quantity: str = "10", **more: Any) -> dict[str, Any]:
    """Ten apples for the workshop, which cost 40.00."""
    wanted = {"item_code": item_code, "quantity": quantity, "wanted_on": "2026-03-20", "cost_centre": "SHOP"}
    return wanted | more


def a_requisition(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Ten apples, or these lines."""
    asked = {"requested_on": "2026-03-02", "reason": "for the spring", "lines": list(lines or (line(),))}
    return asked | changes


async def ready(erp: Erp, budget: str = "100.00") -> None:
    """The company knows who sells apples and pears, and the workshop has a budget."""
    await with_suppliers(erp, OF_GROVE, FROM_ABROAD)
    await with_budget(erp, budget)


async def a_policy(erp: Erp, *roles: str, **more: Any) -> None:
    """These roles say yes to requisitions, one after the other."""
    levels = [{"number": number, "role": role} for number, role in enumerate(roles, start=1)]
    wanted = {"code": "PQ", "kind": "purchase_requisition", "valid_from": "2020-01-01", "levels": levels}
    await erp.post("/v1/approval-policies", wanted | more)


async def entered(erp: Erp, *lines: dict[str, Any], by: str = "administrator", **changes: Any) -> Any:
    """Somebody needs it."""
    return await erp.post(PATH, a_requisition(*lines, **changes), by=by)


async def refused(
    erp: Erp, *lines: dict[str, Any], by: str = "administrator", **changes: Any
) -> tuple[int, str, list[str]]:
    """What a requisition is refused for, and at which fields."""
    answer = await erp.request("POST", PATH, a_requisition(*lines, **changes), by=by)
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem.get("type", "").rpartition("/")[2], fields


async def until(erp: Erp, requisition: Any, *statuses: str) -> Any:
    """Wait a moment until it has come so far; gives it as it is then."""
    for _ in range(400):
        now = await erp.get(f"{PATH}/{requisition['requisition_id']}")
        if now["status"] in statuses:
            return now
        await asyncio.sleep(0.05)
    raise AssertionError(f"the requisition is {now['status']}, not {statuses}")


async def process_of(erp: Erp, requisition: Any) -> Any:
    """Its process, as our books have it."""
    document = requisition["requisition_number"]
    (process,) = (await erp.get("/v1/processes", document=document))["items"]
    return process


async def decide(erp: Erp, requisition: Any, *, by: str, approved: bool = True) -> Any:
    """Somebody who is asked says yes or no."""
    path = f"{PATH}/{requisition['requisition_id']}/approval"
    return await erp.post(path, {"approved": approved, "reason": "because"}, by=by)


async def cancel(erp: Erp, requisition: Any, *, by: str = "administrator") -> Any:
    """It is not needed after all."""
    path = f"{PATH}/{requisition['requisition_id']}/cancellation"
    return await erp.post(path, {"reason": "no need"}, by=by)


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them: ordered, in part, or not at all; waiting,
    rejected, cancelled.
    """
    await ready(erp, "1000.00")
    half, whole = [await entered(erp, line(), line("PEAR", "7")) for _ in range(2)]
    apples, _ = (await until(erp, half, "ordered"))["lines"]
    order = await erp.get(f"{ORDERS}/{apples['order_id']}")
    await receive(erp, order, (1, "4"))
    await erp.post(f"{ORDERS}/{order['order_id']}/cancellation", {"reason": "enough"})
    _, pears = (await until(erp, whole, "ordered"))["lines"]
    await erp.post(f"{ORDERS}/{pears['order_id']}/cancellation", {"reason": "no pears"})
    await a_policy(erp, "accountant", "credit manager", category="asked")
    asked = [await entered(erp, line(), line("PEAR"), category="asked") for _ in range(5)]
    for requisition in asked:
        await until(erp, requisition, "submitted")
    approved, in_part, rejected, cancelled, _ = asked
    for by in ("accountant", "credit manager"):
        await decide(erp, approved, by=by)
    await until(erp, approved, "ordered")
    await decide(erp, rejected, by="accountant")
    await decide(erp, rejected, by="credit manager", approved=False)
    await cancel(erp, cancelled)
    await erp.request("PATCH", f"/v1/suppliers/{ABROAD['code']}", {"blocked": True}, if_match="*")
    for by in ("accountant", "credit manager"):
        await decide(erp, in_part, by=by)
    await until(erp, in_part, "ordered")
    await erp.request("PATCH", f"/v1/suppliers/{ABROAD['code']}", {"blocked": False}, if_match="*")

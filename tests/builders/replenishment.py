"""What runs short, as tests ask for it: here, and nowhere else, is said what one needs."""

import asyncio
from typing import Any

from tests.builders.requisitions import PATH as REQUISITIONS
from tests.builders.supplier_items import a_supplier_item, with_suppliers
from tests.erp import Erp, an_order

RULES = "/v1/reorder-rules"
RUNS = "/v1/replenishment-runs"
SHORT = "/v1/reports/shortages"
ON = "2026-03-05"


def a_rule(item_code: str = "PEAR", **changes: Any) -> dict[str, Any]:
    """With 120 or less of an item in the main warehouse it is bought, up to 200."""
    asked = {"warehouse_code": "MAIN", "reorder_point": "120", "order_up_to": "200"}
    return {"code": f"MAIN/{item_code}", "item_code": item_code} | asked | changes


async def sold_here(erp: Erp) -> None:
    """Grove sells apples at 4.00 in cartons of five, and pears at 3.00; nobody sells nuts."""
    apples = a_supplier_item("GROVE/APPLE", multiple="5", preferred=True)
    await with_suppliers(
        erp, apples, a_supplier_item("GROVE/PEAR", item_code="PEAR", unit_price="3.00", preferred=True)
    )


async def waits_for(erp: Erp, quantity: str, item_code: str = "APPLE", **more: Any) -> Any:
    """A customer orders; there are 100 of each item."""
    lines = [{"item_code": item_code, "quantity": quantity, "unit_price": "10.00"}]
    return await erp.place(an_order(lines=lines, **more))


async def run(erp: Erp, on: str = ON, *, by: str = "administrator") -> Any:
    """The run of a day, which asks for all that is short."""
    return await erp.post(RUNS, {"on": on}, by=by)


async def short(erp: Erp, **filters: str) -> dict[str, Any]:
    """What is short now, by item."""
    return {one["item_code"]: one for one in await erp.get(SHORT, **filters)}


async def asked_for(erp: Erp) -> list[Any]:
    """All requisitions with their lines, the first first, once their processes have begun."""
    found = (await erp.get(REQUISITIONS, sort="number"))["items"]
    return [await erp.get(f"{REQUISITIONS}/{one['requisition_id']}") for one in found]


async def so_many(erp: Erp, count: int) -> list[Any]:
    """All requisitions, once there are so many."""
    for _ in range(400):
        if len(requisitions := await asked_for(erp)) == count:
            return requisitions
        await asyncio.sleep(0.05)
    raise AssertionError(f"there are {len(requisitions)} requisitions, not {count}")


async def all_ordered(erp: Erp) -> list[Any]:
    """All requisitions, once there are some and their orders are placed."""
    for _ in range(400):
        requisitions = await asked_for(erp)
        if requisitions and all(one["status"] == "ordered" for one in requisitions):
            return requisitions
        await asyncio.sleep(0.05)
    raise AssertionError(f"requisitions are {[one['status'] for one in requisitions]}")


def quantities(requisitions: list[Any]) -> dict[str, list[str]]:
    """What was asked for, line by line, by item."""
    found: dict[str, list[str]] = {}
    for requisition in requisitions:
        for line in requisition["lines"]:
            found.setdefault(line["item_code"], []).append(line["quantity"])
    return found


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with it: a rule, and orders that wait, of which the
    second comes after the first is asked for.
    """
    sold = []
    for code in ("FIG", "DATE"):
        await erp.post("/v1/items", {"code": code, "name": code, "tax_code": "S19"})
        sold.append(a_supplier_item(f"GROVE/{code}", item_code=code, multiple="5"))
    await with_suppliers(erp, *sold, a_supplier_item("GROVE/NUT", item_code="FIFO-NUT"))
    await erp.post(RULES, a_rule("DATE"))
    await waits_for(erp, "12", "FIG")
    await run(erp)
    await all_ordered(erp)
    await waits_for(erp, "6", "FIG")
    assert (await run(erp, "2026-03-06"))["exceptions"] == 0
    await all_ordered(erp)

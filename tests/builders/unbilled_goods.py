"""Write-offs of goods as tests ask for them: here, and nowhere else, is said what one needs."""

import asyncio
from typing import Any

from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import a_purchase_order, billed, receive
from tests.erp import Erp

PATH = "/v1/goods-write-offs"
APPROVER = "administrator"
"""Who may say yes in the place of a finance director."""


def a_write_off(*lines: int, **changes: Any) -> dict[str, Any]:
    """What is open of these lines, or of all, is never billed."""
    named = [{"line_number": number} for number in lines]
    return {"written_off_on": "2026-03-31", "reason": "never billed", "lines": named} | changes


async def requested(erp: Erp, order: Any, *lines: int, by: str = "accountant", **changes: Any) -> Any:
    """Somebody asks for it; gives where it stands."""
    path = f"{ORDERS}/{order['order_id']}/goods-write-offs"
    return await erp.post(path, a_write_off(*lines, **changes), by=by)


async def why_not(
    erp: Erp, order: Any, *lines: int, by: str = "accountant", **changes: Any
) -> tuple[int, str, list[str]]:
    """What it is refused for."""
    path = f"{ORDERS}/{order['order_id']}/goods-write-offs"
    answer = await erp.request("POST", path, a_write_off(*lines, **changes), by=by)
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem["type"].rpartition("/")[2], fields


async def asked_about(erp: Erp, asked: Any) -> Any:
    """The approval that it waits for, or has waited for."""
    (approval,) = (await erp.get("/v1/approvals", document=asked["write_off_number"]))["items"]
    return approval


async def decide(erp: Erp, asked: Any, *, by: str = APPROVER, approved: bool = True, **more: Any) -> Any:
    """Who is asked says yes or no."""
    path = f"/v1/approvals/{(await asked_about(erp, asked))['id']}/decision"
    return await erp.post(path, {"approved": approved, "reason": "because"} | more, by=by)


async def written_off(erp: Erp, order: Any, *lines: int, **changes: Any) -> Any:
    """It was asked for, and somebody has said yes; gives the write-off."""
    asked = await requested(erp, order, *lines, **changes)
    await decide(erp, asked)
    await over(erp, asked)
    return await erp.get(f"{PATH}/{asked['write_off_id']}")


async def over(erp: Erp, asked: Any) -> Any:
    """Wait a moment until its process has ended; gives its row."""
    for _ in range(400):
        (process,) = (await erp.get("/v1/processes", document=asked["write_off_number"]))["items"]
        if process["outcome"]:
            return process
        await asyncio.sleep(0.05)
    raise AssertionError(process)


async def taken_back(erp: Erp, write_off: Any, on: str = "2026-03-31") -> Any:
    """It was a mistake."""
    path = f"{PATH}/{write_off['write_off_id']}/reversal"
    return await erp.post(path, {"reversed_on": on, "reason": "billed after all"}, by="accountant")


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them."""
    order = await erp.post(ORDERS, a_purchase_order(("APPLE", "5", "4.00"), ("PEAR", "5", "3.00")))
    await receive(erp, order)
    mistaken = await written_off(erp, order, 1)
    await taken_back(erp, mistaken)
    await written_off(erp, order, 1)
    lines = [{"line_number": 2, "quantity": "2"}]
    await billed(erp, order, "W1", "6.42", lines=lines)

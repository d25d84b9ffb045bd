"""What tests of approvals share: held orders, people, inboxes and decisions."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.erp import Erp, an_order

NOBODYS = "00000000-0000-5000-8000-000000000000"
BIG = [{"item_code": "APPLE", "quantity": "90", "unit_price": "10.00"}]


async def a_held_order(erp: Erp, *, by: str = "sales clerk", first: str = "") -> tuple[Any, Any]:
    """An order over its limit, and the approval that it waits for; the `first` role's of several."""
    response = await erp.request("POST", "/v1/sales-orders", an_order(customer_code="BOB", lines=BIG), by=by)
    order = response.json()
    assert (response.status_code, order.get("status")) == (202, "held"), response.text
    asked = await asked_about(erp, order)
    (approval,) = [one for one in asked if first in ("", one["role"])]
    return order, approval


async def asked_about(erp: Erp, order: Any) -> list[Any]:
    """All that was asked about an order, in its order."""
    found: list[Any] = (await erp.get("/v1/approvals", document=order["order_number"]))["items"]
    return found


async def asked_at_once(erp: Erp, order: Any, people: int) -> list[Any]:
    """The same, when all who are asked at the same time are: the second comes a moment after the first."""
    for _ in range(100):
        if len(asked := await asked_about(erp, order)) == people:
            return asked
        await asyncio.sleep(0.05)
    raise AssertionError(f"{people} were to be asked, and are not: {asked}")


def level(number: int, role: str, **more: Any) -> dict[str, Any]:
    """A level of a policy."""
    return {"number": number, "role": role} | more


async def a_policy(erp: Erp, code: str, *levels: Any, **more: Any) -> Any:
    """A policy for credit decisions that counts at once."""
    wanted = {"code": code, "kind": "credit", "levels": list(levels), "valid_from": "2020-01-01"} | more
    return await erp.post("/v1/approval-policies", wanted)


async def hire(erp: Erp, name: str, *roles: str) -> str:
    """Somebody new; answers by which name the person asks."""
    asked = {"actor": name, "companies": [erp.company], "roles": list(roles)}
    erp.keys[name] = (await erp.post("/v1/api-keys", asked))["key"]
    return name


async def inbox(erp: Erp, by: str) -> list[str]:
    """The documents that wait on somebody."""
    found = await erp.get("/v1/approvals", by=by, waiting_on="me")
    return [approval["document"] for approval in found["items"]]


def for_days(days: float, **more: Any) -> dict[str, Any]:
    """The time of a delegation."""
    until = datetime.now(UTC) + timedelta(days=days)
    return {"role": "credit manager", "valid_until": until.isoformat(), **more}


async def decide(
    erp: Erp, approval: Any, by: str, *, approved: bool = True, key: str | None = None
) -> tuple[int, Any]:
    """A decision, and how it was answered: the status, and the approval or the problem."""
    body = {"approved": approved, "reason": "because"}
    answer = await erp.request("POST", f"/v1/approvals/{approval['id']}/decision", body, by=by, key=key)
    return answer.status_code, answer.json()

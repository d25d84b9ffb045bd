"""A command that comes twice with its key has one effect and one answer; with another body it is refused."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.erp import Erp, an_order


@dataclass(frozen=True)
class Command:
    """A command to an order, and another that somebody might send with the same key by mistake."""

    path: str
    asked: dict[str, Any]
    other: dict[str, Any]
    by: str
    needs: str = ""

    async def send(self, erp: Erp, order: Any, *, other: bool = False) -> httpx.Response:
        """Send it, always with the same key."""
        path = f"/v1/sales-orders/{order['order_id']}/{self.path}"
        return await erp.request("POST", path, self.other if other else self.asked, by=self.by, key="the key")


COMMANDS = {
    "shipped": Command(
        "shipments",
        {"shipped_on": "2026-03-05", "lines": [{"line_number": 1, "quantity": "4"}]},
        {"shipped_on": "2026-03-05", "lines": [{"line_number": 1, "quantity": "5"}]},
        by="warehouse",
    ),
    "shipped entirely": Command(
        "shipments", {"shipped_on": "2026-03-05"}, {"shipped_on": "2026-03-06"}, by="warehouse"
    ),
    "paid in part": Command(
        "payments",
        {"received_on": "2026-03-20", "amount": "19.00", "currency": "EUR"},
        {"received_on": "2026-03-20", "amount": "20.00", "currency": "EUR"},
        by="accountant",
        needs="shipment",
    ),
    "paid": Command(
        "payments",
        {"received_on": "2026-03-20", "amount": "119.00", "currency": "EUR"},
        {"received_on": "2026-03-20", "amount": "120.00", "currency": "EUR"},
        by="accountant",
        needs="shipment",
    ),
    "approved": Command(
        "approval",
        {"approved": True, "reason": "a good customer"},
        {"approved": False},
        by="credit manager",
        needs="decision",
    ),
    "amended": Command(
        "amendments",
        {"lines": [{"item_code": "APPLE", "quantity": "4", "unit_price": "10.00"}]},
        {"lines": [{"item_code": "APPLE", "quantity": "5", "unit_price": "10.00"}]},
        by="sales clerk",
    ),
    "cancelled": Command(
        "cancellation",
        {"reason": "no more", "cancelled_on": "2026-04-01"},
        {"reason": "no more", "cancelled_on": "2026-04-02", "money": "on_account"},
        by="sales clerk",
    ),
}


async def order_for(erp: Erp, command: Command) -> Any:
    """An order to which the command can be given."""
    if command.needs == "decision":
        lines = [{"item_code": "ADVICE", "quantity": "200", "unit_price": "10.00"}]
        return await erp.place(an_order(customer_code="BOB", lines=lines))
    order = await erp.place()
    if command.needs == "shipment":
        await erp.ship(order)
    return order


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("crossing", [False, True], ids=["one after the other", "at the same instant"])
async def test_the_same_command_twice_has_one_effect_and_one_answer(
    erp: Erp, name: str, crossing: bool
) -> None:
    command = COMMANDS[name]
    order = await order_for(erp, command)

    if crossing:
        first, again = await asyncio.gather(*(command.send(erp, order) for _ in range(2)))
    else:
        first, again = [await command.send(erp, order) for _ in range(2)]
    once = (await erp.order(order))["process"]["timeline"]
    late = await command.send(erp, order)

    assert first.status_code in (200, 201)
    for repeated in (again, late):
        assert (repeated.status_code, repeated.json()) == (first.status_code, first.json())
    assert (await erp.order(order))["process"]["timeline"] == once


@pytest.mark.parametrize("name", COMMANDS)
async def test_another_command_with_the_same_key_is_refused(erp: Erp, name: str) -> None:
    command = COMMANDS[name]
    order = await order_for(erp, command)
    first = await command.send(erp, order)
    once = await erp.order(order)

    other = await command.send(erp, order, other=True)

    assert first.status_code in (200, 201)
    assert other.status_code == 409, other.text
    assert other.json()["type"] in (
        "/problems/conflict",
        "/problems/process-ended",
        "/problems/decided-already",
    )
    assert await erp.order(order) == once

"""How the demo buys what it runs short of: asked for by a run, ordered, received, and billed too early."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

from perpetual.demo.calendar import Calendar
from perpetual.demo.people import ACCOUNTS, BUYER, WAREHOUSE, People, Refused
from perpetual.demo.supply import ARRIVES_AFTER

LOOKS, LOOKS_EVERY_SECONDS = 300, 0.1


class Purchases:
    """What orders wait for, or a rule says, is asked for by the run of a day and ordered. It comes in two
    parts. The supplier bills all of it with the first: the invoice is blocked until the second has come.
    """

    def __init__(self, people: People, on: date) -> None:
        self.people, self.on = people, on
        self.arrives = on + ARRIVES_AFTER
        self.orders: list[dict[str, Any]] = []

    def plan(self, calendar: Calendar) -> None:
        """What will happen when."""
        for on, happening in (
            (self.on, self.ask),
            (self.arrives, self.receive_some),
            (self.arrives, self.bill),
            (self.arrives, self.receive_the_rest),
        ):
            calendar.add(on, "purchases", happening)

    async def ask(self) -> None:
        """The buyer looks, has the run of the day when something is short, and gets the orders of the day,
        also those of an earlier demo that was cut off.
        """
        on = self.on.isoformat()
        short = await self.people.get("/v1/reports/shortages")
        if any(Decimal(one["suggested_quantity"]) for one in short):
            key = f"demo/replenishment/{on}"
            await self.people.post("/v1/replenishment-runs", {"on": on}, by=BUYER, key=key)
        for requisition in await self._ordered():
            for order_id in dict.fromkeys(line["order_id"] for line in requisition["lines"]):
                self.orders.append(await self.people.get(f"/v1/purchase-orders/{order_id}"))

    async def _ordered(self) -> list[dict[str, Any]]:
        """The requisitions of the day, once all are ordered."""
        days = {"requested_from": self.on.isoformat(), "requested_to": self.on.isoformat()}
        for _ in range(LOOKS):
            heads = [one async for one in self.people.every("/v1/purchase-requisitions", **days)]
            if all(head["status"] == "ordered" for head in heads):
                path = "/v1/purchase-requisitions"
                return [await self.people.get(f"{path}/{head['requisition_id']}") for head in heads]
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        raise Refused(202, {"detail": f"what was asked for on {self.on} is not ordered"})

    async def receive_some(self) -> None:
        """Half of the first line comes first: the orders that wait for it are served, oldest first."""
        for order in self.orders:
            if (some := half(order)) is not None:
                await self._receive(order, "first", [{"line_number": 1, "quantity": str(some)}])

    async def receive_the_rest(self) -> None:
        """And then all that is still to come: the invoice matches, and is posted."""
        for order in self.orders:
            await self._receive(order, "rest", [])

    async def _receive(self, order: dict[str, Any], part: str, lines: list[dict[str, Any]]) -> None:
        body = {
            "received_on": self.arrives.isoformat(),
            "reference": f"delivery note, {part}",
            "lines": lines,
        }
        path = f"/v1/purchase-orders/{order['order_id']}/receipts"
        await self.people.post(path, body, by=WAREHOUSE, key=f"demo/{order['order_number']}/{part}")

    async def bill(self) -> None:
        """The supplier's invoice over all that was ordered waits for what has not come."""
        on = self.arrives.isoformat()
        names = ("line_number", "quantity")
        for order in self.orders:
            body = {
                "supplier_number": f"RE-{order['order_number']}",
                "invoiced_on": on,
                "posted_on": on,
                "total_amount": order["total_amount"],
                "lines": [{name: line[name] for name in names} for line in order["lines"]],
            }
            path = f"/v1/purchase-orders/{order['order_id']}/invoices"
            await self.people.post(path, body, by=ACCOUNTS, key=f"demo/{order['order_number']}/invoice")


def half(order: dict[str, Any]) -> Decimal | None:
    """What comes of an order's first line before the rest; nothing when all of it is one piece."""
    quantity, is_alone = Decimal(order["lines"][0]["quantity"]), len(order["lines"]) == 1
    some = max((quantity / 2).to_integral_value(), Decimal(1))
    return None if is_alone and some >= quantity else some

"""How the demo buys what is scarce: ordered from a supplier, received, and billed too early."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from perpetual.demo.calendar import Calendar
from perpetual.demo.people import ACCOUNTS, BUYER, WAREHOUSE, People
from perpetual.demo.supply import Supply

SUPPLIER = "S-2001"
ORDERED_BEFORE = timedelta(days=10)


class Purchase:
    """Scarce goods are ordered and come in two parts. Their supplier bills all of them with the first: the
    invoice is blocked until the second has come.
    """

    def __init__(self, people: People, supply: Supply, size: int) -> None:
        self.people, self.supply = people, supply
        # Another number of customers' orders needs other quantities: that is another purchase.
        self.key = f"demo/purchase/{supply.on.isoformat()}/{size}"
        self.order: dict[str, Any] = {}
        self.invoice_id = ""

    def plan(self, calendar: Calendar) -> None:
        """What will happen when."""
        arrives = self.supply.on
        for on, happening in (
            (arrives - ORDERED_BEFORE, self.place),
            (arrives, self.receive_some),
            (arrives, self.bill),
            (arrives, self.receive_the_rest),
        ):
            calendar.add(on, "purchases", happening)

    async def place(self) -> None:
        """The buyer orders at the prices that were paid before."""
        lines = [
            {"item_code": item, "quantity": str(quantity), "unit_price": str(self.supply.costs[item])}
            for item, quantity in self.supply.quantities.items()
        ]
        on = (self.supply.on - ORDERED_BEFORE).isoformat()
        facts = {"supplier_code": SUPPLIER, "ordered_on": on, "expected_on": self.supply.on.isoformat()}
        self.order = await self.people.post(
            "/v1/purchase-orders", facts | {"lines": lines}, by=BUYER, key=self.key
        )

    async def receive_some(self) -> None:
        """Half of the first line comes first: the orders that wait for it are served, oldest first."""
        half = (Decimal(self.order["lines"][0]["quantity"]) / 2).to_integral_value()
        await self._receive("first", [{"line_number": 1, "quantity": str(max(half, Decimal(1)))}])

    async def receive_the_rest(self) -> None:
        """And then all that is still to come: the invoice matches, and is posted."""
        await self._receive("rest", [])

    async def _receive(self, part: str, lines: list[dict[str, Any]]) -> None:
        body = {
            "received_on": self.supply.on.isoformat(),
            "reference": f"delivery note, {part}",
            "lines": lines,
        }
        path = f"/v1/purchase-orders/{self.order['order_id']}/receipts"
        await self.people.post(path, body, by=WAREHOUSE, key=f"{self.key}/{part}")

    async def bill(self) -> None:
        """The supplier's invoice over all that was ordered waits for what has not come."""
        on = self.supply.on.isoformat()
        names = ("line_number", "quantity")
        body = {
            "supplier_number": f"RE-{self.order['order_number']}",
            "invoiced_on": on,
            "posted_on": on,
            "total_amount": self.order["total_amount"],
            "lines": [{name: line[name] for name in names} for line in self.order["lines"]],
        }
        path = f"/v1/purchase-orders/{self.order['order_id']}/invoices"
        entered = await self.people.post(path, body, by=ACCOUNTS, key=f"{self.key}/invoice")
        self.invoice_id = (entered["blocked"] or entered["posted"])["invoice_id"]

"""The year is played: everybody does at the API what they would do, in the order of the days.

A week's events run side by side, eight orders at a time; those of one order one after the other.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from foundation.values.money import percent_of, rounded
from perpetual.demo.buying import Purchases
from perpetual.demo.calendar import WEEK, Calendar, Happening
from perpetual.demo.choice import PlayedOrder
from perpetual.demo.people import ACCOUNTS, CREDIT, SALES, WAREHOUSE, People, Refused

AT_A_TIME = 8
OVER_PAID = Decimal("10.00")
UNDER_PAID = Decimal("0.03")
PATIENCE = date(2027, 3, 1)
"""Who still waits for goods then is left waiting."""


@dataclass
class Order:
    """An order on its way."""

    played: PlayedOrder
    id: str = ""
    shipments: int = 0
    events_ahead: int = 0

    @property
    def reference(self) -> str:
        """The customer's own number for it, of which all keys are made."""
        return self.played.order.order_id


class Year:
    """The orders of a year, their customers, and the people who serve them."""

    def __init__(
        self,
        people: People,
        orders: Sequence[PlayedOrder],
        *,
        discounts: dict[str, Decimal],
        on_done: Callable[[], None],
    ) -> None:
        self.people = people
        self.discounts = discounts
        """The cash discount in per cent by payment terms."""
        self.calendar = Calendar()
        self.on_done = on_done
        self.turn = asyncio.Semaphore(AT_A_TIME)
        self.desk = asyncio.Lock()
        """The credit manager takes one decision after the other."""
        self.troubles: list[str] = []
        for played in orders:
            order = Order(played)
            self.plan(order, played.order.ordered_on, partial(self.place, order))

    def plan(self, order: Order, on: date, happening: Happening) -> None:
        """Something will happen to an order."""
        order.events_ahead += 1

        async def happens() -> None:
            try:
                await happening()
            except Refused as refused:
                self.troubles.append(f"{order.reference}: {refused}")
            order.events_ahead -= 1
            if not order.events_ahead:
                self.on_done()

        self.calendar.add(on, order.reference, happens)

    async def play(self) -> None:
        """Week after week, until nothing is left to happen."""
        while self.calendar.events:
            week = self.calendar.next_week()
            await asyncio.gather(*(self._one_after_the_other(happenings) for happenings in week.values()))

    async def _one_after_the_other(self, happenings: Sequence[Happening]) -> None:
        async with self.turn:
            for happening in happenings:
                await happening()

    async def _post(self, order: Order, what: str, body: Any, *, by: str, key: str) -> dict[str, Any]:
        path = f"/v1/sales-orders/{order.id}/{what}"
        return await self.people.post(
            path, body, by=by, key=f"demo/{order.reference}/{key}", order=order.reference
        )

    # What happens

    async def place(self, order: Order) -> None:
        """The customer orders. Played before and over: nothing more happens to it."""
        plan = order.played.order
        placed = await self.people.post(
            "/v1/sales-orders",
            body_of(order.played),
            by=SALES,
            key=f"demo/{order.reference}/order",
            order=order.reference,
        )
        order.id = placed["order_id"]
        if placed["status"] in ("closed", "cancelled", "rejected"):
            return
        goes_on = plan.ordered_on
        if placed["status"] == "held":
            goes_on += timedelta(days=1)
            self.plan(order, goes_on, partial(self.decide, order))
        goes_on += timedelta(days=plan.ship_after_days)
        next_step = partial(self.cancel, order) if plan.cancelled else partial(self.ship, order, goes_on)
        self.plan(order, goes_on, next_step)

    async def decide(self, order: Order) -> None:
        """The credit manager approves; but the first time in the company's life she says no."""
        async with self.desk:
            rejected = await self.people.get("/v1/sales-orders", status="rejected", limit=1)
            approved = bool(rejected["items"])
            reason = "pays well" if approved else "two invoices are overdue"
            body = {"approved": approved, "reason": reason}
            await self._post(order, "approval", body, by=CREDIT, key="approval")

    async def cancel(self, order: Order) -> None:
        """The customer does not want it any more."""
        try:
            await self._post(
                order, "cancellation", {"reason": "ordered by mistake"}, by=SALES, key="cancellation"
            )
        except Refused as refused:
            if refused.kind not in OVER:
                raise

    async def ship(self, order: Order, on: date) -> None:
        """The warehouse ships what is there; what is not, later."""
        try:
            shipped = await self._shipped(order, on)
        except Refused as refused:
            if refused.kind == "shipment-refused" and on < PATIENCE:
                self.plan(order, on + WEEK, partial(self.ship, order, on + WEEK))
            elif refused.kind not in OVER:
                raise
            return
        order.shipments += 1
        if number := shipped["invoice_number"]:
            pays_on = on + timedelta(days=order.played.order.pay_after_days)
            self.plan(order, pays_on, partial(self.pay, order, number, pays_on))
        if shipped["stage"] in ("waiting for shipment", "waiting for stock"):
            later = on + timedelta(days=3)
            self.plan(order, later, partial(self.ship, order, later))

    async def _shipped(self, order: Order, on: date) -> dict[str, Any]:
        """A first part, when there are to be two shipments and its goods are there; else all there is."""
        body: dict[str, Any] = {"shipped_on": on.isoformat(), "carrier": "Havelbote"}
        # What was refused is asked for later under a key of its own: it is another request.
        key = f"shipment/{order.shipments + 1}/{on}"
        if order.played.order.ship_in > 1 and not order.shipments:
            try:
                first = {**body, "lines": first_part(order.played)}
                return await self._post(order, "shipments", first, by=WAREHOUSE, key=f"{key}/first part")
            except Refused as refused:
                if refused.kind != "shipment-refused":
                    raise
        return await self._post(order, "shipments", body, by=WAREHOUSE, key=key)

    async def pay(self, order: Order, number: str, on: date) -> None:
        """The customer pays an invoice in its own style."""
        (invoice,) = (await self.people.get("/v1/invoices", number=number))["items"]
        discount = self.discounts.get(order.played.customer.payment_terms_code, Decimal(0))
        total, currency = Decimal(invoice["total_amount"]), invoice["currency"]
        amount = paid(total, currency, style=order.played.order.pay_style, discount_percent=discount)
        body = {
            "received_on": on.isoformat(),
            "amount": str(amount),
            "currency": currency,
            "reference": number,
        }
        try:
            await self._post(order, "payments", body, by=ACCOUNTS, key=f"payment/{number}")
        except Refused as refused:
            # What an earlier payment left on account has settled this invoice as well.
            if refused.kind not in OVER:
                raise

    def buy(self, on: date) -> None:
        """What is short on a day will be bought."""
        Purchases(self.people, on).plan(self.calendar)


OVER = frozenset({"process-ended", "order-cancelled", "order-rejected", "order-not-confirmed"})
"""Refusals which say that the order has come to its end without us."""


def body_of(played: PlayedOrder) -> dict[str, Any]:
    """The order as its customer sends it."""
    lines = [
        {
            "item_code": line.item_code,
            "quantity": str(line.quantity),
            "unit": line.unit or None,
            "discount_percent": str(line.discount_percent),
        }
        for line in played.lines
    ]
    return {
        "customer_code": played.customer.code,
        "ordered_on": played.order.ordered_on.isoformat(),
        "customer_reference": played.order.order_id,
        "freight_amount": str(played.order.freight_amount),
        "lines": lines,
    }


def first_part(played: PlayedOrder) -> list[dict[str, Any]]:
    """The first half of the lines; of a single line, half its quantity."""
    lines = played.lines[: len(played.lines) // 2]
    if lines:
        return [{"line_number": line.line_number, "quantity": str(line.quantity)} for line in lines]
    (only,) = played.lines
    return [{"line_number": only.line_number, "quantity": str(only.quantity // 2)}]


def paid(total: Decimal, currency: str, *, style: str, discount_percent: Decimal) -> Decimal:
    """What a customer pays of an invoice's total, rounded half-up to the minor unit."""
    match style:
        case "partial":
            return rounded(total / 2, currency)
        case "over":
            return total + OVER_PAID
        case "short":
            return total - UNDER_PAID
        case "discount":
            return total - rounded(percent_of(total, discount_percent), currency)
        case _:
            return total

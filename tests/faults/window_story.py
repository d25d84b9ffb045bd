"""An order of one of the windows, and its twin."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from benchmarks.client import Connection
from tests.faults.company import ORDERED_ON, PAID_ON, SHIPPED_ON
from tests.faults.patience import NO_ANSWER, Client

CUSTOMER, ITEM = "CUSTOMER", "ITEM"
NONE_YET = UUID(int=0)
TOTAL = Decimal("23.80")
"""Two pieces at 10.00, with 19 % VAT."""


class Ask(StrEnum):
    """What a client asks for."""

    SHIP = "shipments"
    PAY = "payments"


BODIES: dict[Ask, dict[str, Any]] = {
    Ask.SHIP: {"shipped_on": SHIPPED_ON},
    Ask.PAY: {"received_on": PAID_ON, "amount": str(TOTAL), "currency": "EUR"},
}


@dataclass(frozen=True)
class Case:
    """What a client asks for one order: before, when everything dies, and when all is up again."""

    asked: Ask
    before: tuple[Ask, ...] = ()
    after: tuple[Ask, ...] = ()


@dataclass
class TwinOrders:
    """The same order in two companies: one of them is struck."""

    number: int
    case: Case
    struck: Client
    twin: Client
    struck_id: UUID = NONE_YET
    twin_id: UUID = NONE_YET

    async def begin(self) -> None:
        """Place both, go on to the moment when everything dies, and let the twin pass it."""
        order: dict[str, Any] = {"customer_code": CUSTOMER, "ordered_on": ORDERED_ON}
        order |= {"lines": [{"item_code": ITEM, "quantity": "2", "unit_price": "10.00"}]}
        placed = [
            await client.post("/v1/sales-orders", order, self.key("order"))
            for client in (self.struck, self.twin)
        ]
        self.struck_id, self.twin_id = (UUID(one["order_id"]) for one in placed)
        for ask in self.case.before:
            await self.both(ask)
        await self.twin.post(self.path(self.twin_id, self.case.asked), BODIES[self.case.asked], self.key())

    async def ask_once(self, connection: Connection) -> int:
        """Ask for what everything dies of, once; the status, or 0 when there was no answer."""
        path = self.path(self.struck_id, self.case.asked)
        try:
            status, _ = await connection.post(path, BODIES[self.case.asked], self.key())
        except NO_ANSWER:
            return 0
        finally:
            await connection.close()
        return status

    async def go_on(self) -> None:
        """What both clients do later."""
        for ask in self.case.after:
            await self.both(ask)

    async def both(self, ask: Ask) -> None:
        """Ask for the same of both."""
        await self.struck.post(self.path(self.struck_id, ask), BODIES[ask], self.key(ask))
        await self.twin.post(self.path(self.twin_id, ask), BODIES[ask], self.key(ask))

    def path(self, order_id: UUID, ask: Ask) -> str:
        """Where it is asked for."""
        return f"/v1/sales-orders/{order_id}/{ask}"

    def key(self, what: str = "struck") -> str:
        """The Idempotency-Key of one of the requests."""
        return f"window {self.number} {what}"

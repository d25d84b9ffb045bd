"""One order as its customer, the warehouse and the accountant live it; each answer goes into the books."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from tests.faults import looks
from tests.faults.books import Books
from tests.faults.company import BACK_ON, ORDERED_ON, PAID_ON, SHIPPED_ON, a_receipt
from tests.faults.looking import Fate, Looker
from tests.faults.patience import PATIENCE_SECONDS, Change, Client, NotAnswered, Refused, Unanswered

ONE = Decimal(1)
Look = Callable[[Fate], Awaitable[Any]]
Lines = list[tuple[str, int]]
"""Items and quantities."""


@dataclass
class Desks:
    """Who sends the requests of one order, one after the other."""

    clerk: Client
    credit_manager: Client
    accountant: Client
    twin: Client
    """Sends what somebody has just sent once more, at the same time."""
    looker: Looker
    """Looks into the books for whoever never asks again."""


@dataclass
class Story:
    """One order on its way."""

    number: int
    desks: Desks
    books: Books
    chance: Random
    repeats: bool = False
    """Every request is sent twice at the same time, under one key."""
    order_id: UUID = field(default_factory=lambda: UUID(int=0))
    total: Decimal = Decimal(0)
    stage: str = ""
    version: int = 1
    ordered: Lines = field(default_factory=list)
    ships_on: str = SHIPPED_ON
    requests: int = 0
    never_asks_again: bool = False
    """A request that is not answered is not sent again: the client looks at what is there."""

    async def ask(
        self,
        path: str,
        body: Any,
        *,
        by: Client | None = None,
        look: Look | None = None,
        change: Change | None = None,
    ) -> Any:
        """A request under a key of its own, until it is answered; repeated, the answer must be the same.

        `look` finds the answer of one that was done and not answered.
        """
        self.requests += 1
        key = f"order {self.number} request {self.requests}"
        asker = by or self.desks.clerk
        if self.never_asks_again:
            try:
                return await asker.post_once(path, body, key, change)
            except Unanswered as lost:
                fate = await self.what_became_of(lost)
            if fate is None:  # Nobody has taken it: it is asked for anew, as another request.
                return await self.ask(path, body, by=by, look=look, change=change)
            return fate.answer if look is None else await look(fate)
        if not self.repeats:
            return await asker.post(path, body, key, change)
        first, second = await asyncio.gather(
            asker.post(path, body, key, change), self.desks.twin.post(path, body, key, change)
        )
        third = await asker.post(path, body, key, change)
        for name in set(first) & DOCUMENT_NAMES:
            if not first[name] == second[name] == third[name]:
                raise AssertionError(f"{path} ({key}) was answered {first}, {second} and {third}")
        return first

    async def what_became_of(self, lost: Unanswered) -> Fate | None:
        """Look for a request that was not answered; counted."""
        kinds = self.desks.clerk.answers.kinds
        try:
            fate = await self.desks.looker.fate_of(lost)
        except Refused:
            kinds["never asked again: refused"] += 1
            raise
        kinds["never asked again: not taken" if fate is None else "never asked again: done"] += 1
        return fate

    @property
    def path(self) -> str:
        """The order in the API."""
        return f"/v1/sales-orders/{self.order_id}"

    async def place(self, lines: Lines, *, customer: str, invoicing: str = "shipment") -> None:
        """Place the order."""
        asked = {"customer_code": customer, "ordered_on": ORDERED_ON, "lines": asked_lines(lines)}
        asked |= {"invoicing": invoicing}
        placed = await self.ask("/v1/sales-orders", asked, look=partial(looks.at_order, self))
        self.order_id, self.total = UUID(placed["order_id"]), Decimal(placed["total_amount"])
        self.ordered = lines
        self.books.order_numbers[self.order_id] = placed["order_number"]
        self.books.orders[self.order_id] = "under way"

    async def ship(self, lines: list[tuple[int, int]] | None = None) -> None:
        """The warehouse ships; with lines (number and quantity) only those."""
        asked: dict[str, Any] = {"shipped_on": self.ships_on}
        if lines:
            asked["lines"] = [{"line_number": number, "quantity": str(much)} for number, much in lines]
        answer = await self.ask(f"{self.path}/shipments", asked, look=partial(looks.at_shipment, self))
        self.stage = answer["stage"]
        if answer["shipment_number"]:  # A service leaves no warehouse.
            self.books.note("shipment", answer["shipment_id"], answer["shipment_number"])
        if answer["invoice_number"] is not None:
            self.books.note("invoice", self.order_id, answer["invoice_number"])

    async def pay(
        self, amount: Decimal, *, currency: str = "EUR", rate: Decimal = ONE, on: str = PAID_ON
    ) -> Any:
        """The customer pays; `rate` says how much of the currency one euro is."""
        asked = {"received_on": on, "amount": str(amount), "currency": currency}
        answer = await self.ask(f"{self.path}/payments", asked, look=partial(looks.at_payment, self))
        self.stage = answer["stage"]
        self.books.note("payment", answer["payment_id"], answer["payment_number"])
        self.books.bank += amount / rate
        return answer

    async def receive(self, item: str, quantity: int) -> None:
        """Goods arrive."""
        lines = [{"item_code": item, "quantity": str(quantity), "unit_cost": "5.00"}]
        answer = await self.ask("/v1/stock-receipts", a_receipt(lines))
        self.books.note("stock receipt", answer["receipt_id"], answer["receipt_number"])
        self.books.on_hand[item] += quantity

    async def decide(self, decision: str) -> None:
        """A credit manager decides."""
        asked = {"approved": decision == "approve", "reason": f"{decision}d by the fault run"}
        await self.ask(f"{self.path}/approval", asked, by=self.desks.credit_manager)

    async def amend(self, lines: Lines) -> None:
        """The customer wants it otherwise."""
        before = self.version
        asked = {"lines": asked_lines(lines)}
        answer = await self.ask(f"{self.path}/amendments", asked, look=partial(looks.at_amendment, self))
        self.total, self.ordered = Decimal(answer["order"]["total_amount"]), lines
        self.version = answer["version"]
        if self.version > before:
            self.books.note("amendment", self.order_id, str(self.version))

    async def cancel(self, *, goods: str = "come_back") -> UUID | None:
        """The customer wants it no more; the id of the return, if goods must come back first."""
        asked = {"reason": "no more", "cancelled_on": BACK_ON, "goods": goods}
        answer = await self.ask(f"{self.path}/cancellation", asked)
        return UUID(answer["return_id"]) if answer["return_id"] else None

    async def send_back(self, lines: list[tuple[int, int]], resolution: str) -> UUID:
        """We agree that goods come back: line numbers and quantities."""
        wanted = [{"line_number": number, "quantity": str(much)} for number, much in lines]
        asked = {"reason": "broken", "resolution": resolution, "lines": wanted}
        answer = await self.ask(f"{self.path}/returns", asked)
        return UUID(answer["return_id"])

    async def inspect(self, return_id: UUID, came_back: Lines) -> None:
        """The goods are there; what was paid for them is refunded."""
        look = partial(looks.at_inspection, self, return_id)
        answer = await self.ask(f"/v1/returns/{return_id}/inspection", {"received_on": BACK_ON}, look=look)
        self.books.note("return", return_id, answer["return_number"])
        for number in answer["credit_note_numbers"]:
            self.books.note("credit note", self.order_id, number)
        self.books.bank -= Decimal(answer["refunded_amount"])
        for item, quantity in came_back:
            self.books.on_hand[item] += quantity

    async def reverse(self, path: str, *, on: str = BACK_ON) -> None:
        """A document is taken back as a whole."""
        wanted = {"reversed_on": on, "reason": "entered by mistake"}
        answer = await self.ask(f"{path}/reversal", wanted)
        self.books.note("reversal", answer["reversal_id"], answer["reversal_number"])

    async def see_allocations(self) -> None:
        """What was used of money on account for the order's invoices."""
        clerk = self.desks.clerk
        for invoice in (await clerk.get(f"/v1/invoices?order_id={self.order_id}"))["items"]:
            used = await clerk.get(f"/v1/allocations?document_id={invoice['invoice_id']}")
            for one in used["items"]:
                self.books.note("allocation", one["allocation_id"], one["money_number"])

    async def until_over(self, document: str) -> None:
        """Wait for a document's process to end: a decision that nobody answered is looked for, and is there
        before what it brings about. Raises: NotAnswered.
        """
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            (process,) = (await self.desks.clerk.get(f"/v1/processes?document={document}"))["items"]
            if process["outcome"]:
                return
            await asyncio.sleep(0.2)
        raise NotAnswered(f"{document} is at {process['stage']}")

    async def until(self, *stages: str) -> None:
        """Wait for news to reach the order, or for the order to be there. Raises: NotAnswered."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            self.stage = await self.stage_now()
            if self.stage in stages:
                return
            await asyncio.sleep(0.2)
        raise NotAnswered(f"order {self.number} is still at '{self.stage}', not at {' or '.join(stages)}")

    async def stage_now(self) -> str:
        """Where the order stands; nowhere, when it is not placed yet."""
        try:
            return str((await self.desks.clerk.get(self.path))["process"]["stage"])
        except Refused as refusal:
            if refusal.status == 404:
                return ""
            raise

    def left(self) -> None:
        """Everything that was ordered has left the house."""
        for item, quantity in self.ordered:
            self.books.on_hand[item] -= quantity

    def ends(self, status: str) -> None:
        """What must have become of the order."""
        self.books.orders[self.order_id] = status


DOCUMENT_NAMES = {
    "order_id",
    "order_number",
    "shipment_number",
    "invoice_number",
    "payment_number",
    "receipt_number",
}


def asked_lines(lines: Lines) -> list[dict[str, str]]:
    """Order lines at 10.00 each."""
    return [{"item_code": item, "quantity": str(quantity), "unit_price": "10.00"} for item, quantity in lines]

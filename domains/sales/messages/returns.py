"""Goods come back from a customer."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.sales.messages.orders import LineQuantity
from foundation.values.messages import Amount, ComposedText, Message, Quantity, ShownAmount, Text


class Resolution(StrEnum):
    """What the customer gets for goods that come back."""

    REFUND = "refund"
    ON_ACCOUNT = "on_account"
    REPLACE = "replace"


class ReturnAsked(Message):
    """A customer wants to send goods back. Without lines: everything that was delivered."""

    reason: Text
    resolution: Resolution = Resolution.REFUND
    lines: tuple[LineQuantity, ...] = ()


class AuthoriseReturn(ReturnAsked):
    """The return with an id of its own."""

    POSTED_ON = "authorised_on"

    return_id: UUID
    order_id: UUID
    authorised_on: date
    cancels_order: bool = False
    """The order is being cancelled: all that was delivered comes back, all that was billed is credited."""
    goods_stay: bool = False
    """The customer keeps the goods, or they are lost: they are credited all the same."""


class ReturnLine(Message):
    """What may come back of an order line: in its unit, and in the item's stock unit."""

    line_number: int
    item_code: str
    quantity: Quantity
    unit: str
    stock_quantity: Quantity
    is_stocked: bool
    replaces_line_number: int | None = Field(default=None, exclude_if=lambda number: number is None)
    """The line that the goods were billed with, when they had replaced others."""


class ReturnAuthorised(Message):
    """The return as it was authorised."""

    return_id: UUID
    return_number: str
    order_id: UUID
    order_number: str
    customer_code: str
    warehouse_code: str
    replaces_order_id: UUID | None = Field(default=None, exclude_if=lambda order: order is None)
    """The order that the goods were billed with, when they had replaced others."""
    lines: tuple[ReturnLine, ...]


class LineReceived(Message):
    """What came back of an order line, in the order line's unit, and how much of it is scrapped."""

    line_number: int
    quantity: Annotated[Quantity, Field(ge=0)]
    scrapped_quantity: Annotated[Quantity, Field(ge=0)] = Decimal(0)


class InspectionAsked(Message):
    """The warehouse tells what came back, and in which state. Without lines: all of it, fit to be sold."""

    received_on: date | None = None
    """When empty today, or the day on which they leave when that is yet to come."""
    lines: tuple[LineReceived, ...] = ()
    remark: Text = ""


class InspectReturn(InspectionAsked):
    """The inspection with an id of its own, so that it counts once."""

    POSTED_ON = "received_on"

    inspection_id: UUID
    received_on: date


class CloseReturn(Message):
    """The return has ended: what came back, per line, in the order lines' units. What did not is given up."""

    return_id: UUID
    lines: tuple[LineReceived, ...]


class CancelReturn(Message):
    """Take the return back: nothing has come. Does nothing when there is none."""

    return_id: UUID
    reason: ComposedText


class ReturnChanged(Message):
    """The return's status after an operation; None: there was no such return."""

    return_id: UUID
    status: str | None
    return_number: str | None = None


class RunReturn(AuthoriseReturn):
    """The return as it goes into its process; authorised already when an order's cancellation asks for it."""

    authorised: ReturnAuthorised | None = None
    process_of_order: str
    """The process to tell when the return has ended."""

    def as_authorisation(self) -> AuthoriseReturn:
        """What sales is asked."""
        return AuthoriseReturn(**{name: getattr(self, name) for name in AuthoriseReturn.model_fields})


class InvoiceCredited(Message):
    """What of an invoice was credited, in its currency, with tax."""

    invoice_id: UUID
    amount: Amount


class ReturnEnded(Message):
    """How a return ended (`closed` or `cancelled`), and what came back, in the order lines' units."""

    return_id: UUID
    return_number: str
    outcome: str
    resolution: Resolution
    """What the customer gets for it; also for what was billed only meanwhile, which the order credits."""
    received_on: date | None = None
    """When the goods came back; None when they did not."""
    lines: tuple[LineReceived, ...] = ()
    unbilled: tuple[LineQuantity, ...] = ()
    """What of it had not been billed, and never will be."""
    credits: tuple[InvoiceCredited, ...] = Field(default=(), exclude_if=lambda credits: not credits)
    """What of which invoice was credited for it."""
    credited_amount: ShownAmount = Decimal(0)
    refunded_amount: ShownAmount = Decimal(0)


class ReturnProgress(Message):
    """Where a return stands: the answer to every command on its way."""

    return_id: UUID
    return_number: str
    stage: str
    waiting_on: str | None
    credit_note_numbers: tuple[str, ...] = ()
    credited_amount: ShownAmount = Decimal(0)
    refunded_amount: ShownAmount = Decimal(0)
    currency: str | None = None


class ReturnCancellation(Message):
    """The goods do not come after all."""

    reason: Text

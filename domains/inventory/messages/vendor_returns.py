"""Goods of a purchase order go back to the supplier: what is asked for, answered and told.

Quantities are in the unit of the order's line unless it says `stock`; values are in the company's currency.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import (
    Amount,
    Code,
    Message,
    PositiveQuantity,
    Quantity,
    ShownAmount,
    ShownQuantity,
    Text,
)
from foundation.values.money import ZERO


class LineToSendBack(Message):
    """How much goes back of one line of the order, in its unit."""

    line_number: int
    quantity: PositiveQuantity


class VendorReturnAsked(Message):
    """Goods of a purchase order go back to the supplier, for a reason."""

    returned_on: date | None = None
    """Today when empty."""
    reason: Annotated[Text, Field(min_length=1)]
    replace: bool = False
    """Whether the supplier sends the same goods again: they are to come again, and to be billed again."""
    warehouse_code: Code | None = None
    """Where they leave from; where they came to when empty."""
    reference: Text = ""
    """The supplier's own number for it."""
    lines: Annotated[tuple[LineToSendBack, ...], Field(min_length=1, max_length=500)]


class SendGoodsBack(VendorReturnAsked):
    """The return with an id of its own, so that it counts once."""

    POSTED_ON = "returned_on"

    return_id: UUID
    order_id: UUID
    process_of_order: str
    returned_on: date


class LineSentBack(Message):
    """What went back of one line of the order, and how much of it no invoice had billed."""

    line_number: int
    item_code: str
    quantity: Quantity
    unbilled_quantity: Quantity

    @property
    def billed_quantity(self) -> Decimal:
        """What an invoice had billed: it is claimed back."""
        return self.quantity - self.unbilled_quantity


class GoodsSentBack(Message):
    """The return, what its goods had been taken in at, and what they were worth when they left."""

    return_id: UUID
    return_number: str
    order_id: UUID
    order_number: str
    supplier_code: str
    returned_on: date
    replace: bool
    value: Amount
    cost: Amount
    currency: str
    lines: tuple[LineSentBack, ...]

    @property
    def is_to_be_claimed(self) -> bool:
        """Whether anything of it was billed."""
        return any(line.billed_quantity > ZERO for line in self.lines)


class VendorReturnTakenBack(Message):
    """A return was a mistake: its goods are here."""

    return_id: UUID
    reversal_id: UUID
    taken_back_on: date


class SentBackPart(EventPart):
    """What went back of one line of the order, in its unit."""

    line_number: int
    item_code: str
    quantity: ShownQuantity


class GoodsSentBackEvent(PublicEvent, name="inventory.goods_sent_back"):
    """Goods of a purchase order went back to the supplier."""

    return_id: UUID
    return_number: str
    order_id: UUID
    order_number: str
    supplier_code: str
    returned_on: date
    replace: bool
    """Whether they are to come again."""
    value: ShownAmount
    """What they had been taken in at, in the company's currency."""
    lines: tuple[SentBackPart, ...]


class VendorReturnReversedEvent(PublicEvent, name="inventory.vendor_return_reversed"):
    """A return to a supplier was reversed: its goods are here."""

    reversal_id: UUID
    reversal_number: str
    document_id: UUID
    document_number: str
    reversed_on: date

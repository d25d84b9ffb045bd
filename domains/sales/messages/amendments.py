"""An order is amended before it is shipped."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.sales.messages.orders import OrderPlaced, PricedLine
from foundation.values.messages import Code, Message, Percent, PositiveQuantity, Text, UnitAmount


class AmendedLine(Message):
    """One line as it is wanted now. What is left out is as it was agreed, if the item was ordered before.

    A line with another item, and one more of an item than there were, is priced anew, as it is on the day of
    the amendment.
    """

    line_number: int | None = None
    """The line of the order that it is now; without it the one of the same item, first at the same place."""
    item_code: Code
    quantity: PositiveQuantity
    unit: Code | None = None
    """In another unit than was agreed, the agreed price is converted."""
    unit_price: Annotated[UnitAmount, Field(ge=0)] | None = None
    discount_percent: Percent | None = None
    """Before the order's own discount; when empty, both are as they were agreed."""
    tax_code: Code | None = None
    description: Text = ""
    reprice: bool = False
    """Price and tax it anew, although the item was ordered before."""


class AmendmentAsked(Message):
    """The order as it is wanted now: all of its lines. Prices, discounts and taxes that were agreed stay."""

    amended_on: date | None = None
    """The day whose prices hold for what is new, never before the order's own: when empty the later of that
    and today.
    """
    requested_on: date | None = None
    lines: Annotated[tuple[AmendedLine, ...], Field(min_length=1, max_length=500)]
    reason: Text = ""


class AmendOrder(AmendmentAsked):
    """The amendment with an id of its own, so that it counts once."""

    amendment_id: UUID
    order_id: UUID


class LineChange(Message):
    """What an amendment changes of one line; None where the line is not there before, or after."""

    line_number: int
    before: PricedLine | None
    after: PricedLine | None


class AmendmentPriced(Message):
    """The order as it would be, and what differs; nothing is written yet."""

    order: OrderPlaced
    changes: tuple[LineChange, ...]


class OrderAmended(Message):
    """The order as it is now, and what differs."""

    order: OrderPlaced
    version: int
    changes: tuple[LineChange, ...]

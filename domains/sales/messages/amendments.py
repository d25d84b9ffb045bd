"""An order is amended before it is shipped."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.sales.messages.orders import OrderLineAsked, OrderPlaced, PricedLine
from foundation.values.messages import Message, Text


class AmendmentAsked(Message):
    """The order as it is wanted now: all of its lines, priced like a new order's on the order's day."""

    requested_on: date | None = None
    lines: Annotated[tuple[OrderLineAsked, ...], Field(min_length=1, max_length=500)]
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

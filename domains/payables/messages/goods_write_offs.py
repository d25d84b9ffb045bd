"""Goods that came and are never billed, or were billed, went back and are never credited, are written off.

Quantities are in the stock unit; amounts are in the company's currency.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.events import PublicEvent
from foundation.values.messages import Amount, Message, Quantity, ShownAmount, Text

GOODS_WRITE_OFF = "goods_write_off"
"""The kind of approvals for it, and what the books call the document."""


class GoodsNeverSettled(StrEnum):
    """What is open of goods of a purchase order, and will stay so."""

    NOT_BILLED = "not_billed"
    """They came, and the supplier does not bill them."""
    NOT_CREDITED = "not_credited"
    """They were billed and went back, and the supplier does not credit them."""


class LineToWriteOff(Message):
    """A line of the purchase order, of which all is written off that is open."""

    line_number: int


class GoodsWriteOffAsked(Message):
    """What is open of goods of a purchase order is to be written off, for a reason."""

    kind: GoodsNeverSettled = GoodsNeverSettled.NOT_BILLED
    written_off_on: date | None = None
    """Today when empty."""
    reason: Annotated[Text, Field(min_length=1)]
    lines: Annotated[tuple[LineToWriteOff, ...], Field(max_length=500)] = ()
    """All lines of which anything is open, when empty."""


class ProposeGoodsWriteOff(GoodsWriteOffAsked):
    """The same with an id of its own, so that it counts once."""

    POSTED_ON = "written_off_on"

    write_off_id: UUID
    order_id: UUID
    order_number: str
    supplier_code: str
    process_of_order: str
    written_off_on: date


class GoodsToWriteOff(Message):
    """What is open of one line of the order from one receipt or return; both positive."""

    open_item_id: UUID
    document_number: str
    order_line_number: int
    stock_quantity: Quantity
    amount: Amount


class GoodsWriteOffHead(Message):
    """Of which order and supplier it is, and what it comes to, in the company's currency."""

    write_off_id: UUID
    write_off_number: str
    kind: GoodsNeverSettled
    order_id: UUID
    order_number: str
    supplier_code: str
    written_off_on: date
    currency: str
    total_amount: ShownAmount


class GoodsWriteOffProposed(GoodsWriteOffHead):
    """What will be written off, as people are asked about it."""

    lines: tuple[GoodsToWriteOff, ...]


class SubmitGoodsWriteOff(Message):
    """People are asked about a write-off."""

    proposed: GoodsWriteOffProposed
    reason: Text


class GoodsWriteOffSubmitted(Message):
    """They are asked."""

    write_off_id: UUID
    write_off_number: str
    kind: GoodsNeverSettled
    order_number: str
    supplier_code: str
    reason: str
    currency: str
    total_amount: ShownAmount


class PostGoodsWriteOff(Message):
    """Write off what people have said yes to."""

    POSTED_ON = "written_off_on"

    write_off_id: UUID
    written_off_on: date
    process_of_order: str
    reason: Text
    proposed: GoodsWriteOffProposed
    requested_by: str
    approved_by: str


class GoodsWrittenOff(GoodsWriteOffHead):
    """What was written off."""


class GoodsWriteOffDone(Message):
    """What has become of what people have said yes to: `posted`, or `changed` when something else is open."""

    status: str
    posted: GoodsWrittenOff | None = None
    why_not: str = ""


class GoodsWriteOffUnderWay(Message):
    """Where a write-off stands that was asked for: it is a document once it is posted."""

    write_off_id: UUID
    write_off_number: str | None
    stage: str


class GoodsWriteOffCancellation(Message):
    """It is not to be written off after all."""

    reason: Annotated[Text, Field(min_length=1)]


class GoodsWriteOffNews(Message):
    """What the order's process is told: so much of its lines is never billed, or is to be billed again."""

    write_off_id: UUID
    write_off_number: str
    is_taken_back: bool
    lines: dict[int, Decimal] = Field(default_factory=dict)
    """By line of the order, in the stock unit."""


class ReverseGoodsWriteOff(Message):
    """A write-off was a mistake: what it had written off is open again."""

    POSTED_ON = "reversed_on"

    write_off_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Text


class GoodsWriteOffSubmittedEvent(PublicEvent, name="payables.goods_write_off_submitted"):
    """People are asked whether goods that are never billed, or never credited, are written off."""

    write_off_id: UUID
    write_off_number: str
    kind: GoodsNeverSettled
    order_number: str
    supplier_code: str
    currency: str
    total_amount: ShownAmount


class GoodsWrittenOffEvent(PublicEvent, name="payables.goods_written_off", part="posted"):
    """Goods that are never billed, or never credited, were written off."""

    write_off_id: UUID
    write_off_number: str
    kind: GoodsNeverSettled
    order_id: UUID
    order_number: str
    supplier_code: str
    written_off_on: date
    currency: str
    total_amount: ShownAmount


class GoodsWriteOffReversedEvent(PublicEvent, name="payables.goods_write_off_reversed"):
    """A write-off of goods was taken back."""

    reversal_id: UUID
    reversal_number: str
    document_id: UUID
    document_number: str

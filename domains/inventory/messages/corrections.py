"""What corrects the stock: counts, scrapped goods, transfers, write-downs, prices of receipts.

Values are in the company's currency, rounded half-up to its minor unit; unit costs have six decimals.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.inventory.messages.goods import ReverseStockDocument, ServedOrder
from foundation.values.messages import (
    Amount,
    Code,
    Message,
    Name,
    PositiveQuantity,
    Quantity,
    Text,
    UnitAmount,
)


class GoodsLine(Message):
    """So much of an item, in one of its units; without one, in its stock unit."""

    item_code: Code
    quantity: PositiveQuantity
    unit: Code | None = None


class CountedLine(Message):
    """How much of an item was counted, which may be nothing; in one of its units."""

    item_code: Code
    quantity: Annotated[Quantity, Field(ge=0)]
    unit: Code | None = None


class CountAsked(Message):
    """What was counted in a warehouse at the end of a day; items that are not named were not counted."""

    warehouse_code: Code
    counted_on: date | None = None
    """Today when empty."""
    reference: Text = ""
    lines: Annotated[tuple[CountedLine, ...], Field(min_length=1, max_length=1000)]


class CountStock(CountAsked):
    """The count with an id of its own, so that it counts once."""

    POSTED_ON = "counted_on"

    count_id: UUID
    counted_on: date


class LineCounted(Message):
    """By how much a line differs from the books of that day, in the stock unit, and what that is worth."""

    line_number: int
    item_code: str
    difference: Quantity
    value: Amount


class StockCounted(Message):
    """The count: what it found more, or less when negative."""

    count_id: UUID
    count_number: str
    value: Amount
    adjustment_value: Amount
    """As with a receipt: goods issued before they were there cost so much more than was assumed."""
    differences: tuple[LineCounted, ...]
    served: tuple[ServedOrder, ...]
    """Orders that got what was found, and orders that lack what was missing."""


class ScrapAsked(Message):
    """Goods that are worth nothing any more, and why."""

    warehouse_code: Code
    scrapped_on: date | None = None
    """Today when empty."""
    reason: Name
    lines: Annotated[tuple[GoodsLine, ...], Field(min_length=1, max_length=1000)]


class ScrapGoods(ScrapAsked):
    """The scrapping with an id of its own, so that it counts once."""

    POSTED_ON = "scrapped_on"

    scrapping_id: UUID
    scrapped_on: date


class GoodsScrapped(Message):
    """What was scrapped, at what it cost."""

    scrapping_id: UUID
    scrapping_number: str
    value: Amount
    served: tuple[ServedOrder, ...]
    """Orders that lack what was set aside for them."""


class TransferAsked(Message):
    """Goods go from one warehouse to another."""

    from_warehouse_code: Code
    to_warehouse_code: Code
    transferred_on: date | None = None
    """Today when empty."""
    is_in_transit: bool = False
    """Whether they arrive later: then documents of their own receive them, all at once or in parts."""
    reference: Text = ""
    lines: Annotated[tuple[GoodsLine, ...], Field(min_length=1, max_length=1000)]


class TransferStock(TransferAsked):
    """The transfer with an id of its own, so that it counts once."""

    POSTED_ON = "transferred_on"

    transfer_id: UUID
    transferred_on: date


class StockTransferred(Message):
    """The transfer, and which waiting orders its goods served where they came to."""

    transfer_id: UUID
    transfer_number: str
    served: tuple[ServedOrder, ...]


class ArrivedLine(Message):
    """How much of a line of the transfer arrived, in the stock unit."""

    line_number: int
    quantity: PositiveQuantity


class TransferReceiptAsked(Message):
    """Goods in transit arrive: the lines named, or all that is still on its way."""

    received_on: date | None = None
    """Today when empty."""
    reference: Text = ""
    lines: tuple[ArrivedLine, ...] = ()


class ReceiveTransfer(TransferReceiptAsked):
    """The receipt of a transfer with an id of its own, so that it counts once."""

    POSTED_ON = "received_on"

    transfer_receipt_id: UUID
    transfer_id: UUID
    received_on: date


class LineArrived(Message):
    """What arrived of a line of the transfer, in the stock unit."""

    line_number: int
    item_code: str
    quantity: Quantity


class TransferReceived(Message):
    """What arrived, and which waiting orders it served."""

    transfer_receipt_id: UUID
    transfer_receipt_number: str
    warehouse_code: str
    lines: tuple[LineArrived, ...]
    served: tuple[ServedOrder, ...]


class WriteDownAsked(Message):
    """An item is carried at what one unit can be sold for, less what selling it costs (IAS 2.28-33).

    Below what it is carried at now it is written down. Above, it is written up again, at most by what it was
    written down by.
    """

    item_code: Code
    unit_cost: Annotated[UnitAmount, Field(ge=0)]
    """Net realisable value of one stock unit, in the company's currency."""
    written_on: date | None = None
    """Today when empty."""
    reason: Name


class WriteDownItem(WriteDownAsked):
    """The write-down with an id of its own, so that it counts once."""

    POSTED_ON = "written_on"

    write_down_id: UUID
    written_on: date


class ItemWrittenDown(Message):
    """By how much the stock is worth less, negative, or more again: what is posted."""

    write_down_id: UUID
    write_down_number: str
    item_code: str
    quantity: Quantity
    unit_cost: UnitAmount
    value: Amount
    value_difference: Amount


class PricedReceiptLine(Message):
    """What one unit of a receipt's line really cost, in the unit in which it came."""

    line_number: int
    unit_cost: Annotated[UnitAmount, Field(ge=0)]


class PriceCorrectionAsked(Message):
    """Lines of a receipt cost something else than was reported with it."""

    corrected_on: date | None = None
    """A day not before the receipt's; today when empty."""
    reason: Name
    lines: Annotated[tuple[PricedReceiptLine, ...], Field(min_length=1, max_length=1000)]


class CorrectPrice(PriceCorrectionAsked):
    """The correction with an id of its own, so that it counts once."""

    POSTED_ON = "corrected_on"

    correction_id: UUID
    receipt_id: UUID
    corrected_on: date


class PriceCorrected(Message):
    """By how much the receipt cost more, less when negative, and how much of that is still in stock."""

    correction_id: UUID
    correction_number: str
    receipt_number: str
    value: Amount
    stock_value: Amount


class StockCorrectionType(StrEnum):
    """The corrections of the stock that are taken back in the same way."""

    STOCK_COUNT = "stock_count"
    SCRAPPING = "scrapping"
    STOCK_TRANSFER = "stock_transfer"
    TRANSFER_RECEIPT = "transfer_receipt"
    WRITE_DOWN = "write_down"
    PRICE_CORRECTION = "price_correction"


class ReverseStockCorrection(ReverseStockDocument):
    """Take a correction of the stock back."""

    document_type: StockCorrectionType

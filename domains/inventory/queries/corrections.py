"""What corrects the stock, as lists and as documents. Values are in the company's currency."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from domains.inventory.tables import (
    PriceCorrection,
    PriceCorrectionLine,
    Scrapping,
    ScrappingLine,
    StockCount,
    StockCountLine,
    StockTransfer,
    StockTransferLine,
    TransferReceipt,
    TransferReceiptLine,
    WriteDown,
)
from domains.ledger.queries.documents import reversal_of
from foundation.database.connections import Table, columns_for, rows_of
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity

View = TypeVar("View", bound=Message)


class StockCountSummary(Message):
    """What was counted in a warehouse; `value` is what was found more, less when negative."""

    count_id: UUID
    count_number: str
    warehouse_code: str
    counted_on: date
    reference: str
    value: ShownAmount
    currency: str
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class StockCountLineView(Message):
    """What was counted of an item, and what the books said of that day."""

    line_number: int
    item_code: str
    quantity: ShownQuantity
    unit: str
    stock_quantity: ShownQuantity
    book_quantity: ShownQuantity
    value: ShownAmount


class StockCountView(StockCountSummary):
    """The same with its lines."""

    lines: tuple[StockCountLineView, ...]


class ScrappingSummary(Message):
    """Goods that are worth nothing any more, and what they had cost."""

    scrapping_id: UUID
    scrapping_number: str
    warehouse_code: str
    scrapped_on: date
    reason: str
    value: ShownAmount
    currency: str
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class ScrappingLineView(Message):
    """What was scrapped of an item."""

    line_number: int
    item_code: str
    quantity: ShownQuantity
    unit: str
    stock_quantity: ShownQuantity
    value: ShownAmount


class ScrappingView(ScrappingSummary):
    """The same with its lines."""

    lines: tuple[ScrappingLineView, ...]


class StockTransferSummary(Message):
    """Goods that went from one warehouse to another; documents of their own receive those in transit."""

    transfer_id: UUID
    transfer_number: str
    from_warehouse_code: str
    to_warehouse_code: str
    transferred_on: date
    is_in_transit: bool
    reference: str
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class StockTransferLineView(Message):
    """What left of an item."""

    line_number: int
    item_code: str
    quantity: ShownQuantity
    unit: str
    stock_quantity: ShownQuantity


class StockTransferView(StockTransferSummary):
    """The same with its lines."""

    lines: tuple[StockTransferLineView, ...]


class TransferReceiptSummary(Message):
    """Goods in transit that arrived."""

    transfer_receipt_id: UUID
    transfer_receipt_number: str
    transfer_id: UUID
    warehouse_code: str
    received_on: date
    reference: str
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class TransferReceiptLineView(Message):
    """What arrived of a line of the transfer."""

    line_number: int
    item_code: str
    stock_quantity: ShownQuantity


class TransferReceiptView(TransferReceiptSummary):
    """The same with its lines."""

    lines: tuple[TransferReceiptLineView, ...]


class WriteDownView(Message):
    """An item written down to what can be got for it, or up again."""

    write_down_id: UUID
    write_down_number: str
    item_code: str
    written_on: date
    quantity: ShownQuantity
    unit_cost: ShownQuantity
    value_before: ShownAmount
    value: ShownAmount
    currency: str
    reason: str
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class PriceCorrectionSummary(Message):
    """By how much a receipt cost more; `stock_value` is the part that is still in stock."""

    correction_id: UUID
    correction_number: str
    receipt_id: UUID
    receipt_number: str
    corrected_on: date
    reason: str
    value: ShownAmount
    stock_value: ShownAmount
    currency: str
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class PriceCorrectionLineView(Message):
    """What a line of the receipt really cost."""

    line_number: int
    item_code: str
    unit_cost: ShownQuantity
    value: ShownAmount
    stock_value: ShownAmount


class PriceCorrectionView(PriceCorrectionSummary):
    """The same with its lines."""

    lines: tuple[PriceCorrectionLineView, ...]


STOCK_COUNTS = Listing(
    name="stock_counts",
    about="Counts of stock, the newest first.",
    view=StockCountSummary,
    rows=select(
        *columns_for(
            StockCount,
            StockCountSummary,
            count_id=StockCount.id,
            count_number=StockCount.number,
            reversed_by=reversal_of("stock_count", StockCount.id),
        )
    ),
    filters=(
        equal(StockCount.number),
        equal(StockCount.warehouse_code, "warehouse"),
        *between(StockCount.counted_on),
    ),
    sorts=named(StockCount.counted_on, StockCount.number),
    order="-counted_on",
    unique=(StockCount.id,),
)
SCRAPPINGS = Listing(
    name="scrappings",
    about="Scrapped goods, the newest first.",
    view=ScrappingSummary,
    rows=select(
        *columns_for(
            Scrapping,
            ScrappingSummary,
            scrapping_id=Scrapping.id,
            scrapping_number=Scrapping.number,
            reversed_by=reversal_of("scrapping", Scrapping.id),
        )
    ),
    filters=(
        equal(Scrapping.number),
        equal(Scrapping.warehouse_code, "warehouse"),
        *between(Scrapping.scrapped_on),
    ),
    sorts=named(Scrapping.scrapped_on, Scrapping.number),
    order="-scrapped_on",
    unique=(Scrapping.id,),
)
STOCK_TRANSFERS = Listing(
    name="stock_transfers",
    about="Transfers between warehouses, the newest first.",
    view=StockTransferSummary,
    rows=select(
        *columns_for(
            StockTransfer,
            StockTransferSummary,
            transfer_id=StockTransfer.id,
            transfer_number=StockTransfer.number,
            reversed_by=reversal_of("stock_transfer", StockTransfer.id),
        )
    ),
    filters=(
        equal(StockTransfer.number),
        equal(StockTransfer.from_warehouse_code, "from_warehouse"),
        equal(StockTransfer.to_warehouse_code, "to_warehouse"),
        *between(StockTransfer.transferred_on),
    ),
    sorts=named(StockTransfer.transferred_on, StockTransfer.number),
    order="-transferred_on",
    unique=(StockTransfer.id,),
)
TRANSFER_RECEIPTS = Listing(
    name="transfer_receipts",
    about="What arrived of transfers, the newest first.",
    view=TransferReceiptSummary,
    rows=select(
        *columns_for(
            TransferReceipt,
            TransferReceiptSummary,
            transfer_receipt_id=TransferReceipt.id,
            transfer_receipt_number=TransferReceipt.number,
            reversed_by=reversal_of("transfer_receipt", TransferReceipt.id),
        )
    ),
    filters=(
        equal(TransferReceipt.number),
        equal(TransferReceipt.warehouse_code, "warehouse"),
        equal(TransferReceipt.transfer_id, "transfer"),
        *between(TransferReceipt.received_on),
    ),
    sorts=named(TransferReceipt.received_on, TransferReceipt.number),
    order="-received_on",
    unique=(TransferReceipt.id,),
)
WRITE_DOWNS = Listing(
    name="write_downs",
    about="Write-downs of items, the newest first.",
    view=WriteDownView,
    rows=select(
        *columns_for(
            WriteDown,
            WriteDownView,
            write_down_id=WriteDown.id,
            write_down_number=WriteDown.number,
            reversed_by=reversal_of("write_down", WriteDown.id),
        )
    ),
    filters=(
        equal(WriteDown.number),
        equal(WriteDown.item_code, "item"),
        *between(WriteDown.written_on),
    ),
    sorts=named(WriteDown.written_on, WriteDown.number),
    order="-written_on",
    unique=(WriteDown.id,),
)
PRICE_CORRECTIONS = Listing(
    name="price_corrections",
    about="Corrected prices of receipts, the newest first.",
    view=PriceCorrectionSummary,
    rows=select(
        *columns_for(
            PriceCorrection,
            PriceCorrectionSummary,
            correction_id=PriceCorrection.id,
            correction_number=PriceCorrection.number,
            reversed_by=reversal_of("price_correction", PriceCorrection.id),
        )
    ),
    filters=(
        equal(PriceCorrection.number),
        equal(PriceCorrection.receipt_id, "receipt"),
        *between(PriceCorrection.corrected_on),
    ),
    sorts=named(PriceCorrection.corrected_on, PriceCorrection.number),
    order="-corrected_on",
    unique=(PriceCorrection.id,),
)


async def _one(
    tx: Transaction, listing: Listing[Any], view: type[View], head: type[Table], lines: Any, document_id: UUID
) -> View:
    """A document with its lines, in their order. Refuses: NotFound."""
    of = rows_of(head)
    name = of.name.replace("_", " ")
    row = await tx.existing(listing.rows.where(of.c.id == document_id), f"{name} {document_id}")
    fields = row._asdict()
    if lines is not None:
        fields["lines"] = [line._asdict() for line in await tx.execute(lines)]
    return view.model_validate(fields)


def _lines(entity: type[Table], view: type[Message], head: str, document_id: UUID) -> Select[Any]:
    of = rows_of(entity)
    return select(*columns_for(entity, view)).where(of.c[head] == document_id).order_by(of.c.line_number)


async def stock_count(tx: Transaction, count_id: UUID) -> StockCountView:
    """One of them, with its lines. Refuses: NotFound."""
    lines = _lines(StockCountLine, StockCountLineView, "count_id", count_id)
    return await _one(tx, STOCK_COUNTS, StockCountView, StockCount, lines, count_id)


async def scrapping(tx: Transaction, scrapping_id: UUID) -> ScrappingView:
    """One of them, with its lines. Refuses: NotFound."""
    lines = _lines(ScrappingLine, ScrappingLineView, "scrapping_id", scrapping_id)
    return await _one(tx, SCRAPPINGS, ScrappingView, Scrapping, lines, scrapping_id)


async def stock_transfer(tx: Transaction, transfer_id: UUID) -> StockTransferView:
    """One of them, with its lines. Refuses: NotFound."""
    lines = _lines(StockTransferLine, StockTransferLineView, "transfer_id", transfer_id)
    return await _one(tx, STOCK_TRANSFERS, StockTransferView, StockTransfer, lines, transfer_id)


async def transfer_receipt(tx: Transaction, transfer_receipt_id: UUID) -> TransferReceiptView:
    """One of them, with its lines. Refuses: NotFound."""
    lines = _lines(TransferReceiptLine, TransferReceiptLineView, "transfer_receipt_id", transfer_receipt_id)
    return await _one(tx, TRANSFER_RECEIPTS, TransferReceiptView, TransferReceipt, lines, transfer_receipt_id)


async def write_down(tx: Transaction, write_down_id: UUID) -> WriteDownView:
    """One of them. Refuses: NotFound."""
    return await _one(tx, WRITE_DOWNS, WriteDownView, WriteDown, None, write_down_id)


async def price_correction(tx: Transaction, correction_id: UUID) -> PriceCorrectionView:
    """One of them, with its lines. Refuses: NotFound."""
    lines = _lines(PriceCorrectionLine, PriceCorrectionLineView, "correction_id", correction_id)
    return await _one(tx, PRICE_CORRECTIONS, PriceCorrectionView, PriceCorrection, lines, correction_id)

"""What corrects the stock, as lists and as documents. Values are in the company's currency."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import select

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
from foundation.database.lists import Filter, Listing, between, equal, named
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


@dataclass(frozen=True)
class StockDocument(Generic[View]):
    """A document that corrects the stock: how it is listed, and how one of them is read."""

    table: type[Table]
    view: type[View]
    id_name: str
    """What views, lines and routes call its id."""
    listing: Listing[Any]
    lines: tuple[type[Table], type[Message]] | None
    """The table of its lines, and how one of them is shown."""

    async def read(self, tx: Transaction, document_id: UUID) -> View:
        """One of them, with its lines in their order. Refuses: NotFound."""
        heads = rows_of(self.table)
        called = f"{heads.name.replace('_', ' ')} {document_id}"
        fields = (await tx.existing(self.listing.rows.where(heads.c.id == document_id), called))._asdict()
        if self.lines:
            entity, view = self.lines
            rows = rows_of(entity)
            of_it = select(*columns_for(entity, view)).where(rows.c[self.id_name] == document_id)
            lines = await tx.execute(of_it.order_by(rows.c.line_number))
            fields["lines"] = [line._asdict() for line in lines]
        return self.view.model_validate(fields)


def _kind(
    table: Any,
    view: type[View],
    *,
    name: str,
    about: str,
    on: Any,
    filters: tuple[Filter, ...],
    summary: type[Message] | None = None,
    lines: tuple[type[Table], type[Message]] | None = None,
) -> StockDocument[View]:
    """Declare a stock document: its views say `name`_id and `name`_number, `on` is the day that it is of.

    The list shows its summary; one without lines is shown in full.
    """
    shown = summary or view
    named_so = {f"{name}_id": table.id, f"{name}_number": table.number}
    taken_back = reversal_of(table.__tablename__, table.id)
    listing = Listing(
        name=f"{table.__tablename__}s",
        about=about,
        view=shown,
        rows=select(*columns_for(table, shown, **named_so, reversed_by=taken_back)),
        filters=(equal(table.number), *filters, *between(on)),
        sorts=named(on, table.number),
        order=f"-{on.key}",
        unique=(table.id,),
    )
    return StockDocument(table, view, f"{name}_id", listing, lines)


STOCK_COUNTS = _kind(
    StockCount,
    StockCountView,
    name="count",
    about="Counts of stock, the newest first.",
    on=StockCount.counted_on,
    filters=(equal(StockCount.warehouse_code, "warehouse"),),
    summary=StockCountSummary,
    lines=(StockCountLine, StockCountLineView),
)
SCRAPPINGS = _kind(
    Scrapping,
    ScrappingView,
    name="scrapping",
    about="Scrapped goods, the newest first.",
    on=Scrapping.scrapped_on,
    filters=(equal(Scrapping.warehouse_code, "warehouse"),),
    summary=ScrappingSummary,
    lines=(ScrappingLine, ScrappingLineView),
)
STOCK_TRANSFERS = _kind(
    StockTransfer,
    StockTransferView,
    name="transfer",
    about="Transfers between warehouses, the newest first.",
    on=StockTransfer.transferred_on,
    filters=(
        equal(StockTransfer.from_warehouse_code, "from_warehouse"),
        equal(StockTransfer.to_warehouse_code, "to_warehouse"),
    ),
    summary=StockTransferSummary,
    lines=(StockTransferLine, StockTransferLineView),
)
TRANSFER_RECEIPTS = _kind(
    TransferReceipt,
    TransferReceiptView,
    name="transfer_receipt",
    about="What arrived of transfers, the newest first.",
    on=TransferReceipt.received_on,
    filters=(
        equal(TransferReceipt.warehouse_code, "warehouse"),
        equal(TransferReceipt.transfer_id, "transfer"),
    ),
    summary=TransferReceiptSummary,
    lines=(TransferReceiptLine, TransferReceiptLineView),
)
WRITE_DOWNS = _kind(
    WriteDown,
    WriteDownView,
    name="write_down",
    about="Write-downs of items, the newest first.",
    on=WriteDown.written_on,
    filters=(equal(WriteDown.item_code, "item"),),
)
PRICE_CORRECTIONS = _kind(
    PriceCorrection,
    PriceCorrectionView,
    name="correction",
    about="Corrected prices of receipts, the newest first.",
    on=PriceCorrection.corrected_on,
    filters=(equal(PriceCorrection.receipt_id, "receipt"),),
    summary=PriceCorrectionSummary,
    lines=(PriceCorrectionLine, PriceCorrectionLineView),
)

"""The documents that correct the stock: counted, scrapped, moved elsewhere, written down, priced anew.

Quantities are in the items' stock units, values in the company's currency.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.inventory.tables.goods import AMOUNT
from domains.master_data.tables import belongs_to
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document


@document("/v1/stock-counts")
class StockCount(OfCompany, Posted, Table):
    """What was counted in a warehouse on a day, and how it differed from the books. Only added to."""

    __tablename__ = "stock_count"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("warehouse_code", "warehouse"),
        Index(None, "company_id", "counted_on", "id"),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    warehouse_code: Mapped[str]
    counted_on: Mapped[date]
    reference: Mapped[str]
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    """What was found more than the books said, less when negative."""
    currency: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StockCountLine(OfCompany, Table):
    """One item as it was counted, and what the books said at the end of that day. Only added to."""

    __tablename__ = "stock_count_line"
    __table_args__ = (
        PrimaryKeyConstraint("count_id", "line_number"),
        CheckConstraint("stock_quantity >= 0", "quantity_not_negative"),
        ForeignKeyConstraint(["count_id"], ["inventory.stock_count.id"]),
        belongs_to("item_code", "item"),
        {"schema": "inventory"},
    )

    count_id: Mapped[UUID]
    line_number: Mapped[int]
    item_code: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    stock_quantity: Mapped[Decimal]
    book_quantity: Mapped[Decimal]
    value: Mapped[Decimal] = mapped_column(AMOUNT)


@document("/v1/scrappings")
class Scrapping(OfCompany, Posted, Table):
    """Goods that are worth nothing any more, and why. Only added to."""

    __tablename__ = "scrapping"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("warehouse_code", "warehouse"),
        Index(None, "company_id", "scrapped_on", "id"),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    warehouse_code: Mapped[str]
    scrapped_on: Mapped[date]
    reason: Mapped[str]
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ScrappingLine(OfCompany, Table):
    """What was scrapped of an item, and what it had cost. Only added to."""

    __tablename__ = "scrapping_line"
    __table_args__ = (
        PrimaryKeyConstraint("scrapping_id", "line_number"),
        CheckConstraint("stock_quantity > 0", "quantity_positive"),
        ForeignKeyConstraint(["scrapping_id"], ["inventory.scrapping.id"]),
        belongs_to("item_code", "item"),
        {"schema": "inventory"},
    )

    scrapping_id: Mapped[UUID]
    line_number: Mapped[int]
    item_code: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    stock_quantity: Mapped[Decimal]
    value: Mapped[Decimal] = mapped_column(AMOUNT)


@document("/v1/stock-transfers")
class StockTransfer(OfCompany, Posted, Table):
    """Goods that left one warehouse for another, at once or in transit until received. Only added to."""

    __tablename__ = "stock_transfer"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("from_warehouse_code <> to_warehouse_code", "warehouses_differ"),
        belongs_to("from_warehouse_code", "warehouse"),
        belongs_to("to_warehouse_code", "warehouse"),
        Index(None, "company_id", "transferred_on", "id"),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    from_warehouse_code: Mapped[str]
    to_warehouse_code: Mapped[str]
    transferred_on: Mapped[date]
    is_in_transit: Mapped[bool]
    """Whether they are received by documents of their own."""
    reference: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StockTransferLine(OfCompany, Table):
    """What left of an item. Only added to."""

    __tablename__ = "stock_transfer_line"
    __table_args__ = (
        PrimaryKeyConstraint("transfer_id", "line_number"),
        CheckConstraint("stock_quantity > 0", "quantity_positive"),
        ForeignKeyConstraint(["transfer_id"], ["inventory.stock_transfer.id"]),
        belongs_to("item_code", "item"),
        {"schema": "inventory"},
    )

    transfer_id: Mapped[UUID]
    line_number: Mapped[int]
    item_code: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    stock_quantity: Mapped[Decimal]


@document("/v1/transfer-receipts")
class TransferReceipt(OfCompany, Posted, Table):
    """Goods in transit that arrived. Only added to."""

    __tablename__ = "transfer_receipt"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("warehouse_code", "warehouse"),
        ForeignKeyConstraint(["transfer_id"], ["inventory.stock_transfer.id"]),
        Index(None, "transfer_id"),
        Index(None, "company_id", "received_on", "id"),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    transfer_id: Mapped[UUID]
    warehouse_code: Mapped[str]
    received_on: Mapped[date]
    reference: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TransferReceiptLine(OfCompany, Table):
    """What arrived of a line of the transfer, by its number. Only added to."""

    __tablename__ = "transfer_receipt_line"
    __table_args__ = (
        PrimaryKeyConstraint("transfer_receipt_id", "line_number"),
        CheckConstraint("stock_quantity > 0", "quantity_positive"),
        ForeignKeyConstraint(["transfer_receipt_id"], ["inventory.transfer_receipt.id"]),
        belongs_to("item_code", "item"),
        {"schema": "inventory"},
    )

    transfer_receipt_id: Mapped[UUID]
    line_number: Mapped[int]
    item_code: Mapped[str]
    stock_quantity: Mapped[Decimal]


@document("/v1/write-downs")
class WriteDown(OfCompany, Posted, Table):
    """An item written down to what it can be sold for, or up again. Only added to."""

    __tablename__ = "write_down"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("unit_cost >= 0", "unit_cost_not_negative"),
        belongs_to("item_code", "item"),
        Index(None, "company_id", "item_code"),
        Index(None, "company_id", "written_on", "id"),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    item_code: Mapped[str]
    written_on: Mapped[date]
    quantity: Mapped[Decimal]
    unit_cost: Mapped[Decimal]
    """What one unit is carried at afterwards."""
    value_before: Mapped[Decimal] = mapped_column(AMOUNT)
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str]
    reason: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


@document("/v1/price-corrections")
class PriceCorrection(OfCompany, Posted, Table):
    """A receipt cost something else than was reported. Only added to."""

    __tablename__ = "price_correction"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        ForeignKeyConstraint(["receipt_id"], ["inventory.stock_receipt.id"]),
        Index(None, "receipt_id"),
        Index(None, "company_id", "corrected_on", "id"),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    receipt_id: Mapped[UUID]
    receipt_number: Mapped[str]
    corrected_on: Mapped[date]
    reason: Mapped[str]
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    """By how much the receipt cost more, less when negative."""
    stock_value: Mapped[Decimal] = mapped_column(AMOUNT)
    """The part of it that what is left is worth more; the rest is cost of goods sold."""
    currency: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PriceCorrectionLine(OfCompany, Table):
    """What a line of the receipt, by its number, really cost. Only added to."""

    __tablename__ = "price_correction_line"
    __table_args__ = (
        PrimaryKeyConstraint("correction_id", "line_number"),
        CheckConstraint("unit_cost >= 0", "unit_cost_not_negative"),
        ForeignKeyConstraint(["correction_id"], ["inventory.price_correction.id"]),
        belongs_to("item_code", "item"),
        {"schema": "inventory"},
    )

    correction_id: Mapped[UUID]
    line_number: Mapped[int]
    item_code: Mapped[str]
    unit_cost: Mapped[Decimal]
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    stock_value: Mapped[Decimal] = mapped_column(AMOUNT)

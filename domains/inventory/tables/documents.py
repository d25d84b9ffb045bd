"""The documents by which goods come, leave, come back and get another value.

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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.inventory.tables.goods import AMOUNT
from domains.master_data.tables import belongs_to
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document


@document("/v1/stock-receipts", party="supplier_code")
class StockReceipt(OfCompany, Posted, Table):
    """Goods that came in, as they were reported. Only added to."""

    __tablename__ = "stock_receipt"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("reason IN ('purchase', 'opening', 'adjustment')", "reason_known"),
        CheckConstraint("(order_id IS NULL) = (order_number IS NULL)", "order_with_number"),
        belongs_to("warehouse_code", "warehouse"),
        Index(None, "order_id", postgresql_where=text("order_id IS NOT NULL")),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    warehouse_code: Mapped[str]
    received_on: Mapped[date]
    reference: Mapped[str]
    reason: Mapped[str]
    supplier_code: Mapped[str | None]
    order_id: Mapped[UUID | None]
    order_number: Mapped[str | None]
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    adjustment_value: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StockReceiptLine(OfCompany, Table):
    """One line of a receipt, in the unit in which it came. Only added to."""

    __tablename__ = "stock_receipt_line"
    __table_args__ = (
        PrimaryKeyConstraint("receipt_id", "line_number"),
        ForeignKeyConstraint(["receipt_id"], ["inventory.stock_receipt.id"]),
        belongs_to("item_code", "item"),
        {"schema": "inventory"},
    )

    receipt_id: Mapped[UUID]
    line_number: Mapped[int]
    item_code: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    unit_cost: Mapped[Decimal]
    stock_quantity: Mapped[Decimal]
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    order_line_number: Mapped[int | None]


@document("/v1/shipments", party="customer_code")
class Shipment(OfCompany, Posted, Table):
    """Goods that left for a customer. Only added to."""

    __tablename__ = "shipment"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        Index(None, "company_id", "order_id"),
        Index(None, "company_id", "shipped_on", "id"),
        belongs_to("customer_code", "customer"),
        belongs_to("warehouse_code", "warehouse"),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    order_id: Mapped[UUID]
    order_number: Mapped[str]
    customer_code: Mapped[str]
    warehouse_code: Mapped[str]
    shipped_on: Mapped[date]
    carrier: Mapped[str]
    tracking: Mapped[str]
    cost: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ShipmentLine(OfCompany, Table):
    """What left for one order line, and what it cost. Only added to."""

    __tablename__ = "shipment_line"
    __table_args__ = (
        PrimaryKeyConstraint("shipment_id", "line_number"),
        ForeignKeyConstraint(["shipment_id"], ["inventory.shipment.id"]),
        belongs_to("item_code", "item"),
        {"schema": "inventory"},
    )

    shipment_id: Mapped[UUID]
    line_number: Mapped[int]
    item_code: Mapped[str]
    quantity: Mapped[Decimal]
    cost: Mapped[Decimal] = mapped_column(AMOUNT)


@document("/v1/goods-returns", party="customer_code")
class GoodsReturn(OfCompany, Posted, Table):
    """Goods of an order that came back, at what they had cost. Only added to."""

    __tablename__ = "goods_return"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("restocked_value >= 0 AND scrapped_value >= 0", "values_not_negative"),
        Index(None, "company_id", "order_id"),
        Index(None, "company_id", "received_on", "id"),
        belongs_to("customer_code", "customer"),
        belongs_to("warehouse_code", "warehouse"),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    order_id: Mapped[UUID]
    order_number: Mapped[str]
    customer_code: Mapped[str]
    warehouse_code: Mapped[str]
    received_on: Mapped[date]
    reference: Mapped[str]
    restocked_value: Mapped[Decimal] = mapped_column(AMOUNT)
    scrapped_value: Mapped[Decimal] = mapped_column(AMOUNT)
    adjustment_value: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class GoodsReturnLine(OfCompany, Table):
    """What came back of one order line, what it had cost, and how much of that is on the shelf again."""

    __tablename__ = "goods_return_line"
    __table_args__ = (
        PrimaryKeyConstraint("return_id", "line_number"),
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("scrapped_quantity BETWEEN 0 AND quantity", "scrapped_is_part"),
        CheckConstraint("restocked_cost BETWEEN 0 AND cost", "restocked_is_part"),
        ForeignKeyConstraint(["return_id"], ["inventory.goods_return.id"]),
        belongs_to("item_code", "item"),
        {"schema": "inventory"},
    )

    return_id: Mapped[UUID]
    line_number: Mapped[int]
    item_code: Mapped[str]
    quantity: Mapped[Decimal]
    scrapped_quantity: Mapped[Decimal]
    cost: Mapped[Decimal] = mapped_column(AMOUNT)
    restocked_cost: Mapped[Decimal] = mapped_column(AMOUNT)


@document("/v1/revaluations")
class Revaluation(OfCompany, Posted, Table):
    """What is on hand of an item got another unit cost, in the company's currency."""

    __tablename__ = "revaluation"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("item_code", "item"),
        Index(None, "company_id", "revalued_on", "id"),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    item_code: Mapped[str]
    revalued_on: Mapped[date]
    quantity: Mapped[Decimal]
    unit_cost: Mapped[Decimal]
    value_before: Mapped[Decimal] = mapped_column(AMOUNT)
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str]
    reason: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


@document("/v1/vendor-returns", party="supplier_code", process="vendor_return")
class VendorReturn(OfCompany, Posted, Table):
    """Goods of a purchase order that went back to the supplier. Only added to."""

    __tablename__ = "vendor_return"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("reason <> ''", "has_reason"),
        Index(None, "company_id", "order_id"),
        Index(None, "company_id", "returned_on", "id"),
        belongs_to("supplier_code", "supplier"),
        belongs_to("warehouse_code", "warehouse"),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    order_id: Mapped[UUID]
    order_number: Mapped[str]
    process_of_order: Mapped[str]
    """Who is told, as long as it runs."""
    supplier_code: Mapped[str]
    warehouse_code: Mapped[str]
    returned_on: Mapped[date]
    reason: Mapped[str]
    reference: Mapped[str]
    replace: Mapped[bool]
    """Whether the same goods are to come again."""
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    """What they had been taken in at."""
    cost: Mapped[Decimal] = mapped_column(AMOUNT)
    """What they were worth when they left."""
    currency: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class VendorReturnLine(OfCompany, Table):
    """One line of a receipt that goes back, of what is billed and of what is not apart. Only added to."""

    __tablename__ = "vendor_return_line"
    __table_args__ = (
        PrimaryKeyConstraint("return_id", "line_number"),
        CheckConstraint("least(quantity, stock_quantity) > 0", "quantity_positive"),
        CheckConstraint("value >= 0", "value_not_negative"),
        ForeignKeyConstraint(["return_id"], ["inventory.vendor_return.id"]),
        ForeignKeyConstraint(
            ["receipt_id", "receipt_line_number"],
            ["inventory.stock_receipt_line.receipt_id", "inventory.stock_receipt_line.line_number"],
        ),
        Index(None, "receipt_id", "receipt_line_number"),
        belongs_to("item_code", "item"),
        {"schema": "inventory"},
    )

    return_id: Mapped[UUID]
    line_number: Mapped[int]
    order_line_number: Mapped[int]
    receipt_id: Mapped[UUID]
    receipt_line_number: Mapped[int]
    item_code: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    stock_quantity: Mapped[Decimal]
    is_billed: Mapped[bool]
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    cost: Mapped[Decimal] = mapped_column(AMOUNT)

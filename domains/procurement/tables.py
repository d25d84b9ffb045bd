"""The tables of procurement. Amounts are in the order's currency unless it says `base`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Sequence,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import OfCode, Versioned, belongs_to
from foundation.database.connections import OfCompany, Table
from foundation.database.document_types import document

PURCHASE_ORDER_NUMBER = Sequence("purchase_order_number", schema="procurement", metadata=Table.metadata)
PURCHASE_REQUISITION_NUMBER = Sequence(
    "purchase_requisition_number", schema="procurement", metadata=Table.metadata
)


@document("/v1/purchase-orders", party="supplier_code", process="procure_to_pay")
class PurchaseOrder(OfCompany, Table):
    """What we have asked a supplier for, and how far it has come."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("supplier_code", "supplier"),
        belongs_to("warehouse_code", "warehouse"),
        belongs_to("payment_terms_code", "payment_terms"),
        CheckConstraint("status IN ('held', 'placed', 'received', 'cancelled')", "status_known"),
        CheckConstraint("total_amount = net_amount + tax_amount", "total_is_sum"),
        Index(None, "company_id", "ordered_on", "id"),
        Index(None, "company_id", "supplier_code"),
        {"schema": "procurement"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    status: Mapped[str]
    supplier_code: Mapped[str]
    supplier_name: Mapped[str]
    supplier_reference: Mapped[str]
    ordered_on: Mapped[date]
    expected_on: Mapped[date | None]
    currency: Mapped[str]
    warehouse_code: Mapped[str]
    payment_terms_code: Mapped[str]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    base_total_amount: Mapped[Decimal]
    # What people have said yes to, in the company's currency; nothing, when nobody was asked.
    approved_amount: Mapped[Decimal] = mapped_column(server_default="0")
    reason: Mapped[str] = mapped_column(server_default="")
    placed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PurchaseOrderLine(OfCompany, Table):
    """One line of a purchase order, and what has come of it; quantities in its unit."""

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        belongs_to("item_code", "item"),
        belongs_to("tax_code", "tax_code"),
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("received_quantity >= 0", "received_not_negative"),
        ForeignKeyConstraint(
            ["requisition_id", "requisition_line_number"],
            [f"procurement.purchase_requisition_line.{name}" for name in ("requisition_id", "line_number")],
        ),
        UniqueConstraint("requisition_id", "requisition_line_number"),
        Index(None, "company_id", "item_code"),
        {"schema": "procurement"},
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("procurement.purchase_order.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    item_code: Mapped[str]
    description: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    stock_quantity: Mapped[Decimal]
    is_stocked: Mapped[bool]
    unit_price: Mapped[Decimal]
    discount_percent: Mapped[Decimal]
    tax_code: Mapped[str]
    over_delivery_percent: Mapped[Decimal]
    under_delivery_percent: Mapped[Decimal]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    received_quantity: Mapped[Decimal] = mapped_column(server_default="0")
    requisition_id: Mapped[UUID | None]
    requisition_line_number: Mapped[int | None]
    """The line of a requisition that it orders."""


class PurchaseOrderVersion(OfCompany, Table):
    """A purchase order as its supplier is sent it, and why it is other than the version before."""

    __tablename__ = "purchase_order_version"
    __table_args__ = (
        UniqueConstraint("order_id", "version"),
        CheckConstraint("version > 0", "version_positive"),
        CheckConstraint("net_amount >= 0", "net_amount_not_negative"),
        {"schema": "procurement"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("procurement.purchase_order.id"))
    version: Mapped[int]
    issued_on: Mapped[date]
    reason: Mapped[str]
    is_cancelled: Mapped[bool]
    net_amount: Mapped[Decimal]
    company: Mapped[dict[str, Any]] = mapped_column(JSONB)
    supplier: Mapped[dict[str, Any]] = mapped_column(JSONB)
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What stands around the lines."""
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PurchaseOrderVersionLine(OfCompany, Table):
    """A line of a purchase order as the supplier is sent it; quantities in its unit."""

    __tablename__ = "purchase_order_version_line"
    __table_args__ = (CheckConstraint("quantity >= 0", "quantity_not_negative"), {"schema": "procurement"})

    version_id: Mapped[UUID] = mapped_column(
        ForeignKey("procurement.purchase_order_version.id"), primary_key=True
    )
    line_number: Mapped[int] = mapped_column(primary_key=True)
    item_code: Mapped[str]
    description: Mapped[str]
    supplier_item_number: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    unit_price: Mapped[Decimal]
    discount_percent: Mapped[Decimal]
    net_amount: Mapped[Decimal]


class Acknowledgement(OfCompany, Table):
    """What a supplier has answered to an order, and who has decided about it."""

    __tablename__ = "acknowledgement"
    __table_args__ = (
        CheckConstraint(
            "status IN ('agreed', 'waiting', 'accepted', 'refused', 'superseded')", "status_known"
        ),
        CheckConstraint(
            "(status IN ('accepted', 'refused')) = (decided_by IS NOT NULL)"
            " AND (decided_by IS NULL) = (decided_on IS NULL)",
            "decided_by_somebody",
        ),
        ForeignKeyConstraint(
            ["order_id", "version"],
            ["procurement.purchase_order_version.order_id", "procurement.purchase_order_version.version"],
        ),
        Index(None, "order_id", "acknowledged_on", "recorded_at"),
        Index(None, "company_id", "acknowledged_on", "id"),
        Index(
            "acknowledgement_one_waits", "order_id", unique=True, postgresql_where=text("status = 'waiting'")
        ),
        {"schema": "procurement"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("procurement.purchase_order.id"))
    version: Mapped[int]
    """The version that the supplier was told of last."""
    supplier_number: Mapped[str]
    acknowledged_on: Mapped[date]
    status: Mapped[str]
    entered_by: Mapped[str] = mapped_column(server_default=func.current_setting("perpetual.actor"))
    decided_by: Mapped[str | None]
    decided_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(server_default="")
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AcknowledgementLine(OfCompany, Table):
    """What a supplier has answered to one line; prices of one unit, without tax."""

    __tablename__ = "acknowledgement_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["order_id", "line_number"],
            ["procurement.purchase_order_line.order_id", "procurement.purchase_order_line.line_number"],
        ),
        {"schema": "procurement"},
    )

    acknowledgement_id: Mapped[UUID] = mapped_column(
        ForeignKey("procurement.acknowledgement.id"), primary_key=True
    )
    line_number: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    promised_on: Mapped[date | None]
    unit_price: Mapped[Decimal]
    discount_percent: Mapped[Decimal]
    ordered_price: Mapped[Decimal]
    ordered_discount_percent: Mapped[Decimal]
    is_tolerated: Mapped[bool]


class SupplierItem(OfCode, Versioned, Table):
    """An item as a supplier sells it to us: price without tax, quantities in its unit."""

    __tablename__ = "supplier_item"
    __table_args__ = (
        belongs_to("supplier_code", "supplier"),
        belongs_to("item_code", "item"),
        CheckConstraint("least(unit_price, minimum_quantity, multiple, lead_time_days) >= 0", "not_negative"),
        CheckConstraint("valid_from <= valid_to", "in_order"),
        Index(None, "company_id", "item_code"),
        {"schema": "procurement"},
    )

    supplier_code: Mapped[str]
    item_code: Mapped[str]
    supplier_item_number: Mapped[str]
    unit_price: Mapped[Decimal]
    currency: Mapped[str]
    unit: Mapped[str | None]
    minimum_quantity: Mapped[Decimal]
    multiple: Mapped[Decimal]
    lead_time_days: Mapped[int]
    preferred: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    blocked: Mapped[bool]


@document("/v1/purchase-requisitions", process="purchase_requisition")
class PurchaseRequisition(OfCompany, Table):
    """What somebody needs, and how far it has come. Amounts are in the company's currency."""

    __tablename__ = "purchase_requisition"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("warehouse_code", "warehouse"),
        CheckConstraint(
            "status IN ('entered', 'submitted', 'approved', 'ordered', 'rejected', 'cancelled')",
            "status_known",
        ),
        Index(None, "company_id", "requested_on", "id"),
        {"schema": "procurement"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    status: Mapped[str]
    requested_on: Mapped[date]
    requested_by: Mapped[str] = mapped_column(server_default=func.current_setting("perpetual.actor"))
    category: Mapped[str]
    cost_centre: Mapped[str]
    reason: Mapped[str]
    warehouse_code: Mapped[str | None]
    currency: Mapped[str]
    base_total_amount: Mapped[Decimal]
    ordered_on: Mapped[date | None]
    """The day of its orders, once it is approved."""
    why_ended: Mapped[str] = mapped_column(server_default="")
    """Why it was rejected or cancelled."""
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PurchaseRequisitionLine(OfCompany, Table):
    """One line of a requisition: what is needed, and where how much of it is ordered at which price."""

    __tablename__ = "purchase_requisition_line"
    __table_args__ = (
        belongs_to("item_code", "item"),
        belongs_to("supplier_code", "supplier"),
        CheckConstraint(
            "least(quantity, stock_quantity, order_quantity, order_stock_quantity) > 0", "quantity_positive"
        ),
        CheckConstraint("least(unit_price, base_amount) >= 0", "amount_not_negative"),
        CheckConstraint("origin IN ('person', 'reorder_point', 'backorders')", "origin_known"),
        CheckConstraint("(origin = 'backorders') = (for_orders <> '{}')", "orders_of_backorders"),
        {"schema": "procurement"},
    )

    requisition_id: Mapped[UUID] = mapped_column(
        ForeignKey("procurement.purchase_requisition.id"), primary_key=True
    )
    line_number: Mapped[int] = mapped_column(primary_key=True)
    item_code: Mapped[str]
    description: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    stock_quantity: Mapped[Decimal]
    wanted_on: Mapped[date]
    cost_centre: Mapped[str | None]
    supplier_code: Mapped[str]
    supplier_item: Mapped[str]
    found_by: Mapped[str]
    order_quantity: Mapped[Decimal]
    order_unit: Mapped[str]
    order_stock_quantity: Mapped[Decimal]
    unit_price: Mapped[Decimal]
    currency: Mapped[str]
    base_amount: Mapped[Decimal]
    budget_code: Mapped[str | None]
    origin: Mapped[str]
    for_orders: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The numbers of the orders that wait for it."""
    why_not_ordered: Mapped[str] = mapped_column(server_default="")
    """Why the order of it was refused."""

"""The tables of sales: the order with its lines and earlier versions, and returns."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import belongs_to
from foundation.database.connections import OfCompany, Table
from foundation.database.document_types import document

ORDER_NUMBER = Sequence("order_number", schema="sales", metadata=Table.metadata)
RETURN_NUMBER = Sequence("return_number", schema="sales", metadata=Table.metadata)


@document("/v1/sales-orders", party="customer_code", process="order_to_cash")
class SalesOrder(OfCompany, Table):
    """A customer's promise to pay, and ours to deliver."""

    __tablename__ = "sales_order"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        Index(None, "company_id", "ordered_on", "id"),
        Index(None, "company_id", "customer_code"),
        Index(None, "company_id", "customer_reference"),
        belongs_to("customer_code", "customer"),
        belongs_to("warehouse_code", "warehouse"),
        belongs_to("payment_terms_code", "payment_terms"),
        CheckConstraint(
            "status IN ('placed', 'held', 'confirmed', 'delivered', 'closed', 'cancelled', 'rejected')",
            "status_known",
        ),
        CheckConstraint("total_amount >= 0", "total_not_negative"),
        CheckConstraint("total_amount = net_amount + tax_amount", "total_is_sum"),
        {"schema": "sales"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    status: Mapped[str]
    customer_code: Mapped[str]
    customer_name: Mapped[str]
    customer_reference: Mapped[str]
    ordered_on: Mapped[date]
    requested_on: Mapped[date | None]
    currency: Mapped[str]
    warehouse_code: Mapped[str]
    payment_terms_code: Mapped[str]
    delivery: Mapped[str]
    invoicing: Mapped[str]
    prices_include_tax: Mapped[bool]
    freight_amount: Mapped[Decimal]
    freight_tax_code: Mapped[str | None]
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    base_total_amount: Mapped[Decimal]
    reason: Mapped[str] = mapped_column(server_default="")
    placed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")
    discount_percent: Mapped[Decimal | None]
    """What was agreed off every line; not known of orders that were placed before it was kept."""
    replaces_order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales.sales_order.id"))
    """The order that has billed the goods which are sent again with this one, free of charge."""


class SalesOrderLine(OfCompany, Table):
    """One line of an order, and how far it has come."""

    __tablename__ = "sales_order_line"
    __table_args__ = (
        belongs_to("item_code", "item"),
        belongs_to("tax_code", "tax_code"),
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("delivered_quantity BETWEEN 0 AND quantity", "delivered_as_ordered"),
        CheckConstraint("billed_quantity BETWEEN 0 AND delivered_quantity", "billed_as_delivered"),
        CheckConstraint("returned_quantity BETWEEN 0 AND delivered_quantity", "returned_as_delivered"),
        {"schema": "sales"},
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales.sales_order.id"), primary_key=True)
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
    net_amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    short_quantity: Mapped[Decimal] = mapped_column(server_default="0")
    delivered_quantity: Mapped[Decimal] = mapped_column(server_default="0")
    billed_quantity: Mapped[Decimal] = mapped_column(server_default="0")
    returned_quantity: Mapped[Decimal] = mapped_column(server_default="0")
    """What has come back, or is to come back by a return that was authorised."""
    replaces_line_number: Mapped[int | None]
    """The line of `replaces_order_id` that its goods were billed with."""


class SalesOrderVersion(OfCompany, Table):
    """An order as it was before it was amended, by whom and why. Only added to."""

    __tablename__ = "sales_order_version"
    __table_args__ = (UniqueConstraint("amendment_id"), {"schema": "sales"})

    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales.sales_order.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    """The order of this version, as `OrderPlaced`."""
    amendment_id: Mapped[UUID]
    amended_by: Mapped[str] = mapped_column(server_default=func.current_setting("perpetual.actor"))
    amended_at: Mapped[datetime] = mapped_column(server_default=func.now())
    reason: Mapped[str]


@document("/v1/returns", process="customer_return")
class SalesReturn(OfCompany, Table):
    """We have agreed that goods of an order may come back."""

    __tablename__ = "sales_return"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        Index(None, "company_id", "order_id"),
        Index(None, "company_id", "authorised_on", "id"),
        CheckConstraint("status IN ('authorised', 'closed', 'cancelled')", "status_known"),
        CheckConstraint("resolution IN ('refund', 'on_account', 'replace')", "resolution_known"),
        {"schema": "sales"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales.sales_order.id"))
    status: Mapped[str]
    resolution: Mapped[str]
    cancels_order: Mapped[bool]
    goods_stay: Mapped[bool] = mapped_column(server_default="false")
    reason: Mapped[str]
    authorised_on: Mapped[date]
    ended_reason: Mapped[str] = mapped_column(server_default="")
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SalesReturnLine(OfCompany, Table):
    """What may come back of an order line, and what did: in the order line's unit."""

    __tablename__ = "sales_return_line"
    __table_args__ = (
        belongs_to("item_code", "item"),
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("accepted_quantity BETWEEN 0 AND quantity", "accepted_as_authorised"),
        CheckConstraint("scrapped_quantity BETWEEN 0 AND accepted_quantity", "scrapped_as_accepted"),
        {"schema": "sales"},
    )

    return_id: Mapped[UUID] = mapped_column(ForeignKey("sales.sales_return.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    item_code: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    stock_quantity: Mapped[Decimal]
    is_stocked: Mapped[bool]
    accepted_quantity: Mapped[Decimal] = mapped_column(server_default="0")
    scrapped_quantity: Mapped[Decimal] = mapped_column(server_default="0")

"""The tables of replenishment. Quantities are in the items' stock units."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import OfCode, Versioned, belongs_to
from foundation.database.connections import OfCompany, Table

PROJECTED = "available + in_transit + on_order + requisitioned - backordered"


class ReorderRule(OfCode, Versioned, Table):
    """With how little of an item in a warehouse it is bought, and up to how much."""

    __tablename__ = "reorder_rule"
    __table_args__ = (
        belongs_to("item_code", "item"),
        belongs_to("warehouse_code", "warehouse"),
        CheckConstraint("0 <= reorder_point AND reorder_point < order_up_to", "up_to_more"),
        CheckConstraint("valid_from <= valid_to", "in_order"),
        Index(None, "company_id", "item_code"),
        {"schema": "replenishment"},
    )

    item_code: Mapped[str]
    warehouse_code: Mapped[str]
    reorder_point: Mapped[Decimal]
    order_up_to: Mapped[Decimal]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    blocked: Mapped[bool]


class RequestedShortage(OfCompany, Table):
    """Why a line of a requisition was asked for: what there was, what was to come, and what was missing."""

    __tablename__ = "requested_shortage"
    __table_args__ = (
        UniqueConstraint(
            "company_id", "warehouse_code", "item_code", "run_on", name="requested_shortage_once_a_day"
        ),
        CheckConstraint("least(in_transit, backordered, on_order, requisitioned) >= 0", "not_negative"),
        CheckConstraint(
            f"requested_quantity > 0 AND requested_quantity = coalesce(order_up_to, 0) - ({PROJECTED})",
            "is_what_is_missing",
        ),
        CheckConstraint(
            f"(reorder_point IS NULL) = (order_up_to IS NULL) AND {PROJECTED} <= coalesce(reorder_point, 0)",
            "at_its_reorder_point",
        ),
        belongs_to("item_code", "item"),
        belongs_to("warehouse_code", "warehouse"),
        {"schema": "replenishment"},
    )

    requisition_id: Mapped[UUID] = mapped_column(primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    run_on: Mapped[date]
    warehouse_code: Mapped[str]
    item_code: Mapped[str]
    available: Mapped[Decimal]
    in_transit: Mapped[Decimal]
    backordered: Mapped[Decimal]
    on_order: Mapped[Decimal]
    requisitioned: Mapped[Decimal]
    reorder_point: Mapped[Decimal | None]
    order_up_to: Mapped[Decimal | None]
    requested_quantity: Mapped[Decimal]
    requested_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

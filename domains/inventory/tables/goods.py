"""The ledger of goods, and what is kept beside it: on hand, set aside, worth.

Quantities are in the items' stock units, values in the company's currency.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    PrimaryKeyConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func, text

from domains.master_data.tables import belongs_to
from foundation.database.connections import OfCompany, Table

AMOUNT = Numeric(18, 4)


class Stock(OfCompany, Table):
    """What lies of an item in one warehouse, and how much of it is set aside.

    Its row is the lock under which every decision about these goods is made.
    """

    __tablename__ = "stock"
    __table_args__ = (
        PrimaryKeyConstraint("company_id", "warehouse_code", "item_code"),
        CheckConstraint("on_hand >= 0 OR allows_negative", "on_hand_not_negative"),
        CheckConstraint("reserved >= 0", "reserved_not_negative"),
        CheckConstraint("reserved <= on_hand OR allows_negative", "reserved_on_hand"),
        CheckConstraint("in_transit >= 0", "in_transit_not_negative"),
        belongs_to("warehouse_code", "warehouse"),
        belongs_to("item_code", "item"),
        Index(None, "company_id", "item_code"),
        {"schema": "inventory"},
    )

    warehouse_code: Mapped[str]
    item_code: Mapped[str]
    on_hand: Mapped[Decimal] = mapped_column(server_default="0")
    reserved: Mapped[Decimal] = mapped_column(server_default="0")
    in_transit: Mapped[Decimal] = mapped_column(server_default="0")
    """On its way here from another warehouse."""
    allows_negative: Mapped[bool] = mapped_column(server_default="false")
    """As the item says; where the item has changed its mind, until the stock is within bounds again."""
    last_moved_on: Mapped[date | None]
    """The latest day on which anything came or left."""
    may_have_been_negative: Mapped[bool] = mapped_column(server_default="false")
    """Whether the item was ever allowed to be: days before may be below nothing."""


class ItemValuation(OfCompany, Table):
    """What a company keeps of an item, in all warehouses, and what it is worth."""

    __tablename__ = "item_valuation"
    __table_args__ = (
        PrimaryKeyConstraint("company_id", "item_code"),
        CheckConstraint("quantity <> 0 OR value = 0", "nothing_is_worth_nothing"),
        CheckConstraint("quantity * value >= 0", "value_follows_quantity"),
        CheckConstraint("unit_cost >= 0", "unit_cost_not_negative"),
        belongs_to("item_code", "item"),
        {"schema": "inventory"},
    )

    item_code: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(server_default="0")
    value: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")
    unit_cost: Mapped[Decimal]


class CostLayer(OfCompany, Table):
    """What came in with one line, and what is left of it, under first in, first out."""

    __tablename__ = "cost_layer"
    __table_args__ = (
        PrimaryKeyConstraint("receipt_id", "line_number"),
        CheckConstraint("remaining_quantity >= 0", "remaining_quantity_not_negative"),
        CheckConstraint("remaining_value >= 0", "remaining_value_not_negative"),
        CheckConstraint("remaining_quantity > 0 OR remaining_value = 0", "nothing_is_worth_nothing"),
        belongs_to("item_code", "item"),
        Index(None, "company_id", "item_code", "sequence", postgresql_where=text("remaining_quantity > 0")),
        {"schema": "inventory"},
    )

    receipt_id: Mapped[UUID]
    """The receipt, or the goods return, that brought it."""
    line_number: Mapped[int]
    item_code: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    remaining_quantity: Mapped[Decimal]
    remaining_value: Mapped[Decimal] = mapped_column(AMOUNT)


class Reservation(OfCompany, Table):
    """What one order line wants of the goods; what is short waits as a backorder.

    It changes only under the lock of its stock row.
    """

    __tablename__ = "reservation"
    __table_args__ = (
        PrimaryKeyConstraint("order_id", "line_number"),
        CheckConstraint(
            "wanted_quantity = reserved_quantity + short_quantity + issued_quantity + released_quantity",
            "parts_add_up",
        ),
        CheckConstraint("reserved_quantity >= 0", "reserved_not_negative"),
        CheckConstraint("short_quantity >= 0", "short_not_negative"),
        CheckConstraint("issued_quantity >= 0", "issued_not_negative"),
        CheckConstraint("released_quantity >= 0", "released_not_negative"),
        ForeignKeyConstraint(
            ["company_id", "warehouse_code", "item_code"],
            ["inventory.stock.company_id", "inventory.stock.warehouse_code", "inventory.stock.item_code"],
        ),
        Index(
            "reservation_backorder_idx",
            "company_id",
            "warehouse_code",
            "item_code",
            "ordered_on",
            "sequence",
            postgresql_where=text("short_quantity > 0"),
        ),
        {"schema": "inventory"},
    )

    order_id: Mapped[UUID]
    line_number: Mapped[int]
    process_id: Mapped[str]
    warehouse_code: Mapped[str]
    item_code: Mapped[str]
    ordered_on: Mapped[date]
    sequence: Mapped[int] = mapped_column(BigInteger, Identity())
    """With the day: its place among those who wait. An amendment may give it to another line of the order."""
    wanted_quantity: Mapped[Decimal]
    reserved_quantity: Mapped[Decimal]
    short_quantity: Mapped[Decimal]
    issued_quantity: Mapped[Decimal] = mapped_column(server_default="0")
    released_quantity: Mapped[Decimal] = mapped_column(server_default="0")


class StockMove(OfCompany, Table):
    """The ledger of goods: only added to. Quantities add up to what is on hand, values to what it is worth.

    A settlement or revaluation has a value and no quantity.
    """

    __tablename__ = "stock_move"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('receipt', 'return', 'issue', 'vendor_return', 'count', 'scrap', 'transfer', "
            "'settlement', 'revaluation', 'write_down', 'price_correction', 'reversal')",
            "kind_known",
        ),
        CheckConstraint(
            "CASE WHEN kind IN ('receipt', 'return') THEN quantity > 0 AND value >= 0 "
            "WHEN kind IN ('issue', 'vendor_return', 'scrap') THEN quantity < 0 AND value <= 0 "
            "WHEN kind = 'count' THEN quantity <> 0 AND quantity * value >= 0 "
            "WHEN kind = 'transfer' THEN quantity <> 0 AND value = 0 "
            "WHEN kind = 'reversal' THEN true ELSE quantity = 0 END",
            "direction",
        ),
        CheckConstraint("warehouse_code IS NOT NULL OR quantity = 0", "has_a_place"),
        belongs_to("warehouse_code", "warehouse"),
        belongs_to("item_code", "item"),
        Index(None, "company_id", "item_code", "id"),
        Index(
            None,
            "company_id",
            "warehouse_code",
            "item_code",
            "moved_on",
            postgresql_include=["quantity", "in_transit"],
        ),
        Index(None, "company_id", "document_id"),
        Index(None, "operation_key"),
        {"schema": "inventory"},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    item_code: Mapped[str]
    warehouse_code: Mapped[str | None]
    moved_on: Mapped[date]
    quantity: Mapped[Decimal]
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    document_id: Mapped[UUID]
    document_number: Mapped[str | None]
    line_number: Mapped[int]
    in_transit: Mapped[bool] = mapped_column(server_default="false")
    """Of goods on their way to the warehouse: they are not on hand there yet."""
    layers: Mapped[list[Any] | None] = mapped_column(JSONB)
    """Under first in, first out: by how much each layer changed, `[receipt, line, quantity, value]`."""
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    operation_key: Mapped[str | None] = mapped_column(server_default=func.foundation.current_operation())
    """The operation that moved it: the entry that it posted has the same key."""

"""What lies where, for whom it is set aside, how it moved, and what it is worth.

Quantities are in the items' stock units, values in the company's currency.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Numeric, Select, cast, func, select
from sqlalchemy.sql import and_

from domains.inventory.tables import (
    GoodsReturn,
    ItemValuation,
    Reservation,
    Shipment,
    Stock,
    StockMove,
    StockReceipt,
)
from domains.master_data.tables import Company, Item
from foundation.database.connections import Table
from foundation.database.transaction import Row
from foundation.values.errors import Invalid
from foundation.values.messages import Message, ShownAmount, ShownQuantity
from foundation.values.money import ZERO, rounded


class StockView(Message):
    """What lies of an item in one warehouse.

    `value` is its share of what the company's stock of the item is worth, rounded half-up to the minor unit.
    """

    item_code: str
    item_name: str
    warehouse_code: str
    unit: str
    on_hand: ShownQuantity
    reserved: ShownQuantity
    available: ShownQuantity
    """Not set aside. Less than nothing when an item that allows it was promised before it was there."""
    backordered: ShownQuantity
    """What orders still wait for."""
    unit_cost: ShownAmount
    value: ShownAmount
    currency: str


class ReservationView(Message):
    """What one order line wants, and what has become of it."""

    order_id: UUID
    line_number: int
    process_id: str
    item_code: str
    warehouse_code: str
    ordered_on: date
    wanted_quantity: ShownQuantity
    reserved_quantity: ShownQuantity
    short_quantity: ShownQuantity
    issued_quantity: ShownQuantity
    released_quantity: ShownQuantity


class MoveView(Message):
    """One entry of the ledger of goods. A settlement or a revaluation has a value and no quantity."""

    id: int
    kind: str
    item_code: str
    warehouse_code: str | None
    """None for a revaluation: it concerns the item wherever it lies."""
    moved_on: date
    quantity: ShownQuantity
    value: ShownAmount
    currency: str
    document_id: UUID
    document_number: str | None
    line_number: int
    recorded_at: datetime


class ValuationView(Message):
    """What a company keeps of an item, in all warehouses, and what it is worth."""

    item_code: str
    item_name: str
    unit: str
    costing_method: str
    quantity: ShownQuantity
    unit_cost: ShownAmount
    value: ShownAmount
    currency: str


def sorting(sort: str | None, columns: dict[str, Any], default: str) -> ColumnElement[Any]:
    """The column that a list is sorted by; descending with a minus before it. Refuses: Invalid."""
    wanted = sort or default
    column = columns.get(wanted.removeprefix("-"))
    if column is None:
        known = ", ".join(columns)
        raise Invalid(
            f"this list cannot be sorted by {wanted}", errors=[("sort", f"sort by one of: {known}")]
        )
    ordered: ColumnElement[Any] = column.desc() if wanted.startswith("-") else column.asc()
    return ordered


def _same(left: type[Table], right: type[Table], column: str, code: str = "code") -> ColumnElement[bool]:
    """The same company's record with this code."""
    of_left, of_right = left.__table__.c, right.__table__.c
    return and_(of_left.company_id == of_right.company_id, of_left[column] == of_right[code])


_SIX_DECIMALS = Numeric(18, 6)
_BACKORDERED = (
    select(func.coalesce(func.sum(Reservation.short_quantity), ZERO))
    .where(
        Reservation.warehouse_code == Stock.warehouse_code,
        Reservation.item_code == Stock.item_code,
        Reservation.short_quantity > 0,
    )
    .scalar_subquery()
)
_STOCK_SHOWN: list[Any] = [
    *Stock.__table__.c,
    Item.name.label("item_name"),
    Item.unit,
    Company.currency,
    func.coalesce(ItemValuation.quantity, ZERO).label("kept_quantity"),
    func.coalesce(ItemValuation.value, ZERO).label("kept_value"),
    cast(func.coalesce(ItemValuation.unit_cost, Item.standard_cost, ZERO), _SIX_DECIMALS).label("unit_cost"),
    cast(_BACKORDERED, _SIX_DECIMALS).label("backordered"),
]


def stock(
    *,
    item_code: str | None = None,
    warehouse_code: str | None = None,
    available_only: bool = False,
    sort: str | None = None,
) -> Select[Any]:
    """What lies where, by item and warehouse."""
    wanted = (
        select(*_STOCK_SHOWN)
        .join(Item, _same(Stock, Item, "item_code"))
        .join(Company, Company.code == Stock.company_id)
        .outerjoin(ItemValuation, _same(Stock, ItemValuation, "item_code", "item_code"))
    )
    if item_code:
        wanted = wanted.where(Stock.item_code == item_code)
    if warehouse_code:
        wanted = wanted.where(Stock.warehouse_code == warehouse_code)
    if available_only:
        wanted = wanted.where(Stock.on_hand > Stock.reserved)
    columns = {
        "item_code": Stock.item_code,
        "warehouse_code": Stock.warehouse_code,
        "on_hand": Stock.on_hand,
        "reserved": Stock.reserved,
    }
    return wanted.order_by(sorting(sort, columns, "item_code"), Stock.item_code, Stock.warehouse_code)


def stock_view(row: Row) -> StockView:
    """One row of `stock`."""
    if row.kept_quantity == 0:
        value = row.on_hand * row.unit_cost
    else:
        value = row.kept_value * row.on_hand / row.kept_quantity
    return StockView(
        item_code=row.item_code,
        item_name=row.item_name,
        warehouse_code=row.warehouse_code,
        unit=row.unit,
        on_hand=row.on_hand,
        reserved=row.reserved,
        available=row.on_hand - row.reserved,
        backordered=row.backordered,
        unit_cost=row.unit_cost,
        value=rounded(value, row.currency),
        currency=row.currency,
    )


def reservations(
    *,
    order_id: UUID | None = None,
    item_code: str | None = None,
    warehouse_code: str | None = None,
    waiting_only: bool = False,
) -> Select[Any]:
    """What orders want of the goods, in the order in which they are served."""
    wanted = select(*(Reservation.__table__.c[name] for name in (*ReservationView.model_fields, "sequence")))
    # A line that an amendment has moved to another number leaves nothing under the old one.
    wanted = wanted.where(Reservation.wanted_quantity > 0)
    if order_id:
        wanted = wanted.where(Reservation.order_id == order_id)
    if item_code:
        wanted = wanted.where(Reservation.item_code == item_code)
    if warehouse_code:
        wanted = wanted.where(Reservation.warehouse_code == warehouse_code)
    if waiting_only:
        wanted = wanted.where(Reservation.short_quantity > 0)
    return wanted.order_by(Reservation.ordered_on, Reservation.sequence)


def reservation_view(row: Row) -> ReservationView:
    """One row of `reservations`."""
    return ReservationView(**{name: row[name] for name in ReservationView.model_fields})


def moves(
    *,
    item_code: str | None = None,
    warehouse_code: str | None = None,
    kind: str | None = None,
    document_id: UUID | None = None,
    moved_from: date | None = None,
    moved_to: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """The ledger of goods, the newest entries first."""
    wanted = (
        select(
            *StockMove.__table__.c,
            Company.currency,
            func.coalesce(Shipment.number, StockReceipt.number, GoodsReturn.number).label("document_number"),
        )
        .join(Company, Company.code == StockMove.company_id)
        .outerjoin(Shipment, Shipment.id == StockMove.document_id)
        .outerjoin(StockReceipt, StockReceipt.id == StockMove.document_id)
        .outerjoin(GoodsReturn, GoodsReturn.id == StockMove.document_id)
    )
    equal = {
        StockMove.item_code: item_code,
        StockMove.warehouse_code: warehouse_code,
        StockMove.kind: kind,
        StockMove.document_id: document_id,
    }
    wanted = wanted.where(*(column == value for column, value in equal.items() if value is not None))
    if moved_from:
        wanted = wanted.where(StockMove.moved_on >= moved_from)
    if moved_to:
        wanted = wanted.where(StockMove.moved_on <= moved_to)
    columns = {"id": StockMove.id, "moved_on": StockMove.moved_on}
    return wanted.order_by(sorting(sort, columns, "-id"), StockMove.id.desc())


def move_view(row: Row) -> MoveView:
    """One row of `moves`."""
    fields = {name: row[name] for name in MoveView.model_fields}
    return MoveView(**fields | {"value": rounded(row.value, row.currency)})


def valuations(*, item_code: str | None = None) -> Select[Any]:
    """What the company's goods are worth, item by item."""
    shown: list[Any] = [
        *ItemValuation.__table__.c,
        Item.name.label("item_name"),
        Item.unit,
        Item.costing_method,
        Company.currency,
    ]
    wanted = (
        select(*shown)
        .join(Item, _same(ItemValuation, Item, "item_code"))
        .join(Company, Company.code == ItemValuation.company_id)
    )
    if item_code:
        wanted = wanted.where(ItemValuation.item_code == item_code)
    return wanted.order_by(ItemValuation.item_code)


def valuation_view(row: Row) -> ValuationView:
    """One row of `valuations`."""
    fields = {name: row[name] for name in ValuationView.model_fields}
    return ValuationView(**fields | {"value": rounded(row.value, row.currency)})

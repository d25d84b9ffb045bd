"""What lies where, for whom it is set aside, how it moved, and what it is worth.

Quantities are in the items' stock units, values in the company's currency.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Numeric,
    Select,
    Text,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.sql import and_

from domains.inventory.tables import (
    ItemValuation,
    Reservation,
    Stock,
    StockMove,
)
from domains.master_data.tables import Company, Item
from foundation.database.connections import Table, columns_for, rows_of
from foundation.database.lists import Listing, between, equal, given, named, only
from foundation.database.transaction import Row
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
    in_transit: ShownQuantity
    """On its way here from another warehouse."""
    reserved: ShownQuantity
    available: ShownQuantity
    """Not set aside. Less than nothing when an item that allows it was promised before it was there."""
    backordered: ShownQuantity
    """What orders still wait for."""
    unit_cost: ShownAmount
    value: ShownAmount
    currency: str


class BalanceView(Message):
    """What there was of an item in one warehouse at the end of a day, and what it was worth.

    An item has one value in its company; it is told apart by quantity, so that all rows of an item add up to
    it to the cent, and all rows of the list to what the ledger's inventory accounts said on that day. What
    was worth something while nothing was there, since it was issued at another day's cost, stands with the
    first warehouse.
    """

    item_code: str
    item_name: str
    warehouse_code: str
    unit: str
    on_hand: ShownQuantity
    in_transit: ShownQuantity
    """On its way here from another warehouse."""
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
    in_transit: bool
    """Of goods on their way to the warehouse, and not on hand there."""
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


def stock_view(row: Row) -> StockView:
    """One row of `STOCK`."""
    if row.kept_quantity == 0:
        value = row.on_hand * row.unit_cost
    else:
        value = row.kept_value * (row.on_hand + row.in_transit) / row.kept_quantity
    return StockView(
        item_code=row.item_code,
        item_name=row.item_name,
        warehouse_code=row.warehouse_code,
        unit=row.unit,
        on_hand=row.on_hand,
        in_transit=row.in_transit,
        reserved=row.reserved,
        available=row.on_hand - row.reserved,
        backordered=row.backordered,
        unit_cost=row.unit_cost,
        value=rounded(value, row.currency),
        currency=row.currency,
    )


STOCK = Listing(
    name="stock",
    about="What lies where: on hand, reserved, available, value. By item and warehouse.",
    view=StockView,
    rows=select(*_STOCK_SHOWN)
    .join(Item, _same(Stock, Item, "item_code"))
    .join(Company, Company.code == Stock.company_id)
    .outerjoin(ItemValuation, _same(Stock, ItemValuation, "item_code", "item_code")),
    to_view=stock_view,
    filters=(
        equal(Stock.item_code, "item"),
        equal(Stock.warehouse_code, "warehouse"),
        only("available_only", Stock.on_hand > Stock.reserved, "Only where something is not set aside"),
        *between(Stock.on_hand),
    ),
    sorts=named(Stock.item_code, Stock.warehouse_code, Stock.on_hand, Stock.reserved),
    order="item_code",
    unique=(Stock.item_code, Stock.warehouse_code),
)
# The columns are of no table: the function is another one for each day.
_ITEM_CODE, _WAREHOUSE_CODE = column("item_code", Text), column("warehouse_code", Text)
_ON_HAND = column("on_hand", _SIX_DECIMALS)


def _balances(on: date | None) -> Select[Any]:
    """What there was at the end of a day; without one, of all that was ever moved."""
    shown: list[Any] = [
        _ITEM_CODE,
        _WAREHOUSE_CODE,
        _ON_HAND,
        column("in_transit", _SIX_DECIMALS),
        column("item_quantity", _SIX_DECIMALS),
        column("item_value", Numeric(18, 4)),
        column("quantity_before", _SIX_DECIMALS),
        column("is_first", Boolean),
        Item.name.label("item_name"),
        Item.unit,
        Company.currency,
    ]
    items, companies = rows_of(Item), rows_of(Company)
    balances = func.inventory.stock_on(literal(on, Date)).alias("balance")
    named_balances = balances.join(items, items.c.code == _ITEM_CODE)
    return select(*shown).select_from(named_balances.join(companies, companies.c.code == items.c.company_id))


def balance_view(row: Row) -> BalanceView:
    """One row of `BALANCES`."""
    fields = {name: row[name] for name in BalanceView.model_fields if name != "value"}
    if row.item_quantity:
        each = row.item_value / row.item_quantity
        before = rounded(each * row.quantity_before, row.currency)
        through = row.quantity_before + row.on_hand + row.in_transit
        upto = row.item_value if through == row.item_quantity else each * through
        return BalanceView(**fields, value=rounded(upto, row.currency) - before)
    return BalanceView(**fields, value=rounded(row.item_value if row.is_first else ZERO, row.currency))


BALANCES = Listing(
    name="stock_balances",
    about="What lay where at the end of a day, and what it was worth. By item and warehouse.",
    view=BalanceView,
    rows=_balances(None),
    to_view=balance_view,
    filters=(
        given("as_of", date, _balances, "At the end of this day; without it, of all that was ever moved"),
        equal(_ITEM_CODE, "item"),
        equal(_WAREHOUSE_CODE, "warehouse"),
    ),
    sorts=named(_ITEM_CODE, _WAREHOUSE_CODE, _ON_HAND),
    order="item_code",
    unique=(_ITEM_CODE, _WAREHOUSE_CODE),
)
RESERVATIONS = Listing(
    name="stock_reservations",
    about="For whom goods are set aside, and who waits: in the order in which they are served.",
    view=ReservationView,
    # A line that an amendment has moved to another number leaves nothing under the old one.
    rows=select(Reservation.sequence, *columns_for(Reservation, ReservationView)).where(
        Reservation.wanted_quantity > 0
    ),
    filters=(
        equal(Reservation.order_id, "order"),
        equal(Reservation.item_code, "item"),
        equal(Reservation.warehouse_code, "warehouse"),
        only("waiting_only", Reservation.short_quantity > 0, "Only those that wait for goods"),
        *between(Reservation.ordered_on),
    ),
    sorts=named(Reservation.ordered_on, Reservation.item_code, Reservation.short_quantity),
    order="ordered_on",
    unique=(Reservation.sequence,),
)


def move_view(row: Row) -> MoveView:
    """One row of `MOVES`."""
    fields = {name: row[name] for name in MoveView.model_fields}
    return MoveView(**fields | {"value": rounded(row.value, row.currency)})


MOVES = Listing(
    name="stock_moves",
    about="The ledger of goods, the newest entries first.",
    view=MoveView,
    rows=select(
        *columns_for(
            StockMove,
            MoveView,
            currency=Company.currency,
        )
    ).join(Company, Company.code == StockMove.company_id),
    to_view=move_view,
    filters=(
        equal(StockMove.item_code, "item"),
        equal(StockMove.warehouse_code, "warehouse"),
        equal(StockMove.kind),
        equal(StockMove.document_id, "document"),
        *between(StockMove.moved_on),
    ),
    sorts=named(StockMove.id, StockMove.moved_on),
    order="-id",
    unique=(StockMove.id.desc(),),
)


def valuation_view(row: Row) -> ValuationView:
    """One row of `VALUATIONS`."""
    fields = {name: row[name] for name in ValuationView.model_fields}
    return ValuationView(**fields | {"value": rounded(row.value, row.currency)})


VALUATIONS = Listing(
    name="stock_valuations",
    about="What the goods are worth, item by item, over all warehouses.",
    view=ValuationView,
    rows=select(
        *columns_for(
            ItemValuation,
            ValuationView,
            item_name=Item.name,
            unit=Item.unit,
            costing_method=Item.costing_method,
            currency=Company.currency,
        )
    )
    .join(Item, _same(ItemValuation, Item, "item_code"))
    .join(Company, Company.code == ItemValuation.company_id),
    to_view=valuation_view,
    filters=(equal(ItemValuation.item_code, "item"), *between(ItemValuation.value)),
    sorts=named(ItemValuation.item_code, ItemValuation.quantity, ItemValuation.value),
    order="item_code",
    unique=(ItemValuation.item_code,),
)

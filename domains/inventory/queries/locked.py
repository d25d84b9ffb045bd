"""What an operation loads before it decides: under the lock of the stock rows, in the order of the items.

Stock is locked first and once, for all items of one warehouse; valuation after it. Reservations change only
under their stock row's lock, so they are read after it and need no lock of their own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text

from domains.inventory.rules.amendments import Placed
from domains.inventory.rules.book import LayerChange
from domains.inventory.rules.reservations import LineReservation, Shelf, ShelfStock
from domains.inventory.rules.returns import GoodsOutside
from domains.inventory.rules.reversals import Moved
from domains.inventory.rules.valuation import Kept, Layer
from domains.master_data import queries as master_data
from domains.master_data.messages import CostingMethod
from foundation.database.transaction import Transaction
from foundation.values.money import ZERO, rounded

_LOCK_STOCK = text("SELECT * FROM inventory.locked_stock(:warehouse, CAST(:items AS text[]))")
_MOVED_LATER = text(
    """
    SELECT item_code, moved_on, sum(quantity) AS quantity FROM inventory.stock_move
    WHERE company_id = foundation.current_company() AND warehouse_code = :warehouse AND NOT in_transit
        AND item_code = ANY (CAST(:items AS text[])) AND moved_on > CAST(:on AS date)
    GROUP BY item_code, moved_on ORDER BY item_code, moved_on
    """
)
_LOCK_VALUATION = text("SELECT * FROM inventory.locked_valuation(CAST(:items AS text[]))")

# Only the layers that the quantity to be issued reaches.
_LAYERS = text(
    """
    SELECT receipt_id, line_number, item_code, remaining_quantity, remaining_value,
        EXISTS (SELECT FROM ledger.reversal v WHERE v.id = layer.receipt_id) AS came_back
    FROM (
        SELECT l.*, n.quantity AS needed, sum(l.remaining_quantity) OVER (
            PARTITION BY l.item_code ORDER BY l.sequence) - l.remaining_quantity AS older
        FROM inventory.cost_layer l
            JOIN jsonb_to_recordset(CAST(:needed AS jsonb)) AS n (item_code text, quantity numeric)
                ON n.item_code = l.item_code
        WHERE l.remaining_quantity > 0
    ) AS layer
    WHERE older < needed
    ORDER BY item_code, sequence
    """
)

_RESERVATION = (
    "order_id, process_id, line_number, item_code, wanted_quantity, reserved_quantity, short_quantity, "
    "issued_quantity, released_quantity"
)
_OF_ORDER = text(
    f"SELECT {_RESERVATION} FROM inventory.reservation "
    "WHERE order_id = :order AND warehouse_code = :warehouse ORDER BY line_number"
)
_PLACES = text("SELECT line_number, ordered_on, sequence FROM inventory.reservation WHERE order_id = :order")
_PLACE = text("SELECT DISTINCT warehouse_code, item_code FROM inventory.reservation WHERE order_id = :order")

# Only the backorders that the available quantity reaches, oldest first.
_BACKORDERS = text(
    f"""
    SELECT {_RESERVATION}
    FROM (
        SELECT r.*, a.quantity AS available, sum(r.short_quantity) OVER (
            PARTITION BY r.item_code ORDER BY r.ordered_on, r.sequence) - r.short_quantity AS older
        FROM inventory.reservation r
            JOIN jsonb_to_recordset(CAST(:available AS jsonb)) AS a (item_code text, quantity numeric)
                ON a.item_code = r.item_code
        WHERE r.warehouse_code = :warehouse AND r.short_quantity > 0
            AND r.order_id IS DISTINCT FROM CAST(:but_not AS uuid)
    ) AS waiting
    WHERE older < available
    ORDER BY ordered_on, sequence
    """
)

_SET_ASIDE_LAST = text(
    f"SELECT {_RESERVATION} FROM inventory.reservation "
    "WHERE warehouse_code = :warehouse AND item_code = :item AND reserved_quantity > 0 "
    "ORDER BY ordered_on DESC, sequence DESC"
)
_MOVES_OF = text(
    """
    SELECT item_code, line_number, warehouse_code, in_transit, quantity, value, layers
    FROM inventory.stock_move
    WHERE company_id = foundation.current_company() AND document_id = CAST(:document AS uuid) ORDER BY id
    """
)
_MOVED_SINCE = text(
    """
    SELECT DISTINCT m.document_number AS number FROM inventory.stock_move m
    WHERE m.company_id = foundation.current_company() AND m.item_code = :item
        AND m.kind NOT IN ('reversal', 'transfer') AND m.document_id <> CAST(:document AS uuid)
        AND m.id > (SELECT max(id) FROM inventory.stock_move
                    WHERE company_id = foundation.current_company() AND document_id = CAST(:document AS uuid))
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = m.document_id)
    ORDER BY number LIMIT 5
    """
)

# An order's goods that have left and are not back, line by line.
_NOT_REVERSED = "NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = d.id)"
_OUTSIDE = text(
    f"""
    SELECT line_number, item_code, sum(quantity) AS quantity, sum(cost) AS cost
    FROM (
        SELECT l.line_number, l.item_code, l.quantity, l.cost
        FROM inventory.shipment d JOIN inventory.shipment_line l ON l.shipment_id = d.id
        WHERE d.order_id = :order AND {_NOT_REVERSED}
        UNION ALL
        SELECT l.line_number, l.item_code, -l.quantity, -l.cost
        FROM inventory.goods_return d JOIN inventory.goods_return_line l ON l.return_id = d.id
        WHERE d.order_id = :order AND {_NOT_REVERSED}
    ) AS moved
    GROUP BY line_number, item_code
    HAVING sum(quantity) > 0
    """
)
_LEFT_BY = text(
    f"""
    SELECT line_number, sum(quantity) AS quantity
    FROM (
        SELECT l.line_number, l.quantity
        FROM inventory.shipment d JOIN inventory.shipment_line l ON l.shipment_id = d.id
        WHERE d.order_id = :order AND d.shipped_on <= :on AND {_NOT_REVERSED}
        UNION ALL
        SELECT l.line_number, -l.quantity
        FROM inventory.goods_return d JOIN inventory.goods_return_line l ON l.return_id = d.id
        WHERE d.order_id = :order AND {_NOT_REVERSED}
    ) AS moved
    GROUP BY line_number
    """
)
_LAST_SHIPMENT = text(
    """
    SELECT order_number, customer_code, warehouse_code FROM inventory.shipment
    WHERE order_id = :order ORDER BY recorded_at DESC, number DESC LIMIT 1
    """
)


async def shelf(
    tx: Transaction,
    warehouse_code: str,
    item_codes: Iterable[str],
    *,
    on: date | None = None,
    leaves: bool = False,
) -> Shelf:
    """The stock of the items in one warehouse, locked; items or a warehouse we do not know are missing.

    `on` is the day on which goods will come or leave. When they leave before the latest day on which any
    came or left, what was on hand from then on is looked up.
    """
    asked = {"warehouse": warehouse_code, "items": sorted(set(item_codes))}
    rows = await tx.execute(_LOCK_STOCK, asked)
    stocks = {row.item_code: ShelfStock(*tuple(row)) for row in rows}
    early = [stock.item_code for stock in stocks.values() if on and stock.is_moved_after(on)]
    if on and leaves and early:
        stocks |= await _with_days(tx, warehouse_code, [stocks[item_code] for item_code in early], on)
    has_warehouse = bool(stocks) or await master_data.warehouse(tx, warehouse_code) is not None
    return Shelf(stocks, on=on, has_warehouse=has_warehouse)


async def _with_days(
    tx: Transaction, warehouse_code: str, stocks: list[ShelfStock], on: date
) -> dict[str, ShelfStock]:
    """The stock with what was on hand at the end of a day and of each later one on which some moved."""
    asked = {"warehouse": warehouse_code, "items": [stock.item_code for stock in stocks], "on": on}
    moved: dict[str, list[tuple[date, Decimal]]] = {}
    for row in await tx.execute(_MOVED_LATER, asked):
        moved.setdefault(row.item_code, []).append((row.moved_on, row.quantity))
    return {stock.item_code: stock.looked_back(on, moved.get(stock.item_code, [])) for stock in stocks}


async def valuation(tx: Transaction, needed: Mapping[str, Decimal | None]) -> tuple[dict[str, Kept], str]:
    """What is kept of the items, locked, and the company's currency.

    `needed` tells how much will be issued of each: layers are loaded, oldest first, as far as that reaches;
    all of them when it says none.
    """
    rows = (await tx.execute(_LOCK_VALUATION, {"items": sorted(needed)})).all()
    currency = rows[0].currency if rows else ""
    layers: dict[str, list[Layer]] = {row.item_code: [] for row in rows}
    reached = [
        {"item_code": row.item_code, "quantity": row.quantity if quantity is None else quantity}
        for row in rows
        if row.costing_method == CostingMethod.FIFO
        and row.quantity > 0
        and (quantity := needed[row.item_code]) != 0
    ]
    if reached:
        for layer in await tx.execute(_LAYERS, {"needed": to_json(reached).decode()}):
            layers[layer.item_code].append(
                Layer(
                    layer.receipt_id,
                    layer.line_number,
                    layer.remaining_quantity,
                    rounded(layer.remaining_value, currency),
                    layer.came_back,
                )
            )
    kept = {
        row.item_code: Kept(
            CostingMethod(row.costing_method),
            row.quantity,
            rounded(row.value, currency),
            row.unit_cost,
            tuple(layers[row.item_code]),
        )
        for row in rows
    }
    return kept, currency


async def place(tx: Transaction, order_id: UUID) -> tuple[str, list[str]] | None:
    """The warehouse and the items of an order's goods, if it wants any; the warehouse never changes."""
    rows = (await tx.execute(_PLACE, {"order": order_id})).all()
    return (rows[0].warehouse_code, [row.item_code for row in rows]) if rows else None


async def reservations(tx: Transaction, warehouse_code: str, order_id: UUID) -> list[LineReservation]:
    """What an order has set aside in a warehouse, line by line; read it under the lock of the stock."""
    of = {"order": order_id, "warehouse": warehouse_code}
    return [_reservation(row) for row in await tx.execute(_OF_ORDER, of)]


async def reservations_on(
    tx: Transaction, warehouse_code: str, goods: Shelf, order_id: UUID
) -> list[LineReservation]:
    """What an order has set aside; what an amendment has brought in meanwhile is put on the shelf as well."""
    found = await reservations(tx, warehouse_code, order_id)
    while more := {reservation.item_code for reservation in found} - goods.stocks.keys():
        goods.stocks |= (await shelf(tx, warehouse_code, more)).stocks
        found = await reservations(tx, warehouse_code, order_id)
    return found


async def with_places(tx: Transaction, found: Iterable[LineReservation], order_id: UUID) -> list[Placed]:
    """An order's reservations with their places among those who wait."""
    rows = await tx.execute(_PLACES, {"order": order_id})
    places = {row.line_number: (row.ordered_on, row.sequence) for row in rows}
    return [Placed(reservation, *places[reservation.line_number]) for reservation in found]


async def backorders(
    tx: Transaction, warehouse_code: str, shelf: Shelf, *, but_not: UUID | None = None
) -> list[LineReservation]:
    """Who waits for what is available now, oldest first: by the order's day, then by when it came in."""
    available = [
        {"item_code": stock.item_code, "quantity": stock.available}
        for stock in shelf.stocks.values()
        if stock.available > 0
    ]
    if not available:
        return []
    asked = {
        "warehouse": warehouse_code,
        "available": to_json(available).decode(),
        "but_not": but_not and str(but_not),
    }
    return [_reservation(row) for row in await tx.execute(_BACKORDERS, asked)]


async def set_aside_last(tx: Transaction, warehouse_code: str, item_code: str) -> list[LineReservation]:
    """Who has some of an item set aside, who came last first: from them is taken what is missing."""
    asked = {"warehouse": warehouse_code, "item": item_code}
    return [_reservation(row) for row in await tx.execute(_SET_ASIDE_LAST, asked)]


async def moves_of(tx: Transaction, document_id: UUID) -> list[Moved]:
    """What a document moved, line by line, with what it settled of goods that were issued before."""
    moved: dict[Any, Moved] = {}
    for row in await tx.execute(_MOVES_OF, {"document": str(document_id)}):
        key = (row.item_code, row.line_number, row.warehouse_code, row.in_transit)
        was = moved.get(key, Moved(row.item_code, row.line_number, ZERO, ZERO, *key[2:]))
        changes = tuple(
            LayerChange(UUID(receipt), line, Decimal(quantity), Decimal(value))
            for receipt, line, quantity, value in row.layers or ()
        )
        moved[key] = replace(
            was,
            quantity=was.quantity + row.quantity,
            value=was.value + row.value,
            layers=was.layers + changes,
        )
    return list(moved.values())


async def moved_since(tx: Transaction, item_code: str, document_id: UUID) -> list[str]:
    """The numbers of what moved an item after a document, and was not taken back since; at most five."""
    asked = {"item": item_code, "document": str(document_id)}
    return [row.number for row in await tx.execute(_MOVED_SINCE, asked)]


class Sent(NamedTuple):
    """Where an order's goods left from last, and whose they are."""

    order_number: str
    customer_code: str
    warehouse_code: str


async def sent(tx: Transaction, order_id: UUID) -> Sent | None:
    """The last shipment of an order; it needs no lock, because shipments stay."""
    row = (await tx.execute(_LAST_SHIPMENT, {"order": order_id})).one_or_none()
    return Sent(*row) if row else None


async def outside(tx: Transaction, order_id: UUID) -> dict[int, GoodsOutside]:
    """What has left for an order and is not back, line by line; read it under the lock of the valuation."""
    rows = await tx.execute(_OUTSIDE, {"order": order_id})
    return {row.line_number: GoodsOutside(row.item_code, row.quantity, row.cost) for row in rows}


async def left_by(tx: Transaction, order_id: UUID, on: date) -> dict[int, Decimal]:
    """What of an order had left by a day, and is not back by now, line by line."""
    rows = await tx.execute(_LEFT_BY, {"order": order_id, "on": on})
    return {row.line_number: row.quantity for row in rows}


def _reservation(row: Any) -> LineReservation:
    return LineReservation(*tuple(row))

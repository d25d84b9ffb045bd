"""Writes down what the rules have decided: stock with its reservations, and value with its moves.

What need not be read again is collected for the operation's closing statement.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text

from domains.inventory import tables
from domains.inventory.messages import ReservedLine, ServedOrder
from domains.inventory.rules.book import Book, Move
from domains.inventory.rules.reservations import LineReservation, Shelf
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction

_STOCK = """
    UPDATE inventory.stock s
    SET on_hand = c.on_hand, reserved = c.reserved, in_transit = c.in_transit,
        last_moved_on = c.last_moved_on,
        may_have_been_negative = s.may_have_been_negative OR c.may_be_negative,
        allows_negative = c.may_be_negative
            OR (s.allows_negative AND (c.on_hand < 0 OR c.reserved > c.on_hand))
    FROM jsonb_to_recordset(CAST(:stocks AS jsonb))
        AS c (item_code text, on_hand numeric, reserved numeric, in_transit numeric, last_moved_on date,
            may_be_negative boolean)
    WHERE s.warehouse_code = :warehouse AND s.item_code = c.item_code
"""
_RESERVATIONS = """
    UPDATE inventory.reservation r
    SET reserved_quantity = c.reserved, short_quantity = c.short, issued_quantity = c.issued,
        released_quantity = c.released
    FROM jsonb_to_recordset(CAST(:reservations AS jsonb)) AS c (
        order_id uuid, line_number integer, reserved numeric, short numeric, issued numeric, released numeric)
    -- By a list: of a record set the planner expects a hundred rows, and rather reads a table of thousands.
    WHERE r.order_id = ANY (ARRAY(
            SELECT (x ->> 'order_id')::uuid FROM jsonb_array_elements(CAST(:reservations AS jsonb)) AS x))
        AND r.order_id = c.order_id AND r.line_number = c.line_number
"""
_WRITE_CHANGED = text(f"WITH kept AS ({_STOCK}) {_RESERVATIONS}")
_STILL_SHORT = text(
    "SELECT DISTINCT order_id FROM inventory.reservation "
    "WHERE order_id = ANY (CAST(:orders AS uuid[])) AND short_quantity > 0"
)
_VALUATIONS = """
    UPDATE inventory.item_valuation v
    SET quantity = c.quantity, value = c.value, unit_cost = c.unit_cost
    FROM jsonb_to_recordset(CAST(:kept AS jsonb))
        AS c (item_code text, quantity numeric, value numeric, unit_cost numeric)
    WHERE v.item_code = c.item_code
"""
_LAYERS = """
    INSERT INTO inventory.cost_layer AS l (
        receipt_id, line_number, item_code, remaining_quantity, remaining_value)
    SELECT c.receipt_id, c.line_number, c.item_code, c.quantity, c.value
    FROM jsonb_to_recordset(CAST(:layers AS jsonb))
        AS c (receipt_id uuid, line_number integer, item_code text, quantity numeric, value numeric)
    ON CONFLICT (receipt_id, line_number) DO UPDATE
    SET remaining_quantity = excluded.remaining_quantity, remaining_value = excluded.remaining_value
"""


async def write_reservations(tx: Transaction, warehouse_code: str, shelf: Shelf) -> None:
    """Write what has changed on the shelf, at once: who was served is read afterwards."""
    if shelf.moved or shelf.changed:
        await tx.execute(_WRITE_CHANGED, _stock(warehouse_code, shelf) | _changed(shelf))


def write_issued(tx: Transaction, warehouse_code: str, shelf: Shelf) -> None:
    """Collect what has left the shelf, and the reservations."""
    tx.closing.add_statement(_STOCK, _stock(warehouse_code, shelf))
    tx.closing.add_statement(_RESERVATIONS, _changed(shelf))


def write_new_reservations(tx: Transaction, warehouse_code: str, shelf: Shelf, ordered_on: date) -> None:
    """Collect what an order of a day has set aside, line by line."""
    tx.closing.add_statement(_STOCK, _stock(warehouse_code, shelf))
    rows = [
        {
            "order_id": reservation.order_id,
            "line_number": reservation.line_number,
            "process_id": reservation.process_id,
            "warehouse_code": warehouse_code,
            "item_code": reservation.item_code,
            "ordered_on": ordered_on,
            "wanted_quantity": reservation.wanted,
            "reserved_quantity": reservation.reserved,
            "short_quantity": reservation.short,
        }
        for reservation in shelf.changed.values()
    ]
    write_document(tx, {tables.Reservation: rows})


def _stock(warehouse_code: str, shelf: Shelf) -> dict[str, str]:
    moved = [shelf.stocks[item_code] for item_code in sorted(shelf.moved)]
    return {"warehouse": warehouse_code, "stocks": as_rows(moved)}


def _changed(shelf: Shelf) -> dict[str, str]:
    return {"reservations": as_rows(list(shelf.changed.values()))}


def write_book(
    tx: Transaction,
    book: Book,
    *,
    document_id: UUID,
    number: str,
    moved_on: date,
    warehouse_code: str | None = None,
) -> None:
    """Collect the moves, what is kept of the items afterwards, and the layers that are new or changed.

    Goods move in the warehouse, unless a move names its own.
    """
    kept = [
        {
            "item_code": item_code,
            "quantity": kept.quantity,
            "value": kept.value,
            "unit_cost": kept.unit_cost,
        }
        for item_code, kept in book.kept.items()
    ]
    layers = [
        {
            "receipt_id": layer.receipt_id,
            "line_number": layer.line_number,
            "item_code": item_code,
            "quantity": layer.quantity,
            "value": layer.value,
        }
        for item_code, layer in book.layers_to_keep()
    ]
    tx.closing.add_statement(_VALUATIONS, {"kept": as_rows(kept)})
    if layers:
        tx.closing.add_statement(_LAYERS, {"layers": as_rows(layers)})
    of = {"document_id": document_id, "document_number": number, "moved_on": moved_on}
    write_document(tx, {tables.StockMove: [_move(move, warehouse_code) | of for move in book.moves]})


def _move(move: Move, warehouse_code: str | None) -> dict[str, Any]:
    return {
        "kind": move.kind,
        "item_code": move.item_code,
        "warehouse_code": move.warehouse_code or warehouse_code,
        "quantity": move.quantity,
        "value": move.value,
        "line_number": move.line_number,
        "in_transit": move.in_transit,
        "layers": [list(change) for change in move.layers] or None,
    }


async def served_orders(tx: Transaction, served: Sequence[LineReservation]) -> tuple[ServedOrder, ...]:
    """The orders that were served, in the order in which they were, and whether they wait for more; their
    processes are told.

    An order that two receipts serve at the same moment may be called incomplete by both: its process keeps
    count itself.
    """
    if not served:
        return ()
    lines: dict[UUID, list[LineReservation]] = {}
    for reservation in served:
        lines.setdefault(reservation.order_id, []).append(reservation)
    found = await tx.execute(_STILL_SHORT, {"orders": list(lines)})
    still_short = set(found.scalars())
    orders = tuple(
        ServedOrder(
            order_id=order_id,
            process_id=reservations[0].process_id,
            lines=reserved_lines(reservations),
            is_complete=order_id not in still_short,
        )
        for order_id, reservations in lines.items()
    )
    for order in orders:
        tx.tell(order.process_id, "goods_set_aside", order)
    return orders


def reserved_lines(reservations: Iterable[LineReservation]) -> tuple[ReservedLine, ...]:
    """How much of each line is set aside, and how much is short."""
    return tuple(
        ReservedLine(
            line_number=reservation.line_number,
            item_code=reservation.item_code,
            reserved_quantity=reservation.reserved,
            short_quantity=reservation.short,
            wanted_quantity=reservation.wanted,
        )
        for reservation in reservations
    )


def as_rows(rows: Sequence[object]) -> str:
    """Rows as the JSON that a statement reads; decimals as strings, so that they stay exact."""
    return to_json(rows).decode()

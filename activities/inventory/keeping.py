"""Writes down what the rules have decided: stock with its reservations, and value with its moves.

Rows go to PostgreSQL as one JSON list per table, so that each of the two is one statement however many lines
a document has.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text

from domains.inventory.messages import ReservedLine, ServedOrder
from domains.inventory.rules.book import Book
from domains.inventory.rules.reservations import Reservation, Shelf
from foundation.transaction import Session, Transaction

_KEEP_STOCK = """
    WITH kept AS (
        UPDATE inventory.stock s
        SET on_hand = c.on_hand, reserved = c.reserved,
            allows_negative = c.may_be_negative
                OR (s.allows_negative AND (c.on_hand < 0 OR c.reserved > c.on_hand))
        FROM jsonb_to_recordset(CAST(:stocks AS jsonb))
            AS c (item_code text, on_hand numeric, reserved numeric, may_be_negative boolean)
        WHERE s.warehouse_code = :warehouse AND s.item_code = c.item_code
    )
"""
_RESERVATIONS = """
    jsonb_to_recordset(CAST(:reservations AS jsonb)) AS c (
        order_id uuid, process_id text, line_number integer, item_code text, wanted numeric,
        reserved numeric, short numeric, issued numeric, released numeric)
"""
_KEEP_CHANGED = text(
    f"""{_KEEP_STOCK}
    UPDATE inventory.reservation r
    SET reserved_quantity = c.reserved, short_quantity = c.short, issued_quantity = c.issued,
        released_quantity = c.released
    FROM {_RESERVATIONS}
    -- By a list: of a record set the planner expects a hundred rows, and rather reads a table of thousands.
    WHERE r.order_id = ANY (ARRAY(
            SELECT (x ->> 'order_id')::uuid FROM jsonb_array_elements(CAST(:reservations AS jsonb)) AS x))
        AND r.order_id = c.order_id AND r.line_number = c.line_number
    """
)
_KEEP_NEW = text(
    f"""{_KEEP_STOCK}
    INSERT INTO inventory.reservation (
        order_id, line_number, process_id, warehouse_code, item_code, ordered_on, wanted_quantity,
        reserved_quantity, short_quantity)
    SELECT c.order_id, c.line_number, c.process_id, :warehouse, c.item_code, :ordered_on, c.wanted,
        c.reserved, c.short
    FROM {_RESERVATIONS}
    """
)
_STILL_SHORT = text(
    "SELECT DISTINCT order_id FROM inventory.reservation "
    "WHERE order_id = ANY (CAST(:orders AS uuid[])) AND short_quantity > 0"
)
_KEEP_BOOK = text(
    """
    WITH kept AS (
        UPDATE inventory.item_valuation v
        SET quantity = c.quantity, value = c.value, unit_cost = c.unit_cost
        FROM jsonb_to_recordset(CAST(:kept AS jsonb))
            AS c (item_code text, quantity numeric, value numeric, unit_cost numeric)
        WHERE v.item_code = c.item_code
    ), layered AS (
        INSERT INTO inventory.cost_layer AS l (
            receipt_id, line_number, item_code, remaining_quantity, remaining_value)
        SELECT c.receipt_id, c.line_number, c.item_code, c.quantity, c.value
        FROM jsonb_to_recordset(CAST(:layers AS jsonb))
            AS c (receipt_id uuid, line_number integer, item_code text, quantity numeric, value numeric)
        ON CONFLICT (receipt_id, line_number) DO UPDATE
        SET remaining_quantity = excluded.remaining_quantity, remaining_value = excluded.remaining_value
    )
    INSERT INTO inventory.stock_move (
        kind, item_code, warehouse_code, moved_on, quantity, value, document_id, line_number)
    SELECT c.kind, c.item_code, :warehouse, :moved_on, c.quantity, c.value, :document, c.line_number
    FROM jsonb_to_recordset(CAST(:moves AS jsonb))
        AS c (kind text, item_code text, line_number integer, quantity numeric, value numeric)
    """
)


async def keep_reservations(
    session: Session, warehouse_code: str, shelf: Shelf, *, new_of: date | None = None
) -> None:
    """Write what has changed on the shelf; the reservations are new when they are of an order of a day."""
    if not (shelf.moved or shelf.changed):
        return
    rows = {
        "warehouse": warehouse_code,
        "stocks": as_rows([shelf.stocks[item_code] for item_code in sorted(shelf.moved)]),
        "reservations": as_rows(list(shelf.changed.values())),
    }
    if new_of is None:
        await session.execute(_KEEP_CHANGED, rows)
    else:
        await session.execute(_KEEP_NEW, rows | {"ordered_on": new_of})


async def keep_book(
    session: Session, book: Book, *, document_id: UUID, moved_on: date, warehouse_code: str | None
) -> None:
    """Write the moves, what is kept of the items afterwards, and the layers that are new or changed."""
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
    rows = {"kept": as_rows(kept), "layers": as_rows(layers), "moves": as_rows(book.moves)}
    document = {"document": document_id, "moved_on": moved_on, "warehouse": warehouse_code}
    await session.execute(_KEEP_BOOK, rows | document)


async def served_orders(session: Transaction, served: Sequence[Reservation]) -> tuple[ServedOrder, ...]:
    """The orders that were served, in the order in which they were, and whether they wait for more; their
    processes are told.

    An order that two receipts serve at the same moment may be called incomplete by both: its process keeps
    count itself.
    """
    if not served:
        return ()
    lines: dict[UUID, list[Reservation]] = {}
    for reservation in served:
        lines.setdefault(reservation.order_id, []).append(reservation)
    found = await session.execute(_STILL_SHORT, {"orders": list(lines)})
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
        session.tell(order.process_id, "goods_set_aside", order)
    return orders


def reserved_lines(reservations: Iterable[Reservation]) -> tuple[ReservedLine, ...]:
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

"""Goods are set aside anew for an order that was amended."""

from sqlalchemy import text

from activities.inventory.stock_writer import as_rows, reserved_lines, served_orders, write_reservations
from domains.inventory.messages import AmendReservation, ReservationAmended
from domains.inventory.queries import locked
from domains.inventory.rules.amendments import Placed, amended
from domains.inventory.rules.reservations import Shelf
from foundation.database.transaction import Transaction
from foundation.operations import inbox
from foundation.operations.operation import operation
from foundation.values.errors import Invalid

# A line's place is given when it has none: after everybody's who is there.
_KEEP_PLACED = text(
    """
    INSERT INTO inventory.reservation AS r (
        order_id, line_number, process_id, warehouse_code, item_code, ordered_on, sequence, wanted_quantity,
        reserved_quantity, short_quantity, issued_quantity, released_quantity)
    SELECT c.order_id, c.line_number, c.process_id, :warehouse, c.item_code, c.ordered_on,
        coalesce(c.sequence, nextval('inventory.reservation_sequence_seq')), c.wanted, c.reserved, c.short,
        c.issued, c.released
    FROM jsonb_to_recordset(CAST(:placed AS jsonb)) AS c (
        order_id uuid, process_id text, line_number integer, item_code text, ordered_on date,
        sequence bigint, wanted numeric, reserved numeric, short numeric, issued numeric, released numeric)
    ON CONFLICT (order_id, line_number) DO UPDATE
    SET item_code = excluded.item_code, ordered_on = excluded.ordered_on, sequence = excluded.sequence,
        wanted_quantity = excluded.wanted_quantity, reserved_quantity = excluded.reserved_quantity,
        short_quantity = excluded.short_quantity, issued_quantity = excluded.issued_quantity,
        released_quantity = excluded.released_quantity
    """
)


@operation("inventory.amend_reservation")
async def amend_reservation(tx: Transaction, order: AmendReservation) -> ReservationAmended:
    """Set aside what an order wants now; what it wants no more serves who waits longest, itself included.

    Answers the lines as they are now, and the other orders that were served. Does nothing if nothing changes.
    Refuses: NotStocked, LeftAlready; Invalid when the order's goods lie in another warehouse.
    """
    shelf, before = await _on_the_shelf(tx, order)
    after = amended(shelf, order, before)
    await write_reservations(tx, order.warehouse_code, Shelf(shelf.stocks, moved=shelf.moved))
    await tx.execute(_KEEP_PLACED, {"warehouse": order.warehouse_code, "placed": _placed_rows(after)})

    shelf = Shelf(shelf.stocks)
    served = shelf.serve(await locked.backorders(tx, order.warehouse_code, shelf))
    await write_reservations(tx, order.warehouse_code, shelf)
    now = {placed.reservation.line_number: placed.reservation for placed in after}
    now |= {line.line_number: line for line in served if line.order_id == order.order_id}
    lines = reserved_lines(now[line.line_number] for line in order.lines)
    return ReservationAmended(
        order_id=order.order_id,
        lines=lines,
        is_complete=not any(line.short_quantity for line in lines),
        served=await served_orders(tx, [line for line in served if line.order_id != order.order_id]),
        number=await inbox.number(tx),
    )


async def _on_the_shelf(tx: Transaction, order: AmendReservation) -> tuple[Shelf, list[Placed]]:
    """The goods that the order wants and those that it wanted, locked, and what is set aside of them."""
    place = await locked.place(tx, order.order_id)
    warehouse_code, item_codes = place or (order.warehouse_code, [])
    if warehouse_code != order.warehouse_code:
        wrong = f"the goods of this order lie in {warehouse_code}"
        raise Invalid(f"warehouse_code: {wrong}", errors=[("warehouse_code", wrong)])
    wanted = {line.item_code for line in order.lines}
    shelf = await locked.shelf(tx, warehouse_code, wanted.union(item_codes))
    shelf.check_stocked(
        (f"lines.{position}.item_code", line.item_code) for position, line in enumerate(order.lines)
    )
    found = await locked.reservations_on(tx, warehouse_code, shelf, order.order_id)
    return shelf, await locked.with_places(tx, found, order.order_id)


def _placed_rows(placed: list[Placed]) -> str:
    return as_rows(
        [{**vars(one.reservation), "ordered_on": one.ordered_on, "sequence": one.sequence} for one in placed]
    )

"""Goods are set aside for orders, and given back."""

from activities.inventory.stock_writer import (
    reserved_lines,
    served_orders,
    write_new_reservations,
    write_reservations,
)
from domains.inventory.messages import ReleaseReservation, ReservationReleased, ReserveStock, StockReserved
from domains.inventory.queries import locked
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO


@operation("inventory.reserve_stock")
async def reserve_stock(tx: Transaction, order: ReserveStock) -> StockReserved:
    """Set goods aside for an order, line by line, never more than is there; the rest waits as a backorder.

    While somebody waits for an item nothing of it is available, so that a new order cannot overtake.
    Refuses: NotStocked.
    """
    shelf = await locked.shelf(tx, order.warehouse_code, (line.item_code for line in order.lines))
    shelf.check_stocked(
        (f"lines.{position}.item_code", line.item_code) for position, line in enumerate(order.lines)
    )
    reservations = [shelf.reserve(order, line) for line in order.lines]
    write_new_reservations(tx, order.warehouse_code, shelf, order.ordered_on)
    return StockReserved(
        order_id=order.order_id,
        lines=reserved_lines(reservations),
        is_complete=not any(reservation.short for reservation in reservations),
    )


@operation("inventory.release_reservation")
async def release_reservation(tx: Transaction, release: ReleaseReservation) -> ReservationReleased:
    """Give back what is set aside and has not left; it serves who waits longest.

    Does nothing if nothing is set aside.
    """
    place = await locked.place(tx, release.order_id)
    if place is None:
        return ReservationReleased(order_id=release.order_id, released_quantity=ZERO, served=())
    warehouse_code, item_codes = place
    shelf = await locked.shelf(tx, warehouse_code, item_codes)
    reservations = await locked.reservations_on(tx, warehouse_code, shelf, release.order_id)
    for reservation in reservations:
        shelf.release(reservation)
    waiting = await locked.backorders(tx, warehouse_code, shelf, but_not=release.order_id)
    served = shelf.serve(waiting)
    await write_reservations(tx, warehouse_code, shelf)
    return ReservationReleased(
        order_id=release.order_id,
        released_quantity=sum((reservation.reserved for reservation in reservations), ZERO),
        served=await served_orders(tx, served),
    )

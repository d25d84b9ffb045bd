"""What lies where and who waits for it, as rows for who reads it beside what other domains know.

Quantities are in the items' stock units.
"""

from sqlalchemy import select

from domains.inventory.tables import Reservation, Stock

LYING = select(
    Stock.warehouse_code,
    Stock.item_code,
    (Stock.on_hand - Stock.reserved).label("available"),
    Stock.in_transit,
)
"""By warehouse and item: what is set aside for nobody, and what is on its way from another warehouse."""
WAITING = select(
    Reservation.warehouse_code,
    Reservation.item_code,
    Reservation.order_id,
    Reservation.ordered_on,
    Reservation.sequence,
    Reservation.short_quantity,
).where(Reservation.short_quantity > 0)
"""Every line of an order that waits for goods; by day and sequence in the order in which they are served."""

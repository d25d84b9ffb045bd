"""What was set aside and is not there any more."""

from domains.inventory.queries import locked
from domains.inventory.rules.reservations import LineReservation, Shelf
from foundation.database.transaction import Transaction


async def short_again(tx: Transaction, warehouse_code: str, shelf: Shelf) -> list[LineReservation]:
    """From whom is taken what was set aside and is not there any more: who came last, first."""
    cut: list[LineReservation] = []
    for stock in list(shelf.stocks.values()):
        if stock.available < 0 and not stock.may_be_negative:
            held = await locked.set_aside_last(tx, warehouse_code, stock.item_code)
            cut += shelf.short_again(stock.item_code, held)
    return cut

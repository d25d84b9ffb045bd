"""What is set aside is not available to others; what may be negative is set aside in full."""

from decimal import Decimal
from uuid import UUID

from domains.inventory.messages import LineToReserve, ReserveStock
from domains.inventory.rules.reservations import Shelf, ShelfStock
from tests.builders.inventory import A_DAY, MAIN


def order_of(quantity: int) -> ReserveStock:
    """An order of so many bolts."""
    line = LineToReserve(line_number=1, item_code="bolt", quantity=Decimal(quantity))
    return ReserveStock(
        order_id=UUID(int=quantity),
        process_id="order_to_cash/1",
        warehouse_code=MAIN,
        ordered_on=A_DAY,
        lines=(line,),
    )


def reserve(shelf: Shelf, quantity: int) -> tuple[int, int]:
    """What is set aside for an order, and what is short."""
    order = order_of(quantity)
    reserved = shelf.reserve(order, order.lines[0])
    return int(reserved.reserved), int(reserved.short)


def test_what_is_set_aside_is_not_set_aside_again() -> None:
    shelf = Shelf({"bolt": ShelfStock("bolt", Decimal(10), Decimal(1))})

    assert reserve(shelf, 6) == (6, 0)
    assert reserve(shelf, 5) == (3, 2)
    assert reserve(shelf, 4) == (0, 4)
    assert shelf.stocks["bolt"].reserved == 10


def test_an_item_that_may_be_negative_is_never_short() -> None:
    shelf = Shelf({"bolt": ShelfStock("bolt", Decimal(1), Decimal(0), may_be_negative=True)})

    assert reserve(shelf, 6) == (6, 0)
    assert shelf.stocks["bolt"].reserved == 6


def test_what_is_given_back_serves_who_waits_first() -> None:
    shelf = Shelf({"bolt": ShelfStock("bolt", Decimal(5), Decimal(0))})
    first, second, third = (shelf.reserve(order_of(n), order_of(n).lines[0]) for n in (5, 3, 4))

    released = shelf.release(first)
    served = shelf.serve([second, third])

    assert [released.reserved, released.short, released.released] == list(map(Decimal, (0, 0, 5)))
    assert [(int(one.reserved), int(one.short)) for one in served] == [(3, 0), (2, 2)]

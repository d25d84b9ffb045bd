"""An amended order has set aside what it had and still wants, waits for the rest, and has given back what it
wants no more: whatever it wanted before, and whatever has left."""

from collections import Counter
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.inventory.messages import AmendReservation, LineToReserve
from domains.inventory.rules.amendments import LeftAlready, Placed, amended
from domains.inventory.rules.reservations import LineReservation, Shelf, ShelfStock
from tests.builders.inventory import A_DAY, MAIN

ITEMS = ("bolt", "nut", "washer")
ORDER = UUID(int=1)
lines = st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(1, 9)), max_size=5)


def wanting(wanted: list[tuple[str, int]]) -> AmendReservation:
    """The order with these items and quantities."""
    return AmendReservation(
        order_id=ORDER,
        process_id="order_to_cash/1",
        warehouse_code=MAIN,
        ordered_on=A_DAY,
        lines=tuple(
            LineToReserve(line_number=number, item_code=item, quantity=Decimal(quantity))
            for number, (item, quantity) in enumerate(wanted, start=1)
        ),
    )


def parts_of(number: int, item: str, wanted: int, reserved: int, issued: int) -> Placed:
    """A line of which so much was set aside, and of that so much has left; it is the place of its number."""
    set_aside = min(reserved, wanted)
    left = min(issued, set_aside)
    amounts = (wanted, set_aside - left, wanted - set_aside, left)
    return Placed(LineReservation(ORDER, "", number, item, *map(Decimal, amounts)), A_DAY, sequence=number)


def has_left(had: LineReservation, wanted: list[tuple[str, int]]) -> bool:
    """Whether something of a line has left that is not wanted any more."""
    item, quantity = dict(enumerate(wanted, start=1)).get(had.line_number, ("", 0))
    return had.issued > (quantity if item == had.item_code else 0)


before = st.lists(
    st.tuples(st.sampled_from(ITEMS), st.integers(1, 9), st.integers(0, 9), st.sampled_from((0, 0, 0, 1))),
    max_size=5,
).map(lambda rows: [parts_of(number, *row) for number, row in enumerate(rows, start=1)])


@given(before, lines)
def test_an_amended_order_has_what_it_had_and_still_wants(
    had: list[Placed], wanted: list[tuple[str, int]]
) -> None:
    reserved = Counter[str]()
    for placed in had:
        reserved[placed.reservation.item_code] += int(placed.reservation.reserved)
    shelf = Shelf({item: ShelfStock(item, Decimal(50), Decimal(reserved[item])) for item in ITEMS})
    order = wanting(wanted)
    if any(has_left(placed.reservation, wanted) for placed in had):
        with pytest.raises(LeftAlready):
            amended(shelf, order, had)
        return

    after = amended(shelf, order, had)

    now = {placed.reservation.line_number: placed.reservation for placed in after}
    assert len(now) == len(after)
    for line in order.lines:
        row = now[line.line_number]
        assert row.item_code == line.item_code
        assert row.reserved + row.short + row.issued == line.quantity
    for row in now.values():
        assert row.wanted == row.reserved + row.short + row.issued + row.released
        assert min(row.reserved, row.short, row.issued, row.released) >= 0
    for item in ITEMS:
        set_aside = sum(row.reserved for row in now.values() if row.item_code == item)
        assert shelf.stocks[item].reserved == set_aside
        assert set_aside <= reserved[item]
    left = sum(placed.reservation.issued for placed in had)
    assert sum(row.issued for row in now.values()) == left


@given(before)
def test_an_amendment_that_changes_nothing_changes_nothing(had: list[Placed]) -> None:
    shelf = Shelf({item: ShelfStock(item, Decimal(50), Decimal(50)) for item in ITEMS})
    order = wanting([(one.reservation.item_code, int(one.reservation.wanted)) for one in had])

    after = amended(shelf, order, had)

    assert [(one.reservation.reserved, one.reservation.short, one.sequence) for one in after] == [
        (one.reservation.reserved, one.reservation.short, one.sequence) for one in had
    ]
    assert not shelf.moved


@given(before.filter(lambda had: not any(placed.reservation.issued for placed in had)))
def test_what_is_wanted_no_more_is_free(had: list[Placed]) -> None:
    shelf = Shelf({item: ShelfStock(item, Decimal(50), Decimal(50)) for item in ITEMS})

    after = amended(shelf, wanting([]), had)

    for one, was in zip(after, had, strict=True):
        assert one.reservation.released == was.reservation.wanted == one.reservation.wanted
    free = sum((stock.available for stock in shelf.stocks.values()), Decimal(0))
    assert free == sum((placed.reservation.reserved for placed in had), Decimal(0))

"""How far an order has come: never more than was ordered, never billed before it left."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.sales.messages import OrderStatus, RecordFulfilment
from domains.sales.rules.progress import LineProgress, NotAsOrdered, Progress, record
from tests.builders.master_data import Figure
from tests.builders.sales import an_order, by_line


def a_line(number: int = 1, quantity: Figure = 10, **changes: Figure) -> LineProgress:
    """A line of ten, traded in its stock unit, of which nothing has left."""
    figures: dict[str, Figure] = {
        "quantity": quantity,
        "stock_quantity": quantity,
        "short_quantity": 0,
        "delivered_quantity": 0,
        "billed_quantity": 0,
    }
    return LineProgress(number, **{name: Decimal(figure) for name, figure in (figures | changes).items()})


def after(
    *lines: LineProgress,
    delivered: dict[int, Figure] | None = None,
    billed: dict[int, Figure] | None = None,
) -> Progress:
    """How far an order has come when these have left and were billed."""
    news = RecordFulfilment(
        order_id=an_order().order_id, delivered=by_line(delivered), billed=by_line(billed)
    )
    return record(lines, news)


def test_an_order_is_delivered_when_its_last_line_has_left() -> None:
    first = after(a_line(1), a_line(2), delivered={1: 10}, billed={1: 4})
    last = after(*first.changed, a_line(2), delivered={2: 10}, billed={1: 6, 2: 10})

    assert (first.status, first.all_delivered, first.all_billed) == (OrderStatus.CONFIRMED, False, False)
    assert (last.status, last.all_delivered, last.all_billed) == (OrderStatus.DELIVERED, True, True)
    assert [line.line_number for line in first.changed] == [1]


def test_what_has_left_is_not_short_any_more() -> None:
    boxes = a_line(quantity=10, stock_quantity=100, short_quantity=60)

    (part,) = after(boxes, delivered={1: 4}).changed
    (most,) = after(part, delivered={1: "5.5"}).changed
    (rest,) = after(most, delivered={1: "0.5"}).changed

    assert [line.short_quantity for line in (part, most, rest)] == [60, 5, 0]


def test_too_much_is_refused_with_every_line_and_its_figures() -> None:
    with pytest.raises(NotAsOrdered) as refused:
        after(a_line(1), a_line(2), a_line(3), delivered={1: 11, 2: 5, 9: 1}, billed={2: 6, 3: 1})

    assert [tuple(error) for error in refused.value.errors] == [
        ("delivered.2.line_number", "line 9 is not on the order"),
        ("delivered", "line 1: 11 of 10 ordered"),
        ("billed", "line 2: 6 of 5 delivered"),
        ("billed", "line 3: 1 of 0 delivered"),
    ]


def test_a_line_that_is_named_twice_counts_twice() -> None:
    twice = RecordFulfilment(order_id=an_order().order_id, delivered=by_line({1: 6}) * 2)

    with pytest.raises(NotAsOrdered, match="line 1: 12 of 10 ordered"):
        record([a_line()], twice)


def test_no_news_change_nothing() -> None:
    assert after(a_line(delivered_quantity=10)).changed == ()


@given(some.lists(some.tuples(some.integers(1, 3), some.integers(1, 9)), max_size=12))
def test_whatever_leaves_in_parts_never_exceeds_the_order(shipments: list[tuple[int, int]]) -> None:
    lines = {number: a_line(number, 9, short_quantity=9) for number in (1, 2, 3)}
    left = dict.fromkeys(lines, 0)

    for number, quantity in shipments:
        if left[number] + quantity > 9:
            with pytest.raises(NotAsOrdered):
                after(*lines.values(), delivered={number: quantity})
            continue
        left[number] += quantity
        progress = after(*lines.values(), delivered={number: quantity}, billed={number: quantity})
        lines |= {line.line_number: line for line in progress.changed}
        assert progress.all_delivered == all(quantity == 9 for quantity in left.values())

    assert {number: line.delivered_quantity for number, line in lines.items()} == left
    assert {number: line.short_quantity for number, line in lines.items()} == {
        number: 9 - quantity for number, quantity in left.items()
    }

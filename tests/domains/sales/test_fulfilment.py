"""What is short of an order is what was told last of each line, in whatever order it is heard."""

from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from domains.master_data.messages import Delivery
from domains.receivables.messages import ReleaseCredit
from domains.sales.messages import LineQuantity, OrderPlaced, PricedLine
from domains.sales.rules.fulfilment import Fulfilment

NEWS = [(4, {1: 7}), (6, {2: 5}), (9, {1: 3, 2: 0}), (12, {1: 1})]
"""By their numbers, what was short of which lines."""


def two_lines_of_ten() -> Fulfilment:
    """An order of which nothing is set aside yet."""
    ten: dict[str, Any] = {"quantity": Decimal(10), "stock_quantity": Decimal(10), "is_stocked": True}
    lines = tuple(PricedLine.model_construct(**{"line_number": number, **ten}) for number in (1, 2))
    order: dict[str, Any] = {"delivery": Delivery.PARTIAL, "lines": lines}
    return Fulfilment.of(OrderPlaced.model_construct(**order))


def hear(fulfilment: Fulfilment, number: int, short: dict[int, int]) -> bool:
    return fulfilment.set_aside(((line, Decimal(much)) for line, much in short.items()), number=number)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_of_each_line_the_newest_holds_whatever_is_heard_first(order: tuple[int, ...]) -> None:
    fulfilment = two_lines_of_ten()
    fulfilment.set_aside([(1, Decimal(10)), (2, Decimal(10))])

    for place in (*order, *order):
        hear(fulfilment, *NEWS[place])

    assert fulfilment.short == {1: 1, 2: 0}


def test_what_was_heard_before_is_no_news() -> None:
    fulfilment = two_lines_of_ten()

    heard = [hear(fulfilment, *NEWS[place]) for place in (0, 0, 2, 1, 2, 3)]

    assert heard == [True, False, True, False, False, True]


def test_what_is_to_be_billed_of_an_order_in_another_currency_is_an_amount() -> None:
    """It is kept of the order's credit, of which a message tells."""
    amounts: dict[str, Any] = {"quantity": Decimal(3), "net_amount": Decimal(10), "tax_amount": Decimal(0)}
    line = PricedLine.model_construct(line_number=1, stock_quantity=Decimal(3), is_stocked=True, **amounts)
    worth: dict[str, Any] = {"total_amount": Decimal("10.00"), "base_total_amount": Decimal("9.09")}
    order = OrderPlaced.model_construct(delivery=Delivery.PARTIAL, lines=(line,), **worth)
    fulfilment = Fulfilment.of(order)
    fulfilment.deliver((LineQuantity(line_number=1, quantity=Decimal("0.777777")),))

    kept = fulfilment.worth_to_bill(order, with_freight=False)

    assert ReleaseCredit(order_id=uuid4(), kept_amount=kept).kept_amount == Decimal("2.3567")

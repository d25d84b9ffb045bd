"""The lines that a person names are on the document, and each is named once."""

from decimal import Decimal

import pytest

from domains.sales.messages import LineQuantity, LineReceived
from domains.sales.rules.fulfilment import Fulfilment, ShipmentRefused
from domains.sales.rules.returns import (
    DeliveredLine,
    NotAsAuthorised,
    NotDelivered,
    ended_lines,
    lines_to_return,
)
from tests.domains.sales.test_fulfilment import two_lines_of_ten


def a_line(number: int, quantity: int = 2) -> LineQuantity:
    return LineQuantity(line_number=number, quantity=Decimal(quantity))


def all_set_aside() -> Fulfilment:
    fulfilment = two_lines_of_ten()
    fulfilment.set_aside([(1, Decimal(0)), (2, Decimal(0))])
    return fulfilment


@pytest.mark.parametrize("wrong", [1, 3])
def test_a_shipment_names_lines_of_the_order_and_each_once(wrong: int) -> None:
    asked = (a_line(1), a_line(2), a_line(wrong))

    assert all_set_aside().lines_to_ship(asked[:2]) == asked[:2]
    with pytest.raises(ShipmentRefused) as refused:
        all_set_aside().lines_to_ship(asked)

    why = f"line {wrong} is not on the order, or named twice"
    assert refused.value.errors == [("lines.2.line_number", why)]


@pytest.mark.parametrize("wrong", [1, 3])
def test_a_return_names_lines_of_the_order_and_each_once(wrong: int) -> None:
    ten = Decimal(10)
    delivered = [
        DeliveredLine(
            line_number=number,
            item_code="bolt",
            unit="piece",
            quantity=ten,
            stock_quantity=ten,
            is_stocked=True,
            delivered_quantity=ten,
            returned_quantity=Decimal(0),
        )
        for number in (1, 2)
    ]

    assert len(lines_to_return([a_line(1), a_line(2)], delivered)) == 2
    with pytest.raises(NotDelivered) as refused:
        lines_to_return([a_line(1), a_line(2), a_line(wrong)], delivered)

    why = f"line {wrong} is not on the order, or named twice"
    assert refused.value.errors == [("lines.2.line_number", why)]


@pytest.mark.parametrize("wrong", [1, 3])
def test_an_inspection_names_lines_of_the_return_and_each_once(wrong: int) -> None:
    came = [LineReceived(line_number=number, quantity=Decimal(1)) for number in (1, 2, wrong)]
    agreed = [(1, Decimal(5)), (2, Decimal(5))]

    assert len(ended_lines(agreed, came[:2])) == 2
    with pytest.raises(NotAsAuthorised) as refused:
        ended_lines(agreed, came)

    why = f"line {wrong} is not on the return, or named twice"
    assert refused.value.errors == [("lines.2.line_number", why)]


def test_nothing_leaves_while_nothing_is_set_aside() -> None:
    with pytest.raises(ShipmentRefused, match="waits for stock"):
        two_lines_of_ten().lines_to_ship((a_line(1),))

"""What may come back of what was delivered, in the order's unit and the stock's; and what of that did."""

from decimal import Decimal

import pytest

from domains.sales.messages import LineQuantity, LineReceived
from domains.sales.rules.returns import (
    AUTHORISED,
    CANCELLED,
    CLOSED,
    DeliveredLine,
    EndedLine,
    NotAsAuthorised,
    NotDelivered,
    ReturnHasEnded,
    advance,
    ended_lines,
    lines_to_return,
)


def boxes(number: int, delivered: str, returned: str = "0") -> DeliveredLine:
    """Ten boxes were ordered, of twelve pieces each."""
    return DeliveredLine(
        number, "BOLT", Decimal(10), "box", Decimal(120), True, Decimal(delivered), Decimal(returned)
    )


def asked(number: int, quantity: str) -> LineQuantity:
    """So much of a line is to come back."""
    return LineQuantity(line_number=number, quantity=Decimal(quantity))


def came(number: int, quantity: str, scrapped: str = "0") -> LineReceived:
    """So much of a line has come back."""
    return LineReceived(line_number=number, quantity=Decimal(quantity), scrapped_quantity=Decimal(scrapped))


def fields(refusal: pytest.ExceptionInfo[NotDelivered] | pytest.ExceptionInfo[NotAsAuthorised]) -> set[str]:
    """Which fields were refused."""
    return {error["field"] for error in refusal.value.as_problem()["errors"]}


def test_what_comes_back_is_as_much_of_the_stock_as_left_for_it() -> None:
    (line,) = lines_to_return([asked(1, "2.5")], [boxes(1, "10")])

    assert (line.quantity, line.stock_quantity) == (Decimal("2.5"), Decimal(30))


def test_a_part_of_an_odd_stock_quantity_has_six_decimals() -> None:
    odd = DeliveredLine(1, "ROPE", Decimal(3), "roll", Decimal(10), True, Decimal(3), Decimal(0))

    (line,) = lines_to_return([asked(1, "1")], [odd])

    assert str(line.stock_quantity) == "3.333333"


def test_all_that_is_outside_comes_back_when_no_line_is_named() -> None:
    delivered = [boxes(1, "10"), boxes(2, "4", returned="4"), boxes(3, "5", returned="2")]

    assert [(line.line_number, line.quantity) for line in lines_to_return([], delivered)] == [
        (1, Decimal(10)),
        (3, Decimal(3)),
    ]


def test_nothing_comes_back_of_what_was_not_delivered() -> None:
    with pytest.raises(NotDelivered):
        lines_to_return([], [boxes(1, "4", returned="4")])


def test_what_is_outside_may_come_back_and_no_more_of_any_line_once() -> None:
    delivered = [boxes(1, "5", returned="2"), boxes(2, "5")]
    assert lines_to_return([asked(1, "3")], delivered)[0].quantity == 3

    with pytest.raises(NotDelivered) as refusal:
        lines_to_return([asked(1, "3.1"), asked(2, "1"), asked(2, "1"), asked(9, "1")], delivered)

    assert fields(refusal) == {"lines.0.quantity", "lines.2.line_number", "lines.3.line_number"}


def test_what_did_not_come_is_given_up_and_lines_are_in_order() -> None:
    assert ended_lines([(2, Decimal(4)), (1, Decimal(3))], [came(2, "3", scrapped="1")]) == (
        EndedLine(1, accepted=Decimal(0), scrapped=Decimal(0), given_up=Decimal(3)),
        EndedLine(2, accepted=Decimal(3), scrapped=Decimal(1), given_up=Decimal(1)),
    )


def test_no_more_comes_than_was_agreed_and_no_more_is_scrapped_than_came() -> None:
    agreed = [(1, Decimal(3)), (2, Decimal(3)), (3, Decimal(3))]
    assert ended_lines(agreed[:1], [came(1, "3", scrapped="3")])[0].given_up == 0

    with pytest.raises(NotAsAuthorised) as refusal:
        ended_lines(agreed, [came(1, "4"), came(2, "1", "2"), came(3, "1"), came(3, "1"), came(9, "1")])

    assert fields(refusal) == {
        "lines.0.quantity",
        "lines.1.scrapped_quantity",
        "lines.3.line_number",
        "lines.4.line_number",
    }


def test_a_return_ends_once_and_the_same_way_again() -> None:
    assert advance(AUTHORISED, CLOSED) == advance(CLOSED, CLOSED) == CLOSED
    with pytest.raises(ReturnHasEnded):
        advance(CANCELLED, CLOSED)

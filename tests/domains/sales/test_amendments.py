"""Until when an order may be amended, and what of it differs then."""

from decimal import Decimal
from typing import Any

import pytest

from domains.sales.messages import AmendedLine, LineChange, OrderStatus, PricedLine
from domains.sales.rules.amendments import changes, check_amendable, check_replacing, lines_before
from domains.sales.rules.orders import GoodsHaveLeft, NotInThisStatus, may_become, together
from foundation.values.errors import Invalid


def a_line(number: int, quantity: int) -> PricedLine:
    """A line of an order, as far as it is compared."""
    said: dict[str, Any] = {"line_number": number, "quantity": Decimal(quantity)}
    return PricedLine.model_construct(**said)


def may_be_amended(status: str, *, has_left: bool) -> bool:
    """Whether an order is not refused because its goods have left."""
    try:
        check_amendable(status, has_left=has_left)
    except GoodsHaveLeft:
        return False
    return True


@pytest.mark.parametrize(
    ("status", "has_left", "may_be"),
    [
        ("placed", False, True),
        ("held", False, True),
        ("confirmed", False, True),
        ("confirmed", True, False),
        ("delivered", False, False),
        ("delivered", True, False),
    ],
)
def test_an_order_may_be_amended_until_goods_have_left(status: str, has_left: bool, may_be: bool) -> None:
    assert may_be_amended(status, has_left=has_left) is may_be


@pytest.mark.parametrize("status", ["closed", "cancelled", "rejected"])
def test_what_has_ended_cannot_be_amended(status: str) -> None:
    with pytest.raises(NotInThisStatus):
        check_amendable(status, has_left=False)


def test_lines_that_are_the_same_are_no_change() -> None:
    before = [a_line(1, 5), a_line(2, 5), a_line(4, 1)]
    after = [a_line(1, 5), a_line(2, 6), a_line(3, 1)]

    assert changes(before, after) == (
        LineChange.model_construct(line_number=2, before=before[1], after=after[1]),
        LineChange.model_construct(line_number=3, before=None, after=after[2]),
        LineChange.model_construct(line_number=4, before=before[2], after=None),
    )


def test_a_status_may_be_reached_from_itself_and_from_those_before_it() -> None:
    before = may_become(OrderStatus.CONFIRMED)

    assert {OrderStatus.CONFIRMED, OrderStatus.HELD, OrderStatus.PLACED} <= set(before)
    assert OrderStatus.CLOSED not in before
    assert OrderStatus.CANCELLED not in before


def test_two_discounts_together_have_six_decimals() -> None:
    assert str(together(Decimal(10), Decimal(10))) == "19.000000"
    assert str(together(Decimal("1.1111"), Decimal("2.2222"))) == "3.308609"


def ordered(number: int, item_code: str = "BOLT", **facts: Any) -> PricedLine:
    """Ten of an item at 7.00 each with 10 % off, on an order."""
    known = {
        "line_number": number,
        "item_code": item_code,
        "description": "As agreed",
        "quantity": "10",
        "unit": "pc",
        "stock_quantity": "10",
        "is_stocked": True,
        "unit_price": "7",
        "discount_percent": "10",
        "tax_code": "T7",
        "net_amount": "63",
        "tax_amount": "4.41",
    }
    return PricedLine.model_validate(known | facts)


def wanted(item_code: str, line_number: int | None = None) -> AmendedLine:
    """One of an item, as it is wanted now."""
    return AmendedLine(item_code=item_code, quantity=Decimal(1), line_number=line_number)


@pytest.mark.parametrize(
    ("lines", "were"),
    [
        ([wanted("BOLT"), wanted("NUT")], [1, 2]),
        # Both have moved.
        ([wanted("NUT"), wanted("BOLT")], [2, 1]),
        ([wanted("NUT"), wanted("BOLT", 1)], [2, 1]),
        # There were two bolts, and the third is new; another item makes a line new.
        ([wanted("BOLT"), wanted("BOLT"), wanted("BOLT")], [1, None, 3]),
        ([wanted("SCREW", 1), wanted("NUT", 2)], [None, 2]),
    ],
)
def test_a_line_is_the_one_it_names_or_the_one_of_its_item(
    lines: list[AmendedLine], were: list[int | None]
) -> None:
    before = [ordered(1), ordered(2, "NUT"), ordered(3)]

    found = lines_before(before, lines)

    assert [line and line.line_number for line in found] == were


def test_a_line_that_is_not_there_or_named_twice_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        lines_before([ordered(1)], [wanted("BOLT", 1), wanted("BOLT", 1), wanted("BOLT", 9)])

    assert [error.field for error in refused.value.errors] == ["lines.1.line_number", "lines.2.line_number"]


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, []),
        ({"quantity": "7"}, []),
        ({"quantity": "11", "unit": "box"}, ["lines.0.quantity", "lines.0.unit"]),
        ({"unit_price": "1", "reprice": True}, ["lines.0.unit_price", "lines.0.reprice"]),
        ({"unit_price": "0"}, []),
    ],
)
def test_a_line_that_sends_goods_again_gets_only_less(facts: dict[str, Any], fields: list[str]) -> None:
    line = AmendedLine.model_validate({"item_code": "BOLT", "quantity": "1"} | facts)
    was = ordered(1)
    check_replacing([was, None], [line, line])  # Neither replaces anything.

    try:
        check_replacing([was.model_copy(update={"replaces_line_number": 3})], [line])
        found = []
    except Invalid as refused:
        found = [error.field for error in refused.errors]

    assert found == fields

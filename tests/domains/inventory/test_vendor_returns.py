"""What goes back to a supplier: of which receipts, at which value, and never more than came."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from domains.inventory.messages.vendor_returns import LineToSendBack
from domains.inventory.rules.valuation import Kept, Layer, issue_of
from domains.inventory.rules.vendor_returns import (
    CameForLine,
    NotToSendBack,
    asked_back,
    lines_sent_back,
    parts_sent_back,
)
from domains.ledger.messages import Opened
from domains.master_data.messages import CostingMethod

ON = date(2026, 3, 20)


def came(
    number: int, quantity: str, value: str, unbilled: str = "0", unbilled_value: str = "0", *, day: int = 10
) -> CameForLine:
    """A line of a receipt of the order's first line, in cartons of two."""
    on = date(2026, 3, day)
    return CameForLine(
        receipt_id=UUID(int=number),
        receipt_number=f"REC-{number}",
        receipt_line_number=1,
        received_on=on,
        order_line_number=1,
        item_code="APPLE",
        unit="ctn",
        stock_per_unit=Decimal(2),
        stock_quantity=Decimal(quantity),
        value=Decimal(value),
        unbilled_quantity=Decimal(unbilled),
        unbilled_value=Decimal(unbilled_value),
        opened=Opened(f"REC-{number}", (UUID(int=number),), on, None),
        last_billed_on=on,
    )


def back(quantity: str, number: int = 1) -> LineToSendBack:
    """So many cartons."""
    return LineToSendBack(line_number=number, quantity=Decimal(quantity))


def test_what_is_not_billed_goes_first_and_of_both_what_came_last() -> None:
    there = [came(1, "10", "40.00", "4", "16.00"), came(2, "6", "30.00", "6", "30.00", day=12)]

    parts = parts_sent_back([back("6.5")], there, ON, "EUR")

    assert [
        (part.came.receipt_number, part.is_billed, part.stock_quantity, part.value) for part in parts
    ] == [
        ("REC-2", False, Decimal(6), Decimal("30.00")),
        ("REC-1", False, Decimal(4), Decimal("16.00")),
        ("REC-1", True, Decimal(3), Decimal("12.00")),
    ]
    (line,) = lines_sent_back(parts)
    assert (line.quantity, line.unbilled_quantity, line.billed_quantity) == (
        Decimal("6.5"),
        Decimal(5),
        Decimal("1.5"),
    )
    assert [one.stock_quantity for one in asked_back(parts)] == [Decimal(13)]


def test_what_came_after_the_day_is_taken_last() -> None:
    there = [came(1, "4", "16.00"), came(2, "4", "20.00", day=25)]

    assert [part.came.receipt_number for part in parts_sent_back([back("1")], there, ON, "EUR")] == ["REC-1"]


def test_parts_come_to_the_cent() -> None:
    first = parts_sent_back([back("0.5")], [came(1, "3", "10.00")], ON, "EUR")
    rest = parts_sent_back([back("1")], [came(1, "2", "6.67")], ON, "EUR")

    assert [part.value for part in (*first, *rest)] == [Decimal("3.33"), Decimal("6.67")]


def test_every_line_that_is_too_much_or_not_there_is_named() -> None:
    with pytest.raises(NotToSendBack) as refused:
        parts_sent_back([back("3"), back("1", 2), back("1")], [came(1, "4", "16.00")], ON, "EUR")

    assert [name for name, _ in refused.value.errors] == [
        "lines.0.quantity",
        "lines.1.line_number",
        "lines.2.line_number",
    ]


def layers(*left: tuple[int, str, str]) -> Kept:
    """First in, first out: by receipt, how much is left and what it is worth."""
    kept = tuple(Layer(UUID(int=number), 1, Decimal(there), Decimal(worth)) for number, there, worth in left)
    quantity, value = sum(one.quantity for one in kept), sum(one.value for one in kept)
    return Kept(CostingMethod.FIFO, Decimal(quantity), Decimal(value), Decimal(1), kept)


def test_first_in_first_out_the_own_layer_leaves_and_then_the_oldest() -> None:
    issued = issue_of(
        layers((1, "5", "5.00"), (2, "4", "12.00"), (3, "3", "9.00")),
        Decimal(6),
        (UUID(int=2), 1),
        currency="EUR",
    )

    assert issued.value == Decimal("14.00")
    assert [(one.receipt_id.int, one.quantity) for one in issued.kept.layers] == [
        (1, Decimal(3)),
        (3, Decimal(3)),
    ]


def test_at_the_average_goods_are_not_told_apart() -> None:
    kept = Kept(CostingMethod.MOVING_AVERAGE, Decimal(20), Decimal("120.00"), Decimal(6))

    assert issue_of(kept, Decimal(10), (UUID(int=2), 1), currency="EUR").value == Decimal("60.00")

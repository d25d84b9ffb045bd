"""What goods cost on their way, worked by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.inventory.messages.landed_costs import LandedCostBasis, LandedReceipt
from domains.inventory.rules import landed_costs as rules
from domains.inventory.rules.book import Book
from domains.inventory.rules.landed_costs import LandedLine, LineThatCame, MovedQuantity, SourceLeft
from domains.inventory.rules.valuation import Kept, Layer
from domains.master_data.messages import CostingMethod
from foundation.values.days import TooEarly
from foundation.values.errors import Invalid
from foundation.values.money import ZERO

RECEIPT, OTHER = UUID(int=1), UUID(int=2)
ON = date(2026, 3, 12)
FIFO = CostingMethod.FIFO


def a_line(item: str = "bolt", quantity: str = "10", value: str = "20", **changes: Any) -> LineThatCame:
    """Ten bolts at 2.00 that came the day before."""
    line = LineThatCame(
        receipt_id=RECEIPT,
        receipt_number="REC-1",
        received_on=date(2026, 3, 11),
        line_number=1,
        item_code=item,
        stock_quantity=Decimal(quantity),
        gone_quantity=ZERO,
        value=Decimal(value),
    )
    return replace(line, **changes)


def at_average(quantity: str, value: str) -> Kept:
    """So many, worth so much."""
    return Kept(quantity=Decimal(quantity), value=Decimal(value))


def in_layers(*layers: tuple[int, str, str]) -> Kept:
    """What is left of lines of the receipt, by number: how much, worth what."""
    kept = tuple(Layer(RECEIPT, number, Decimal(left), Decimal(worth)) for number, left, worth in layers)
    quantity, value = (sum((getattr(one, name) for one in kept), ZERO) for name in ("quantity", "value"))
    return Kept(method=FIFO, quantity=quantity, value=value, layers=kept)


def landed(kept: dict[str, Kept], value: str, *lines: LineThatCame) -> tuple[Book, list[LandedLine]]:
    """A cost is spread over lines by their quantity."""
    book = Book(kept, "EUR")
    weights = rules.measures(lines, LandedCostBasis.QUANTITY, {})
    return book, rules.land(book, lines, weights, Decimal(value))


def parts(lines: list[LandedLine]) -> list[tuple[str, str, str]]:
    """What each line got, what of that is in stock, and how much is left of its goods."""
    return [
        (f"{one.value:.2f}", f"{one.stock_value:.2f}", f"{one.left_quantity.normalize():f}") for one in lines
    ]


def test_what_is_left_over_by_rounding_goes_to_the_largest_remainders() -> None:
    lines = [a_line(quantity=quantity, line_number=number) for number, quantity in enumerate("124", start=1)]

    _, spread = landed({"bolt": at_average("7", "14")}, "10.00", *lines)

    # 1.428…, 2.857… and 5.714… are cut to 1.42, 2.85 and 5.71; the two cents go to the second and the first.
    assert [one.value for one in spread] == [Decimal("1.43"), Decimal("2.86"), Decimal("5.71")]


def test_at_the_average_as_much_is_left_of_all_lines_together_as_is_on_hand() -> None:
    lines = (a_line(), a_line(quantity="5", value="10", line_number=2))

    book, spread = landed({"bolt": at_average("6", "12")}, "30.00", *lines)

    assert parts(spread) == [("20.00", "8.00", "4"), ("10.00", "4.00", "2")]
    assert (book.kept["bolt"].value, book.kept["bolt"].unit_cost) == (Decimal("24.00"), Decimal(4))


def test_in_layers_what_is_left_of_a_line_is_in_its_own() -> None:
    kept = in_layers((2, "3", "9.00"))
    lines = (a_line("nut", "4", "4"), a_line("nut", "6", "18", line_number=2))

    book, spread = landed({"nut": kept}, "10.00", *lines)

    assert parts(spread) == [("4.00", "0.00", "0"), ("6.00", "3.00", "3")]
    assert [(layer.line_number, layer.value) for layer in book.kept["nut"].layers] == [(2, Decimal("12.00"))]


def test_goods_that_were_sold_before_they_came_bear_all_of_it() -> None:
    for kept in (at_average("-2", "-4"), at_average("0", "0"), replace(in_layers(), quantity=Decimal(-1))):
        book, spread = landed({"bolt": kept}, "10.00", a_line())
        assert parts(spread) == [("10.00", "0.00", "0")]
        assert book.kept["bolt"].value == kept.value


def test_what_went_back_to_the_supplier_weighs_nothing() -> None:
    lines = [a_line(gone_quantity=Decimal(6)), a_line("nut", "4", "12", line_number=2)]

    assert rules.measures(lines, LandedCostBasis.QUANTITY, {}) == [4, 4]
    assert rules.measures(lines, LandedCostBasis.VALUE, {}) == [8, 12]
    weights = {"bolt": Decimal("0.5"), "nut": Decimal("0.25")}
    assert rules.measures(lines, LandedCostBasis.WEIGHT, weights) == [2, 1]


@pytest.mark.parametrize(
    ("basis", "weights", "says"),
    [
        (LandedCostBasis.WEIGHT, {"bolt": None}, "bolt has no weight_kg"),
        (LandedCostBasis.WEIGHT, {"bolt": ZERO}, "none of these goods has a weight"),
        (LandedCostBasis.VALUE, {}, "none of these goods has a value"),
    ],
)
def test_it_is_spread_by_something_that_the_goods_have(
    basis: LandedCostBasis, weights: dict[str, Decimal | None], says: str
) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        rules.measures([a_line(value="0")], basis, weights)
    assert [error.field for error in refused.value.errors] == ["basis"]


def a_source(amount: str = "100.00", value: str = "76.92", **changes: Any) -> SourceLeft:
    """100.00 USD that were posted at 76.92 EUR, of which nothing was spread yet unless it is said."""
    source = SourceLeft(
        number="CI-000001",
        currency="USD",
        posted_amount=Decimal("100.00"),
        posted_value=Decimal("76.92"),
        amount=Decimal(amount),
        value=Decimal(value),
    )
    return replace(source, **changes)


def test_a_part_is_worth_what_it_was_when_posted_and_the_last_takes_the_cents() -> None:
    assert rules.value_to_spread(Decimal("33.33"), a_source(), "EUR") == (Decimal("33.33"), Decimal("25.64"))
    left = a_source("33.34", "25.65")
    assert rules.value_to_spread(Decimal("33.34"), left, "EUR") == (Decimal("33.34"), Decimal("25.65"))
    assert rules.value_to_spread(None, left, "EUR") == (Decimal("33.34"), Decimal("25.65"))


@pytest.mark.parametrize(
    ("amount", "left", "field"),
    [
        ("33.35", ("33.34", "25.65"), "amount"),
        ("0.001", ("33.34", "25.65"), "amount"),
        ("0.01", ("0.00", "0.00"), "source_id"),
        (None, ("-5.00", "-3.85"), "source_id"),
        (None, ("0.01", "0.00"), "source_id"),
    ],
)
def test_no_more_is_spread_than_is_left(amount: str | None, left: tuple[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.value_to_spread(Decimal(amount) if amount else None, a_source(*left), "EUR")
    assert [error.field for error in refused.value.errors] == [field]


def test_what_is_worth_less_than_a_cent_is_not_spread() -> None:
    with pytest.raises(Invalid, match="smallest amount in EUR"):
        rules.value_to_spread(Decimal(1), a_source(currency="VND", posted_value=Decimal("0.01")), "EUR")


def test_every_receipt_and_line_that_is_wrong_is_named() -> None:
    known = {
        RECEIPT: [a_line(), a_line(line_number=2, gone_quantity=Decimal(10))],
        OTHER: [a_line(receipt_id=OTHER, gone_quantity=Decimal(10))],
    }
    asked = [
        LandedReceipt(receipt_id=RECEIPT, line_numbers=(1, 2, 3, 1)),
        LandedReceipt(receipt_id=RECEIPT),
        LandedReceipt(receipt_id=OTHER),
        LandedReceipt(receipt_id=UUID(int=3)),
    ]

    with pytest.raises(Invalid) as refused:
        rules.chosen_lines(asked, known, ON)

    assert [error.field for error in refused.value.errors] == [
        "receipts.0.line_numbers.1",
        "receipts.0.line_numbers.2",
        "receipts.0.line_numbers.3",
        "receipts.1.receipt_id",
        "receipts.2.receipt_id",
        "receipts.3.receipt_id",
    ]
    assert rules.chosen_lines(asked[1:2], known, ON) == [known[RECEIPT][0]]
    with pytest.raises(TooEarly, match="REC-1"):
        rules.chosen_lines(asked[1:2], known, date(2026, 3, 10))


@pytest.mark.parametrize(
    ("on_hand", "moved", "left"),
    [
        ("10", [], "1"),
        ("10", [("issue", "-4")], "0.6"),
        ("10", [("issue", "-5"), ("issue", "-2")], "0.3"),
        ("10", [("issue", "-10"), ("receipt", "10")], "0"),
        # Five of ten leave; of the fifteen that are there then, three: a fifth of what was left.
        ("10", [("issue", "-5"), ("receipt", "10"), ("issue", "-3")], "0.4"),
        ("10", [("issue", "-4"), ("return", "1")], "0.7"),
        ("10", [("return", "2"), ("issue", "-6")], "0.5"),
        ("10", [("issue", "-4"), ("return", "6")], "1"),
        ("10", [("reversal", "-5"), ("issue", "-1")], "0.8"),
        ("10", [("reversal", "10"), ("scrap", "-5")], "0.75"),
        ("10", [("issue", "-12"), ("receipt", "5")], "0"),
        ("0", [("issue", "-1")], "0"),
    ],
)
def test_whatever_is_issued_takes_its_share_along(
    on_hand: str, moved: list[tuple[str, str]], left: str
) -> None:
    moves = [MovedQuantity(kind, Decimal(quantity)) for kind, quantity in moved]

    assert rules.share_left(Decimal(on_hand), moves) == Decimal(left)


_amounts = st.decimals("0.01", "9999.99", places=2)
_quantities = st.integers(1, 50)


@given(_amounts, st.lists(st.tuples(_quantities, st.booleans()), min_size=1, max_size=6), st.integers(0, 300))
def test_parts_add_up_and_what_is_in_stock_is_a_part_of_each(
    value: Decimal, lines: list[tuple[int, bool]], on_hand: int
) -> None:
    came = [
        a_line("nut" if is_layer else "bolt", str(quantity), line_number=number)
        for number, (quantity, is_layer) in enumerate(lines, start=1)
    ]
    left = [(one.line_number, str(one.quantity // 2), "1") for one in came if one.item_code == "nut"]
    kept = {"bolt": at_average(str(on_hand), str(on_hand)), "nut": in_layers(*left)}

    book, spread = landed(dict(kept), str(value), *came)

    assert sum(one.value for one in spread) == value
    assert all(0 <= one.stock_value <= one.value for one in spread)
    added = sum(book.kept[item].value - kept[item].value for item in kept)
    assert added == sum(one.stock_value for one in spread) == sum(move.value for move in book.moves)
    if all(one.left_quantity == one.came.quantity for one in spread):
        assert added == value

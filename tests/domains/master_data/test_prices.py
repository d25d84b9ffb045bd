"""Prices and units: which line of a list holds, and what a quantity is in stock units."""

from datetime import date
from decimal import Decimal

import pytest

from domains.master_data.messages import ItemUnit, PriceListLine
from domains.master_data.rules.prices import price_for
from domains.master_data.rules.units import UnknownUnit, in_stock_unit
from domains.master_data.rules.validity import holds
from tests.builders.master_data import A_DAY, Figure, a_known_item, a_price

BOLT = a_known_item("BOLT")


def price(
    *lines: PriceListLine, quantity: Figure = 1, unit: str | None = None, on: date = A_DAY
) -> Decimal | None:
    """What one unit of bolts costs."""
    return price_for(lines, BOLT, unit, Decimal(quantity), on)


def from_quantity(least: Figure, unit_price: Figure, unit: str | None = None) -> PriceListLine:
    """A price from a quantity on."""
    return a_price("BOLT", unit_price, min_quantity=Decimal(least), unit=unit)


def test_the_order_of_the_lines_says_nothing() -> None:
    scales = [from_quantity(100, 7), from_quantity(0, 10), from_quantity(50, 9)]

    assert [price(*scales, quantity=quantity) for quantity in ("0.5", 50, 99, 100)] == [10, 9, 9, 7]
    assert price(*reversed(scales), quantity=50) == 9


def test_a_price_of_the_very_unit_comes_before_one_of_the_stock_unit() -> None:
    lines = [from_quantity(0, 10), from_quantity(2, 95, "box")]

    assert price(*lines, quantity=1, unit="box") == 100
    assert price(*lines, quantity=2, unit="box") == 95
    assert price(*lines, quantity=20) == 10


def test_a_price_of_another_unit_than_the_stock_unit_prices_nothing_else() -> None:
    assert price(from_quantity(0, 95, "box")) is None
    assert price(from_quantity(0, 95, "box"), unit="crate") is None


def test_of_two_prices_for_the_same_quantity_the_one_that_came_into_force_last_holds() -> None:
    always = a_price("BOLT", 10)
    since_march = a_price("BOLT", 11, valid_from=date(2026, 3, 1))

    assert price(always, since_march) == price(since_march, always) == 11
    assert price(always, since_march, on=date(2026, 2, 28)) == 10


def test_a_larger_quantity_comes_before_a_later_price() -> None:
    assert price(from_quantity(5, 8), a_price("BOLT", 9, valid_from=A_DAY), quantity=5) == 8


def test_another_item_s_price_is_no_price() -> None:
    assert price(a_price("NUT", 1)) is None


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "valid"),
    [
        (None, None, True),
        (A_DAY, A_DAY, True),
        (None, date(2026, 3, 1), False),
        (date(2026, 3, 3), None, False),
        (date(2026, 3, 1), date(2026, 3, 3), True),
    ],
)
def test_both_ends_of_a_period_belong_to_it(
    valid_from: date | None, valid_to: date | None, valid: bool
) -> None:
    period = PriceListLine(item_code="BOLT", unit_price=Decimal(1), valid_from=valid_from, valid_to=valid_to)

    assert holds(period, A_DAY) is valid


def test_a_quantity_is_told_in_stock_units_to_six_decimals() -> None:
    thirds = a_known_item(units=(ItemUnit(unit="third", factor=Decimal("0.333333")),))

    assert in_stock_unit(Decimal(3), "box", BOLT) == 30
    assert in_stock_unit(Decimal(3), None, BOLT) == in_stock_unit(Decimal(3), "pc", BOLT) == 3
    assert in_stock_unit(Decimal("0.5"), "third", thirds) == Decimal("0.166666")


def test_an_unknown_unit_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownUnit, match="BOLT is not traded in crate: its units are pc, box"):
        in_stock_unit(Decimal(1), "crate", BOLT)

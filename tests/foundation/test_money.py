"""Rounding and splitting of money."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.values.money import allocated, converted, minor_unit, rounded, rounded_unit_cost


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("2.345", "EUR", "2.35"),
        ("-2.345", "EUR", "-2.35"),
        ("2.344999", "EUR", "2.34"),
        ("1234.5", "JPY", "1235"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_half_is_rounded_up_to_the_currencys_minor_unit(amount: str, currency: str, expected: str) -> None:
    assert rounded(Decimal(amount), currency) == Decimal(expected)


def test_unit_costs_keep_six_decimals() -> None:
    assert rounded_unit_cost(Decimal(10) / Decimal(3)) == Decimal("3.333333")


@pytest.mark.parametrize(("frm", "to", "expected"), [("1", "1.3", "13"), ("1.3", "1", "7.69")])
def test_currencies_convert_as_trytons_do(frm: str, to: str, expected: str) -> None:
    """Source: PyPI trytond-currency 8.2.x, tests/test_module.py (figures only)."""
    assert converted(Decimal(10), from_rate=Decimal(frm), to_rate=Decimal(to), currency="EUR") == Decimal(
        expected
    )


amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
weights = st.lists(st.decimals(min_value=0, max_value=10**6, places=3), min_size=1, max_size=20)


@given(amounts, weights)
def test_the_parts_of_a_sum_add_up_to_it_and_are_off_by_less_than_a_cent(
    total: Decimal, shares: list[Decimal]
) -> None:
    parts = allocated(total, shares, "EUR")

    assert sum(parts) == total
    assert all(part % minor_unit("EUR") == 0 for part in parts)
    if whole := sum(shares):
        pairs = zip(parts, shares, strict=True)
        assert all(abs(part - total * share / whole) < Decimal("0.01") for part, share in pairs)

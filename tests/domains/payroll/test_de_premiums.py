"""Premiums for nights, Sundays and holidays: what is free of tax, and of contributions."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.payroll.countries.de.premiums import Premium, PremiumKind, split_premium, split_premiums
from foundation.values.errors import Invalid

MONEY = st.decimals(0, 5_000, places=2)


def a_premium(
    kind: PremiumKind = PremiumKind.SUNDAY, hours: str = "16", basic_wage: str = "22.50", paid: str = "180"
) -> Premium:
    """Sixteen hours on Sundays, at half of the basic wage: clockodo.com/de/lexikon/sonntagszuschlag."""
    return Premium(kind, Decimal(hours), Decimal(basic_wage), Decimal(paid))


def test_a_premium_within_both_limits_is_free_of_all() -> None:
    split = split_premium(a_premium())

    assert split.tax_free == split.contribution_free == 180
    assert split.taxable == split.contributory == 0


@pytest.mark.parametrize(
    ("basic_wage", "paid", "tax_free", "contribution_free"),
    [
        ("25", "12.50", "12.50", "12.50"),
        ("25.01", "12.51", "12.51", "12.50"),
        ("40", "20", "20", "12.50"),
        ("50", "25", "25", "12.50"),
        ("50.01", "25.01", "25", "12.50"),
        ("80", "40", "25", "12.50"),
        ("40", "24", "20", "12.50"),
        ("20", "8", "8", "8"),
    ],
)
def test_the_basic_wage_counts_up_to_50_euros_for_tax_and_25_for_contributions(
    basic_wage: str, paid: str, tax_free: str, contribution_free: str
) -> None:
    """Above 25 euros the part up to it stays free: Haufe, Zuschläge (Sozialversicherung), 2."""
    split = split_premium(a_premium(hours="1", basic_wage=basic_wage, paid=paid))

    assert (split.tax_free, split.contribution_free) == (Decimal(tax_free), Decimal(contribution_free))


@pytest.mark.parametrize(
    ("kind", "free"),
    [
        (PremiumKind.NIGHT, "5.00"),
        (PremiumKind.DEEP_NIGHT, "8.00"),
        (PremiumKind.SUNDAY, "10.00"),
        (PremiumKind.HOLIDAY, "25.00"),
        (PremiumKind.HIGH_HOLIDAY, "30.00"),
    ],
)
def test_the_rates_of_the_law(kind: PremiumKind, free: str) -> None:
    split = split_premium(a_premium(kind, hours="1", basic_wage="20", paid="100"))

    assert split.tax_free == split.contribution_free == Decimal(free)


def test_a_night_on_a_sunday_is_two_premiums_each_against_its_own_limit() -> None:
    night = a_premium(PremiumKind.NIGHT, hours="8", basic_wage="30", paid="72")
    sunday = a_premium(PremiumKind.SUNDAY, hours="8", basic_wage="30", paid="100")

    both = split_premiums((night, sunday))

    assert (both.tax_free, both.taxable) == (
        Decimal(160),
        Decimal(12),
    )  # 60 and 12 of the night, all of the Sunday.
    assert (both.contribution_free, both.contributory) == (Decimal(150), Decimal(22))
    assert len(both.steps) == 12


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hours": "-1"}, "hours"),
        ({"hours": "744.01"}, "hours"),
        ({"hours": "NaN"}, "hours"),
        ({"basic_wage": "-0.01"}, "basic_wage"),
        ({"paid": "-1"}, "paid"),
        ({"paid": "1.001"}, "paid"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    wrong = a_premium(**changes)

    with pytest.raises(Invalid) as of_one:
        split_premium(wrong)
    with pytest.raises(Invalid) as of_several:
        split_premiums((a_premium(), wrong))

    assert [error.field for error in of_one.value.errors] == [field]
    assert [error.field for error in of_several.value.errors] == [f"premiums.1.{field}"]


@given(st.sampled_from(PremiumKind), st.decimals(0, 744, places=2), st.decimals(0, 200, places=2), MONEY)
def test_the_parts_add_up_and_tax_frees_no_less(
    kind: PremiumKind, hours: Decimal, basic_wage: Decimal, paid: Decimal
) -> None:
    split = split_premium(Premium(kind, hours, basic_wage, paid))

    assert split.tax_free + split.taxable == paid == split.contribution_free + split.contributory
    assert 0 <= split.contribution_free <= split.tax_free <= paid

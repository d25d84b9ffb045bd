"""Supplemental wages: the flat rate, the aggregate method, and what is beyond a million in a year."""

from decimal import Decimal
from typing import Any

import pytest

from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import Statutory
from tests.domains.payroll.us_pay import a_line, a_period, a_person, amount, paid, the_line

CODE = "federal_income_tax_supplemental"


def on_bonus(bonus: str | Decimal | int, regular: str | Decimal | int = 2000, **more: Any) -> Decimal:
    """What is withheld from a bonus that is paid with regular wages, biweekly in 2026."""
    return amount(paid(a_line("regular", regular), a_line("bonus", bonus), **more), CODE)


def test_sharon_warren_of_publication_15_is_withheld_220_flat() -> None:
    # Pub. 15 (2025), section 7, example 3: a bonus of 1,000 beside a salary of 2,000 a month.
    period = a_period(2025, PayFrequency.MONTHLY)

    assert on_bonus(1000, 2000, period=period) == 220


def test_flat_is_22_per_cent_in_cents() -> None:
    assert on_bonus("1234.56") == Decimal("271.60")


def test_regular_wages_are_withheld_as_without_the_bonus() -> None:
    assert amount(paid(a_line("regular", 2000), a_line("bonus", 5000)), "federal_income_tax") == Decimal(
        "156.15"
    )


def test_the_aggregate_method_taxes_both_as_one_payment() -> None:
    # 3,000 biweekly are 78,000 − 8,600 = 69,400: 5,800 + 22 % of 11,500 = 8,330, or 320.38; less 156.15.
    aggregated = a_person(supplemental_method="aggregate")

    assert on_bonus(1000, person=aggregated) == Decimal("320.38") - Decimal("156.15")


def test_extra_withholding_is_withheld_once() -> None:
    w4 = {"form": "2020_or_later", "extra_withholding": 50}
    aggregated = a_person(supplemental_method="aggregate", w4=w4)

    assert on_bonus(1000, person=aggregated) == Decimal("164.23")


def test_without_regular_wages_there_is_no_extra_withholding() -> None:
    w4 = {"form": "2020_or_later", "extra_withholding": 50, "other_income": 90_000}
    asked = paid(a_line("bonus", 1000), person=a_person(w4=w4))

    assert amount(asked, "federal_income_tax") == 0
    assert amount(asked, CODE) == 220


def test_no_flat_rate_where_no_income_tax_was_withheld_from_regular_wages() -> None:
    # 500 biweekly are 13,000 a year, below what is taxed; with 1,500 more 52,000 a year.
    assert on_bonus(1500, regular=500) == Decimal("156.15")


@pytest.mark.parametrize("year", ["this_year", "last_year"])
def test_a_flat_rate_where_it_was_withheld_this_year_or_the_last(year: str) -> None:
    known = {year: {"regular_wages": Decimal(9000), "income_tax_on_regular_wages": Decimal("0.01")}}

    assert on_bonus(1500, regular=500, **known) == 330


def test_a_bonus_alone_is_flat_unless_regular_wages_were_never_withheld_from() -> None:
    alone: Statutory = paid(a_line("bonus", 1500))
    after = paid(a_line("bonus", 1500), this_year={"regular_wages": Decimal(500)})

    assert amount(alone, CODE) == 330
    assert amount(after, CODE) == Decimal("96.15")  # 39,000 − 8,600: 1,240 + 12 % of 10,500 a year.


# 22 % of what is within a million in the year, 37 % of what is beyond.
@pytest.mark.parametrize(
    ("so_far", "bonus", "withheld"),
    [
        (0, 999_999, "219999.78"),
        (0, 1_000_000, "220000.00"),
        (0, 1_000_001, "220000.37"),
        (999_999, 1, "0.22"),
        (999_999, 2, "0.59"),
        (1_000_000, 1, "0.37"),
        (900_000, 300_000, "96000.00"),
        (2_500_000, "100.01", "37.00"),
    ],
)
def test_beyond_a_million_the_highest_rate_is_withheld(so_far: int, bonus: int, withheld: str) -> None:
    assert on_bonus(bonus, this_year={"supplemental_wages": Decimal(so_far)}) == Decimal(withheld)


def test_beyond_a_million_form_w4_does_not_count() -> None:
    person = a_person(w4={"form": "2020_or_later", "exempt_year": 2026})

    assert on_bonus(1_000_001, person=person) == Decimal("0.37")
    assert on_bonus(1_000, person=person) == 0


def test_the_aggregate_method_is_for_what_is_within_a_million() -> None:
    aggregated = a_person(supplemental_method="aggregate")
    within = on_bonus(1000, person=aggregated)

    so_far = {"supplemental_wages": Decimal(999_000)}

    assert on_bonus(1100, person=aggregated, this_year=so_far) == within + 37


def test_what_is_deferred_lowers_regular_wages_first() -> None:
    asked = paid(a_line("regular", 1000), a_line("bonus", 5000), a_line("section_401k", -1500))

    assert the_line(asked, "federal_income_tax").base == 0
    assert the_line(asked, CODE).base == 4500
    assert amount(asked, CODE) == 990
    assert asked.added["supplemental_wages"] == 4500


def test_the_flat_rate_is_explained() -> None:
    line = the_line(paid(a_line("bonus", 1_000_100)), CODE)

    assert line.steps == (
        ("flat rate", Decimal("0.22")),
        ("of", Decimal(1_000_000)),
        ("rate beyond 1,000,000 in the year", Decimal("0.37")),
        ("of", Decimal(100)),
    )
    assert line.rule == "Pub. 15 (2026), section 7"


def test_a_bonus_that_is_taken_back_lowers_regular_wages() -> None:
    asked = paid(a_line("regular", 2000), a_line("supplemental", -500))

    assert the_line(asked, "federal_income_tax").base == 1500
    assert amount(asked, CODE) == 0

"""Whose care insurance is dearer without children, and cheaper with several, in which month."""

from datetime import date
from decimal import Decimal

import pytest

from domains.payroll.countries.de.contribution_rates import rates_of
from domains.payroll.countries.de.insured import care_discount, care_surcharge
from tests.builders.german_contributions import an_insured

SURCHARGE = Decimal("0.6")
CHILD = Decimal("0.25")


@pytest.mark.parametrize(
    ("born_on", "month", "expected"),
    [
        # The 23rd year is completed on the day before the birthday; the surcharge begins a month later.
        (date(2002, 3, 15), date(2025, 3, 1), 0),
        (date(2002, 3, 15), date(2025, 4, 1), SURCHARGE),
        (date(2002, 3, 2), date(2025, 3, 31), 0),
        (date(2002, 3, 1), date(2025, 2, 28), 0),
        (date(2002, 3, 1), date(2025, 3, 1), SURCHARGE),
        (date(2002, 1, 1), date(2024, 12, 31), 0),
        (date(2002, 1, 1), date(2025, 1, 1), SURCHARGE),
        (date(1940, 1, 1), date(2025, 1, 1), SURCHARGE),
        (date(1939, 12, 31), date(2025, 1, 1), 0),
    ],
)
def test_the_childless_pay_more_from_the_month_after_they_turn_23(
    born_on: date, month: date, expected: Decimal
) -> None:
    childless = an_insured(born_on=born_on, is_parent=False)

    assert care_surcharge(childless, month, rates_of(month.year)) == expected


def test_a_parent_pays_no_surcharge_from_the_month_of_the_birth_on() -> None:
    expecting = an_insured(is_parent=False, children_born_on=(date(2025, 5, 31),))
    rates = rates_of(2025)

    assert care_surcharge(expecting, date(2025, 4, 1), rates) == SURCHARGE
    assert care_surcharge(expecting, date(2025, 5, 1), rates) == 0
    assert care_surcharge(an_insured(is_parent=True), date(2025, 4, 1), rates) == 0


@pytest.mark.parametrize(("children", "discounts"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 3), (5, 4), (6, 4)])
def test_each_child_from_the_second_to_the_fifth_lowers_the_rate(children: int, discounts: int) -> None:
    parent = an_insured(children_born_on=(date(2015, 1, 1),) * children)

    assert care_discount(parent, date(2025, 1, 1), rates_of(2025)) == CHILD * discounts


@pytest.mark.parametrize(
    ("elder_born_on", "month", "expected"),
    [
        (date(2000, 3, 15), date(2025, 3, 31), CHILD),
        (date(2000, 3, 15), date(2025, 4, 1), 0),
        (date(2000, 3, 2), date(2025, 3, 1), CHILD),
        (date(2000, 3, 1), date(2025, 2, 1), CHILD),
        (date(2000, 3, 1), date(2025, 3, 1), 0),
        (date(2000, 2, 29), date(2025, 2, 28), CHILD),
        (date(2000, 2, 29), date(2025, 3, 1), 0),
    ],
)
def test_a_child_counts_to_the_month_in_which_it_completes_its_25th_year(
    elder_born_on: date, month: date, expected: Decimal
) -> None:
    parent = an_insured(children_born_on=(elder_born_on, date(2010, 1, 1)))

    assert care_discount(parent, month, rates_of(month.year)) == expected
    assert care_surcharge(parent, month, rates_of(month.year)) == 0


def test_a_child_that_is_born_later_does_not_count_yet() -> None:
    parent = an_insured(children_born_on=(date(2020, 1, 1), date(2025, 6, 1)))

    assert care_discount(parent, date(2025, 5, 31), rates_of(2025)) == 0
    assert care_discount(parent, date(2025, 6, 1), rates_of(2025)) == CHILD

"""The days that count for social insurance, and what a limit is of them."""

from datetime import date
from decimal import Decimal

import pytest

from domains.payroll.countries.de.contribution_bases import DaysWithout, insurance_days, limit_for
from foundation.values.errors import Invalid

LONG_AGO = date(2020, 1, 1)


@pytest.mark.parametrize("month", [date(2025, 1, 31), date(2025, 2, 1), date(2024, 2, 29), date(2025, 4, 15)])
def test_a_whole_month_counts_30_days_whatever_the_calendar_says(month: date) -> None:
    assert insurance_days(month, employed_from=LONG_AGO) == 30
    assert insurance_days(month, employed_from=month.replace(day=1)) == 30


@pytest.mark.parametrize(
    ("employed_from", "employed_to", "days"),
    [
        (date(2025, 2, 2), None, 27),
        (date(2025, 2, 28), None, 1),
        (LONG_AGO, date(2025, 2, 14), 14),
        (LONG_AGO, date(2025, 2, 28), 30),
        (date(2025, 2, 10), date(2025, 2, 20), 11),
        (date(2025, 3, 1), None, 0),
        (LONG_AGO, date(2025, 1, 31), 0),
    ],
)
def test_a_month_in_part_counts_its_calendar_days(
    employed_from: date, employed_to: date | None, days: int
) -> None:
    assert insurance_days(date(2025, 2, 1), employed_from=employed_from, employed_to=employed_to) == days


def test_a_month_of_31_days_counts_no_more_than_30() -> None:
    assert insurance_days(date(2025, 1, 1), employed_from=date(2025, 1, 2)) == 30
    assert insurance_days(date(2025, 1, 1), employed_from=LONG_AGO, employed_to=date(2025, 1, 30)) == 30
    assert insurance_days(date(2025, 1, 1), employed_from=date(2025, 1, 3)) == 29


def test_days_without_contributions_do_not_count() -> None:
    sickness_benefit = (
        DaysWithout(date(2025, 1, 20), date(2025, 2, 3)),
        DaysWithout(date(2025, 2, 3), date(2025, 2, 5)),
    )

    assert insurance_days(date(2025, 1, 1), employed_from=LONG_AGO, without=sickness_benefit) == 19
    assert insurance_days(date(2025, 2, 1), employed_from=LONG_AGO, without=sickness_benefit) == 23


def test_an_end_before_its_beginning_is_refused_by_its_field() -> None:
    with pytest.raises(Invalid) as refusal:
        insurance_days(
            date(2025, 1, 1),
            employed_from=date(2025, 1, 2),
            employed_to=date(2025, 1, 1),
            without=(DaysWithout(date(2025, 1, 2), date(2025, 1, 1)),),
        )

    assert [error.field for error in refusal.value.errors] == ["employed_to", "without.0.ends_on"]


@pytest.mark.parametrize(
    ("limit", "days", "part"),
    [
        ("8050", 1, "268.33"),
        ("8050", 17, "4561.67"),
        ("5512.50", 1, "183.75"),
        ("7550", 30, "7550"),
        ("1", 0, "0"),
    ],
)
def test_the_limit_of_some_days_is_a_thirtieth_of_the_months_for_each(
    limit: str, days: int, part: str
) -> None:
    assert limit_for(Decimal(limit), days) == Decimal(part)

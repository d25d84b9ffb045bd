"""What somebody accrues in a year, worked out by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domains.hr.messages.leave import LeaveAccrual, PutLeaveType, TenureStep
from domains.hr.rules.leave_accrual import accrued_in, days_a_year

JANUARY = date(2026, 1, 1)


def a_type(accrual: LeaveAccrual = LeaveAccrual.YEARLY, **changes: Any) -> PutLeaveType:
    """Thirty days a year."""
    steps = (TenureStep(after_years=0, days_a_year=Decimal(30)),)
    return PutLeaveType(code="ANNUAL", name="Annual leave", accrual=accrual, **{"steps": steps} | changes)


@pytest.mark.parametrize(
    ("hired_on", "left_on", "days", "counts_on"),
    [
        (date(2020, 5, 4), None, "30", JANUARY),
        # Whole months only: July to December are six twelfths (§ 5 Abs. 1 BUrlG counts as many).
        (date(2026, 6, 15), None, "15", date(2026, 6, 15)),
        (date(2026, 6, 1), None, "17.5", date(2026, 6, 1)),
        (date(2020, 5, 4), date(2026, 4, 29), "7.5", JANUARY),
        (date(2020, 5, 4), date(2026, 4, 30), "10", JANUARY),
    ],
)
def test_all_of_a_year_is_there_at_once(
    hired_on: date, left_on: date | None, days: str, counts_on: date
) -> None:
    assert accrued_in(a_type(), 2026, hired_on, left_on) == ((counts_on, Decimal(days)),)


def test_who_is_not_there_for_a_whole_month_gets_nothing() -> None:
    assert accrued_in(a_type(), 2026, date(2026, 12, 2), None) == ()


def test_the_days_of_months_are_together_the_rounded_days_of_the_year() -> None:
    steps = (TenureStep(after_years=0, days_a_year=Decimal(25)),)
    by_month = a_type(LeaveAccrual.MONTHLY, steps=steps, round_to="hundredth")

    accrued = accrued_in(by_month, 2026, date(2020, 1, 1), None)

    assert [one.days for one in accrued[:3]] == [Decimal("2.08"), Decimal("2.09"), Decimal("2.08")]
    assert sum(one.days for one in accrued) == 25
    assert [one.counts_on.day for one in accrued] == [1] * 12


def test_a_month_that_rounds_to_nothing_more_moves_nothing() -> None:
    by_month = a_type(
        LeaveAccrual.MONTHLY, steps=(TenureStep(after_years=0, days_a_year=Decimal(4)),), round_to="day"
    )

    accrued = accrued_in(by_month, 2026, date(2020, 1, 1), None)

    # A third a month, half up: 0.67 in February is the first day.
    assert [one.counts_on.month for one in accrued] == [2, 5, 8, 11]


def test_more_years_of_employment_count_from_the_month_after_they_are_full() -> None:
    steps = (
        TenureStep(after_years=0, days_a_year=Decimal(24)),
        TenureStep(after_years=5, days_a_year=Decimal(36)),
    )

    # Five years on 15 June 2026: six months by 24 days, six by 36.
    (accrued,) = accrued_in(a_type(steps=steps), 2026, date(2021, 6, 15), None)

    assert accrued.days == 6 * 2 + 6 * 3
    assert days_a_year(steps, date(2021, 6, 15), date(2026, 6, 14)) == 24
    assert days_a_year(steps, date(2021, 6, 15), date(2026, 6, 15)) == 36

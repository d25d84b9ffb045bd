"""Mini-jobs: flat rates, the employee's part of the pension contribution, and the three areas of pay."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.payroll.countries.de.contribution_rates import CONTRIBUTION_YEARS, rates_of
from domains.payroll.countries.de.contribution_shares import Contribution, ContributionGroup
from domains.payroll.countries.de.mini_jobs import (
    MiniJobMonth,
    MoreThanAMiniJob,
    PayArea,
    mini_job_contributions,
    pay_area,
)
from domains.payroll.rules.statutory import UnknownYear
from foundation.values.errors import Invalid
from tests.builders.german_contributions import the

Group = ContributionGroup
YEARS = sorted(CONTRIBUTION_YEARS)


def due(pay: str | Decimal, year: int = 2025, **changes: Any) -> tuple[Contribution, ...]:
    """What is due for a mini-job in July."""
    return mini_job_contributions(MiniJobMonth(month=date(year, 7, 1), pay=Decimal(pay), **changes))


@pytest.mark.parametrize(
    ("year", "pay", "health", "pension", "own", "tax"),
    [
        # 13, 15, 3.6 and 2 per cent of the limit: steuertipps.de/lexikon/m/mini-job.
        (2024, "538", "69.94", "80.70", "19.37", "10.76"),
        (2025, "556", "72.28", "83.40", "20.02", "11.12"),
        (2026, "603", "78.39", "90.45", "21.71", "12.06"),
    ],
)
def test_what_is_due_at_the_limit(year: int, pay: str, health: str, pension: str, own: str, tax: str) -> None:
    ours = due(pay, year)

    assert [(one.group, one.employee, one.employer) for one in ours] == [
        (Group.HEALTH_OF_MINI_JOBS, 0, Decimal(health)),
        (Group.PENSION, Decimal(own), Decimal(pension)),
        (Group.TAX_OF_MINI_JOBS, 0, Decimal(tax)),
    ]


@pytest.mark.parametrize(
    ("pay", "days", "own", "employer"),
    [
        (
            "125",
            30,
            "13.80",
            "18.75",
        ),  # 18.6 per cent of 175 are 32.55: de.accio.com, minijob-unter-175-euro.
        ("174.99", 30, "6.30", "26.25"),
        ("175", 30, "6.30", "26.25"),
        ("175.01", 30, "6.30", "26.25"),
        ("180", 30, "6.48", "27.00"),
        ("50", 15, "8.78", "7.50"),  # 18.6 per cent of 87.50 are 16.275, half-up 16.28.
        ("100", 15, "3.60", "15.00"),
        ("0.01", 30, "32.55", "0"),
    ],
)
def test_the_employee_pays_what_is_missing_of_the_least_contribution(
    pay: str, days: int, own: str, employer: str
) -> None:
    pension = the(Group.PENSION, due(pay, days=days))

    assert (pension.employee, pension.employer) == (Decimal(own), Decimal(employer))


def test_the_least_base_does_not_hold_beside_other_pension_contributions() -> None:
    pension = the(Group.PENSION, due("125", has_other_pension_base=True))

    assert (pension.base, pension.employee) == (Decimal(125), Decimal("4.50"))


def test_who_has_opted_out_pays_nothing() -> None:
    ours = due("400", has_opted_out=True)

    assert the(Group.PENSION_OF_MINI_JOBS, ours).employer == Decimal("60.00")
    assert all(one.employee == 0 for one in ours)


def test_the_privately_insured_and_those_taxed_by_the_card_have_pension_only() -> None:
    ours = due("400", is_in_statutory_health=False, is_taxed_flat=False)

    assert [one.group for one in ours] == [Group.PENSION]


def test_without_pay_nothing_is_due() -> None:
    assert due("0") == ()


@pytest.mark.parametrize(
    ("year", "regularly", "area"),
    [
        (2024, "538", PayArea.MINI_JOB),
        (2024, "538.01", PayArea.MIDI_JOB),
        (2025, "556", PayArea.MINI_JOB),
        (2025, "556.01", PayArea.MIDI_JOB),
        (2026, "603", PayArea.MINI_JOB),
        (2026, "603.01", PayArea.MIDI_JOB),
        (2026, "2000", PayArea.MIDI_JOB),
        (2026, "2000.01", PayArea.ABOVE),
    ],
)
def test_which_area_regular_pay_is_in(year: int, regularly: str, area: PayArea) -> None:
    assert pay_area(date(year, 1, 1), Decimal(regularly)) is area


def test_a_month_beyond_the_limit_may_be_twice_as_much_and_no_more() -> None:
    assert the(Group.HEALTH_OF_MINI_JOBS, due("1112.00")).employer == Decimal("144.56")
    with pytest.raises(MoreThanAMiniJob) as refusal:
        due("1112.01")
    assert [error.field for error in refusal.value.errors] == ["pay"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [({"pay": "-1"}, ["pay"]), ({"pay": "1.005"}, ["pay"]), ({"pay": "1", "days": 31}, ["days"])],
)
def test_what_cannot_be_is_refused_by_its_field(changes: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        due(**changes)

    assert [error.field for error in refusal.value.errors] == fields


def test_years_that_are_not_known_are_refused() -> None:
    with pytest.raises(UnknownYear):
        due("100", 2027)
    with pytest.raises(UnknownYear):
        pay_area(date(2023, 1, 1), Decimal(100))


@given(st.sampled_from(YEARS), st.decimals("0.01", 538, places=2), st.integers(1, 30))
def test_the_pension_contribution_is_whole_whoever_pays_it(year: int, pay: Decimal, days: int) -> None:
    pension = the(Group.PENSION, due(pay, year, days=days))
    whole = max(pay, rates_of(year).mini_job_pension_base * days / 30) * Decimal("0.186")

    assert abs(pension.total - whole) <= Decimal("0.015")
    assert pension.employee >= 0

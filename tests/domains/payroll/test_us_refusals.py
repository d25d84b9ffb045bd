"""What the pack of the United States refuses, by name."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domains.payroll.countries.us.pack import SeveralDaysPaidDaily
from domains.payroll.countries.us.wages import (
    TREATMENTS,
    CatchUpMustBeRoth,
    DeductionAbovePay,
    DeductionNotNegative,
    DeferralAboveLimit,
)
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import PayPeriod, Statutory, UnknownTreatment, YearToDate
from foundation.values.messages import Message
from tests.domains.payroll.us_pay import US, a_line, a_period, a_person, paid


def deferring(
    so_far: int,
    amount: int | str = -1000,
    *,
    year: int = 2026,
    born_in: int | None = None,
    last_year: int = 0,
) -> Statutory:
    """A deferral by section 401(k) after others of the year."""
    return paid(
        a_line("regular", 5000),
        a_line("section_401k", amount),
        person=a_person(born_on=date(born_in, 12, 31) if born_in else None),
        period=a_period(year),
        this_year={"section_401k": Decimal(so_far)},
        last_year={"social_security_wages": Decimal(last_year)},
    )


# IRS Notices 2024-80 and 2025-67: the limit; with catch-up contributions from the year of the 50th birthday,
# and those of 60 to 63.
@pytest.mark.parametrize(
    ("year", "born_in", "limit"),
    [
        (2025, None, 23_500),
        (2025, 1976, 23_500),
        (2025, 1975, 31_000),
        (2025, 1966, 31_000),
        (2025, 1965, 34_750),
        (2025, 1962, 34_750),
        (2025, 1961, 31_000),
        (2026, None, 24_500),
        (2026, 1977, 24_500),
        (2026, 1976, 32_500),
        (2026, 1967, 32_500),
        (2026, 1966, 35_750),
        (2026, 1963, 35_750),
        (2026, 1962, 32_500),
    ],
)
def test_no_more_is_deferred_than_the_limit_of_the_age(year: int, born_in: int | None, limit: int) -> None:
    assert deferring(limit - 1000, year=year, born_in=born_in).added["section_401k"] == 1000
    with pytest.raises(DeferralAboveLimit, match=f"{limit} may be: defer 0.01 less"):
        deferring(limit - 1000, "-1000.01", year=year, born_in=born_in)


def test_who_defers_nothing_is_paid_whatever_was_deferred() -> None:
    assert paid(a_line("regular", 5000), this_year={"section_401k": Decimal(99_000)}).lines


def test_catch_up_contributions_of_high_earners_are_roth_since_2026() -> None:
    with pytest.raises(CatchUpMustBeRoth, match="defer 500 less"):
        deferring(24_000, born_in=1970, last_year=150_001)

    assert deferring(24_000, born_in=1970, last_year=150_000).lines
    assert deferring(23_500, born_in=1970, last_year=150_001).lines
    assert deferring(24_000, year=2025, born_in=1970, last_year=150_001).lines


@pytest.mark.parametrize("treatment", ["section_125", "section_401k"])
def test_no_more_is_deferred_than_paid(treatment: str) -> None:
    assert paid(a_line("regular", 1000), a_line(treatment, -1000)).lines
    with pytest.raises(DeductionAbovePay, match=r"1000.01 is deferred of a pay of 1000"):
        paid(a_line("regular", 1000), a_line(treatment, "-1000.01"))


def test_a_benefit_in_kind_pays_no_deferral() -> None:
    lines = [a_line("regular", 100), a_line("fringe", 500), a_line("not_cash", -500)]
    with pytest.raises(DeductionAbovePay, match="150 is deferred of a pay of 100 in money"):
        paid(*lines, a_line("section_401k", -150))


@pytest.mark.parametrize("treatment", ["section_125", "section_401k"])
def test_a_deduction_with_the_wrong_sign_is_refused(treatment: str) -> None:
    with pytest.raises(DeductionNotNegative, match="enter what is taken off pay as a negative amount"):
        paid(a_line("regular", 1000), a_line(treatment, 100), this_year={treatment: Decimal("99.99")})

    given_back = paid(a_line("regular", 1000), a_line(treatment, 100), this_year={treatment: Decimal(100)})
    assert given_back.added[treatment] == -100


@pytest.mark.parametrize(("fringe", "not_cash"), [(300, "-300.01"), (0, -1), (300, 1), (-300, -1)])
def test_no_more_is_given_in_kind_than_there_are_benefits(fringe: int, not_cash: str | int) -> None:
    with pytest.raises(DeductionAbovePay, match="was given in kind, negative"):
        paid(a_line("regular", 1000), a_line("fringe", fringe), a_line("not_cash", not_cash))


def test_an_unknown_treatment_is_refused_where_it_stands() -> None:
    with pytest.raises(UnknownTreatment, match="use one of regular, supplemental") as refused:
        paid(a_line("regular", 1000), a_line("section_403b", -100))

    assert refused.value.errors[0].field == "lines.1.treatment"


def test_every_treatment_says_what_it_means() -> None:
    assert US.treatments == TREATMENTS
    assert all(said.endswith(".") for said in TREATMENTS.values())


def test_a_daily_payment_is_for_one_day() -> None:
    several = PayPeriod(date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 2), PayFrequency.DAILY)
    with pytest.raises(SeveralDaysPaidDaily, match="pay each day"):
        paid(a_line("regular", 400), period=several)


def test_another_countrys_person_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="UnitedStatesDetails"):
        US.statutory(Message(), a_period(), [], YearToDate())


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"nonresident_alien": True, "w4": {"form": "2020_or_later", "exempt_year": 2026}}, "may not claim"),
        (
            {
                "nonresident_alien": True,
                "w4": {"form": "2020_or_later", "filing_status": "head_of_household"},
            },
            "withheld as single",
        ),
        (
            {"nonresident_alien": True, "w4": {"form": "2019_or_earlier", "marital_status": "married"}},
            "withheld as single",
        ),
        ({"state_certificate": {"form": "DE 4"}}, "no certificate of TX"),
        ({"state": "IL", "state_certificate": {"form": "DE 4"}}, "no certificate of IL"),
        ({"nonresident_certificate": True}, "needs a home_state"),
        ({"nonresident_certificate": True, "home_state": "TX"}, "needs a home_state"),
        ({"w4": {"form": "2020_or_later", "credits": -1}}, "greater than or equal to 0"),
        ({"w4": {"form": "2020_or_later", "allowances": 1}}, "Extra inputs"),
        ({"w4": {"form": "2019_or_earlier", "allowances": -1}}, "greater than or equal to 0"),
        ({"state": "Texas"}, "should match pattern"),
        ({"state_unemployment_percent": "100.1"}, "less than or equal to 100"),
    ],
)
def test_details_that_the_law_does_not_know_are_refused(details: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        a_person(**details)

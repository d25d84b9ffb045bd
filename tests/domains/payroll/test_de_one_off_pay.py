"""One-off pay: what of it is subject to contributions, and in which year."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.payroll.countries.de.contribution_bases import limit_for
from domains.payroll.countries.de.contribution_rates import CONTRIBUTION_YEARS, GermanState, rates_of
from domains.payroll.countries.de.contribution_shares import ContributionGroup, difference
from domains.payroll.countries.de.contributions import contributions
from domains.payroll.countries.de.insured import HealthGroup
from domains.payroll.countries.de.one_off_pay import (
    AttributedTo,
    InsuredYear,
    OneOffPay,
    belongs_to_last_year,
    one_off_pay,
    room_within,
)
from domains.payroll.rules.statutory import UnknownYear
from foundation.values.errors import Invalid
from tests.builders.german_contributions import REFERENCE_FIGURES, a_month, an_insured, the

OF_THE_REFERENCE = REFERENCE_FIGURES["one_off"]
NOT_YET = InsuredYear(days=0, health=Decimal(0), pension=Decimal(0))


def a_year(months: int, monthly: str | Decimal, year: int = 2025) -> InsuredYear:
    """Months with the same pay, up to the limits of a year."""
    rates = rates_of(year)
    pay = Decimal(monthly)
    return InsuredYear(
        days=30 * months,
        health=months * min(pay, rates.health_limit),
        pension=months * min(pay, rates.pension_limit),
    )


def paid(amount: str | Decimal, year: int, month: int, **years: Any) -> OneOffPay:
    """One-off pay of somebody who is insured in all branches."""
    who = years.pop("insured", an_insured())
    return one_off_pay(Decimal(amount), insured=who, month=date(year, month, 1), **years)


@pytest.mark.parametrize("row", OF_THE_REFERENCE[:2], ids=lambda row: row["source"])
def test_a_case_has_the_answer_of_its_source(row: dict[str, Any]) -> None:
    so_far = a_year(row["month"], row["monthly"], row["year"])

    ours = paid(row["one_off"], row["year"], row["month"], this_year=so_far)

    assert ours.health == Decimal(row["contributory_one_off"])
    assert ours.attributed_to is AttributedTo.THIS_YEAR


def test_the_case_of_2017_has_the_limits_and_the_year_of_its_source() -> None:
    """inside-partner.de: 52,200 and 76,200 euros a year; of the law of 2017 only the limits are known."""
    row = OF_THE_REFERENCE[2]
    days, monthly, one_off = 30 * row["month"], Decimal(row["monthly"]), Decimal(row["one_off"])
    in_health, in_pension = Decimal(52_200) / 12, Decimal(76_200) / 12

    assert limit_for(in_health, days) == Decimal(row["kv_pro_rata"])
    assert limit_for(in_pension, days) == Decimal(row["rv_pro_rata"])
    assert one_off > room_within(in_health, days=days, so_far=monthly * row["month"])
    assert one_off <= room_within(in_pension, days=days, so_far=monthly * row["month"])
    assert row["attributed_to"] == "December 2016, all branches"


def test_what_is_beyond_the_limit_in_march_belongs_to_december_in_all_branches() -> None:
    """The March clause by hand: 3 × 5,512.50 − 15,000 leave 1,537.50 in 2025, and the year before 2,100."""
    ours = paid("3000", 2025, 3, this_year=a_year(3, "5000"), last_year=a_year(12, "5000", 2024))

    assert ours == OneOffPay(
        attributed_to=AttributedTo.LAST_YEAR,
        health=Decimal("2100.00"),
        pension=Decimal("3000"),
        room_in_health=Decimal("2100.00"),
        room_in_pension=Decimal("30600.00"),
    )


@pytest.mark.parametrize(
    ("amount", "month", "attributed_to"),
    [
        ("1537.50", 3, AttributedTo.THIS_YEAR),
        ("1537.51", 3, AttributedTo.LAST_YEAR),
        ("512.50", 1, AttributedTo.THIS_YEAR),
        ("512.51", 1, AttributedTo.LAST_YEAR),
        ("9999.99", 4, AttributedTo.THIS_YEAR),
    ],
)
def test_the_clause_begins_one_cent_beyond_the_limit_and_ends_with_march(
    amount: str, month: int, attributed_to: AttributedTo
) -> None:
    ours = paid(amount, 2025, month, this_year=a_year(month, "5000"), last_year=a_year(12, "5000", 2024))

    assert ours.attributed_to is attributed_to


def test_without_employment_last_year_what_is_beyond_the_limit_is_free() -> None:
    ours = paid("3000", 2025, 3, this_year=a_year(3, "5000"))

    assert (ours.attributed_to, ours.health) == (AttributedTo.THIS_YEAR, Decimal("1537.50"))
    assert ours.pension == 3000


@pytest.mark.parametrize("health", [HealthGroup.VOLUNTARY, HealthGroup.NONE])
def test_of_who_need_not_be_in_health_insurance_the_pension_limit_decides(health: HealthGroup) -> None:
    """bahn-bkk-geschaeftskunden.de/news/2249: room of 3 × 8,050 − 21,000 = 3,150 euros."""
    who = an_insured(health=health)
    years: dict[str, Any] = {"this_year": a_year(3, "7000"), "last_year": a_year(12, "7000", 2024)}

    within = paid("3150", 2025, 3, insured=who, **years)
    beyond = paid("3150.01", 2025, 3, insured=who, **years)

    assert (within.attributed_to, within.pension) == (AttributedTo.THIS_YEAR, Decimal(3150))
    assert (beyond.attributed_to, beyond.pension) == (AttributedTo.LAST_YEAR, Decimal("3150.01"))
    assert within.health == beyond.health == 0


def test_a_voluntary_member_has_no_health_contributions_of_one_off_pay() -> None:
    member = an_insured(health=HealthGroup.VOLUNTARY)

    ours = paid("1000", 2025, 6, insured=member, this_year=a_year(6, "5000"))

    assert (ours.health, ours.pension) == (Decimal(0), Decimal(1000))


def test_after_the_end_of_employment_it_is_last_years_until_march_and_then_free() -> None:
    """mbo-verlag.com/online-lexikon/maerzklausel."""
    last_year = a_year(12, "3000", 2024)

    in_march = paid("500", 2025, 3, this_year=NOT_YET, last_year=last_year)
    in_april = paid("500", 2025, 4, this_year=NOT_YET, last_year=last_year)

    assert (in_march.attributed_to, in_march.health) == (AttributedTo.LAST_YEAR, Decimal(500))
    assert in_april.attributed_to is AttributedTo.THIS_YEAR
    assert in_april.health == in_april.pension == 0


def test_days_without_contributions_lower_the_limits() -> None:
    with_sickness_benefit = InsuredYear(days=105, health=Decimal(17_500), pension=Decimal(17_500))

    ours = paid("5000", 2025, 4, this_year=with_sickness_benefit)

    assert ours.health == Decimal("1793.75")  # 5,512.50 : 30 × 105 − 17,500.


def test_in_december_2024_the_eastern_limit_holds() -> None:
    in_the_east = an_insured(state=GermanState.SAXONY)
    full = InsuredYear(days=360, health=Decimal(62_100), pension=Decimal(89_000))

    ours = paid("9000", 2025, 1, insured=in_the_east, this_year=a_year(1, "7400"), last_year=full)

    assert ours.attributed_to is AttributedTo.LAST_YEAR
    assert (ours.health, ours.pension) == (Decimal(0), Decimal(400))


def test_what_it_adds_to_last_december_is_at_the_rates_of_then() -> None:
    ours = paid("3000", 2025, 2, this_year=a_year(2, "5000"), last_year=a_year(12, "5000", 2024))
    then = an_insured(additional_rate=Decimal("1.7"))
    before = contributions(then, a_month("5000", 2024, 12))
    after = contributions(
        then, a_month("5000", 2024, 12, one_off_health=ours.health, one_off_pension=ours.pension)
    )

    care = the(ContributionGroup.CARE, difference(after, before))

    assert care.rule.endswith("2024")
    assert (care.base, care.employee) == (Decimal("2100.00"), Decimal("35.70"))  # 1.7 per cent.


def test_one_off_pay_for_a_year_that_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownYear, match="2023"):
        paid(
            "9000", 2024, 1, this_year=a_year(1, "5000", 2024), last_year=InsuredYear(360, *[Decimal(0)] * 2)
        )


@pytest.mark.parametrize(
    ("amount", "this_year", "last_year", "fields"),
    [
        ("0", a_year(1, "1"), None, ["amount"]),
        ("-1", a_year(1, "1"), None, ["amount"]),
        ("1.001", a_year(1, "1"), None, ["amount"]),
        ("NaN", a_year(1, "1"), None, ["amount"]),
        ("1", InsuredYear(361, Decimal(0), Decimal(0)), None, ["this_year.days"]),
        ("1", InsuredYear(1, Decimal(-1), Decimal("0.001")), None, ["this_year.health", "this_year.pension"]),
        (
            "1",
            a_year(1, "1"),
            InsuredYear(-1, Decimal(-1), Decimal(0)),
            ["last_year.days", "last_year.health"],
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    amount: str, this_year: InsuredYear, last_year: InsuredYear | None, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        paid(amount, 2025, 1, this_year=this_year, last_year=last_year)

    assert [error.field for error in refusal.value.errors] == fields


@given(
    st.sampled_from(sorted(CONTRIBUTION_YEARS - {2024})),
    st.integers(1, 12),
    st.decimals(0, 20_000, places=2),
    st.lists(st.decimals("0.01", 200_000, places=2), min_size=1, max_size=5),
)
def test_pay_and_one_off_pay_are_never_beyond_the_limits_of_the_year(
    year: int, month: int, monthly: Decimal, amounts: list[Decimal]
) -> None:
    rates = rates_of(year)
    years = {
        AttributedTo.THIS_YEAR: a_year(month, monthly, year),
        AttributedTo.LAST_YEAR: a_year(12, monthly, year - 1),
    }
    for amount in amounts:
        this_year, last_year = years.values()
        ours = paid(amount, year, month, this_year=this_year, last_year=last_year)
        counted = years[ours.attributed_to]
        years[ours.attributed_to] = InsuredYear(
            counted.days, counted.health + ours.health, counted.pension + ours.pension
        )
        assert 0 <= ours.health <= amount
        assert 0 <= ours.pension <= amount
        goes_back = belongs_to_last_year(
            amount, insured=an_insured(), month=date(year, month, 1), this_year=this_year
        )
        assert goes_back == (ours.attributed_to is AttributedTo.LAST_YEAR)
    before = rates_of(year - 1)
    assert years[AttributedTo.THIS_YEAR].health <= rates.health_limit * month
    assert years[AttributedTo.THIS_YEAR].pension <= rates.pension_limit * month
    assert years[AttributedTo.LAST_YEAR].health <= before.health_limit * 12
    assert years[AttributedTo.LAST_YEAR].pension <= before.pension_limit * 12

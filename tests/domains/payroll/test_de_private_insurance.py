"""What the employer adds to private health and care insurance, and to a voluntary member's own payments."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domains.payroll.countries.de.contribution_rates import GermanState
from domains.payroll.countries.de.private_insurance import InsurancePremiums, Subsidy, subsidy
from domains.payroll.rules.statutory import UnknownYear
from foundation.values.errors import Invalid

DEAR = InsurancePremiums(health=Decimal(2000), care=Decimal(400))


def added(
    premiums: InsurancePremiums = DEAR,
    year: int = 2025,
    pay: str = "9000",
    state: GermanState = GermanState.HESSE,
    **changes: Any,
) -> Subsidy:
    """The subsidy for a month of somebody above the limit."""
    return subsidy(premiums, date(year, 7, 1), Decimal(pay), state=state, **changes)


@pytest.mark.parametrize(
    ("year", "state", "health", "care"),
    [
        # As in lohn-info.de/privatversichert_2026, and in its pages of the years before.
        (2024, GermanState.HESSE, "421.77", "87.98"),
        (2024, GermanState.SAXONY, "421.77", "62.10"),
        (2025, GermanState.HESSE, "471.32", "99.23"),
        (2025, GermanState.SAXONY, "471.32", "71.66"),
        (2026, GermanState.HESSE, "508.59", "104.63"),
        (2026, GermanState.SAXONY, "508.59", "75.56"),
    ],
)
def test_the_highest_subsidies_of_each_year(year: int, state: GermanState, health: str, care: str) -> None:
    ours = added(year=year, state=state)

    assert (ours.health, ours.care) == (Decimal(health), Decimal(care))


def test_it_is_at_most_half_of_the_premium() -> None:
    ours = added(InsurancePremiums(health=Decimal("450.01"), care=Decimal("80.00")))

    assert (ours.health, ours.care) == (Decimal("225.01"), Decimal("40.00"))
    assert dict(ours.health_steps)["half of the premium"] == Decimal("225.01")


def test_below_the_limit_and_for_a_month_in_part_it_is_of_what_contributions_would_be() -> None:
    assert added(pay="4000").health == Decimal("342.00")  # 292 and 50.
    assert added(days=15).health == Decimal("235.66")  # 201.21 and 34.45 of 2,756.25.


def test_without_a_claim_to_sickness_benefit_the_reduced_rate_holds() -> None:
    without = InsurancePremiums(health=Decimal(2000), care=Decimal(400), has_sick_pay_claim=False)

    assert added(without).health == Decimal("454.79")  # 385.88 and 68.91.


def test_a_voluntary_member_who_pays_gets_half_of_the_rate_of_the_fund() -> None:
    contribution = InsurancePremiums(Decimal("964.68"), Decimal("198.46"), additional_rate=Decimal("2.9"))

    assert added(contribution).health == Decimal("482.34")  # 402.41 and 79.93 of 5,512.50.


@pytest.mark.parametrize(
    ("premiums", "changes", "fields"),
    [
        (InsurancePremiums(Decimal(-1), Decimal("0.001")), {}, ["health", "care"]),
        (DEAR, {"pay": "-1", "days": 31}, ["pay", "days"]),
        (InsurancePremiums(Decimal(1), Decimal(1), additional_rate=Decimal(11)), {}, ["additional_rate"]),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    premiums: InsurancePremiums, changes: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        added(premiums, **changes)

    assert [error.field for error in refusal.value.errors] == fields


def test_a_subsidy_in_a_year_that_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownYear):
        added(year=2027)

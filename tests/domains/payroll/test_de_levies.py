"""Levies: of which pay, at whose rates, and by whom."""

from decimal import Decimal
from typing import Any

import pytest

from domains.payroll.countries.de.contribution_rates import GermanState
from domains.payroll.countries.de.contribution_shares import ContributionGroup
from domains.payroll.countries.de.contributions import InsuredMonth
from domains.payroll.countries.de.levies import LevyRates, levies
from domains.payroll.rules.statutory import UnknownYear
from foundation.values.errors import Invalid
from tests.builders.german_contributions import a_month

RATES = LevyRates(sick_pay=Decimal("1.1"), maternity=Decimal("0.22"))
U1, U2, INSOLVENCY = (
    ContributionGroup.SICK_PAY_LEVY,
    ContributionGroup.MATERNITY_LEVY,
    ContributionGroup.INSOLVENCY_LEVY,
)


def due(paid: InsuredMonth, rates: LevyRates = RATES, **changes: Any) -> dict[ContributionGroup, Decimal]:
    """The levies by their group; the employer bears them all."""
    where: dict[str, Any] = {"fund": "01234567", "state": GermanState.HESSE, **changes}
    found = levies(paid, rates, **where)
    assert all(one.employee == 0 for one in found)
    return {one.group: one.employer for one in found}


def test_regular_pay_bears_all_three() -> None:
    """3,300 euros: haufe.de, umlageverfahren-u1u2-finanzierung-der-erstattung, at these rates."""
    assert due(a_month("3300")) == {U1: Decimal("36.30"), U2: Decimal("7.26"), INSOLVENCY: Decimal("4.95")}


def test_one_off_pay_bears_the_insolvency_levy_only() -> None:
    ours = due(a_month("3300", one_off_health=Decimal(1500), one_off_pension=Decimal(1500)))

    assert ours == {U1: Decimal("36.30"), U2: Decimal("7.26"), INSOLVENCY: Decimal("7.20")}


def test_the_pension_limit_holds_also_for_who_is_not_insured_there() -> None:
    assert due(a_month("9000"))[INSOLVENCY] == Decimal("12.08")  # 0.15 per cent of 8,050 are 12.075.
    assert due(a_month("9000", 2024), state=GermanState.THURINGIA)[INSOLVENCY] == Decimal("4.47")
    assert due(a_month("9000", 2024))[INSOLVENCY] == Decimal("4.53")


def test_of_a_midi_job_the_reduced_base_counts() -> None:
    """815.90 of 950 euros; joint circular of 20 December 2022, 4.3.9."""
    assert due(a_month("950", is_midi_job=True)) == {
        U1: Decimal("8.97"),
        U2: Decimal("1.79"),
        INSOLVENCY: Decimal("1.22"),
    }


def test_one_off_pay_of_a_midi_job_joins_for_the_insolvency_levy_and_may_leave_the_area() -> None:
    within = due(a_month("950", is_midi_job=True, one_off_pension=Decimal(250)))
    above = due(a_month("950", is_midi_job=True, one_off_pension=Decimal(2000)))

    assert (within[U1], within[INSOLVENCY]) == (Decimal("8.97"), Decimal("1.65"))  # 0.15 of 1,097.83.
    assert (above[U1], above[INSOLVENCY]) == (Decimal("10.45"), Decimal("4.43"))  # 0.15 of 2,950.


def test_employers_without_sick_pay_levy_and_public_bodies() -> None:
    rates = LevyRates(sick_pay=None, maternity=Decimal("0.22"), pays_insolvency_levy=False)

    assert due(a_month("3300"), rates) == {U2: Decimal("7.26")}


@pytest.mark.parametrize(
    ("rates", "changes", "fields"),
    [
        (LevyRates(Decimal(-1), Decimal(11)), {}, ["sick_pay", "maternity"]),
        (RATES, {"fund": ""}, ["fund"]),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    rates: LevyRates, changes: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        due(a_month("1000"), rates, **changes)

    assert [error.field for error in refusal.value.errors] == fields


def test_pay_that_cannot_be_and_years_that_are_not_known_are_refused() -> None:
    with pytest.raises(Invalid):
        due(a_month("-1"))
    with pytest.raises(UnknownYear):
        due(a_month("1000", 2027))

"""Midi-jobs: published coefficients, months in part, and what holds on the way to the full share."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.payroll.countries.de.contribution_rates import CONTRIBUTION_YEARS, GermanState, rates_of
from domains.payroll.countries.de.contribution_shares import ContributionGroup
from domains.payroll.countries.de.contributions import contributions
from domains.payroll.countries.de.insured import PensionGroup
from domains.payroll.countries.de.midi_jobs import employee_base, midi_job_bases, whole_base
from foundation.values.money import ZERO
from tests.builders.german_contributions import a_month, an_insured, the

YEARS = sorted(CONTRIBUTION_YEARS)
CENT = Decimal("0.01")
IN_THE_AREA = st.decimals("603.01", 2000, places=2)
Group = ContributionGroup


def of(year: int, pay: str | Decimal) -> tuple[Decimal, Decimal]:
    """The whole base and the employee's, of a whole month's pay."""
    bases = midi_job_bases(Decimal(pay), rates_of(year))
    return bases.total, bases.employee


@pytest.mark.parametrize(
    ("year", "whole", "employee"),
    [
        # Of 2024 as in big-direkt.de and in awert_bytuebergangsb of rvrecht.deutsche-rentenversicherung.de,
        # of 2025 as in mbo-verlag.com/online-lexikon/uebergangsbereich, of 2026 as in ikk-suedwest.de.
        (2024, ("1.116063749", "232.1274965"), ("1.367989056", "735.9781121")),
        (2025, ("1.127718283", "255.436565097"), ("1.385041551", "770.083102493")),
        (2026, ("1.145937223", "291.8744452"), ("1.431639227", "863.2784538")),
    ],
)
@given(pay=IN_THE_AREA)
def test_the_general_formula_has_the_published_coefficients(
    year: int, whole: tuple[str, str], employee: tuple[str, str], pay: Decimal
) -> None:
    rates = rates_of(year)
    for ours, (factor, less) in ((whole_base, whole), (employee_base, employee)):
        assert abs(ours(pay, rates) - (Decimal(factor) * pay - Decimal(less))) < Decimal("0.00001")


@pytest.mark.parametrize(("year", "factor"), [(2024, "0.6846"), (2025, "0.6683"), (2026, "0.6619")])
def test_the_factor_is_the_one_of_the_bundesanzeiger(year: int, factor: str) -> None:
    assert rates_of(year).factor_f == Decimal(factor)


@pytest.mark.parametrize("year", YEARS)
def test_the_employees_share_begins_at_nothing_and_ends_at_the_full_one(year: int) -> None:
    lower = rates_of(year).mini_job_limit

    assert of(year, lower)[1] == 0
    assert of(year, lower + CENT)[1] == CENT
    assert abs(of(year, lower + CENT)[0] - lower * rates_of(year).factor_f) < 2 * CENT
    assert of(year, "1999.98")[1] < of(year, "1999.98")[0] == Decimal("1999.98")
    assert of(year, "2000") == (Decimal(2000), Decimal(2000))
    assert of(year, "2000.01") == (Decimal("2000.01"), Decimal("2000.01"))


def test_a_month_below_the_area_is_multiplied_by_the_factor_and_borne_by_the_employer() -> None:
    """Pay times F: § 2 Abs. 2 BVV, joint circular of 20 December 2022, 4.3.2.5; 400 × 0.6683."""
    due = contributions(an_insured(), a_month("400", is_midi_job=True))

    assert {one.base for one in due} == {Decimal("267.32")}
    assert all(one.employee == 0 for one in due)
    assert the(Group.PENSION, due).employer == Decimal("49.72")  # Twice 24.86.


def test_the_childless_pay_their_surcharge_of_the_whole_base_in_a_month_below_the_area_too() -> None:
    due = contributions(an_insured(is_parent=False), a_month("400", is_midi_job=True))

    assert the(Group.CARE, due).employee == Decimal("1.60")  # 0.6 per cent of 267.32.


def test_a_month_in_part_is_raised_lowered_and_rounded_once() -> None:
    """15 days at 600 euros are 1,200 a month; of those half the bases. Joint circular of 20 December 2022."""
    whole, employee = of(2025, "1200")
    half = midi_job_bases(Decimal(600), rates_of(2025), days=15)

    assert (whole, employee) == (Decimal("1097.83"), Decimal("891.97"))
    assert (half.total, half.employee) == (Decimal("548.91"), Decimal("445.98"))


def test_pay_of_a_month_in_part_may_be_above_the_area() -> None:
    """19 days at 1,300 euros are 2,052.63 a month: tk.de, Übergangsbereich bei anteiligem Gehalt."""
    bases = midi_job_bases(Decimal(1300), rates_of(2025), days=19)

    assert bases.steps[1] == ("pay of a whole month", Decimal("2052.63"))
    assert (bases.total, bases.employee, bases.is_reduced) == (Decimal(1300), Decimal(1300), False)


def test_one_off_pay_joins_and_may_leave_the_area() -> None:
    within = contributions(an_insured(), a_month("900", is_midi_job=True, one_off_pension=Decimal(300)))
    above = contributions(
        an_insured(),
        a_month("900", is_midi_job=True, one_off_health=Decimal(1500), one_off_pension=Decimal(1500)),
    )

    assert the(Group.PENSION, within).base == of(2025, "1200")[0]
    assert the(Group.PENSION, above).base == 2400
    assert the(Group.PENSION, above).employee == Decimal("223.20")


def test_a_month_without_any_pay_has_no_contributions() -> None:
    assert contributions(an_insured(), a_month("0", is_midi_job=True)) == ()
    assert contributions(an_insured(), a_month("0", is_midi_job=True, days=0)) == ()


def test_in_saxony_the_employee_bears_more_of_their_own_base_and_the_whole_is_the_same() -> None:
    there, elsewhere = (
        the(Group.CARE, contributions(an_insured(state=state), a_month("950", is_midi_job=True)))
        for state in (GermanState.SAXONY, GermanState.HESSE)
    )

    assert there.total == elsewhere.total == Decimal("29.38")
    assert (there.employee, elsewhere.employee) == (Decimal("12.55"), Decimal("9.82"))


def test_the_discount_for_children_is_an_amount_of_its_own_of_the_employees_base() -> None:
    """ihre-vorsorge.de/rechner/midijob-rechner has 8.46 of 950 euros with two children: 9.82 less 1.36."""
    parent = an_insured(children_born_on=(date(2015, 1, 1),) * 2)
    care = the(Group.CARE, contributions(parent, a_month("950", is_midi_job=True)))

    assert care.employee == Decimal("8.46")
    assert care.employee_steps[-3:] == (
        ("share, rounded", Decimal("9.82")),
        ("discount in per cent", Decimal("0.25")),
        ("discount", Decimal("1.36")),
    )


def test_of_a_retired_midi_jobber_the_employer_bears_half_of_the_whole_base() -> None:
    retired = an_insured(pension=PensionGroup.EMPLOYER)
    due = contributions(retired, a_month("950", is_midi_job=True))

    assert the(Group.PENSION_EMPLOYER, due).employer == Decimal("75.88")
    assert the(Group.PENSION_EMPLOYER, due).employee == ZERO


@given(st.sampled_from(YEARS), IN_THE_AREA, st.booleans())
def test_the_employer_bears_what_the_employee_does_not(year: int, pay: Decimal, is_parent: bool) -> None:
    for one in contributions(an_insured(is_parent=is_parent), a_month(pay, year, is_midi_job=True)):
        assert one.employee >= 0
        assert one.employer >= 0
        if one.group is not Group.CARE:
            assert one.employee <= one.employer
            assert (one.total / 2) % CENT == 0


@given(st.sampled_from(YEARS), IN_THE_AREA, st.integers(1, 30))
def test_the_bases_are_never_more_than_what_is_paid(year: int, pay: Decimal, days: int) -> None:
    bases = midi_job_bases(pay, rates_of(year), days=days)

    assert bases.employee <= bases.total <= pay

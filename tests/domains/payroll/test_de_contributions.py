"""German social insurance contributions of a month: answers of others, edges, and what holds for any pay."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.payroll.countries.de.contribution_rates import CONTRIBUTION_YEARS, GermanState, rates_of
from domains.payroll.countries.de.contribution_shares import (
    Contribution,
    ContributionGroup,
    difference,
)
from domains.payroll.countries.de.contributions import bases_of, contributions
from domains.payroll.countries.de.insured import (
    CareGroup,
    HealthGroup,
    PensionGroup,
    UnemploymentGroup,
)
from domains.payroll.rules.statutory import Bearer, UnknownYear
from foundation.values.errors import Invalid
from foundation.values.money import ZERO
from tests.builders.german_contributions import (
    BRANCHES,
    CARE,
    HEALTH,
    PENSION,
    REFERENCE_CASES,
    REFERENCE_FIGURES,
    UNEMPLOYMENT,
    ReferenceCase,
    a_month,
    an_insured,
    employee_pays,
    employer_pays,
    the,
)

ALL = HEALTH | CARE | PENSION | UNEMPLOYMENT
Group = ContributionGroup
YEARS = sorted(CONTRIBUTION_YEARS)
IN_CENTS = st.decimals(0, 20_000, places=2)


def answered(case: ReferenceCase, due: tuple[Contribution, ...]) -> dict[str, Decimal]:
    """Our answers, by the names of the reference."""
    bases = bases_of(case.insured, case.paid, rates_of(case.paid.month.year)).pension
    ours = {
        "sozialversicherung.beiträge_versicherter_m": employee_pays(due, ALL),
        "sozialversicherung.beiträge_arbeitgeber_m": employer_pays(due, ALL),
        "sozialversicherung.midijob_bemessungsentgelt_m": bases.total,
        "sozialversicherung.beitragspflichtige_einnahmen_aus_midijob_arbeitnehmer_m": bases.employee,
    }
    for branch, groups in BRANCHES.items():
        name = f"sozialversicherung.{branch}.beitrag.betrag"
        ours[f"{name}_versicherter_m"] = employee_pays(due, groups)
        ours[f"{name}_versicherter_in_gleitzone_m"] = employee_pays(due, groups)
        ours[f"{name}_arbeitgeber_m"] = employer_pays(due, groups)
        ours[f"{name}_gesamt_in_gleitzone_m"] = employee_pays(due, groups) + employer_pays(due, groups)
    return ours


@pytest.mark.parametrize("case", REFERENCE_CASES, ids=lambda case: case.name)
def test_a_case_has_the_answers_of_its_source(case: ReferenceCase) -> None:
    ours = answered(case, contributions(case.insured, case.paid))

    for name, theirs in case.answers.items():
        assert abs(ours[name] - theirs) <= case.tolerance, f"{name}, {case.source}"


def test_all_cases_of_the_reference_are_asked() -> None:
    without_employee = [row["case"] for row in REFERENCE_FIGURES["cases"] if not row["in"]]

    assert len(REFERENCE_CASES) == 9
    assert without_employee == ["2024-01-01/midijob_faktor.yaml", "2025-01-01/midijob_faktor.yaml"]


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_figures_of_a_year_are_those_of_the_reference(year: int) -> None:
    theirs = {
        name: Decimal(value)
        for name, value in REFERENCE_FIGURES["params"][str(year)].items()
        if name not in {"minimum_wage", "midi_total", "midi_employee"}
    }
    rates = rates_of(year)

    assert theirs == {
        "bbg_rv_av_month": rates.pension_limit,
        "bbg_kv_pv_month": rates.health_limit,
        "minijob": rates.mini_job_limit,
        "faktor_f": rates.factor_f,
        "kv": rates.health,
        "kv_zusatz_avg": rates.average_additional,
        "pv": rates.care,
        "rv": rates.pension,
        "av": rates.unemployment,
        "insolvency": rates.insolvency,
    }


def test_what_is_due_at_the_limits_of_2026() -> None:
    """Worked by hand; maxima as published, such as 508.59 of health by lohn-info.de/privatversichert_2026."""
    due = contributions(an_insured(additional_rate=Decimal("2.9")), a_month("9000", 2026))

    assert [(one.group, one.employee, one.employer) for one in due] == [
        (Group.HEALTH_GENERAL, Decimal("424.31"), Decimal("424.31")),
        (Group.HEALTH_ADDITIONAL, Decimal("84.28"), Decimal("84.28")),
        (Group.CARE, Decimal("104.63"), Decimal("104.63")),
        (Group.PENSION, Decimal("785.85"), Decimal("785.85")),
        (Group.UNEMPLOYMENT, Decimal("109.85"), Decimal("109.85")),
    ]


@pytest.mark.parametrize(
    ("state", "changes", "employee", "employer"),
    [
        (GermanState.HESSE, {}, "54.00", "54.00"),
        (GermanState.SAXONY, {}, "69.00", "39.00"),
        (GermanState.HESSE, {"is_parent": False}, "72.00", "54.00"),
        (GermanState.SAXONY, {"is_parent": False}, "87.00", "39.00"),
        (GermanState.HESSE, {"children_born_on": (date(2010, 1, 1),) * 2}, "46.50", "54.00"),
        (GermanState.HESSE, {"children_born_on": (date(2010, 1, 1),) * 5}, "24.00", "54.00"),
        (GermanState.HESSE, {"children_born_on": (date(2010, 1, 1),) * 7}, "24.00", "54.00"),
        (GermanState.SAXONY, {"children_born_on": (date(2010, 1, 1),) * 3}, "54.00", "39.00"),
    ],
)
def test_care_insurance_by_state_and_children(
    state: GermanState, changes: dict[str, Any], employee: str, employer: str
) -> None:
    """Rates as in the table of vdek.com, gleitzonenrechner-uebergangsbereichsrechner, of 3,000 euros."""
    care = the(Group.CARE, contributions(an_insured(state=state, **changes), a_month("3000")))

    assert (care.employee, care.employer) == (Decimal(employee), Decimal(employer))


def test_the_surcharge_of_the_childless_is_rounded_for_itself() -> None:
    """99.23 and 33.08 of 5,512.50 euros: § 2 Abs. 1 Satz 4 BVV, as asked in the AOK's forum of experts."""
    care = the(Group.CARE, contributions(an_insured(is_parent=False), a_month("6000")))

    assert care.employee == Decimal("132.31")
    assert dict(care.employee_steps)["surcharge, rounded"] == Decimal("33.08")


def test_the_additional_contribution_is_rounded_for_itself() -> None:
    """377.78 and 43.99 are the 421.77 of steuertipps.de for 2024; at once it would be 421.76."""
    due = contributions(an_insured(additional_rate=Decimal("1.7")), a_month("6000", 2024))

    assert the(Group.HEALTH_GENERAL, due).employee == Decimal("377.78")
    assert the(Group.HEALTH_ADDITIONAL, due).employee == Decimal("43.99")


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("branch", ["health", "pension"])
def test_one_cent_below_at_and_above_a_limit(year: int, branch: str) -> None:
    limit = rates_of(year).health_limit if branch == "health" else rates_of(year).pension_limit
    cent = Decimal("0.01")
    group = Group.HEALTH_GENERAL if branch == "health" else Group.PENSION
    bases = [
        the(group, contributions(an_insured(), a_month(pay, year))).base
        for pay in (limit - cent, limit, limit + cent)
    ]

    assert bases == [limit - cent, limit, limit]


def test_in_2024_the_pension_limit_was_lower_in_the_east_and_since_is_one() -> None:
    east = an_insured(state=GermanState.THURINGIA)
    in_east_berlin = an_insured(state=GermanState.BERLIN, in_east_berlin=True)
    in_west_berlin = an_insured(state=GermanState.BERLIN)

    of_2024 = [
        the(Group.PENSION, contributions(who, a_month("9000", 2024))).base
        for who in (east, in_east_berlin, in_west_berlin)
    ]
    of_2025 = the(Group.PENSION, contributions(east, a_month("9000", 2025))).base

    assert of_2024 == [7450, 7450, 7550]
    assert of_2025 == 8050


def test_a_month_in_part_has_its_part_of_the_limits() -> None:
    due = contributions(an_insured(), a_month("6000", days=17))

    assert the(Group.HEALTH_GENERAL, due).base == Decimal("3123.75")  # 5,512.50 : 30 × 17.
    assert the(Group.PENSION, due).base == Decimal("4561.67")  # 8,050 : 30 × 17, half-up.
    assert the(Group.PENSION, due).employee == Decimal("424.24")


def test_of_a_retired_employee_only_the_employers_half_is_due() -> None:
    retired = an_insured(
        born_on=date(1955, 1, 1),
        health=HealthGroup.REDUCED,
        pension=PensionGroup.EMPLOYER,
        unemployment=UnemploymentGroup.EMPLOYER,
    )
    due = contributions(retired, a_month("3000"))

    assert [(one.group, one.employee, one.employer) for one in due] == [
        (Group.HEALTH_REDUCED, Decimal("210.00"), Decimal("210.00")),
        (Group.HEALTH_ADDITIONAL, Decimal("37.50"), Decimal("37.50")),
        (Group.CARE, Decimal("54.00"), Decimal("54.00")),
        (Group.PENSION_EMPLOYER, ZERO, Decimal("279.00")),
        (Group.UNEMPLOYMENT_EMPLOYER, ZERO, Decimal("39.00")),
    ]


def test_of_a_working_student_only_pension_is_due() -> None:
    student = an_insured(health=HealthGroup.NONE, unemployment=UnemploymentGroup.NONE, care=CareGroup.NONE)

    [pension] = contributions(student, a_month("1200"))

    assert (pension.group, pension.employee, pension.employer) == (
        Group.PENSION,
        Decimal("111.60"),
        Decimal("111.60"),
    )


@pytest.mark.parametrize(("has_claim", "expected"), [(True, Decimal("402.41")), (False, Decimal("385.88"))])
def test_a_voluntary_member_pays_of_the_limit_in_a_month_of_less_as_well(
    has_claim: bool, expected: Decimal
) -> None:
    member = an_insured(health=HealthGroup.VOLUNTARY, has_sick_pay_claim=has_claim)
    due = contributions(member, a_month("5000", one_off_pension=Decimal(9000)))

    assert the(Group.HEALTH_VOLUNTARY, due).employee == expected
    assert the(Group.HEALTH_ADDITIONAL_VOLUNTARY, due).employer == Decimal("68.91")
    assert the(Group.CARE, due).base == Decimal("5512.50")
    assert the(Group.PENSION, due).base == 14000


def test_one_off_pay_joins_the_regular_pay_of_the_month() -> None:
    paid = a_month("5000", one_off_health=Decimal("2050.00"), one_off_pension=Decimal(6000))
    due = contributions(an_insured(), paid)

    assert the(Group.HEALTH_GENERAL, due).base == Decimal("7050.00")
    assert the(Group.PENSION, due).base == 11000


def test_what_one_off_pay_adds_to_a_month_that_was_paid_is_the_difference() -> None:
    before = contributions(an_insured(), a_month("4000.03"))
    after = contributions(
        an_insured(), a_month("4000.03", one_off_health=Decimal("100.02"), one_off_pension=Decimal("100.02"))
    )

    more = difference(after, before)

    pension = the(Group.PENSION, more)
    assert pension.base == Decimal("100.02")
    assert pension.employee == the(Group.PENSION, after).employee - the(Group.PENSION, before).employee
    assert difference(after, after) == ()
    assert [one.total for one in difference((), before)] == [-one.total for one in before]


def test_each_line_explains_its_amount() -> None:
    due = contributions(an_insured(), a_month("3000"))
    lines = [line for one in due for line in one.lines()]
    health = lines[0]

    assert (health.code, health.bearer, health.authority) == ("1000", Bearer.EMPLOYEE, "01234567")
    assert health.rule == "§ 249 SGB V, 2025"
    assert health.steps == (
        ("regular pay", Decimal(3000)),
        ("limit", Decimal("5512.50")),
        ("base", Decimal(3000)),
        ("rate in per cent", Decimal("7.3")),
        ("share, rounded", Decimal("219.00")),
    )
    assert sum(line.amount for line in lines) == sum(one.total for one in due)


@given(st.sampled_from(YEARS), IN_CENTS, st.sampled_from(list(GermanState)), st.integers(1, 30))
def test_where_both_bear_half_the_contribution_is_twice_a_rounded_half(
    year: int, pay: Decimal, state: GermanState, days: int
) -> None:
    for one in contributions(an_insured(state=state), a_month(pay, year, days=days)):
        assert one.total == one.employee + one.employer
        assert one.total == one.total.quantize(Decimal("0.01"))
        if one.group is not Group.CARE:
            assert one.employee == one.employer


@given(st.sampled_from(YEARS), IN_CENTS, IN_CENTS, st.booleans())
def test_who_earns_more_pays_no_less(year: int, one: Decimal, other: Decimal, is_midi_job: bool) -> None:
    less, more = sorted((one, other))
    dues = [contributions(an_insured(), a_month(pay, year, is_midi_job=is_midi_job)) for pay in (less, more)]

    for groups in BRANCHES.values():
        of_less, of_more = (employee_pays(due, groups) for due in dues)
        assert of_less <= of_more


def test_a_year_that_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownYear, match="2027"):
        contributions(an_insured(), a_month("3000", 2027))
    with pytest.raises(UnknownYear, match="2023"):
        contributions(an_insured(), a_month("3000", 2023))


def refused(insured: dict[str, Any], paid: dict[str, Any]) -> list[str]:
    """The fields that a refusal names."""
    with pytest.raises(Invalid) as refusal:
        contributions(an_insured(**insured), a_month(**{"regular": "1000", **paid}))
    return [error.field for error in refusal.value.errors]


@pytest.mark.parametrize(
    ("paid", "fields"),
    [
        ({"regular": Decimal("-0.01")}, ["regular"]),
        ({"regular": Decimal("1000.005")}, ["regular"]),
        ({"regular": Decimal("NaN")}, ["regular"]),
        ({"regular": Decimal("1e30")}, ["regular"]),
        ({"regular": Decimal("1000000000000.01")}, ["regular"]),
        ({"days": 31}, ["days"]),
        ({"days": -1}, ["days"]),
        ({"days": 0}, ["days"]),
        (
            {"one_off_health": Decimal(-1), "one_off_pension": Decimal(-1)},
            ["one_off_health", "one_off_pension"],
        ),
    ],
)
def test_what_cannot_be_paid_is_refused_by_its_field(paid: dict[str, Any], fields: list[str]) -> None:
    assert refused({}, paid) == fields


def test_the_highest_pay_that_is_taken_is_at_the_limits() -> None:
    at_the_limits = contributions(an_insured(), a_month("9000"))

    assert [one.total for one in contributions(an_insured(), a_month("1000000000000"))] == [
        one.total for one in at_the_limits
    ]


@pytest.mark.parametrize(
    ("insured", "paid", "fields"),
    [
        ({"born_on": date(2025, 8, 1)}, {}, ["born_on"]),
        ({"children_born_on": (date(2010, 1, 1), date(1970, 1, 1))}, {}, ["children_born_on.1"]),
        ({"fund": " "}, {}, ["fund"]),
        ({"additional_rate": Decimal("-0.1")}, {}, ["additional_rate"]),
        ({"additional_rate": Decimal("10.01")}, {}, ["additional_rate"]),
        ({"health": HealthGroup.VOLUNTARY}, {"is_midi_job": True}, ["is_midi_job"]),
    ],
)
def test_who_cannot_be_is_refused_by_the_field(
    insured: dict[str, Any], paid: dict[str, Any], fields: list[str]
) -> None:
    assert refused(insured, paid) == fields

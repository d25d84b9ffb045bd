"""German wage tax: the published cases to the cent, every edge of the tariff, and what always holds."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domains.payroll.countries.de.wage_tax import wage_tax
from domains.payroll.countries.de.wage_tax_allowances import child_allowance
from domains.payroll.countries.de.wage_tax_checks import WageTaxRefused
from domains.payroll.countries.de.wage_tax_inputs import (
    EmployerPension,
    InsuredFor,
    PrivatePremiums,
    TaxableOneOffPay,
    WageTaxClass,
    WageTaxInputs,
)
from domains.payroll.countries.de.wage_tax_tariff import basic_tax, tax_of_five_and_six
from domains.payroll.countries.de.wage_tax_years import LAWS, relief_share
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import UnknownYear
from foundation.values.money import ZERO, rounded
from tests.domains.payroll.programme_flow import REFERENCE, FlowCase, answers_of, cases_of, inputs_of

PUBLISHED = cases_of("de_wage_tax_pap.json")
OTHER_PATHS = cases_of("de_wage_tax_paths.json")
CALCULATOR = json.loads((REFERENCE / "de_lohnsteuer.json").read_text())
YEARS = sorted(LAWS)


def an_employee(**changes: Any) -> WageTaxInputs:
    """Somebody in class 1 with 4,000 euros a month, statutorily insured, in June 2026."""
    employee = WageTaxInputs(
        on=date(2026, 6, 30),
        frequency=PayFrequency.MONTHLY,
        wage_tax_class=WageTaxClass.SINGLE,
        gross=Decimal(4000),
        insured=InsuredFor(additional_health_percent=Decimal("2.9")),
    )
    return replace(employee, **changes)


def a_pensioner(**changes: Any) -> WageTaxInputs:
    """Somebody with a pension of a former employer, since 2026, and nothing else."""
    pension = EmployerPension(
        amount=Decimal(2000), first_year=2026, first_month_amount=Decimal(2000), months=12
    )
    return an_employee(gross=Decimal(2000), pension=pension, **changes)


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: f"{case.year} {case.asked}")
def test_a_published_case_is_met_to_the_cent(case: FlowCase) -> None:
    answers = answers_of(wage_tax(inputs_of(case)))

    assert {name: answers[name] for name in case.answers} == case.answers


@pytest.mark.parametrize("case", OTHER_PATHS, ids=lambda case: f"{case.year} {case.asked}")
def test_every_other_path_of_the_flow_is_met_to_the_cent(case: FlowCase) -> None:
    assert answers_of(wage_tax(inputs_of(case))) == case.answers


@pytest.mark.parametrize("case", CALCULATOR["cases"], ids=lambda case: f"{case['year']} {case['gross']}")
@pytest.mark.parametrize("wage_tax_class", WageTaxClass)
def test_the_calculator_of_the_ministry_says_the_same(case: Any, wage_tax_class: WageTaxClass) -> None:
    insured = InsuredFor(
        additional_health_percent=Decimal(case["zusatzbeitrag"].rstrip("%")),
        has_care_surcharge=not case["children"],
    )

    tax = wage_tax(
        an_employee(
            on=date(case["year"], 12, 31),
            frequency=PayFrequency.YEARLY,
            gross=Decimal(case["gross"]),
            wage_tax_class=wage_tax_class,
            insured=insured,
        )
    )

    tolerance = CALCULATOR["tolerance_eur_year"]
    assert abs(tax.wage_tax - case["tax"][wage_tax_class - 1]) <= tolerance, CALCULATOR["source"]
    assert tax.solidarity_surcharge == case["soli"][wage_tax_class - 1]


@pytest.mark.parametrize(
    ("private", "monthly_tax"),
    [
        (None, "782.42"),
        (PrivatePremiums(premium=Decimal(600), employer_subsidy=Decimal(300)), "866.00"),
    ],
)
def test_another_program_says_the_same(private: PrivatePremiums | None, monthly_tax: str) -> None:
    """PyPI lohnsteuer-bmf 2026.3: class 1, 5,000 euros a month in 2026, no children."""
    insured = InsuredFor(additional_health_percent=Decimal("2.9"), has_care_surcharge=True, private=private)

    tax = wage_tax(an_employee(gross=Decimal(5000), insured=insured))

    assert rounded(tax.year.tax / 12, "EUR") == Decimal(monthly_tax)


# § 32a Abs. 1 EStG of both years by hand: the last income of each zone, and the first of the next.
@pytest.mark.parametrize(
    ("year", "income", "tax"),
    [
        (2025, 0, 0),
        (2025, 12096, 0),
        (2025, 12097, 0),
        (2025, 12104, 1),
        (2025, 17443, 1015),
        (2025, 17444, 1015),
        (2025, 68480, 17849),
        (2025, 68481, 17850),
        (2025, 277825, 105774),
        (2025, 277826, 105775),
        (2026, 12348, 0),
        (2026, 12349, 0),
        (2026, 12356, 1),
        (2026, 17799, 1034),
        (2026, 17800, 1035),
        (2026, 69878, 18213),
        (2026, 69879, 18213),
        (2026, 277825, 105550),
        (2026, 277826, 105551),
    ],
)
def test_the_tariff_at_the_edges_of_its_zones(year: int, income: int, tax: int) -> None:
    assert basic_tax(Decimal(income), LAWS[year]) == tax


# Where a hundredth more or less in one of the figures of § 32a Abs. 1 EStG makes another tax.
@pytest.mark.parametrize(
    ("year", "income", "tax"),
    [
        (2025, 13685, 245),
        (2025, 17001, 911),
        (2025, 68421, 17825),
        (2025, 68471, 17845),
        (2025, 68476, 17848),
        (2025, 277776, 105754),
        (2026, 17440, 949),
        (2026, 17741, 1021),
        (2026, 69804, 18181),
        (2026, 69835, 18195),
        (2026, 69875, 18211),
        (2026, 277811, 105544),
    ],
)
def test_the_tariff_where_each_of_its_figures_shows(year: int, income: int, tax: int) -> None:
    assert basic_tax(Decimal(income), LAWS[year]) == tax


# § 39b Abs. 2 Satz 7 EStG: 14 % of a low income; then the limits W1STKL5, W2STKL5, W3STKL5 and a euro more.
@pytest.mark.parametrize(
    ("year", "income", "tax"),
    [
        (2025, 1000, 140),
        (2025, 13785, 1929),
        (2025, 13788, 1930),
        (2025, 34240, 10238),
        (2025, 34243, 10239),
        (2025, 222260, 89206),
        (2025, 222263, 89207),
        (2026, 1000, 140),
        (2026, 14071, 1969),
        (2026, 14074, 1970),
        (2026, 34939, 10448),
        (2026, 34942, 10449),
        (2026, 222260, 89122),
        (2026, 222263, 89123),
    ],
)
def test_the_limits_of_the_classes_five_and_six(year: int, income: int, tax: int) -> None:
    assert tax_of_five_and_six(Decimal(income), LAWS[year]) == tax


# 11.9 % of the first euros above the free amount, each cut to cents.
@pytest.mark.parametrize(
    ("year", "wage_tax_class", "gross", "tax", "surcharge"),
    [
        (2025, 1, 88830, 19950, "0"),
        (2025, 1, 88833, 19951, "0.11"),
        (2025, 3, 163033, 39900, "0"),
        (2025, 3, 163039, 39902, "0.23"),
        (2026, 1, 90816, 20350, "0"),
        (2026, 1, 90820, 20351, "0.11"),
        (2026, 3, 166767, 40700, "0"),
        (2026, 3, 166773, 40702, "0.23"),
    ],
)
def test_the_solidarity_surcharge_begins_above_its_free_amount(
    year: int, wage_tax_class: int, gross: int, tax: int, surcharge: str
) -> None:
    of_year = wage_tax(
        an_employee(
            on=date(year, 12, 31),
            frequency=PayFrequency.YEARLY,
            gross=Decimal(gross),
            wage_tax_class=wage_tax_class,
            insured=InsuredFor(),
        )
    )

    assert of_year.wage_tax == tax
    assert of_year.solidarity_surcharge == Decimal(surcharge)


@pytest.mark.parametrize(("amount", "surcharge"), [(88_830, "0"), (88_833, "1097.30")])
def test_one_off_pay_bears_the_whole_surcharge_above_the_free_amount(amount: int, surcharge: str) -> None:
    """Tax of 19,950 euros in 2025, and a euro more: here the surcharge does not begin little by little."""
    one_off = TaxableOneOffPay(amount=Decimal(amount), expected_yearly_pay=ZERO)

    tax = wage_tax(an_employee(on=date(2025, 6, 30), insured=InsuredFor(), one_off=one_off))

    assert tax.one_off_solidarity_surcharge == Decimal(surcharge)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("wage_tax_class", WageTaxClass)
def test_nothing_is_withheld_of_nothing(year: int, wage_tax_class: WageTaxClass) -> None:
    nothing = an_employee(on=date(year, 1, 31), wage_tax_class=wage_tax_class, gross=ZERO)

    answers = answers_of(wage_tax(nothing))

    assert set(answers.values()) == {0}


def test_the_law_changes_with_the_year() -> None:
    last_of_2025 = wage_tax(an_employee(on=date(2025, 12, 31)))
    first_of_2026 = wage_tax(an_employee(on=date(2026, 1, 1)))

    assert (last_of_2025.law, first_of_2026.law) == (LAWS[2025].version, LAWS[2026].version)
    assert last_of_2025.wage_tax > first_of_2026.wage_tax


@pytest.mark.parametrize("day", [date(YEARS[0] - 1, 12, 31), date(YEARS[-1] + 1, 1, 1)])
def test_a_year_that_is_not_known_is_refused(day: date) -> None:
    with pytest.raises(UnknownYear, match=str(day.year)) as refusal:
        wage_tax(an_employee(on=day))

    assert [error.field for error in refusal.value.errors] == ["on"]


@pytest.mark.parametrize(
    ("first_year", "share"),
    [
        (1998, "0.4"),
        (2005, "0.4"),
        (2006, "0.384"),
        (2020, "0.16"),
        (2021, "0.152"),
        (2022, "0.144"),
        (2023, "0.14"),
        (2026, "0.128"),
        (2057, "0.004"),
        (2058, "0"),
        (2070, "0"),
    ],
)
def test_what_is_untaxed_of_pensions_by_the_year_they_began(first_year: int, share: str) -> None:
    """§ 19 Abs. 2 Satz 3 EStG, as changed by the Wachstumschancengesetz."""
    assert relief_share(first_year) == Decimal(share)


def test_a_pension_of_2026_by_hand() -> None:
    """12.8 % of 24,000 is more than 960; with 288, 102 and 36 euros as supplement and lump sums."""
    year = wage_tax(a_pensioner()).year

    assert year.pay_after_allowances == 24_000 - 960
    assert year.fixed_allowances == 288 + 102 + 36


def test_a_pension_of_some_months_by_hand() -> None:
    """14 % of 12,500 is more than 5/12 of 1,050, rounded up; 5/12 of 315 rounded up are the supplement."""
    pension = EmployerPension(
        amount=Decimal(12_500), first_year=2023, first_month_amount=Decimal(2500), months=5
    )
    of_year = an_employee(frequency=PayFrequency.YEARLY, gross=Decimal(12_500), pension=pension)

    year = wage_tax(of_year).year

    assert year.pay_after_allowances == 12_500 - 438
    assert year.fixed_allowances == 132 + 102 + 36


def test_relief_for_age_begins_in_its_year() -> None:
    born_in_1961 = an_employee(age_relief_from=2026)

    in_2025 = wage_tax(replace(born_in_1961, on=date(2025, 12, 31)))
    in_2026 = wage_tax(born_in_1961)

    assert in_2025.year.pay_after_allowances == 48_000
    assert in_2026.year.pay_after_allowances == 48_000 - 608


@pytest.mark.parametrize(
    ("wage_tax_class", "number", "allowance"),
    [(1, "0.3", 2926), (2, "1", 9756), (3, "0.5", 4878), (4, "0.5", 2439), (5, "1", 0), (6, "1", 0)],
)
def test_the_allowance_for_children_of_2026_by_class(
    wage_tax_class: int, number: str, allowance: int
) -> None:
    parent = an_employee(wage_tax_class=wage_tax_class, child_allowances=Decimal(number))

    assert child_allowance(parent, LAWS[2026]) == allowance


def test_children_lower_what_church_tax_is_of_and_not_the_wage_tax() -> None:
    member = an_employee(is_church_member=True)

    without, with_one = wage_tax(member), wage_tax(replace(member, child_allowances=Decimal(1)))

    assert with_one.wage_tax == without.wage_tax == without.church_tax_base
    assert with_one.church_tax_base < without.church_tax_base


def test_the_steps_add_up_to_the_taxable_income() -> None:
    steps = dict(wage_tax(an_employee()).year.steps)

    less = steps["fixed allowances"] + steps["insurance allowance"]
    assert steps["taxable income"] == steps["pay after allowances"] - less


BONUS = TaxableOneOffPay(amount=Decimal(3000), expected_yearly_pay=Decimal(48_000))
A_PENSION = EmployerPension(amount=ZERO, first_year=2026, first_month_amount=ZERO, months=0)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"wage_tax_class": 0}, ["wage_tax_class"]),
        ({"wage_tax_class": 7}, ["wage_tax_class"]),
        ({"frequency": PayFrequency.BIWEEKLY}, ["frequency"]),
        ({"frequency": PayFrequency.SEMIMONTHLY}, ["frequency"]),
        ({"gross": Decimal("-0.01")}, ["gross"]),
        ({"gross": Decimal("0.001")}, ["gross"]),
        ({"gross": Decimal("NaN")}, ["gross"]),
        ({"gross": Decimal("Infinity")}, ["gross"]),
        ({"gross": Decimal(1_000_000_000)}, ["gross"]),
        ({"gross": Decimal("NaN"), "pension": replace(A_PENSION, amount=Decimal(1))}, ["gross"]),
        ({"wage_tax_class": 4, "factor": Decimal(0)}, ["factor"]),
        ({"wage_tax_class": 4, "factor": Decimal("1.001")}, ["factor"]),
        ({"wage_tax_class": 4, "factor": Decimal("-0.5")}, ["factor"]),
        ({"wage_tax_class": 4, "factor": Decimal("0.9999")}, ["factor"]),
        ({"wage_tax_class": 4, "factor": Decimal("NaN")}, ["factor"]),
        ({"factor": Decimal("0.9")}, ["factor"]),
        ({"child_allowances": Decimal("-0.5")}, ["child_allowances"]),
        ({"child_allowances": Decimal("0.25")}, ["child_allowances"]),
        ({"allowance": Decimal(-1), "addition": Decimal(-1)}, ["allowance", "addition"]),
        ({"insured": InsuredFor(care_discounts=5)}, ["insured.care_discounts"]),
        (
            {"insured": InsuredFor(additional_health_percent=Decimal(101))},
            ["insured.additional_health_percent"],
        ),
        (
            {"insured": InsuredFor(private=PrivatePremiums(premium=Decimal(-1)))},
            ["insured.private.premium"],
        ),
        ({"pension": replace(A_PENSION, months=13)}, ["pension.months"]),
        ({"pension": replace(A_PENSION, first_year=2027)}, ["pension.first_year"]),
        ({"pension": replace(A_PENSION, amount=Decimal("4000.01"))}, ["pension.amount"]),
        ({"one_off": replace(BONUS, amount=Decimal(-1))}, ["one_off.amount"]),
        ({"one_off": replace(BONUS, compensation=Decimal(3001))}, ["one_off.compensation"]),
        ({"one_off": replace(BONUS, pension=Decimal(1))}, ["pension"]),
        ({"one_off": replace(BONUS, death_benefit=Decimal(1))}, ["one_off.death_benefit"]),
    ],
)
def test_what_no_tax_can_be_computed_from_is_refused_by_field(
    changes: dict[str, Any], wrong: list[str]
) -> None:
    with pytest.raises(WageTaxRefused) as refusal:
        wage_tax(an_employee(**changes))

    assert list(dict.fromkeys(error.field for error in refusal.value.errors)) == wrong

"""What the pack of Germany asks the wage tax, the subsidy and the limits with, by who is paid."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domains.payroll.countries.de.certificate import wage_tax_certificate
from domains.payroll.countries.de.contribution_rates import rates_of
from domains.payroll.countries.de.midi_jobs import midi_job_bases
from domains.payroll.countries.de.payment import payment_of
from domains.payroll.countries.de.wage_tax import wage_tax
from domains.payroll.countries.de.wage_tax_inputs import InsuredFor, WageTaxInputs
from domains.payroll.countries.de.withheld_tax import insured_for
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import YearToDate
from tests.domains.payroll.de_pay import (
    EMPLOYER,
    a_month,
    a_person,
    a_year,
    amount,
    paid,
    pay,
    several,
    steps_of,
    the,
)

JOINED = a_month(3, employed_from=date(2026, 3, 16))
OWN = {"health_premium": "1000", "care_premium": "200", "basic_premium": "900"}
PRIVATE = {"health_group": "0", "care_group": "0", "own_insurance": OWN}


def asked_with(person: dict[str, Any], regular: int = 5000) -> InsuredFor:
    """What the wage tax is told of somebody's insurance in May 2026."""
    return insured_for(payment_of(a_person(**person), a_month(5), pay(regular), YearToDate()))


@pytest.mark.parametrize(
    ("person", "field", "told"),
    [
        ({}, "has_care_surcharge", True),
        ({"is_parent": True}, "has_care_surcharge", False),
        ({"children_born_on": ["2015-01-01", "2016-01-01", "2017-01-01"]}, "care_discounts", 2),
        ({"state": "SN"}, "is_in_saxony", True),
        ({"pension_group": "3"}, "has_pension_insurance", False),
        ({"unemployment_group": "2"}, "has_unemployment_insurance", False),
        ({"fund": {"code": "X", "additional_percent": "3.1"}}, "additional_health_percent", Decimal("3.1")),
    ],
)
def test_the_wage_tax_is_told_how_somebody_is_insured(
    person: dict[str, Any], field: str, told: object
) -> None:
    assert getattr(asked_with(person), field) == told


def test_the_wage_tax_is_told_of_a_mini_job_what_it_is_insured_for() -> None:
    mini_job = {"regular_monthly_pay": "500"}

    assert asked_with(mini_job, 500).has_pension_insurance
    assert not asked_with(mini_job, 500).has_unemployment_insurance
    assert not asked_with(mini_job | {"mini_job": {"has_opted_out": True}}, 500).has_pension_insurance


def test_surcharge_and_church_tax_of_days_are_those_of_a_day_times_the_days() -> None:
    person = a_person(tax={"is_church_member": True})
    of_a_day = wage_tax(
        WageTaxInputs(
            on=date(2026, 3, 31),
            frequency=PayFrequency.DAILY,
            wage_tax_class=1,
            gross=Decimal(500),
            is_church_member=True,
            insured=InsuredFor(additional_health_percent=Decimal("2.9"), has_care_surcharge=True),
        )
    )

    asked = paid(pay(8000), person, JOINED)

    assert amount(asked, "solidarity_surcharge") == 16 * of_a_day.solidarity_surcharge > 0
    assert the(asked, "church_tax").base == 16 * of_a_day.church_tax_base


@pytest.mark.parametrize(("field", "more"), [("yearly_allowance", -1200), ("yearly_addition", 1200)])
def test_allowance_and_addition_of_the_year_count_for_one_off_pay(field: str, more: int) -> None:
    changed, plain = (
        steps_of(the(paid(pay(5000, 1000), a_person(tax=tax)), "wage_tax_one_off"))
        for tax in ({field: "1200"}, {})
    )

    for step in ("taxable income without it", "taxable income with it"):
        assert changed[step] == plain[step] + more


def test_an_addition_of_the_month_is_a_thirtieth_a_day() -> None:
    asked = paid(pay(2500), a_person(tax={"monthly_addition": "100"}), JOINED)

    yearly = steps_of(the(asked, "wage_tax"))["pay after allowances"]
    assert yearly == (Decimal("156.25") + Decimal("3.35")) * 360


def test_a_months_premiums_are_certified_once() -> None:
    _, sums = several([(a_month(5), pay(3000)), (a_month(5), pay(2000))], a_person(**PRIVATE))

    assert wage_tax_certificate(sums).private_premiums == 900


def test_the_subsidy_that_the_wage_tax_looks_at_is_that_of_a_whole_month() -> None:
    """2,500 for 16 days are 4,687.50: 7.3, 1.45 and 1.8 per cent of it."""
    payment = payment_of(a_person(**PRIVATE), JOINED, pay(2500), YearToDate())

    private = insured_for(payment).private

    assert private is not None
    assert private.premium == 900
    assert private.employer_subsidy == Decimal("342.19") + Decimal("67.97") + Decimal("84.38")


def test_who_has_no_claim_to_sickness_benefit_has_a_lower_subsidy() -> None:
    """7.0 and 1.45 per cent of 5,000."""
    person = a_person(**PRIVATE | {"own_insurance": {**OWN, "has_sick_pay_claim": False}})

    assert amount(paid(pay(5000), person), "subsidy_health", EMPLOYER) == Decimal("422.50")


def test_all_one_off_pay_that_counted_is_in_the_sums_of_the_year() -> None:
    _, sums = a_year(5000, {6: 10000, 11: 20000})

    assert sums["pension_base"] == 90000
    assert sums["month_06_one_off_pension"] == 10000


def test_one_off_pay_may_take_a_midi_job_out_of_its_area_in_december() -> None:
    """1,500 in December 2025 counted less; with 4,500 on top, all of it counts."""
    person = a_person(regular_monthly_pay="1875", is_parent=True)
    _, last_year = a_year(1500, year=2025, person=person)

    answers, _ = a_year(1500, {1: 4500}, person=person, last_year=last_year, months=[1])

    [in_december] = [
        line
        for line in answers[0].lines
        if (line.code, line.bearer) == ("0100", EMPLOYER) and "March clause" in line.rule
    ]
    reduced = midi_job_bases(Decimal(1500), rates_of(2025)).total
    assert in_december.base == 6000 - reduced

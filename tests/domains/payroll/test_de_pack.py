"""Germany as a pack: months and years of pay against sums worked by hand, and against published figures."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domains.payroll.countries.de.certificate import wage_tax_certificate
from domains.payroll.countries.de.contribution_shares import ContributionGroup
from domains.payroll.countries.de.contribution_statement import contribution_statements
from domains.payroll.countries.de.wage_tax import wage_tax
from domains.payroll.countries.de.wage_tax_inputs import InsuredFor, WageTaxInputs
from domains.payroll.countries.de.wage_tax_rounding import cents_down
from domains.payroll.messages.kinds import PayFrequency
from foundation.values.money import rounded
from tests.domains.payroll.de_pay import (
    DE,
    EMPLOYER,
    a_line,
    a_month,
    a_person,
    a_year,
    amount,
    amounts,
    euros,
    paid,
    pay,
    several,
    steps_of,
    the,
)

EXAMPLE = json.loads((Path(__file__).parents[2] / "reference" / "de_lohnsteuer.json").read_text())[
    "example_package"
]
POSTING_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,39}")
NO_CHILDREN = InsuredFor(additional_health_percent=Decimal("2.9"), has_care_surcharge=True)


def tax_of_year(gross: str | Decimal, *, year: int = 2026) -> Decimal:
    """The wage tax of a year of somebody like `a_person`, as a yearly payment: the flow itself."""
    inputs = WageTaxInputs(
        on=date(year, 12, 31),
        frequency=PayFrequency.YEARLY,
        wage_tax_class=1,
        gross=Decimal(gross),
        insured=NO_CHILDREN,
    )
    return wage_tax(inputs).wage_tax


# A salary


def test_a_month_of_a_salary_is_what_is_worked_out_by_hand() -> None:
    """7.3, 1.45, 1.8 (and 0.6 without children), 9.3 and 1.3 per cent of 5,000."""
    asked = paid(pay(5000))

    assert amounts(asked) == {
        ("wage_tax", "employee"): Decimal("782.41"),
        ("1000", "employee"): Decimal("365.00"),
        ("1000", "employer"): Decimal("365.00"),
        ("ZBP", "employee"): Decimal("72.50"),
        ("ZBP", "employer"): Decimal("72.50"),
        ("0001", "employee"): Decimal("120.00"),
        ("0001", "employer"): Decimal("90.00"),
        ("0100", "employee"): Decimal("465.00"),
        ("0100", "employer"): Decimal("465.00"),
        ("0010", "employee"): Decimal("65.00"),
        ("0010", "employer"): Decimal("65.00"),
        ("U1", "employer"): Decimal("80.00"),
        ("U2", "employer"): Decimal("22.00"),
        ("0050", "employer"): Decimal("7.50"),
    }


def test_its_wage_tax_is_that_of_another_program() -> None:
    """It rounds a twelfth of the year's tax half-up, the flow cuts it."""
    line = the(paid(pay(EXAMPLE["gross_month"])), "wage_tax")

    assert rounded(steps_of(line)["tax of the year"] / 12, "EUR") == Decimal(EXAMPLE["tax_month"])
    assert line.amount == cents_down(steps_of(line)["tax of the year"] / 12)


def test_a_year_of_a_salary_is_what_is_on_its_certificate() -> None:
    person = a_person(tax={"is_church_member": True})

    _, sums = a_year(5000, person=person)

    certificate = wage_tax_certificate(sums)
    assert certificate.gross_wage == 60000
    assert certificate.wage_tax == Decimal("9388.92")  # 12 times 782.41.
    assert certificate.solidarity_surcharge == 0
    assert certificate.church_tax == Decimal("844.92")  # 12 times 9 per cent of 782.41, cut: 70.41.
    assert certificate.employer_pension == certificate.employee_pension == 5580
    assert certificate.health == 12 * Decimal("437.50")
    assert certificate.care == 1440
    assert certificate.unemployment == 780
    assert certificate.private_premiums == certificate.subsidy_to_private_health == 0
    assert certificate.employer_professional_pension == certificate.employee_professional_pension == 0


def test_a_months_lines_are_a_contribution_statement() -> None:
    asked = [*paid(pay(5000)).lines, *paid(pay(3000)).lines]

    [statement] = contribution_statements(asked)

    assert statement.fund == "health-fund/TK"
    assert statement.groups[ContributionGroup.HEALTH_GENERAL] == 1168  # 14.6 per cent of 8,000.
    assert statement.groups[ContributionGroup.PENSION] == 1488
    assert statement.total == sum(one.amount for one in asked if one.code != "wage_tax")


def test_every_line_explains_itself_and_names_whom_it_is_for() -> None:
    person = a_person(tax={"is_church_member": True, "wage_tax_class": 6})

    asked = paid(pay(9000, 9000), person)

    for line in asked.lines:
        assert line.steps and line.rule, line
        assert POSTING_KEY.fullmatch(line.authority), line
    assert {"solidarity_surcharge", "church_tax_one_off"} <= {line.code for line in asked.lines}


def test_surcharge_and_church_tax_go_by_the_tax_with_allowances_for_children() -> None:
    tax = {"wage_tax_class": 3, "child_allowances": "2", "is_church_member": True}
    person = a_person(state="BY", is_parent=True, tax=tax)

    asked = paid(pay(15000), person)

    church = the(asked, "church_tax")
    assert church.base < the(asked, "wage_tax").amount
    assert church.amount == cents_down(church.base * Decimal("0.08"))


def test_what_is_free_of_tax_adds_nothing() -> None:
    assert amounts(paid([*pay(5000), a_line("tax_free", 300)])) == amounts(paid(pay(5000)))


# One-off pay


def test_one_off_pay_in_march_beyond_the_limit_counts_in_december() -> None:
    """Three months of 5,812.50 leave 2,437.50 of 5,000; the year before has left 66,150 less 60,000."""
    _, last_year = a_year(5000, year=2025)

    answers, sums = a_year(5000, {3: 5000}, last_year=last_year, months=range(1, 4))

    march = answers[-1]
    of_last_year = [line for line in march.lines if "March clause" in line.rule]
    assert {line.code for line in of_last_year} == {"1000", "ZBP", "0001", "0100", "0010", "0050"}
    assert all("2025" in line.rule and line.base == 5000 for line in of_last_year)
    assert amount(march, "1000") == Decimal("730.00")
    assert amount(march, "0001") == Decimal("240.00")
    assert amount(march, "0100", EMPLOYER) == Decimal("930.00")
    assert amount(march, "0050", EMPLOYER) == Decimal("15.00")
    assert (sums["march_clause_health"], sums["health_base"]) == euros(5000, 15000)


def test_what_counts_in_december_is_at_the_rates_of_december() -> None:
    dearer = a_person(fund={"code": "TK", "additional_percent": "3.5"})
    _, last_year = a_year(5000, year=2025)

    answers, _ = a_year(5000, {1: 5000}, person=dearer, last_year=last_year, months=[1])

    january, december = Decimal("87.50"), Decimal("72.50")
    assert amount(answers, "ZBP") == january + december


def test_a_second_one_off_pay_in_march_has_what_the_first_has_left_of_last_year() -> None:
    _, last_year = a_year(5000, year=2025)

    payments = [(a_month(month), pay(5000)) for month in (1, 2)]
    both = [(a_month(3), pay(5000, 5000)), (a_month(3), pay(0, 5000))]
    answers, sums = several([*payments, *both], last_year=last_year)

    assert sums["march_clause_health"] == 6150
    assert sums["march_clause_pension"] == 10000
    assert the(answers[-1], "1000").base == 1150
    assert "wage_tax" not in {line.code for line in answers[-1].lines}


def test_one_off_pay_in_april_counts_this_year() -> None:
    _, last_year = a_year(5000, year=2025)

    answers, sums = a_year(5000, {4: 5000}, last_year=last_year, months=range(1, 5))

    assert the(answers[-1], "1000").base == 5000 + 4 * Decimal("812.50")
    assert sums["march_clause_health"] == 0


def test_a_christmas_bonus_counts_up_to_the_limits_of_the_year_so_far() -> None:
    """Eleven months: 63,937.50 less 55,000 of health, and all of it within 92,950 less 55,000."""
    answers, sums = a_year(5000, {11: 20000})

    november = answers[10]
    assert the(november, "1000").base == 5000 + Decimal("8937.50")
    assert the(november, "0100").base == 25000
    assert amount(november, "U2", EMPLOYER) == Decimal("22.00")
    assert amount(november, "0050", EMPLOYER) == Decimal("37.50")
    assert sums["health_base"] == 60000 + Decimal("8937.50")
    assert amount(november, "wage_tax_one_off") == tax_of_year("80000") - tax_of_year("60000")


def test_later_one_off_pay_is_taxed_on_top_of_earlier() -> None:
    answers, _ = a_year(5000, {6: 3000, 11: 4000})

    assert amount(answers[5], "wage_tax_one_off") == tax_of_year("63000") - tax_of_year("60000")
    assert amount(answers[10], "wage_tax_one_off") == tax_of_year("67000") - tax_of_year("63000")


def test_the_expected_pay_counts_earlier_employers_and_ends_with_employment() -> None:
    earlier = {"earlier_employment": {"year": 2026, "taxable_pay": "12000"}}

    asked = paid(pay(5000, 1000), a_person(tax=earlier), a_month(5, employed_to=date(2026, 7, 31)))

    expected = steps_of(the(asked, "wage_tax_one_off"))["expected pay of the year without it"]
    assert expected == 12000 + 3 * 5000


def test_one_off_pay_before_the_months_pay_expects_what_was_paid_last() -> None:
    _, sums = a_year(5000, months=range(1, 5))

    asked = paid(pay(0, 1000), period=a_month(5), this_year=sums)

    expected = steps_of(the(asked, "wage_tax_one_off"))["expected pay of the year without it"]
    assert expected == 4 * 5000 + 7 * 5000


def test_one_off_pay_after_employment_has_ended_counts_in_the_limits_of_the_year() -> None:
    _, sums = a_year(5000, months=range(1, 5))
    left = a_month(6, employed_from=date(2020, 1, 1), employed_to=date(2026, 4, 30))

    asked = paid(pay(0, 9000), period=left, this_year=sums)

    assert the(asked, "1000").base == 4 * Decimal("812.50")
    assert amount(asked, "wage_tax") == 0 < amount(asked, "wage_tax_one_off")


# Parts of a month, and several payments in one


def test_who_joins_amid_a_month_is_taxed_by_the_day_and_insured_for_its_days() -> None:
    """16 March: 16 days, a limit of 3,100 in health insurance, and 156.25 a day."""
    joined = a_month(3, employed_from=date(2026, 3, 16))

    asked = paid(pay(2500, 5000), period=joined)

    assert asked.added["insured_days"] == 16
    assert the(asked, "1000").base == 3100
    assert amount(asked, "wage_tax") == 16 * cents_down(tax_of_year(Decimal("156.25") * 360) / 360)
    expected = steps_of(the(asked, "wage_tax_one_off"))["expected pay of the year without it"]
    assert expected == 2500 + Decimal("42187.50")  # Nine months of 4,687.50.


def test_days_without_contributions_lower_the_limit_and_not_the_tax() -> None:
    sick = a_person(without_contributions=[{"starts_on": "2026-05-11", "ends_on": "2026-06-30"}])

    asked = paid(pay(2500), sick, a_month(5))

    assert asked.added["insured_days"] == 10
    assert the(asked, "1000").base == Decimal("1937.50")
    assert amount(asked, "wage_tax") == amount(paid(pay(2500)), "wage_tax")


@pytest.mark.parametrize("monthly", ["5000", "6500", "9000"])
def test_two_payments_of_a_month_are_together_what_one_is(monthly: str) -> None:
    first, second = Decimal(monthly) * 2 / 5, Decimal(monthly) * 3 / 5

    answers, sums = several(
        [(a_month(5), pay(first)), (a_month(5), pay(second))], a_person(regular_monthly_pay=monthly)
    )

    whole = paid(pay(monthly))
    assert {key: sum(amounts(one).get(key, 0) for one in answers) for key in amounts(whole)} == amounts(whole)
    assert sums | {"month_05_payments": 1} == whole.added


def test_what_was_paid_too_much_is_taken_back_by_a_second_payment() -> None:
    answers, sums = several([(a_month(5), pay(5000)), (a_month(5), pay(-500))])

    assert amount(answers, "wage_tax") == amount(paid(pay(4500)), "wage_tax")
    assert sums["health_base"] == 4500
    assert wage_tax_certificate(sums).gross_wage == 4500


def test_allowances_and_additions_of_the_year_are_those_of_the_month_and_the_day() -> None:
    """1,201 a year are 101 a month and 3.40 a day."""
    person = a_person(tax={"yearly_allowance": "1201"})

    asked = paid(pay(5000), person)

    assert steps_of(the(asked, "wage_tax"))["pay after allowances"] == 60000 - 12 * 101
    joined = paid(pay(2500), person, a_month(3, employed_from=date(2026, 3, 16)))
    assert steps_of(the(joined, "wage_tax"))["pay after allowances"] == Decimal(
        "156.25"
    ) * 360 - 360 * Decimal("3.40")


def test_a_year_with_a_factor_is_taxed_less() -> None:
    person = a_person(tax={"wage_tax_class": 4, "factor": "0.9"})

    assert amount(paid(pay(5000), person), "wage_tax") == cents_down(
        int(Decimal(9389) * 9 / 10) / Decimal(12)
    )


def test_the_pack_knows_the_years_whose_tax_and_contributions_it_knows() -> None:
    assert (DE.country, DE.currency, DE.years) == ("DE", "EUR", (2025, 2026))

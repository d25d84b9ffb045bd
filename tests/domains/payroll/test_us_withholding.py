"""Federal income tax by Worksheet 1A: published tables and cases, edges of brackets, each entry of a form."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from domains.payroll.countries.us.details import FilingStatus
from domains.payroll.countries.us.federal import FEDERAL
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import PERIODS_A_YEAR, UnknownYear
from foundation.values.money import rounded
from tests.domains.payroll.us_pay import (
    FREQUENCY,
    PUBLISHED,
    STATUS,
    US,
    a_line,
    a_period,
    a_person,
    amount,
    paid,
    the_line,
)

SCHEDULES = [
    (int(year), status, column, [tuple(Decimal(figure) for figure in row) for row in rows])
    for year, by_status in PUBLISHED["tables"].items()
    for status, by_column in by_status.items()
    for column, rows in by_column.items()
]
AN_EDGE = [
    pytest.param(year, status, column, before, bracket, id=f"{year} {status} {column} {bracket[0]}")
    for year, status, column, rows in SCHEDULES
    for before, bracket in pairwise(rows)
]


def income_tax(
    wages: Decimal | str | int,
    *,
    year: int = 2026,
    frequency: PayFrequency = PayFrequency.BIWEEKLY,
    alien: bool = False,
    **w4: Any,
) -> Decimal:
    """What is withheld from regular wages by a Form W-4."""
    person = a_person(w4={"form": "2020_or_later", **w4}, nonresident_alien=alien)
    return amount(
        paid(a_line("regular", wages), person=person, period=a_period(year, frequency)), "federal_income_tax"
    )


def by_old_form(
    wages: Decimal | str | int,
    *,
    year: int = 2026,
    frequency: PayFrequency = PayFrequency.BIWEEKLY,
    alien: bool = False,
    **w4: Any,
) -> Decimal:
    """The same, by a form of 2019 or earlier."""
    return income_tax(wages, year=year, frequency=frequency, alien=alien, form="2019_or_earlier", **w4)


@pytest.mark.parametrize(
    "case", PUBLISHED["derived_vectors"]["rows"], ids=lambda case: f"{case['year']} {case['status']}"
)
def test_a_published_case_has_its_answer(case: dict[str, Any]) -> None:
    withheld = income_tax(
        case["taxable_wage"],
        year=case["year"],
        frequency=FREQUENCY[case["periods"]],
        filing_status=STATUS[case["status"]],
        multiple_jobs=case.get("step2", False),
        credits=case.get("s3", 0),
        extra_withholding=case.get("s4c", 0),
    )

    assert withheld == Decimal(case["withholding"])


@pytest.mark.parametrize(("year", "status", "column", "rows"), SCHEDULES)
def test_the_schedules_are_those_of_publication_15_t(
    year: int, status: str, column: str, rows: list[tuple[Decimal, ...]]
) -> None:
    schedules = FEDERAL[year].standard if column == "standard" else FEDERAL[year].multiple_jobs

    assert [tuple(row) for row in schedules[STATUS[status]]] == rows


@pytest.mark.parametrize(("year", "status", "column", "before", "bracket"), AN_EDGE)
def test_a_bracket_begins_at_its_dollar(
    year: int, status: str, column: str, before: tuple[Decimal, ...], bracket: tuple[Decimal, ...]
) -> None:
    over, base, rate = bracket
    line_1g = PUBLISHED["line_1g"]
    standard = line_1g["mfj" if status == "mfj" else "other"] if column == "standard" else 0

    def withheld(adjusted: Decimal) -> Decimal:
        return income_tax(
            adjusted + standard,
            year=year,
            frequency=PayFrequency.YEARLY,
            filing_status=STATUS[status],
            multiple_jobs=column == "step2",
        )

    assert withheld(over - 1) == rounded(before[1] + (over - 1 - before[0]) * before[2], "USD")
    assert withheld(over) == base
    assert withheld(over + 1) == rounded(base + rate, "USD")


def test_the_printed_base_of_a_bracket_is_the_tax_on_all_below_it() -> None:
    for *_, rows in SCHEDULES:
        for before, bracket in pairwise(rows):
            exact = before[1] + (bracket[0] - before[0]) * before[2]
            to_a_dollar = Decimal("0.5") * before[2]  # The edges of the Step 2 box are rounded to dollars.
            assert abs(bracket[1] - exact) <= to_a_dollar + Decimal("0.005")


# Printed in IRS Pub. 15-T, section 2, wage bracket method: weekly, single, standard. A cell is the tax at the
# middle of its interval, in whole dollars.
@pytest.mark.parametrize(
    ("year", "at_least", "less_than", "cell"),
    [
        *((2026, 625, 635, 34), (2026, 635, 645, 35), (2026, 645, 655, 36), (2026, 655, 665, 37)),
        *((2026, 665, 675, 38), (2026, 675, 685, 40), (2026, 685, 695, 41), (2026, 695, 705, 42)),
        *((2026, 705, 715, 43), (2026, 715, 725, 44), (2026, 785, 795, 53), (2025, 995, 1005, 81)),
    ],
)
def test_the_middle_of_a_printed_wage_bracket_has_its_tax(
    year: int, at_least: int, less_than: int, cell: int
) -> None:
    middle = Decimal(at_least + less_than) / 2

    assert round(income_tax(middle, year=year, frequency=PayFrequency.WEEKLY)) == cell


def test_the_nonresident_alien_of_publication_15_t_is_withheld_31_dollars() -> None:
    # Introduction of Pub. 15-T (2025, 2026): 300 a week, Form W-4 of before 2020, single, one allowance.
    for year in (2025, 2026):
        by_week = by_old_form(300, year=year, frequency=PayFrequency.WEEKLY, alien=True, allowances=1)
        assert round(by_week) == 31


def test_john_peters_of_publication_15_is_withheld_11_dollars() -> None:
    # Pub. 15 (2025), section 7, example 1: a form of 2018, single, one allowance, 1,000 a month.
    assert round(by_old_form(1000, year=2025, frequency=PayFrequency.MONTHLY, allowances=1)) == 11


@pytest.mark.parametrize(("year", "table_1", "table_2"), [(2025, 10_700, 15_000), (2026, 11_800, 16_100)])
@pytest.mark.parametrize("frequency", PayFrequency)
def test_the_amounts_for_aliens_are_those_of_a_year_to_ten_cents(
    year: int, table_1: int, table_2: int, frequency: PayFrequency
) -> None:
    alien = FEDERAL[year].alien
    periods = PERIODS_A_YEAR[frequency]

    assert alien.form_of_2019[frequency] == (Decimal(table_1) / periods).quantize(Decimal("0.1"))
    assert alien.form_of_2020[frequency] == (Decimal(table_2) / periods).quantize(Decimal("0.1"))


# 2,000 biweekly in 2026: 52,000 a year.
@pytest.mark.parametrize(
    ("w4", "withheld"),
    [
        ({}, "156.15"),  # 1,240 + 12 % of 23,500
        ({"other_income": 2_600}, "168.15"),  # 12 % of 2,600 more, a year
        ({"deductions": 2_600}, "144.15"),
        ({"credits": 2_600}, "56.15"),
        ({"credits": 50_000}, "0.00"),
        ({"credits": 50_000, "extra_withholding": 30}, "30.00"),
        ({"extra_withholding": "10.55"}, "166.70"),
        ({"multiple_jobs": True}, "270.19"),  # 2,900 + 22 % of 18,750, and no 8,600
        ({"filing_status": FilingStatus.MARRIED_FILING_JOINTLY}, "76.15"),  # 10 % of 39,100 − 19,300
        ({"filing_status": FilingStatus.HEAD_OF_HOUSEHOLD}, "114.92"),  # 1,770 + 12 % of 10,150
        ({"deductions": 60_000}, "0.00"),
        ({"exempt_year": 2026}, "0.00"),
        ({"exempt_year": 2026, "extra_withholding": 30}, "0.00"),
    ],
)
def test_each_entry_of_the_form_counts(w4: dict[str, Any], withheld: str) -> None:
    assert income_tax(2000, **w4) == Decimal(withheld)


@pytest.mark.parametrize(
    ("w4", "withheld"),
    [
        ({}, "195.85"),  # 1,240 + 12 % of 32,100: there is no line 1g
        ({"allowances": 2}, "156.15"),  # 8,600 less
        ({"allowances": 3}, "136.31"),
        ({"marital_status": "married"}, "131.85"),  # 2,480 + 12 % of 7,900
        ({"marital_status": "married", "allowances": 2}, "92.69"),  # 10 % of 43,400 − 19,300
        ({"marital_status": "married_at_single_rate"}, "195.85"),
        ({"allowances": 2, "extra_withholding": 20}, "176.15"),
        ({"allowances": 20}, "0.00"),
        ({"exempt_year": 2026}, "0.00"),
    ],
)
def test_each_entry_of_an_older_form_counts(w4: dict[str, Any], withheld: str) -> None:
    assert by_old_form(2000, **w4) == Decimal(withheld)


# About 52,000 a year: 4,060 of tax in the year.
@pytest.mark.parametrize(
    ("frequency", "wages", "withheld"),
    [
        (PayFrequency.YEARLY, 52_000, "4060.00"),
        (PayFrequency.MONTHLY, "4333.33", "338.33"),
        (PayFrequency.SEMIMONTHLY, "2166.67", "169.17"),
        (PayFrequency.BIWEEKLY, 2_000, "156.15"),
        (PayFrequency.WEEKLY, 1_000, "78.08"),
        (PayFrequency.DAILY, 200, "15.62"),
    ],
)
def test_the_periods_of_a_year_are_those_of_the_worksheet(
    frequency: PayFrequency, wages: str, withheld: str
) -> None:
    assert income_tax(wages, frequency=frequency) == Decimal(withheld)


def test_half_a_cent_is_rounded_up() -> None:
    # 10 % of 15 cents are 1.5 cents, of 14 cents 1.4.
    assert income_tax("16100.15", frequency=PayFrequency.YEARLY) == Decimal("0.02")
    assert income_tax("16100.14", frequency=PayFrequency.YEARLY) == Decimal("0.01")


def test_an_alien_is_withheld_by_the_table_of_the_form() -> None:
    assert income_tax(2000, alien=True) == income_tax("2619.20")
    assert by_old_form(2000, alien=True) == by_old_form("2453.80")
    at_single_rate = by_old_form(2000, alien=True, marital_status="married_at_single_rate")
    assert at_single_rate == by_old_form("2453.80")


@pytest.mark.parametrize(
    ("paid_on", "withheld"),
    [
        (date(2025, 12, 31), "161.60"),
        (date(2026, 1, 1), "0.00"),
        (date(2026, 12, 31), "0.00"),
    ],
)
def test_an_exemption_begins_with_its_year(paid_on: date, withheld: str) -> None:
    person = a_person(w4={"form": "2020_or_later", "exempt_year": 2026})
    asked = paid(a_line("regular", 2000), person=person, period=a_period(paid_on=paid_on))

    assert amount(asked, "federal_income_tax") == Decimal(withheld)


def test_an_exemption_ends_after_15_february_and_leaves_single_without_entries() -> None:
    w4 = {"form": "2020_or_later", "exempt_year": 2025, "filing_status": "married_filing_jointly"}
    last, first = (
        paid(a_line("regular", 2000), person=a_person(w4=w4), period=a_period(paid_on=date(2026, 2, day)))
        for day in (15, 16)
    )

    assert amount(last, "federal_income_tax") == 0
    assert amount(first, "federal_income_tax") == Decimal("156.15")


def test_the_line_explains_itself() -> None:
    line = the_line(paid(a_line("regular", 2000)), "federal_income_tax")

    assert line.rule == "Pub. 15-T (2026), Worksheet 1A"
    assert line.base == 2000
    assert line.authority == "IRS"
    assert dict(line.steps) == {
        "1a taxable wages": 2000,
        "1b pay periods a year": 26,
        "1c annual wages": 52_000,
        "1d other income": 0,
        "1f deductions": 0,
        "1g standard amount": 8_600,
        "1i adjusted annual wage": 43_400,
        "2b bracket from": 19_900,
        "2c tax at its beginning": 1_240,
        "2d rate": Decimal("0.12"),
        "2g annual tax": 4_060,
        "2h tax of the period": Decimal("156.15"),
        "3b credits of the period": 0,
        "4a extra withholding": 0,
        "4b withheld": Decimal("156.15"),
    }


@pytest.mark.parametrize("paid_on", [date(2024, 12, 31), date(2027, 1, 1)])
def test_a_year_that_is_not_known_is_refused(paid_on: date) -> None:
    with pytest.raises(UnknownYear, match=f"{paid_on.year} is not known; known are 2025, 2026"):
        paid(a_line("regular", 2000), period=a_period(paid_on=paid_on))


def test_the_day_of_payment_decides_the_year() -> None:
    assert set(US.years) == {2025, 2026}
    last_of_2025, first_of_2026 = (
        amount(paid(a_line("regular", 2000), period=a_period(paid_on=day)), "federal_income_tax")
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    )

    assert (last_of_2025, first_of_2026) == (Decimal("161.60"), Decimal("156.15"))

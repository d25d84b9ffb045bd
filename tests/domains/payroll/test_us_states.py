"""State taxes: Texas has no income tax, Pennsylvania and Illinois have one rate, California has brackets."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from domains.payroll.countries.us.details import FilingStatus
from domains.payroll.countries.us.figures import BracketTax
from domains.payroll.countries.us.states import NoReciprocity, UnknownState
from domains.payroll.countries.us.states_by_year import STATES
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import Bearer, PayLine, Statutory
from tests.domains.payroll.us_pay import a_line, a_period, a_person, amount, paid, the_line

CODE = "state_income_tax"


def in_state(
    state: str,
    *lines: PayLine,
    year: int = 2026,
    frequency: PayFrequency = PayFrequency.MONTHLY,
    this_year: dict[str, Decimal] | None = None,
    certificate: dict[str, Any] | None = None,
    **details: Any,
) -> Statutory:
    """A payment to somebody who works in a state, with its certificate."""
    person = a_person(state=state, state_certificate=certificate, **details)
    return paid(*lines, person=person, period=a_period(year, frequency), this_year=this_year)


def in_california(
    wages: str | int, *, year: int = 2026, frequency: PayFrequency = PayFrequency.MONTHLY, **de4: Any
) -> Decimal:
    """What California withholds of regular wages."""
    certificate = {"form": "DE 4", **de4}
    lines = a_line("regular", wages)
    return amount(in_state("CA", lines, year=year, frequency=frequency, certificate=certificate), CODE)


def test_texas_asks_for_unemployment_tax_only() -> None:
    asked = in_state("TX", a_line("regular", 2000))

    assert {line.authority for line in asked.lines} == {"IRS", "Texas Workforce Commission"}
    assert amount(asked, "state_unemployment", Bearer.EMPLOYER) == 54
    assert not any(name.startswith("state_") for name in asked.added)


# The base of each year: TWC; Pennsylvania Department of Labor & Industry; 820 ILCS 405/235; California EDD.
@pytest.mark.parametrize(
    ("state", "year", "base"),
    [
        *(("TX", 2025, 9_000), ("TX", 2026, 9_000), ("PA", 2025, 10_000), ("PA", 2026, 10_000)),
        *(("IL", 2025, 13_916), ("IL", 2026, 14_250), ("CA", 2025, 7_000), ("CA", 2026, 7_000)),
    ],
)
def test_unemployment_tax_ends_at_the_base_of_the_state(state: str, year: int, base: int) -> None:
    def tax(so_far: int) -> Decimal:
        this_year = {f"unemployment_wages_{state}": Decimal(so_far)}
        asked = in_state(state, a_line("regular", 1000), year=year, this_year=this_year)
        return amount(asked, "state_unemployment", Bearer.EMPLOYER)

    cent = Decimal("0.01")  # A year's tax is rounded, not a payment's.
    assert tax(base - 1000) == pytest.approx(Decimal(27), abs=cent)
    assert tax(base - 999) == pytest.approx(Decimal("26.97"), abs=cent)
    assert tax(base - 1) == pytest.approx(Decimal("0.027"), abs=cent)
    assert tax(base) == 0
    assert tax(base + 1) == 0


def test_unemployment_tax_is_at_the_employers_rate() -> None:
    asked = in_state("PA", a_line("regular", 1000), state_unemployment_percent="3.822")

    assert amount(asked, "state_unemployment", Bearer.EMPLOYER) == Decimal("38.22")


@pytest.mark.parametrize("year", [2025, 2026])
def test_pennsylvania_withholds_307_per_cent_and_007_of_the_employee(year: int) -> None:
    # REV-415; PA Department of Labor & Industry: of total wages, without a limit.
    asked = in_state(
        "PA", a_line("regular", "2345.67"), year=year, this_year={"unemployment_wages_PA": Decimal(90_000)}
    )

    assert amount(asked, CODE) == Decimal("72.01")
    assert amount(asked, "unemployment_of_employee") == Decimal("1.64")
    assert amount(asked, "state_unemployment", Bearer.EMPLOYER) == 0


# IDOR Booklet IL-700-T, automated payroll method: 4.95 per cent of wages less allowances.
@pytest.mark.parametrize(
    ("year", "frequency", "wages", "allowances", "additional", "tax"),
    [
        (2026, PayFrequency.MONTHLY, 2_000, 0, 0, "99.00"),
        (2026, PayFrequency.MONTHLY, 8_000, 1, 0, "383.93"),
        (2026, PayFrequency.MONTHLY, 20_000, 2, 1, "961.74"),
        (2026, PayFrequency.MONTHLY, 4_000, 1, 0, "185.93"),
        (2026, PayFrequency.MONTHLY, 2_500, 1, 0, "111.68"),
        (2026, PayFrequency.MONTHLY, 1_800, 1, 0, "77.03"),
        (2026, PayFrequency.WEEKLY, 300, 2, 1, "8.33"),
        (2025, PayFrequency.MONTHLY, 8_000, 1, 0, "384.24"),
        (2026, PayFrequency.MONTHLY, 100, 1, 0, "0.00"),
    ],
)
def test_illinois_withholds_495_per_cent_less_allowances(
    year: int, frequency: PayFrequency, wages: int, allowances: int, additional: int, tax: str
) -> None:
    certificate = {"form": "IL-W-4", "allowances": allowances, "additional_allowances": additional}
    asked = in_state("IL", a_line("regular", wages), year=year, frequency=frequency, certificate=certificate)

    assert amount(asked, CODE) == Decimal(tax)


def test_illinois_takes_no_allowances_off_supplemental_wages() -> None:
    certificate = {"form": "IL-W-4", "allowances": 1, "extra_withholding": 10}
    asked = in_state("IL", a_line("regular", 100), a_line("bonus", 1000), certificate=certificate)

    bonus_alone = in_state("IL", a_line("bonus", 1000), certificate=certificate)

    assert amount(asked, CODE) == Decimal("59.50")
    assert amount(bonus_alone, CODE) == Decimal("49.50")


# EDD, Withholding Schedules for 2026, Method B; the first two are its examples F and E.
@pytest.mark.parametrize(
    ("wages", "frequency", "status", "allowances", "deductions", "tax"),
    [
        (4_750, PayFrequency.MONTHLY, FilingStatus.MARRIED_FILING_JOINTLY, 4, 0, "7.17"),
        (2_400, PayFrequency.SEMIMONTHLY, FilingStatus.MARRIED_FILING_JOINTLY, 4, 0, "4.13"),
        (6_000, PayFrequency.MONTHLY, FilingStatus.SINGLE, 1, 0, "232.34"),
        (4_750, PayFrequency.MONTHLY, FilingStatus.MARRIED_FILING_JOINTLY, 1, 0, "59.70"),
        (1_500, PayFrequency.MONTHLY, FilingStatus.SINGLE, 0, 0, "0.00"),
        (3_000, PayFrequency.MONTHLY, FilingStatus.MARRIED_FILING_JOINTLY, 2, 0, "0.00"),
        (1_600, PayFrequency.BIWEEKLY, FilingStatus.MARRIED_FILING_JOINTLY, 2, 1, "2.38"),
        (950, PayFrequency.WEEKLY, FilingStatus.MARRIED_FILING_JOINTLY, 3, 0, "1.68"),
        (5_000, PayFrequency.MONTHLY, FilingStatus.HEAD_OF_HOUSEHOLD, 2, 0, "40.70"),
        (100_000, PayFrequency.MONTHLY, FilingStatus.SINGLE, 0, 0, "11887.12"),
    ],
)
def test_california_withholds_by_method_b(
    wages: int, frequency: PayFrequency, status: FilingStatus, allowances: int, deductions: int, tax: str
) -> None:
    withheld = in_california(
        wages,
        frequency=frequency,
        filing_status=status,
        allowances=allowances,
        deduction_allowances=deductions,
    )

    assert withheld == Decimal(tax)


@pytest.mark.parametrize(
    ("year", "status", "low_income"),
    [
        (2025, FilingStatus.SINGLE, 18_368),
        (2025, FilingStatus.HEAD_OF_HOUSEHOLD, 36_736),
        (2026, FilingStatus.SINGLE, 18_896),
        (2026, FilingStatus.HEAD_OF_HOUSEHOLD, 37_791),
    ],
)
def test_california_withholds_nothing_up_to_the_low_income(
    year: int, status: FilingStatus, low_income: int
) -> None:
    at, above = (
        in_california(wages, year=year, frequency=PayFrequency.YEARLY, filing_status=status)
        for wages in (low_income, low_income + 1)
    )

    assert at == 0
    assert above > 100


@pytest.mark.parametrize("year", [2025, 2026])
@pytest.mark.parametrize("status", FilingStatus)
def test_a_californian_bracket_begins_at_its_dollar(year: int, status: FilingStatus) -> None:
    tax = STATES[year]["CA"].income_tax
    assert isinstance(tax, BracketTax)
    is_single = status is FilingStatus.SINGLE
    deduction = tax.standard_deduction.single if is_single else tax.standard_deduction.other

    def withheld(taxable: Decimal) -> Decimal:
        credits = 2 * tax.allowance_credit
        wages = str(taxable + deduction)
        return credits + in_california(
            wages, year=year, frequency=PayFrequency.YEARLY, filing_status=status, allowances=2
        )

    for below, bracket in pairwise(tax.schedules[status][2:]):
        assert withheld(bracket.over) - withheld(bracket.over - 1) == pytest.approx(
            below.rate, abs=Decimal("0.01")
        )
        assert withheld(bracket.over + 1) - withheld(bracket.over) == pytest.approx(
            bracket.rate, abs=Decimal("0.01")
        )


# EDD, Withholding Schedules for 2026, Method B, tables 5 to 7: the tax at the beginning of each bracket.
@pytest.mark.parametrize(
    ("status", "printed"),
    [
        (
            FilingStatus.SINGLE,
            "0 121.87 455.94 1124.21 2186.15 3522.17 34084.81 42502.09 79441.81 114220.27",
        ),
        (
            FilingStatus.MARRIED_FILING_JOINTLY,
            "0 243.74 911.88 2248.42 4372.30 7044.33 68169.60 85004.17 98485.50 164228.58",
        ),
        (
            FilingStatus.HEAD_OF_HOUSEHOLD,
            "0 243.90 911.75 1579.93 2641.80 3978.08 45534.18 56982.35 105925.35 107334.77",
        ),
    ],
)
def test_the_californian_bases_are_the_printed_ones(status: FilingStatus, printed: str) -> None:
    tax = STATES[2026]["CA"].income_tax
    assert isinstance(tax, BracketTax)

    assert [one.base for one in tax.schedules[status]] == [Decimal(base) for base in printed.split()]


def test_the_californian_brackets_of_2026_are_those_of_2025_and_three_per_cent() -> None:
    # FTB indexed the brackets by 3.0 per cent; the one from a million on is the law's.
    before, after = STATES[2025]["CA"].income_tax, STATES[2026]["CA"].income_tax
    assert isinstance(before, BracketTax)
    assert isinstance(after, BracketTax)
    for status in (FilingStatus.SINGLE, FilingStatus.HEAD_OF_HOUSEHOLD):
        old, new = ({one.over for one in tax.schedules[status]} - {1_000_000} for tax in (before, after))
        assert sorted(round(one * Decimal("1.03")) for one in old) == sorted(new)
    for tax in (before, after):
        single = {2 * one.over for one in tax.schedules[FilingStatus.SINGLE]} - {2_000_000}
        married = {one.over for one in tax.schedules[FilingStatus.MARRIED_FILING_JOINTLY]} - {1_000_000}
        assert single == married


def test_california_by_the_figures_of_2025() -> None:
    # 72,000 − 5,540 = 66,460: 2,122.48 + 8.8 % of 10,594, less 163.90, are 2,890.85 a year.
    assert in_california(6_000, year=2025, allowances=1) == Decimal("240.90")


def test_what_california_asks_on_certificate_counts() -> None:
    assert in_california(6_000, allowances=1, extra_withholding=10) == Decimal("242.34")
    assert in_california(6_000, deduction_allowances=99) == 0
    assert in_california(6_000, allowances=99) == 0


def test_california_has_rates_of_its_own_for_supplemental_wages_and_bonuses() -> None:
    asked = in_state("CA", a_line("supplemental", 1000), a_line("bonus", 1000))

    assert amount(asked, CODE) == Decimal("168.30")  # 6.6 and 10.23 per cent


@pytest.mark.parametrize(("year", "insurance"), [(2025, "24.00"), (2026, "26.00")])
def test_california_asks_for_disability_insurance_and_training(year: int, insurance: str) -> None:
    so_far = {"unemployment_wages_CA": Decimal(6_500)}
    asked = in_state("CA", a_line("regular", 2000), year=year, this_year=so_far)

    assert amount(asked, "disability_insurance") == Decimal(insurance)
    assert amount(asked, "employment_training", Bearer.EMPLOYER) == Decimal("0.50")


@pytest.mark.parametrize(
    ("state", "treatment", "income_tax_on", "unemployment_on"),
    [
        ("PA", "section_125", 1700, 2000),
        ("PA", "section_401k", 2000, 2000),
        ("IL", "section_125", 1700, 1700),
        ("IL", "section_401k", 1700, 2000),
        ("CA", "section_125", 1700, 1700),
        ("CA", "section_401k", 1700, 2000),
    ],
)
def test_each_state_counts_what_is_deferred_in_its_own_way(
    state: str, treatment: str, income_tax_on: int, unemployment_on: int
) -> None:
    asked = in_state(state, a_line("regular", 2000), a_line(treatment, -300))

    assert the_line(asked, CODE).base == income_tax_on
    assert asked.added[f"state_wages_{state}"] == income_tax_on
    assert the_line(asked, "state_unemployment", Bearer.EMPLOYER).base == unemployment_on
    assert asked.added[f"unemployment_wages_{state}"] == unemployment_on


def test_texas_counts_all_that_is_deferred() -> None:
    asked = in_state("TX", a_line("regular", 2000), a_line("section_125", -300), a_line("section_401k", -300))

    assert the_line(asked, "state_unemployment", Bearer.EMPLOYER).base == 2000


def test_the_state_of_work_withholds() -> None:
    at_home, away = (in_state("PA", a_line("regular", 2000), home_state=home) for home in (None, "NJ"))

    assert away.lines == at_home.lines


def test_a_state_that_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownState, match="the law of NJ in 2026 is not known; known are CA, IL, PA, TX"):
        in_state("NJ", a_line("regular", 2000))


def test_a_certificate_for_a_home_state_that_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownState, match="the law of NJ") as refused:
        in_state("PA", a_line("regular", 2000), home_state="NJ", nonresident_certificate=True)

    assert refused.value.errors[0].field == "home_state"


def test_a_certificate_without_an_agreement_is_refused() -> None:
    with pytest.raises(NoReciprocity, match="PA has no agreement with IL"):
        in_state("PA", a_line("regular", 2000), home_state="IL", nonresident_certificate=True)


def test_by_an_agreement_the_home_state_withholds(monkeypatch: pytest.MonkeyPatch) -> None:
    # No two states that are known have one: as if Pennsylvania had one with Illinois.
    agreeing = replace(STATES[2026]["PA"], agreements=frozenset({"IL"}))
    monkeypatch.setitem(STATES[2026], "PA", agreeing)
    form = {"form": "IL-W-4", "allowances": 1}
    asked = in_state(
        "PA", a_line("regular", 4000), home_state="IL", nonresident_certificate=True, certificate=form
    )

    assert amount(asked, CODE) == Decimal("185.93")
    assert the_line(asked, CODE).authority == "Illinois Department of Revenue"
    assert asked.added["state_income_tax_IL"] == Decimal("185.93")
    assert asked.added["unemployment_wages_PA"] == 4000
    assert amount(asked, "unemployment_of_employee") == Decimal("2.80")


def test_a_state_line_explains_itself() -> None:
    certificate = {"form": "DE 4", "filing_status": "married_filing_jointly", "allowances": 4}
    line = the_line(in_state("CA", a_line("regular", 4750), certificate=certificate), CODE)

    said = dict(line.steps)
    assert line.rule == "California EDD Method B (2026)"
    assert said["taxable in the year"] == 45_588
    assert said["bracket from"] == 22_158
    assert said["rate"] == Decimal("0.022")
    assert said["annual tax"] == Decimal("759.20")
    assert said["exemption credits"] == Decimal("673.20")

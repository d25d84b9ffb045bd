"""What the states ask, by year: what stays the same stands once, and `_YEARS` has what each year changes.

Sources: Texas Workforce Commission, taxable wages; Pennsylvania REV-415, and Department of Labor & Industry,
employee withholding; Illinois Booklet IL-700-T (January of the year), 820 ILCS 405/235, 56 Ill. Adm. Code
2730.150; California EDD, Withholding Schedules of the year, Method B, and its rates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.us.details import FilingStatus
from domains.payroll.countries.us.figures import (
    BracketTax,
    ByAllowances,
    FlatTax,
    StateContribution,
    StateFigures,
    by_rates,
)
from domains.payroll.countries.us.wages import SECTION_125, SECTION_401K

CALIFORNIAN_RATES = "1.1 2.2 4.4 6.6 8.8 10.23 11.33 12.43 13.53 14.63"


@dataclass(frozen=True)
class _StatesOfYear:
    """What changes from year to year, in US dollars; brackets begin at these incomes, after 0."""

    year: int
    illinois_unemployment_base: Decimal
    illinois_allowance: Decimal
    californian_brackets: Mapping[FilingStatus, str]
    californian_low_income: ByAllowances
    californian_standard_deduction: ByAllowances
    californian_allowance_credit: Decimal
    californian_disability_rate: Decimal


_YEARS = (
    _StatesOfYear(
        year=2025,
        illinois_unemployment_base=Decimal(13_916),
        illinois_allowance=Decimal(2_850),
        californian_brackets={
            FilingStatus.SINGLE: "10756 25499 40245 55866 70606 360659 432787 721314 1000000",
            FilingStatus.MARRIED_FILING_JOINTLY: (
                "21512 50998 80490 111732 141212 721318 865574 1000000 1442628"
            ),
            FilingStatus.HEAD_OF_HOUSEHOLD: "21527 51000 65744 81364 96107 490493 588593 980987 1000000",
        },
        californian_low_income=ByAllowances(Decimal(18_368), Decimal(36_736)),
        californian_standard_deduction=ByAllowances(Decimal(5_540), Decimal(11_080)),
        californian_allowance_credit=Decimal("163.90"),
        californian_disability_rate=Decimal("0.012"),
    ),
    _StatesOfYear(
        year=2026,
        illinois_unemployment_base=Decimal(14_250),
        illinois_allowance=Decimal(2_925),
        californian_brackets={
            FilingStatus.SINGLE: "11079 26264 41452 57542 72724 371479 445771 742953 1000000",
            FilingStatus.MARRIED_FILING_JOINTLY: (
                "22158 52528 82904 115084 145448 742958 891542 1000000 1485906"
            ),
            FilingStatus.HEAD_OF_HOUSEHOLD: "22173 52530 67716 83805 98990 505208 606251 1000000 1010417",
        },
        californian_low_income=ByAllowances(Decimal(18_896), Decimal(37_791)),
        californian_standard_deduction=ByAllowances(Decimal(5_706), Decimal(11_412)),
        californian_allowance_credit=Decimal("168.30"),
        californian_disability_rate=Decimal("0.013"),
    ),
)

_TEXAS = StateFigures(
    name="Texas",
    revenue="Texas Comptroller",
    unemployment="Texas Workforce Commission",
    unemployment_base=Decimal(9_000),
)


def _pennsylvania(of: _StatesOfYear) -> StateFigures:
    of_employee = Decimal("0.0007")
    return StateFigures(
        name="Pennsylvania",
        revenue="Pennsylvania Department of Revenue",
        unemployment="Pennsylvania Department of Labor & Industry",
        unemployment_base=Decimal(10_000),
        income_tax=FlatTax(rate=Decimal("0.0307"), rule=f"Pennsylvania REV-415 ({of.year})"),
        income_tax_lowered_by=frozenset({SECTION_125}),
        of_employee=(
            StateContribution(
                "unemployment_of_employee", of_employee, f"Pennsylvania UC Law 301.4 ({of.year})"
            ),
        ),
        agreements=frozenset({"IN", "MD", "NJ", "OH", "VA", "WV"}),
    )


def _illinois(of: _StatesOfYear) -> StateFigures:
    return StateFigures(
        name="Illinois",
        revenue="Illinois Department of Revenue",
        unemployment="Illinois Department of Employment Security",
        unemployment_base=of.illinois_unemployment_base,
        income_tax=FlatTax(
            rate=Decimal("0.0495"),
            rule=f"Illinois Booklet IL-700-T ({of.year})",
            allowance=of.illinois_allowance,
            additional_allowance=Decimal(1_000),
        ),
        income_tax_lowered_by=frozenset({SECTION_125, SECTION_401K}),
        unemployment_lowered_by=frozenset({SECTION_125}),
        agreements=frozenset({"IA", "KY", "MI", "WI"}),
    )


def _california(of: _StatesOfYear) -> StateFigures:
    base, training = Decimal(7_000), Decimal("0.001")
    disability = of.californian_disability_rate
    return StateFigures(
        name="California",
        revenue="California EDD",
        unemployment="California EDD",
        unemployment_base=base,
        income_tax=BracketTax(
            rule=f"California EDD Method B ({of.year})",
            schedules={
                status: by_rates(CALIFORNIAN_RATES, brackets)
                for status, brackets in of.californian_brackets.items()
            },
            low_income=of.californian_low_income,
            standard_deduction=of.californian_standard_deduction,
            allowance_credit=of.californian_allowance_credit,
            deduction_allowance=Decimal(1_000),
            supplemental_rate=Decimal("0.066"),
            bonus_rate=Decimal("0.1023"),
        ),
        income_tax_lowered_by=frozenset({SECTION_125, SECTION_401K}),
        unemployment_lowered_by=frozenset({SECTION_125}),
        of_employee=(StateContribution("disability_insurance", disability, f"California SDI ({of.year})"),),
        of_employer=(
            StateContribution("employment_training", training, f"California ETT ({of.year})", base=base),
        ),
    )


STATES: Mapping[int, Mapping[str, StateFigures]] = {
    of.year: {"TX": _TEXAS, "PA": _pennsylvania(of), "IL": _illinois(of), "CA": _california(of)}
    for of in _YEARS
}
"""The states' figures by calendar year, and by what the Postal Service calls them."""

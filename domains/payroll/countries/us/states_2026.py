"""What the states ask in 2026.

Sources: Texas Workforce Commission, taxable wages; Pennsylvania REV-415, and Department of Labor & Industry,
employee withholding; Illinois Booklet IL-700-T (January 2026), 820 ILCS 405/235, 56 Ill. Adm. Code 2730.150;
California EDD, Withholding Schedules 2026, Method B, and rates 2026.
"""

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

STATES = {
    "TX": StateFigures(
        name="Texas",
        revenue="Texas Comptroller",
        unemployment="Texas Workforce Commission",
        unemployment_base=Decimal(9_000),
    ),
    "PA": StateFigures(
        name="Pennsylvania",
        revenue="Pennsylvania Department of Revenue",
        unemployment="Pennsylvania Department of Labor & Industry",
        unemployment_base=Decimal(10_000),
        income_tax=FlatTax(rate=Decimal("0.0307"), rule="Pennsylvania REV-415 (2026)"),
        income_tax_lowered_by=frozenset({SECTION_125}),
        of_employee=(
            StateContribution(
                "unemployment_of_employee", Decimal("0.0007"), "Pennsylvania UC Law 301.4 (2026)"
            ),
        ),
        agreements=frozenset({"IN", "MD", "NJ", "OH", "VA", "WV"}),
    ),
    "IL": StateFigures(
        name="Illinois",
        revenue="Illinois Department of Revenue",
        unemployment="Illinois Department of Employment Security",
        unemployment_base=Decimal(14_250),
        income_tax=FlatTax(
            rate=Decimal("0.0495"),
            rule="Illinois Booklet IL-700-T (2026)",
            allowance=Decimal(2_925),
            additional_allowance=Decimal(1_000),
        ),
        income_tax_lowered_by=frozenset({SECTION_125, SECTION_401K}),
        unemployment_lowered_by=frozenset({SECTION_125}),
        agreements=frozenset({"IA", "KY", "MI", "WI"}),
    ),
    "CA": StateFigures(
        name="California",
        revenue="California EDD",
        unemployment="California EDD",
        unemployment_base=Decimal(7_000),
        income_tax=BracketTax(
            rule="California EDD Method B (2026)",
            schedules={
                FilingStatus.SINGLE: by_rates(
                    CALIFORNIAN_RATES, "11079 26264 41452 57542 72724 371479 445771 742953 1000000"
                ),
                FilingStatus.MARRIED_FILING_JOINTLY: by_rates(
                    CALIFORNIAN_RATES, "22158 52528 82904 115084 145448 742958 891542 1000000 1485906"
                ),
                FilingStatus.HEAD_OF_HOUSEHOLD: by_rates(
                    CALIFORNIAN_RATES, "22173 52530 67716 83805 98990 505208 606251 1000000 1010417"
                ),
            },
            low_income=ByAllowances(Decimal(18_896), Decimal(37_791)),
            standard_deduction=ByAllowances(Decimal(5_706), Decimal(11_412)),
            allowance_credit=Decimal("168.30"),
            deduction_allowance=Decimal(1_000),
            supplemental_rate=Decimal("0.066"),
            bonus_rate=Decimal("0.1023"),
        ),
        income_tax_lowered_by=frozenset({SECTION_125, SECTION_401K}),
        unemployment_lowered_by=frozenset({SECTION_125}),
        of_employee=(StateContribution("disability_insurance", Decimal("0.013"), "California SDI (2026)"),),
        of_employer=(
            StateContribution(
                "employment_training", Decimal("0.001"), "California ETT (2026)", base=Decimal(7_000)
            ),
        ),
    ),
}

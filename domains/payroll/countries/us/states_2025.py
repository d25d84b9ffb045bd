"""What the states ask in 2025.

Sources: Texas Workforce Commission, taxable wages; Pennsylvania REV-415, and Department of Labor & Industry,
employee withholding; Illinois Booklet IL-700-T (January 2025), 820 ILCS 405/235, 56 Ill. Adm. Code 2730.150;
California EDD, Withholding Schedules 2025, Method B, and rates 2025.
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
        income_tax=FlatTax(rate=Decimal("0.0307"), rule="Pennsylvania REV-415 (2025)"),
        income_tax_lowered_by=frozenset({SECTION_125}),
        of_employee=(
            StateContribution(
                "unemployment_of_employee", Decimal("0.0007"), "Pennsylvania UC Law 301.4 (2025)"
            ),
        ),
        agreements=frozenset({"IN", "MD", "NJ", "OH", "VA", "WV"}),
    ),
    "IL": StateFigures(
        name="Illinois",
        revenue="Illinois Department of Revenue",
        unemployment="Illinois Department of Employment Security",
        unemployment_base=Decimal(13_916),
        income_tax=FlatTax(
            rate=Decimal("0.0495"),
            rule="Illinois Booklet IL-700-T (2025)",
            allowance=Decimal(2_850),
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
            rule="California EDD Method B (2025)",
            schedules={
                FilingStatus.SINGLE: by_rates(
                    CALIFORNIAN_RATES, "10756 25499 40245 55866 70606 360659 432787 721314 1000000"
                ),
                FilingStatus.MARRIED_FILING_JOINTLY: by_rates(
                    CALIFORNIAN_RATES, "21512 50998 80490 111732 141212 721318 865574 1000000 1442628"
                ),
                FilingStatus.HEAD_OF_HOUSEHOLD: by_rates(
                    CALIFORNIAN_RATES, "21527 51000 65744 81364 96107 490493 588593 980987 1000000"
                ),
            },
            low_income=ByAllowances(Decimal(18_368), Decimal(36_736)),
            standard_deduction=ByAllowances(Decimal(5_540), Decimal(11_080)),
            allowance_credit=Decimal("163.90"),
            deduction_allowance=Decimal(1_000),
            supplemental_rate=Decimal("0.066"),
            bonus_rate=Decimal("0.1023"),
        ),
        income_tax_lowered_by=frozenset({SECTION_125, SECTION_401K}),
        unemployment_lowered_by=frozenset({SECTION_125}),
        of_employee=(StateContribution("disability_insurance", Decimal("0.012"), "California SDI (2025)"),),
        of_employer=(
            StateContribution(
                "employment_training", Decimal("0.001"), "California ETT (2025)", base=Decimal(7_000)
            ),
        ),
    ),
}

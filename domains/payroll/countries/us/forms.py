"""Form W-2 and Form 941 as figures, from what payments have added to the year to date."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.us.federal import figures_of
from domains.payroll.countries.us.states import STATE_TAX, STATE_WAGES
from domains.payroll.countries.us.wages import SECTION_401K
from foundation.values.money import ZERO, rounded


@dataclass(frozen=True)
class StateBoxes:
    """Boxes 15 to 17 of Form W-2, of one state."""

    state: str
    wages: Decimal
    income_tax: Decimal


@dataclass(frozen=True)
class FormW2:
    """The figures of Form W-2, in dollars and cents, each by its box."""

    wages: Decimal
    """Box 1."""
    federal_income_tax: Decimal
    """Box 2."""
    social_security_wages: Decimal
    """Box 3, up to the limit of the year."""
    social_security_tax: Decimal
    """Box 4."""
    medicare_wages: Decimal
    """Box 5."""
    medicare_tax: Decimal
    """Box 6, with additional Medicare tax."""
    box_12: Mapping[str, Decimal]
    """By code: D for deferrals by section 401(k), DD for the cost of health coverage. Nothing that is 0."""
    states: tuple[StateBoxes, ...]
    """In the order of the alphabet, those that have an income tax."""


def form_w2(year_to_date: Mapping[str, Decimal], *, health_coverage: Decimal = ZERO) -> FormW2:
    """Somebody's Form W-2 of a year, from all that its payments have added.

    `health_coverage` is the cost of employer-sponsored health coverage in the year, what both have paid: it
    is reported, and taxes nothing.
    """
    box_12 = {"D": year_to_date.get(SECTION_401K, ZERO), "DD": health_coverage}
    return FormW2(
        wages=year_to_date.get("federal_wages", ZERO),
        federal_income_tax=year_to_date.get("federal_income_tax", ZERO),
        social_security_wages=year_to_date.get("social_security_wages", ZERO),
        social_security_tax=year_to_date.get("social_security_tax", ZERO),
        medicare_wages=year_to_date.get("medicare_wages", ZERO),
        medicare_tax=year_to_date.get("medicare_tax", ZERO),
        box_12={code: amount for code, amount in box_12.items() if amount},
        states=tuple(_states(year_to_date)),
    )


def _states(year_to_date: Mapping[str, Decimal]) -> Iterable[StateBoxes]:
    for name in sorted(one for one in year_to_date if one.startswith(STATE_WAGES)):
        state = name.removeprefix(STATE_WAGES)
        yield StateBoxes(state, year_to_date[name], year_to_date.get(STATE_TAX + state, ZERO))


@dataclass(frozen=True)
class Form941:
    """The figures of Form 941 for a quarter, in dollars and cents, each by its line.

    Tips, line 5b, are 0: no pay is known as such. Lines 8, 9 and 11 are not figured.
    """

    line_1: int
    """Employees."""
    line_2: Decimal
    """Wages."""
    line_3: Decimal
    """Federal income tax withheld."""
    line_5a: tuple[Decimal, Decimal]
    """Social security wages, and both shares of the tax on them."""
    line_5b: tuple[Decimal, Decimal]
    """Tips, and both shares of social security tax on them."""
    line_5c: tuple[Decimal, Decimal]
    """Medicare wages, and both shares of the tax on them."""
    line_5d: tuple[Decimal, Decimal]
    """Wages that additional Medicare tax is withheld from, and that tax."""
    line_5e: Decimal
    """Social security and Medicare taxes."""
    line_6: Decimal
    """Total before adjustments."""
    line_7: Decimal
    """Fractions of cents: what was withheld of employees, less their share of lines 5a to 5d."""
    line_10: Decimal
    """Total after adjustments."""
    line_12: Decimal
    """Total after credits: what is owed for the quarter."""


def form_941(year: int, payments: Iterable[Mapping[str, Decimal]], *, employees: int) -> Form941:
    """An employer's Form 941, from what each payment of the quarter has added to the year to date.

    `employees` is how many were paid in the period with the 12th of the quarter's last month. Refuses:
    UnknownYear. Source: Instructions for Form 941, line 7.
    """
    figures, sums = figures_of(year), _summed(payments)
    social_security, medicare = sums["social_security_wages"], sums["medicare_wages"]
    additional = sums["additional_medicare_wages"]
    line_5a = rounded(2 * figures.social_security_rate * social_security, "USD")
    line_5c = rounded(2 * figures.medicare_rate * medicare, "USD")
    line_5d = rounded(figures.additional_medicare_rate * additional, "USD")
    withheld = sums["social_security_tax"] + sums["medicare_tax"]
    line_5e = line_5a + line_5c + line_5d
    line_6 = sums["federal_income_tax"] + line_5e
    line_7 = rounded(withheld - (line_5a + line_5c) / 2 - line_5d, "USD")
    return Form941(
        line_1=employees,
        line_2=sums["federal_wages"],
        line_3=sums["federal_income_tax"],
        line_5a=(social_security, line_5a),
        line_5b=(ZERO, ZERO),
        line_5c=(medicare, line_5c),
        line_5d=(additional, line_5d),
        line_5e=line_5e,
        line_6=line_6,
        line_7=line_7,
        line_10=line_6 + line_7,
        line_12=line_6 + line_7,
    )


ON_FORM_941 = (
    *("federal_wages", "federal_income_tax", "social_security_wages", "social_security_tax"),
    *("medicare_wages", "medicare_tax", "additional_medicare_wages"),
)


def _summed(payments: Iterable[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    sums = dict.fromkeys(ON_FORM_941, ZERO)
    for payment in payments:
        for name in ON_FORM_941:
            sums[name] += payment.get(name, ZERO)
    return sums

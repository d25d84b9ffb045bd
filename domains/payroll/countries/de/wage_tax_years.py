"""The figures of the German wage tax, by calendar year, as the programme flow of each year assigns them.

Amounts are in euros a year, rates are fractions of one. What is the same in every year that we know stands
once, as a constant; how the figures are used say the modules beside this one.

Source: Programmablaufplan für die maschinelle Berechnung der Lohnsteuer, Federal Ministry of Finance, in
the module MPARA unless another is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domains.payroll.countries.de.wage_tax_rounding import CENT, EURO
from domains.payroll.rules.statutory import UnknownYear
from foundation.values.money import ZERO

EMPLOYEE_LUMP_SUM = Decimal(1230)
"""What employees are taken to spend on their work (§ 9a Satz 1 Nr. 1 Buchstabe a EStG), in MZTABFB."""

PENSIONER_LUMP_SUM = Decimal(102)
"""The same for pensions of former employers (§ 9a Satz 1 Nr. 1 Buchstabe b EStG), in MZTABFB."""

SPECIAL_EXPENSES_LUMP_SUM = Decimal(36)
"""SAP in MZTABFB (§ 10c EStG)."""

SINGLE_PARENT_ALLOWANCE = Decimal(4260)
"""EFA in MZTABFB, of class 2 (§ 24b EStG)."""

SOLIDARITY_RATE = Decimal("0.055")
SOLIDARITY_RATE_ABOVE_FREE = Decimal("0.119")
"""Of what is above the free amount, at most (§ 4 SolzG), in MSOLZ."""

TOP_RATE = Decimal("0.42")
RICHEST_RATE = Decimal("0.45")
LOWEST_RATE_OF_FIVE_AND_SIX = Decimal("0.14")


@dataclass(frozen=True)
class ProgressiveZone:
    """Incomes from `from_income` on, in which each further euro is taxed higher than the one before."""

    from_income: Decimal
    steepness: Decimal
    first_rate: Decimal
    tax_before: Decimal

    def tax_on(self, income: Decimal) -> Decimal:
        """The tax of an income, not rounded; the incomes that are asked for have no more than cents."""
        ten_thousands = (income - self.from_income + 1) / 10_000
        return (self.steepness * ten_thousands + self.first_rate) * ten_thousands + self.tax_before


@dataclass(frozen=True)
class ProportionalZone:
    """Incomes from `from_income` on, in which each further euro is taxed alike."""

    from_income: Decimal
    rate: Decimal
    less: Decimal

    def tax_on(self, income: Decimal) -> Decimal:
        """The tax of an income, not rounded."""
        return self.rate * income - self.less


@dataclass(frozen=True)
class ContributionsCounted:
    """What employees pay to social insurance, as far as the wage tax looks at it.

    The ceilings are the yearly pay that counts, at most. The health rate is without the insurer's additional
    one, of which the employee pays half.
    """

    pension_ceiling: Decimal
    health_ceiling: Decimal
    pension: Decimal = Decimal("0.093")
    health: Decimal = Decimal("0.07")
    care: Decimal = Decimal("0.018")
    care_in_saxony: Decimal = Decimal("0.023")
    care_surcharge: Decimal = Decimal("0.006")
    care_discount: Decimal = Decimal("0.0025")


@dataclass(frozen=True)
class MinimumOfPay:
    """Up to 2025: health and care insurance count with a part of pay at least, in UPEVP and MVSP.

    What an employer pays towards private insurance is taken to be a part of pay too: `employer_health` with
    half of the average additional rate, and the care rate.
    """

    share: Decimal
    limit: Decimal
    limit_of_class_three: Decimal
    employer_health: Decimal
    employer_care: Decimal
    employer_care_in_saxony: Decimal


@dataclass(frozen=True)
class UnemploymentWithinLimit:
    """From 2026: unemployment insurance counts as well, with health and care up to a limit, in MVSPHB."""

    rate: Decimal
    limit: Decimal


@dataclass(frozen=True)
class WageTaxLaw:
    """The wage tax of one calendar year.

    `zones` are in the order of their incomes; below the first nothing is due. `class_five_limits` are
    W1STKL5, W2STKL5 and W3STKL5. In UP5_6, incomes are cut to `unit_of_five_and_six`.
    """

    version: str
    zones: tuple[ProgressiveZone | ProportionalZone, ...]
    class_five_limits: tuple[Decimal, Decimal, Decimal]
    unit_of_five_and_six: Decimal
    child_allowance: Decimal
    solidarity_free: Decimal
    contributions: ContributionsCounted
    insurance: MinimumOfPay | UnemploymentWithinLimit


LAWS: Mapping[int, WageTaxLaw] = {
    2025: WageTaxLaw(
        version="PAP 2025, 7 January 2025",
        zones=(
            ProgressiveZone(Decimal(12097), Decimal("932.30"), Decimal(1400), ZERO),
            ProgressiveZone(Decimal(17444), Decimal("176.64"), Decimal(2397), Decimal("1015.13")),
            ProportionalZone(Decimal(68481), TOP_RATE, Decimal("10911.92")),
            ProportionalZone(Decimal(277826), RICHEST_RATE, Decimal("19246.67")),
        ),
        class_five_limits=(Decimal(13785), Decimal(34240), Decimal(222260)),
        unit_of_five_and_six=CENT,
        child_allowance=Decimal(9600),
        solidarity_free=Decimal(19950),
        contributions=ContributionsCounted(pension_ceiling=Decimal(96600), health_ceiling=Decimal(66150)),
        insurance=MinimumOfPay(
            share=Decimal("0.12"),
            limit=Decimal(1900),
            limit_of_class_three=Decimal(3000),
            employer_health=Decimal("0.0825"),
            employer_care=Decimal("0.018"),
            employer_care_in_saxony=Decimal("0.013"),
        ),
    ),
    2026: WageTaxLaw(
        version="PAP 2026, 23 October 2025",
        zones=(
            ProgressiveZone(Decimal(12349), Decimal("914.51"), Decimal(1400), ZERO),
            ProgressiveZone(Decimal(17800), Decimal("173.1"), Decimal(2397), Decimal("1034.87")),
            ProportionalZone(Decimal(69879), TOP_RATE, Decimal("11135.63")),
            ProportionalZone(Decimal(277826), RICHEST_RATE, Decimal("19470.38")),
        ),
        class_five_limits=(Decimal(14071), Decimal(34939), Decimal(222260)),
        unit_of_five_and_six=EURO,
        child_allowance=Decimal(9756),
        solidarity_free=Decimal(20350),
        contributions=ContributionsCounted(pension_ceiling=Decimal(101400), health_ceiling=Decimal(69750)),
        insurance=UnemploymentWithinLimit(rate=Decimal("0.013"), limit=Decimal(1900)),
    ),
}
"""Child allowances: § 32 Abs. 6 EStG, in MZTABFB; tariffs: § 32a Abs. 1 EStG, in UPTAB25 and UPTAB26."""


def law_on(day: date) -> WageTaxLaw:
    """The law of the calendar year in which a day lies.

    Refuses: UnknownYear.
    """
    if day.year not in LAWS:
        known = ", ".join(map(str, sorted(LAWS)))
        raise UnknownYear(
            f"the German wage tax of {day.year} is not known; known are: {known}",
            errors=[("on", f"give a day in one of {known}")],
        )
    return LAWS[day.year]


def relief_share(first_year: int) -> Decimal:
    """The part of pensions, and of pay in old age, that is not taxed, by the year in which that began.

    40 % up to 2005, each later year 1.6 points less up to 2020, then 0.8 up to 2022, then 0.4, and nothing
    from 2058. TAB1 and TAB4 of the flow (§ 19 Abs. 2, § 24a EStG).
    """
    if first_year <= 2020:
        return Decimal("0.4") - Decimal("0.016") * max(first_year - 2005, 0)
    if first_year <= 2022:
        return Decimal("0.16") - Decimal("0.008") * (first_year - 2020)
    return max(Decimal("0.144") - Decimal("0.004") * (first_year - 2022), ZERO)


PENSION_ALLOWANCE_PER_SHARE = Decimal(7500)
PENSION_SUPPLEMENT_PER_SHARE = Decimal(2250)
AGE_RELIEF_PER_SHARE = Decimal(4750)
"""The highest amounts a year, for a share of one: TAB2, TAB3 and TAB5 are these times the share."""

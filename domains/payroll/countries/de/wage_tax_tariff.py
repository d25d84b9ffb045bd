"""The German income tax tariff as wage tax uses it: by class, for a taxable income of one year."""

from decimal import ROUND_DOWN, Decimal

from domains.payroll.countries.de.wage_tax_inputs import WageTaxClass
from domains.payroll.countries.de.wage_tax_rounding import euros_down
from domains.payroll.countries.de.wage_tax_years import (
    LOWEST_RATE_OF_FIVE_AND_SIX,
    RICHEST_RATE,
    TOP_RATE,
    WageTaxLaw,
)
from foundation.values.money import ZERO


def splitting(wage_tax_class: int) -> int:
    """By how many an income is divided for the tariff, and its tax multiplied again (KZTAB): 2 in class 3."""
    return 2 if wage_tax_class == WageTaxClass.HIGHER_EARNER else 1


def tax_of_class(taxable_income: Decimal, wage_tax_class: int, law: WageTaxLaw) -> Decimal:
    """The tax of a year in whole euros, before any factor. UPMLST.

    The income, of a couple in class 3 half of it, is cut to whole euros; below one euro nothing is due.
    """
    divisor = splitting(wage_tax_class)
    income = euros_down(taxable_income / divisor) if taxable_income >= 1 else ZERO
    if wage_tax_class < WageTaxClass.LOWER_EARNER:
        return basic_tax(income, law) * divisor
    return tax_of_five_and_six(income, law)


def basic_tax(income: Decimal, law: WageTaxLaw) -> Decimal:
    """The tariff of § 32a Abs. 1 EStG, cut to whole euros; nothing below the first zone. UPTAB25, UPTAB26."""
    for zone in reversed(law.zones):
        if income >= zone.from_income:
            return euros_down(zone.tax_on(income))
    return ZERO


def tax_of_five_and_six(income: Decimal, law: WageTaxLaw) -> Decimal:
    """The tariff of the classes 5 and 6, which have no basic allowance (§ 39b Abs. 2 Satz 7 EStG). MST5_6.

    Up to the first limit the difference of two incomes decides; above it each further euro is taxed with 42 %
    at most, above the second with 42 % and above the third with 45 %. Each sum is cut to whole euros.
    """
    first, second, third = law.class_five_limits
    if income > third:
        tax_at_third = euros_down(_by_difference(second, law) + (third - second) * TOP_RATE)
        return euros_down(tax_at_third + (income - third) * RICHEST_RATE)
    if income > second:
        return euros_down(_by_difference(second, law) + (income - second) * TOP_RATE)
    if income > first:
        at_most = euros_down(_by_difference(first, law) + (income - first) * TOP_RATE)
        return min(at_most, _by_difference(income, law))
    return _by_difference(income, law)


def _by_difference(income: Decimal, law: WageTaxLaw) -> Decimal:
    """Twice the difference of the tax on 1.25 and 0.75 of the income, and 14 % of it at least. UP5_6.

    Both incomes are cut to cents in 2025, and to whole euros in 2026.
    """
    unit = law.unit_of_five_and_six
    higher = (income * Decimal("1.25")).quantize(unit, ROUND_DOWN)
    lower = (income * Decimal("0.75")).quantize(unit, ROUND_DOWN)
    difference = (basic_tax(higher, law) - basic_tax(lower, law)) * 2
    return max(difference, euros_down(income * LOWEST_RATE_OF_FIVE_AND_SIX))

"""What the wage tax leaves untaxed for social insurance: Vorsorgepauschale, § 39b Abs. 2 Satz 5 EStG."""

from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.de.wage_tax_inputs import InsuredFor, WageTaxClass
from domains.payroll.countries.de.wage_tax_rounding import cents_down, euros_up
from domains.payroll.countries.de.wage_tax_years import (
    ContributionsCounted,
    MinimumOfPay,
    UnemploymentWithinLimit,
    WageTaxLaw,
)
from foundation.values.money import ZERO

MONTHS = 12


@dataclass(frozen=True)
class InsuranceAllowance:
    """The allowance of a year in whole euros (VSP), and what of it is taken to be private insurance (VKV)."""

    amount: Decimal
    private: Decimal = ZERO


def insurance_allowance(
    pay: Decimal, wage_tax_class: int, insured: InsuredFor, law: WageTaxLaw
) -> InsuranceAllowance:
    """The allowance for a year's insured pay (ZRE4VP). UPEVP.

    Pension, health and care insurance count as they are, or by the comparison of the year if that is more.
    Each part is cut to cents, and their sum rounded up to whole euros.
    """
    pension = _pension_part(pay, insured, law.contributions)
    match law.insurance:
        case MinimumOfPay() as minimum:
            health = _health_part_2025(pay, wage_tax_class, insured, law.contributions, minimum)
            compared = _minimum_of_pay(pay, wage_tax_class, minimum)
            private = max(compared, health) if insured.private else ZERO
            return InsuranceAllowance(euros_up(pension + max(health, compared)), private)
        case UnemploymentWithinLimit() as unemployment:
            health = _health_part_2026(pay, wage_tax_class, insured, law.contributions)
            if not insured.has_unemployment_insurance or wage_tax_class == WageTaxClass.SECOND_JOB:
                return InsuranceAllowance(euros_up(pension + health))
            compared = _within_limit(pay, health, law.contributions, unemployment)
            return InsuranceAllowance(euros_up(pension + max(health, compared)))


def _pension_part(pay: Decimal, insured: InsuredFor, rates: ContributionsCounted) -> Decimal:
    """VSP1 in 2025, VSPR in 2026."""
    if not insured.has_pension_insurance:
        return ZERO
    return cents_down(min(pay, rates.pension_ceiling) * rates.pension)


def _minimum_of_pay(pay: Decimal, wage_tax_class: int, minimum: MinimumOfPay) -> Decimal:
    """Twelve per cent of pay, at most 1,900 euros, and 3,000 in class 3 (VSP2). UPEVP of 2025."""
    limit = minimum.limit_of_class_three if wage_tax_class == WageTaxClass.HIGHER_EARNER else minimum.limit
    return min(cents_down(pay * minimum.share), limit)


def _within_limit(
    pay: Decimal, health: Decimal, rates: ContributionsCounted, unemployment: UnemploymentWithinLimit
) -> Decimal:
    """Unemployment, health and care insurance together, at most 1,900 euros (VSPHB). MVSPHB."""
    contribution = cents_down(min(pay, rates.pension_ceiling) * unemployment.rate)
    return min(contribution + health, unemployment.limit)


def _health_part_2025(
    pay: Decimal, wage_tax_class: int, insured: InsuredFor, rates: ContributionsCounted, minimum: MinimumOfPay
) -> Decimal:
    """VSP3 of MVSP: private premiums, less what employers pay by law if there is a subsidy."""
    if insured.private is None:
        return _statutory_health(pay, insured, rates)
    if wage_tax_class == WageTaxClass.SECOND_JOB:
        return ZERO
    premiums = insured.private.premium * MONTHS
    if not insured.private.employer_subsidy:
        return premiums
    care = minimum.employer_care_in_saxony if insured.is_in_saxony else minimum.employer_care
    subsidy = min(pay, rates.health_ceiling) * (minimum.employer_health + care)
    return max(cents_down(premiums - subsidy), ZERO)


def _health_part_2026(
    pay: Decimal, wage_tax_class: int, insured: InsuredFor, rates: ContributionsCounted
) -> Decimal:
    """VSPKVPV of MVSPKVPV: private premiums, less what the employer really pays towards them."""
    if insured.private is None:
        return _statutory_health(pay, insured, rates)
    if wage_tax_class == WageTaxClass.SECOND_JOB:
        return ZERO
    return max((insured.private.premium - insured.private.employer_subsidy) * MONTHS, ZERO)


def _statutory_health(pay: Decimal, insured: InsuredFor, rates: ContributionsCounted) -> Decimal:
    """The employee's part of health and care insurance: KVSATZAN and PVSATZAN of MPARA."""
    health = rates.health + insured.additional_health_percent / 200
    care = rates.care_in_saxony if insured.is_in_saxony else rates.care
    if insured.has_care_surcharge:
        care += rates.care_surcharge
    else:
        care -= rates.care_discount * insured.care_discounts
    return cents_down(min(pay, rates.health_ceiling) * (health + care))

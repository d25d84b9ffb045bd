"""What the wage tax leaves untaxed of a year's pay beside social insurance: pensions, age, lump sums."""

from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.de.wage_tax_inputs import EmployerPension, WageTaxClass, WageTaxInputs
from domains.payroll.countries.de.wage_tax_rounding import cents_up, euros_down, euros_up
from domains.payroll.countries.de.wage_tax_years import (
    AGE_RELIEF_PER_SHARE,
    EMPLOYEE_LUMP_SUM,
    PENSION_ALLOWANCE_PER_SHARE,
    PENSION_SUPPLEMENT_PER_SHARE,
    PENSIONER_LUMP_SUM,
    SINGLE_PARENT_ALLOWANCE,
    SPECIAL_EXPENSES_LUMP_SUM,
    WageTaxLaw,
    relief_share,
)
from foundation.values.money import ZERO

MONTHS = 12


@dataclass(frozen=True)
class PayOfYear:
    """What somebody is paid in a year, as the flow has it before any allowance.

    Amounts are in euros: `pay` (ZRE4J) with `pension` in it (ZVBEZJ), `insured`, what counts for social
    insurance (ZRE4VP), the employee's own `allowance` (JLFREIB) and `addition` (JLHINZU). `pension_months`
    are those of the allowance for pensions (ZMVB), and `death_benefit` (VBEZBSO) raises it.
    """

    pay: Decimal
    pension: Decimal
    insured: Decimal
    allowance: Decimal
    addition: Decimal
    pension_months: int
    death_benefit: Decimal = ZERO


@dataclass(frozen=True)
class PensionAllowance:
    """What is untaxed of a pension: a part in euros and cents (FVB), and a supplement in euros (FVBZ)."""

    amount: Decimal = ZERO
    supplement: Decimal = ZERO


@dataclass(frozen=True)
class PayAfterAllowances:
    """A year's pay after its allowances (ZRE4), and the fixed amounts that come off as well (ZTABFB)."""

    pay: Decimal
    fixed: Decimal


def allowances(inputs: WageTaxInputs, year: PayOfYear) -> PayAfterAllowances:
    """What comes off a year's pay before social insurance; pay and pension are never below 0. MRE4ABZ."""
    pension = _pension_allowance(inputs.pension, year)
    pay = year.pay - pension.amount - _age_relief(inputs, year) - year.allowance + year.addition
    taxed_pay = max(pay, ZERO)
    taxed_pension = max(year.pension - pension.amount, ZERO)
    supplement = min(pension.supplement, euros_down(taxed_pension))
    fixed = _fixed(inputs.wage_tax_class, taxed_pay, taxed_pension, supplement)
    return PayAfterAllowances(taxed_pay, fixed)


def _pension_allowance(pension: EmployerPension | None, year: PayOfYear) -> PensionAllowance:
    """The allowance for pensions by the year in which they began (§ 19 Abs. 2 EStG). MRE4.

    Its base is the pension of the first full month for the months of the year, with extra payments. The part
    is rounded up to cents, the limits and the supplement up to euros.
    """
    if pension is None or not year.pension:
        return PensionAllowance()
    share = relief_share(pension.first_year)
    base = pension.first_month_amount * year.pension_months + pension.extra_payments
    highest = PENSION_ALLOWANCE_PER_SHARE * share
    highest_supplement = PENSION_SUPPLEMENT_PER_SHARE * share

    of_pension = min(cents_up(base * share), _of_months(highest, year), year.pension)
    amount = min(cents_up(of_pension + year.death_benefit * share), highest)
    supplement = min(
        euros_up(_of_months(highest_supplement, year) + year.death_benefit),
        euros_up(base + year.death_benefit - amount),
        highest_supplement,
    )
    return PensionAllowance(amount, supplement)


def _of_months(highest: Decimal, year: PayOfYear) -> Decimal:
    return euros_up(highest / MONTHS * year.pension_months)


def _age_relief(inputs: WageTaxInputs, year: PayOfYear) -> Decimal:
    """Relief for age, of pay that is no pension, rounded up to whole euros (§ 24a EStG). MRE4ALTE."""
    if inputs.age_relief_from is None or inputs.age_relief_from > inputs.on.year:
        return ZERO
    share = relief_share(inputs.age_relief_from)
    return min(euros_up((year.pay - year.pension) * share), AGE_RELIEF_PER_SHARE * share)


def _fixed(wage_tax_class: int, pay: Decimal, pension: Decimal, supplement: Decimal) -> Decimal:
    """Lump sums for work, pensions and special expenses, and the single parent's allowance. MZTABFB.

    A lump sum is never more than that for which it stands, begun euros counted. Class 6 has none of them.
    """
    if wage_tax_class == WageTaxClass.SECOND_JOB:
        return ZERO
    fixed = SPECIAL_EXPENSES_LUMP_SUM + supplement
    fixed += min(euros_up(pension - supplement), PENSIONER_LUMP_SUM)
    if pay > pension:
        fixed += min(euros_up(pay - pension), EMPLOYEE_LUMP_SUM)
    if wage_tax_class == WageTaxClass.SINGLE_PARENT:
        fixed += SINGLE_PARENT_ALLOWANCE
    return fixed


def child_allowance(inputs: WageTaxInputs, law: WageTaxLaw) -> Decimal:
    """What comes off for children from the base of solidarity surcharge and church tax, in euros. MZTABFB.

    A whole one in the classes 1 to 3, half a one in 4, none in 5 and 6 (KFB).
    """
    parts_of_half = {1: 2, 2: 2, 3: 2, 4: 1}.get(inputs.wage_tax_class, 0)
    return euros_down(inputs.child_allowances * law.child_allowance / 2 * parts_of_half)

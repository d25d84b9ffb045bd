"""German wage tax (Lohnsteuer) by the programme flow that the Federal Ministry of Finance prescribes.

`wage_tax` is all that is asked from elsewhere. Each function names the module of the flow that it stands for
(Programmablaufplan, PAP); § 39b Abs. 2 and 3 EStG are the law behind it. The figures by year stand in
`wage_tax_years`; church tax itself, a percentage of its base by federal state, is not computed here.
"""

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from domains.payroll.countries.de.wage_tax_allowances import PayOfYear, allowances, child_allowance
from domains.payroll.countries.de.wage_tax_checks import check
from domains.payroll.countries.de.wage_tax_inputs import TaxableOneOffPay, TaxOnYear, WageTax, WageTaxInputs
from domains.payroll.countries.de.wage_tax_insurance import insurance_allowance
from domains.payroll.countries.de.wage_tax_rounding import cents_down, euros_down
from domains.payroll.countries.de.wage_tax_tariff import splitting, tax_of_class
from domains.payroll.countries.de.wage_tax_years import (
    SOLIDARITY_RATE,
    SOLIDARITY_RATE_ABOVE_FREE,
    MinimumOfPay,
    WageTaxLaw,
    law_on,
)
from domains.payroll.messages.kinds import PayFrequency
from foundation.values.money import ZERO

ALL_MONTHS = 12


class PartOfYear(NamedTuple):
    """A period as a part of a year of 12 months, or of 360 days: `periods` of them are `years`."""

    periods: int
    years: int


PARTS_OF_YEAR = {
    PayFrequency.YEARLY: PartOfYear(1, 1),
    PayFrequency.MONTHLY: PartOfYear(12, 1),
    PayFrequency.WEEKLY: PartOfYear(360, 7),
    PayFrequency.DAILY: PartOfYear(360, 1),
}


def wage_tax(inputs: WageTaxInputs) -> WageTax:
    """What is withheld of one payment as wage tax and solidarity surcharge, and the base of church tax.

    Euros and cents, all of them cut to cents, tax on one-off pay to whole euros. The flow as a whole: MAIN.

    Refuses: UnknownYear, WageTaxRefused with each wrong field.
    """
    law = law_on(inputs.on)
    check(inputs)
    of_period = _tax_of_period(inputs, law)
    one_off = inputs.one_off
    if one_off is None or not (one_off.amount or one_off.untaxed_share_benefit):
        return of_period
    return _with_one_off(of_period, inputs, one_off, law)


def _tax_of_period(inputs: WageTaxInputs, law: WageTaxLaw) -> WageTax:
    """The tax of the period's pay: that of a year of such pay, divided. MBERECH, UPLSTLZZ, UPVKVLZZ, MSOLZ.

    Solidarity surcharge and church tax go by the tax that were due with the allowances for children.
    """
    period = PARTS_OF_YEAR[inputs.frequency]
    year = _tax_of_year(inputs, _pay_of_year(inputs, period), law)
    tax = _by_factor(year.tax, inputs)
    base = _by_factor(_tax_with_children(year, inputs, law), inputs) if inputs.child_allowances else tax
    return WageTax(
        law=law.version,
        wage_tax=_part_of(tax, period),
        solidarity_surcharge=_part_of(_solidarity_surcharge(base, inputs, law), period),
        church_tax_base=_part_of(base, period) if inputs.is_church_member else ZERO,
        private_insurance=_part_of(year.private_insurance, period) if _tells_private(law) else None,
        one_off_private_insurance=ZERO if _tells_private(law) else None,
        year=year,
    )


def _pay_of_year(inputs: WageTaxInputs, period: PartOfYear) -> PayOfYear:
    """The pay of the period, and what goes with it, as that of a year, cut to cents. MRE4JL."""
    pay = _year_of(inputs.gross, period)
    return PayOfYear(
        pay=pay,
        pension=_year_of(inputs.pension.amount, period) if inputs.pension else ZERO,
        insured=pay,
        allowance=_year_of(inputs.allowance, period),
        addition=_year_of(inputs.addition, period),
        pension_months=_months(inputs) if inputs.frequency == PayFrequency.YEARLY else ALL_MONTHS,
    )


def _months(inputs: WageTaxInputs) -> int:
    return inputs.pension.months if inputs.pension else 0


def _year_of(amount: Decimal, period: PartOfYear) -> Decimal:
    return cents_down(amount * period.periods / period.years)


def _part_of(yearly: Decimal, period: PartOfYear) -> Decimal:
    """The part of a yearly amount that falls on a period, cut to cents. UPANTEIL."""
    return cents_down(yearly * period.years / period.periods)


def _tax_of_year(inputs: WageTaxInputs, pay: PayOfYear, law: WageTaxLaw) -> TaxOnYear:
    """The tax of a year by class, before the factor, with the figures that led to it. MLSTJAHR, UPMLST."""
    left = allowances(inputs, pay)
    insurance = insurance_allowance(pay.insured, inputs.wage_tax_class, inputs.insured, law)
    income = left.pay - left.fixed - insurance.amount
    taxable_income = income if income >= 1 else ZERO
    return TaxOnYear(
        yearly_pay=pay.pay,
        pay_after_allowances=left.pay,
        fixed_allowances=left.fixed,
        insurance_allowance=insurance.amount,
        private_insurance=insurance.private,
        taxable_income=taxable_income,
        tax=tax_of_class(taxable_income, inputs.wage_tax_class, law),
    )


def _tax_with_children(year: TaxOnYear, inputs: WageTaxInputs, law: WageTaxLaw) -> Decimal:
    """The tax of the year if the allowances for children came off as well (§ 51a Abs. 2a EStG). MBERECH."""
    income = year.taxable_income - child_allowance(inputs, law)
    return tax_of_class(income, inputs.wage_tax_class, law)


def _by_factor(tax: Decimal, inputs: WageTaxInputs) -> Decimal:
    """The tax times the factor of a couple in class 4 (§ 39f EStG), cut to whole euros."""
    return tax if inputs.factor is None else euros_down(tax * inputs.factor)


def _tells_private(law: WageTaxLaw) -> bool:
    return isinstance(law.insurance, MinimumOfPay)


def _free_of_surcharge(inputs: WageTaxInputs, law: WageTaxLaw) -> Decimal:
    """The tax up to which there is no surcharge, doubled for a couple in class 3 (SOLZFREI)."""
    return law.solidarity_free * splitting(inputs.wage_tax_class)


def _solidarity_surcharge(base: Decimal, inputs: WageTaxInputs, law: WageTaxLaw) -> Decimal:
    """The surcharge of a year: 5.5 % of the tax, at most 11.9 % of what is above the free amount. MSOLZ."""
    above_free = max(base - _free_of_surcharge(inputs, law), ZERO)
    return min(cents_down(base * SOLIDARITY_RATE), cents_down(above_free * SOLIDARITY_RATE_ABOVE_FREE))


def _with_one_off(
    of_period: WageTax, inputs: WageTaxInputs, one_off: TaxableOneOffPay, law: WageTaxLaw
) -> WageTax:
    """The tax of one-off pay: what the year's tax is more with it than without, in whole euros. MSONST.

    That benefits from shares lower the tax, by what they add to social insurance, is taken off the period's.
    """
    pay_without = _pay_without(inputs, one_off)
    without = _tax_of_year(inputs, pay_without, law)
    with_it = _tax_of_year(inputs, _pay_with(pay_without, one_off), law)
    tax = _by_factor(with_it.tax - without.tax, inputs)
    tells = _tells_private(law)
    answer = replace(
        of_period,
        one_off_years=(without, with_it),
        one_off_private_insurance=with_it.private_insurance - without.private_insurance if tells else None,
    )
    if tax < 0:
        return _lowered_by(answer, tax) if one_off.untaxed_share_benefit else answer
    return replace(
        answer,
        one_off_wage_tax=tax,
        one_off_solidarity_surcharge=_surcharge_on_one_off(tax, with_it, inputs, law),
        one_off_church_tax_base=tax if inputs.is_church_member else ZERO,
    )


def _pay_without(inputs: WageTaxInputs, one_off: TaxableOneOffPay) -> PayOfYear:
    """The expected pay of the year without this one-off pay. MOSONST."""
    return PayOfYear(
        pay=one_off.expected_yearly_pay,
        pension=one_off.pension_in_yearly_pay,
        insured=one_off.expected_yearly_pay - one_off.compensation_in_yearly_pay,
        allowance=one_off.yearly_allowance,
        addition=one_off.yearly_addition,
        pension_months=_months(inputs) or ALL_MONTHS,
    )


def _pay_with(without: PayOfYear, one_off: TaxableOneOffPay) -> PayOfYear:
    """The expected pay of the year with this one-off pay; compensation is not insured. MRE4SONST."""
    return replace(
        without,
        pay=without.pay + one_off.amount,
        pension=without.pension + one_off.pension,
        insured=without.insured + one_off.amount + one_off.untaxed_share_benefit - one_off.compensation,
        death_benefit=one_off.death_benefit,
    )


def _lowered_by(of_period: WageTax, tax: Decimal) -> WageTax:
    """The period's tax, surcharge and church tax base, less a negative tax, but not below 0. STSMIN."""
    return replace(
        of_period,
        wage_tax=max(of_period.wage_tax + tax, ZERO),
        solidarity_surcharge=max(cents_down(of_period.solidarity_surcharge + tax * SOLIDARITY_RATE), ZERO),
        church_tax_base=max(of_period.church_tax_base + tax, ZERO),
    )


def _surcharge_on_one_off(
    tax: Decimal, with_it: TaxOnYear, inputs: WageTaxInputs, law: WageTaxLaw
) -> Decimal:
    """5.5 % of the tax of one-off pay, if the year's tax with it is above the free amount. MSOLZSTS."""
    base = _by_factor(_tax_with_children(with_it, inputs, law), inputs)
    return cents_down(tax * SOLIDARITY_RATE) if base > _free_of_surcharge(inputs, law) else ZERO

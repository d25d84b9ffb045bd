"""Wage tax, solidarity surcharge and church tax of one payment: of regular pay, and of one-off pay.

Regular pay is taxed by the month, and by the day for who joins or leaves in it: the pay of a calendar day of
employment, cut to the cent, by the daily tax, times the days (R 39b.5 Abs. 2 LStR). A second payment of the
month is withheld what the month owes more by it. One-off pay is taxed by what the year's tax is more with
it (§ 39b Abs. 3 EStG).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.de.church_tax import church_tax
from domains.payroll.countries.de.contribution_bases import (
    WHOLE_MONTH,
    first_and_last,
    in_cents,
    insurance_days,
)
from domains.payroll.countries.de.contribution_rates import GermanState, rates_of
from domains.payroll.countries.de.contribution_shares import Steps
from domains.payroll.countries.de.details import of_day
from domains.payroll.countries.de.insured import (
    PensionGroup,
    UnemploymentGroup,
    care_discount,
    care_surcharge,
)
from domains.payroll.countries.de.insured_payment import insured_as, subsidy_of_whole_month
from domains.payroll.countries.de.payment import GermanPayment
from domains.payroll.countries.de.wage_tax import wage_tax
from domains.payroll.countries.de.wage_tax_inputs import (
    InsuredFor,
    PrivatePremiums,
    TaxableOneOffPay,
    WageTaxInputs,
)
from domains.payroll.countries.de.wage_tax_rounding import cents_down
from domains.payroll.countries.de.year_sums import (
    TAXABLE_ONE_OFF,
    TAXABLE_REGULAR,
    last_paid_month,
    month_sums,
)
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import Bearer, StatutoryLine
from foundation.values.money import ZERO

WAGE_TAX, SOLIDARITY, CHURCH = "wage_tax", "solidarity_surcharge", "church_tax"
OF_ONE_OFF = "_one_off"
"""What the codes of the same on one-off pay end with."""
TAX_OFFICE = "tax-office"


@dataclass(frozen=True)
class WithheldTax:
    """What is withheld of some pay, in euros, and the base of surcharge and church tax."""

    tax: Decimal = ZERO
    surcharge: Decimal = ZERO
    base: Decimal = ZERO
    church: Decimal = ZERO
    law: str = ""
    steps: Steps = ()


def tax_lines(payment: GermanPayment) -> tuple[StatutoryLine, ...]:
    """What is withheld for the tax office; what is 0 is left out. Nothing of a mini-job taxed flat."""
    if is_taxed_flat(payment):
        return ()
    return (*_lines_of_month(payment), *_lines_of_one_off(payment))


def is_taxed_flat(payment: GermanPayment) -> bool:
    """Whether the employer's flat tax of a mini-job stands in place of the tax by the card."""
    return payment.is_mini_job and payment.person.mini_job.is_taxed_flat


def _lines_of_month(payment: GermanPayment) -> Iterator[StatutoryLine]:
    after = _of_month(payment, payment.taxed)
    before = WithheldTax() if payment.is_first else _of_month(payment, payment.before.taxed)
    yield from _lines(payment, "", "Abs. 2", payment.earned.taxed.regular, after, before)


def _of_month(payment: GermanPayment, taxed: Decimal) -> WithheldTax:
    """What is withheld of the regular pay of the month; nothing after employment has ended."""
    days = payment.days_employed()
    if not days:
        return WithheldTax()
    card = payment.person.tax
    if payment.is_whole_month():
        inputs = _inputs(payment, taxed, card.allowance_of_month, card.addition_of_month)
        return _withheld(payment, inputs, 1, (("taxed pay of the month", taxed),))
    of_a_day = cents_down(taxed / days)
    allowance, addition = of_day(card.allowance_of_month), of_day(card.addition_of_month)
    inputs = _inputs(payment, of_a_day, allowance, addition, PayFrequency.DAILY)
    steps = (("taxed pay of the month", taxed), ("days of employment", Decimal(days)))
    return _withheld(payment, inputs, days, (*steps, ("pay of a day", of_a_day)))


def _inputs(
    payment: GermanPayment,
    gross: Decimal,
    allowance: Decimal,
    addition: Decimal,
    frequency: PayFrequency = PayFrequency.MONTHLY,
    one_off: TaxableOneOffPay | None = None,
) -> WageTaxInputs:
    card = payment.person.tax
    return WageTaxInputs(
        on=payment.month,
        frequency=frequency,
        wage_tax_class=card.wage_tax_class,
        gross=gross,
        factor=card.factor,
        child_allowances=card.child_allowances,
        is_church_member=True,  # It only asks for the base, of which the surcharge is explained as well.
        allowance=allowance,
        addition=addition,
        age_relief_from=payment.person.age_relief_from,
        insured=insured_for(payment),
        one_off=one_off,
    )


def insured_for(payment: GermanPayment) -> InsuredFor:
    """What the person is insured for, as the wage tax looks at it in the month."""
    person, rates = payment.person, rates_of(payment.year)
    if payment.is_mini_job:
        return InsuredFor(
            additional_health_percent=person.fund.additional_percent if person.fund else ZERO,
            has_pension_insurance=not person.mini_job.has_opted_out,
            has_unemployment_insurance=False,
        )
    insured, own = insured_as(person), person.own_insurance
    private = None
    if own is not None and not own.is_voluntary_member:
        private = PrivatePremiums(premium=own.basic_premium, employer_subsidy=subsidy_of_whole_month(payment))
    has_surcharge = bool(care_surcharge(insured, payment.month, rates))
    discounts = care_discount(insured, payment.month, rates) / rates.care_discount
    return InsuredFor(
        additional_health_percent=insured.additional_rate,
        private=private,
        has_care_surcharge=has_surcharge,
        care_discounts=0 if has_surcharge else int(discounts),
        is_in_saxony=person.state is GermanState.SAXONY,
        has_pension_insurance=person.pension_group is PensionGroup.FULL,
        has_unemployment_insurance=person.unemployment_group is UnemploymentGroup.FULL,
    )


def _withheld(payment: GermanPayment, inputs: WageTaxInputs, times: int, steps: Steps) -> WithheldTax:
    found = wage_tax(inputs)
    base = found.church_tax_base * times
    tax = found.wage_tax * times
    return WithheldTax(
        tax=tax,
        surcharge=found.solidarity_surcharge * times,
        base=base,
        church=_church(payment, base),
        law=found.law,
        steps=(*payment.earned.taxed.steps, *steps, *found.year.steps, ("tax of the month", tax)),
    )


def _church(payment: GermanPayment, base: Decimal) -> Decimal:
    person = payment.person
    return church_tax(base, person.state).amount if person.tax.is_church_member else ZERO


# One-off pay


def _lines_of_one_off(payment: GermanPayment) -> Iterator[StatutoryLine]:
    amount = payment.earned.taxed.one_off
    if not amount:
        return
    card = payment.person.tax
    expected = expected_yearly_pay(payment)
    one_off = TaxableOneOffPay(
        amount=amount,
        expected_yearly_pay=expected,
        yearly_allowance=card.yearly_allowance,
        yearly_addition=card.yearly_addition,
    )
    found = wage_tax(_inputs(payment, ZERO, ZERO, ZERO, one_off=one_off))
    assert found.one_off_years is not None, "there is one-off pay"
    without, with_it = found.one_off_years
    steps = (
        ("expected pay of the year without it", expected),
        ("taxable income without it", without.taxable_income),
        ("tax of the year without it", without.tax),
        ("one-off pay", amount),
        ("taxable income with it", with_it.taxable_income),
        ("tax of the year with it", with_it.tax),
    )
    base = found.one_off_church_tax_base
    withheld = WithheldTax(
        found.one_off_wage_tax,
        found.one_off_solidarity_surcharge,
        base,
        _church(payment, base),
        found.law,
        steps,
    )
    yield from _lines(payment, OF_ONE_OFF, "Abs. 3", amount, withheld, WithheldTax())


def expected_yearly_pay(payment: GermanPayment) -> Decimal:
    """What is expected to be paid in the year without this one-off pay: R 39b.6 Abs. 2 LStR.

    It is what was paid so far, earlier one-off pay and what earlier employers have paid with it, this
    month's regular pay, and the same by its days for the rest of the year, or of employment; with this month,
    when it is paid off-cycle and the regular pay is still to come.
    """
    sums, period, month = payment.this_year, payment.period, payment.month
    paid = sums.get(TAXABLE_REGULAR, ZERO) + sums.get(TAXABLE_ONE_OFF, ZERO) + payment.earned.taxed.regular
    days_left = sum(
        insurance_days(
            first,
            employed_from=period.employed_from or first_and_last(month)[0],
            employed_to=period.employed_to,
        )
        for first in (month.replace(month=number, day=1) for number in range(month.month + 1, 13))
    )
    if payment.is_before_regular:
        days_left += payment.days
    to_come = in_cents(_regular_a_month(payment) * days_left / WHOLE_MONTH)
    return paid + to_come + payment.person.tax.earned_earlier(payment.year)


def _regular_a_month(payment: GermanPayment) -> Decimal:
    """Regular pay of this month; if there is none yet, of the last that was paid, raised to a whole one."""
    if payment.taxed and payment.days:
        return payment.taxed * WHOLE_MONTH / payment.days
    for sums, before in ((payment.this_year, payment.month.month), (payment.last_year, 13)):
        number = last_paid_month(sums, before)
        if number is not None:
            month = month_sums(sums, number)
            return month.taxed * WHOLE_MONTH / month.days
    return ZERO


def _lines(
    payment: GermanPayment, ending: str, paragraph: str, pay: Decimal, after: WithheldTax, before: WithheldTax
) -> Iterator[StatutoryLine]:
    tax_base = (("tax of which it is taken, with allowances for children", after.base),)
    parts = (
        (WAGE_TAX, f"§ 39b {paragraph} EStG", pay, after.tax, before.tax, after.steps),
        (SOLIDARITY, "§§ 3, 4 SolzG", after.base - before.base, after.surcharge, before.surcharge, tax_base),
        (
            CHURCH,
            f"church tax act of {payment.person.state.value}",
            after.base - before.base,
            after.church,
            before.church,
            church_tax(after.base, payment.person.state).steps,
        ),
    )
    for code, law, base, now, was, steps in parts:
        if now != was:
            withheld_before = (("withheld in the month before", was),) if was else ()
            yield StatutoryLine(
                code=code + ending,
                bearer=Bearer.EMPLOYEE,
                authority=TAX_OFFICE,
                base=base,
                amount=now - was,
                rule=f"{law}, {after.law}",
                steps=(*steps, *withheld_before),
            )

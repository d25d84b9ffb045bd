"""Contributions, levies and the employer's subsidy of one payment: what the month owes more by it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from domains.payroll.countries.de.contribution_bases import WHOLE_MONTH, in_cents
from domains.payroll.countries.de.contribution_rates import rates_of
from domains.payroll.countries.de.contribution_shares import Contribution, difference
from domains.payroll.countries.de.contributions import InsuredMonth, bases_of, contributions
from domains.payroll.countries.de.details import GermanyDetails
from domains.payroll.countries.de.insured import Insured
from domains.payroll.countries.de.levies import LevyRates, levies
from domains.payroll.countries.de.mini_jobs import (
    MINI_JOB_CENTRE,
    MiniJobMonth,
    PayArea,
    mini_job_contributions,
    pay_area,
)
from domains.payroll.countries.de.one_off_pay import AttributedTo, InsuredYear, OneOffPay, one_off_pay
from domains.payroll.countries.de.payment import GermanPayment
from domains.payroll.countries.de.private_insurance import InsurancePremiums, Subsidy, subsidy
from domains.payroll.countries.de.year_sums import (
    HEALTH_BASE,
    INSURED_DAYS,
    MARCH_CLAUSE_HEALTH,
    MARCH_CLAUSE_PENSION,
    PENSION_BASE,
    MonthSums,
    insured_year,
    last_paid_month,
    month_sums,
)
from domains.payroll.rules.statutory import Bearer, StatutoryLine
from foundation.values.errors import BusinessError, Invalid
from foundation.values.money import ZERO


class LastMonthNotGiven(BusinessError):
    """One-off pay belongs to the last month of the year before, whose sums an opening balance must say."""


SUBSIDY_HEALTH, SUBSIDY_CARE = "subsidy_health", "subsidy_care"
SUBSIDY_AUTHORITY = "insurance-subsidy"
"""No authority has it: what the employer owes here, the employee is paid with the net. It adds up to 0."""


@dataclass(frozen=True)
class ContributionsOfPayment:
    """The lines of contributions, levies and subsidy, and what they add to the sums of the year."""

    lines: tuple[StatutoryLine, ...]
    month: MonthSums
    added: dict[str, Decimal]


def contributions_of(payment: GermanPayment) -> ContributionsOfPayment:
    """What is owed of contributions by a payment, and to be added. Refuses: Invalid, MoreThanAMiniJob."""
    if payment.is_mini_job:
        return _of_mini_job(payment)
    insured = insured_as(payment.person)
    more = _more_of_regular(payment, insured)
    one_off = _one_off(payment, insured, more)
    counts_now = one_off is not None and one_off.attributed_to is AttributedTo.THIS_YEAR
    health, pension = (one_off.health, one_off.pension) if one_off is not None else (ZERO, ZERO)
    this_year = (health, pension) if counts_now else (ZERO, ZERO)
    last_year = (ZERO, ZERO) if counts_now else (health, pension)
    month = _month_after(payment, *this_year)
    lines = (
        *_lines_of_month(payment, insured, month),
        *_lines_of_last_year(payment, insured, *last_year),
        *_subsidy_lines(payment, month),
    )
    added = {
        INSURED_DAYS: Decimal(more.days),
        HEALTH_BASE: more.health + this_year[0],
        PENSION_BASE: more.pension + this_year[1],
        MARCH_CLAUSE_HEALTH: last_year[0],
        MARCH_CLAUSE_PENSION: last_year[1],
    }
    return ContributionsOfPayment(lines, month, added)


def insured_as(person: GermanyDetails) -> Insured:
    """A person as social insurance sees them. Refuses: Invalid (fund)."""
    if person.fund is None:
        said = "name the health fund that the contributions go to: only a mini-job needs none"
        raise Invalid(said, errors=[("fund", said)])
    return Insured(
        born_on=person.born_on,
        health=person.health_group,
        pension=person.pension_group,
        unemployment=person.unemployment_group,
        care=person.care_group,
        fund=f"health-fund/{person.fund.code}",
        additional_rate=person.fund.additional_percent,
        state=person.state,
        in_east_berlin=person.in_east_berlin,
        is_parent=person.is_parent,
        children_born_on=person.children_born_on,
        has_sick_pay_claim=person.has_sick_pay_claim,
    )


def subsidy_of_whole_month(payment: GermanPayment) -> Decimal:
    """What the employer adds to private insurance in a whole month of such regular pay; 0 without it."""
    regular = payment.regular_of_whole_month
    added = _subsidy(payment, regular, WHOLE_MONTH)
    return added.health + added.care if added is not None and not payment.is_mini_job else ZERO


def _month_after(payment: GermanPayment, one_off_health: Decimal, one_off_pension: Decimal) -> MonthSums:
    before = payment.before
    return MonthSums(
        payments=before.payments + 1,
        taxed=payment.taxed,
        regular=payment.regular,
        days=Decimal(payment.days),
        one_off_health=before.one_off_health + one_off_health,
        one_off_pension=before.one_off_pension + one_off_pension,
        additional_percent=payment.person.fund.additional_percent if payment.person.fund else ZERO,
    )


# Contributions by both


def _more_of_regular(payment: GermanPayment, insured: Insured) -> InsuredYear:
    """What the payment adds to the year's days, and to the regular pay that counts."""
    after = _bases(payment, insured, payment.regular, payment.days)
    if payment.is_first:
        return after
    before = _bases(payment, insured, payment.before.regular, int(payment.before.days))
    return InsuredYear(after.days - before.days, after.health - before.health, after.pension - before.pension)


def _bases(payment: GermanPayment, insured: Insured, regular: Decimal, days: int) -> InsuredYear:
    """What of regular pay of so many days counts in health and in pension insurance."""
    is_midi_job = payment.area is PayArea.MIDI_JOB
    paid = InsuredMonth(payment.month, regular, days, is_midi_job=is_midi_job)
    bases = bases_of(insured, paid, rates_of(payment.year))
    return InsuredYear(days, bases.health.total, bases.pension.total)


def _one_off(payment: GermanPayment, insured: Insured, more: InsuredYear) -> OneOffPay | None:
    """What of one-off pay counts, and in which year; `more` is what regular pay has added before it."""
    amount = payment.earned.insured.one_off
    if not amount:
        return None
    so_far, last = insured_year(payment.this_year), insured_year(payment.last_year)
    sums = payment.this_year
    last = InsuredYear(
        last.days,
        last.health + sums.get(MARCH_CLAUSE_HEALTH, ZERO),
        last.pension + sums.get(MARCH_CLAUSE_PENSION, ZERO),
    )
    to_come = _still_to_come(payment, insured)
    return one_off_pay(
        amount,
        insured=insured,
        month=payment.month,
        this_year=InsuredYear(
            so_far.days + more.days,
            so_far.health + more.health + to_come.health,
            so_far.pension + more.pension + to_come.pension,
        ),
        last_year=last if last.days else None,
    )


def _still_to_come(payment: GermanPayment, insured: Insured) -> InsuredYear:
    """The month's regular pay, as that of the last month that was paid, when it comes after this payment: the
    limits of the year count it before one-off pay (§ 23a Abs. 3 SGB IV).
    """
    number = last_paid_month(payment.this_year, payment.month.month)
    if not payment.is_before_regular or number is None:
        return InsuredYear(0, ZERO, ZERO)
    last = month_sums(payment.this_year, number)
    return _bases(payment, insured, in_cents(last.regular * payment.days / last.days), payment.days)


def _lines_of_month(payment: GermanPayment, insured: Insured, month: MonthSums) -> Sequence[StatutoryLine]:
    is_midi_job = payment.area is PayArea.MIDI_JOB
    after = _all_due(payment.person, insured, month.insured(payment.month, is_midi_job=is_midi_job))
    paid_before = payment.before.insured(payment.month, is_midi_job=is_midi_job)
    before = () if payment.is_first else _all_due(payment.person, insured, paid_before)
    return _as_lines(difference(after, before), payment)


def _all_due(person: GermanyDetails, insured: Insured, paid: InsuredMonth) -> tuple[Contribution, ...]:
    return (
        *contributions(insured, paid),
        *levies(
            paid,
            _levy_rates(person),
            fund=insured.fund,
            state=insured.state,
            in_east_berlin=insured.in_east_berlin,
        ),
    )


def _levy_rates(person: GermanyDetails) -> LevyRates:
    rates = person.levies
    return LevyRates(rates.sick_pay, rates.maternity, rates.pays_insolvency_levy)


def _as_lines(due: Sequence[Contribution], payment: GermanPayment) -> tuple[StatutoryLine, ...]:
    """The lines of contributions, each with how its pay comes about where that is not plain."""
    steps = payment.earned.insured.steps
    return tuple(replace(line, steps=(*steps, *line.steps)) for one in due for line in one.lines())


def _lines_of_last_year(
    payment: GermanPayment, insured: Insured, health: Decimal, pension: Decimal
) -> Sequence[StatutoryLine]:
    """What the last month of the year before owes more by one-off pay that belongs to it: March clause.

    At that month's rates, also the fund's. Refuses: LastMonthNotGiven.
    """
    if not (health or pension):
        return ()
    month, before = _last_month(payment)
    after = replace(
        before,
        one_off_health=before.one_off_health + health,
        one_off_pension=before.one_off_pension + pension,
    )
    person, is_midi_job = payment.person, _was_midi_job(payment.person, month)
    then = replace(insured, additional_rate=before.additional_percent)
    due = difference(
        _all_due(person, then, after.insured(month, is_midi_job=is_midi_job)),
        _all_due(person, then, before.insured(month, is_midi_job=is_midi_job)),
    )
    rule = f"March clause, § 23a Abs. 4 SGB IV, {month:%m/%Y}: "
    return _as_lines([replace(one, rule=rule + one.rule) for one in due], payment)


def _last_month(payment: GermanPayment) -> tuple[date, MonthSums]:
    """The last month of the year before that was paid, with all that counts in it so far."""
    year, sums = payment.year - 1, payment.this_year
    number = last_paid_month(payment.last_year)
    if number is None:
        said = f"one-off pay belongs to the last month of {year}: enter its sums, such as month_12_regular"
        raise LastMonthNotGiven(said, errors=[("to_date.last_year", said)])
    was = month_sums(payment.last_year, number)
    month = replace(
        was,
        one_off_health=was.one_off_health + sums.get(MARCH_CLAUSE_HEALTH, ZERO),
        one_off_pension=was.one_off_pension + sums.get(MARCH_CLAUSE_PENSION, ZERO),
    )
    return date(year, number, 1), month


def _was_midi_job(person: GermanyDetails, month: date) -> bool:
    regularly = None if person.is_in_training else person.regular_monthly_pay
    return regularly is not None and pay_area(month, regularly) is PayArea.MIDI_JOB


# Mini-jobs


def _of_mini_job(payment: GermanPayment) -> ContributionsOfPayment:
    """Flat rates of all that is paid, also one-off pay, and the levies, to the Minijob-Zentrale."""
    one_off = payment.earned.insured.one_off
    month = _month_after(payment, one_off, one_off)
    after = _due_of_mini_job(payment, month)
    before = () if payment.is_first else _due_of_mini_job(payment, payment.before)
    return ContributionsOfPayment(_as_lines(difference(after, before), payment), month, {})


def _due_of_mini_job(payment: GermanPayment, month: MonthSums) -> tuple[Contribution, ...]:
    person = payment.person
    choices = person.mini_job
    paid = MiniJobMonth(
        month=payment.month,
        pay=month.regular + month.one_off_pension,
        days=int(month.days),
        has_opted_out=choices.has_opted_out,
        is_in_statutory_health=choices.is_in_statutory_health,
        is_taxed_flat=choices.is_taxed_flat,
        has_other_pension_base=choices.has_other_pension_base,
    )
    levied = levies(
        month.insured(payment.month, is_midi_job=False),
        _levy_rates(person),
        fund=MINI_JOB_CENTRE,
        state=person.state,
        in_east_berlin=person.in_east_berlin,
    )
    return (*mini_job_contributions(paid), *levied)


# The employer's subsidy


def _subsidy(payment: GermanPayment, pay: Decimal, days: int) -> Subsidy | None:
    own = payment.person.own_insurance
    if own is None:
        return None
    fund = payment.person.fund
    is_of_fund = own.is_voluntary_member and fund is not None
    premiums = InsurancePremiums(
        health=own.health_premium,
        care=own.care_premium,
        has_sick_pay_claim=own.has_sick_pay_claim,
        additional_rate=fund.additional_percent if fund is not None and is_of_fund else None,
    )
    return subsidy(premiums, payment.month, pay, state=payment.person.state, days=days)


def _subsidy_lines(payment: GermanPayment, month: MonthSums) -> Sequence[StatutoryLine]:
    """The employer owes it, and it is paid out with the net: two lines for each insurance, adding up to 0."""
    after = _subsidy(payment, month.regular + month.one_off_health, int(month.days))
    if after is None:
        return ()
    before = None if payment.is_first else payment.before
    was = _subsidy(payment, before.regular + before.one_off_health, int(before.days)) if before else None
    parts = (
        (SUBSIDY_HEALTH, "§ 257 SGB V", after.health, was.health if was else ZERO, after.health_steps),
        (SUBSIDY_CARE, "§ 61 SGB XI", after.care, was.care if was else ZERO, after.care_steps),
    )
    return tuple(
        StatutoryLine(
            code=code,
            bearer=bearer,
            authority=SUBSIDY_AUTHORITY,
            base=month.regular + month.one_off_health,
            amount=sign * (now - paid),
            rule=f"{law}, {payment.year}",
            steps=(*steps, ("subsidy of the month before", paid)) if paid else steps,
        )
        for code, law, now, paid, steps in parts
        for bearer, sign in ((Bearer.EMPLOYER, 1), (Bearer.EMPLOYEE, -1))
        if now != paid
    )

"""What the lines of a payment are to German law: regular or one-off pay, and what of it is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domains.payroll.countries.de.contribution_bases import share_of
from domains.payroll.countries.de.contribution_rates import rates_of
from domains.payroll.countries.de.contribution_shares import Steps
from domains.payroll.countries.de.details import GermanyDetails
from domains.payroll.countries.de.premiums import (
    Premium,
    PremiumKind,
    SplitPremium,
    split_premiums,
    wrong_with,
)
from domains.payroll.countries.de.wage_tax_inputs import WageTaxClass
from domains.payroll.rules.statutory import PayLine, UnknownTreatment
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO

REGULAR, ONE_OFF, TAX_FREE, DEFERRED = "regular", "one_off", "tax_free", "deferred"
FIELDS_OF_PREMIUMS = {"hours": "hours", "basic_wage": "rate", "paid": "amount"}
"""What a premium's fields are in its line."""
PREMIUMS = {f"premium_{kind.value}": kind for kind in PremiumKind}
TREATMENTS = {
    REGULAR: "Regular pay of the month, also a benefit in kind: wage tax by the month, all contributions.",
    ONE_OFF: "One-off pay such as a Christmas bonus: wage tax by the year's pay (§ 39b Abs. 3 EStG), "
    "contributions within the limits of the year so far (§ 23a SGB IV).",
    TAX_FREE: "What is free of tax and contributions, such as expenses repaid (§ 3 Nr. 50 EStG).",
    DEFERRED: "Negative: pay given up for a pension fund, a Pensionskasse or direct insurance (§ 3 Nr. 63 "
    "EStG). It lowers tax and contributions, each up to its limit of the year; what is beyond is pay.",
    **{
        name: f"A premium for work: {kind.value.replace('_', ' ')} (§ 3b EStG). What the law leaves free by "
        "its hours and their basic wage is free; the rest is regular pay."
        for name, kind in PREMIUMS.items()
    },
}
TAX_FREE_DEFERRAL = Decimal(8)
"""Per cent of the year's pension limit, of the west while there were two: § 3 Nr. 63 EStG."""
CONTRIBUTION_FREE_DEFERRAL = Decimal(4)
"""The same for contributions: § 1 Abs. 1 Satz 1 Nr. 9 SvEV."""


class MoreTakenThanPaid(BusinessError):
    """More of one kind of pay would be taken back, or deferred, than is paid of it."""


class DeferredPayNotNegative(BusinessError):
    """What is deferred is a negative amount, and no more of it comes back than was deferred this year."""


class DeferredInSecondJob(BusinessError):
    """Only a first employment may defer pay free of tax: not wage tax class 6."""


@dataclass(frozen=True)
class Pay:
    """Regular and one-off pay, and how they come about from the lines. Euros."""

    regular: Decimal
    one_off: Decimal
    steps: Steps = ()


@dataclass(frozen=True)
class Earned:
    """One payment as tax and as contributions see it, and what was deferred of it (0 or more)."""

    taxed: Pay
    insured: Pay
    deferred: Decimal


def earned(lines: Sequence[PayLine], person: GermanyDetails, year: int, deferred_before: Decimal) -> Earned:
    """What of a payment is taxed, and what is contributory, regular and one-off.

    `deferred_before` was deferred earlier in the year. What is deferred lowers regular pay first, then
    one-off pay. Refuses: UnknownTreatment, Invalid (premiums), MoreTakenThanPaid, DeferredPayNotNegative,
    DeferredInSecondJob.
    """
    _check_treatments(lines)
    premiums = _premiums(lines, person)
    deferred = -_sum_of(lines, DEFERRED)
    _check_deferred(deferred, deferred_before, person)
    free_of_tax = _free(deferred, deferred_before, TAX_FREE_DEFERRAL, year)
    free_of_contributions = _free(deferred, deferred_before, CONTRIBUTION_FREE_DEFERRAL, year)
    return Earned(
        taxed=_pay(lines, premiums, premiums.taxable, free_of_tax),
        insured=_pay(lines, premiums, premiums.contributory, free_of_contributions),
        deferred=deferred,
    )


def _pay(lines: Sequence[PayLine], premiums: SplitPremium, of_premiums: Decimal, free: Decimal) -> Pay:
    paid, one_off = _sum_of(lines, REGULAR), _sum_of(lines, ONE_OFF)
    if one_off < 0:
        raise _more_taken(f"one-off pay is {one_off}: take back no more than is paid; lower other pay else")
    of_regular = min(free, max(paid + of_premiums, ZERO))
    of_one_off = free - of_regular
    if of_one_off > one_off:
        raise _more_taken(f"{free} is deferred of a pay of {paid + of_premiums + one_off}: defer less")
    steps: Steps = ()
    if premiums.steps or free:
        steps = (
            ("regular pay", paid),
            *premiums.steps,
            ("of premiums not free", of_premiums),
            ("less deferred pay that is free", free),
        )
    return Pay(paid + of_premiums - of_regular, one_off - of_one_off, steps)


def _free(deferred: Decimal, before: Decimal, percent: Decimal, year: int) -> Decimal:
    """What of deferred pay is free, within what the year's limit still leaves."""
    limit = share_of(rates_of(year).pension_limit * 12, percent)
    return min(before + deferred, limit) - min(before, limit)


def _sum_of(lines: Sequence[PayLine], treatment: str) -> Decimal:
    return sum((line.amount for line in lines if line.treatment == treatment), ZERO)


def _check_treatments(lines: Sequence[PayLine]) -> None:
    wrong = Refusals()
    for number, line in enumerate(lines):
        if line.treatment not in TREATMENTS:
            known = ", ".join(TREATMENTS)
            wrong.add(
                f"lines.{number}.treatment", f"German law has no {line.treatment!r}: use one of {known}"
            )
    wrong.raise_if_any(UnknownTreatment)


def _premiums(lines: Sequence[PayLine], person: GermanyDetails) -> SplitPremium:
    """What of the premiums among the lines is free. Refuses: Invalid, naming each line's wrong fields."""
    wrong = Refusals()
    premiums: list[Premium] = []
    for number, line in enumerate(lines):
        kind = PREMIUMS.get(line.treatment)
        if kind is None:
            continue
        wage = line.rate if person.basic_hourly_wage is None else person.basic_hourly_wage
        if line.hours is None:
            wrong.add(f"lines.{number}.hours", "enter the hours that the premium is paid for")
        if wage is None:
            wrong.add(f"lines.{number}.rate", "enter the basic wage an hour here, or as basic_hourly_wage")
        if line.hours is not None and wage is not None:
            premium = Premium(kind, line.hours, wage, line.amount)
            for field, what in wrong_with(premium):
                wrong.add(f"lines.{number}.{FIELDS_OF_PREMIUMS[field]}", what)
            premiums.append(premium)
    wrong.raise_if_any()
    return split_premiums(premiums)


def _check_deferred(deferred: Decimal, before: Decimal, person: GermanyDetails) -> None:
    if before + deferred < 0:
        said = (
            f"{DEFERRED} gives back {-deferred}, and {before} was deferred this year: enter what is taken "
            "off pay as a negative amount"
        )
        raise DeferredPayNotNegative(said, errors=[("lines", said)])
    if deferred > 0 and person.tax.wage_tax_class is WageTaxClass.SECOND_JOB:
        said = "class 6 is for a second employment, whose deferred pay is taxed: enter it as pay"
        raise DeferredInSecondJob(said, errors=[("tax.wage_tax_class", said)])


def _more_taken(said: str) -> MoreTakenThanPaid:
    return MoreTakenThanPaid(said, errors=[("lines", said)])

"""What a person should look at before a payslip is approved: exceptions by name, with the figures."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from pydantic import ValidationError

from domains.payroll.messages.kinds import ComponentSign
from domains.payroll.rules.gross_to_net import Payslip
from domains.payroll.rules.statutory import CountryPack
from foundation.values.money import HUNDRED, ZERO, rounded


class PayExceptionKind(StrEnum):
    """What is unusual about a payslip."""

    NEGATIVE_NET = "negative_net"
    MISSING_ACCOUNT = "missing_account"
    VARIANCE = "variance"
    BELOW_MINIMUM_WAGE = "below_minimum_wage"
    MISSING_STATUTORY_DETAILS = "missing_statutory_details"


@dataclass(frozen=True)
class PayException:
    """One thing that a person should look at, in words that say what to do, and its figures."""

    kind: PayExceptionKind
    says: str
    figures: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class PayChecks:
    """What payslips are held against."""

    variance_percent: Decimal | None = None
    """By how much gross or net may differ from the last run; exactly as much is not too much."""
    minimum_wage: Decimal | None = None
    """Money for an hour."""
    counts_for_minimum_wage: Collection[str] = ()
    """The components that the minimum wage is compared with."""


def missing_details(pack: CountryPack, details: Mapping[str, object]) -> tuple[PayException, ...]:
    """What the law must know of a person and is not told, or is told wrongly: one exception for each field.

    Asked before the payslip, which cannot be computed without.
    """
    try:
        pack.details.model_validate(details)
    except ValidationError as wrong:
        said = ((".".join(map(str, one["loc"])) or "details", one["msg"]) for one in wrong.errors())
        return tuple(
            PayException(
                PayExceptionKind.MISSING_STATUTORY_DETAILS, f"{where}: {why}; enter it for the person"
            )
            for where, why in said
        )
    return ()


def exceptions(
    payslip: Payslip, last: Payslip | None, checks: PayChecks, *, hours: Decimal | None = None
) -> tuple[PayException, ...]:
    """What is unusual about a payslip, in the order of the kinds. `hours` are those that the period is paid
    for; without them nothing is said of the minimum wage.
    """
    found = (
        _negative_net(payslip),
        _missing_account(payslip),
        *_variances(payslip, last, checks),
        _below_minimum_wage(payslip, checks, hours),
    )
    return tuple(one for one in found if one)


def _negative_net(payslip: Payslip) -> PayException | None:
    if payslip.net >= 0:
        return None
    says = (
        f"the net is {payslip.net} {payslip.currency}: nothing is paid, and it is owed on to the next payslip"
    )
    return PayException(PayExceptionKind.NEGATIVE_NET, says, {"net": payslip.net})


def _missing_account(payslip: Payslip) -> PayException | None:
    if not payslip.paid or payslip.accounts:
        return None
    says = f"no account is known for {payslip.paid} {payslip.currency}: enter one for the person"
    return PayException(PayExceptionKind.MISSING_ACCOUNT, says, {"paid": payslip.paid})


def _variances(payslip: Payslip, last: Payslip | None, checks: PayChecks) -> tuple[PayException, ...]:
    if last is None or checks.variance_percent is None:
        return ()
    pairs = (("gross", last.gross, payslip.gross), ("net", last.net, payslip.net))
    return tuple(
        PayException(
            PayExceptionKind.VARIANCE,
            f"{what} is {now} after {before}: more than {checks.variance_percent} % apart",
            {"before": before, "now": now},
        )
        for what, before, now in pairs
        if abs(now - before) * HUNDRED > checks.variance_percent * abs(before)
    )


def _below_minimum_wage(payslip: Payslip, checks: PayChecks, hours: Decimal | None) -> PayException | None:
    if checks.minimum_wage is None or not hours:
        return None
    earned = sum(
        (
            one.amount
            for one in payslip.amounts
            if one.code in checks.counts_for_minimum_wage
            and one.component.sign is ComponentSign.EARNING
            and one.earned_in is None
        ),
        ZERO,
    )
    if earned >= checks.minimum_wage * hours:
        return None
    an_hour = rounded(earned / hours, payslip.currency)
    least = checks.minimum_wage
    says = f"{earned} for {hours} hours is about {an_hour} an hour, below the minimum wage of {least}"
    figures = {"earned": earned, "hours": hours, "minimum": least}
    return PayException(PayExceptionKind.BELOW_MINIMUM_WAGE, says, figures)

"""What a person should look at before a payroll run is approved: exceptions by name, with the figures."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from domains.payroll.messages.exceptions import PayExceptionKind
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import PERIODS_A_YEAR
from foundation.values.money import HUNDRED, ZERO, rounded

WEEKS_A_YEAR = 52


class PayChecks(NamedTuple):
    """What payslips of a group are held against; None where it is not asked."""

    variance_percent: Decimal | None
    """By how much gross or net may differ from the last payslip; exactly as much is not too much."""
    minimum_wage: Decimal | None
    """Money for an hour."""


class TimePaid(NamedTuple):
    """What is paid for time, without what is late or paid once: amounts, and the hours they are for.

    `by_contract` is what does not say its hours, `by_hours` what does; `week_days` are the hours a week that
    are agreed, times the days of the period on which they are, less days without pay.
    """

    by_contract: Decimal = ZERO
    by_hours: Decimal = ZERO
    hours: Decimal = ZERO
    week_days: Decimal = ZERO
    days: int = 1
    """Of the period."""


class PayslipLooked(NamedTuple):
    """A payslip as it is looked at, beside the last of the same person and group, if there is one."""

    gross: Decimal
    net: Decimal
    currency: str
    held_because: str
    held_reason: str
    last_gross: Decimal | None
    last_net: Decimal | None
    paid: TimePaid


class PayException(NamedTuple):
    """One thing to look at, in words, and its figures."""

    kind: PayExceptionKind
    says: str
    figures: dict[str, Decimal]


def exceptions(payslip: PayslipLooked, checks: PayChecks, frequency: PayFrequency) -> list[PayException]:
    """What is unusual about a payslip, in the order of the kinds. Of one that is held only the reason is."""
    if payslip.held_because:
        says = (payslip.held_because, payslip.held_reason)
        return [PayException(PayExceptionKind.HELD, ": ".join(filter(None, says)), {})]
    if payslip.last_gross is None or payslip.last_net is None:
        first = PayException(PayExceptionKind.FIRST_PAYSLIP, "the first payslip of this group", {})
        return [first, *_below_minimum_wage(payslip, checks, frequency)]
    pairs = (
        ("gross", payslip.last_gross, payslip.gross),
        ("net", payslip.last_net, payslip.net),
    )
    found = [one for pair in pairs for one in _variance(*pair, checks)]
    return [*found, *_below_minimum_wage(payslip, checks, frequency)]


def _variance(what: str, before: Decimal, now: Decimal, checks: PayChecks) -> Iterator[PayException]:
    most = checks.variance_percent
    if most is not None and abs(now - before) * HUNDRED > most * abs(before):
        says = f"{what} is {now} after {before}: more than {most.normalize():f} % apart"
        yield PayException(PayExceptionKind.VARIANCE, says, {"before": before, "now": now})


def _below_minimum_wage(
    payslip: PayslipLooked, checks: PayChecks, frequency: PayFrequency
) -> Iterator[PayException]:
    """Hours of a month are 52 twelfths of those of a week, by the days on which they are agreed."""
    least, paid = checks.minimum_wage, payslip.paid
    if least is None:
        return
    hours, earned = paid.hours, paid.by_hours
    if paid.by_contract:
        hours += paid.week_days * WEEKS_A_YEAR / PERIODS_A_YEAR[frequency] / paid.days
        earned += paid.by_contract
    if hours > 0 and earned < least * hours:
        hours, an_hour = rounded(hours, payslip.currency), rounded(earned / hours, payslip.currency)
        says = f"{earned} for {hours} hours is {an_hour} an hour, below the minimum wage of {least}"
        figures = {"earned": earned, "hours": hours, "minimum": least}
        yield PayException(PayExceptionKind.BELOW_MINIMUM_WAGE, says, figures)

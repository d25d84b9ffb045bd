"""Payment terms: what is due when, and what may be taken off for paying early."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from domains.master_data.messages import Instalment, InstalmentKind, PutPaymentTerms
from foundation.values.money import ZERO, percent_of, rounded


@dataclass(frozen=True)
class InstalmentDue:
    """An amount and the day on which it is due."""

    due_on: date
    amount: Decimal


def instalments(
    total: Decimal,
    on: date,
    terms: PutPaymentTerms,
    currency: str,
    *,
    cash_rounding_step: Decimal | None = None,
) -> list[InstalmentDue]:
    """The instalments of a total invoiced on a day, in their order; they add up to the total.

    Each is rounded half-up to the currency's minor unit; what is left over by then is in the last one. None
    takes more than is left. With a `cash_rounding_step` (0.05 where there are no smaller coins) each is
    rounded to that, and the sum may differ.
    """
    due: list[InstalmentDue] = []
    remaining = total
    for position, instalment in enumerate(terms.instalments):
        amount = _amount(instalment, total=total, remaining=remaining, currency=currency)
        if position == len(terms.instalments) - 1 or abs(amount) > abs(remaining):
            amount = remaining
        remaining -= amount
        due.append(InstalmentDue(due_on(instalment, on), _to_cash(amount, cash_rounding_step)))
    return due


def _amount(instalment: Instalment, *, total: Decimal, remaining: Decimal, currency: str) -> Decimal:
    value = instalment.value or ZERO
    match instalment.kind:
        case InstalmentKind.PERCENT_OF_TOTAL:
            return rounded(percent_of(total, value), currency)
        case InstalmentKind.PERCENT_OF_REMAINING:
            return rounded(percent_of(remaining, value), currency)
        case InstalmentKind.FIXED:
            return rounded(value.copy_sign(total), currency)
        case InstalmentKind.REMAINDER:
            return remaining


def _to_cash(amount: Decimal, step: Decimal | None) -> Decimal:
    return amount if step is None else (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def due_on(instalment: Instalment, on: date) -> date:
    """The day an instalment is due: months later (the month's last day at most), then on a day of the month
    if one is given, then days later.

    A day of the month moves forward, within the month or into the next one.
    """
    due = months_later(on, instalment.months)
    if instalment.day_of_month is not None:
        due = _forward_to(due, instalment.day_of_month)
    return due + timedelta(days=instalment.days)


def months_later(on: date, months: int) -> date:
    """The same day some months later, or that month's last day when it has no such day."""
    month = on.month - 1 + months
    year, month = on.year + month // 12, month % 12 + 1
    return date(year, month, min(on.day, calendar.monthrange(year, month)[1]))


def _forward_to(due: date, day: int) -> date:
    if due.day > day:
        due = months_later(due.replace(day=1), 1)
    return due.replace(day=min(day, calendar.monthrange(due.year, due.month)[1]))


def discount_until(on: date, terms: PutPaymentTerms) -> date | None:
    """The last day on which the cash discount may be taken; None when there is none."""
    return on + timedelta(days=terms.discount_days) if terms.discount_percent else None

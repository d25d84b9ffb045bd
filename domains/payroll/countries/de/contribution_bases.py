"""For how many days, and up to which amount, pay is subject to social insurance contributions.

§ 1 Beitragsverfahrensverordnung (BVV): a whole month counts 30 days, whatever the calendar says; a month
in part counts its calendar days. Limits of a month in part are the monthly limit by 30, times the days.
Amounts are euros, rounded half-up to the cent once they are found.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from domains.payroll.countries.de.contribution_rates import OF_THE_EAST, ContributionRates, GermanState
from foundation.values.errors import Refusals
from foundation.values.money import rounded

CURRENCY = "EUR"
WHOLE_MONTH = 30
"""The days that a whole month counts: § 1 Abs. 1 BVV."""
CENT = Decimal("0.01")
MOST_MONEY = Decimal(10) ** 12
"""Nobody is paid more in euros, so that an amount above it is a slip of the pen."""


def in_cents(amount: Decimal) -> Decimal:
    """An amount of euros, half-up to the cent: § 1 Abs. 2 BVV."""
    return rounded(amount, CURRENCY)


def share_of(base: Decimal, percent: Decimal) -> Decimal:
    """A per cent of a base, half-up to the cent."""
    return in_cents(base * percent / 100)


@dataclass(frozen=True)
class DaysWithout:
    """A time for which no contributions are due, both days included, such as one with sickness benefit."""

    starts_on: date
    ends_on: date


def insurance_days(
    month: date,
    *,
    employed_from: date,
    employed_to: date | None = None,
    without: Sequence[DaysWithout] = (),
) -> int:
    """The days of a month that count for social insurance (SV-Tage), from 0 to 30.

    `month` is any day of it, `employed_to` the last day of employment. Which absences are free of
    contributions is for the caller to say: unpaid leave is so only after a month (§ 7 Abs. 3 SGB IV).
    Refuses: Invalid.
    """
    wrong = Refusals()
    if employed_to is not None and employed_to < employed_from:
        wrong.add("employed_to", f"{employed_to} is before {employed_from}: give the last day of employment")
    for number, one in enumerate(without):
        if one.ends_on < one.starts_on:
            wrong.add(f"without.{number}.ends_on", f"{one.ends_on} is before {one.starts_on}")
    wrong.raise_if_any()
    first, last = first_and_last(month)
    insured = [
        day
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1))
        if employed_from <= day <= (employed_to or day)
        and not any(one.starts_on <= day <= one.ends_on for one in without)
    ]
    whole = len(insured) == (last - first).days + 1
    return WHOLE_MONTH if whole else min(len(insured), WHOLE_MONTH)


def first_and_last(month: date) -> tuple[date, date]:
    """The first and the last day of the month that a day is in."""
    return month.replace(day=1), month.replace(day=monthrange(month.year, month.month)[1])


def limit_for(monthly_limit: Decimal, days: int) -> Decimal:
    """How much pay of so many days is subject to contributions.

    The monthly limit by 30, times the days, half-up to the cent. It is so for a month in part, and for
    the part of a year that one-off pay is held against (360 days a year).
    """
    return in_cents(monthly_limit * days / WHOLE_MONTH)


def pension_limit(rates: ContributionRates, state: GermanState, *, in_east_berlin: bool = False) -> Decimal:
    """The monthly limit of pension and unemployment insurance where somebody works."""
    is_east = state in OF_THE_EAST or (state is GermanState.BERLIN and in_east_berlin)
    return rates.pension_limit_east if is_east else rates.pension_limit


def check_amount(wrong: Refusals, field: str, amount: Decimal) -> None:
    """Note an amount that is negative, beyond all reason, or has parts of a cent."""
    if not amount.is_finite() or not 0 <= amount <= MOST_MONEY:
        wrong.add(field, f"{amount} is not an amount of pay from 0 on")
    elif amount != in_cents(amount):
        wrong.add(field, f"{amount} has parts of a cent: round it before")


def check_days(wrong: Refusals, field: str, days: int, most: int = WHOLE_MONTH) -> None:
    """Note days that no such time has."""
    if not 0 <= days <= most:
        wrong.add(field, f"{days} is not from 0 to {most}: a whole month counts {WHOLE_MONTH}")


def check_percent(wrong: Refusals, field: str, percent: Decimal, most: int) -> None:
    """Note a rate that no fund has."""
    if not percent.is_finite() or not 0 <= percent <= most:
        wrong.add(field, f"{percent} is not a rate from 0 to {most} per cent")

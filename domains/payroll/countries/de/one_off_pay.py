"""How much of one-off pay is subject to contributions, and in which year: § 23a SGB IV.

One-off pay, such as a Christmas bonus, is held against the limits of the year so far, not of the month
alone. What is paid from January to March and goes beyond that is attributed to the year before (the March
clause), in all branches, and held against the limits of that year. There is no choosing what is cheaper.
Amounts are euros.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domains.payroll.countries.de.contribution_bases import (
    CENT,
    check_amount,
    check_days,
    limit_for,
    pension_limit,
)
from domains.payroll.countries.de.contribution_rates import rates_of
from domains.payroll.countries.de.insured import HealthGroup, Insured
from foundation.values.errors import Refusals
from foundation.values.money import ZERO

DAYS_OF_A_YEAR = 360
LAST_MONTH_OF_THE_CLAUSE = 3


class AttributedTo(StrEnum):
    """The year that one-off pay belongs to, for contributions."""

    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"


@dataclass(frozen=True)
class InsuredYear:
    """What was subject to contributions in a calendar year, with this employer, before the one-off pay.

    `days` are the days that count (`insurance_days`), to the end of the month of payment, or of last
    year's last period. `health` is the pay subject to contributions in health and care insurance,
    `pension` in pension and unemployment insurance, each up to its limits; with the regular pay of the
    month, and earlier one-off pay.
    """

    days: int
    health: Decimal
    pension: Decimal


@dataclass(frozen=True)
class OneOffPay:
    """What of one-off pay is subject to contributions, and in which year.

    `health` holds for health and care, `pension` for pension and unemployment insurance. It is part of
    the month's pay, or of the last period's of the year before, whose rates then hold. `room_…` is what
    the limits of that year still left.
    """

    attributed_to: AttributedTo
    health: Decimal
    pension: Decimal
    room_in_health: Decimal
    room_in_pension: Decimal


def one_off_pay(
    amount: Decimal,
    *,
    insured: Insured,
    month: date,
    this_year: InsuredYear,
    last_year: InsuredYear | None = None,
) -> OneOffPay:
    """What of one-off pay, paid in a month, is subject to contributions, and in which year.

    `last_year` is none when there was no employment with this employer. With no day of this year, as when
    employment has ended before, what is paid to March belongs to last year, and later pay is free of
    contributions. A voluntary member's health and care insurance is at its limit already. Refuses:
    UnknownYear, Invalid.
    """
    _check(amount, this_year, last_year)
    attributed_to, year, of = AttributedTo.THIS_YEAR, month.year, this_year
    if last_year is not None and belongs_to_last_year(
        amount, insured=insured, month=month, this_year=this_year
    ):
        attributed_to, year, of = AttributedTo.LAST_YEAR, month.year - 1, last_year
    in_health, in_pension = _rooms(insured, year, of)
    return OneOffPay(
        attributed_to,
        ZERO if insured.health is HealthGroup.VOLUNTARY else min(amount, in_health),
        min(amount, in_pension),
        in_health,
        in_pension,
    )


def belongs_to_last_year(amount: Decimal, *, insured: Insured, month: date, this_year: InsuredYear) -> bool:
    """Whether the March clause would attribute it to the year before: § 23a Abs. 4 SGB IV.

    So it is when it is paid from January to March and is more than what the limit still leaves: that of
    health insurance for who must be insured there, that of pension insurance for all others. Refuses:
    UnknownYear.
    """
    if month.month > LAST_MONTH_OF_THE_CLAUSE:
        return False
    in_health, in_pension = _rooms(insured, month.year, this_year)
    must_be_insured = insured.health in {HealthGroup.GENERAL, HealthGroup.REDUCED}
    return amount > (in_health if must_be_insured else in_pension)


def _rooms(insured: Insured, year: int, so_far: InsuredYear) -> tuple[Decimal, Decimal]:
    rates = rates_of(year)
    for_pension = pension_limit(rates, insured.state, in_east_berlin=insured.in_east_berlin)
    return (
        room_within(rates.health_limit, days=so_far.days, so_far=so_far.health),
        room_within(for_pension, days=so_far.days, so_far=so_far.pension),
    )


def room_within(monthly_limit: Decimal, *, days: int, so_far: Decimal) -> Decimal:
    """What a limit still leaves: the annual limit's part for the days, less what counted so far.

    Never below 0. The part is the monthly limit by 30, times the days, half-up to the cent: § 23a Abs. 3
    Satz 2 SGB IV.
    """
    return max(limit_for(monthly_limit, days) - so_far, ZERO)


def _check(amount: Decimal, this_year: InsuredYear, last_year: InsuredYear | None) -> None:
    wrong = Refusals()
    check_amount(wrong, "amount", amount)
    if amount.is_finite() and 0 <= amount < CENT:
        wrong.add("amount", "there is no one-off pay: leave it out")
    for field, year in (("this_year", this_year), ("last_year", last_year)):
        if year is not None:
            check_days(wrong, f"{field}.days", year.days, DAYS_OF_A_YEAR)
            check_amount(wrong, f"{field}.health", year.health)
            check_amount(wrong, f"{field}.pension", year.pension)
    wrong.raise_if_any()

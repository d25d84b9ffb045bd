"""What is free of premiums for work at night, on Sundays and on holidays: § 3b EStG, § 1 SvEV.

A premium is free as far as it is not more than a per cent of the basic wage of the hours that were really
worked. For tax the basic wage counts up to 50 euros an hour, for contributions up to 25. Amounts are
euros, half-up to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domains.payroll.countries.de.contribution_bases import check_amount, share_of
from domains.payroll.countries.de.contribution_shares import Steps
from foundation.values.errors import FieldError, Refusals
from foundation.values.money import ZERO

MOST_WAGE_FOR_TAX = Decimal(50)
MOST_WAGE_FOR_CONTRIBUTIONS = Decimal(25)
MOST_HOURS = Decimal(744)
"""Those of a month with 31 days."""


class PremiumKind(StrEnum):
    """What a premium is paid for."""

    NIGHT = "night"
    """From 20:00 to 6:00: 25 per cent."""
    DEEP_NIGHT = "deep_night"
    """From 0:00 to 4:00, when work began before midnight: 40 per cent."""
    SUNDAY = "sunday"
    """50 per cent; on a holiday the holiday's rate holds in its place."""
    HOLIDAY = "holiday"
    """A legal holiday at the place of work, and 31 December from 14:00: 125 per cent."""
    HIGH_HOLIDAY = "high_holiday"
    """24 December from 14:00, 25 and 26 December, 1 May: 150 per cent."""


FREE_PERCENT = {
    PremiumKind.NIGHT: Decimal(25),
    PremiumKind.DEEP_NIGHT: Decimal(40),
    PremiumKind.SUNDAY: Decimal(50),
    PremiumKind.HOLIDAY: Decimal(125),
    PremiumKind.HIGH_HOLIDAY: Decimal(150),
}
"""Per cent of the basic wage, each for itself: night may be added to Sunday or holiday, those two not to
each other.
"""


@dataclass(frozen=True)
class Premium:
    """One premium: for which hours, at which basic wage (euros an hour), and how much was paid for them.

    Hours at night on a Sunday are two premiums with the same hours. That the premium is paid beside the
    basic wage, for hours that were worked, is for the caller to know.
    """

    kind: PremiumKind
    hours: Decimal
    basic_wage: Decimal
    paid: Decimal


@dataclass(frozen=True)
class SplitPremium:
    """What of premiums is free and what is not; each pair adds up to what was paid."""

    tax_free: Decimal
    taxable: Decimal
    contribution_free: Decimal
    contributory: Decimal
    steps: Steps = ()


def split_premium(premium: Premium) -> SplitPremium:
    """What of one premium is free of tax, and of contributions. Refuses: Invalid."""
    wrong = Refusals()
    _check(wrong, "", premium)
    wrong.raise_if_any()
    return _split(premium)


def split_premiums(premiums: Sequence[Premium]) -> SplitPremium:
    """What of several premiums is free, each held against its own limit. Refuses: Invalid."""
    wrong = Refusals()
    for number, one in enumerate(premiums):
        _check(wrong, f"premiums.{number}.", one)
    wrong.raise_if_any()
    parts = [_split(one) for one in premiums]
    return SplitPremium(
        sum((one.tax_free for one in parts), ZERO),
        sum((one.taxable for one in parts), ZERO),
        sum((one.contribution_free for one in parts), ZERO),
        sum((one.contributory for one in parts), ZERO),
        tuple(step for one in parts for step in one.steps),
    )


def wrong_with(premium: Premium) -> Sequence[FieldError]:
    """What of a premium cannot be so, by its fields."""
    wrong = Refusals()
    _check(wrong, "", premium)
    return wrong.errors


def _check(wrong: Refusals, place: str, premium: Premium) -> None:
    if not premium.hours.is_finite() or not 0 <= premium.hours <= MOST_HOURS:
        wrong.add(f"{place}hours", f"{premium.hours} is not from 0 to {MOST_HOURS}, the hours of a month")
    if not premium.basic_wage.is_finite() or premium.basic_wage < 0:
        wrong.add(f"{place}basic_wage", f"{premium.basic_wage} is not a wage an hour from 0 on")
    check_amount(wrong, f"{place}paid", premium.paid)


def _split(premium: Premium) -> SplitPremium:
    percent = FREE_PERCENT[premium.kind]
    tax_free = _free(premium, percent, MOST_WAGE_FOR_TAX)
    contribution_free = _free(premium, percent, MOST_WAGE_FOR_CONTRIBUTIONS)
    return SplitPremium(
        tax_free,
        premium.paid - tax_free,
        contribution_free,
        premium.paid - contribution_free,
        (
            ("hours", premium.hours),
            ("basic wage an hour", premium.basic_wage),
            ("free per cent", percent),
            ("paid", premium.paid),
            ("free of tax", tax_free),
            ("free of contributions", contribution_free),
        ),
    )


def _free(premium: Premium, percent: Decimal, most_wage: Decimal) -> Decimal:
    return min(premium.paid, share_of(premium.hours * min(premium.basic_wage, most_wage), percent))

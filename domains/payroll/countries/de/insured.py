"""Of whom social insurance contributions are taken, and what care insurance takes for children.

The four digits of the contribution groups (Beitragsgruppenschlüssel) say what is due in each branch. Who
has which is a matter of status, which a person decides and the health fund checks; it is not found out
here.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domains.payroll.countries.de.contribution_bases import check_percent, first_and_last
from domains.payroll.countries.de.contribution_rates import ContributionRates, GermanState
from foundation.values.errors import Refusals
from foundation.values.money import ZERO

CHILDLESS_FROM_AGE = 23
CHILD_COUNTS_UNTIL_AGE = 25
MOST_CHILDREN_COUNTED = 5
NO_SURCHARGE_BORN_BEFORE = date(1940, 1, 1)
HIGHEST_ADDITIONAL_RATE = 10
"""Per cent; no fund comes near it, so that one above is a slip of the pen."""


class HealthGroup(StrEnum):
    """The first digit: health insurance."""

    NONE = "0"
    """None by us: privately insured, working students, voluntary members who pay for themselves."""
    GENERAL = "1"
    REDUCED = "3"
    """Without a claim to sickness benefit, such as recipients of a full old-age pension."""
    VOLUNTARY = "9"
    """Above the limit of compulsory insurance and a member all the same, and we pay it all to the fund."""


class PensionGroup(StrEnum):
    """The second digit: pension insurance."""

    NONE = "0"
    FULL = "1"
    EMPLOYER = "3"
    """Only the employer's half, as for recipients of a full old-age pension after the regular age."""


class UnemploymentGroup(StrEnum):
    """The third digit: unemployment insurance."""

    NONE = "0"
    FULL = "1"
    EMPLOYER = "2"
    """Only the employer's half, from the month after the regular age of retirement on."""


class CareGroup(StrEnum):
    """The fourth digit: long-term care insurance."""

    NONE = "0"
    FULL = "1"


@dataclass(frozen=True)
class Insured:
    """What social insurance must know of an employee in a month.

    `additional_rate` is the fund's additional rate in per cent, `state` is where the employee works, and
    `in_east_berlin` matters for 2024 only. `is_parent` is so for life; a child whose birthday is given
    makes one. `has_sick_pay_claim` is read of voluntary members only: without it, the reduced rate holds.
    """

    born_on: date
    health: HealthGroup
    pension: PensionGroup
    unemployment: UnemploymentGroup
    care: CareGroup
    fund: str
    additional_rate: Decimal
    state: GermanState
    in_east_berlin: bool = False
    is_parent: bool = False
    children_born_on: tuple[date, ...] = ()
    has_sick_pay_claim: bool = True


def check_insured(insured: Insured, month: date) -> None:
    """Refuses: Invalid, naming each field of a person that cannot be so in the month."""
    wrong = Refusals()
    last = first_and_last(month)[1]
    if insured.born_on >= last:
        wrong.add("born_on", f"{insured.born_on} is not before {last}, the end of the month that is paid")
    for number, child in enumerate(insured.children_born_on):
        if child <= insured.born_on:
            wrong.add(f"children_born_on.{number}", f"{child} is not after the parent's, {insured.born_on}")
    if not insured.fund.strip():
        wrong.add("fund", "name the health fund that the contributions go to")
    check_percent(wrong, "additional_rate", insured.additional_rate, HIGHEST_ADDITIONAL_RATE)
    wrong.raise_if_any()


def care_surcharge(insured: Insured, month: date, rates: ContributionRates) -> Decimal:
    """The per cent that an employee without children pays more: 0.6, or 0.

    From the month after the one in which the 23rd year of life is completed (the day before the
    birthday), and not for who was born before 1940. Source: § 55 Abs. 3 Satz 1 to 3 SGB XI.
    """
    is_due = (
        not insured.is_parent
        and not _children_born(insured, month)
        and insured.born_on >= NO_SURCHARGE_BORN_BEFORE
        and _months(month) > _month_of_age(insured.born_on, CHILDLESS_FROM_AGE)
    )
    return rates.care_childless if is_due else ZERO


def care_discount(insured: Insured, month: date, rates: ContributionRates) -> Decimal:
    """The per cent that an employee with several children pays less.

    It is 0.25 for each from the second to the fifth. A child counts from the month of its birth to the
    one in which it completes its 25th year of life, which is the day before the birthday. Source: § 55
    Abs. 3 Satz 4 and 5 SGB XI.
    """
    counted = sum(
        _months(month) <= _month_of_age(child, CHILD_COUNTS_UNTIL_AGE)
        for child in _children_born(insured, month)
    )
    return rates.care_discount * max(min(counted, MOST_CHILDREN_COUNTED) - 1, 0)


def _children_born(insured: Insured, month: date) -> list[date]:
    last = first_and_last(month)[1]
    return [child for child in insured.children_born_on if child <= last]


def _months(day: date) -> int:
    """A day's month as a number that can be compared, across years."""
    return day.year * 12 + day.month - 1


def _month_of_age(born_on: date, age: int) -> int:
    """The month of the day before the birthday, on which a year of life is completed: § 188 Abs. 2 BGB."""
    birthday = _months(born_on) + 12 * age
    return birthday - 1 if born_on.day == 1 else birthday

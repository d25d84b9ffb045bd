"""For which days of illness the employer goes on paying: six weeks, § 3 EFZG.

Six weeks are 42 calendar days, work days or not. Who is ill with the same illness again has a new claim
to all of them only after six months without it, or twelve months after the first day that counted. An
illness that comes while another lasts, or on the day after, prolongs one absence and nothing more
(Federal Labour Court, 11 December 2019, 5 AZR 505/18). How much a day is worth is the engine's; that the
employee is not to blame, and a collective agreement that gives more, are for the caller to know.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from foundation.values.errors import Refusals

SIX_WEEKS = 42
WAITING_DAYS = 28
"""Four weeks of employment without a break come before the first claim: § 3 Abs. 3 EFZG."""
MONTHS_WITHOUT_IT = 6
MONTHS_SINCE_IT_BEGAN = 12
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sickness:
    """An absence for illness, both days included.

    `illness` is a word of the caller's by which absences of the same illness are known; the diagnosis is
    none of the employer's business. `began_at_work` says that the first day was worked in part: it is
    paid as work, and not counted.
    """

    starts_on: date
    ends_on: date
    illness: str
    began_at_work: bool = False


@dataclass(frozen=True)
class ContinuedPay:
    """Which days of an absence are paid: from and to, both included, or none.

    `used_before` were paid of the same claim before.
    """

    sickness: Sickness
    days: int
    paid_from: date | None
    paid_to: date | None
    used_before: int


@dataclass
class _Claim:
    """A claim to six weeks: when its first absence began, when its last ended, how many days were paid."""

    began_on: date
    ended_on: date
    used: int = 0


def continued_pay(absences: Sequence[Sickness], *, employed_from: date) -> tuple[ContinuedPay, ...]:
    """The days that are paid of each absence, by the day on which they begin.

    `absences` are all that count, those of the last twelve months and more. Refuses: Invalid.
    """
    _check(absences)
    claims: dict[str, _Claim] = {}
    case: _Claim | None = None
    paid: list[ContinuedPay] = []
    for absence in sorted(absences, key=lambda one: (one.starts_on, one.ends_on)):
        if case is None or absence.starts_on > case.ended_on + DAY:
            case = _Claim(absence.starts_on, absence.starts_on - DAY)
        paid.append(_paid(absence, claims, case, employed_from + WAITING_DAYS * DAY))
        case.ended_on = max(case.ended_on, absence.ends_on)
    return tuple(paid)


def _paid(
    absence: Sickness, claims: dict[str, _Claim], case: _Claim, paid_at_the_earliest: date
) -> ContinuedPay:
    """What is paid of one absence: no more than is left of its claim, and of the case that it is part of.

    An illness counts from the day on which it is the only one; within another it does not count.
    """
    alone_from = max(_first_counted(absence), case.ended_on + DAY)
    if alone_from > absence.ends_on:
        return ContinuedPay(absence, 0, None, None, 0)
    claim = _claim_of(absence, alone_from, claims)
    used_before = claim.used
    first = max(alone_from, paid_at_the_earliest)
    days = max(min((absence.ends_on - first).days + 1, SIX_WEEKS - max(claim.used, case.used)), 0)
    claim.used += days
    case.used += days
    claim.ended_on = max(claim.ended_on, absence.ends_on)
    if not days:
        return ContinuedPay(absence, 0, None, None, used_before)
    return ContinuedPay(absence, days, first, first + (days - 1) * DAY, used_before)


def _first_counted(absence: Sickness) -> date:
    return absence.starts_on + DAY if absence.began_at_work else absence.starts_on


def _claim_of(absence: Sickness, alone_from: date, claims: dict[str, _Claim]) -> _Claim:
    """The claim of an absence, its illness's last or a new one: § 3 Abs. 1 Satz 2 EFZG."""
    before = claims.get(absence.illness)
    if before is not None:
        goes_on = absence.starts_on <= before.ended_on + DAY
        long_without = absence.starts_on >= _months_after(before.ended_on + DAY, MONTHS_WITHOUT_IT)
        long_ago = absence.starts_on >= _months_after(before.began_on, MONTHS_SINCE_IT_BEGAN)
        if goes_on or not (long_without or long_ago):
            return before
    claims[absence.illness] = _Claim(alone_from, absence.starts_on - DAY)
    return claims[absence.illness]


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the month's last (§ 188 Abs. 3 BGB)."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _check(absences: Sequence[Sickness]) -> None:
    wrong = Refusals()
    for number, one in enumerate(absences):
        if one.ends_on < one.starts_on:
            wrong.add(f"absences.{number}.ends_on", f"{one.ends_on} is before {one.starts_on}")
        if not one.illness.strip():
            wrong.add(f"absences.{number}.illness", "say by a word which absences are of the same illness")
    wrong.raise_if_any()

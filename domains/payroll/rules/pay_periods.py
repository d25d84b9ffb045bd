"""How long a period is, by how often is paid."""

from calendar import monthrange
from datetime import date, timedelta

from domains.payroll.messages.kinds import PayFrequency

_DAYS = {PayFrequency.DAILY: 1, PayFrequency.WEEKLY: 7, PayFrequency.BIWEEKLY: 14}
_MONTHS = {PayFrequency.MONTHLY: 1, PayFrequency.YEARLY: 12}
_HALF = timedelta(days=15)
_A_DAY = timedelta(days=1)


def ends_of(starts_on: date, frequency: PayFrequency) -> tuple[date, ...]:
    """The days on which a whole period may end that begins on a day, in order.

    A month goes from any day to the one before the same day of the next month, or before its last day where
    it has no such day. Half a month is 15 days, or what is left of a month after 15 days.
    """
    if (days := _DAYS.get(frequency)) is not None:
        return (starts_on + timedelta(days=days - 1),)
    if (months := _MONTHS.get(frequency)) is not None:
        return (_months_later(starts_on, months) - _A_DAY,)
    ends = {starts_on + _HALF - _A_DAY, _months_later(starts_on - _HALF, 1) - _A_DAY}
    return tuple(sorted(ends))


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

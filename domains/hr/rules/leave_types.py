"""What a sort of leave may be."""

from datetime import date

from domains.hr.messages.leave import LeaveAccrual, PutLeaveType
from foundation.values.errors import BusinessError, Refusals

_NO_LEAP_YEAR = 2001


class LeaveTypeInUse(BusinessError):
    """What stands on a sort of leave would mean something else."""

    status = 409


def check_leave_type(put: PutLeaveType, known: PutLeaveType | None) -> None:
    """Refuses: Invalid, with every field that is wrong; LeaveTypeInUse."""
    refusals = Refusals()
    if put.accrual is LeaveAccrual.NONE:
        _check_nothing_counted(put, refusals)
    elif not put.steps or put.steps[0].after_years != 0:
        refusals.add("steps", "the first says the days of who has just begun: after_years 0")
    years = [step.after_years for step in put.steps]
    if years != sorted(set(years)):
        refusals.add("steps", "each follows on fewer years than the next")
    if put.carry_over_until and _day_of(_NO_LEAP_YEAR, put.carry_over_until) is None:
        refusals.add("carry_over_until", f"{put.carry_over_until} is no month and day of every year: 03-31")
    refusals.raise_if_any()
    if known is None:
        return
    fixed = ["may_be_negative", "is_paid"]
    if LeaveAccrual.NONE in (known.accrual, put.accrual):
        fixed.append("accrual")
    why = "stays as it was, since requests stand on it: make another type"
    if errors := [(name, why) for name in fixed if getattr(known, name) != getattr(put, name)]:
        raise LeaveTypeInUse(f"{errors[0][0]}: {why}", errors=errors)


def _check_nothing_counted(put: PutLeaveType, refusals: Refusals) -> None:
    for name in ("steps", "carry_over_most", "carry_over_until", "may_be_negative"):
        if getattr(put, name) not in ((), None, "", False):
            refusals.add(name, "is of leave that people are entitled to; nothing of this type is counted")


def last_day_of_carry_over(year: int, until: str) -> date | None:
    """The last day on which days of a year can be taken in the next; None when they stay."""
    return _day_of(year + 1, until) if until else None


def _day_of(year: int, month_and_day: str) -> date | None:
    try:
        return date.fromisoformat(f"{year}-{month_and_day}")
    except ValueError:
        return None

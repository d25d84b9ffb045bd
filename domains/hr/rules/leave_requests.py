"""Whether somebody may be away, and which of their working days that takes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid5

from domains.hr.messages import PutEmployee, Weekday
from domains.hr.messages.leave import LEAVE_APPROVER, LeaveAsked, LeaveStatus, PutLeaveType
from domains.master_data.rules.calendars import worked_days
from foundation.values.errors import BusinessError, Refusals

HALF, WHOLE = Decimal("0.5"), Decimal(1)
MOST_DAYS = 366
_ORDER = list(Weekday)
MAY_BECOME = {
    LeaveStatus.REQUESTED: {LeaveStatus.SUBMITTED, LeaveStatus.APPROVED, LeaveStatus.CANCELLED},
    LeaveStatus.SUBMITTED: {LeaveStatus.APPROVED, LeaveStatus.REJECTED, LeaveStatus.CANCELLED},
    LeaveStatus.APPROVED: {LeaveStatus.TAKEN_BACK},
}


class NotYourLeave(BusinessError):
    """Somebody asks for another person, and may only do so for themselves."""

    status = 403


class AwayAlready(BusinessError):
    """The person is away on some of these days by another request."""

    status = 409


class LeaveNotInThisStatus(BusinessError):
    """What is asked for does not go with how far the request has come."""

    status = 409


class DecidesAboutThemselves(BusinessError):
    """Nobody decides about their own leave."""

    status = 403


class AwayOn(NamedTuple):
    """A working day that is taken, or half of it."""

    day: date
    share: Decimal


@dataclass(frozen=True)
class LeaveContext:
    """What a request is held against."""

    employee: PutEmployee | None
    leave_type: PutLeaveType | None
    holidays: Collection[date]
    asked_by: str
    """Under which name somebody asks."""


def days_away(asked: LeaveAsked, known: LeaveContext, *, may_for_others: bool) -> tuple[AwayOn, ...]:
    """The working days that a request takes.

    Refuses: Invalid, with every field that is wrong, also when there is no working day among them;
    NotYourLeave.
    """
    refusals = Refusals()
    employee, leave_type = known.employee, known.leave_type
    check_asks_for(asked.employee_code, employee, known.asked_by, may_for_others=may_for_others)
    if employee is None:
        refusals.add("employee_code", f"there is no employee {asked.employee_code}")
    if leave_type is None:
        refusals.add("leave_type_code", f"there is no leave type {asked.leave_type_code}; create it first")
    elif leave_type.blocked:
        refusals.add("leave_type_code", f"{leave_type.code} is blocked")
    if asked.ends_on < asked.starts_on:
        refusals.add("ends_on", f"is before the first day, {asked.starts_on}")
    elif (asked.ends_on - asked.starts_on).days >= MOST_DAYS:
        refusals.add("ends_on", f"one request is for {MOST_DAYS} days at most")
    refusals.raise_if_any()
    assert employee is not None and leave_type is not None
    _check_employed(asked, employee, refusals)
    weekdays = {_ORDER.index(day) for day in employee.working_days}
    days = tuple(worked_days(asked.starts_on, asked.ends_on, known.holidays, weekdays))
    if not days:
        refusals.add("starts_on", f"{asked.employee_code} works on none of these days: nothing is taken")
    _check_halves(asked, leave_type, days, refusals)
    refusals.raise_if_any()
    return tuple(AwayOn(day, HALF if _is_half(asked, day) else WHOLE) for day in days)


def check_asks_for(
    employee_code: str, employee: PutEmployee | None, asked_by: str, *, may_for_others: bool
) -> None:
    """Refuses: NotYourLeave, whether there is such an employee or not."""
    if not may_for_others and (employee is None or employee.actor != asked_by):
        why = f"{asked_by} is not known as {employee_code}: ask for yourself, or have it entered for you"
        raise NotYourLeave(f"employee_code: {why}", errors=[("employee_code", why)])


def _check_employed(asked: LeaveAsked, employee: PutEmployee, refusals: Refusals) -> None:
    if asked.starts_on < employee.hired_on:
        refusals.add("starts_on", f"{employee.code} is employed from {employee.hired_on} on")
    if employee.left_on is not None and asked.ends_on > employee.left_on:
        refusals.add("ends_on", f"{employee.code} is employed until {employee.left_on}")


def _check_halves(
    asked: LeaveAsked, leave_type: PutLeaveType, days: Collection[date], refusals: Refusals
) -> None:
    for name, day in (("half_first_day", asked.starts_on), ("half_last_day", asked.ends_on)):
        if not getattr(asked, name):
            continue
        if not leave_type.is_paid:
            refusals.add(name, f"{leave_type.code} is not paid, and is taken by whole days")
        elif days and day not in days:
            refusals.add(name, f"{asked.employee_code} does not work on {day}")
    if asked.half_first_day and asked.half_last_day and asked.starts_on == asked.ends_on:
        refusals.add("half_last_day", "two halves of one day are the whole day: say neither")


def _is_half(asked: LeaveAsked, day: date) -> bool:
    return (asked.half_first_day and day == asked.starts_on) or (asked.half_last_day and day == asked.ends_on)


def check_not_away(asked: LeaveAsked, away: Collection[tuple[date, str]]) -> None:
    """`away` are days of these on which the person is away already, each with the number of the request.

    Refuses: AwayAlready.
    """
    for day, number in sorted(away):
        why = f"{asked.employee_code} is away on {day} by {number}: have that taken back first"
        raise AwayAlready(f"starts_on: {why}", errors=[("starts_on", why)])


def role_that_decides(manager: PutEmployee | None) -> str:
    """That of the manager, if they have one for it; else the one that decides for all."""
    return (manager.decides_as if manager is not None else "") or LEAVE_APPROVER


def check_decides(actor: str, on_behalf_of: str | None, person: str) -> None:
    """Refuses: DecidesAboutThemselves, also through somebody who stands in."""
    if person and person in (actor, on_behalf_of):
        raise DecidesAboutThemselves("it is about the leave of whoever decides: somebody else does")


def check_cancels(actor: str, requested_by: str, person: str, *, may_for_others: bool) -> None:
    """Refuses: NotYourLeave."""
    if not may_for_others and actor not in (requested_by, person):
        raise NotYourLeave("somebody else has asked for it: they cancel it, or who looks after leave does")


def advance(now: LeaveStatus, wanted: LeaveStatus, number: str) -> LeaveStatus:
    """Refuses: LeaveNotInThisStatus."""
    if wanted not in MAY_BECOME.get(now, ()):
        raise LeaveNotInThisStatus(f"{number} is {now}: it cannot become {wanted}")
    return wanted


def check_can_be_taken_back(now: LeaveStatus, number: str) -> None:
    """Refuses: LeaveNotInThisStatus, with what to do instead."""
    if now in (LeaveStatus.REQUESTED, LeaveStatus.SUBMITTED):
        raise LeaveNotInThisStatus(f"{number} is {now}: cancel it instead")
    if now is not LeaveStatus.APPROVED:
        raise LeaveNotInThisStatus(f"{number} is {now}: there is nothing to take back")


def id_of_giving_back(leave_id: UUID) -> UUID:
    """Of which the ids of what is given back of a request are made: it is given back once."""
    return uuid5(leave_id, "given back")

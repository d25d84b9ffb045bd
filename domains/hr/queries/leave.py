"""Leave as it is read: types, requests, movements and the balances that they come to."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Text, Uuid, any_, bindparam, or_, select

from domains.hr.messages.leave import LeaveMovementKind, LeaveMovementView, LeaveStatus, PutLeaveType
from domains.hr.rules.leave_balances import DaysMoved, Entitled
from domains.hr.tables import Employee
from domains.hr.tables.leave import (
    LeaveDay,
    LeaveEntitlement,
    LeaveMovement,
    LeaveRequestRow,
    LeaveType,
)
from foundation.database.connections import columns_for, rows_of
from foundation.database.lists import Listing, between, equal, named, only
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownQuantity


class LeaveTypeView(PutLeaveType):
    """A sort of leave, with the version that a change names."""

    version: int


class LeaveRequestView(Message):
    """Somebody wants to be away, and what became of it."""

    leave_id: UUID
    leave_number: str
    status: LeaveStatus
    employee_code: str
    leave_type_code: str
    starts_on: date
    ends_on: date
    half_first_day: bool
    half_last_day: bool
    days: ShownQuantity
    """Working days of the person, without holidays."""
    is_paid: bool
    note: str
    why_ended: str
    """Why it was rejected, cancelled or taken back."""
    requested_by: str
    requested_at: datetime


_TYPES = select(*columns_for(LeaveType, LeaveTypeView))
_TYPE = _TYPES.where(LeaveType.code == bindparam("code"))
_REQUESTS = select(
    *columns_for(
        LeaveRequestRow,
        LeaveRequestView,
        leave_id=LeaveRequestRow.id,
        leave_number=LeaveRequestRow.number,
    )
)
_REQUEST = _REQUESTS.where(LeaveRequestRow.id == bindparam("leave", type_=Uuid))
_LOCKED = (
    select(*rows_of(LeaveRequestRow).c)
    .where(LeaveRequestRow.id == bindparam("leave", type_=Uuid))
    .with_for_update()
)
_DAYS = (
    select(LeaveDay.day, LeaveDay.share)
    .where(LeaveDay.leave_id == bindparam("leave", type_=Uuid), LeaveDay.stands)
    .order_by(LeaveDay.day)
)
_AWAY = (
    select(LeaveDay.day, LeaveRequestRow.number)
    .join(LeaveRequestRow, LeaveRequestRow.id == LeaveDay.leave_id)
    .where(
        LeaveDay.employee_code == bindparam("employee"),
        LeaveDay.stands,
        LeaveDay.day == any_(bindparam("days", type_=ARRAY(Date))),
    )
)
_MOVEMENTS = (
    select(*columns_for(LeaveMovement, LeaveMovementView))
    .where(LeaveMovement.employee_code == bindparam("employee"))
    .order_by(LeaveMovement.leave_type_code, LeaveMovement.counts_on, LeaveMovement.written_at)
)
_ENTITLEMENTS = select(
    LeaveEntitlement.year, LeaveEntitlement.carry_over_most, LeaveEntitlement.carry_over_until
).where(
    LeaveEntitlement.employee_code == bindparam("employee"),
    LeaveEntitlement.leave_type_code == bindparam("leave_type"),
)
_ENTITLED = select(LeaveEntitlement.employee_code).where(
    LeaveEntitlement.leave_type_code == bindparam("leave_type"), LeaveEntitlement.year == bindparam("year")
)
_EMPLOYED = (
    select(Employee.code, Employee.hired_on, Employee.left_on)
    .where(
        Employee.hired_on <= bindparam("last", type_=Date),
        or_(Employee.left_on.is_(None), Employee.left_on >= bindparam("first", type_=Date)),
    )
    .order_by(Employee.code)
)
_OF_ACTOR = select(Employee.code).where(
    Employee.code == bindparam("employee"), Employee.actor == bindparam("actor", type_=Text)
)
LEAVE_TYPES = Listing(
    name="leave_types",
    about="Sorts of leave, by code.",
    view=LeaveTypeView,
    rows=_TYPES,
    filters=(only("only_in_use", LeaveType.blocked.is_(False), "Only those that are not blocked"),),
    sorts=named(LeaveType.code, LeaveType.name),
    order="code",
    unique=(LeaveType.code,),
)
LEAVE_REQUESTS = Listing(
    name="leave_requests",
    about="Who wants to be away, the latest first day first.",
    view=LeaveRequestView,
    rows=_REQUESTS,
    filters=(
        equal(LeaveRequestRow.employee_code, "employee"),
        equal(LeaveRequestRow.leave_type_code, "leave_type"),
        equal(LeaveRequestRow.status),
        *between(LeaveRequestRow.starts_on),
    ),
    sorts=named(LeaveRequestRow.starts_on, LeaveRequestRow.employee_code),
    order="-starts_on",
    unique=(LeaveRequestRow.id,),
)


async def leave_type(tx: Transaction, code: str) -> LeaveTypeView | None:
    """One of them."""
    row = (await tx.execute(_TYPE, {"code": code})).one_or_none()
    return None if row is None else LeaveTypeView.model_validate(row._asdict())


async def leave_request(tx: Transaction, leave_id: UUID) -> LeaveRequestView | None:
    """One of them."""
    row = (await tx.execute(_REQUEST, {"leave": leave_id})).one_or_none()
    return None if row is None else LeaveRequestView.model_validate(row._asdict())


async def locked_leave(tx: Transaction, leave_id: UUID) -> Row | None:
    """A request under its lock, if there is one."""
    return (await tx.execute(_LOCKED, {"leave": leave_id})).one_or_none()


async def days_of(tx: Transaction, leave_id: UUID) -> list[Row]:
    """The days that a request takes and that stand, each with its `share`."""
    return (await tx.execute(_DAYS, {"leave": leave_id})).all()


async def away_on(tx: Transaction, employee: str, days: Iterable[date]) -> list[tuple[date, str]]:
    """On which of these days somebody is away already, each with the number of the request."""
    rows = await tx.execute(_AWAY, {"employee": employee, "days": list(days)})
    return [(row.day, row.number) for row in rows]


async def movements(tx: Transaction, employee: str) -> list[LeaveMovementView]:
    """All of somebody, by type and day."""
    rows = await tx.execute(_MOVEMENTS, {"employee": employee})
    return [LeaveMovementView.model_validate(row._asdict()) for row in rows]


async def moved(tx: Transaction, employee: str) -> dict[str, list[DaysMoved]]:
    """The same as rules read them, by the code of the type."""
    found: dict[str, list[DaysMoved]] = {}
    for one in await movements(tx, employee):
        of_type = found.setdefault(one.leave_type_code, [])
        of_type.append(DaysMoved(one.counts_on, LeaveMovementKind(one.kind), one.year, one.days))
    return found


async def entitlements(tx: Transaction, employee: str, leave_type: str) -> list[Entitled]:
    """Of which years somebody has an entitlement to a type, and how it goes into the next."""
    rows = await tx.execute(_ENTITLEMENTS, {"employee": employee, "leave_type": leave_type})
    return [Entitled(**row._asdict()) for row in rows]


async def entitled_in(tx: Transaction, leave_type: str, year: int) -> set[str]:
    """Who has an entitlement to a type in a year."""
    return set(await tx.scalars(_ENTITLED, {"leave_type": leave_type, "year": year}))


async def employed_in(tx: Transaction, year: int) -> dict[str, Any]:
    """Who is employed on some day of a year, by personnel number: from when and until when."""
    asked = {"first": date(year, 1, 1), "last": date(year, 12, 31)}
    return {row.code: row for row in await tx.execute(_EMPLOYED, asked)}


async def is_of_actor(tx: Transaction, employee: str, actor: str) -> bool:
    """Whether an employee asks us under a name."""
    asked = {"employee": employee, "actor": actor}
    return bool(actor) and await tx.scalar(_OF_ACTOR, asked) is not None

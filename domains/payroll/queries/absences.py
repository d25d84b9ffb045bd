"""Absences without pay, and what is paid for their days."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Text, Uuid, any_, bindparam, select

from domains.payroll.messages.runs import PayslipStatus
from domains.payroll.rules.proration import Span
from domains.payroll.tables import Absence, PayslipRow
from foundation.database.connections import rows_of
from foundation.database.transaction import Transaction

_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_OF_PEOPLE = (
    select(Absence.employee_code, Absence.starts_on, Absence.ends_on)
    .where(
        Absence.employee_code == any_(bindparam("employees", type_=ARRAY(Text))),
        Absence.stands,
        Absence.starts_on <= _LAST,
    )
    .order_by(Absence.employee_code, Absence.starts_on, Absence.id)
)
_ONE = select(*rows_of(Absence).c).where(Absence.id == bindparam("absence", type_=Uuid)).with_for_update()
_PAID_FOR = (
    select(PayslipRow.number)
    .where(
        PayslipRow.employee_code == bindparam("employee"),
        PayslipRow.status == PayslipStatus.POSTED.value,
        PayslipRow.starts_on <= _LAST,
        PayslipRow.ends_on >= _FIRST,
    )
    .order_by(PayslipRow.starts_on, PayslipRow.number)
    .limit(1)
)


async def unpaid_days(tx: Transaction, employees: Iterable[str], until: date) -> dict[str, list[Span]]:
    """The days for which people are not paid and that begin until a day, by person and day."""
    asked = {"employees": sorted(set(employees)), "last": until}
    found: dict[str, list[Span]] = {}
    for row in await tx.execute(_OF_PEOPLE, asked):
        found.setdefault(row.employee_code, []).append(Span(row.starts_on, row.ends_on))
    return found


async def locked_absence(tx: Transaction, absence_id: UUID) -> Any | None:
    """An absence under its lock, if there is one."""
    return (await tx.execute(_ONE, {"absence": absence_id})).one_or_none()


async def payslip_of_days(tx: Transaction, employee: str, first: date, last: date) -> str | None:
    """The number of a posted payslip of somebody that is of some of these days, if there is one."""
    number: str | None = await tx.scalar(_PAID_FOR, {"employee": employee, "first": first, "last": last})
    return number

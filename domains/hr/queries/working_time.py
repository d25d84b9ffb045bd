"""Rules for working time as they are read, and on which days somebody cannot have worked."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ARRAY, Date, any_, bindparam, select

from domains.hr.messages.working_time import PutTimeRules
from domains.hr.tables.leave import LeaveDay, LeaveRequestRow
from domains.hr.tables.working_time import TimeRulesRecord
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, named
from foundation.database.transaction import Transaction
from foundation.values.money import ONE


class TimeRulesView(PutTimeRules):
    """How worked hours are classed, with the version that a change names."""

    version: int


_ROWS = select(*columns_for(TimeRulesRecord, TimeRulesView))
_ONE = _ROWS.where(TimeRulesRecord.code == bindparam("code"))
_AWAY = (
    select(LeaveDay.day, LeaveRequestRow.number)
    .join(LeaveRequestRow, LeaveRequestRow.id == LeaveDay.leave_id)
    .where(
        LeaveDay.employee_code == bindparam("employee"),
        LeaveDay.stands,
        LeaveDay.share == ONE,
        LeaveDay.day == any_(bindparam("days", type_=ARRAY(Date))),
    )
)
TIME_RULES = Listing(
    name="time_rules",
    about="How worked hours are classed, by code.",
    view=TimeRulesView,
    rows=_ROWS,
    filters=(),
    sorts=named(TimeRulesRecord.code, TimeRulesRecord.name),
    order="code",
    unique=(TimeRulesRecord.code,),
)


async def time_rules(tx: Transaction, code: str) -> TimeRulesView | None:
    """One of them."""
    row = (await tx.execute(_ONE, {"code": code})).one_or_none()
    return None if row is None else TimeRulesView.model_validate(row._asdict())


async def away_all_day(tx: Transaction, employee: str, days: Iterable[date]) -> dict[date, str]:
    """On which of these days somebody is on leave all day, each with the number of the request."""
    rows = await tx.execute(_AWAY, {"employee": employee, "days": list(days)})
    return {row.day: row.number for row in rows}

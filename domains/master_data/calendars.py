"""Holiday calendars, as everyone may read them."""

from datetime import date

from sqlalchemy import Date, bindparam, select, text

from domains.master_data.messages.calendars import PutHolidayCalendar
from domains.master_data.tables import HolidayCalendar
from foundation.database.connections import columns_for
from foundation.database.transaction import Transaction


class HolidayCalendarView(PutHolidayCalendar):
    """A holiday calendar as it stands, without the days of the one that it is based on."""

    version: int


_ONE = select(*columns_for(HolidayCalendar, HolidayCalendarView)).where(
    HolidayCalendar.code == bindparam("code")
)
_BASED_ON = select(HolidayCalendar.code, HolidayCalendar.based_on)
_HOLIDAYS = text(
    """
    WITH RECURSIVE wanted AS (
        SELECT c.code, c.based_on, c.days FROM master_data.holiday_calendar c WHERE c.code = :calendar
        UNION ALL
        SELECT c.code, c.based_on, c.days
        FROM master_data.holiday_calendar c JOIN wanted w ON c.code = w.based_on
    )
    SELECT DISTINCT d."on" FROM wanted w CROSS JOIN jsonb_to_recordset(w.days) AS d ("on" date)
    WHERE d."on" BETWEEN :first AND :last
    """
).bindparams(bindparam("first", type_=Date), bindparam("last", type_=Date))


async def holiday_calendar(tx: Transaction, code: str) -> HolidayCalendarView | None:
    """One of them."""
    row = (await tx.execute(_ONE, {"code": code})).one_or_none()
    return None if row is None else HolidayCalendarView.model_validate(row._asdict())


async def based_on(tx: Transaction) -> dict[str, str | None]:
    """All calendars, each with the one that it is based on."""
    return {row.code: row.based_on for row in await tx.execute(_BASED_ON)}


async def holidays(tx: Transaction, calendar: str | None, first: date, last: date) -> frozenset[date]:
    """The holidays of a calendar from one day to another, with those of all that it is based on; none
    without a calendar.
    """
    if calendar is None:
        return frozenset()
    asked = {"calendar": calendar, "first": first, "last": last}
    return frozenset(await tx.scalars(_HOLIDAYS, asked))

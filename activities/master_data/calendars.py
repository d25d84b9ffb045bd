"""Holiday calendars."""

from sqlalchemy import text

from domains.master_data import tables
from domains.master_data.calendars import based_on
from domains.master_data.messages import RecordPut
from domains.master_data.messages.calendars import HolidayCalendarChangedEvent, PutHolidayCalendar
from domains.master_data.rules.calendars import check_calendar
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Refusals

_ONE_AT_A_TIME = text("SELECT master_data.lock_calendars()")


@operation("master_data.put_holiday_calendar", event=HolidayCalendarChangedEvent)
async def put_holiday_calendar(tx: Transaction, put: PutHolidayCalendar) -> RecordPut:
    """Write the holidays of a place down. They count for what is reckoned from then on.

    Refuses: Invalid, with every field that is wrong, also when it would be based on itself by way of others;
    ExistsAlready, ChangedMeanwhile.
    """
    await tx.execute(_ONE_AT_A_TIME)
    refusals = Refusals()
    check_calendar(put, await based_on(tx), refusals)
    refusals.raise_if_any()
    days = [day.model_dump(mode="json") for day in put.days]
    created = await records.put(tx, tables.HolidayCalendar, put.model_dump() | {"days": days})
    return RecordPut(code=put.code, created=created)

"""The days that every report takes, under the same names: `from` and `to`, `as_of`, or `fiscal_year`."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from api.door import Asked
from api.lists import Conditions
from domains.ledger.queries import report_days
from domains.ledger.queries.report_days import ReportPeriod
from foundation.values.messages import Code

FiscalYear = Annotated[
    Code | None, Query(description="The code of a fiscal year: its days, and no others are named then")
]


async def _period(
    asked: Asked,
    first: Annotated[date | None, Query(alias="from", description="The first day")] = None,
    last: Annotated[date | None, Query(alias="to", description="The last day")] = None,
    fiscal_year: FiscalYear = None,
) -> ReportPeriod:
    async with asked.read() as tx:
        return await report_days.period(
            tx, first=first, last=last, fiscal_year=fiscal_year, today=asked.today
        )


async def _day(
    asked: Asked,
    as_of: Annotated[date | None, Query(description="At the end of this day; today when empty")] = None,
    fiscal_year: FiscalYear = None,
) -> date:
    async with asked.read() as tx:
        return await report_days.day(tx, as_of=as_of, fiscal_year=fiscal_year, today=asked.today)


async def known_day(
    asked: Asked, as_of: Annotated[date | None, Query(include_in_schema=False)] = None
) -> Conditions:
    """For a list that is of a day: the same days as reports. Refuses: NoFiscalYear."""
    async with asked.read() as tx:
        await report_days.day(tx, as_of=as_of, fiscal_year=None, today=asked.today)
    return ()


OfPeriod = Annotated[ReportPeriod, Depends(_period)]
"""From a day to a day; without them, the current fiscal year. Refuses: Invalid, NotFound, NoFiscalYear."""
AsOf = Annotated[date, Depends(_day)]
"""The end of a day, or of a fiscal year. Refuses: Invalid, NotFound."""

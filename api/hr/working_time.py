"""Rules by which worked hours are classed, and the hours of somebody by class."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query

from activities.hr.time_rules import put_time_rules
from api.door import Asked, AskedRequest, Router, allows
from api.records import Resource, router_for
from domains.hr.messages.working_time import ClassedHours
from domains.hr.queries import employee
from domains.hr.queries import working_time as queries
from domains.hr.queries.working_time import TimeRulesView
from domains.hr.rules.worked_spans import WorkContext, check_period, check_spans, spans_of
from domains.hr.rules.working_time import TimeRules, classed_hours, days_in
from domains.master_data.calendars import holidays
from domains.master_data.queries import company
from foundation.values.errors import NotFound, Refusals
from foundation.values.messages import Code


async def _rules(asked: AskedRequest, code: str) -> TimeRulesView | None:
    async with asked.read() as tx:
        return await queries.time_rules(tx, code)


router = router_for(
    Resource(
        path="time-rules",
        tag="Human resources",
        permission="hr.time_rules",
        put=put_time_rules,
        view=TimeRulesView,
        records=queries.TIME_RULES,
        read=_rules,
        example={
            "code": "WORKSHOP",
            "name": "Workshop",
            "versions": [
                {
                    "valid_from": "2026-01-01",
                    "most_minutes_a_day": 480,
                    "most_minutes_a_week": 2400,
                    "night_from": "20:00",
                    "night_to": "06:00",
                }
            ],
        },
    )
)
of_people = Router(prefix="/v1/employees/{employee_code}", tags=["Human resources"], notes_reads=True)
Worked = Annotated[
    tuple[str, ...],
    Query(
        description="When somebody worked without a break, such as `2026-03-02T08:00/2026-03-02T12:00`; by "
        "the company's clock where no offset from UTC is said. Also since the week began that `from` is in.",
    ),
]


@of_people.get("/classed-hours", dependencies=[allows("hr.worked_hours.see")])
async def hours_by_class(
    employee_code: str,
    asked: Asked,
    time_rules: Annotated[Code, Query(description="The rules by which hours are classed")],
    from_on: Annotated[date, Query(alias="from", description="The first day")],
    to_on: Annotated[date, Query(alias="to", description="The last day")],
    worked: Worked = (),
) -> ClassedHours:
    """What somebody's work comes to by class: ordinary hours, overtime of a day and of a week, night, Sundays
    and holidays. Nothing is kept of it.
    """
    refusals = Refusals()
    check_period(from_on, to_on, refusals)
    async with asked.read() as tx:
        person = await employee(tx, employee_code)
        if person is None:
            raise NotFound(f"there is no employee {employee_code}")
        put = await queries.time_rules(tx, time_rules)
        if put is None:
            refusals.add("time_rules", f"there are no rules {time_rules}; create them first")
        zone = ZoneInfo((await company(tx)).time_zone)
        spans = spans_of(worked, zone, refusals)
        refusals.raise_if_any()
        assert put is not None, "else it was refused"
        days = [day for span in spans for day in days_in(span, zone)]
        first, last = min(days, default=from_on), max(days, default=to_on)
        rules = TimeRules.of(put, zone, await holidays(tx, person.holiday_calendar_code, first, last))
        away = await queries.away_all_day(tx, employee_code, days)
    known = WorkContext(person, rules, from_on, to_on, away, datetime.now(UTC))
    check_spans(spans, known, refusals)
    refusals.raise_if_any()
    return classed_hours(employee_code, time_rules, from_on, to_on, spans, rules)

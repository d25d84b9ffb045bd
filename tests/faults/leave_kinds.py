"""Leave in a fault run: each story has people of its own, who report to nobody."""

import asyncio
import time
from typing import Any

from tests.builders.employees import PATH as EMPLOYEES
from tests.builders.employees import an_employee
from tests.builders.leave import ADJUSTMENTS, ANNUAL, CALENDARS, GERMANY, GRANTS, PATH, SICK, TYPES, UNPAID
from tests.builders.working_time import PATH as TIME_RULES
from tests.builders.working_time import WORKSHOP
from tests.faults.company_kinds import OwnCompany, at_work_for, close
from tests.faults.patience import PATIENCE_SECONDS
from tests.faults.payment_run_kinds import asked_of
from tests.faults.payroll_kinds import client_with
from tests.faults.registering import kind
from tests.faults.stories import Story


@kind(
    *("hr.take_up_leave", "hr.submit_leave", "hr.approve_leave", "hr.cancel_leave"),
    *("hr.find_leave_to_take_back", "hr.take_leave_back"),
    *("payroll.note_absence", "payroll.withdraw_absence"),
    at_the_door=(
        *("hr.put_leave_type", "hr.grant_leave", "hr.adjust_leave", "hr.request_leave"),
        *("master_data.put_holiday_calendar", "hr.put_time_rules"),
    ),
    documents=("leave request",),
)
async def people_away(story: Story) -> None:
    """Somebody gets thirty days and two more; takes one, which is approved; another is cancelled; a third,
    without pay, is approved and taken back; and is ill for a day.
    """
    own = at_work_for(story, f"AWAY-{story.number}")
    company = {"code": own.company, "name": "Away", "currency": "EUR", "country": "DE"}
    await own.ask("/v1/companies", company)
    await own.ask(CALENDARS, GERMANY)
    await own.ask(EMPLOYEES, an_employee("E-1", holiday_calendar_code="DE"))
    for leave_type in (ANNUAL, SICK, UNPAID):
        await own.ask(TYPES, leave_type)
    await own.ask(TIME_RULES, WORKSHOP)
    await own.ask(GRANTS, {"leave_type_code": "ANNUAL", "year": 2026})
    more = {"employee_code": "E-1", "leave_type_code": "ANNUAL", "year": 2026, "days": "2"}
    await own.ask(ADJUSTMENTS, more | {"counts_on": "2026-01-01", "reason": "brought along"})
    await approved(own, await asked_for(own, "2026-08-03", "ANNUAL"))
    await cancelled(own, await asked_for(own, "2026-08-04", "ANNUAL"))
    unpaid = await asked_for(own, "2026-08-05", "UNPAID")
    await approved(own, unpaid)
    await own.ask(f"{PATH}/{unpaid['leave_id']}/taking-back", {"reason": "was at work"})
    await until(own, unpaid, "taken_back")
    await until(own, await asked_for(own, "2026-08-06", "SICK"), "approved")
    (left,) = await own.desks.clerk.get(f"{EMPLOYEES}/E-1/leave-balances?as_of=2026-12-31")
    assert left["days"] == "31", left
    await close(own)


async def asked_for(own: OwnCompany, day: str, leave_type: str) -> Any:
    """A day is asked for, and noted."""
    wanted = {"employee_code": "E-1", "leave_type_code": leave_type, "starts_on": day, "ends_on": day}
    request = await own.ask(PATH, wanted)
    own.books.note("leave request", request["leave_id"], request["leave_number"])
    return request


async def approved(own: OwnCompany, request: Any) -> None:
    """Who decides about leave says yes."""
    await until(own, request, "submitted")
    asked = await asked_of(own, {"run_number": request["leave_number"]}, "leave approver")
    by = await client_with(own, "leave approver")
    await own.ask(f"/v1/approvals/{asked['id']}/decision", {"approved": True, "reason": "fine"}, by=by)
    await by.close()
    await until(own, request, "approved")


async def cancelled(own: OwnCompany, request: Any) -> None:
    """It is not taken after all."""
    await until(own, request, "submitted")
    await own.ask(f"{PATH}/{request['leave_id']}/cancellation", {"reason": "no need"})
    await until(own, request, "cancelled")


async def until(own: OwnCompany, request: Any, status: str) -> None:
    """Wait until it has come so far. Raises: AssertionError."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        now = await own.desks.clerk.get(f"{PATH}/{request['leave_id']}")
        if now["status"] == status:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{now['leave_number']} is {now['status']}, not {status}")

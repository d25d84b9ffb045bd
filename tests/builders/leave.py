"""Leave as tests ask for it: here, and nowhere else, is said what one needs."""

import asyncio
from typing import Any

from tests.builders.employees import PATH as EMPLOYEES
from tests.builders.employees import an_employee
from tests.erp import Erp

PATH, TYPES, GRANTS = "/v1/leave-requests", "/v1/leave-types", "/v1/leave-grants"
ADJUSTMENTS, CALENDARS = "/v1/leave-adjustments", "/v1/holiday-calendars"
OFFICER, EMPLOYEE, MANAGER, APPROVER = "Petra Personnel", "Emil Employee", "Mona Manager", "Aron Approver"
HEAD = "head of workshop"
"""The role in which the manager decides."""
GERMANY: dict[str, Any] = {
    "code": "DE",
    "name": "Germany",
    "country": "DE",
    "days": [
        {"on": "2026-04-03", "name": "Good Friday"},
        {"on": "2026-04-06", "name": "Easter Monday"},
        {"on": "2026-05-01", "name": "Labour Day"},
    ],
}
BERLIN: dict[str, Any] = {
    "code": "DE-BE",
    "name": "Berlin",
    "country": "DE",
    "subdivision": "BE",
    "based_on": "DE",
    "days": [{"on": "2026-03-09", "name": "A day of Berlin's own"}],
}
ANNUAL: dict[str, Any] = {
    "code": "ANNUAL",
    "name": "Annual leave",
    "accrual": "yearly",
    "steps": [{"after_years": 0, "days_a_year": "30"}],
    "carry_over_most": "5",
    "carry_over_until": "03-31",
}
SICK: dict[str, Any] = {"code": "SICK", "name": "Sick leave", "accrual": "none", "needs_approval": False}
UNPAID: dict[str, Any] = {"code": "UNPAID", "name": "Leave without pay", "accrual": "none", "is_paid": False}


async def ready(erp: Erp) -> None:
    """A manager with a role for it, one who reports to them, the sorts of leave, and who works with them."""
    role = {"description": "", "permissions": ["operations.approval.read"]}
    erp.accepted(await erp.request("PUT", f"/v1/roles/{HEAD}", role, if_match="*"))
    for name, roles in (
        (OFFICER, ["personnel officer"]),
        (EMPLOYEE, ["employee"]),
        (MANAGER, [HEAD, "employee"]),
        (APPROVER, ["leave approver"]),
    ):
        asked = {"actor": name, "companies": [erp.company], "roles": roles}
        erp.keys[name] = (await erp.post("/v1/api-keys", asked))["key"]
    for calendar in (GERMANY, BERLIN):
        await erp.post(CALENDARS, calendar)
    at_work = {"country": "DE", "holiday_calendar_code": "DE-BE"}
    await erp.post(EMPLOYEES, an_employee("E-1", actor=MANAGER, decides_as=HEAD, **at_work))
    await erp.post(EMPLOYEES, an_employee("E-2", actor=EMPLOYEE, manager_code="E-1", **at_work))
    for leave_type in (ANNUAL, SICK, UNPAID):
        await erp.post(TYPES, leave_type)


async def granted(erp: Erp, year: int = 2026, **changes: Any) -> Any:
    """Everybody is entitled to their leave of a year."""
    return await erp.post(GRANTS, {"leave_type_code": "ANNUAL", "year": year} | changes, by=OFFICER)


def leave(first: str = "2026-08-03", last: str | None = None, **changes: Any) -> dict[str, Any]:
    """A day of August, or some."""
    days = {"starts_on": first, "ends_on": last or first}
    return {"employee_code": "E-2", "leave_type_code": "ANNUAL"} | days | changes


async def asked_for(erp: Erp, *days: str, by: str = EMPLOYEE, **changes: Any) -> Any:
    """Somebody wants to be away."""
    return await erp.post(PATH, leave(*days, **changes), by=by)


async def refused(erp: Erp, *days: str, by: str = EMPLOYEE, **changes: Any) -> tuple[int, str, list[str]]:
    """What a request is refused for, and at which fields."""
    answer = await erp.request("POST", PATH, leave(*days, **changes), by=by)
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem.get("type", "").rpartition("/")[2], fields


async def until(erp: Erp, request: Any, *statuses: str) -> Any:
    """Wait a moment until it has come so far; gives it as it is then."""
    for _ in range(400):
        now = await erp.get(f"{PATH}/{request['leave_id']}")
        if now["status"] in statuses:
            return now
        await asyncio.sleep(0.05)
    raise AssertionError(f"the request is {now['status']}, not {statuses}")


async def decided(erp: Erp, request: Any, *, by: str = MANAGER, approved: bool = True) -> Any:
    """Somebody who is asked says yes or no."""
    await until(erp, request, "submitted")
    return await erp.post(decision_path(request), {"approved": approved, "reason": "because"}, by=by)


def decision_path(request: Any) -> str:
    """Where it is decided."""
    return f"{PATH}/{request['leave_id']}/approval"


async def approved(erp: Erp, *days: str, **changes: Any) -> Any:
    """Somebody will be away."""
    request = await asked_for(erp, *days, **changes)
    await decided(erp, request)
    return await until(erp, request, "approved")


async def cancelled(erp: Erp, request: Any, *, by: str = EMPLOYEE) -> Any:
    """It is not taken after all."""
    return await erp.post(f"{PATH}/{request['leave_id']}/cancellation", {"reason": "no need"}, by=by)


async def taken_back(erp: Erp, request: Any, *, by: str = OFFICER) -> Any:
    """It was approved, and is not taken after all."""
    return await erp.post(f"{PATH}/{request['leave_id']}/taking-back", {"reason": "ill"}, by=by)


async def balance(erp: Erp, on: str, *, employee: str = "E-2", leave_type: str = "ANNUAL") -> str | None:
    """How many days somebody has on a day."""
    found = await erp.get(f"{EMPLOYEES}/{employee}/leave-balances", as_of=on)
    return next((one["days"] for one in found if one["leave_type_code"] == leave_type), None)


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with leave: brought along, approved, taken back,
    rejected, cancelled, waiting, and some of it without pay.
    """
    await ready(erp)
    await granted(erp)
    brought = {"employee_code": "E-2", "leave_type_code": "ANNUAL", "year": 2026, "counts_on": "2026-01-01"}
    await erp.post(ADJUSTMENTS, brought | {"days": "3.5", "reason": "left of 2025"}, by=OFFICER)
    await granted(erp, 2027)
    await approved(erp, "2026-08-03", "2026-08-14")
    await taken_back(erp, await approved(erp, "2026-09-01", "2026-09-04"))
    await decided(erp, await asked_for(erp, "2026-10-05"), approved=False)
    waits = await asked_for(erp, "2026-11-02")
    await cancelled(erp, await asked_for(erp, "2026-11-03"))
    await until(erp, waits, "submitted")
    await approved(erp, "2026-12-21", "2026-12-23", leave_type_code="UNPAID")
    await until(erp, await asked_for(erp, "2026-12-28", by=OFFICER, leave_type_code="SICK"), "approved")

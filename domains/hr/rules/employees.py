"""Who may be an employee, and under whom."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domains.hr.messages import PutEmployee
from domains.master_data.rules.names import check_country
from foundation.values.errors import BusinessError, Refusals


class ManagedInACircle(BusinessError):
    """Somebody would report to themselves, by way of others."""

    status = 409


@dataclass(frozen=True)
class EmployeeContext:
    """What somebody is held against."""

    managers: Mapping[str, str | None]
    """All employees, each with who they report to."""
    calendars: Collection[str]
    """The holiday calendars that there are."""
    same_actor: str | None
    """Another employee who asks under the same name, if there is one."""


def check_employee(put: PutEmployee, known: EmployeeContext, refusals: Refusals) -> None:
    """Note every field that is wrong of somebody. Refuses: ManagedInACircle."""
    managers = known.managers
    check_country(put.country, refusals)
    if len(set(put.working_days)) < len(put.working_days):
        refusals.add("working_days", "names a day twice")
    if put.holiday_calendar_code is not None and put.holiday_calendar_code not in known.calendars:
        why = f"there is no holiday calendar {put.holiday_calendar_code}; create it first"
        refusals.add("holiday_calendar_code", why)
    if known.same_actor is not None:
        refusals.add("actor", f"{known.same_actor} asks under this name already")
    if put.left_on is not None and put.left_on < put.hired_on:
        refusals.add("left_on", f"nobody leaves before they are hired, on {put.hired_on}")
    if put.manager_code is None:
        return
    if put.manager_code not in managers and put.manager_code != put.code:
        refusals.add("manager_code", f"there is no employee {put.manager_code}; create them first")
        return
    _check_circle(put, managers)


def _check_circle(put: PutEmployee, managers: Mapping[str, str | None]) -> None:
    way, above = [put.code], put.manager_code
    while above is not None and above != put.code:
        way.append(above)
        above = managers.get(above)
    if above is not None:
        why = f"they would report to themselves: {' → '.join([*way, put.code])}"
        raise ManagedInACircle(f"manager_code: {why}", errors=[("manager_code", why)])

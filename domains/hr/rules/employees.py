"""Who may be an employee, and under whom."""

from collections.abc import Mapping

from domains.hr.messages import PutEmployee
from domains.master_data.rules.names import check_country
from foundation.values.errors import BusinessError, Refusals


class ManagedInACircle(BusinessError):
    """Somebody would report to themselves, by way of others."""

    status = 409


def check_employee(put: PutEmployee, managers: Mapping[str, str | None], refusals: Refusals) -> None:
    """Note every field that is wrong of somebody.

    `managers` are all employees, each with who they report to.
    Refuses: ManagedInACircle.
    """
    check_country(put.country, refusals)
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

"""What is unusual about a payroll run is listed before it is approved, person by person."""

from typing import Any

from tests.builders.payroll import (
    AGREEMENTS,
    CLERK,
    GROUPS,
    an_agreement,
    hired,
    in_dollars,
    opened,
    sealed,
)
from tests.erp import Erp
from tests.workflows.runs.test_payroll_of_people import changed

PATH = "/v1/payroll-exceptions"
FEBRUARY = {"starts_on": "2026-02-01", "ends_on": "2026-02-28"}


async def listed(own: Erp, run: Any) -> list[tuple[str, str]]:
    """Whose pay is unusual, and how."""
    found = await own.get(PATH, run=run["run_id"], by=CLERK)
    return [(one["employee_code"], one["kind"]) for one in found]


async def test_each_person_is_listed_with_what_is_unusual(erp: Erp) -> None:
    own = await in_dollars(erp)
    checks = {"variance_percent": "10", "minimum_wage": "7.25"}
    own.accepted(await own.request("PATCH", f"{GROUPS}/STAFF", checks, if_match="*"))
    for code in ("E-1", "E-2", "E-3", "E-4"):
        await hired(own, code)
    february = await opened(own, **FEBRUARY)
    assert await listed(own, february) == [(f"E-{n}", "first_payslip") for n in (1, 2, 3, 4)]
    await sealed(own, february)
    await changed(own, "E-2/1", items=[{"component": "salary", "amount": "5600.00"}])
    await changed(own, "E-3/1", valid_to="2026-02-28")
    await changed(own, "E-4/1", valid_to="2026-02-28")
    # 20 hours a week are 86 2/3 a month: 600 is 6.92 an hour.
    of_students = {"salary": "600.00", "hours_a_week": "20", "valid_from": "2026-03-01"}
    await own.post(AGREEMENTS, an_agreement("E-4", code="E-4/2", **of_students))
    await hired(own, "E-5", accounts=[])

    march = await opened(own)

    assert await listed(own, march) == [
        ("E-2", "variance"),
        ("E-2", "variance"),
        ("E-3", "not_paid_any_more"),
        ("E-4", "variance"),
        ("E-4", "variance"),
        ("E-4", "below_minimum_wage"),
        ("E-5", "held"),
    ]


async def test_the_hours_of_who_leaves_are_those_until_the_last_day(erp: Erp) -> None:
    own = await in_dollars(erp)
    asked = {"minimum_wage": "7.25"}
    own.accepted(await own.request("PATCH", f"{GROUPS}/STAFF", asked, if_match="*"))
    # 700 for 20 hours a week are 7.90 an hour: so are 225.81 until 10 March.
    await hired(own, "E-1", "700.00", hours_a_week="20")
    own.accepted(await own.request("PATCH", "/v1/employees/E-1", {"left_on": "2026-03-10"}, if_match="*"))

    assert await listed(own, await opened(own)) == [("E-1", "first_payslip")]


async def test_nothing_is_compared_that_a_group_does_not_ask_for(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    await sealed(own, await opened(own, **FEBRUARY))
    await changed(own, "E-1/1", valid_to="2026-02-28")
    await own.post(AGREEMENTS, an_agreement(code="E-1/2", salary="1.00", valid_from="2026-03-01"))

    assert await listed(own, await opened(own)) == []


async def test_only_who_sees_payslips_sees_them(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    run = await opened(own)

    refused = await own.request("GET", PATH, by="operator", run=run["run_id"])
    unknown = await own.request("GET", PATH, by=CLERK, run="00000000-0000-0000-0000-000000000000")
    nothing = await own.request("GET", PATH, by=CLERK)

    assert (refused.status_code, unknown.status_code, nothing.status_code) == (403, 404, 422)

"""Leave without pay lowers what is paid for its days, once, and never what is paid already."""

from decimal import Decimal
from typing import Any

from tests.builders import leave
from tests.builders.leave import approved, asked_for, decided, ready, taken_back
from tests.builders.payroll import (
    AGREEMENTS,
    CLERK,
    COMPONENTS,
    GROUPS,
    PAYSLIPS,
    STAFF,
    an_agreement,
    in_dollars,
    opened,
    payslips_of,
    sealed,
    submitted,
    until,
)
from tests.builders.payroll import (
    approved as approved_run,
)
from tests.checked import violations_at_rest
from tests.erp import Erp

UNPAID = {"leave_type_code": "UNPAID"}
A_WEEK = ("2026-03-09", "2026-03-13")
"""Of which the Monday is a holiday."""


async def employer(erp: Erp, salary: str = "3100.00") -> Erp:
    """A company that pays one of its two people a hundred dollars a day of March."""
    own = await in_dollars(erp)
    await ready(own)
    await own.post(AGREEMENTS, an_agreement("E-2", salary))
    return own


async def gross(own: Erp, run: Any) -> Decimal:
    """What the one comes to before anything is withheld."""
    return Decimal((await payslips_of(own, run))["E-2"]["gross_amount"])


async def taking_back(own: Erp, slip: Any) -> None:
    """A payslip is taken back."""
    body = {"reason": "other leave", "reversed_on": "2026-03-31"}
    await own.post(f"{PAYSLIPS}/{slip['payslip_id']}/reversal", body, by=CLERK)


async def test_days_without_pay_are_not_paid(erp: Erp) -> None:
    own = await employer(erp)
    request = await approved(own, *A_WEEK, **UNPAID)

    run = await opened(own)

    assert request["days"] == "4"
    assert await gross(own, run) == 2600  # Five of 31 calendar days.
    await sealed(own, run)
    await own.at_rest()
    assert await violations_at_rest(own.company) == []


async def test_paid_leave_is_paid(erp: Erp) -> None:
    own = await employer(erp)
    await leave.granted(own)
    await approved(own, *A_WEEK)
    await asked_for(own, "2026-03-16", leave_type_code="SICK")

    assert await gross(own, await opened(own)) == 3100


async def test_by_working_days_the_groups_holidays_are_none(erp: Erp) -> None:
    own = await employer(erp, "2310.00")
    by_days = {"proration": "working_days"}
    own.accepted(await own.request("PATCH", f"{COMPONENTS}/salary", by_days, if_match="*"))
    await approved(own, *A_WEEK, **UNPAID)
    without = await opened(own)
    calendar = {"holiday_calendar_code": "DE-BE"}
    own.accepted(await own.request("PATCH", f"{GROUPS}/STAFF", calendar, if_match="*"))
    await own.post(f"/v1/payroll-runs/{without['run_id']}/cancellation", {"reason": "again"}, by=CLERK)
    with_calendar = await opened(own)

    assert await gross(own, without) == 1785  # 17 of 22.
    assert await gross(own, with_calendar) == 1870  # 17 of 21: 9 March is a holiday of Berlin.


async def test_a_group_names_a_calendar_that_there_is(erp: Erp) -> None:
    own = await employer(erp)
    ghost = STAFF | {"code": "OTHER", "holiday_calendar_code": "GHOST"}

    answer = await own.request("POST", GROUPS, ghost)

    fields = [error["field"] for error in answer.json()["errors"]]
    assert (answer.status_code, fields) == (422, ["holiday_calendar_code"])


async def test_what_is_paid_is_not_lowered_until_its_payslip_is_taken_back(erp: Erp) -> None:
    own = await employer(erp)
    run = await opened(own)
    await sealed(own, run)
    request = await asked_for(own, *A_WEEK, **UNPAID)
    await decided(own, request)

    turned_back = await leave.until(own, request, "cancelled")

    slip = (await payslips_of(own, run))["E-2"]
    assert slip["number"] in turned_back["why_ended"]
    await taking_back(own, slip)
    await approved(own, *A_WEEK, **UNPAID)
    correction = await opened(own, kind="correction")
    assert await gross(own, correction) == 2600


async def test_a_payslip_that_was_computed_before_is_held_and_corrected(erp: Erp) -> None:
    own = await employer(erp)
    await own.post(AGREEMENTS, an_agreement("E-1", "1000.00"))
    run = await opened(own)
    await approved(own, *A_WEEK, **UNPAID)
    await submitted(own, run)
    await approved_run(own, run)
    await until(own, run, lambda now: now["status"] == "sealed")

    slips = await payslips_of(own, run)
    correction = await opened(own, kind="correction")

    assert (slips["E-2"]["status"], slips["E-2"]["held_because"]) == ("held", "paid-otherwise-since")
    assert slips["E-1"]["status"] == "posted"
    assert await gross(own, correction) == 2600


async def test_leave_that_is_taken_back_is_paid_unless_its_payslip_was_lowered(erp: Erp) -> None:
    own = await employer(erp)
    first = await approved(own, *A_WEEK, **UNPAID)
    second = await approved(own, "2026-03-16", "2026-03-17", **UNPAID)
    await taken_back(own, first)
    run = await opened(own)
    assert await gross(own, run) == 2900
    await sealed(own, run)

    path = f"{leave.PATH}/{second['leave_id']}/taking-back"
    refused = await own.request("POST", path, {"reason": "was at work"}, by=leave.OFFICER)
    await taking_back(own, (await payslips_of(own, run))["E-2"])
    await taken_back(own, second)
    correction = await opened(own, kind="correction")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/paid-for-these-days")
    assert await gross(own, correction) == 3100


async def test_a_late_raise_does_not_pay_days_without_pay(erp: Erp) -> None:
    own = await employer(erp)
    await approved(own, *A_WEEK, **UNPAID)
    await sealed(own, await opened(own))
    raised = {"items": [{"component": "salary", "amount": "3410.00"}]}
    own.accepted(await own.request("PATCH", f"{AGREEMENTS}/E-2/1", raised, if_match="*"))

    april = await opened(own, starts_on="2026-04-01", ends_on="2026-04-30")

    # Of March 310 more, for 26 of 31 days.
    assert await gross(own, april) == 3410 + 260

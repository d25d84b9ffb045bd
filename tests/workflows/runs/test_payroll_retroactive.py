"""What is known late of closed periods is paid with the next run, once, and again when that is taken back."""

from typing import Any

from tests.builders.payroll import (
    AGREEMENTS,
    CLERK,
    PAYSLIPS,
    an_agreement,
    hired,
    in_dollars,
    opened,
    payslips_of,
    sealed,
)
from tests.erp import Erp
from tests.workflows.runs.test_payroll_of_people import changed, reverse
from tests.workflows.runs.test_payroll_runs_in_time import holds

MONTHS = {
    1: {"starts_on": "2026-01-01", "ends_on": "2026-01-31"},
    2: {"starts_on": "2026-02-01", "ends_on": "2026-02-28"},
    3: {"starts_on": "2026-03-01", "ends_on": "2026-03-31"},
    4: {"starts_on": "2026-04-01", "ends_on": "2026-04-30"},
}


async def raised_since_february(own: Erp) -> None:
    """Two months are paid; then it is known that somebody has earned more since the second."""
    await hired(own, "E-1")
    await hired(own, "E-2")
    for month in (1, 2):
        await sealed(own, await opened(own, **MONTHS[month]))
    await changed(own, "E-1/1", valid_to="2026-01-31")
    await own.post(AGREEMENTS, an_agreement(code="E-1/2", salary="5600.00", valid_from="2026-02-01"))


async def salaries(own: Erp, run: Any, code: str = "E-1") -> dict[str | None, str]:
    """What of the salary somebody is paid by a run, by the period in which it was earned."""
    slip = (await payslips_of(own, run))[code]
    lines = (await own.get(f"{PAYSLIPS}/{slip['payslip_id']}", by=CLERK))["lines"]
    return {one["earned_in"]: one["amount"] for one in lines if one["code"] == "salary"}


async def test_a_raise_that_is_known_late_is_paid_with_the_next_run_and_only_once(erp: Erp) -> None:
    own = await in_dollars(erp)
    await raised_since_february(own)

    march = await opened(own, **MONTHS[3])
    await sealed(own, march)
    april = await opened(own, **MONTHS[4])

    assert await salaries(own, march) == {None: "5600.00", "2026-02-01": "600.00"}
    assert await salaries(own, march, "E-2") == {None: "5000.00"}
    assert await salaries(own, april) == {None: "5600.00"}
    assert (await payslips_of(own, march))["E-1"]["gross_amount"] == "6200.00"
    assert (await own.balances())["payroll_expense"] == 2 * 10_000 + 11_200
    await holds(own)


async def test_a_difference_that_is_taken_back_is_paid_with_the_correction(erp: Erp) -> None:
    own = await in_dollars(erp)
    await raised_since_february(own)
    march = await opened(own, **MONTHS[3])
    await sealed(own, march)

    own.accepted(await reverse(own, (await payslips_of(own, march))["E-1"]))
    correction = await opened(own, kind="correction", **MONTHS[3])
    await sealed(own, correction)

    assert await salaries(own, correction) == {None: "5600.00", "2026-02-01": "600.00"}
    assert (await own.balances())["payroll_expense"] == 2 * 10_000 + 11_200
    await holds(own)


async def test_a_period_that_is_taken_back_itself_is_no_difference(erp: Erp) -> None:
    own = await in_dollars(erp)
    await hired(own)
    february = await opened(own, **MONTHS[2])
    await sealed(own, february)
    await changed(own, "E-1/1", items=[{"component": "salary", "amount": "5600.00"}])
    own.accepted(await reverse(own, (await payslips_of(own, february))["E-1"]))

    correction = await opened(own, kind="correction", **MONTHS[2])
    march = await opened(own, **MONTHS[3])

    assert await salaries(own, correction) == {None: "5600.00"}
    assert await salaries(own, march) == {None: "5600.00"}

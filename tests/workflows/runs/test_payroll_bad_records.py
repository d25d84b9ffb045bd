"""One bad record is held by name, and keeps nobody else from being paid; what the database itself refuses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from domains.payroll.rules import payslips
from domains.payroll.rules.payslip_inputs import PersonToPay
from domains.payroll.rules.payslips import PayslipKept
from tests.builders.payroll import (
    CLERK,
    COMPONENTS,
    PATH,
    a_component,
    hired,
    in_dollars,
    opened,
    payslips_of,
    sealed,
    wanted,
)
from tests.erp import Erp
from tests.workflows.runs.test_payroll_runs_in_time import holds, problem


@asynccontextmanager
async def refusing(owner_url: str, table: str, rule: str) -> AsyncIterator[None]:
    """A database that refuses more than ours does."""
    owner = await asyncpg.connect(owner_url)
    try:
        await owner.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT refused_by_the_test CHECK ({rule}) NOT VALID"
        )
        yield
    finally:
        await owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT refused_by_the_test")
        await owner.close()


async def two_people(erp: Erp) -> Erp:
    """A company that pays two people."""
    own = await in_dollars(erp)
    await hired(own, "E-1")
    await hired(own, "E-2", "4000.00")
    return own


def held_and_paid(slips: dict[str, Any]) -> list[str]:
    """Why the first is held, and how the second stands."""
    return [slips["E-1"]["held_because"], slips["E-2"]["status"]]


async def test_what_is_only_said_and_too_large_to_be_kept_holds_one_person(erp: Erp) -> None:
    own = await two_people(erp)
    versions = [{"valid_from": "2025-01-01", "kind": "formula", "formula": "salary * 1e10"}]
    said = {"sign": "information", "treatment": "", "counts_as_base": False, "proration": None}
    await own.post(COMPONENTS, a_component("galactic", versions=versions, **said))
    items = [{"component": "salary", "amount": "5000.00"}, {"component": "galactic"}]
    await own.request("PATCH", "/v1/pay-agreements/E-1/1", {"items": items}, if_match="*")

    run = await opened(own)
    slips = await payslips_of(own, run)
    done = await sealed(own, run)

    assert held_and_paid(slips) == ["amount-too-large", "calculated"]
    assert done["people"] == 1
    await holds(own)


async def test_a_defect_over_one_person_holds_that_person_and_says_no_amount(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = await two_people(erp)
    computed = payslips.payslip_of

    def broken_for_one(person: PersonToPay, *others: Any) -> PayslipKept:
        if person.employee_code == "E-1":
            raise ArithmeticError("5000.00 is no amount")
        return computed(person, *others)

    monkeypatch.setattr("domains.payroll.rules.off_cycle.payslip_of", broken_for_one)
    with capture_logs() as logged:
        slips = await payslips_of(own, await opened(own))

    assert held_and_paid(slips) == ["not-computed", "calculated"]
    assert "ArithmeticError" in slips["E-1"]["held_reason"]
    assert "ArithmeticError" in f"{logged}"
    assert "5000" not in f"{logged}{slips['E-1']['held_reason']}"


async def test_a_payslip_that_the_database_refuses_is_held_and_the_others_are_computed(
    erp: Erp, owner_url: str
) -> None:
    own = await two_people(erp)
    rule = f"status <> 'calculated' OR employee_code <> 'E-1' OR company_id <> '{own.company}'"

    async with refusing(owner_url, "payroll.payslip", rule):
        run = await opened(own)

    assert held_and_paid(await payslips_of(own, run)) == ["refused-by-database", "calculated"]


async def test_a_posting_that_the_database_refuses_holds_one_person_and_draws_no_number(
    erp: Erp, owner_url: str
) -> None:
    own = await two_people(erp)
    run = await opened(own)
    rule = f"text NOT LIKE 'Pay %-E-1' OR company_id <> '{own.company}'"

    async with refusing(owner_url, "ledger.journal_entry", rule):
        done = await sealed(own, run)
    slips = await payslips_of(own, run)
    await sealed(own, await opened(own, kind="correction"))

    assert (done["people"], done["gross_amount"]) == (1, "4000.00")
    assert held_and_paid(slips) == ["refused-by-database", "posted"]
    assert (await own.balances())["payroll_expense"] == 9000
    await holds(own)


async def test_a_run_of_three_months_is_refused_for_who_is_paid_each_month(erp: Erp) -> None:
    own = await two_people(erp)

    answer = await own.request("POST", PATH, wanted(ends_on="2026-05-31"), by=CLERK)

    assert problem(answer) == (422, "period-not-of-frequency")
    (error,) = answer.json()["errors"]
    assert error["field"] == "ends_on"
    assert "2026-03-31" in error["message"]


_ANOTHER_RUN = """
    UPDATE payroll.payroll_run SET starts_on = '2026-03-31' WHERE company_id = $1 AND starts_on = '2026-07-01'
"""
_ANOTHER_PAYSLIP = """
    UPDATE payroll.payslip SET status = 'calculated', starts_on = '2026-03-31'
    WHERE company_id = $1 AND employee_code = 'E-1' AND starts_on = '2026-08-01'
"""


async def test_the_database_refuses_a_day_that_is_paid_twice(erp: Erp, owner_url: str) -> None:
    own = await two_people(erp)
    await opened(own)
    await opened(own, starts_on="2026-07-01", ends_on="2026-07-31")
    cancelled = await opened(own, starts_on="2026-08-01", ends_on="2026-08-31")
    await own.post(f"{PATH}/{cancelled['run_id']}/cancellation", {"reason": "no"}, by=CLERK)
    owner = await asyncpg.connect(owner_url)
    try:
        with pytest.raises(asyncpg.ExclusionViolationError, match="payroll_run_once_for_a_day"):
            await owner.execute(_ANOTHER_RUN, own.company)
        with pytest.raises(asyncpg.ExclusionViolationError, match="payslip_once_for_a_day"):
            await owner.execute(_ANOTHER_PAYSLIP, own.company)
    finally:
        await owner.close()

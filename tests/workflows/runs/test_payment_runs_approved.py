"""Who is asked for a payment run, and what they are told of it."""

import asyncio
from typing import Any

import pytest

from tests.builders.payment_runs import (
    DIRECTOR,
    PATH,
    PROPOSER,
    SECOND,
    asked,
    decided,
    later,
    owing,
    proposed,
    ready,
    seen,
    submitted,
    today,
    until,
    wanted,
)
from tests.checked import violations
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.approving import a_policy, level
from tests.workflows.runs.test_payment_runs import PROPOSE, parked


async def open_approvals(erp: Erp, run: Any) -> list[tuple[str, int]]:
    """Who is asked now, and at which level."""
    found = (await erp.get("/v1/approvals", document=run["run_number"], status="open"))["items"]
    return sorted((one["role"], one["level"]) for one in found)


@pytest.mark.parametrize("role", ["finance director", "accountant"])
async def test_a_policy_with_one_level_leaves_it_at_two_persons(erp: Erp, role: str) -> None:
    await ready(erp)
    await owing(erp)
    await a_policy(erp, "ONE", level(2, role), kind="payment_run")
    run = await proposed(erp)
    await submitted(erp, run)

    approvals = await asked(erp, run)

    assert await open_approvals(erp, run) == [("accountant", 1), ("finance director", 1)]
    policies = {role_: one["policy"] for role_, one in approvals.items()}
    assert {one for one, policy in policies.items() if policy} == {role}
    erp.accepted(await decided(erp, approvals["accountant"], SECOND))
    assert (await seen(erp, run))["status"] == "submitted"
    erp.accepted(await decided(erp, approvals["finance director"], DIRECTOR))
    await until(erp, run, "posted")
    await erp.at_rest()
    assert await violations(erp.company) == []


async def test_a_policy_with_another_role_is_asked_beside_a_finance_director(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    await a_policy(erp, "ONE", level(1, "credit manager"), kind="payment_run")
    run = await proposed(erp)
    await submitted(erp, run)

    await asked(erp, run)

    assert await open_approvals(erp, run) == [("credit manager", 1), ("finance director", 1)]


async def test_a_policy_with_two_levels_counts_as_it_is(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    levels = level(1, "accountant"), level(2, "credit manager")
    await a_policy(erp, "TWO", *levels, kind="payment_run")
    run = await proposed(erp)

    await submitted(erp, run)

    assert await open_approvals(erp, run) == [("accountant", 1)]


async def test_who_approves_is_told_the_day_on_which_it_is_paid(erp: Erp, faults: FaultySteps) -> None:
    await ready(erp)
    await owing(erp)
    faults.broken[erp.company, PROPOSE] = RuntimeError("broken by the test")
    asking = asyncio.create_task(erp.request("POST", PATH, wanted(due_until=later(1)), by=PROPOSER))
    shown = await parked(erp)
    del faults.broken[erp.company, PROPOSE]

    # Its day cannot be posted on any more: whoever mends it names another.
    retry = {"action": "retry", "reason": "mended", "posted_on": later(1)}
    await erp.post(f"/v1/processes/{shown['id']}/repair", retry, by="operator")
    await asking
    (run,) = (await erp.get(PATH))["items"]
    await submitted(erp, run)

    assert run["pay_on"] == later(1) != today()
    subjects = {one["subject"] for one in (await asked(erp, run)).values()}
    assert subjects == {f"payment run: 1 payments to suppliers on {later(1)}"}

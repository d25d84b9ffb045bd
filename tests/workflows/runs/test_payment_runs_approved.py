"""Who is asked for a payment run, and what they are told of it."""

import asyncio
from typing import Any

from tests.builders.payment_runs import (
    PATH,
    PROPOSER,
    asked,
    later,
    owing,
    proposed,
    ready,
    submitted,
    today,
    wanted,
)
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.approving import a_policy, level
from tests.workflows.runs.test_payment_runs import PROPOSE, parked


async def open_approvals(erp: Erp, run: Any) -> list[tuple[str, int]]:
    """Who is asked now, and at which level."""
    found = (await erp.get("/v1/approvals", document=run["run_number"], status="open"))["items"]
    return sorted((one["role"], one["level"]) for one in found)


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

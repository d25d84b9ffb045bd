"""A payment run goes on to its file also when the process that posts it for it is lost."""

import asyncio
from typing import Any

from foundation.process import begun_again
from tests.builders import payment_runs
from tests.checked import violations
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

TELL = "process.tell"


async def parked(erp: Erp) -> Any:
    """The process that waits for an operator."""
    for _ in range(400):
        found = (await erp.get("/v1/processes", only_exceptions=True))["items"]
        if found:
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process waits for an operator")


async def test_who_posts_a_payment_run_has_not_ended_before_it_has_told_so(
    on_dev_server: Erp, faults: FaultySteps
) -> None:
    erp = on_dev_server
    await payment_runs.ready(erp)
    await payment_runs.owing(erp)
    faults.broken[erp.company, TELL] = KeyError("a defect")
    run = await payment_runs.submitted(erp, await payment_runs.proposed(erp))
    await payment_runs.approved(erp, run)

    lost = (await parked(erp))["id"]
    assert await begun_again.begin_again(erp.temporal, erp.company, lost, "a test wants it")
    faults.forget(erp.company)
    assert not await begun_again.send_all(erp.temporal, {lost: erp.company}, seconds=20)

    assert lost.split("/")[1] == "payment_posting_run"
    await payment_runs.until(erp, run, "posted")
    await erp.at_rest()
    assert await violations(erp.company) == []

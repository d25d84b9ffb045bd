"""Ways of payment runs, and of the runs that post what they pay."""

import asyncio
from typing import Any

from foundation.process import batch
from tests.builders import payment_runs
from tests.builders.payment_runs import DIRECTOR, PATH, PROPOSER, owing, ready
from tests.histories.instead import instead
from tests.histories.replay import LONG_LIVES, living_so_long
from tests.histories.scene import Scene, way, way_that_varies


async def _proposed(scene: Scene) -> Any:
    await ready(scene.erp)
    await owing(scene.erp)
    return await payment_runs.proposed(scene.erp)


@way_that_varies
async def payment_run_edited_and_paid(scene: Scene) -> tuple[str, ...]:
    """One invoice is left out, the others are paid; and how they were posted."""
    await ready(scene.erp)
    out = await owing(scene.erp, "DAIRY")
    await owing(scene.erp)
    run = await payment_runs.proposed(scene.erp)
    run = await payment_runs.edit(scene.erp, run, leave_out=[out["invoice_id"]])
    await payment_runs.paid(scene.erp, run)
    (process,) = await scene.until_ended("payment_run")
    (posting,) = await scene.until_ended("payment_posting_run")
    return process, posting


@way
async def payment_run_cancelled(scene: Scene) -> str:
    """Before it is submitted."""
    run = await _proposed(scene)
    await scene.erp.post(f"{PATH}/{run['run_id']}/cancellation", {"reason": "too early"}, by=PROPOSER)
    (process,) = await scene.until_ended("payment_run")
    return process


@way_that_varies
async def payment_run_rejected(scene: Scene) -> str:
    """One of the two has said no."""
    run = await payment_runs.submitted(scene.erp, await _proposed(scene))
    approvals = await payment_runs.asked(scene.erp, run)
    no = {"approved": False, "reason": "next week"}
    await payment_runs.decided(scene.erp, approvals["finance director"], DIRECTOR, **no)
    (process,) = await scene.until_ended("payment_run")
    return process


@way_that_varies
async def payment_run_posting_cancelled(scene: Scene) -> tuple[str, ...]:
    """Before anything is posted: there is no payment, and no file."""
    run = await _proposed(scene)
    await payment_runs.submitted(scene.erp, run)
    gate, apply = asyncio.Semaphore(0), batch.apply

    async def wait_for_its_turn(*asked: Any) -> Any:
        await gate.acquire()
        return await apply(*asked)

    with instead(batch, apply=wait_for_its_turn):
        await payment_runs.approved(scene.erp, run)
        posting = await scene.until_there("payment_posting_run", lambda one: one["stage"] == "working")
        path = f"/v1/runs/{posting['id']}/cancellation"
        cancelling = asyncio.create_task(scene.erp.post(path, {"reason": "a mistake"}, by="operator"))
        await asyncio.sleep(0.5)
        gate.release()
        await cancelling
        (ended,) = await scene.until_ended("payment_posting_run")
    await payment_runs.until(scene.erp, run, "posted")
    (process,) = await scene.until_ended("payment_run")
    return process, ended


@way_that_varies
async def payment_run_goes_on_as_a_new_run(scene: Scene) -> str:
    """Edited again and again before it is paid."""
    with living_so_long(LONG_LIVES["payment_run_goes_on_as_a_new_run"]):
        await ready(scene.erp)
        out = await owing(scene.erp, "DAIRY")
        await owing(scene.erp)
        run = await payment_runs.proposed(scene.erp)
        for _ in range(4):
            run = await payment_runs.edit(scene.erp, run, leave_out=[out["invoice_id"]])
            run = await payment_runs.edit(scene.erp, run, put_in=[out["invoice_id"]])
        await payment_runs.paid(scene.erp, run)
        (process,) = await scene.until_ended("payment_run")
    return process

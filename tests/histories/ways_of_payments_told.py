"""Ways of what banks answer to payment files, and of what suppliers are told."""

import asyncio
from typing import Any

from foundation.process import batch
from tests.builders import payment_runs
from tests.builders.payment_runs import owing, ready
from tests.builders.status_reports import report, reported
from tests.histories.instead import instead
from tests.histories.scene import Scene, way


async def _to_be_paid(scene: Scene) -> Any:
    await ready(scene.erp)
    await owing(scene.erp)
    return await payment_runs.proposed(scene.erp)


async def _cancelled(scene: Scene, process: str, gate: asyncio.Semaphore) -> str:
    """A run is cancelled while its first item waits for its turn; then that is done."""
    run = await scene.until_there(process, lambda one: one["stage"] == "working")
    path = f"/v1/runs/{run['id']}/cancellation"
    cancelling = asyncio.create_task(scene.erp.post(path, {"reason": "a mistake"}, by="operator"))
    await asyncio.sleep(0.5)
    for _ in range(10):
        gate.release()
    await cancelling
    await scene.until_ended(process)
    return str(run["id"])


@way
async def payments_advised(scene: Scene) -> str:
    """The supplier of each payment of a run is told."""
    await payment_runs.paid(scene.erp, await _to_be_paid(scene))
    (process,) = await scene.until_ended("payment_advice_run")
    return process


@way
async def payment_advices_cancelled(scene: Scene) -> str:
    """Before anybody is told."""
    run = await _to_be_paid(scene)
    gate, apply = asyncio.Semaphore(0), batch.apply

    async def wait_for_its_turn(operation: Any, *asked: Any) -> Any:
        if operation.name == "banking.advise_payment":
            await gate.acquire()
        return await apply(operation, *asked)

    with instead(batch, apply=wait_for_its_turn):
        await payment_runs.paid(scene.erp, run)
        return await _cancelled(scene, "payment_advice_run", gate)


@way
async def payment_rejected_by_the_bank(scene: Scene) -> str:
    """What it had paid is owed again."""
    run = await payment_runs.paid(scene.erp, await _to_be_paid(scene))
    await scene.until_ended("payment_advice_run")
    told = await reported(scene.erp, report(run, group="RJCT", why=("AC04",)))
    await scene.until_ended("payment_rejection_run")
    return str(told["run_id"])


@way
async def payment_rejections_cancelled(scene: Scene) -> str:
    """Before anything is taken back."""
    run = await payment_runs.paid(scene.erp, await _to_be_paid(scene))
    await scene.until_ended("payment_advice_run")
    gate, apply = asyncio.Semaphore(0), batch.apply

    async def wait_for_its_turn(*asked: Any) -> Any:
        await gate.acquire()
        return await apply(*asked)

    with instead(batch, apply=wait_for_its_turn):
        await reported(scene.erp, report(run, group="RJCT"))
        return await _cancelled(scene, "payment_rejection_run", gate)

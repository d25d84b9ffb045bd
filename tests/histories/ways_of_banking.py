"""Ways of bank statements, whose lines are matched and posted."""

import asyncio
from typing import Any

from foundation.process import batch
from tests.builders.bank_statements import PATH, an_invoice, camt, entry, imported, match, open_account
from tests.erp import Erp
from tests.histories.instead import instead
from tests.histories.scene import Scene, way


async def a_statement(erp: Erp) -> Any:
    """One with a line that names its invoice, and one that nobody knows."""
    await open_account(erp)
    invoice = await an_invoice(erp)
    lines = entry("119.00", invoice["invoice_number"]), entry("-6.50", "Fee")
    (statement,) = await imported(erp, camt(*lines, closing="112.50"))
    return statement


@way
async def bank_statement_matched(scene: Scene) -> str:
    """One line is posted, the other waits for a person."""
    run = await match(scene.erp, await a_statement(scene.erp), key="a run")
    await scene.until_ended("bank_matching_run")
    return str(run["run_id"])


@way
async def bank_matching_cancelled(scene: Scene) -> str:
    """Before anything is posted: nothing is."""
    statement = await a_statement(scene.erp)
    gate, apply = asyncio.Semaphore(0), batch.apply

    async def wait_for_its_turn(*asked: Any) -> Any:
        await gate.acquire()
        return await apply(*asked)

    with instead(batch, apply=wait_for_its_turn):
        path = f"{PATH}/{statement['statement_id']}/matching"
        asking = asyncio.create_task(scene.erp.request("POST", path, {}, by="accountant"))
        run = await scene.until_there("bank_matching_run", lambda one: one["stage"] == "working")
        path = f"/v1/runs/{run['id']}/cancellation"
        cancelling = asyncio.create_task(scene.erp.post(path, {"reason": "too early"}, by="operator"))
        await asyncio.sleep(0.5)
        gate.release()
        await asyncio.gather(cancelling, asking)
        await scene.until_ended("bank_matching_run")
    return str(run["id"])

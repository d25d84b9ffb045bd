"""Ways of runs over many: in chunks, held, cancelled, with exceptions that are mended or left; and of what
starts them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from foundation.process import batch
from foundation.runtime.settings import settings
from tests.announcements import Announcing
from tests.builders.replenishment import ON, all_ordered, sold_here, waits_for
from tests.builders.replenishment import RUNS as REPLENISHMENT_RUNS
from tests.builders.replenishment import run as replenish
from tests.days import TODAY
from tests.histories.instead import instead
from tests.histories.replay import LONG_LIVES, living_so_long
from tests.histories.scene import Scene, way, way_that_varies
from tests.workflows.billing_together import deliver, pay, until_billed
from tests.workflows.dunning.reminding import run as run_by_hand
from tests.workflows.runs.debtors import owing, run_id, until
from workflows.scheduled_run import ScheduledRun, Tick

RUN = "dunning_run"
REMIND = "receivables.remind_customer"
RUNS = "/v1/collective-invoice-runs"


@asynccontextmanager
async def a_run(scene: Scene, customers: int, *, let_through: int = 0) -> AsyncIterator[asyncio.Semaphore]:
    """A day's run over so many customers, each a chunk of its own, of which some are let through at once."""
    await owing(scene.erp, customers)
    gate, apply = asyncio.Semaphore(let_through), batch.apply

    async def wait_for_its_turn(*asked: Any) -> Any:
        await gate.acquire()
        return await apply(*asked)

    with instead(batch, CHUNK=1, apply=wait_for_its_turn):
        asking = asyncio.create_task(
            scene.erp.request("POST", "/v1/dunning-runs", {"on": str(TODAY)}, by="accountant")
        )
        await until(scene.erp, "listed", items=customers)
        yield gate
        for _ in range(customers):
            gate.release()
        await asking
        await scene.until_ended(RUN)


@way_that_varies
async def dunning_run_held_and_skipped(scene: Scene) -> str:
    """Held in the middle and released; nobody can be reminded, and so it is left."""
    scene.refuse_step(REMIND)
    async with a_run(scene, 6, let_through=1) as gate:
        await scene.told_to(run_id(scene.erp), "hold")
        for _ in range(5):
            gate.release()
        await scene.told_to(run_id(scene.erp), "release")
        await scene.until_there(RUN, lambda one: one["stage"] == "done with 6 exceptions")
        await scene.repair(run_id(scene.erp), "skip")
    return run_id(scene.erp)


@way_that_varies
async def dunning_run_in_chunks(scene: Scene) -> str:
    """Six customers, one by one, some at the same time."""
    async with a_run(scene, 6, let_through=6):
        pass
    return run_id(scene.erp)


@way_that_varies
async def dunning_run_cancelled(scene: Scene) -> str:
    """What is being done is done; the rest is left."""
    async with a_run(scene, 6) as gate:
        path = f"/v1/runs/{run_id(scene.erp)}/cancellation"
        cancelling = asyncio.create_task(scene.erp.post(path, {"reason": "the wrong day"}, by="operator"))
        await asyncio.sleep(0.5)
        for _ in range(6):
            gate.release()
        await cancelling
    return run_id(scene.erp)


@way_that_varies
async def dunning_run_cancelled_by_an_operator(scene: Scene) -> str:
    """In the Temporal Web UI."""
    async with a_run(scene, 6):
        await scene.erp.temporal.get_workflow_handle(run_id(scene.erp)).cancel()
        await asyncio.sleep(0.5)
    return run_id(scene.erp)


@way_that_varies
async def dunning_run_in_several_runs(scene: Scene) -> str:
    """So many customers that one run of the process does not come to the end of them."""
    await owing(scene.erp, 24)
    with instead(batch, CHUNK=1), living_so_long(LONG_LIVES["dunning_run_in_several_runs"]):
        process = await run_by_hand(scene.erp, TODAY)
        await scene.until_ended(RUN)
    return process.id


@way
async def collective_run_of_a_month(scene: Scene) -> str:
    """Two customers are billed; with the first invoice begins what waits for its money."""
    orders = [await deliver(scene.erp), await deliver(scene.erp, customer_code="BOB")]
    run = await scene.erp.post(RUNS, {"month": "2026-03"}, by="accountant")
    await scene.until_ended("collective_invoice_run")
    (invoice,) = await until_billed(scene.erp, orders[0])
    await pay(scene.erp, invoice, "119.00")
    await scene.until_ended("collective_invoice")
    return f"{scene.erp.company}/collective_invoice_run/{run['month']}"


@way
async def collective_invoice_opened_again(scene: Scene) -> str:
    """Paid in part by a debit that the customer's bank returns, and then paid."""
    order = await deliver(scene.erp)
    await scene.erp.post(RUNS, {"month": "2026-03"}, by="accountant")
    (invoice,) = await until_billed(scene.erp, order)
    paid = await pay(scene.erp, invoice, "100.00")
    asked = {"reason": "returned debit", "reversed_on": "2026-04-20"}
    await scene.erp.post(f"/v1/payments/{paid['payment_id']}/reversal", asked, by="accountant")
    await scene.erp.at_rest()
    await pay(scene.erp, invoice, "119.00")
    (ended,) = await scene.until_ended("collective_invoice")
    return ended


@way
async def collective_run_cancelled(scene: Scene) -> str:
    """Before anything is billed: nothing is."""
    await deliver(scene.erp)
    gate, apply = asyncio.Semaphore(0), batch.apply

    async def wait_for_its_turn(*asked: Any) -> Any:
        await gate.acquire()
        return await apply(*asked)

    with instead(batch, apply=wait_for_its_turn):
        asked = scene.erp.request("POST", RUNS, {"month": "2026-03"}, by="accountant")
        asking = asyncio.create_task(asked)
        run = await scene.until_there("collective_invoice_run", lambda one: one["stage"] == "working")
        path = f"/v1/runs/{run['id']}/cancellation"
        cancelling = asyncio.create_task(scene.erp.post(path, {"reason": "too early"}, by="operator"))
        await asyncio.sleep(0.5)
        gate.release()
        await asyncio.gather(cancelling, asking)
        await scene.until_ended("collective_invoice_run")
    return str(run["id"])


@way
async def scheduled_run_of_a_month(scene: Scene) -> str:
    """A schedule starts the run of the month before."""
    at = (await scene.clock.get_current_time()).replace(year=2026, month=4, day=2)
    process = await scene.erp.temporal.start_workflow(
        ScheduledRun.run,
        Tick(process="collective_invoice_run", at=at),
        id=f"{scene.erp.company}/collective_invoice_run/tick",
        task_queue=settings().task_queue,
        memo={"caller": Announcing(scene.erp).by_hand},
    )
    await scene.until_ended("collective_invoice_run")
    return process.id


@way_that_varies
async def replenishment_run_of_a_day(scene: Scene) -> str:
    """What orders wait for is asked for; what nobody sells is left."""
    await sold_here(scene.erp)
    await waits_for(scene.erp, "112")
    await waits_for(scene.erp, "104", "FIFO-NUT")
    await replenish(scene.erp)
    run = f"{scene.erp.company}/replenishment_run/{ON}"
    await all_ordered(scene.erp)
    await scene.repair(run, "skip")
    await scene.until_ended("replenishment_run")
    return run


@way
async def replenishment_run_cancelled(scene: Scene) -> str:
    """Before anything is asked for: nothing is."""
    await sold_here(scene.erp)
    await waits_for(scene.erp, "112")
    gate, apply = asyncio.Semaphore(0), batch.apply

    async def wait_for_its_turn(*asked: Any) -> Any:
        await gate.acquire()
        return await apply(*asked)

    with instead(batch, apply=wait_for_its_turn):
        asking = asyncio.create_task(scene.erp.request("POST", REPLENISHMENT_RUNS, {"on": ON}))
        run = await scene.until_there("replenishment_run", lambda one: one["stage"] == "working")
        path = f"/v1/runs/{run['id']}/cancellation"
        cancelling = asyncio.create_task(scene.erp.post(path, {"reason": "too early"}, by="operator"))
        await asyncio.sleep(0.5)
        gate.release()
        await asyncio.gather(cancelling, asking)
        await scene.until_ended("replenishment_run")
    return str(run["id"])

"""A worker killed (-9) three times over one run, before, within and after a transaction: each item once."""

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client

from foundation.runtime import visibility
from foundation.runtime.faults import AFTER_COMMIT, BEFORE_BEGIN, MID_TRANSACTION
from foundation.values.messages import Caller
from tests.days import TODAY
from tests.erp import Erp
from tests.faults.machines import Nursery
from tests.workflows.runs.debtors import each_once, owing, run_id, until
from workflows.dunning_run import DunningRun, RunOn

QUEUE = "dies over a run"
POINTS = (BEFORE_BEGIN, MID_TRANSACTION, AFTER_COMMIT)


async def test_a_worker_killed_three_times_over_a_run_does_each_item_once(
    erp: Erp, dev_server: Client, nursery: Nursery, tmp_path: Path
) -> None:
    codes = await owing(erp, 50)
    await dev_server.start_workflow(
        DunningRun.run,
        RunOn(on=TODAY),
        id=run_id(erp),
        task_queue=QUEUE,
        memo={"caller": Caller(company=erp.company, actor="a schedule", correlation_id="a schedule")},
        search_attributes=visibility.at_start(erp.company, None),
    )
    async with dying(nursery, tmp_path) as deaths:
        run = await until(erp, "done", seconds=150, outcome="closed")

    assert deaths == [-signal.SIGKILL] * 3
    assert (run["stage"], run["done"]) == ("done", 50)
    await each_once(erp, codes)


@asynccontextmanager
async def dying(nursery: Nursery, folder: Path) -> AsyncIterator[list[int]]:
    """A worker that is started again whenever it dies, which it does at each of the points once."""
    deaths: list[int] = []

    async def keep_running() -> None:
        for number in itertools.count():
            dies = {
                "PERPETUAL_TASK_QUEUE": QUEUE,
                "PERPETUAL_DIE_AT": f"{POINTS[min(number, len(POINTS) - 1)]}:receivables.remind_customer",
                "PERPETUAL_DIE_ONCE": str(folder / f"death {min(number, len(POINTS) - 1)}"),
            }
            worker = await nursery.fork(dies)
            try:
                deaths.append(await worker.wait())
            except asyncio.CancelledError:
                os.kill(worker.pid, signal.SIGKILL)
                await worker.wait()
                raise

    running = asyncio.create_task(keep_running())
    yield deaths
    running.cancel()
    await asyncio.wait([running])

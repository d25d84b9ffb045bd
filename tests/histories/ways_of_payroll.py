"""Ways of payroll runs, and of the runs that compute and post their payslips."""

import asyncio
from dataclasses import replace
from typing import Any

from foundation.process import batch
from tests.builders import payroll
from tests.builders.payment_runs import DIRECTOR, decided
from tests.builders.payroll import CLERK, PATH, hired, in_dollars
from tests.histories.instead import instead
from tests.histories.replay import LONG_LIVES, living_so_long
from tests.histories.scene import Scene, way_that_varies


async def _with_two(scene: Scene) -> Scene:
    """A company that pays two people, of whom one has no account."""
    own = await in_dollars(scene.erp)
    await hired(own, "E-1")
    await hired(own, "E-2", accounts=[])
    return replace(scene, erp=own)


async def _edited(scene: Scene, run: Any, **edit: list[str]) -> Any:
    """The run, when it is computed as somebody wants it."""
    body = {"version": run["version"]} | edit
    await scene.erp.post(f"{PATH}/{run['run_id']}/edits", body, by=CLERK)
    return await payroll.calculated(scene.erp, run)


@way_that_varies
async def payroll_run_edited_and_paid(scene: Scene) -> tuple[str, ...]:
    """One is computed again, and is held still; the other is paid. And how they were computed and posted."""
    scene = await _with_two(scene)
    run = await _edited(scene, await payroll.opened(scene.erp), calculate_again=["E-2"])
    await payroll.sealed(scene.erp, run)
    (process,) = await scene.until_ended("payroll_run")
    return process, *await scene.until_ended("payslips_run", 3)


@way_that_varies
async def payroll_run_cancelled(scene: Scene) -> str:
    """Before it is submitted."""
    scene = await _with_two(scene)
    run = await payroll.opened(scene.erp)
    await scene.erp.post(f"{PATH}/{run['run_id']}/cancellation", {"reason": "too early"}, by=CLERK)
    (process,) = await scene.until_ended("payroll_run")
    return process


@way_that_varies
async def payroll_run_rejected(scene: Scene) -> str:
    """One of the two has said no."""
    scene = await _with_two(scene)
    run = await payroll.opened(scene.erp)
    await payroll.submitted(scene.erp, run)
    asked = await payroll.asked_of(scene.erp, run)
    no = {"approved": False, "reason": "next week"}
    await decided(scene.erp, asked["finance director"], DIRECTOR, **no)
    (process,) = await scene.until_ended("payroll_run")
    return process


@way_that_varies
async def payroll_corrected(scene: Scene) -> str:
    """Who was held is paid by a correction of the period."""
    scene = await _with_two(scene)
    await payroll.sealed(scene.erp, await payroll.opened(scene.erp))
    (first,) = await scene.until_ended("payroll_run")
    await payroll.paid_to(scene.erp, "E-2")
    await payroll.sealed(scene.erp, await payroll.opened(scene.erp, kind="correction"))
    (process,) = set(await scene.until_ended("payroll_run", 2)) - {first}
    return process


@way_that_varies
async def payslips_run_cancelled(scene: Scene) -> tuple[str, ...]:
    """Before anything is posted: who was to be paid is held, and the run is sealed."""
    scene = await _with_two(scene)
    run = await payroll.opened(scene.erp)
    await payroll.submitted(scene.erp, run)
    gate, apply = asyncio.Semaphore(0), batch.apply

    async def wait_for_its_turn(*asked: Any) -> Any:
        await gate.acquire()
        return await apply(*asked)

    with instead(batch, apply=wait_for_its_turn):
        await payroll.approved(scene.erp, run)
        posting = await scene.until_there("payslips_run", lambda one: one["stage"] == "working")
        path = f"/v1/runs/{posting['id']}/cancellation"
        cancelling = asyncio.create_task(scene.erp.post(path, {"reason": "a mistake"}, by="operator"))
        await asyncio.sleep(0.5)
        gate.release()
        await cancelling
        ended = await scene.until_ended("payslips_run", 2)
    (process,) = await scene.until_ended("payroll_run")
    return process, next(one for one in ended if "posted" in one)


@way_that_varies
async def payroll_run_goes_on_as_a_new_run(scene: Scene) -> str:
    """Edited again and again before it is paid."""
    with living_so_long(LONG_LIVES["payroll_run_goes_on_as_a_new_run"]):
        scene = await _with_two(scene)
        run = await payroll.opened(scene.erp)
        for _ in range(4):
            run = await _edited(scene, run, leave_out=["E-2"])
            run = await _edited(scene, run, put_in=["E-2"])
        await payroll.sealed(scene.erp, run)
        (process,) = await scene.until_ended("payroll_run")
    return process


@way_that_varies
async def off_cycle_run_goes_on_as_a_new_run(scene: Scene) -> str:
    """Two are paid what is named, which goes no further with the process."""
    with living_so_long(LONG_LIVES["off_cycle_run_goes_on_as_a_new_run"]):
        scene = await _with_two(scene)
        items = [{"component": "salary", "amount": "700.00"}]
        people = [{"employee_code": code, "items": items} for code in ("E-1", "E-2")]
        run = await payroll.opened(scene.erp, kind="off_cycle", people=people)
        for _ in range(3):
            run = await _edited(scene, run, leave_out=["E-2"])
            run = await _edited(scene, run, put_in=["E-2"])
        await payroll.sealed(scene.erp, run)
        (process,) = await scene.until_ended("payroll_run")
    return process

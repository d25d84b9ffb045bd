"""The ways through a change of bank details whose histories are kept."""

from dataclasses import replace
from typing import Any

from tests.builders.bank_details import (
    OLD_IBAN,
    asked_for,
    cancel,
    changed_at_once,
    decide,
    elsewhere,
    people,
    until,
    wait_hours,
)
from tests.builders.payment_runs import MILL, owing, proposed, said_yes_again, seen, submitted
from tests.builders.payment_runs import ready as ready_to_pay
from tests.builders.payroll import hired, in_dollars, paid_to
from tests.histories.scene import Scene, way, way_that_varies
from tests.workflows.approving import hire

MILL_PATH = "/v1/suppliers/MILL"


async def _asked(scene: Scene, hours: int = 24) -> Any:
    """Somebody has changed where a supplier's money goes."""
    await scene.erp.post("/v1/suppliers", MILL)
    await people(scene.erp)
    await wait_hours(scene.erp, hours)
    return await asked_for(scene.erp, MILL_PATH, elsewhere())


async def _ended(scene: Scene) -> str:
    (process,) = await scene.until_ended("bank_details_change")
    return process


@way_that_varies
async def bank_details_changed_after_a_day(scene: Scene) -> str:
    """Somebody says yes after two reminders; another day would have passed long ago."""
    change = await _asked(scene)
    await scene.pass_by(days=10)
    scene.erp.accepted(await decide(scene.erp, change))
    return await _ended(scene)


@way_that_varies
async def bank_details_changed_when_the_day_is_over(scene: Scene) -> str:
    """Somebody says yes at once, and it waits still."""
    change = await _asked(scene)
    scene.erp.accepted(await decide(scene.erp, change))
    await until(scene.erp, change, "approved")
    await scene.pass_by(hours=25)
    return await _ended(scene)


@way
async def bank_details_rejected(scene: Scene) -> str:
    """Somebody says no."""
    change = await _asked(scene)
    scene.erp.accepted(await decide(scene.erp, change, approved=False))
    return await _ended(scene)


@way
async def bank_details_cancelled(scene: Scene) -> str:
    """It is called off while somebody is asked."""
    scene.erp.accepted(await cancel(scene.erp, await _asked(scene)))
    return await _ended(scene)


@way
async def bank_details_cancelled_while_they_wait(scene: Scene) -> str:
    """It is called off when somebody has said yes, and the day is not over."""
    change = await _asked(scene)
    scene.erp.accepted(await decide(scene.erp, change))
    await until(scene.erp, change, "approved")
    scene.erp.accepted(await cancel(scene.erp, change))
    return await _ended(scene)


@way_that_varies
async def bank_details_asked_about_once_more(scene: Scene) -> str:
    """Who says yes has changed the record meanwhile: another is asked."""
    both = await hire(scene.erp, "Bodo Both", "finance director", "buyer")
    change = await _asked(scene, hours=0)
    edit = await scene.erp.request("PATCH", MILL_PATH, {"city": "Ketzin"}, by=both, if_match="*")
    scene.erp.accepted(edit)
    scene.erp.accepted(await decide(scene.erp, change, by=both))
    scene.erp.accepted(await decide(scene.erp, change))
    return await _ended(scene)


@way_that_varies
async def bank_details_of_an_employee(scene: Scene) -> str:
    """Somebody's pay goes to another account."""
    own = await in_dollars(scene.erp)
    await hired(own, "E-1")
    await paid_to(own, "E-1", OLD_IBAN)
    return await _ended(replace(scene, erp=own))


@way_that_varies
async def payment_run_opened_again(scene: Scene) -> str:
    """A supplier's account changes while two are asked: the run is submitted once more, and paid."""
    await ready_to_pay(scene.erp)
    await owing(scene.erp)
    await owing(scene.erp, "DAIRY", "RE-2")
    run = await submitted(scene.erp, await proposed(scene.erp))
    await changed_at_once(scene.erp, MILL_PATH, elsewhere())
    await scene.until_there("payment_run", lambda one: one["stage"] == "proposed")
    await submitted(scene.erp, await seen(scene.erp, run))
    await said_yes_again(scene.erp, run)
    (process,) = await scene.until_ended("payment_run")
    return process

"""Each step of a rejection run is refused in turn, and repeated in turn: a payment is owed again once."""

import pytest

from foundation.operations.operation import events
from tests.announcements import Announcing
from tests.api.test_payments_in_transit import a_paid_run
from tests.api.test_rejected_payments import is_owed_again, rejected, settled, states, until_outcomes
from tests.builders.status_reports import outcomes, report, reported
from tests.checked import violations
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.runs.test_payment_runs import parked, repaired

IMPORT = "banking.import_status_report"
LIST, REJECT = "banking.list_rejected_payments", "banking.reject_payment"


@pytest.mark.parametrize("step", [LIST, REJECT])
async def test_a_step_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    run = await a_paid_run(erp)
    faults.repeated.add((erp.company, step))

    told = await rejected(erp, report(run, group="RJCT"))

    assert faults.has_repeated(erp.company, step)
    assert await outcomes(erp, told) == ["rejected", "rejected"]
    assert len((await erp.get("/v1/reversals"))["items"]) == 3
    await is_owed_again(erp, *run["payments"])


async def test_a_list_that_is_refused_waits_until_it_can_be_made(erp: Erp, faults: FaultySteps) -> None:
    run = await a_paid_run(erp)
    faults.refused[erp.company, LIST] = 1_000
    told = await reported(erp, report(run, group="RJCT"))

    shown = await parked(erp)
    assert shown["failure"] == f"{LIST}: refused-by-the-test"
    faults.forget(erp.company)
    await repaired(erp, shown)

    await until_outcomes(erp, told, ["rejected", "rejected"])
    await is_owed_again(erp, *run["payments"])


@pytest.mark.parametrize("action", ["retry", "skip"])
async def test_a_payment_that_cannot_be_taken_back_stops_no_other(
    erp: Erp, faults: FaultySteps, action: str
) -> None:
    run = await a_paid_run(erp)
    faults.refused[erp.company, REJECT] = 1
    told = await reported(erp, report(run, group="RJCT"))

    shown = await settled(erp, told)
    assert sorted(await outcomes(erp, told)) == ["rejected", "to_reject"]
    await repaired(erp, shown, action)
    if action == "retry":
        await until_outcomes(erp, told, ["rejected", "rejected"])
        return await is_owed_again(erp, *run["payments"])
    await erp.at_rest()
    assert sorted(await outcomes(erp, told)) == ["rejected", "to_reject"]
    assert sorted(await states(erp, run)) == ["in_transit", "rejected"]
    assert await violations(erp.company) == []
    return None


async def test_others_are_told_of_the_report_and_of_each_payment_that_it_rejects(erp: Erp) -> None:
    run = await a_paid_run(erp)
    announcing = Announcing(erp)
    await announcing.want("http://127.0.0.1:9/", "banking.payment_status*", "banking.payment_rejected")
    whole = report(run, group="RJCT")

    told = await rejected(erp, whole)
    await reported(erp, whole)

    said = [one.event for one in await announcing.write_down()]
    assert told["is_new"]
    made = [event.event_name for name in (IMPORT, REJECT, REJECT) for event in events()[name]]
    assert said == made

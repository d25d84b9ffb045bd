"""Payment runs, when a supplier's account is changed at each of their stages."""

import asyncio
from typing import Any

import pytest

from tests.builders.bank_details import NEW_IBAN, changed_at_once, elsewhere
from tests.builders.payment_runs import (
    DIRECTOR,
    PATH,
    PROPOSER,
    SECOND,
    approved,
    asked,
    decided,
    owing,
    paid,
    problem,
    proposed,
    ready,
    said_yes_again,
    seen,
    submitted,
    until,
)
from tests.checked import violations
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

CHANGED = "bank_account_changed"


async def owed_to_two(erp: Erp) -> Any:
    """A run that pays two suppliers."""
    await ready(erp)
    await owing(erp)
    await owing(erp, "DAIRY", "RE-2")
    return await proposed(erp)


def pays(run: Any) -> dict[str, Any]:
    """To whom a run pays, what is left out, and how far it is."""
    return {
        "to": [one["supplier_code"] for one in run["payments"]],
        "left_out": {one["supplier_code"]: one["reason"] for one in run["left_out"]},
        "status": run["status"],
    }


async def until_reopened(erp: Erp, run: Any) -> Any:
    """The run at another version, a proposal again, as its process knows it."""
    for _ in range(400):
        (process,) = (await erp.get("/v1/processes", type="payment_run", only_open=True))["items"]
        now = await seen(erp, run)
        if process["stage"] == now["status"] == "proposed" and now["version"] > run["version"]:
            return now
        await asyncio.sleep(0.05)
    raise AssertionError(f"it is not a proposal again: {now}")


@pytest.mark.parametrize("stage", ["proposed", "submitted", "one approved"])
async def test_a_run_that_nobody_has_approved_leaves_it_out_and_is_submitted_once_more(
    erp: Erp, stage: str
) -> None:
    run = await owed_to_two(erp)
    if stage != "proposed":
        await submitted(erp, run)
        before = await asked(erp, run)
    if stage == "one approved":
        erp.accepted(await decided(erp, before["accountant"], SECOND))

    await changed_at_once(erp, "/v1/suppliers/MILL", elsewhere())

    again = await until_reopened(erp, run)
    assert pays(again) == {"to": ["DAIRY"], "left_out": {"MILL": CHANGED}, "status": "proposed"}
    assert (again["version"], again["content_hash"] != run["content_hash"]) == (run["version"] + 1, True)
    late = await erp.request("POST", f"{PATH}/{run['run_id']}/submission", {"version": 1}, by=PROPOSER)
    assert problem(late) == (409, "run-changed")
    if stage != "proposed":
        said = await decided(erp, before["finance director"], DIRECTOR)
        assert problem(said) == (409, "nothing-to-decide")
    await submitted(erp, again)
    await said_yes_again(erp, again)
    done = await until(erp, run, "posted")
    assert (pays(done)["to"], done["amount"]) == (["DAIRY"], "63.65")
    later = await paid(erp, await proposed(erp))
    assert [(one["supplier_code"], one["iban"]) for one in later["payments"]] == [("MILL", NEW_IBAN)]
    await erp.at_rest()
    assert await violations(erp.company) == []


async def until_parked(erp: Erp) -> Any:
    """The process of a payment run that waits for an operator."""
    for _ in range(400):
        if found := (await erp.get("/v1/processes", type="payment_run", only_exceptions=True))["items"]:
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError("nothing waits for an operator")


async def test_what_was_approved_and_is_not_released_leaves_that_payment_out(
    erp: Erp, faults: FaultySteps
) -> None:
    run = await owed_to_two(erp)
    await submitted(erp, run)
    faults.broken[erp.company, "banking.release_payment_run"] = RuntimeError("broken by the test")
    await approved(erp, run)
    parked = await until_parked(erp)

    await changed_at_once(erp, "/v1/suppliers/MILL", elsewhere())
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="administrator")

    done = await until(erp, run, "posted")
    assert pays(done) == {"to": ["DAIRY"], "left_out": {"MILL": CHANGED}, "status": "posted"}
    await erp.at_rest()
    assert await violations(erp.company) == []


async def test_a_run_that_pays_nobody_else_pays_nothing_then(erp: Erp) -> None:
    await ready(erp)
    await owing(erp)
    run = await proposed(erp)

    await changed_at_once(erp, "/v1/suppliers/MILL", elsewhere())

    again = await until_reopened(erp, run)
    path = f"{PATH}/{run['run_id']}/submission"
    refused = await erp.request("POST", path, {"version": again["version"]}, by=PROPOSER)
    assert problem(refused) == (422, "nothing-to-pay")


async def test_runs_that_do_not_pay_the_supplier_stay_as_they_are(erp: Erp) -> None:
    await ready(erp)
    await owing(erp, "DAIRY", "RE-2")
    run = await proposed(erp)

    await changed_at_once(erp, "/v1/suppliers/MILL", elsewhere())

    assert (await seen(erp, run))["version"] == run["version"]

"""Each step of a payment run is refused in turn, and repeated in turn: it is paid once, or not at all."""

import asyncio
from typing import Any

import pytest

from tests.builders import payment_runs
from tests.builders.bank_statements import camt, entry, imported, match
from tests.builders.payment_runs import (
    PATH,
    PROPOSER,
    approved,
    edit,
    owing,
    proposed,
    ready,
    seen,
    submitted,
    today,
    until,
    wanted,
)
from tests.checked import violations
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

PROPOSE, EDIT, SUBMIT = (
    "banking.propose_payment_run",
    "banking.edit_payment_run",
    "banking.submit_payment_run",
)
CANCEL, RELEASE = "banking.cancel_payment_run", "banking.release_payment_run"
LIST, PAY, MAKE = "banking.list_run_invoices", "banking.pay_run_invoice", "banking.make_payment_file"
STEPS = [PROPOSE, EDIT, SUBMIT, RELEASE, LIST, PAY, MAKE]


async def owed(erp: Erp) -> Any:
    """An invoice of each of two suppliers; gives that of the dairy."""
    await ready(erp)
    await owing(erp)
    return await owing(erp, "DAIRY")


async def whole_way(erp: Erp) -> Any:
    """From the proposal, without one of its invoices, to the file."""
    out = await owed(erp)
    run = await edit(erp, await proposed(erp), leave_out=[out["invoice_id"]])
    await submitted(erp, run)
    await approved(erp, run)
    return run


async def paid_once(erp: Erp, run: Any) -> None:
    """One payment to the mill, and a file."""
    done = await until(erp, run, "posted")
    assert [one["supplier_code"] for one in done["payments"]] == ["MILL"]
    assert len((await erp.get("/v1/supplier-payments"))["items"]) == 1
    file = await erp.request("GET", f"{PATH}/{run['run_id']}/file")
    assert file.content.count(b"<CdtTrfTxInf>") == 1
    await erp.at_rest()
    assert await violations(erp.company) == []


async def parked(erp: Erp, *, outcome: str | None = None) -> Any:
    """The process that waits for an operator."""
    for _ in range(200):
        found = (await erp.get("/v1/processes", only_exceptions=True))["items"]
        if found:
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process waits for an operator")


async def repaired(erp: Erp, shown: Any, action: str = "retry") -> None:
    """An operator decides."""
    decision = {"action": action, "reason": "mended"}
    await erp.post(f"/v1/processes/{shown['id']}/repair", decision, by="operator")


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    faults.repeated.add((erp.company, step))

    run = await whole_way(erp)

    await paid_once(erp, run)
    assert faults.has_repeated(erp.company, step)


async def test_a_cancellation_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps) -> None:
    await owed(erp)
    faults.repeated.add((erp.company, CANCEL))
    run = await proposed(erp)

    await erp.post(f"{PATH}/{run['run_id']}/cancellation", {"reason": "no"}, by=PROPOSER)

    assert faults.has_repeated(erp.company, CANCEL)
    assert (await seen(erp, run))["status"] == "cancelled"


async def test_a_proposal_that_is_refused_leaves_nothing(erp: Erp, faults: FaultySteps) -> None:
    await owed(erp)
    faults.refused[erp.company, PROPOSE] = 1

    answer = await erp.request("POST", PATH, wanted(), by=PROPOSER)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/refused-by-the-test")
    assert (await erp.get(PATH))["items"] == []
    assert len((await proposed(erp))["payments"]) == 2


async def test_an_edit_that_is_refused_changes_nothing(erp: Erp, faults: FaultySteps) -> None:
    out = await owed(erp)
    run = await proposed(erp)
    faults.refused[erp.company, EDIT] = 1
    body = {"version": 1, "leave_out": [out["invoice_id"]]}

    answer = await erp.request("POST", f"{PATH}/{run['run_id']}/edits", body, by=PROPOSER)

    assert answer.json()["type"] == "/problems/refused-by-the-test"
    assert (await seen(erp, run))["content_hash"] == run["content_hash"]
    assert (await edit(erp, run, leave_out=[out["invoice_id"]]))["version"] == 2


@pytest.mark.parametrize("step", [SUBMIT, RELEASE])
async def test_a_run_that_is_refused_before_it_is_paid_is_turned_back(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    await owed(erp)
    run = await proposed(erp)
    faults.refused[erp.company, step] = 1

    answer = await erp.request("POST", f"{PATH}/{run['run_id']}/submission", {"version": 1}, by=PROPOSER)
    if step == SUBMIT:
        assert answer.json()["type"] == "/problems/refused-by-the-test"
    else:
        await approved(erp, run)

    now = await until(erp, run, "cancelled")
    assert "refused by the test" in now["reason"]
    assert (await erp.get("/v1/supplier-payments"))["items"] == []
    assert len((await proposed(erp))["payments"]) == 2
    assert await violations(erp.company) == []


@pytest.mark.parametrize("step", [LIST, MAKE])
async def test_a_step_that_is_refused_after_that_waits_until_it_can_be_done(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    out = await owed(erp)
    run = await edit(erp, await proposed(erp), leave_out=[out["invoice_id"]])
    faults.refused[erp.company, step] = 1_000
    await submitted(erp, run)
    await approved(erp, run)

    shown = await parked(erp)
    assert shown["failure"] == f"{step}: refused-by-the-test"
    late = await erp.request("POST", f"{PATH}/{run['run_id']}/cancellation", {"reason": "late"}, by=PROPOSER)
    # A step that is parked keeps commands waiting; a posting run does not.
    assert late.status_code == (409 if step == LIST else 202)
    assert step == MAKE or late.json()["type"] == "/problems/payments-released"
    faults.forget(erp.company)
    await repaired(erp, shown)

    await paid_once(erp, run)


async def test_the_file_pays_from_the_account_that_was_approved(erp: Erp, faults: FaultySteps) -> None:
    out = await owed(erp)
    run = await edit(erp, await proposed(erp), leave_out=[out["invoice_id"]])
    faults.refused[erp.company, MAKE] = 1_000
    await submitted(erp, run)
    await approved(erp, run)
    shown = await parked(erp)
    other = {"iban": payment_runs.ANOTHER_IBAN}
    erp.accepted(await erp.request("PATCH", "/v1/bank-accounts/SAVINGS", other, if_match="*"))
    faults.forget(erp.company)
    await repaired(erp, shown)

    await paid_once(erp, run)
    file = await erp.request("GET", f"{PATH}/{run['run_id']}/file")
    assert f"<DbtrAcct><Id><IBAN>{run['iban']}<" in file.text


async def test_a_run_that_is_released_is_not_given_up_while_nobody_knows_it(
    erp: Erp, faults: FaultySteps
) -> None:
    out = await owed(erp)
    run = await edit(erp, await proposed(erp), leave_out=[out["invoice_id"]])
    faults.lost.add((erp.company, RELEASE))
    await submitted(erp, run)
    await approved(erp, run)
    shown = await parked(erp)

    abort = {"action": "abort", "reason": "it hangs"}
    answer = await erp.request("POST", f"/v1/processes/{shown['id']}/repair", abort, by="operator")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing-to-repair")
    assert (await seen(erp, run))["status"] == "released"
    faults.forget(erp.company)
    await repaired(erp, shown)
    await paid_once(erp, run)


async def test_a_way_back_that_is_refused_waits_until_it_can_be_done(erp: Erp, faults: FaultySteps) -> None:
    await owed(erp)
    run = await proposed(erp)
    faults.refused[erp.company, CANCEL] = 1_000
    path = f"{PATH}/{run['run_id']}/cancellation"
    cancelling = asyncio.create_task(erp.post(path, {"reason": "no"}, by=PROPOSER))

    shown = await parked(erp)
    faults.forget(erp.company)
    while not cancelling.done():
        retry = {"action": "retry", "reason": "mended"}
        await erp.request("POST", f"/v1/processes/{shown['id']}/repair", retry, by="operator")
        await asyncio.sleep(0.1)

    assert (await cancelling)["status"] == "cancelled"


@pytest.mark.parametrize("action", ["retry", "skip"])
async def test_a_payment_that_cannot_be_posted_stops_no_other(
    erp: Erp, faults: FaultySteps, action: str
) -> None:
    await owed(erp)
    run = await proposed(erp)
    faults.refused[erp.company, PAY] = 1
    await submitted(erp, run)
    await approved(erp, run)

    shown = await parked(erp)
    (posted,) = (await erp.get("/v1/supplier-payments"))["items"]
    assert (await erp.request("GET", f"{PATH}/{run['run_id']}/file")).status_code == 404
    # The file would pay it all the same.
    path = f"/v1/supplier-payments/{posted['payment_id']}/reversal"
    back = await erp.request("POST", path, {"reason": "a mistake", "reversed_on": today()})
    assert (back.status_code, back.json()["type"]) == (409, "/problems/stands-on-it")
    assert run["run_number"] in back.json()["detail"]
    await repaired(erp, shown, action)

    done = await until(erp, run, "posted")
    assert len(done["payments"]) == (2 if action == "retry" else 1)
    assert [one["reason"] for one in done["left_out"]] == ([] if action == "retry" else ["not_posted"])
    await erp.at_rest()
    assert await violations(erp.company) == []


async def test_a_payment_may_have_been_posted_to_two_accounts_in_transit(
    erp: Erp, faults: FaultySteps
) -> None:
    await ready(erp)
    for number in ("RE-1", "RE-2"):
        await owing(erp, number=number)
    run = await proposed(erp)
    faults.refused[erp.company, PAY] = 1
    await submitted(erp, run)
    await approved(erp, run)
    shown = await parked(erp)
    other = {"code": "1475", "name": "In transit", "kind": "asset", "role": "payments_in_transit"}
    erp.accepted(await erp.request("PATCH", "/v1/accounts/1470", {"role": None}, if_match="*"))
    await erp.post("/v1/accounts", other)
    await repaired(erp, shown)

    (payment,) = (await until(erp, run, "posted"))["payments"]
    await erp.at_rest()
    assert await violations(erp.company) == []
    line = entry("-127.30", "Invoices", day=today(), end_to_end=payment["end_to_end_id"])
    (statement,) = await imported(erp, camt(line, closing="-127.30", day=today()))
    await match(erp, statement)

    assert (await seen(erp, run))["payments"][0]["confirmed_by"]
    balances = await erp.balances()
    assert {balances[one] for one in ("1470", "payments_in_transit")} == {0}
    assert await violations(erp.company) == []


async def test_a_run_that_is_held_goes_on_when_it_is_released(erp: Erp) -> None:
    await owed(erp)
    run = await proposed(erp)
    (process,) = (await erp.get("/v1/processes", document=run["run_number"]))["items"]
    await erp.post(f"/v1/processes/{process['id']}/hold", {"reason": "a look"}, by="operator")

    refused = await erp.request("POST", f"{PATH}/{run['run_id']}/submission", {"version": 1}, by=PROPOSER)
    await erp.post(f"/v1/processes/{process['id']}/release", {"reason": "looked"}, by="operator")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/process-held")
    await submitted(erp, run)


@pytest.mark.parametrize("stage", ["proposed", "submitted", "posted"])
async def test_cancelled_in_temporal_it_turns_back_until_it_is_released(erp: Erp, stage: str) -> None:
    await owed(erp)
    run = await proposed(erp)
    if stage != "proposed":
        await submitted(erp, run)
        await payment_runs.asked(erp, run)

    handle = erp.temporal.get_workflow_handle(f"{erp.company}/payment_run/{run['run_id']}")
    if stage == "posted":
        await approved(erp, run)
        await until(erp, run, "released", "posted")
    await handle.cancel()

    now = await until(erp, run, "posted" if stage == "posted" else "cancelled")
    assert now["reason"] == ("" if stage == "posted" else "cancelled by an operator")
    await erp.at_rest()
    assert await violations(erp.company) == []


async def test_many_invoices_are_each_paid_once(erp: Erp) -> None:
    await ready(erp)
    for number in range(12):
        await owing(erp, "MILL" if number % 2 else "DAIRY", f"RE-{number}")

    done = await payment_runs.paid(erp, await proposed(erp))

    assert (len(done["payments"]), done["amount"]) == (2, "763.80")
    assert len((await erp.get("/v1/supplier-payments"))["items"]) == 12
    assert await violations(erp.company) == []

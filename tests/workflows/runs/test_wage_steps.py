"""Each step that pays wages is refused, and repeated, in turn: people are paid once, or not at all."""

from typing import Any

import asyncpg
import pytest

from tests.builders.payment_runs import PATH, PROPOSER, seen, until
from tests.builders.payroll import CLERK
from tests.builders.wages import (
    a_sealed_run,
    approved,
    of_wages,
    paid,
    proposed,
    ready_to_pay,
    submitted,
    wages_of,
)
from tests.checked import violations
from tests.erp import Erp
from tests.faulty_steps import FaultySteps
from tests.workflows.runs.test_payment_runs import parked, repaired

PROPOSE, SUBMIT = "banking.propose_payment_run", "banking.submit_payment_run"
RELEASE, FILE = "banking.release_payment_run", "banking.make_payment_file"
LIST, PAY = "banking.list_run_wages", "banking.pay_run_wages"
STEPS = [PROPOSE, SUBMIT, RELEASE, LIST, PAY, FILE]


async def is_paid_once(own: Erp, run: Any) -> None:
    """Both are, and the books say so."""
    assert [one["state"] for one in await wages_of(own, run)] == ["in_transit"] * 2
    assert (await own.balances())["wages_payable"] == 0
    await own.at_rest()
    assert await violations(own.company) == []


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1", "E-2")
    faults.repeated.add((own.company, step))

    run = await paid(own, await proposed(own, payroll))

    await is_paid_once(own, run)
    assert faults.has_repeated(own.company, step)


async def test_a_proposal_that_is_refused_leaves_nothing(erp: Erp, faults: FaultySteps) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1", "E-2")
    faults.refused[own.company, PROPOSE] = 1

    answer = await own.request("POST", PATH, of_wages(payroll), by=PROPOSER)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/refused-by-the-test")
    assert (await own.get(PATH))["items"] == []
    await is_paid_once(own, await paid(own, await proposed(own, payroll)))


@pytest.mark.parametrize("step", [LIST, PAY, FILE])
async def test_a_step_that_is_refused_after_the_release_waits_until_it_can_be_done(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    own = await ready_to_pay(erp)
    run = await proposed(own, await a_sealed_run(own, "E-1", "E-2"))
    await submitted(own, run)
    faults.refused[own.company, step] = 1

    await approved(own, run)
    waits = await parked(own)
    assert (await seen(own, run))["status"] == "released"
    await repaired(own, waits)

    await until(own, run, "posted")
    await is_paid_once(own, run)


async def test_wages_that_cannot_be_posted_are_done_without_and_paid_by_the_next_run(
    erp: Erp, faults: FaultySteps
) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1", "E-2")
    run = await proposed(own, payroll)
    await submitted(own, run)
    faults.refused[own.company, PAY] = 1

    await approved(own, run)
    await repaired(own, await parked(own), "skip")
    done = await until(own, run, "posted")
    again = await paid(own, await proposed(own, payroll))

    assert {one["left_out_because"] for one in await wages_of(own, done)} == {"not_posted"}
    await is_paid_once(own, again)


async def test_a_release_that_is_refused_turns_the_run_back(erp: Erp, faults: FaultySteps) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1", "E-2")
    run = await proposed(own, payroll)
    await submitted(own, run)
    faults.refused[own.company, RELEASE] = 1

    await approved(own, run)
    await until(own, run, "cancelled")

    assert {one["status"] for one in await wages_of(own, run)} == {"withdrawn"}
    await is_paid_once(own, await paid(own, await proposed(own, payroll)))


LOGGED = (
    "SELECT count(*) FROM foundation.operation WHERE company_id = $1 AND name = $2 AND status = 'applied'"
)


async def test_a_payment_that_is_taken_back_twice_with_a_key_is_so_once(erp: Erp, owner_url: str) -> None:
    own = await ready_to_pay(erp)
    run = await paid(own, await proposed(own, await a_sealed_run(own, "E-1")))
    (wage,) = await wages_of(own, run)
    path, why = f"/v1/wage-payments/{wage['wage_payment_id']}/reversal", {"reason": "not made"}

    once, again = [await own.request("POST", path, why, by=CLERK, key="the same") for _ in range(2)]
    left_out = await own.request("GET", f"/v1/wage-payments/{run['run_id']}", by=CLERK)

    assert once.json()["reversal_number"] == again.json()["reversal_number"]
    assert left_out.status_code == 404
    connection = await asyncpg.connect(owner_url)
    try:
        assert await connection.fetchval(LOGGED, own.company, "banking.reverse_wage_payment") == 1
    finally:
        await connection.close()
    await own.at_rest()
    assert await violations(own.company) == []


SECOND = """
    UPDATE banking.wage_payment SET status = 'paid', paid_on = o.paid_on, account_code = o.account_code
    FROM banking.wage_payment o WHERE banking.wage_payment.company_id = $1 AND o.company_id = $1
        AND o.status = 'paid' AND banking.wage_payment.status = 'withdrawn'
"""
OTHER = "UPDATE banking.wage_payment SET paid_on = paid_on + 1 WHERE company_id = $1 AND status = 'paid'"


@pytest.mark.parametrize(("statement", "says"), [(SECOND, "is paid"), (OTHER, "stays as it was paid")])
async def test_the_database_pays_nobody_twice(erp: Erp, owner_url: str, statement: str, says: str) -> None:
    own = await ready_to_pay(erp)
    payroll = await a_sealed_run(own, "E-1")
    mistaken = await proposed(own, payroll)
    await own.post(f"{PATH}/{mistaken['run_id']}/cancellation", {"reason": "a test"}, by=PROPOSER)
    await paid(own, await proposed(own, payroll))
    connection = await asyncpg.connect(owner_url)

    try:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=says):
            await connection.execute(statement, own.company)
    finally:
        await connection.close()

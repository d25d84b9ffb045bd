"""Each step of an invoice without an order is refused in turn, and its answer gets lost in turn."""

import asyncio
from typing import Any

import pytest

from tests.builders.purchase_orders import SUPPLIER
from tests.builders.without_order import ENTER, PATH, an_invoice, decide, entered, taken_back, until
from tests.checked import holds_when_at_rest
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

BEFORE = ["payables.enter_coded_invoice", "payables.submit_coded_invoice"]
AFTER = "payables.post_coded_invoice"
BACK = "payables.end_coded_invoice"


@pytest.fixture(autouse=True)
async def supplier(erp: Erp) -> None:
    """Who bills us."""
    await erp.post("/v1/suppliers", SUPPLIER)


async def _only(erp: Erp, status: str) -> Any:
    """The one invoice that is not turned down stands so, and nothing is violated."""
    found = [one for one in (await erp.get(PATH))["items"] if one["status"] not in ("cancelled", "rejected")]
    (invoice,) = found
    await until(erp, invoice, status)
    await holds_when_at_rest(erp)
    return invoice


async def test_these_are_all_its_steps(erp: Erp, faults: FaultySteps) -> None:
    await decide(erp, await entered(erp))
    await decide(erp, await entered(erp, supplier_number="2"), approved=False)

    seen = {name for company, name in faults.seen if company == erp.company}
    assert {name for name in seen if name.startswith("payables.")} == {*BEFORE, AFTER, BACK}
    await _only(erp, "posted")


@pytest.mark.parametrize("step", BEFORE)
async def test_refused_before_anybody_is_asked_its_number_is_free(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    before = await erp.balances()
    faults.refused[erp.company, step] = 1

    answer = await erp.request("POST", ENTER, an_invoice(), by="accountant")

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/refused-by-the-test")
    assert await erp.balances() == before
    await decide(erp, await entered(erp))
    await _only(erp, "posted")


async def test_refused_after_the_yes_it_waits_until_it_can_be_posted(erp: Erp, faults: FaultySteps) -> None:
    invoice = await entered(erp)
    faults.refused[erp.company, AFTER] = 1_000
    deciding = asyncio.create_task(decide(erp, invoice))

    parked = await _parked(erp)
    path, why = f"{PATH}/{invoice['invoice_id']}/cancellation", {"reason": "no need"}
    late = await erp.request("POST", path, why, key=f"late in {erp.company}")
    assert late.status_code == 202, late.text  # It comes after the decision, and is refused then.
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await deciding

    answer = await erp.request("POST", path, why, key=f"late in {erp.company}")
    assert answer.status_code == 409, answer.text
    await _only(erp, "posted")


async def test_a_way_back_that_is_refused_waits_until_it_can_be_gone(erp: Erp, faults: FaultySteps) -> None:
    invoice = await entered(erp)
    faults.refused[erp.company, BACK] = 1_000
    deciding = asyncio.create_task(decide(erp, invoice, approved=False))

    parked = await _parked(erp)
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await deciding

    assert (await until(erp, invoice, "rejected"))["decided_by"] is not None


async def _parked(erp: Erp) -> Any:
    for _ in range(400):
        if found := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process is parked")


@pytest.mark.parametrize("step", [*BEFORE, AFTER])
async def test_a_step_whose_answer_gets_lost_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    repeated = (erp.company, step)
    faults.repeated.add(repeated)

    await decide(erp, await entered(erp))

    invoice = await _only(erp, "posted")
    assert faults.has_repeated(*repeated)
    await taken_back(erp, invoice)
    await _only(erp, "reversed")


async def test_the_answer_of_the_way_back_gets_lost(erp: Erp, faults: FaultySteps) -> None:
    repeated = (erp.company, "payables.end_coded_invoice")
    faults.repeated.add(repeated)
    invoice = await entered(erp)

    await decide(erp, invoice, approved=False)

    await until(erp, invoice, "rejected")
    assert faults.has_repeated(*repeated)

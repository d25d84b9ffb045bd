"""Each step of a dunning refused in turn, and each repeated: it waits until it can go on, nothing twice."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.faulty_steps import FaultySteps
from tests.workflows.dunning.reminding import Reminding

REMIND = "receivables.remind_customer"
STEPS = ["receivables.list_overdue", REMIND]


@pytest.mark.parametrize("step", STEPS)
async def test_a_refused_step_waits_and_shows_why_until_it_can_be_done(
    reminding: Reminding, faults: FaultySteps, step: str
) -> None:
    order = await reminding.owe(days_overdue=21)
    faults.refused[reminding.erp.company, step] = 1_000
    await reminding.run()
    shown = await _only_exception(reminding)
    assert "is refused by the test" in shown["exception"]
    assert shown["failure"] == f"{step}: refused-by-the-test"
    faults.forget(reminding.erp.company)
    await _retry(reminding, shown)

    await reminding.until("reminded, level 1")
    await _paid_and_over_with_one_letter(reminding, order)


async def test_a_dunning_whose_end_is_refused_ends_when_it_is_tried_again(
    reminding: Reminding, faults: FaultySteps
) -> None:
    order = await reminding.owe(days_overdue=21)
    await reminding.run()
    await reminding.pay(order, "119.00")
    faults.refused[reminding.erp.company, REMIND] = 1
    await reminding.pass_days(1)
    shown = await _only_exception(reminding)
    assert shown["failure"] == f"{REMIND}: refused-by-the-test"
    assert (await reminding.dunning())["stage"] == "reminded, level 1"
    await _retry(reminding, shown)

    await _over_with_one_letter(reminding)


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_whose_answer_got_lost_happens_once(
    reminding: Reminding, faults: FaultySteps, step: str
) -> None:
    order = await reminding.owe(days_overdue=21)
    faults.repeated.add((reminding.erp.company, step))

    await reminding.run()

    await reminding.until("reminded, level 1")
    assert faults.has_repeated(reminding.erp.company, step)
    await _paid_and_over_with_one_letter(reminding, order)


async def test_without_an_account_for_fees_the_letter_waits_and_says_so(reminding: Reminding) -> None:
    erp = reminding.erp
    await _blocks(reminding, "4510", blocked=True)
    procedure = {"code": "FEE", "name": "At once", "customers": ["ALICE"]}
    texts = [{"language": "en", "title": "Reminder", "text": "Please pay."}]
    level = {"days_overdue": 1, "fee_amount": "5.00", "texts": texts}
    await erp.post("/v1/dunning-procedures", procedure | {"levels": [level]}, by="accountant")
    await reminding.owe()
    await reminding.run()

    shown = await _only_exception(reminding)

    assert "dunning_fees" in shown["exception"]
    assert await reminding.letters() == []
    await _blocks(reminding, "4510", blocked=False)
    await _retry(reminding, shown)
    await reminding.until("waiting for a decision")
    assert await reminding.charges() == {"dunning_fees": Decimal("5.00")}


async def _blocks(reminding: Reminding, code: str, *, blocked: bool) -> None:
    path = f"/v1/accounts/{code}"
    headers = {"Authorization": f"Bearer {reminding.erp.keys['accountant']}", "If-Match": "*"}
    headers["X-Company"] = reminding.erp.company
    response = await reminding.erp.http.patch(path, json={"blocked": blocked}, headers=headers)
    assert response.status_code == 200, response.text


async def _only_exception(reminding: Reminding) -> Any:
    found = await reminding.erp.get("/v1/processes", type="dunning_run", only_exceptions=True)
    (shown,) = found["items"]
    return shown


async def _retry(reminding: Reminding, shown: Any) -> None:
    path = f"/v1/processes/{shown['id']}/repair"
    await reminding.erp.post(path, {"action": "retry"}, by="operator")


async def _paid_and_over_with_one_letter(reminding: Reminding, order: object) -> None:
    await reminding.pay(order, "119.00")
    await reminding.pass_days(1)
    await _over_with_one_letter(reminding)


async def _over_with_one_letter(reminding: Reminding) -> None:
    await reminding.until("paid")
    assert await reminding.days_of_letters() == [(1, 0)]
    await _nothing_waits_for_an_operator(reminding)
    assert await reminding.charges() == {}


async def _nothing_waits_for_an_operator(reminding: Reminding) -> None:
    """The run, whose item was tried again, hears a moment later that it was done."""
    for _ in range(400):
        if not (await reminding.erp.get("/v1/processes", only_exceptions=True))["items"]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("something still waits for an operator")

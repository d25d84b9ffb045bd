"""Each step of a dunning refused in turn, and each repeated: it waits until it can go on, nothing twice."""

import asyncio
from decimal import Decimal

import pytest

from tests.faulty_steps import FaultySteps
from tests.workflows.dunning.reminding import Reminding

STEPS = ["receivables.begin_dunning", "receivables.review_dunning", "receivables.post_dunning_letter"]
LAST = "receivables.end_dunning"


@pytest.mark.parametrize("step", [*STEPS, LAST])
async def test_a_refused_step_waits_and_shows_why_until_it_can_be_done(
    reminding: Reminding, faults: FaultySteps, step: str
) -> None:
    erp = reminding.erp
    order = await reminding.owe(days_overdue=21)
    faults.refused[erp.company, step] = 1_000
    process = await reminding.begin()
    if step == LAST:
        await _reminded_and_paid(reminding, order)
    shown = await _until_parked(reminding)
    assert "is refused by the test" in shown["exception"]
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{process.id}/repair", {"action": "retry"}, by="operator")

    if step != LAST:
        await _reminded_and_paid(reminding, order)

    await _over_with_one_letter(reminding)


@pytest.mark.parametrize("step", [*STEPS, LAST])
async def test_a_step_whose_answer_got_lost_happens_once(
    reminding: Reminding, faults: FaultySteps, step: str
) -> None:
    order = await reminding.owe(days_overdue=21)
    faults.repeated.add((reminding.erp.company, step))

    await reminding.begin()
    await _reminded_and_paid(reminding, order)

    await _over_with_one_letter(reminding)


async def test_without_an_account_for_fees_the_letter_waits_and_says_so(reminding: Reminding) -> None:
    erp = reminding.erp
    await _blocks(reminding, "4510", blocked=True)
    procedure = {"code": "FEE", "name": "At once", "customers": ["ALICE"]}
    texts = [{"language": "en", "title": "Reminder", "text": "Please pay."}]
    level = {"days_overdue": 1, "fee_amount": "5.00", "texts": texts}
    await erp.post("/v1/dunning-procedures", procedure | {"levels": [level]}, by="accountant")
    await reminding.owe()
    process = await reminding.begin()

    shown = await _until_parked(reminding)

    assert "dunning_fees" in shown["exception"]
    assert await reminding.letters() == []
    await _blocks(reminding, "4510", blocked=False)
    await erp.post(f"/v1/processes/{process.id}/repair", {"action": "retry"}, by="operator")
    await reminding.until("waiting for a decision")
    assert await reminding.charges() == {"dunning_fees": Decimal("5.00")}


async def _blocks(reminding: Reminding, code: str, *, blocked: bool) -> None:
    path = f"/v1/accounts/{code}"
    headers = {"Authorization": f"Bearer {reminding.erp.keys['accountant']}", "If-Match": "*"}
    headers["X-Company"] = reminding.erp.company
    response = await reminding.erp.http.patch(path, json={"blocked": blocked}, headers=headers)
    assert response.status_code == 200, response.text


async def _reminded_and_paid(reminding: Reminding, order: object) -> None:
    await reminding.until("reminded, level 1")
    await reminding.pay(order, "119.00")
    await reminding.tell("resume", {"reason": "the money has come"})


async def _until_parked(reminding: Reminding) -> dict[str, str]:
    for _ in range(200):
        path = "/v1/processes"
        found = await reminding.erp.get(path, type="dunning", only_exceptions=True)
        if found["items"]:
            parked: dict[str, str] = found["items"][0]
            return parked
        await asyncio.sleep(0.05)
    raise AssertionError("no process was parked")


async def _over_with_one_letter(reminding: Reminding) -> None:
    await reminding.until("paid")
    assert await reminding.days_of_letters() == [(1, 0)]
    assert (await reminding.dunning())["exception"] is None
    assert await reminding.charges() == {}

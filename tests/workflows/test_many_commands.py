"""A process that lives long goes on as a new run: between two nothing is lost, and nothing doubled."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, select

from foundation.database.connections import database
from foundation.database.tables import AcceptedCommand
from foundation.operations import delivery
from foundation.operations.commands import Accepted
from foundation.process.process import Process
from foundation.values.messages import Caller
from tests.erp import Erp, an_order
from tests.workflows.approving import a_held_order, decide
from tests.workflows.conftest import LongTimes

A_FEW = 150
"""So many events are long enough here: Temporal's own limit is far."""
FIRST_SHIPMENT = select(AcceptedCommand).where(
    AcceptedCommand.process_id == bindparam("process"), AcceptedCommand.number == 2
)


@pytest.fixture
async def erp(monkeypatch: pytest.MonkeyPatch, long_times: LongTimes) -> AsyncIterator[Erp]:
    """A company whose processes have short histories."""
    monkeypatch.setattr(Process, "MOST_EVENTS", A_FEW)
    async with long_times.worker():
        yield long_times.erp


async def runs_of(erp: Erp, order: Any) -> list[str]:
    """The runs of an order's process, the last first."""
    handle, runs = erp.process_of(order), []
    while True:
        history = await handle.fetch_history()
        begun = history.events[0].workflow_execution_started_event_attributes
        runs.append(begun.first_execution_run_id)
        if not begun.continued_execution_run_id:
            return runs
        assert len(history.events) < A_FEW + 150
        handle = erp.temporal.get_workflow_handle(handle.id, run_id=begun.continued_execution_run_id)


async def answered(erp: Erp, requests: list[Any]) -> list[int]:
    """How many requests at once were answered; 202 is asked again until the process has said more."""

    async def ask(path: str, body: Any, by: str) -> int:
        key = str(uuid4())
        for _ in range(100):
            answer = await erp.request("POST", path, body, by=by, key=key)
            if answer.status_code != 202:
                return answer.status_code
            await asyncio.sleep(0.1)
        return answer.status_code

    return await asyncio.gather(*(ask(*one) for one in requests))


async def first_answer(erp: Erp, order: Any) -> Any:
    """What the books have for the first shipment."""
    async with database().read(erp.company) as tx:
        return (await tx.execute(FIRST_SHIPMENT, {"process": erp.process_of(order).id})).one()


async def said_again(erp: Erp, order: Any) -> Any:
    """What the first shipment is answered when somebody sends it late, to a run that has not taken it."""
    known = await first_answer(erp, order)
    caller = Caller(company=erp.company, actor=known.actor, correlation_id="late")
    late = Accepted(
        known.id, known.number, erp.process_of(order).id, known.kind, known.body, caller, None, None
    )
    outcome = await delivery.send(erp.temporal, late)
    return known if outcome == (known.answer, known.refusal) else outcome


async def test_an_order_takes_more_commands_than_one_history_may_hold(erp: Erp) -> None:
    lines = [{"item_code": "PEAR", "quantity": "60", "unit_price": "10.00"}]
    order = await erp.place(an_order(lines=lines))
    path = f"/v1/sales-orders/{order['order_id']}"
    shipment = {"shipped_on": "2026-03-05", "lines": [{"line_number": 1, "quantity": "1"}]}
    payment = {"received_on": "2026-03-20", "amount": "10.70", "currency": "EUR"}
    ships, pays = (f"{path}/shipments", shipment, "warehouse"), (f"{path}/payments", payment, "accountant")

    said = [status for _ in range(14) for status in await answered(erp, [ships, pays] * 4)]
    late = await said_again(erp, order)
    said += await answered(erp, [ships, pays] * 4)

    assert Counter(said) == {201: 120}
    assert await answered(erp, [ships]) == [409]
    assert late == await first_answer(erp, order)
    await erp.until(order, "closed")
    assert len(await runs_of(erp, order)) >= 4
    balances = await erp.balances()
    assert balances["receivable"] == 0
    assert balances["revenue"] == Decimal("-600.00")
    assert (await erp.stock("PEAR"))["on_hand"] == "40"


async def test_what_an_earlier_run_did_is_taken_back_by_a_later_one(erp: Erp) -> None:
    order, approval = await a_held_order(erp)
    assert (await decide(erp, approval, "credit manager"))[0] == 200
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    too_much = {"shipped_on": "2026-03-05", "lines": [{"line_number": 1, "quantity": "91"}]}
    more = [(path, {**too_much, "carrier": f"carrier {number}"}, "warehouse") for number in range(70)]
    said = [status for start in range(0, 70, 7) for status in await answered(erp, more[start : start + 7])]
    assert set(said) == {409}
    assert len(await runs_of(erp, order)) >= 2
    again = await decide(erp, approval, "credit manager")
    await erp.post(
        f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "no more"}, by="sales clerk"
    )

    assert again[0] == 200
    await erp.until(order, "cancelled")
    assert (await erp.stock("APPLE"))["reserved"] == "0"
    _, next_approval = await a_held_order(erp)
    assert next_approval["subject"].startswith("credit: exposure 0.00")

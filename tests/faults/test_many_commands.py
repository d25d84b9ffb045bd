"""A process is asked for more at once than Temporal takes: what decides about it gets through, and all is
answered in order.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from foundation.runtime.settings import settings
from tests.erp import Erp
from tests.faults.stores import nobody_else_sends
from tests.faulty_steps import FaultySteps

_ALL = """
    SELECT number, kind, answered_at, refusal FROM foundation.command WHERE company_id = $1 ORDER BY number
"""
_PAID = "SELECT amount FROM ledger.payment WHERE company_id = $1 ORDER BY number"


@pytest.fixture
async def owner(owner_url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """The tables' owner, who sees what was answered when."""
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


async def test_a_parked_step_is_repaired_though_thirty_commands_wait_behind_it(
    on_dev_server: Erp, faults: FaultySteps, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}"
    process = f"/v1/processes/{erp.process_of(order).id}"
    faults.refused[erp.company, "receivables.post_invoice"] = 10_000
    monkeypatch.setattr(settings(), "api_wait_seconds", 2.0)
    with nobody_else_sends(erp.temporal):
        await erp.request("POST", f"{path}/shipments", {"shipped_on": "2026-03-05"}, by="warehouse")

        waiting = await asyncio.gather(*(_pay(erp, path, cents) for cents in range(1, 31)))
        faults.forget(erp.company)
        monkeypatch.setattr(settings(), "api_wait_seconds", 8.0)
        held = await erp.request("POST", f"{process}/hold", {"reason": "wait"}, by="operator")
        released = await erp.request("POST", f"{process}/release", {"reason": "go on"}, by="operator")
        repaired = await erp.request("POST", f"{process}/repair", {"action": "retry"}, by="operator")
        asked = await _all_answered(owner, erp.company)

    paid = [row["amount"] for row in await owner.fetch(_PAID, erp.company)]
    assert {answer.status_code for answer in waiting} == {202}
    assert [answer.status_code for answer in (held, released, repaired)] == [200, 200, 200]
    assert [row["number"] for row in asked] == list(range(1, 36))
    assert {row["refusal"] for row in asked} == {None}
    assert len(paid) == 30
    moments = [row["answered_at"] for row in asked if row["kind"] == "pay"]
    assert len(set(paid)) == 30
    # Six of them may be answered at once.
    assert all(moments[later] > moments[later - 6] for later in range(6, 30))


async def test_thirty_commands_at_once_are_all_answered_at_the_door(on_dev_server: Erp) -> None:
    order = await on_dev_server.place()
    path = f"/v1/sales-orders/{order['order_id']}"

    answers = await asyncio.gather(*(_pay(on_dev_server, path, cents) for cents in range(1, 31)))

    assert [answer.status_code for answer in answers] == [201] * 30


async def _pay(erp: Erp, path: str, cents: int) -> Any:
    paid = {"received_on": "2026-03-20", "amount": f"0.{cents:02}", "currency": "EUR"}
    return await erp.request("POST", f"{path}/payments", paid, by="accountant")


async def _all_answered(owner: Any, company: str) -> list[Any]:
    async with asyncio.timeout(40):
        while True:
            found: list[Any] = await owner.fetch(_ALL, company)
            if all(row["answered_at"] is not None for row in found):
                return found
            await asyncio.sleep(0.2)

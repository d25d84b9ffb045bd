"""A process whose workflow task fails cannot say so: the workers find it, and note it while it lasts."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client

from foundation.process import failing_tasks
from foundation.process.process import Process
from foundation.runtime import visibility
from foundation.runtime.settings import settings
from foundation.runtime.temporal import is_stuck
from foundation.values.messages import Caller, Message
from tests.erp import Erp, an_order


async def exceptions(erp: Erp, **more: Any) -> list[Any]:
    """What an operator sees."""
    found: list[Any] = (await erp.get("/v1/processes", only_exceptions=True, **more))["items"]
    return found


async def exceptions_until(erp: Erp, count: int) -> list[Any]:
    """So many exceptions, when the workers have looked."""
    for _ in range(120):
        await failing_tasks.note(erp.temporal)
        if len(found := await exceptions(erp)) == count:
            return found
        await asyncio.sleep(0.5)
    raise AssertionError(f"{len(found)} exceptions, not {count}")


async def test_a_process_whose_task_fails_is_among_the_exceptions_until_it_works_again(
    on_dev_server: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server

    def fails(self: Process, command: Message) -> None:
        raise KeyError(f"a mistake that {type(self).__name__} cannot catch over {type(command).__name__}")

    monkeypatch.setattr(Process, "__init__", fails)
    order: dict[str, Any] = {
        "path": "/v1/sales-orders",
        "body": an_order(),
        "by": "sales clerk",
        "key": "placed",
    }
    placing = asyncio.create_task(erp.request("POST", **order))
    (process,) = await exceptions_until(erp, 1)

    assert process["failure"] == "workflow task"
    assert "its workflow task fails: " in process["exception"]
    assert "a mistake that OrderToCash cannot catch" in process["exception"]
    assert process["started_by"] == "Sam Sales"
    assert await exceptions(erp, failure="workflow task") == [process]
    assert await exceptions(erp, failure="held") == []
    await _until_nothing_is_passed_on(erp, process["id"])
    again = await erp.request("POST", **order)
    assert (again.status_code, "its workflow task fails" in again.text) == (202, True)
    monkeypatch.undo()

    placing.cancel()
    for _ in range(80):
        now = await erp.get(f"/v1/processes/{process['id']}")
        if now["stage"] == "waiting for shipment":
            break
        await asyncio.sleep(0.5)
    else:
        raise AssertionError(f"it does not go on: {now}")
    assert (now["stage"], now["exception"], now["failure"]) == ("waiting for shipment", None, None)


async def _until_nothing_is_passed_on(erp: Erp, process_id: str) -> None:
    """After a few attempts at the task the server refuses commands at once."""
    process = erp.temporal.get_workflow_handle(process_id)
    for _ in range(60):
        try:
            await process.execute_update("a probe", rpc_timeout=timedelta(seconds=0.5))
        except Exception as failure:
            if is_stuck(failure):
                return
        await asyncio.sleep(0.5)
    raise AssertionError("commands are passed on still")


async def test_a_request_that_cannot_be_read_is_among_the_exceptions_until_somebody_ends_its_process(
    on_dev_server: Erp,
) -> None:
    erp, client = on_dev_server, on_dev_server.temporal
    process = await begin_unreadable(client, erp.company)

    (shown,) = await exceptions_until(erp, 1)

    assert shown["id"] == process.id
    await process.terminate("nobody can read it")
    assert await exceptions_until(erp, 0) == []


async def begin_unreadable(client: Client, company: str) -> Any:
    """A process that no worker can read the request of."""
    return await client.start_workflow(
        "order_to_cash",
        {"nobody": "knows this"},
        id=f"{company}/order_to_cash/unreadable",
        task_queue=settings().task_queue,
        memo={"caller": Caller(company=company, actor="a tester", correlation_id="unreadable")},
        search_attributes=visibility.at_start(company, None),
    )

"""A worker killed (-9) between a receiver's yes and our note of it; the log's reader killed, started, reset.

The receiver gets the message again under the same id; in our books it was sent once, and nothing else is sent
again.
"""

import asyncio
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from foundation.runtime import visibility
from foundation.runtime.faults import BEFORE_BEGIN
from foundation.values.messages import Caller
from tests.announcements import Announcing, subscribe_by_hand
from tests.doubles.receiver import listening
from tests.erp import Erp
from tests.faults.machines import Nursery
from tests.faults.test_killed_worker import SupervisedWorker, supervised
from workflows.announcements import Announcements, ReadOn

QUEUE = "dies on an external call"
FIRST_EVENT_AFTER_WORK = 4


@pytest.fixture
def dying(tmp_path: Path, nursery: Nursery) -> SupervisedWorker:
    """A worker that dies once, when it has told the receiver and is about to note it."""
    environment = {
        "PERPETUAL_TASK_QUEUE": QUEUE,
        "PERPETUAL_ANNOUNCEMENTS_POLL_SECONDS": "0.05",
        "PERPETUAL_ANNOUNCEMENTS_WAIT_SECONDS": "1",
    }
    armed = SupervisedWorker(nursery, "automation.send_webhook", tmp_path, environment)
    armed.environment["PERPETUAL_DIE_AT"] = f"{BEFORE_BEGIN}:automation.send_webhook"
    return armed


async def read_the_log(client: Client, company: str, **how: int) -> WorkflowHandle[Any, Any]:
    """Start the process that reads the company's log."""
    return await client.start_workflow(
        Announcements.run,
        ReadOn(**how),
        id=f"{company}/announcements",
        task_queue=QUEUE,
        memo={"caller": Caller(company=company, actor="a tester", correlation_id=QUEUE)},
        search_attributes=visibility.at_start(company, None),
    )


async def reset(client: Client, handle: WorkflowHandle[Any, Any]) -> None:
    """Let the process forget all it has done since its first task."""
    wanted = ResetWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=handle.id),
        reason="a test wants to see what happens then",
        workflow_task_finish_event_id=FIRST_EVENT_AFTER_WORK,
        request_id=str(uuid4()),
    )
    await client.workflow_service.reset_workflow_execution(wanted)


async def want(erp: Erp, url: str) -> None:
    """Make a webhook by hand: no other server is to read the log."""
    caller = Caller(company=erp.company, actor="a tester", correlation_id=QUEUE)
    await subscribe_by_hand(caller, url, "master_data.warehouse_changed")


async def put_warehouse(erp: Erp, number: int) -> None:
    """Something that others are told of."""
    await erp.post("/v1/warehouses", {"code": f"W-{number}", "name": f"Warehouse {number}"})


async def test_what_was_told_and_not_noted_is_told_again_under_the_same_id_and_nothing_else_is(
    erp: Erp, dev_server: Client, dying: SupervisedWorker
) -> None:
    announcing = Announcing(erp)
    async with listening() as receiver, supervised(dying):
        await want(erp, receiver.url)
        process = await read_the_log(dev_server, erp.company)

        await put_warehouse(erp, 1)
        (message,) = await announcing.until("sent", patience=timedelta(seconds=60))
        assert -signal.SIGKILL in dying.deaths
        assert len(receiver.received) == 2
        assert len({(one.message_id, one.body) for one in receiver.received}) == 1
        assert (message["attempts"], message["status"]) == (2, "sent")

        await process.terminate("killed")
        await put_warehouse(erp, 2)
        process = await read_the_log(dev_server, erp.company)
        await announcing.until("sent", 2)
        await reset(dev_server, process)
        await put_warehouse(erp, 3)
        await announcing.until("sent", 3)
        await asyncio.sleep(1)
        with suppress(RPCError):
            await dev_server.get_workflow_handle(process.id).terminate("the test is over")

    told = [one.event["data"]["code"] for one in receiver.received]
    assert told == ["W-1", "W-1", "W-2", "W-3"]
    assert len(await announcing.messages()) == 3


async def test_the_reader_goes_on_as_a_new_run_before_its_history_is_long(
    erp: Erp, dev_server: Client, dying: SupervisedWorker
) -> None:
    dying.once.touch()  # This time it lives.
    announcing = Announcing(erp)
    async with listening() as receiver, supervised(dying):
        await want(erp, receiver.url)
        process = await read_the_log(dev_server, erp.company, most_events=12)
        for number in range(1, 5):
            await put_warehouse(erp, number)
            await announcing.until("sent", number, patience=timedelta(seconds=60))
        reader = dev_server.get_workflow_handle(process.id)
        now = await reader.describe()
        await reader.terminate("the test is over")

    assert now.run_id != process.first_execution_run_id
    assert now.history_length < 40
    assert [one.event["data"]["code"] for one in receiver.received] == ["W-1", "W-2", "W-3", "W-4"]

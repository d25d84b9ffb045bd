"""An order that waits moves from one build of the workers to the next by itself: versioned workers, on a real
server.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import AsyncClient
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client, WorkflowHistory
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig

from foundation.settings import settings
from tests.erp import Erp
from tests.workflows.approving import a_held_order, decide
from tests.workflows.test_upgrades import SecondGeneration, ThirdGeneration, generation
from workers import registry
from workflows.order_to_cash import OrderToCash

DEPLOYMENT = "perpetual"


@pytest.fixture
async def real_erp(
    http: AsyncClient, erp: Erp, dev_server: Client, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Erp]:
    """The company with its records and its stock, whose further processes run on a real server."""
    from api.app import app  # noqa: PLC0415  # Importing it builds every route.

    before, app.state.temporal = app.state.temporal, dev_server
    monkeypatch.setattr(settings(), "task_queue", "versioned")
    yield Erp(http=http, temporal=dev_server, company=erp.company, keys=erp.keys)
    app.state.temporal = before


@asynccontextmanager
async def build(client: Client, build_id: str, order_to_cash: type[OrderToCash]) -> AsyncIterator[None]:
    """A worker of this build, which becomes the current one as soon as the server knows it."""
    version = WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=build_id)
    worker = Worker(
        client,
        task_queue=settings().task_queue,
        workflows=generation(order_to_cash),
        activities=registry.operations(),
        workflow_runner=UnsandboxedWorkflowRunner(),
        deployment_config=WorkerDeploymentConfig(
            version=version,
            use_worker_versioning=True,
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
        ),
    )
    async with worker:
        await make_current(client, build_id)
        yield


async def make_current(client: Client, build_id: str) -> None:
    """All processes that upgrade automatically go to this build."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=DEPLOYMENT, build_id=build_id
    )
    for _ in range(200):
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError as unknown:
            if unknown.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
                raise
            await asyncio.sleep(0.05)
        else:
            return
    raise AssertionError(f"the server does not know the build {build_id}")


def builds_of(history: WorkflowHistory) -> list[str]:
    """Which builds worked on a process, in their order."""
    done = [
        event.workflow_task_completed_event_attributes.deployment_version.build_id
        for event in history.events
        if event.HasField("workflow_task_completed_event_attributes")
    ]
    return list(dict.fromkeys(done))


async def test_an_order_that_waits_goes_on_with_each_new_build(real_erp: Erp, dev_server: Client) -> None:
    async with build(dev_server, "1", OrderToCash):
        order, approval = await a_held_order(real_erp)
    async with build(dev_server, "2", SecondGeneration):
        path = approval["process_link"]
        await real_erp.post(f"{path}/hold", {"reason": "an upgrade"}, by="operator")
        await real_erp.post(f"{path}/release", {"reason": "is done"}, by="operator")
    async with build(dev_server, "3", ThirdGeneration):
        assert (await decide(real_erp, approval, "credit manager"))[0] == 200
        await real_erp.ship(order)
        paid: Any = await real_erp.pay(order, "1071.00")
        history = await real_erp.process_of(order).fetch_history()

    assert paid["stage"] == "closed"
    assert builds_of(history) == ["1", "2", "3"]

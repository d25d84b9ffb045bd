"""An order that waits moves from one build of the workers to the next by itself: versioned workers, on a real
server.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from foundation.runtime.settings import Settings, settings
from tests.erp import Erp
from tests.faults.version_b import make_version_a, make_version_b
from tests.workflows.approving import a_held_order, decide
from tests.workflows.test_upgrades import SecondGeneration, ThirdGeneration, generation
from workers import builds, registry
from workflows.order_to_cash import OrderToCash


@pytest.fixture
async def real_erp(
    http: AsyncClient, erp: Erp, dev_server: Client, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Erp]:
    """The company with its records and its stock, whose further processes run on a real server."""
    from api.app import app  # noqa: PLC0415  # Importing it builds every route.

    before, app.state.temporal = app.state.temporal, dev_server
    monkeypatch.setattr(settings(), "task_queue", f"versioned {erp.company}")
    try:
        yield Erp(http=http, temporal=dev_server, company=erp.company, keys=erp.keys)
    finally:
        app.state.temporal = before


def named(build_id: str) -> Settings:
    """The settings of a worker of this build."""
    return settings().model_copy(update={"build_id": build_id})


@asynccontextmanager
async def worker(client: Client, build_id: str, order_to_cash: type[OrderToCash]) -> AsyncIterator[None]:
    """A worker of this build."""
    running = Worker(
        client,
        task_queue=settings().task_queue,
        workflows=generation(order_to_cash),
        activities=registry.operations(),
        workflow_runner=UnsandboxedWorkflowRunner(),
        deployment_config=builds.of_a_build(named(build_id)),
    )
    async with running:
        yield


@asynccontextmanager
async def build(client: Client, build_id: str, order_to_cash: type[OrderToCash]) -> AsyncIterator[None]:
    """A worker of this build, which becomes the current one."""
    async with worker(client, build_id, order_to_cash):
        assert await builds.make_current(client, named(build_id)) == build_id
        yield


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


async def test_the_first_worker_makes_its_build_current_and_the_next_waits_to_be_made(
    real_erp: Erp, dev_server: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    del real_erp
    assert await builds.current(dev_server, settings()) is None
    monkeypatch.setattr(settings(), "build_id", "1")
    async with worker(dev_server, "1", OrderToCash):
        assert await builds.look(dev_server) == 1
        assert await builds.current(dev_server, settings()) == "1"
        monkeypatch.setattr(settings(), "build_id", "2")
        async with worker(dev_server, "2", SecondGeneration):
            assert await builds.look(dev_server) == 0
            assert await builds.current(dev_server, settings()) == "1"
            await builds.make_current(dev_server, settings())
            assert await builds.current(dev_server, settings()) == "2"


@pytest.mark.parametrize("queue", ["a.b", "a:b", "a=b"])
async def test_installations_whose_queues_are_nearly_called_alike_have_builds_of_their_own(
    real_erp: Erp, dev_server: Client, monkeypatch: pytest.MonkeyPatch, queue: str
) -> None:
    plain, alike = f"{real_erp.company}-a-b", f"{real_erp.company}-{queue}"
    for task_queue, build_id in ((plain, "1"), (alike, "2")):
        monkeypatch.setattr(settings(), "task_queue", task_queue)
        async with build(dev_server, build_id, OrderToCash):
            pass

    for task_queue, build_id in ((plain, "1"), (alike, "2")):
        monkeypatch.setattr(settings(), "task_queue", task_queue)
        assert await builds.current(dev_server, settings()) == build_id


def test_no_two_queues_have_one_name_in_temporal() -> None:
    queues = ["a.b", "a:b", "a-b", "a=b", "a=2Eb", "a=3Db", "ab"]
    told = [settings().model_copy(update={"task_queue": queue}) for queue in queues]

    assert len({builds.deployment(one) for one in told}) == len(queues)
    assert builds.deployment(settings()) == settings().task_queue


async def test_a_build_that_nobody_runs_is_not_made_current(
    real_erp: Erp, dev_server: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    del real_erp
    monkeypatch.setattr(builds, "KNOWN_AFTER_SECONDS", 1.0)

    with pytest.raises(builds.NotKnown, match="the build never has no workers"):
        await builds.make_current(dev_server, named("never"))


def test_a_build_is_called_by_its_files(tmp_path: Path) -> None:
    here = builds.build_id(settings())
    copy = make_version_a(tmp_path / "a")

    assert builds.of_files(copy) == here
    assert builds.of_files(make_version_b(tmp_path / "b")) != here
    assert builds.build_id(named("1.2.3")) == "1.2.3"

"""A worker: runs processes and their operations until it is told to stop, then finishes what it has begun."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from datetime import timedelta
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.worker import (
    PollerBehaviorSimpleMaximum,
    UnsandboxedWorkflowRunner,
    Worker,
    WorkerDeploymentConfig,
)

from foundation.database.connections import open_database
from foundation.operations import agreement
from foundation.outbound.outside import HEARTBEAT
from foundation.process.attempts import batch_queue, outside_queue
from foundation.process.defects import DefectsAreSeen
from foundation.runtime import temporal
from foundation.runtime.settings import Settings
from workers import builds, health, registry, relay, watch
from workers.health import AtWork
from workers.leaving import LeavesSoon
from workers.payloads import spare_the_search

log = structlog.get_logger()

LOOKS_EVERY_SECONDS = 0.2
"""Whether it is to stop."""
# Below the 60 s that Kubernetes gives a pod, so that what was begun is finished and not begun again
# elsewhere.
GRACEFUL_SHUTDOWN = timedelta(seconds=45)

# A process stays with the worker that took its first task, so whoever polls more for new ones gets the work.
# Pollers that scale by themselves scale up where tasks come, which draws more of them there: of two workers,
# one did 51 to 83 % of the work of 40 clients, by chance of the start. With as many pollers each it was 50 to
# 55 %. Half of them ask for what is new.
POLLERS, SHARE_FOR_NEW = 10, 0.5


def process_worker(
    client: Client,
    settings: Settings,
    *,
    task_queue: str,
    workflows: Sequence[type],
    activities: Sequence[Callable[..., Any]],
    build: WorkerDeploymentConfig | None = None,
) -> Worker:
    """What runs processes, with the settings that all of ours have.

    The benchmark's own workers are made here too, so that its limits are those of the same settings.
    """
    spare_the_search()
    return Worker(
        client,
        task_queue=task_queue,
        workflows=workflows,
        activities=activities,
        workflow_runner=registry.sandbox() if settings.sandbox else UnsandboxedWorkflowRunner(),
        interceptors=[DefectsAreSeen()],
        graceful_shutdown_timeout=GRACEFUL_SHUTDOWN,
        max_cached_workflows=2000,
        max_concurrent_local_activities=settings.database_pool_size,
        workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(POLLERS),
        nonsticky_to_sticky_poll_ratio=SHARE_FOR_NEW,
        deployment_config=build,
    )


def batch_worker(
    client: Client, settings: Settings, build: WorkerDeploymentConfig
) -> AbstractAsyncContextManager[Any]:
    """What works through the many that runs are for; nothing, where others do it."""
    if not settings.batch_at_once:
        return nullcontext()
    return Worker(
        client,
        task_queue=batch_queue(settings.task_queue),
        activities=registry.operations(),
        max_concurrent_activities=settings.batch_at_once,
        max_heartbeat_throttle_interval=HEARTBEAT,
        graceful_shutdown_timeout=GRACEFUL_SHUTDOWN,
        deployment_config=build,
    )


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; not while the books and Temporal are not of one moment."""
    # Runs over many have connections of their own: nobody who waits for an answer waits for one of theirs.
    connections = settings.database_pool_size + settings.batch_at_once
    database = open_database(settings.database_url, pool_size=connections)
    client = await temporal.connect(settings)
    build = builds.of_a_build(settings)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    at_work = AtWork()
    async with agreement.watched(client) as door, health.served(settings, client, at_work):
        while not stop.is_set():
            if door.closed_why is None:
                is_over = lambda: stop.is_set() or door.closed_why is not None  # noqa: E731
                await _work(client, settings, build, at_work, is_over)
            await _pause(stop)
    await database.close()


async def _work(
    client: Client,
    settings: Settings,
    build: WorkerDeploymentConfig,
    at_work: AtWork,
    is_over: Callable[[], bool],
) -> None:
    """Take work until it is over, then finish what was begun."""
    worker = process_worker(
        client,
        settings,
        task_queue=settings.task_queue,
        workflows=registry.processes(),
        activities=registry.operations(),
        build=build,
    )
    outside = Worker(
        client,
        task_queue=outside_queue(settings.task_queue),
        activities=registry.operations(),
        # They wait for others, and cost next to nothing while they do: one for each company's log, and one
        # for each message to a receiver that is slow.
        max_concurrent_activities=1_000,
        interceptors=[LeavesSoon()],
        max_heartbeat_throttle_interval=HEARTBEAT,
        graceful_shutdown_timeout=GRACEFUL_SHUTDOWN,
        deployment_config=build,
    )
    batch = batch_worker(client, settings, build)
    async with relay.relaying(client), watch.watching(client), worker, outside, batch:
        at_work.worker = worker
        log.info("worker is running", task_queue=settings.task_queue, build=builds.build_id(settings))
        while not is_over():  # noqa: ASYNC110  # Of two things, one of which is no event.
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        log.info("worker stops: it finishes what it has begun")
    at_work.worker = None


async def _pause(stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), LOOKS_EVERY_SECONDS)

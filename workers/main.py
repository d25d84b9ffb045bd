"""A worker: runs processes and their operations until it is told to stop, then finishes what it has begun."""

import asyncio
import signal
from datetime import timedelta

import structlog
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, Worker

from foundation import temporal
from foundation.database import open_database
from foundation.outside import HEARTBEAT
from foundation.settings import Settings
from foundation.steps import OUTSIDE_QUEUE
from workers import health, registry, relay
from workers.commands import CommandsByKey

log = structlog.get_logger()

# Below the 60 s that Kubernetes gives a pod, so that what was begun is finished and not begun again
# elsewhere.
GRACEFUL_SHUTDOWN = timedelta(seconds=45)


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    database = open_database(settings.database_url, pool_size=settings.database_pool_size)
    client = await temporal.connect(settings)
    worker = Worker(
        client,
        task_queue=settings.task_queue,
        workflows=registry.processes(),
        activities=registry.operations(),
        workflow_runner=registry.sandbox() if settings.sandbox else UnsandboxedWorkflowRunner(),
        interceptors=[CommandsByKey()],
        graceful_shutdown_timeout=GRACEFUL_SHUTDOWN,
        max_cached_workflows=2000,
        max_concurrent_local_activities=settings.database_pool_size,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
    )
    outside = Worker(
        client,
        task_queue=OUTSIDE_QUEUE,
        activities=registry.operations(),
        # They wait for others, and cost next to nothing while they do: one for each company's log, and one
        # for each message to a receiver that is slow.
        max_concurrent_activities=1_000,
        max_heartbeat_throttle_interval=HEARTBEAT,
        graceful_shutdown_timeout=GRACEFUL_SHUTDOWN,
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with relay.relaying(client), worker, outside, health.served(settings, client, worker):
        log.info("worker is running", task_queue=settings.task_queue)
        await stop.wait()
        log.info("worker stops: it finishes what it has begun")
    await database.close()

"""Builds: the versions of our programs as Temporal knows them, and the one whose workers get all work.

A worker says of which build it is. Processes go to the workers of the current build, also those that another
has begun; so they never go back and forth between two versions while one replaces the other. Who makes a
build current: `perpetual up`, `perpetual make-current`; and the very first worker, as nothing would run
otherwise. See docs/upgrades.md.
"""

import asyncio
import hashlib
import re
from functools import cache
from pathlib import Path

import structlog
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig

from foundation.runtime import temporal
from foundation.runtime.settings import Settings, settings

log = structlog.get_logger()

ROOT = Path(__file__).parent.parent
PROGRAMS = ("activities", "domains", "foundation", "workers", "workflows")
"""What a worker runs."""

KNOWN_AFTER_SECONDS = 60.0
"""So long a server may take until it knows the workers of a new build, on all of their queues."""
ASKED_EVERY_SECONDS = 0.1
_NOT_YET = {
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.FAILED_PRECONDITION,
    RPCStatusCode.ABORTED,
    RPCStatusCode.RESOURCE_EXHAUSTED,
    RPCStatusCode.UNAVAILABLE,
}


class NotKnown(Exception):
    """Temporal knows no workers of this build."""


def build_id(told: Settings) -> str:
    """What this build is called: as it was told, or by its files, the same wherever they are the same."""
    return told.build_id or _of_ours()


@cache
def _of_ours() -> str:
    """Taken once: what lies under the files' names later is not what we run."""
    return of_files(ROOT)


def of_files(root: Path) -> str:
    """The name of a build that was told none: another one whenever a file of its programs is another."""
    digest = hashlib.sha256()
    for path in sorted(path for floor in PROGRAMS for path in (root / floor).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def deployment(told: Settings) -> str:
    """What the workers of an installation are called together: as their queue.

    Temporal takes neither `.` nor `:` in such a name: they are written as `=2E` and `=3A`, and `=` as `=3D`.
    So no two queues have one name.
    """
    return re.sub("[.:=]", lambda found: f"={ord(found[0]):02X}", told.task_queue)


def of_a_build(told: Settings) -> WorkerDeploymentConfig:
    """How a worker says of which build it is. What it has begun goes on with the build that is current."""
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=deployment(told), build_id=build_id(told)),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


async def make_current(client: Client, told: Settings) -> str:
    """All processes go to the workers of this build, once the server knows them; gives its name.

    Raises NotKnown when it has no workers.
    """
    build, why = build_id(told), ""
    wanted = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=deployment(told), build_id=build
    )
    try:
        async with asyncio.timeout(KNOWN_AFTER_SECONDS):
            while True:
                try:
                    await client.workflow_service.set_worker_deployment_current_version(wanted)
                except RPCError as not_yet:
                    if not_yet.status not in _NOT_YET:
                        raise
                    why = not_yet.message
                else:
                    return build
                await asyncio.sleep(ASKED_EVERY_SECONDS)
    except TimeoutError:
        raise NotKnown(f"the build {build} has no workers: {why}") from None


async def current(client: Client, told: Settings) -> str | None:
    """The build that gets all work; None when there is none, and so nothing is worked on."""
    asked = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment(told))
    try:
        known = await client.workflow_service.describe_worker_deployment(asked)
    except RPCError as failure:
        if temporal.is_unknown(failure):
            return None
        raise
    return known.worker_deployment_info.routing_config.current_deployment_version.build_id or None


async def look(client: Client) -> int:
    """Make this build current when no build is: at the first start, or when Temporal's store is a new one.

    Gives 1 when it did.
    """
    build, gets_all = build_id(settings()), await current(client, settings())
    if gets_all is None:
        await make_current(client, settings())
        log.info("this build is the first", build=build)
        return 1
    if gets_all != build:
        log.warning("no work for this build until it is made current", build=build, current=gets_all)
    return 0

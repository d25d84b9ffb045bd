"""Looks for processes whose workflow tasks fail, and notes them where operators look.

Every worker looks; each notes the same.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from temporalio.client import Client

from foundation import failing_tasks

log = structlog.get_logger()

LOOKS_EVERY_SECONDS = 15.0


@asynccontextmanager
async def watching(client: Client) -> AsyncIterator[None]:
    """Look as long as it is worked."""
    watch = asyncio.create_task(_watch(client))
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def _watch(client: Client) -> None:
    while True:
        try:
            await failing_tasks.note(client)
        except Exception as failure:  # The database or Temporal is away: it is looked at again.
            log.warning("could not look for tasks that fail", why=repr(failure))
        await asyncio.sleep(LOOKS_EVERY_SECONDS)

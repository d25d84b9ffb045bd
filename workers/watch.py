"""Looks for processes whose workflow tasks fail, and now and then for such as are not run at all, and notes
them where operators look; and for schedules that Temporal has lost, and makes them again.

Every worker looks; each notes the same.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog
from temporalio.client import Client

from foundation.process import failing_tasks, lost, schedules
from workers import builds

log = structlog.get_logger()

LOOKS_EVERY_SECONDS = 15.0
LOOKS_FOR_LOST_EVERY_SECONDS = 300.0
"""It reads the ids of all that has not ended."""


@asynccontextmanager
async def watching(client: Client) -> AsyncIterator[None]:
    """Look as long as it is worked."""
    watches = [
        asyncio.create_task(_watch(client, failing_tasks.note, LOOKS_EVERY_SECONDS)),
        asyncio.create_task(_watch(client, lost.note, LOOKS_FOR_LOST_EVERY_SECONDS)),
        asyncio.create_task(_watch(client, schedules.make_again, LOOKS_FOR_LOST_EVERY_SECONDS)),
        asyncio.create_task(_watch(client, builds.look, LOOKS_EVERY_SECONDS)),
    ]
    try:
        yield
    finally:
        for watch in watches:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch


async def _watch(client: Client, note: Callable[[Client], Awaitable[int]], seconds: float) -> None:
    while True:
        try:
            await note(client)
        except Exception as failure:  # The database or Temporal is away: it is looked at again.
            log.warning("could not look for processes", note=note.__module__, why=repr(failure))
        await asyncio.sleep(seconds)

"""Sends again what processes were asked for and have not answered, and what they are to be told and were not.

Somebody has died, or Temporal was away. Every worker looks; what one has taken the others pass over.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from temporalio.client import Client

from foundation.operations import delivery, inbox

log = structlog.get_logger()

LOOKS_EVERY_SECONDS = 2.0
AT_MOST = 200
"""So much is sent before it looks again."""


@asynccontextmanager
async def relaying(client: Client) -> AsyncIterator[None]:
    """Relay as long as it is worked; at the end, what is on its way is sent."""
    relay = asyncio.create_task(_relay(client))
    try:
        yield
    finally:
        relay.cancel()
        with suppress(asyncio.CancelledError):
            await relay
        await inbox.all_sent()


async def _relay(client: Client) -> None:
    while True:
        found = 0
        for queue in (delivery, inbox):
            try:
                found = max(found, await queue.send_again(client, at_most=AT_MOST))
            except Exception as failure:  # The database or Temporal is away: what is due stays so.
                log.warning("could not relay", queue=queue.__name__, why=repr(failure))
        if found < AT_MOST:
            await asyncio.sleep(LOOKS_EVERY_SECONDS)

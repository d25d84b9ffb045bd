"""What a worker has under way outside when it is to stop: it ends within moments, or somebody else does it.

A receiver that hangs would hold the worker up for as long as we wait for its answer. What is cut off is sent
again by whoever works next, under the same id, by which the receiver can tell; as when a worker dies.
"""

import asyncio
from contextlib import suppress
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from foundation.operations.operation import OPERATIONS

MOMENTS_SECONDS = 1.0
"""So long what is under way has to end by itself; who answers at all answers sooner."""


class LeavesSoon(Interceptor):
    """For the worker that does what is done outside."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Called by the SDK."""
        return _LeavesSoon(next)


class _LeavesSoon(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        deed = asyncio.create_task(self.next.execute_activity(input))
        leaving = asyncio.create_task(activity.wait_for_worker_shutdown())
        try:
            await asyncio.wait({deed, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not deed.done():
                await asyncio.wait({deed}, timeout=MOMENTS_SECONDS if _does_something() else 0)
            if deed.done():
                return await deed
        finally:
            leaving.cancel()
            deed.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await deed
        # As with a worker that has died over it: an outage, tried again within moments.
        raise ApplicationError("the worker stops, and somebody else does it", type="TimeoutError")


def _does_something() -> bool:
    """Whether there is something to end: what only waits and looks is left at once."""
    return getattr(OPERATIONS.get(activity.info().activity_type), "is_logged", True)

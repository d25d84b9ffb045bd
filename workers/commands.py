"""A command is told from another with the same key: the id of its update ends in what was asked.

Temporal answers an update that comes again by its id. What was asked is part of the id, so that another
request with the same key comes to the process, and is refused here.
"""

from typing import Any

from temporalio.worker import (
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from foundation.errors import Conflict


class CommandsByKey(Interceptor):
    """For each worker that runs processes."""

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        """Called by the SDK."""
        del input
        return _CommandsByKey


class _CommandsByKey(WorkflowInboundInterceptor):
    """What each key was used for, in one run of a process.

    A command that was refused at once leaves its key free.
    """

    def __init__(self, next: WorkflowInboundInterceptor) -> None:
        super().__init__(next)
        self.asked: dict[str, str] = {}

    def handle_update_validator(self, input: HandleUpdateInput) -> None:
        """Refuses: Conflict."""
        self._check(input)
        super().handle_update_validator(input)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:
        """Refuses: Conflict, also where there is no validator."""
        self._check(input)
        key, _, asked = input.id.rpartition("#")
        self.asked[key] = asked
        return await super().handle_update_handler(input)

    def _check(self, input: HandleUpdateInput) -> None:
        key, mark, asked = input.id.rpartition("#")
        if mark and self.asked.get(key, asked) != asked:
            raise Conflict("this Idempotency-Key was used before for another request; use a new one for this")

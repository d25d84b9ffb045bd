"""Where a process stands: the stage it has reached, why it waits and on whom; shown and written down."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError

from foundation import visibility
from foundation.messages import Call, Caller, Stage

RECORD_TIMEOUT = timedelta(seconds=10)
RECORD_AGAIN_AFTER = [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 15, 60, 300, 900, 3600)]


class Standing:
    """The stages of a process: reached with the step that writes them, and shown when it waits or ends."""

    def __init__(self) -> None:
        self.caller: Caller = workflow.memo_value("caller", type_hint=Caller)
        self.now = Stage(stage="starting")
        self.passed: list[str] = []
        self._id = workflow.info().workflow_id
        self._type = workflow.info().workflow_type
        self._stages_recorded = 0

    def at(
        self,
        stage: str,
        *,
        waiting_on: str | None = None,
        waiting_until: datetime | None = None,
        outcome: str | None = None,
        **facts: Any,
    ) -> Stage:
        """A stage to be reached, with what is known of the process already.

        Give it to the last step before the wait: it is reached when that step has committed, and not before.
        """
        names = ("document", "party", "amount", "currency", "exception", "failure")
        kept = {name: getattr(self.now, name) for name in names}
        return Stage(
            stage=stage,
            waiting_on=waiting_on,
            waiting_until=waiting_until,
            outcome=outcome,
            **(kept | facts),
        )

    def know(self, **facts: Any) -> None:
        """Facts that were learned on the way; they are shown with the next stage."""
        self.now = self.now.model_copy(update=facts)

    def reach(self, stage: Stage) -> None:
        """The process stands here now. Shown if it waits here or ends: each change shown is an event."""
        if self.now.stage not in ("starting", stage.stage):
            self.passed.append(self.now.stage)
        self.now = stage
        if stage.waiting_on or stage.outcome:
            self.show()

    async def note(self, stage: Stage) -> None:
        """Reach a stage that no step of the business goes with, and write it down."""
        self.reach(stage)
        await self.record_stage()

    def show_exception(self, exception: str | None, failure: str | None = None) -> None:
        """Show what went wrong, or that it does no more."""
        self.now = self.now.model_copy(update={"exception": exception, "failure": failure})
        self.show()

    def show(self) -> None:
        """Show in the Temporal Web UI where the process stands."""
        workflow.upsert_search_attributes(
            visibility.changes(self.now, workflow.info().typed_search_attributes)
        )
        workflow.set_current_details(visibility.details(self.now, self.passed, workflow.now()))

    async def record_stage(self, *, surely: bool = True) -> None:
        """Write down where the process stands, again and again until it is written; or only once.

        Whoever reads the database would otherwise see it stand where it was before, for good. It is shown in
        the Temporal Web UI in any case.
        """
        pauses = itertools.chain(RECORD_AGAIN_AFTER, itertools.repeat(RECORD_AGAIN_AFTER[-1]))
        while not await self._recorded() and surely:
            await workflow.sleep(next(pauses), summary=f"Note again: {self.now.stage}")

    @property
    def has_noted(self) -> bool:
        """Whether a stage was ever written down by itself, and not with the step that reached it."""
        return self._stages_recorded > 0

    async def _recorded(self) -> bool:
        self._stages_recorded += 1
        # Not a logical key: a stage is no effect, and after a reset it is written again.
        key = f"{self._id}/process.record_stage/{workflow.info().run_id}/{self._stages_recorded}"
        call = Call(key=key, caller=self.caller, process_id=self._id, process_type=self._type, stage=self.now)
        try:
            await workflow.execute_local_activity(
                "process.record_stage",
                args=[call, self.now],
                start_to_close_timeout=RECORD_TIMEOUT,
                retry_policy=RetryPolicy(maximum_attempts=1),
                summary=f"Note: {self.now.stage}",
            )
        except FailureError as failure:
            workflow.logger.warning("could not write the stage down: %s", failure)
            return False
        return True

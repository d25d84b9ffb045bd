"""Where a process stands: the stage it has reached, why it waits and on whom; shown and written down."""

from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import CancelledError, FailureError

from foundation.operations.mailbox import Mailbox
from foundation.runtime import visibility
from foundation.runtime.failures import Pauses, cause_of, kind_of
from foundation.runtime.settings import settings
from foundation.values.messages import Call, Caller, Stage

RECORD_TIMEOUT = timedelta(seconds=10)
KEPT_BEFORE_IT_COUNTS = "kept-before-it-counts"
A_MOMENT = timedelta(milliseconds=1)


class StageTracker:
    """The stages of a process: reached with the step that writes them, and shown when it waits or ends."""

    kind: str = ""
    """What the process's document is called where people read of it: `Order`."""

    def __init__(self) -> None:
        self.caller: Caller = workflow.memo_value("caller", type_hint=Caller)
        self.now = Stage(stage="starting")
        self.passed: list[str] = []
        self.party: str | None = None
        """Whom it is for, as people know it, when that is known: see `visibility.named`."""
        self._id = workflow.info().workflow_id
        self._type = workflow.info().workflow_type
        self._stages_recorded = 0
        self._follows: dict[str, bool] = {}
        order: list[str] = workflow.memo_value("order", default=[])
        self.mailbox = Mailbox(() if workflow.info().continued_run_id else order)
        """What the process was told and has not taken yet. One that is begun again takes it as before."""

    @workflow.query(description="Where the process stands, why it waits and on whom")
    def progress(self) -> Stage:
        """The live stage; lists come from the database."""
        return self.now

    async def follows(self, change: str) -> bool:
        """Whether this process goes by a change of its procedure, called by a name of its own.

        Not when it was past this place before the change, nor when it came here while the change was
        switched off (`PERPETUAL_SWITCHED_OFF`). The first answer stays, whichever version asks, and however
        the switch stands by then.
        """
        if change not in self._follows:
            # What was done is done again as it was: the history says whether the change was followed.
            is_open = workflow.unsafe.is_replaying() or change not in settings().switched_off
            self._follows[change] = is_open and workflow.patched(change)
            if self._follows[change]:
                # Else the switch could be turned, and the worker killed, between what comes next and the end
                # of its workflow task: that would be done, and nobody would know of it.
                await self.written_into_history(change)
        return self._follows[change]

    def would_follow(self, change: str) -> bool:
        """The same for a dry run, which decides nothing."""
        return self._follows.get(change, change not in settings().switched_off)

    async def written_into_history(self, what: str) -> None:
        """From now on it is in the history, whoever dies: until its first workflow task has ended it is not,
        and after the death of the worker it may find the process in another state than the attempt that had
        an effect.

        It costs a workflow task: for commands that mean something else in another state.
        """
        await workflow.sleep(A_MOMENT, summary=f"{what} is written into the history")

    async def keep_before_it_counts(self) -> None:
        """What the process was asked for is in the history before it takes a step because of it."""
        if await self.follows(KEPT_BEFORE_IT_COUNTS):
            await self.written_into_history("What was asked for")

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
        A process that has ended keeps no exception of before: it has one only if it is given.
        """
        names = ("document", "party", "amount", "currency", "exception", "failure")
        kept = {name: getattr(self.now, name) for name in names}
        if outcome is not None:
            kept |= {"exception": None, "failure": None}
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
        """Show what went wrong; with None, that nothing is wrong any more."""
        self.now = self.now.model_copy(update={"exception": exception, "failure": failure})
        self.show()

    def show(self) -> None:
        """Show in the Temporal Web UI where the process stands."""
        workflow.upsert_search_attributes(
            visibility.changes(self.now.as_shown(), workflow.info().typed_search_attributes)
        )
        self.show_details()

    def show_details(self) -> None:
        """Show what can be read of the process, which costs no event."""
        about = visibility.heading(self.kind, self.now, self.party)
        now = self.now.as_shown()
        workflow.set_current_details(visibility.details(about, now, self.passed, workflow.now()))

    async def record_stage(self) -> None:
        """Write down where the process stands, again and again until it is written.

        Whoever reads the database would otherwise see it stand where it was before, for good. It is shown in
        the Temporal Web UI in any case.
        """
        pauses = Pauses()
        while (failure := await self._not_recorded()) is not None:
            await workflow.sleep(pauses.after(failure), summary=f"Note again: {self.now.stage}")

    async def try_to_record(self) -> bool:
        """Write down where the process stands, if the database is there for it at once; whether it was."""
        return await self._not_recorded() is None

    @property
    def has_noted(self) -> bool:
        """Whether a stage was ever written down by itself, and not with the step that reached it."""
        return self._stages_recorded > 0

    async def _not_recorded(self) -> str | None:
        """Write the stage down; gives the name of what went wrong, if something did."""
        self._stages_recorded += 1
        # Not a logical key: a stage is no effect, and after a reset it is written again.
        key = f"{self._id}/process.record_stage/{workflow.info().run_id}/{self._stages_recorded}"
        shown = self.now.as_shown()
        call = Call(key=key, caller=self.caller, process_id=self._id, process_type=self._type, stage=shown)
        try:
            await workflow.execute_local_activity(
                "process.record_stage",
                args=[call, shown],
                start_to_close_timeout=RECORD_TIMEOUT,
                retry_policy=RetryPolicy(maximum_attempts=1),
                summary=f"Note: {self.now.stage}",
            )
        except FailureError as failure:
            workflow.logger.warning("could not write the stage down: %s", failure)
            cause = cause_of(failure)
            if cause is None or isinstance(cause, CancelledError):
                raise
            return kind_of(cause)
        return None

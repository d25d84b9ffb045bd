"""What all processes share: steps, the way back, parking and repair, and showing where one stands and why
it waits.

A process says what happens and in which order; everything technical about a step is here or in the
operation's declaration. A step's key is `process id/operation[/per]`: it is the same whenever and wherever
the step is tried again, so that its effect happens once.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from pydantic_core import to_json
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, FailureError
from temporalio.workflow import ActivityCancellationType

from foundation import visibility
from foundation.errors import BusinessError, is_refusal
from foundation.messages import Call, Caller, Message, Stage
from foundation.operation import Answer, Ask, Operation
from foundation.undo import Undo

OUTSIDE_QUEUE = "outside"

# A step is tried at once a few times, which outlives a restart of the database; then it parks and is tried
# again by
# itself, less and less often, until it works or a person decides.
STEP_TIMEOUT = timedelta(seconds=10)
QUICK_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), maximum_interval=timedelta(seconds=2), maximum_attempts=5
)
PARKED_FOR = [timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600)]

Result = TypeVar("Result")


class ProcessEnded(BusinessError):
    """The process has come to its end, or is on its way back; there is nothing to do to it any more."""

    status = 409


class NothingToRepair(BusinessError):
    """The process has no parked step, or not one that can be repaired so."""

    status = 409


class StepAborted(BusinessError):
    """A person gave a failing step up; what was done before it is taken back."""


class Repair(Message):
    """What to do with a parked step: try it again now, or give the process up and take back what was done."""

    action: Literal["retry", "abort"]
    reason: str = ""


class Process:
    """The ground of every process in `workflows/`."""

    def __init__(self, command: Message) -> None:
        self.request_hash = hashlib.sha256(to_json(command)).hexdigest()
        """Tells whether somebody who starts this process again asks for the same."""
        self.caller: Caller = workflow.memo_value("caller", type_hint=Caller)
        self.turn = asyncio.Lock()
        """Held by whoever changes the process:

        Commands that arrive together are handled one after the other.
        """
        self.now = Stage(stage="starting")
        self.passed: list[str] = []
        self.ending: ApplicationError | None = None
        """Why the process turns back, when it does."""
        self.refused_key: str | None = None
        self._id = workflow.info().workflow_id
        self._type = workflow.info().workflow_type
        self._repair: Repair | None = None
        self._parked: str | None = None
        self._may_abort = True
        self._stages_recorded = 0

    # Steps

    def key_of(self, operation: Operation[Any, Any], per: object = "") -> str:
        """The key under which a step's effect happens once."""
        return f"{self._id}/{operation.name}/{per}" if per else f"{self._id}/{operation.name}"

    async def step(
        self,
        operation: Operation[Ask, Answer],
        command: Ask,
        *,
        per: object = "",
        by: Caller | None = None,
        stage: Stage | None = None,
        voids: str | None = None,
        must: bool = False,
    ) -> Answer:
        """Take a step: apply the operation once, however often it has to be tried.

        `per` tells apart several steps by the same operation, `by` names who asked for it if that is not who
        started the process, `stage` is written in the step's transaction and reached with it. `must` is for
        a step after which there is no way back: a refusal parks it, until what is in its way has been
        removed. Refuses what the operation refuses.
        """
        call = Call(
            key=self.key_of(operation, per),
            caller=by or self.caller,
            process_id=self._id,
            process_type=self._type,
            stage=stage,
            voids=voids,
        )
        for pause in _then_forever(PARKED_FOR):
            try:
                answer = await self._attempt(operation, call, command)
            except FailureError as failure:
                # A local activity's failure arrives bare, a regular one's inside an ActivityError.
                cause = failure.cause if isinstance(failure, ActivityError) else failure
                if isinstance(cause, CancelledError) or cause is None:
                    raise
                if isinstance(cause, ApplicationError) and is_refusal(cause) and not must:
                    self.refused_key = call.key
                    raise cause from None
                await self._park(operation, cause, pause, may_abort=not must)
            else:
                if stage is not None:
                    self.reach(stage)
                if self._parked is not None:
                    await self._unpark()
                return answer
        raise AssertionError("unreachable")

    async def _attempt(self, operation: Operation[Ask, Answer], call: Call, command: Ask) -> Answer:
        summary = f"{operation.title} · {self.now.document}" if self.now.document else operation.title
        answer: Answer
        if operation.quick:
            answer = await workflow.execute_local_activity(
                operation.name,
                args=[call, command],
                result_type=operation.answer_type,
                start_to_close_timeout=STEP_TIMEOUT,
                retry_policy=QUICK_RETRY,
                cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary=summary,
            )
        else:
            answer = await workflow.execute_activity(
                operation.name,
                args=[call, command],
                result_type=operation.answer_type,
                task_queue=OUTSIDE_QUEUE,
                start_to_close_timeout=timedelta(minutes=5),
                heartbeat_timeout=timedelta(seconds=30),
                retry_policy=QUICK_RETRY,
                cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary=summary,
            )
        return answer

    # Parking and repair

    async def _park(
        self, operation: Operation[Any, Any], cause: BaseException, pause: timedelta, *, may_abort: bool
    ) -> None:
        self._may_abort = may_abort
        reason = cause.message if isinstance(cause, FailureError) else str(cause)
        self._parked = f"{operation.title}: {reason}"[:500]
        self.show_exception(self._parked)
        await self._record_stage()
        try:
            await workflow.wait_condition(
                lambda: self._repair is not None,
                timeout=pause,
                timeout_summary=f"Try again: {operation.title}",
            )
        except TimeoutError:
            return
        repair, self._repair = self._repair, None
        if repair is not None and repair.action == "abort":
            raise StepAborted(f"{operation.title} was given up: {repair.reason or 'no reason given'}")

    async def _unpark(self) -> None:
        self._parked = None
        self.show_exception(None)
        await self._record_stage()

    async def _record_stage(self) -> None:
        """Write the stage down once if the database can be reached;

        It is shown in the Temporal Web UI in any case.
        """
        self._stages_recorded += 1
        call = Call(
            # Not a logical key: a stage is no effect, and after a reset it is written again.
            key=f"{self._id}/process.record_stage/{workflow.info().run_id}/{self._stages_recorded}",
            caller=self.caller,
            process_id=self._id,
            process_type=self._type,
            stage=self.now,
        )
        try:
            await workflow.execute_local_activity(
                "process.record_stage",
                args=[call, self.now],
                start_to_close_timeout=STEP_TIMEOUT,
                retry_policy=RetryPolicy(maximum_attempts=1),
                summary=f"Note: {self.now.stage}",
            )
        except FailureError as failure:
            workflow.logger.warning("could not write the stage down: %s", failure)

    @workflow.update(description="A parked step: try it again now (retry), or give it up and go back (abort)")
    async def repair(self, repair: Repair, by: Caller) -> Stage:
        """What a person decides about a parked step. Refuses: NothingToRepair."""
        workflow.logger.info("%s by %s: %s", repair.action, by.actor, repair.reason)
        if self._parked is None:
            raise NothingToRepair("nothing is parked here")
        if repair.action == "abort" and not self._may_abort:
            raise NothingToRepair(
                "there is no way back from this step: remove what is in its way, then retry"
            )
        self._repair = repair
        return self.now

    # Where it stands

    @workflow.query(description="Where the process stands, why it waits and on whom")
    def progress(self) -> Stage:
        """The live stage; lists come from the database."""
        return self.now

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
        kept = {
            name: getattr(self.now, name) for name in ("document", "party", "amount", "currency", "exception")
        }
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
            self._show()

    async def note(self, stage: Stage) -> None:
        """Reach a stage that no step of the business goes with, and write it down."""
        self.reach(stage)
        await self._record_stage()

    def show_exception(self, exception: str | None) -> None:
        """Show what went wrong, or that it does no more."""
        self.now = self.now.model_copy(update={"exception": exception})
        self._show()

    def _show(self) -> None:
        workflow.upsert_search_attributes(
            visibility.changes(self.now, workflow.info().typed_search_attributes)
        )
        workflow.set_current_details(visibility.details(self.now, self.passed, workflow.now()))

    # Waiting, turning back, ending

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so. Refuses with the reason when the process is to turn back meanwhile."""
        await workflow.wait_condition(lambda: self.ending is not None or is_so())
        if self.ending is not None:
            raise self.ending

    async def reached(self, is_so: Callable[[], bool]) -> None:
        """Wait, on behalf of a caller, until the process has come so far.

        Refuses what the process was refused for.
        """
        await workflow.wait_condition(lambda: is_so() or self.ending is not None)
        if self.ending is not None and not is_so():
            raise self.ending

    @asynccontextmanager
    async def undo(self) -> AsyncIterator[Undo]:
        """What is registered here is taken back, last first, when the process is cancelled, refused or
        aborted.
        """
        undo = Undo(self)
        try:
            yield undo
        except ApplicationError:
            await undo.take_back()
            raise

    def ending_stage(self) -> Stage:
        """The stage at which a process ends that was turned back:

        On purpose, or because a step was refused.
        """
        outcome = "refused" if self.ending is None else "cancelled"
        return self.at(outcome, outcome=outcome)

    async def conduct(self, procedure: Coroutine[Any, Any, Result]) -> Result:
        """Run the procedure to its end, and answer who still waits.

        A cancellation asked for in the Temporal Web UI does not cut into a step: it is given to the
        process, which turns back if it still can. A refusal of the whole process is written down before it
        is given on.
        """
        task = asyncio.create_task(procedure)
        try:
            while True:
                try:
                    return await asyncio.shield(task)
                except asyncio.CancelledError:
                    self.on_cancellation_requested()
        except ApplicationError as refusal:
            self.ending = self.ending or refusal
            if self.now.outcome is None:
                problem = f"{refusal.type}: {refusal.message}"[:500]
                await self.note(self.at("refused", outcome="refused", exception=problem))
            raise
        finally:
            await workflow.wait_condition(workflow.all_handlers_finished)

    def on_cancellation_requested(self) -> None:
        """An operator asked for cancellation in the Temporal Web UI: turn back at the next wait."""
        self.ending = self.ending or ProcessEnded("cancelled by an operator")

    async def tell(self, process_id: str, signal: str, fact: Message) -> None:
        """Tell another process a fact. One that has ended needs it no more."""
        try:
            await workflow.get_external_workflow_handle(process_id).signal(signal, fact)
        except ApplicationError as gone:
            workflow.logger.info("%s has ended and was not told %s: %s", process_id, signal, gone.message)


def _then_forever(pauses: list[timedelta]) -> Iterable[timedelta]:
    yield from pauses
    while True:
        yield pauses[-1]

"""The steps of a process: applied once by key, parked when they cannot be done, repaired or skipped by
people, and held back while somebody looks into a process.

A step's key is `process id/operation[/per]`: it is the same whenever and wherever the step is tried again, so
that its effect happens once.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Literal

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, FailureError
from temporalio.workflow import ActivityCancellationType

from foundation.errors import BusinessError, is_refusal
from foundation.messages import ApprovalAsked, Call, Caller, Message, Stage, Text
from foundation.operation import Answer, Ask, Operation
from foundation.standing import Standing

OUTSIDE_QUEUE = "outside"

# A step is tried at once a few times, then it parks and is tried again by itself, less and less often, until
# it works or a person decides. In the first minutes often enough that a restart of the database is over
# within seconds.
STEP_TIMEOUT = timedelta(seconds=10)
QUICK_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), maximum_interval=timedelta(seconds=2), maximum_attempts=5
)
# Who is called outside is not hammered: a second try, then the same pauses.
OUTSIDE_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=2)
PARKED_FOR = [timedelta(seconds=seconds) for seconds in (2, 4, 8, 8, 15, 15, 15, 30, 60, 60, 300, 900, 3600)]


class NothingToRepair(BusinessError):
    """The process has no parked step, or not one that can be repaired so."""

    status = 409


class StepAborted(BusinessError):
    """A person gave a failing step up; what was done before it is taken back."""


class ProcessHeld(BusinessError):
    """Somebody holds the process: it takes no further step, and no command, until it is released."""

    status = 409


class NotHeld(BusinessError):
    """The process is not held: there is nothing to release."""

    status = 409


class Repair(Message):
    """What to do with a parked step: try it again now; go on without it; or give the process up and take back
    what was done.
    """

    action: Literal["retry", "skip", "abort"]
    reason: Text = ""


class Hold(Message):
    """Why a process is to take no further step, or may go on."""

    reason: Text


class Decision(Message):
    """What a person decided about a process: the audit of a repair, a hold or a release."""

    action: str
    step: str | None = None
    reason: Text


class Steps(Standing):
    """Takes steps for a process."""

    def __init__(self) -> None:
        super().__init__()
        self.refused_key: str | None = None
        self.held: str | None = None
        """Who holds the process, and why."""
        self._repair: Repair | None = None
        self._parked: Call | None = None
        self._ways: set[str] = set()
        """What a person may decide about the parked step."""

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
        asks: ApprovalAsked | None = None,
        must: bool = False,
        otherwise: Answer | None = None,
    ) -> Answer:
        """Take a step: apply the operation once, however often it has to be tried.

        `per` tells apart several steps by the same operation, `by` names who asked for it if that is not who
        started the process, `stage` is written in the step's transaction and reached with it. `must` is for
        a step after which there is no way back: a refusal parks it, until what is in its way has been
        removed. `asks` is what a person is asked with the step. A step that the process can do without has
        an answer `otherwise`: a person may skip it. Refuses what the operation refuses.
        """
        call = self._call(self.key_of(operation, per), by=by, stage=stage, voids=voids, asks=asks)
        ways = {"retry"} | ({"abort"} if not must else set()) | ({"skip"} if otherwise else set())
        for pause in _then_forever(PARKED_FOR):
            await self.while_held()
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
                decided = await self._park(operation, call, cause, pause, ways)
                if decided == "skip" and otherwise is not None:
                    await self._reached(stage)
                    return otherwise
            else:
                await self._reached(stage)
                return answer
        raise AssertionError("unreachable")

    def _call(
        self,
        key: str,
        *,
        by: Caller | None = None,
        stage: Stage | None = None,
        voids: str | None = None,
        asks: ApprovalAsked | None = None,
    ) -> Call:
        return Call(
            key=key,
            caller=by or self.caller,
            process_id=self._id,
            process_type=self._type,
            stage=stage,
            voids=voids,
            asks=asks,
        )

    async def _reached(self, stage: Stage | None) -> None:
        if stage is not None:
            self.reach(stage)
        if self._parked is not None:
            self._parked = None
            self.show_exception(None)
            await self.record_stage()
        elif stage is not None and self.has_noted:
            # A worker that died, or whose work the server did not take because news came in between, may have
            # come further: its step is found done and writes no stage, and an older one that was noted
            # meanwhile would stand over it.
            await self.record_stage()

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
                retry_policy=OUTSIDE_RETRY,
                cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary=summary,
            )
        return answer

    # Parked and repaired

    async def _park(
        self,
        operation: Operation[Any, Any],
        call: Call,
        cause: BaseException,
        pause: timedelta,
        ways: set[str],
    ) -> str:
        """Wait for a while, or until a person decides; answers what is to be done then."""
        reason = cause.message if isinstance(cause, FailureError) else str(cause)
        kind = cause.type if isinstance(cause, ApplicationError) and cause.type else type(cause).__name__
        self._parked, self._ways = call, ways
        problem = f"{operation.title}: {reason}"[:500]
        if self.now.exception != problem:
            self.show_exception(problem, f"{operation.name}: {kind}"[:200])
            await self.record_stage(surely=False)
        try:
            await workflow.wait_condition(
                lambda: self._repair is not None,
                timeout=pause,
                timeout_summary=f"Try again: {operation.title}",
            )
        except TimeoutError:
            return "retry"
        repair, self._repair = self._repair, None
        assert repair is not None
        if repair.action == "abort":
            self._parked = None
            raise StepAborted(f"{operation.title} was given up: {repair.reason or 'no reason given'}")
        return repair.action

    @workflow.update(
        description="A parked step: try it again now (retry), go on without it (skip), or give it up and go "
        "back (abort)"
    )
    async def repair(self, repair: Repair, by: Caller) -> Stage:
        """What a person decides about a parked step. Refuses: NothingToRepair."""
        if self._parked is None:
            raise NothingToRepair("nothing is parked here")
        if repair.action not in self._ways:
            raise NothingToRepair(
                f"{repair.action} is no way out of this step, only: {', '.join(sorted(self._ways))}. "
                "Remove what is in its way, then retry"
            )
        if repair.action != "retry" and not repair.reason:
            raise NothingToRepair(f"say why: to {repair.action} a step needs a reason")
        # A step that is skipped can never commit late: its key is taken with the decision.
        voids = self._parked.key if repair.action == "skip" else None
        await self._decide(repair.action, repair.reason, by, step=self._parked.key, voids=voids)
        self._repair = repair
        return self.now

    # Held and released

    @workflow.update(description="Take no further step until it is released")
    async def hold(self, hold: Hold, by: Caller) -> Stage:
        """Hold the process. Refuses: ProcessHeld."""
        if self.held is not None:
            raise ProcessHeld(f"this is {self.held} already")
        self.held = f"held by {by.actor}: {hold.reason}"
        self.show_exception(self.held, "held")
        await self._decide("hold", hold.reason, by, stage=self.now)
        return self.now

    @workflow.update(description="Let a process that is held go on")
    async def release(self, release: Hold, by: Caller) -> Stage:
        """Let the process go on. Refuses: NotHeld."""
        if self.held is None:
            raise NotHeld("this is not held")
        self.show_exception(None)
        await self._decide("release", release.reason, by, stage=self.now)
        self.held = None
        return self.now

    async def while_held(self) -> None:
        """Wait until nobody holds the process."""
        if self.held is not None:
            await workflow.wait_condition(lambda: self.held is None)

    def check_not_held(self) -> None:
        """Refuses: ProcessHeld."""
        if self.held is not None:
            raise ProcessHeld(f"this is {self.held}; release it first")

    async def _decide(
        self,
        action: str,
        reason: str,
        by: Caller,
        *,
        step: str | None = None,
        voids: str | None = None,
        stage: Stage | None = None,
    ) -> None:
        """Write a person's decision down, before it counts."""
        update = workflow.current_update_info()
        key = f"{self._id}/process.decide/{update.id if update else self._stages_recorded}"
        await workflow.execute_local_activity(
            "process.decide",
            args=[
                self._call(key, by=by, stage=stage, voids=voids),
                Decision(action=action, step=step, reason=reason),
            ],
            start_to_close_timeout=STEP_TIMEOUT,
            retry_policy=QUICK_RETRY,
            summary=action.capitalize(),
        )


def _then_forever(pauses: list[timedelta]) -> Iterable[timedelta]:
    yield from pauses
    while True:
        yield pauses[-1]

"""What all processes share: steps, the way back, parking and repair, and showing where one stands and why
it waits.

A process says what happens and in which order; everything technical about a step is in `steps`, or in the
operation's declaration.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

from foundation import visibility
from foundation.errors import BusinessError
from foundation.messages import Message, Stage
from foundation.steps import Steps
from foundation.undo import Undo

Result = TypeVar("Result")
A_MOMENT = timedelta(milliseconds=1)
STARTED = "started"
"""The update by which whoever starts a process waits until it has begun."""


class ProcessEnded(BusinessError):
    """The process has come to its end, or is on its way back; there is nothing to do to it any more."""

    status = 409


class Process(Steps):
    """The ground of every process in `workflows/`."""

    def __init__(self, command: Message) -> None:
        super().__init__()
        del command
        self.turn = asyncio.Lock()
        """Held by whoever changes the process:

        Commands that arrive together are handled one after the other.
        """
        self.ending: ApplicationError | None = None
        """Why the process turns back, when it does."""

    @workflow.query(description="Where the process stands, why it waits and on whom")
    def progress(self) -> Stage:
        """The live stage; lists come from the database."""
        return self.now

    def answer(self) -> Message:
        """What whoever started the process is told: where it stands, unless there is more to tell."""
        return self.now

    @property
    def has_begun(self) -> bool:
        """Whether the process has taken what it was started with: then whoever started it is answered."""
        return self.now.stage != "starting"

    @workflow.update(name=STARTED, description="Wait until the process has begun, or is refused")
    async def started(self) -> Any:
        """What whoever starts the process waits for. Refuses what the process was refused for."""
        await self.reached(lambda: self.has_begun)
        return self.answer()

    @workflow.query(description="What whoever started the process was told, or would be told now")
    def answered(self) -> Any:
        """For a caller who asks again when the process is over, and was never answered."""
        return self.answer()

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

    async def taken_down(self, command: str) -> None:
        """From now on a command is in the history, whoever dies: until its first workflow task has ended it
        is not, and after the death of the worker it may find the process in another state than the attempt
        that had an effect.

        It costs a workflow task: for commands that mean something else in another state.
        """
        await workflow.sleep(A_MOMENT, summary=f"{command} is taken down")

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
                    result = await asyncio.shield(task)
                    break
                except asyncio.CancelledError:
                    if task.done():
                        raise  # Nobody asked: the worker forgets the process, for now.
                    self.on_cancellation_requested()
        except ApplicationError as refusal:
            self.ending = self.ending or refusal
            if self.now.outcome is None:
                problem = f"{refusal.type}: {refusal.message}"[:500]
                await self.note(self.at("refused", outcome="refused", exception=problem))
            await workflow.wait_condition(workflow.all_handlers_finished)
            raise
        # Not in a `finally`: a process that the worker forgets waits for nobody.
        await workflow.wait_condition(workflow.all_handlers_finished)
        return result

    def on_cancellation_requested(self) -> None:
        """An operator asked for cancellation in the Temporal Web UI: turn back at the next wait."""
        self.ending = self.ending or ProcessEnded("cancelled by an operator")

    async def begin(
        self, process: str, name: object, command: Message, *, party: str | None, summary: str
    ) -> bool:
        """Start another process under its name, once; it goes its own way. Whether it is a new one."""
        process_id = f"{self.caller.company}/{process}/{name}"
        try:
            await workflow.start_child_workflow(
                process,
                command,
                id=process_id,
                parent_close_policy=ParentClosePolicy.ABANDON,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                memo={"caller": self.caller},
                search_attributes=visibility.at_start(self.caller.company, party),
                static_summary=summary,
                static_details=f"Begun by {self._id}.",
            )
        except WorkflowAlreadyStartedError:
            workflow.logger.info("%s was started before", process_id)
            return False
        return True

    async def tell(self, process_id: str, signal: str, fact: Message) -> None:
        """Tell another process a fact. One that has ended needs it no more."""
        try:
            await workflow.get_external_workflow_handle(process_id).signal(signal, fact)
        except ApplicationError as gone:
            workflow.logger.info("%s has ended and was not told %s: %s", process_id, signal, gone.message)

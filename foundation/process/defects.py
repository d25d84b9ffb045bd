"""An exception in a process that no rule of the business raised: seen, and never in the way for ever.

Left to itself it would fail the process's workflow task, again and again, and whatever it was asked for would
wait for ever with nobody told. Here the process stops instead: it takes no further step, shows the defect as
its exception, and a person decides. `retry` begins it again before the defect, by a reset of its run: what
was done is found done by its keys, and the rest is done by our mended programs. `skip` goes on without what a
command had still to do; `abort` takes back what was done, as long as there is a way back.

A command that has not done anything yet is refused instead; the process is as it was.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import NAMESPACE_URL, uuid5

from pydantic import ValidationError
from temporalio import workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.exceptions import ApplicationError, is_cancelled_exception
from temporalio.service import RPCError
from temporalio.worker import (
    HandleSignalInput,
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from foundation.process.parking import Parked, Repair, StepAborted
from foundation.runtime import temporal
from foundation.runtime.failures import DEFECT
from foundation.runtime.settings import settings
from foundation.values.errors import BusinessError
from foundation.values.messages import shortened

if TYPE_CHECKING:
    from foundation.process.steps import Steps


def is_defect(failure: Exception) -> bool:
    """Whether it is a mistake of ours: no refusal and no cancellation, which go their own way, and nothing
    that only a failing task can tell.
    """
    told = (ApplicationError, workflow.NondeterminismError, workflow.ReadOnlyContextError)
    return not (isinstance(failure, told) or is_cancelled_exception(failure))


class Defect(BusinessError):
    """Our program has made a mistake over a command: what it had still to do was not done."""

    status = 500


class DefectsAreSeen(Interceptor):
    """For each worker that runs processes."""

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        """Called by the SDK."""
        del input
        return _DefectsAreSeen


class _DefectsAreSeen(WorkflowInboundInterceptor):
    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:
        """Refuses: Defect."""
        process = cast("Steps", workflow.instance())
        before = process.steps_begun
        try:
            return await super().handle_update_handler(input)
        except Exception as defect:
            if not is_defect(defect):
                raise
            raise await left_undone(process, defect, input.update, before) from None

    async def handle_signal(self, input: HandleSignalInput) -> None:
        """Stop the process over a fact that it cannot take in: whoever sent it gets no answer to act on."""
        try:
            await super().handle_signal(input)
        except Exception as defect:
            if not is_defect(defect):
                raise
            workflow.logger.exception("a defect in %s", input.signal)
            await stopped(cast("Steps", workflow.instance()), defect, input.signal, "skip")


async def left_undone(process: Steps, defect: Exception, doing: str, steps_before: int) -> Defect:
    """What a command or a fact had still to do is not done: stop, if anything was; gives what is answered."""
    workflow.logger.exception("a defect in %s", doing)
    if process.steps_begun > steps_before:
        await stopped(process, defect, doing, "skip")
    return Defect(f"{doing}: {_said(defect)}")


async def stopped(process: Steps, defect: Exception, doing: str, *ways: str) -> Repair:
    """Take no further step, show the defect, and wait until a person decides."""
    parked = Parked(
        title=doing.replace("_", " ").capitalize(),
        key=f"{workflow.info().workflow_id}/{doing}",
        ways=frozenset(ways),
        # The task that is being worked ends with the event after the last: there the run is begun again.
        stopped_at=workflow.info().get_current_history_length() + 1,
    )
    process.park(parked, _said(defect), f"{DEFECT}{type(defect).__name__}")
    repair = await process.repaired(parked, None)
    await process.parks_no_more(parked)
    assert repair is not None
    return repair


async def given_up(process: Steps, defect: Exception) -> StepAborted:
    """Stop over a defect in the procedure; answers when a person has given the process up."""
    workflow.logger.exception("a defect in the procedure")
    repair = await stopped(process, defect, "procedure", "abort")
    return StepAborted(f"the process was given up: {repair.reason}")


async def never_given_up(process: Steps, defect: Exception) -> None:
    """Stop over a defect where there is no way back: only a run that is begun again goes on."""
    workflow.logger.exception("a defect in the procedure")
    await stopped(process, defect, "procedure")


def _said(defect: Exception) -> str:
    """What went wrong, without what people have written: it is shown to whoever runs the cluster."""
    what = str(defect)
    if isinstance(defect, ValidationError):
        wrong = defect.errors(include_url=False, include_context=False, include_input=False)
        fields = [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in wrong]
        what = f"{defect.title}: {', '.join(fields)}"
    return shortened(f"a defect of ours, {type(defect).__name__}: {what}", 400)


# Begun again


async def where_stopped(client: Client, process_id: str) -> str | None:
    """Which run of a process a defect has stopped, and before which event it is begun again; None when it has
    not stopped, or cannot say so: its tasks fail, or Temporal does not know it.
    """
    within = timedelta(seconds=settings().api_wait_seconds)
    try:
        run_id = (await client.get_workflow_handle(process_id).describe(rpc_timeout=within)).run_id
        run = client.get_workflow_handle(process_id, run_id=run_id)
        stopped_at: int | None = await run.query("stopped_at", rpc_timeout=within)
    except WorkflowQueryFailedError:
        return None
    except RPCError as failure:
        if not temporal.is_unknown(failure):
            raise
        return None
    return f"{run_id}/{stopped_at}" if stopped_at is not None else None


async def begin_again(client: Client, process_id: str, where: str, reason: str) -> None:
    """Begin a process again where it has stopped, before its defect; once, however often it is asked for.

    What was told it since comes again by itself; its steps are found done.
    """
    run_id, _, event = where.partition("/")
    reset = ResetWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=process_id, run_id=run_id),
        reason=reason or "a defect is mended",
        workflow_task_finish_event_id=int(event),
        request_id=str(uuid5(NAMESPACE_URL, f"{process_id}/{where}")),
    )
    within = timedelta(seconds=settings().api_wait_seconds)
    await client.workflow_service.reset_workflow_execution(reset, timeout=within)

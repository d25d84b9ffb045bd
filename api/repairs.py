"""What a person decides about what is parked: done, or only asked about, in the same words."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from api import processes
from api.door import AskedRequest
from api.dry_runs import WouldBeTaken
from foundation.database.connections import database
from foundation.database.tables import ProcessState
from foundation.database.transaction import Row
from foundation.process import defects
from foundation.process.holding import Decision
from foundation.process.parking import Repair
from foundation.runtime import temporal
from foundation.runtime.failures import DEFECT
from foundation.runtime.settings import settings
from foundation.values.errors import ProcessEnded
from foundation.values.messages import Stage


async def repair(asked: AskedRequest, state: Row, wanted: Repair) -> None:
    """Repair a process. Refuses: NothingToRepair, ProcessEnded. Raises StillAtWork."""
    if asked.is_dry_run and _begins_again(state, wanted):
        raise WouldBeTaken(state.id, "repair")
    if not await _was_begun_again(asked, state, wanted):
        await processes.command(asked, state.id, "repair", wanted, Stage)


async def outcome_of(asked: AskedRequest, state: Row, wanted: Repair) -> str:
    """The same for one of several: one that cannot be repaired so does not stop the others."""
    try:
        await repair(asked, state, wanted)
    except processes.StillAtWork:
        return _still_at_work(wanted)
    except ApplicationError as refusal:
        return refusal.message
    except Exception as failure:
        if not _is_of_this_one(failure):
            raise
        return f"{wanted.action}: Temporal does not answer about it"
    return wanted.action


async def _was_begun_again(asked: AskedRequest, state: Row, wanted: Repair) -> bool:
    """A process that a defect of ours has stopped is begun again before it; false for all others. A request
    that comes again begins nothing again that has stopped since.
    """
    client: Client = asked.app.state.temporal
    is_decided = wanted.action == "retry" and await processes.decided_before(asked, state.id)
    if not is_decided and not _begins_again(state, wanted):
        return False
    where = await defects.where_stopped(client, state.id)
    if not is_decided and where is None:
        return False
    decision = Decision(action="retry", step=state.failure, reason=wanted.reason, where=where)
    decided = await processes.write_down(asked, state.id, decision)
    if where is not None:
        if where != decided.where:
            return True
        await defects.begin_again(client, state.id, where, wanted.reason)
    # Unless it has stopped again meanwhile, and says so.
    cleared = update(ProcessState).where(
        ProcessState.id == state.id, ProcessState.changed_at == state.changed_at
    )
    async with database().write(asked.caller.company, asked.caller.actor) as tx:
        await tx.execute(cleared.values(exception=None, failure=None))
    return True


def _begins_again(state: Row, wanted: Repair) -> bool:
    return wanted.action == "retry" and (state.failure or "").startswith(DEFECT)


async def would_repair(asked: AskedRequest, state: Row, wanted: Repair) -> str:
    """`would be: retry`, or what the repair would be answered instead; asked of the process itself."""
    client: Client = asked.app.state.temporal
    process = client.get_workflow_handle(state.id)
    try:
        refusal = None
        if not _begins_again(state, wanted) or await _ask(process, "stopped_at") is None:
            refusal = await _ask(process, "would_repair", wanted)
    except WorkflowQueryRejectedError:
        return await _said_of_what_is_gone(asked, state, wanted)
    except WorkflowQueryFailedError:
        return _still_at_work(wanted)  # It cannot be worked: neither can a repair be.
    except Exception as failure:
        if temporal.is_unknown(failure):
            return await _said_of_what_is_gone(asked, state, wanted)
        if not _is_of_this_one(failure):
            raise
        return f"{wanted.action}: Temporal does not answer about it"
    return refusal or f"would be: {wanted.action}"


def _is_of_this_one(failure: Exception) -> bool:
    """Whether Temporal has no answer about one process, which says nothing of the others."""
    return isinstance(failure, RPCError) or temporal.is_away(failure)


async def _ask(process: WorkflowHandle[Any, Any], question: str, *about: Repair) -> Any:
    return await process.query(
        question,
        args=list(about),
        reject_condition=QueryRejectCondition.NOT_OPEN,
        rpc_timeout=timedelta(seconds=settings().api_wait_seconds),
    )


async def _said_of_what_is_gone(asked: AskedRequest, state: Row, wanted: Repair) -> str:
    """Temporal does not run it: it is over, or it is lost and waits to be begun again."""
    async with asked.read() as tx:
        now = await tx.get(ProcessState, state.id)
    if now is None or now.outcome is None:
        return _still_at_work(wanted)
    return ProcessEnded.of(now.document or now.id, now.outcome).detail


def _still_at_work(wanted: Repair) -> str:
    return f"{wanted.action}: still at work"

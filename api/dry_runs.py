"""What a repair would come to, asked of the process itself: what it says now is what it would do now."""

from datetime import timedelta

from temporalio.client import Client, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition
from temporalio.service import RPCError, RPCStatusCode

from api.door import AskedRequest
from foundation.parking import Repair
from foundation.settings import settings
from foundation.transaction import Row


async def would_repair(asked: AskedRequest, state: Row, repair: Repair) -> str:
    """`would be: retry`, or what the repair would be answered instead, in the same words."""
    client: Client = asked.app.state.temporal
    wait = timedelta(seconds=settings().api_wait_seconds)
    try:
        refusal: str | None = await client.get_workflow_handle(state.id).query(
            "would_repair",
            repair,
            reject_condition=QueryRejectCondition.NOT_OPEN,
            rpc_timeout=wait,
        )
    except WorkflowQueryRejectedError:
        return over(state)
    except WorkflowQueryFailedError:
        return still_at_work(repair)  # It cannot be worked: neither can a repair be.
    except RPCError as failure:
        return over(state) if failure.status is RPCStatusCode.NOT_FOUND else still_at_work(repair)
    return refusal or f"would be: {repair.action}"


def over(state: Row) -> str:
    """What is said of a process that Temporal does not run any more."""
    return f"this is over: {state.document or state.id} is {state.outcome or state.stage}"


def still_at_work(repair: Repair) -> str:
    """What is said when the process has not answered in time."""
    return f"{repair.action}: still at work"

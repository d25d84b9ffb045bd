"""One attempt at a step: how it is run, how long it may take, and how often the server repeats it by itself.

What goes wrong after that is the process's matter (`steps`).
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import CancelledError, FailureError
from temporalio.workflow import ActivityCancellationType

from foundation.operations.operation import Answer, Ask, Operation
from foundation.runtime.failures import cause_of
from foundation.values.messages import Call


def outside_queue(task_queue: str) -> str:
    """Where what is done outside waits for the workers of an installation, called by its own queue."""
    return f"{task_queue}-outside"


def batch_queue(task_queue: str) -> str:
    """Where its runs over many are worked through: nobody who waits for an answer waits behind them."""
    return f"{task_queue}-batch"


# A step is tried at once a few times, then it parks and is tried again by itself, until it works or a person
# decides; how soon, says `failures`.
STEP_TIMEOUT = timedelta(seconds=10)
QUICK_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), maximum_interval=timedelta(seconds=2), maximum_attempts=5
)
# Who is called outside is not hammered: a second try, then the pauses.
OUTSIDE_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=2)


async def attempted(
    operation: Operation[Ask, Answer], call: Call, command: Ask, *, summary: str
) -> Answer | BaseException:
    """The operation's answer, or what went wrong. The Temporal Web UI shows the attempt by its summary."""
    try:
        return await _run(operation, call, command, summary)
    except FailureError as failure:
        cause = cause_of(failure)
        if isinstance(cause, CancelledError) or cause is None:
            raise
        return cause


async def _run(operation: Operation[Ask, Answer], call: Call, command: Ask, summary: str) -> Answer:
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
        queue = batch_queue if operation.is_batch else outside_queue
        answer = await workflow.execute_activity(
            operation.name,
            args=[call, command],
            result_type=operation.answer_type,
            task_queue=queue(workflow.info().task_queue),
            start_to_close_timeout=timedelta(minutes=5),
            heartbeat_timeout=timedelta(seconds=15 if operation.is_batch else 30),
            retry_policy=OUTSIDE_RETRY,
            cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=summary,
        )
    return answer

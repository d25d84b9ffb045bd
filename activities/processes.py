"""What processes write down about themselves, when no operation of the business goes with it."""

from foundation.messages import Stage
from foundation.operation import operation
from foundation.steps import Decision
from foundation.transaction import Transaction


@operation("process.record_stage")
async def record_stage(tx: Transaction, stage: Stage) -> Stage:
    """Write down where a process stands.

    The operation's own transaction does it, as for every step with a stage.
    """
    del tx
    return stage


@operation("process.decide")
async def decide(tx: Transaction, decision: Decision) -> Decision:
    """Write down what a person decided about a process: a hold, a release, the repair of a step.

    The operation's log row is the record; a step that is skipped has its key taken by it.
    """
    del tx
    return decision

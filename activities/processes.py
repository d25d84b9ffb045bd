"""What processes write down about themselves, when no operation of the business goes with it."""

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.messages import Stage
from foundation.operation import operation
from foundation.steps import Decision


@operation("process.record_stage")
async def record_stage(session: AsyncSession, stage: Stage) -> Stage:
    """Write down where a process stands.

    The operation's own transaction does it, as for every step with a stage.
    """
    del session
    return stage


@operation("process.decide")
async def decide(session: AsyncSession, decision: Decision) -> Decision:
    """Write down what a person decided about a process: a hold, a release, the repair of a step.

    The operation's log row is the record; a step that is skipped has its key taken by it.
    """
    del session
    return decision

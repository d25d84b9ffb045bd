"""What processes write down about themselves, when no operation of the business goes with it."""

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.messages import Stage
from foundation.operation import operation


@operation("process.record_stage")
async def record_stage(session: AsyncSession, stage: Stage) -> Stage:
    """Write down where a process stands.

    The operation's own transaction does it, as for every step with a stage.
    """
    del session
    return stage

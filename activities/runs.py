"""What runs over many do with their items, whatever the items are: see `foundation.process.batch`."""

from sqlalchemy import ARRAY, Integer, Text, bindparam, text

from foundation.database.transaction import Transaction
from foundation.operations.operation import look, operation
from foundation.outbound.outside import ExternalCall
from foundation.process import batch
from foundation.process.run_messages import (
    CHUNKS_AT_ONCE,
    ChunkWorked,
    CountItems,
    ExceptionsFound,
    FindExceptions,
    ItemsCounted,
    ItemsLeft,
    LeaveItems,
    WorkChunk,
)

_COUNT = text(batch.COUNT)
_FIRST = text(
    """
    SELECT coalesce(party, item_id) AS first, coalesce(failure, 'not tried') AS failure,
        coalesce(reason, 'nobody has tried it') AS reason
    FROM foundation.run_item
    WHERE run_id = :run_id AND status IN ('refused', 'failed', 'open') ORDER BY chunk, position LIMIT 1
    """
)
_EXCEPTIONS = text(
    """
    SELECT DISTINCT chunk FROM foundation.run_item
    WHERE run_id = :run_id AND chunk > :after AND status = ANY (:statuses)
    ORDER BY chunk LIMIT :at_most
    """
).bindparams(bindparam("statuses", type_=ARRAY(Text)), bindparam("at_most", type_=Integer))
_LEAVE = text(
    """
    UPDATE foundation.run_item SET status = 'left', changed_at = now()
    WHERE run_id = :run_id AND chunk BETWEEN :first_chunk AND :last_chunk AND status = 'open'
    RETURNING position
    """
)


@batch.batch("run.work_chunk")
async def work_chunk(call: ExternalCall, work: WorkChunk) -> ChunkWorked:
    """Do each item of a chunk, once by its key, and note what became of it."""
    return await batch.work_through(call, work)


@look("run.count_items")
async def count_items(tx: Transaction, ask: CountItems) -> ItemsCounted:
    """Say how many items of a run, all of whose chunks were worked through, were done, refused, or failed."""
    counted = (await tx.execute(_COUNT, {"run_id": ask.run_id})).one()
    first = (await tx.execute(_FIRST, {"run_id": ask.run_id})).one_or_none()
    return ItemsCounted(**counted._asdict() | (first._asdict() if first is not None else {}))


@look("run.find_exceptions")
async def find_exceptions(tx: Transaction, find: FindExceptions) -> ExceptionsFound:
    """Say in which chunks of a run something could not be done."""
    values = {**find.model_dump(), "statuses": list(find.statuses), "at_most": CHUNKS_AT_ONCE}
    chunks = tuple((await tx.execute(_EXCEPTIONS, values)).scalars())
    return ExceptionsFound(chunks=chunks, is_all=len(chunks) < CHUNKS_AT_ONCE)


@operation("run.leave_items")
async def leave_items(tx: Transaction, ask: LeaveItems) -> ItemsLeft:
    """Leave what a cancelled run has not begun."""
    return ItemsLeft(items=len((await tx.execute(_LEAVE, ask.model_dump())).all()))

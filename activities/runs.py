"""What runs over many do with their items, whatever the items are: see `foundation.batch`."""

from foundation import batch
from foundation.operation import operation
from foundation.outside import Errand
from foundation.run_messages import (
    ChunkWorked,
    CountItems,
    ExceptionsFound,
    FindExceptions,
    ItemsCounted,
    ItemsLeft,
    LeaveItems,
    WorkChunk,
)
from foundation.transaction import Transaction


@batch.batch("run.work_chunk")
async def work_chunk(errand: Errand, work: WorkChunk) -> ChunkWorked:
    """Do each item of a chunk, once by its key, and note what became of it."""
    return await batch.work_through(errand, work)


@operation("run.count_items")
async def count_items(tx: Transaction, ask: CountItems) -> ItemsCounted:
    """Say how many items of a run were done, refused, or failed."""
    return await batch.count(tx, ask)


@operation("run.find_exceptions")
async def find_exceptions(tx: Transaction, find: FindExceptions) -> ExceptionsFound:
    """Say in which chunks of a run something could not be done."""
    return await batch.find_exceptions(tx, find)


@operation("run.leave_items")
async def leave_items(tx: Transaction, ask: LeaveItems) -> ItemsLeft:
    """Leave what a cancelled run has not begun."""
    return await batch.leave(tx, ask)

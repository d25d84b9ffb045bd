"""Two operations that overlap: the first has done its work, and commits when the second waits for it."""

import asyncio
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from foundation.database.connections import database
from foundation.database.transaction import Transaction
from foundation.operations import inbox
from foundation.operations.operation import Operation
from foundation.values.messages import Call, Message

SECONDS = 10
_PID = text("SELECT pg_backend_pid()")
_IS_WAITED_FOR = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND :blocker = ANY (pg_blocking_pids(pid)))"
)


class Asked(NamedTuple):
    """An operation, and what it is asked."""

    operation: Operation[Any, Any]
    call: Call
    command: Message

    async def answer(self) -> Any:
        """What it answers, in a transaction of its own."""
        return await self.operation(self.call, self.command)


async def overlapping(
    monkeypatch: pytest.MonkeyPatch, first: Asked, second: Asked, *, has_written: bool = False
) -> tuple[Any, Any]:
    """What both answer. The second begins when the first has done its work and has not committed; the first
    commits as soon as the second waits for it, or is done without having waited. What the first has collected
    for its end it has not written by then, unless `has_written`.
    """
    has_worked: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    may_commit, written, close = asyncio.Event(), inbox.written, Operation._close

    async def stands(tx: Transaction, call: Call) -> None:
        if call.key == first.call.key:
            has_worked.set_result(await tx.scalar(_PID))
            await may_commit.wait()

    async def before(tx: Transaction, call: Call) -> Any:
        await stands(tx, call)
        return await written(tx, call)

    async def after(of: Any, tx: Transaction, call: Call, *more: Any) -> Any:
        answer = await close(of, tx, call, *more)
        await stands(tx, call)
        return answer

    with monkeypatch.context() as patched:
        if has_written:
            patched.setattr(Operation, "_close", after)
        else:
            patched.setattr(inbox, "written", before)
        one = asyncio.create_task(first.answer())
        await asyncio.wait({one, has_worked}, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
        assert has_worked.done(), f"{first.operation.name} has not come to its commit: {one}"
        two = asyncio.create_task(second.answer())
        try:
            await _waited_for(has_worked.result(), two)
        finally:
            may_commit.set()
            answers = await asyncio.gather(one, two)
    return answers[0], answers[1]


async def _waited_for(blocker: int, other: asyncio.Task[Any]) -> None:
    async with database().transaction() as looking:
        for _ in range(SECONDS * 100):
            if other.done() or await looking.scalar(_IS_WAITED_FOR, {"blocker": blocker}):
                return
            await asyncio.sleep(0.01)
    raise AssertionError("the second has neither waited for the first nor come to its end")

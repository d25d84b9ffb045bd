"""What leaves the house: asked before it is sent again, never inside a transaction, noted when it is done.

`@outside` declares something that is done elsewhere — a mail handed to its server, a webhook delivered. It is
a step like an operation, and runs as a regular activity on the queue `…-outside`, where a receiver that is
slow or down holds nothing else up. Around the body:

1. our own record is asked: a key that is in the log was done, and its answer is given again;
2. the body runs, outside any transaction, with heartbeats; what it learns on the way it may write down;
3. what is done is noted: the declared `note`, the log row and the stage, in one transaction.

Between 2 and 3 we may die, and then the same is done again. Nobody can do better with a receiver that takes
no part in our transaction; so each repetition carries the same id, by which the receiver can tell.
"""

import asyncio
import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Generic

from temporalio import activity

from foundation.database.connections import database
from foundation.database.tables import OperationLog
from foundation.database.transaction import Transaction
from foundation.operations.operation import Answer, Ask, Operation, declared
from foundation.values.messages import Call, Caller

HEARTBEAT = timedelta(seconds=5)


@dataclass(frozen=True)
class ExternalCall:
    """On whose behalf something is done outside, and the ways to our records meanwhile."""

    caller: Caller

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that sees the company's rows, and writes nothing."""
        return database().read(self.caller.company)

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction for a note about what is tried."""
        return database().write(self.caller.company, self.caller.actor)


ExternalBody = Callable[[ExternalCall, Ask], Coroutine[Any, Any, Answer]]
Note = Callable[[Transaction, Ask, Answer], Awaitable[None]]


class Outside(Operation[Ask, Answer], Generic[Ask, Answer]):
    """Something done outside the house, declared once."""

    def __init__(
        self, name: str, body: ExternalBody[Ask, Answer], *, note: Note[Ask, Answer] | None, once: bool
    ) -> None:
        # What is written is known with the answer: the note takes the body's place then.
        super().__init__(name, body, quick=False)
        self.external_body = body
        self.note = note
        self.is_logged = once

    async def __call__(self, call: Call, command: Ask) -> Answer:
        """Do it, unless our record says that it was done; then note it."""
        if self.is_logged and (known := await self._noted_answer(call, command)) is not None:
            return known
        async with _heartbeats():
            answer = await self.external_body(ExternalCall(caller=call.caller), command)
        if not self.is_logged:
            return answer
        noting = copy.copy(self)
        noting.body = partial(self._note, answer)
        return await Operation.__call__(noting, call, command)

    async def _noted_answer(self, call: Call, command: Ask) -> Answer | None:
        async with database().read(call.caller.company) as tx:
            found = await tx.get(OperationLog, call.key)
            return None if found is None else await self._stored_answer(tx, call, found, command)

    async def _note(self, answer: Answer, tx: Transaction, command: Ask) -> Answer:
        if self.note is not None:
            await self.note(tx, command, answer)
        return answer


def outside(
    name: str, *, note: Note[Any, Any] | None = None, once: bool = True
) -> Callable[[ExternalBody[Ask, Answer]], Outside[Ask, Answer]]:
    """Declare something that is done outside, named `domain.what_it_does`.

    `note` is written with the log row when it is done. With `once=False` nothing is noted: for what only
    waits and looks.
    """

    def declare(body: ExternalBody[Ask, Answer]) -> Outside[Ask, Answer]:
        return declared(Outside(name, body, note=note, once=once))

    return declare


@asynccontextmanager
async def _heartbeats() -> AsyncIterator[None]:
    """Say that we are still at it, as long as we are; a worker that dies is noticed soon."""
    if not activity.in_activity():
        yield
        return
    beating = asyncio.create_task(_beat())
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(HEARTBEAT.total_seconds())

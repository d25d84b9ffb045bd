"""Reading the log of operations: what was done, and who is to be told of it, each once."""

import asyncio
from typing import Any

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from activities.automation.subscriptions import READER
from domains.automation import queries, rules
from domains.automation.messages import Announce, Announced, AwaitNews, IntendedMessage, News, TakeUp
from domains.automation.tables import Cursor, OutgoingMessage
from foundation.database.connections import TransactionId, rows_of
from foundation.database.transaction import Transaction
from foundation.operations.operation import events, operation
from foundation.outbound.outside import ExternalCall, outside
from foundation.runtime.settings import settings

ROWS_AT_ONCE = 200


@operation("automation.take_up")
async def take_up(tx: Transaction, ask: TakeUp) -> Announced:
    """Say where the log is to be read on from, and what was intended and has perhaps no process yet.

    What was done before anybody wanted to be told is passed over.
    """
    del ask
    listeners = await queries.listeners(tx)
    await tx.execute(insert(Cursor).values(reader=READER).on_conflict_do_nothing())
    earliest = min((listener.since for listener in listeners), default=0)
    moved = (
        update(Cursor)
        .where(Cursor.reader == READER)
        .values(transaction_id=func.greatest(Cursor.transaction_id, literal(earliest, TransactionId())))
        .returning(Cursor.transaction_id)
    )
    up_to = (await tx.execute(moved)).scalar_one()
    return Announced(up_to=up_to, messages=await queries.not_sent_yet(tx))


@outside("automation.await_news", once=False)
async def await_news(call: ExternalCall, ask: AwaitNews) -> News:
    """Wait a while until something was done that somebody is to be told of."""
    every = settings().announcements_poll_seconds
    for _ in range(max(1, int(settings().announcements_wait_seconds / every))):
        async with call.read() as tx:
            listeners = await queries.listeners(tx)
            wanted = rules.operations_wanted(listeners, events())
            found = await queries.stretch(tx, after=ask.after, wanted=wanted, limit=ROWS_AT_ONCE)
        if found.is_wanted or found.rows == ROWS_AT_ONCE:
            return News(found=True)
        await asyncio.sleep(every)
    return News(found=False)


@operation("automation.announce")
async def announce(tx: Transaction, ask: Announce) -> Announced:
    """Write down who is to be told of the next things that were done, and move the cursor past them.

    Who reads from elsewhere than the cursor is told where it stands, and nothing is written down.
    """
    reader = select(Cursor).where(Cursor.reader == READER)
    cursor = (await tx.execute(reader.with_for_update())).one()
    if cursor.transaction_id != ask.after:
        return Announced(up_to=cursor.transaction_id, messages=())
    listeners = await queries.listeners(tx)
    wanted = rules.operations_wanted(listeners, events())
    stretch = await queries.stretch(tx, after=ask.after, wanted=wanted, limit=ROWS_AT_ONCE)
    done = await queries.done_after(tx, after=ask.after, up_to=stretch.up_to, wanted=wanted)
    messages, up_to = rules.messages_of(done, listeners, events(), stretch.up_to)
    await tx.execute_each(insert(rows_of(OutgoingMessage)).on_conflict_do_nothing(), messages)
    moved = update(Cursor).where(Cursor.reader == READER)
    await tx.execute(moved.values(transaction_id=up_to, moved_at=func.now()))
    return Announced(up_to=up_to, messages=tuple(_intended(message) for message in messages))


def _intended(message: dict[str, Any]) -> IntendedMessage:
    facts = {name: message[name] for name in IntendedMessage.model_fields if name in message}
    return IntendedMessage(message_id=message["id"], **facts)

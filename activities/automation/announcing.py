"""Reading the log of operations: what was done, and who is to be told of it, each once."""

import asyncio
from typing import Any

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.automation.listeners import READER
from domains.automation import queries, rules
from domains.automation.messages import Announce, Announced, AwaitNews, IntendedMessage, News, TakeUp
from domains.automation.tables import Cursor, OutgoingMessage
from foundation.database import TransactionId, rows_of
from foundation.operation import OPERATIONS, operation
from foundation.outside import Errand, outside
from foundation.settings import settings

ROWS_AT_ONCE = 200


@operation("automation.take_up")
async def take_up(session: AsyncSession, ask: TakeUp) -> Announced:
    """Say where the log is to be read on from, and what was intended and has perhaps no process yet.

    What was done before anybody wanted to be told is passed over.
    """
    del ask
    listeners = await queries.listeners(session)
    await session.execute(insert(Cursor).values(reader=READER).on_conflict_do_nothing())
    earliest = min((listener.since for listener in listeners), default=0)
    moved = (
        update(Cursor)
        .where(Cursor.reader == READER)
        .values(transaction_id=func.greatest(Cursor.transaction_id, literal(earliest, TransactionId())))
        .returning(Cursor.transaction_id)
    )
    up_to = (await session.execute(moved)).scalar_one()
    return Announced(up_to=up_to, messages=await queries.not_sent_yet(session))


@outside("automation.await_news", once=False)
async def await_news(errand: Errand, ask: AwaitNews) -> News:
    """Wait a while until something was done that somebody is to be told of."""
    every = settings().announcements_poll_seconds
    for _ in range(max(1, int(settings().announcements_wait_seconds / every))):
        async with errand.read() as session:
            listeners = await queries.listeners(session)
            wanted = rules.operations_wanted(listeners, rules.events_of(OPERATIONS))
            found = await queries.stretch(session, after=ask.after, wanted=wanted, limit=ROWS_AT_ONCE)
        if found.is_wanted or found.rows == ROWS_AT_ONCE:
            return News(found=True)
        await asyncio.sleep(every)
    return News(found=False)


@operation("automation.announce")
async def announce(session: AsyncSession, ask: Announce) -> Announced:
    """Write down who is to be told of the next things that were done, and move the cursor past them.

    Who reads from elsewhere than the cursor is told where it stands, and nothing is written down.
    """
    cursor = (await session.scalars(select(Cursor).where(Cursor.reader == READER).with_for_update())).one()
    if cursor.transaction_id != ask.after:
        return Announced(up_to=cursor.transaction_id, messages=())
    listeners = await queries.listeners(session)
    wanted = rules.operations_wanted(listeners, rules.events_of(OPERATIONS))
    stretch = await queries.stretch(session, after=ask.after, wanted=wanted, limit=ROWS_AT_ONCE)
    done = await queries.done_after(session, after=ask.after, up_to=stretch.up_to, wanted=wanted)
    messages, up_to = rules.messages_of(done, listeners, stretch.up_to)
    if messages:
        intended = insert(rows_of(OutgoingMessage)).on_conflict_do_nothing()
        await session.execute(intended, messages)
    cursor.transaction_id = up_to
    cursor.moved_at = func.now()
    return Announced(up_to=up_to, messages=tuple(_intended(message) for message in messages))


def _intended(message: dict[str, Any]) -> IntendedMessage:
    facts = {name: message[name] for name in IntendedMessage.model_fields if name in message}
    return IntendedMessage(message_id=message["id"], **facts)

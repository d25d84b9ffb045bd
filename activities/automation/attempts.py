"""What is written down around every attempt to send a message."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, update

from domains.automation.messages import MessageSent, SendMessage
from domains.automation.tables import OutgoingMessage
from foundation.database.transaction import Transaction
from foundation.outbound.outside import ExternalCall


class Attempt(NamedTuple):
    """An attempt to send a message: its number, counted from one, and what there is to send."""

    number: int
    operation_key: str
    event: str
    recipient: str
    webhook_id: UUID | None
    letter: str | None
    intended_at: datetime


@asynccontextmanager
async def attempt_at(call: ExternalCall, message_id: UUID, **learned: str) -> AsyncIterator[Attempt]:
    """Count the attempt before it is made, and write down why it failed if it does.

    With it goes what was learned since the message was intended, such as its recipient. Refuses: NotFound.
    """
    counted = (
        update(OutgoingMessage)
        .where(OutgoingMessage.id == message_id)
        .values(attempts=OutgoingMessage.attempts + 1, attempted_at=func.now(), **learned)
        .returning(
            OutgoingMessage.attempts,
            OutgoingMessage.operation_key,
            OutgoingMessage.event,
            OutgoingMessage.recipient,
            OutgoingMessage.webhook_id,
            OutgoingMessage.letter,
            OutgoingMessage.intended_at,
        )
    )
    async with call.write() as tx:
        row = await tx.existing(counted, f"message {message_id}")
    try:
        yield Attempt(*row)
    except Exception as failure:
        failed = update(OutgoingMessage).where(OutgoingMessage.id == message_id)
        async with call.write() as tx:
            await tx.execute(failed.values(last_error=str(failure)[:500]))
        raise


async def note_sent(tx: Transaction, send: SendMessage, sent: MessageSent) -> None:
    """Note that the receiver has taken the message."""
    done = update(OutgoingMessage).where(OutgoingMessage.id == send.message_id)
    await tx.execute(
        done.values(status="sent", sent_at=func.now(), external_id=sent.external_id, last_error="")
    )

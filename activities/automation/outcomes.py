"""Messages that will not be sent, and those that are to be tried again."""

from uuid import UUID

from sqlalchemy import func, literal, or_, select, update

from domains.automation import rules
from domains.automation.messages import (
    GiveUpMessage,
    IntendedMessage,
    MessageGivenUp,
    ResendMessage,
)
from domains.automation.tables import OutgoingMessage, Webhook
from foundation.database.transaction import Transaction
from foundation.operations import commands
from foundation.operations.mailbox import BeginProcess
from foundation.operations.operation import operation
from foundation.values.errors import BusinessError, NotFound


class NotFailed(BusinessError):
    """Only a message that has failed can be sent again."""

    status = 409


@operation("automation.give_up_message")
async def give_up_message(tx: Transaction, over: GiveUpMessage) -> MessageGivenUp:
    """Note that a message will not be sent. A webhook that takes nothing any more is switched off.

    That is so when it has said that it is gone, or when nothing has reached it since this message was
    intended.
    """
    failed = (
        update(OutgoingMessage)
        .where(OutgoingMessage.id == over.message_id, OutgoingMessage.status == "intended")
        .values(status="unaddressed" if over.unaddressed else "failed", last_error=over.reason[:500])
        .returning(OutgoingMessage.webhook_id, OutgoingMessage.intended_at)
    )
    message = (await tx.execute(failed)).one_or_none()
    if message is None or not (over.receiver_is_gone or over.tried_for_days):
        return MessageGivenUp(message_id=over.message_id, webhook_stopped=False)
    has_heard_since = select(OutgoingMessage.id).where(
        OutgoingMessage.webhook_id == message.webhook_id, OutgoingMessage.sent_at > message.intended_at
    )
    stop = (
        update(Webhook)
        .where(Webhook.id == message.webhook_id, Webhook.active)
        .where(or_(literal(over.receiver_is_gone), ~has_heard_since.exists()))
        .values(active=False, stopped_because=over.reason[:500], changed_at=func.now())
        .returning(Webhook.id)
    )
    stopped: UUID | None = await tx.scalar(stop)
    return MessageGivenUp(message_id=over.message_id, webhook_stopped=stopped is not None)


@operation("automation.resend_message")
async def resend_message(tx: Transaction, again: ResendMessage) -> IntendedMessage:
    """Try a message again that has failed, or had no address. Refuses: NotFound, NotFailed."""
    message = await tx.get(OutgoingMessage, again.message_id, for_update=True)
    if message is None:
        raise NotFound(f"there is no message {again.message_id}")
    if message.status not in ("failed", "unaddressed"):
        raise NotFailed(f"the message is {message.status}; only one that has failed can be sent again")
    message = await tx.update(OutgoingMessage, message.id, status="intended", round=message.round + 1)
    facts = {name: getattr(message, name) for name in IntendedMessage.model_fields if name != "message_id"}
    intended = IntendedMessage(message_id=message.id, **facts)
    company = await commands.company_of(tx)
    begin = BeginProcess(
        process_id=rules.process_of(company, message.id, message.round),
        body=intended.model_dump(mode="json"),
        party=None,
        summary=f"{intended.event} {intended.document or ''}".strip(),
        correlation_id=intended.correlation_id,
        begun_by="",
    )
    await commands.begin(tx, begin)
    return intended

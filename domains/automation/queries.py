"""What is read of automation: who listens, what the log says, what became of the messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, func, literal, or_, select

from domains.automation.messages import IntendedMessage, MessageKind
from domains.automation.rules import MOST_MESSAGES, Done, Listener
from domains.automation.tables import MailRule, OutgoingMessage, Webhook, WebhookSecret
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, between, equal, named
from foundation.database.tables import OperationLog, everything_before
from foundation.database.transaction import Transaction
from foundation.outbound.letters import LETTERS
from foundation.values.messages import Message


class WebhookView(Message):
    """A webhook; `stopped_because` says why we have switched it off ourselves."""

    webhook_id: UUID
    url: str
    events: tuple[str, ...]
    description: str
    active: bool
    stopped_because: str
    created_at: datetime
    changed_at: datetime


class MailRuleView(Message):
    """Whether a letter goes out by mail."""

    letter: str
    active: bool
    sender: str
    blind_copy: str


class OutgoingMessageView(Message):
    """A message: to whom, about what, and what became of it."""

    message_id: UUID
    kind: str
    event: str
    letter: str | None
    webhook_id: UUID | None
    document: str | None
    recipient: str
    subject: str
    operation_key: str
    correlation_id: str
    status: str
    attempts: int
    last_error: str
    external_id: str
    intended_at: datetime
    attempted_at: datetime | None
    sent_at: datetime | None


class Stretch(NamedTuple):
    """A stretch of the log: how many rows, up to where, and whether any of them is wanted."""

    rows: int
    up_to: int
    is_wanted: bool


_WEBHOOKS = select(*columns_for(Webhook, WebhookView, webhook_id=Webhook.id))
WEBHOOKS = Listing(
    name="webhooks",
    about="The webhooks, the oldest first.",
    view=WebhookView,
    rows=_WEBHOOKS,
    filters=(equal(Webhook.active),),
    sorts=named(Webhook.created_at, Webhook.changed_at, Webhook.url),
    order="created_at",
    unique=(Webhook.id,),
)
MESSAGES = Listing(
    name="outgoing_messages",
    about="Messages, the newest first: to whom, about what, and what became of them.",
    view=OutgoingMessageView,
    rows=select(*columns_for(OutgoingMessage, OutgoingMessageView, message_id=OutgoingMessage.id)),
    filters=(
        equal(OutgoingMessage.status),
        equal(OutgoingMessage.kind),
        equal(OutgoingMessage.event),
        equal(OutgoingMessage.document),
        equal(OutgoingMessage.webhook_id),
        *between(OutgoingMessage.intended_at),
    ),
    sorts=named(OutgoingMessage.intended_at, OutgoingMessage.sent_at, OutgoingMessage.attempts),
    order="-intended_at",
    unique=(OutgoingMessage.id,),
)


async def webhook(tx: Transaction, webhook_id: UUID) -> WebhookView:
    """One webhook. Refuses: NotFound."""
    row = await tx.existing(_WEBHOOKS.where(Webhook.id == webhook_id), f"webhook {webhook_id}")
    return WebhookView(**row._asdict())


async def secrets(tx: Transaction, webhook_id: UUID) -> list[bytes]:
    """What to sign with now, the newest first."""
    valid = or_(WebhookSecret.expires_at.is_(None), WebhookSecret.expires_at > func.now())
    wanted = select(WebhookSecret.secret).where(WebhookSecret.webhook_id == webhook_id, valid)
    return await tx.scalars(wanted.order_by(WebhookSecret.created_at.desc()))


async def mail_rules(tx: Transaction) -> list[MailRuleView]:
    """A rule for each letter there is; one that nobody has switched on is off."""
    rows = await tx.execute(select(*columns_for(MailRule, MailRuleView)))
    known = {row.letter: MailRuleView(**row._asdict()) for row in rows}
    off = {"active": False, "sender": "", "blind_copy": ""}
    return [known.get(letter) or MailRuleView(letter=letter, **off) for letter in sorted(LETTERS)]


# For the processes


async def listeners(tx: Transaction) -> list[Listener]:
    """Everybody who is to be told of something."""
    hooks = await tx.execute(
        select(Webhook.id, Webhook.url, Webhook.events, Webhook.since)
        .where(Webhook.active)
        .order_by(Webhook.created_at, Webhook.id)
    )
    told = [
        Listener(
            kind=MessageKind.WEBHOOK,
            since=hook.since,
            patterns=tuple(hook.events),
            recipient=hook.url,
            webhook_id=hook.id,
        )
        for hook in hooks
    ]
    rules = await tx.execute(
        select(MailRule.letter, MailRule.since).where(MailRule.active).order_by(MailRule.letter)
    )
    return told + [
        Listener(
            kind=MessageKind.MAIL,
            since=rule.since,
            patterns=(LETTERS[rule.letter].after.event_name,),
            recipient="",
            letter=rule.letter,
        )
        for rule in rules
        if rule.letter in LETTERS
    ]


_READABLE = (
    OperationLog.company_id == func.foundation.current_company(),
    OperationLog.transaction_id < everything_before(),
)


def _is_named(names: Sequence[str]) -> Any:
    return OperationLog.name == any_(literal(list(names), ARRAY(Text)))


def _after(cursor: int) -> Any:
    return OperationLog.transaction_id > literal(cursor, OperationLog.transaction_id.type)


async def stretch(tx: Transaction, *, after: int, wanted: Sequence[str], limit: int) -> Stretch:
    """What the next rows of the log are."""
    rows = (
        select(OperationLog.transaction_id, _is_named(wanted).label("is_wanted"))
        .where(*_READABLE, _after(after))
        .order_by(OperationLog.transaction_id)
        .limit(limit)
    )
    found = (await tx.execute(rows)).all()
    up_to = found[-1].transaction_id if found else after
    return Stretch(len(found), up_to, any(row.is_wanted for row in found))


async def done_after(tx: Transaction, *, after: int, up_to: int, wanted: Sequence[str]) -> list[Done]:
    """What was done in a stretch of the log that somebody is to be told of, by transaction."""
    rows = (
        select(
            OperationLog.key,
            OperationLog.transaction_id,
            OperationLog.name.label("operation"),
            OperationLog.correlation_id,
            OperationLog.request,
            OperationLog.answer,
        )
        .where(*_READABLE, _after(after), _is_named(wanted), OperationLog.status == "applied")
        .where(OperationLog.transaction_id <= literal(up_to, OperationLog.transaction_id.type))
        .order_by(OperationLog.transaction_id, OperationLog.key)
    )
    return [Done(**row._asdict()) for row in await tx.execute(rows)]


async def not_sent_yet(tx: Transaction) -> tuple[IntendedMessage, ...]:
    """Messages that were intended last and have neither been sent nor given up.

    Only the last may lack a process: those before were started before more was read.
    """
    wanted = (
        select(OutgoingMessage.id.label("message_id"), *columns_for(OutgoingMessage, IntendedMessage))
        .where(OutgoingMessage.status == "intended")
        .order_by(OutgoingMessage.intended_at.desc(), OutgoingMessage.id)
        .limit(2 * MOST_MESSAGES)
    )
    return tuple(IntendedMessage(**row._asdict()) for row in await tx.execute(wanted))

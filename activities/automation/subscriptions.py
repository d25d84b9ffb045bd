"""Who is told of what: webhooks with their secrets, and letters by mail."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, update
from sqlalchemy.dialects.postgresql import insert

from domains.automation import rules
from domains.automation.messages import (
    ChangeWebhook,
    MailRulePut,
    PutMailRule,
    RotateSecret,
    Subscribe,
    WebhookChanged,
)
from domains.automation.tables import Cursor, MailRule, Webhook, WebhookSecret
from foundation.database.documents import write_document
from foundation.database.transaction import Row, Transaction
from foundation.operations import commands
from foundation.operations.mailbox import BeginProcess
from foundation.operations.operation import events, operation
from foundation.values.errors import NotFound

READER = "announcements"
OLD_SECRET_SIGNS_FOR = timedelta(days=1)


@operation("automation.subscribe")
async def subscribe(tx: Transaction, webhook: Subscribe) -> WebhookChanged:
    """Tell an address of what is done from now on. Refuses: UnknownEvent."""
    rules.known_events(webhook.events, events())
    row = webhook.model_dump(include={"url", "events", "description"}) | {"id": webhook.webhook_id}
    write_document(tx, {Webhook: row, WebhookSecret: {"webhook_id": webhook.webhook_id}})
    await _read_from_now_on(tx)
    return WebhookChanged(webhook_id=webhook.webhook_id)


@operation("automation.change_webhook")
async def change_webhook(tx: Transaction, change: ChangeWebhook) -> WebhookChanged:
    """Change what is given of a webhook. Refuses: UnknownEvent, NotFound."""
    webhook = await _webhook(tx, change.webhook_id)
    changes: dict[str, Any] = {"url": change.url or webhook.url, "changed_at": func.now()}
    if change.events is not None:
        rules.known_events(change.events, events())
        changes["events"] = list(change.events)
    if change.description is not None:
        changes["description"] = change.description
    if change.active is not None and change.active != webhook.active:
        changes |= {"active": change.active, "stopped_because": "", "since": func.pg_current_xact_id()}
    await tx.update(Webhook, webhook.id, **changes)
    return WebhookChanged(webhook_id=webhook.id)


@operation("automation.rotate_secret")
async def rotate_secret(tx: Transaction, rotate: RotateSecret) -> WebhookChanged:
    """Make a new secret; the one before signs beside it for a day. Refuses: NotFound."""
    webhook = await _webhook(tx, rotate.webhook_id)
    old = update(WebhookSecret).where(
        WebhookSecret.webhook_id == webhook.id, WebhookSecret.expires_at.is_(None)
    )
    await tx.execute(old.values(expires_at=func.now() + OLD_SECRET_SIGNS_FOR))
    write_document(tx, {WebhookSecret: {"webhook_id": webhook.id}})
    return WebhookChanged(webhook_id=webhook.id)


@operation("automation.put_mail_rule")
async def put_mail_rule(tx: Transaction, rule: PutMailRule) -> MailRulePut:
    """Say whether a letter goes out by mail from now on. Refuses: UnknownLetter."""
    rules.known_letter(rule.letter)
    new = insert(MailRule).values(dict(rule))
    changes = {name: new.excluded[name] for name in ("active", "sender", "blind_copy")}
    stays_on = and_(MailRule.active, new.excluded.active)
    since = case((stays_on, MailRule.since), else_=new.excluded.since)
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=["company_id", "letter"],
            set_=changes | {"since": since, "changed_at": func.now()},
        )
    )
    await _read_from_now_on(tx)
    return MailRulePut(letter=rule.letter)


async def _webhook(tx: Transaction, webhook_id: UUID) -> Row:
    webhook = await tx.get(Webhook, webhook_id, for_update=True)
    if webhook is None:
        raise NotFound(f"there is no webhook {webhook_id}")
    return webhook


async def _read_from_now_on(tx: Transaction) -> None:
    """The first who is to be told of something begins the process that reads the log from here on."""
    await tx.execute(insert(Cursor).values(reader=READER).on_conflict_do_nothing())
    process_id = f"{await commands.company_of(tx)}/{READER}"
    begin = BeginProcess(
        process_id=process_id,
        body={},
        party=None,
        summary="Tells others of what was done",
        correlation_id=process_id,
        begun_by="",
    )
    await commands.begin(tx, begin)

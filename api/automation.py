"""Webhooks, letters by mail, and what became of each message."""

from dataclasses import replace
from typing import Annotated, Any, Self
from uuid import UUID, uuid4

from fastapi import Body

from activities.automation import outcomes, subscriptions
from api import processes
from api.door import Asked, AskedRequest, Router, allows
from api.lists import add_list
from domains.automation import queries
from domains.automation.messages import (
    ChangeWebhook,
    IntendedMessage,
    PutMailRule,
    ResendMessage,
    RotateSecret,
    Subscribe,
    WebhookAsked,
    WebhookChanges,
)
from domains.automation.queries import MailRuleView, WebhookView
from foundation.operations.operation import events
from foundation.outbound import webhook
from foundation.values.events import PublicEvent
from foundation.values.messages import Message
from workflows.announcements import ReadOn

webhooks = Router(prefix="/v1/webhooks", tags=["Automation"])
mail_rules = Router(prefix="/v1/mail-rules", tags=["Automation"])
outgoing = Router(prefix="/v1/outgoing-messages", tags=["Automation"])

EXAMPLES: dict[str, Any] = {
    "the books": {
        "summary": "Everything that receivables posts",
        "value": {"url": "https://example.org/hooks/perpetual", "events": ["receivables.*"]},
    }
}


class WebhookWithSecret(WebhookView):
    """A webhook, and the secret that its messages are signed with: keep it, it is not shown again."""

    secret: str


class EventView(Message):
    """What a webhook can be told of: the event's name, what it tells, and its payload's JSON schema."""

    event: str
    description: str
    payload: dict[str, Any]

    @classmethod
    def of(cls, event: type[PublicEvent]) -> Self:
        """An event as it is declared."""
        schema = event.model_json_schema(mode="serialization")
        return cls(event=event.event_name, description=event.sentence(), payload=schema)


class Events(Message):
    """What a webhook can be told of, by name."""

    items: list[EventView]


class MailRules(Message):
    """Every letter there is."""

    items: list[MailRuleView]


async def listen(asked: AskedRequest) -> None:
    """Somebody wants to be told: see to it that the company's log is read from now on."""
    await processes.keep_running(
        asked, ReadOn(), name="announcements", summary="Tells others of what was done"
    )


@webhooks.post("", status_code=201, dependencies=[allows("automation.webhook.write")])
async def subscribe(
    webhook_asked: Annotated[WebhookAsked, Body(openapi_examples=EXAMPLES)], asked: Asked
) -> WebhookWithSecret:
    """Tell an address of what is done from now on. The answer shows the secret, this once."""
    webhook_id = asked.new_id("webhook")
    await asked.run(subscriptions.subscribe, Subscribe(**dict(webhook_asked), webhook_id=webhook_id))
    await listen(asked)
    return await _with_secret(asked, webhook_id)


add_list(webhooks, queries.WEBHOOKS, allows("automation.webhook.read"))


@webhooks.get("/events", dependencies=[allows("automation.webhook.read")])
async def list_events() -> Events:
    """What a webhook can be told of."""
    by_name = {event.event_name: event for made in events().values() for event in made}
    return Events(items=[EventView.of(event) for _, event in sorted(by_name.items())])


@webhooks.get("/{webhook_id}", dependencies=[allows("automation.webhook.read")])
async def one_webhook(webhook_id: UUID, asked: Asked) -> WebhookView:
    """One webhook; its secret is not shown."""
    async with asked.read() as tx:
        return await queries.webhook(tx, webhook_id)


@webhooks.patch("/{webhook_id}", dependencies=[allows("automation.webhook.write")])
async def change_webhook(webhook_id: UUID, changes: WebhookChanges, asked: Asked) -> WebhookView:
    """Change what is given. Switched on again, it is told of what is done from then on."""
    # A change is applied each time; a correlation id, which many requests may share, must not stop it.
    asked = replace(asked, key=asked.key or str(uuid4()))
    await asked.run(subscriptions.change_webhook, ChangeWebhook(**dict(changes), webhook_id=webhook_id))
    await listen(asked)
    return await one_webhook(webhook_id, asked)


@webhooks.post("/{webhook_id}/secret", status_code=201, dependencies=[allows("automation.webhook.write")])
async def rotate_secret(webhook_id: UUID, asked: Asked) -> WebhookWithSecret:
    """Make a new secret and show it, this once. For a day messages are signed with the old one as well."""
    await asked.run(subscriptions.rotate_secret, RotateSecret(webhook_id=webhook_id))
    return await _with_secret(asked, webhook_id)


async def _with_secret(asked: AskedRequest, webhook_id: UUID) -> WebhookWithSecret:
    async with asked.read() as tx:
        known = await queries.webhook(tx, webhook_id)
        newest, *_ = await queries.secrets(tx, webhook_id)
    return WebhookWithSecret(**dict(known), secret=webhook.shown_secret(newest))


@mail_rules.get("", dependencies=[allows("automation.mail_rule.read")])
async def list_mail_rules(asked: Asked) -> MailRules:
    """Every letter, and whether it goes out by mail."""
    async with asked.read() as tx:
        return MailRules(items=await queries.mail_rules(tx))


@mail_rules.post("", dependencies=[allows("automation.mail_rule.write")])
async def put_mail_rule(rule: PutMailRule, asked: Asked) -> MailRules:
    """Say whether a letter goes out by mail from now on, from whom, and who gets a blind copy."""
    await asked.run(subscriptions.put_mail_rule, rule)
    await listen(asked)
    return await list_mail_rules(asked)


add_list(outgoing, queries.MESSAGES, allows("automation.message.read"))


@outgoing.post("/{message_id}/resend", status_code=202, dependencies=[allows("automation.message.resend")])
async def resend(message_id: UUID, asked: Asked) -> IntendedMessage:
    """Try a message again that has failed, as a process of its own."""
    return await asked.run(outcomes.resend_message, ResendMessage(message_id=message_id))

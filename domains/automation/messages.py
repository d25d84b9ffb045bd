"""What can be asked of automation: who wants to be told of what, and how far each message has come."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from foundation.outbound.letters import Letter
from foundation.values.mail_addresses import MailAddress
from foundation.values.messages import ComposedText, Message, Text

EventPattern = Annotated[str, StringConstraints(pattern=r"^(\*|[a-z_]+\.(\*|[a-z_]+\*?))$", max_length=100)]
"""An event, `sales.order_confirmed`, or several: `receivables.*`, `*`."""
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+[^\s]*$", max_length=2000)]


class WebhookAsked(Message):
    """An address that is told of events by HTTP POST, signed as Standard Webhooks says."""

    url: Url
    events: Annotated[tuple[EventPattern, ...], Field(min_length=1, max_length=50)]
    description: Text = ""


class Subscribe(WebhookAsked):
    """Tell an address of everything done from now on that its patterns name."""

    webhook_id: UUID


class WebhookChanges(Message):
    """What is to change about a webhook; what is left out stays."""

    url: Url | None = None
    events: Annotated[tuple[EventPattern, ...], Field(min_length=1, max_length=50)] | None = None
    description: Text | None = None
    active: bool | None = None


class ChangeWebhook(WebhookChanges):
    """Switched on again, it is told of what is done from then on, and not of what it has missed."""

    webhook_id: UUID


class WebhookChanged(Message):
    """The webhook is as asked."""

    webhook_id: UUID


class RotateSecret(Message):
    """A new secret; for a day the old one signs beside it."""

    webhook_id: UUID


class PutMailRule(Message):
    """Whether a letter goes out by mail, from whom, and who gets a blind copy.

    Without a sender it is the company's own address.
    """

    letter: str
    active: bool
    sender: MailAddress = ""
    blind_copy: MailAddress = ""


class MailRulePut(Message):
    """The rule is as asked."""

    letter: str


# What the processes say


class MessageKind(StrEnum):
    """How a message goes out."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class TakeUp(Message):
    """Where is the log to be read on from, and which messages were intended and not sent yet?"""


class AwaitNews(Message):
    """Wait until something was done after a point of the log that somebody is to be told of."""

    after: int


class News(Message):
    """Whether there is something to read."""

    found: bool


class Announce(Message):
    """Write down who is to be told of what was done after a point of the log."""

    after: int


class IntendedMessage(Message):
    """A message that is to be sent: about which document, and for which letter."""

    message_id: UUID
    kind: MessageKind
    event: str
    letter: str | None
    about_id: UUID | None
    document: str | None
    correlation_id: str
    round: int = 1


class Announced(Message):
    """The log was read up to a point; these messages are to be sent."""

    up_to: int
    messages: tuple[IntendedMessage, ...]


class SendMessage(Message):
    """Send what was intended."""

    message_id: UUID


class SendMail(SendMessage):
    """Hand a letter over to the mail server."""

    letter: Letter


class MessageSent(Message):
    """It was handed over; `external_id` is what the receiver knows it by."""

    message_id: UUID
    external_id: str


class GiveUpMessage(Message):
    """It will not be sent: it was refused for good, or we have tried long enough."""

    message_id: UUID
    reason: ComposedText
    receiver_is_gone: bool = False
    """Its receiver has said so."""
    tried_for_days: bool = False
    """Its receiver has not taken it for days."""
    unaddressed: bool = False
    """Nobody has an address for it, which is no failure."""


class MessageGivenUp(Message):
    """It is over. `webhook_stopped`: its receiver is told nothing any more until it is switched on again."""

    message_id: UUID
    webhook_stopped: bool


class ResendMessage(Message):
    """Try a failed message again."""

    message_id: UUID

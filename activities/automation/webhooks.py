"""Telling a webhook of what was done."""

from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import select

from activities.automation.attempts import Attempt, attempt_at, note_sent
from domains.automation import queries, rules
from domains.automation.messages import MessageSent, SendMessage
from domains.automation.tables import Webhook
from foundation.database.tables import OperationLog
from foundation.operations.operation import events
from foundation.outbound import webhook
from foundation.outbound.outside import ExternalCall, outside
from foundation.values.errors import BusinessError


class NoEventAnyMore(BusinessError):
    """Nobody is told of such an operation any more."""


class WebhookSwitchedOff(BusinessError):
    """The webhook was switched off before the message could be delivered."""


@outside("automation.send_webhook", note=note_sent)
async def send_webhook(call: ExternalCall, send: SendMessage) -> MessageSent:
    """POST what was done to the webhook's address, signed, under the same id at every attempt.

    Refuses: WebhookSwitchedOff, NoEventAnyMore, ReceiverIsGone, AddressNotAllowed.
    """
    async with attempt_at(call, send.message_id) as attempt:
        url, secrets = await _receiver(call, attempt)
        message_id = rules.webhook_message_id(send.message_id)
        body = await _body(call, attempt)
        headers = {"perpetual-attempt": str(attempt.number)}
        await webhook.deliver(url, message_id, body, secrets=secrets, headers=headers)
    return MessageSent(message_id=send.message_id, external_id=message_id)


async def _receiver(call: ExternalCall, attempt: Attempt) -> tuple[str, list[bytes]]:
    webhook_id: UUID | None = attempt.webhook_id
    async with call.read() as tx:
        url = await tx.scalar(select(Webhook.url).where(Webhook.id == webhook_id, Webhook.active))
        if webhook_id is None or url is None:
            raise WebhookSwitchedOff("the webhook was switched off before this could be delivered")
        return url, await queries.secrets(tx, webhook_id)


async def _body(call: ExternalCall, attempt: Attempt) -> bytes:
    """What was done, from the log, which never changes: the same bytes at every attempt of one version.

    Refuses: NoEventAnyMore.
    """
    async with call.read() as tx:
        done = await tx.get(OperationLog, attempt.operation_key)
    assert done is not None  # A message is intended for what the log says.
    made = events().get(done.name, ())
    event = next((one for one in made if one.event_name == attempt.event), None)
    if event is None:
        raise NoEventAnyMore(f"{attempt.event} is no event any more: see GET /v1/webhooks/events")
    return to_json(
        {
            "type": attempt.event,
            "timestamp": done.recorded_at,
            "company": done.company_id,
            "process": done.process_id,
            "by": done.actor,
            "correlation_id": done.correlation_id,
            "data": event.payload(done.request, done.answer),
        }
    )

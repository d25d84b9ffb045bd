"""Who wants to be told of events, and how a message is signed."""

import base64
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from activities.sales.letters import write_order_confirmation
from domains.automation import rules
from domains.automation.messages import MessageKind
from domains.automation.rules import Done, Listener
from domains.ledger.messages.events import PaymentAllocatedEvent, RefundPostedEvent
from domains.receivables.messages.events import (
    CollectiveInvoicePostedEvent,
    CreditNotePostedEvent,
    CustomerRemindedEvent,
)
from domains.sales.messages.events import OrderCancelledEvent, OrderClosedEvent, ReturnCancelledEvent
from foundation.outbound import webhook
from foundation.outbound.letters import LETTERS
from foundation.values.events import PublicEvent

ORDER = uuid4()


def test_a_message_has_the_same_id_whenever_it_is_asked_for_and_another_for_each_receiver() -> None:
    listeners = [_listener(since=5), _listener(since=5)]
    deed = _done(transaction_id=6)

    first, again = (rules.messages_about(deed, listeners, OrderClosedEvent) for _ in range(2))

    assert first == again
    assert len({message["id"] for message in first}) == 2
    assert {message["document"] for message in first} == {"SO-1"}


def test_nobody_is_told_of_what_was_done_before_he_wanted_to_know() -> None:
    listener = _listener(since=5)

    told = [
        bool(rules.messages_about(_done(transaction_id=number), [listener], OrderClosedEvent))
        for number in (4, 5, 6)
    ]

    assert told == [False, False, True]


def test_a_letter_is_about_the_document_that_its_event_names() -> None:
    listener = replace(
        _listener(since=5), kind=MessageKind.MAIL, webhook_id=None, letter="order_confirmation"
    )

    (message,) = rules.messages_about(_done(transaction_id=6), [listener], OrderClosedEvent)

    assert LETTERS["order_confirmation"].writer is write_order_confirmation
    assert (message["about_id"], message["letter"]) == (ORDER, "order_confirmation")


@pytest.mark.parametrize(
    ("event", "request_", "answer"),
    [
        (CreditNotePostedEvent, {}, {"credit_note_number": ""}),
        (CollectiveInvoicePostedEvent, {"invoice_id": str(uuid4())}, {"invoice_id": None}),
        (RefundPostedEvent, {}, {"refund_number": ""}),
        (PaymentAllocatedEvent, {}, {"settled": []}),
        (CustomerRemindedEvent, {}, {"letters": []}),
        (OrderCancelledEvent, {}, {"status": None}),
        (ReturnCancelledEvent, {}, {"status": None}),
    ],
)
def test_nobody_is_told_of_what_was_not_done(
    event: type[PublicEvent], request_: dict[str, Any], answer: dict[str, Any]
) -> None:
    deed = replace(_done(transaction_id=6), request=request_, answer=answer)

    assert rules.messages_about(deed, [replace(_listener(since=5), patterns=("*",))], event) == []


def test_a_message_is_signed_as_the_standards_own_example_is() -> None:
    # The example of the Standard Webhooks specification's reference libraries.
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = webhook.signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=1614265330,
        body=b'{"test": 2432232314}',
        secrets=[secret],
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert webhook.shown_secret(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def _listener(*, since: int) -> Listener:
    return Listener(
        kind=MessageKind.WEBHOOK,
        since=since,
        patterns=("sales.*",),
        recipient="http://127.0.0.1:9/",
        webhook_id=uuid4(),
    )


def _done(*, transaction_id: int) -> Done:
    return Done(
        key="a key",
        transaction_id=transaction_id,
        operation="sales.close_order",
        correlation_id="",
        request={"order_id": str(ORDER), "short": False},
        answer={"order_id": str(ORDER), "order_number": "SO-1", "status": "closed"},
    )

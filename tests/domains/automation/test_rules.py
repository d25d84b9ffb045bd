"""What operations are called as events, who wants to be told of them, and how a message is signed."""

import base64
from dataclasses import replace
from uuid import uuid4

import pytest

from domains.automation import rules
from domains.automation.messages import MessageKind
from domains.automation.rules import Done, Listener
from foundation.operations.operation import OPERATIONS
from foundation.outbound import webhook
from workers import registry


@pytest.mark.parametrize(
    ("operation", "event"),
    [
        ("sales.confirm_order", "sales.order_confirmed"),
        ("receivables.post_invoice", "receivables.invoice_posted"),
        ("inventory.post_goods_issue", "inventory.goods_issue_posted"),
        ("sales.cancel_order", "sales.order_cancelled"),
        ("master_data.put_customer", "master_data.customer_put"),
        ("receivables.send_reminder", "receivables.reminder_sent"),
        ("projects.apply_budget", "projects.budget_applied"),
        ("identity.issue_api_key", None),
        ("automation.send_webhook", None),
        ("process.record_stage", None),
    ],
)
def test_an_event_is_named_for_what_was_done(operation: str, event: str | None) -> None:
    assert rules.event_of(operation) == event


def test_no_two_operations_of_the_house_have_the_same_event() -> None:
    registry.operations()
    wanted = [name for name in OPERATIONS if rules.event_of(name)]

    assert len(rules.events_of(wanted)) == len(wanted) > 20


def test_every_letter_is_sent_after_an_event_that_there_is() -> None:
    registry.operations()

    assert {letter.event for letter in rules.LETTERS.values()} <= set(rules.events_of(OPERATIONS))


def test_a_message_has_the_same_id_whenever_it_is_asked_for_and_another_for_each_receiver() -> None:
    listeners = [_listener(since=5), _listener(since=5)]
    deed = _done(transaction_id=6)

    first, again = (rules.messages_about(deed, listeners) for _ in range(2))

    assert first == again
    assert len({message["id"] for message in first}) == 2
    assert {message["document"] for message in first} == {"SO-1"}


@pytest.mark.parametrize(("number", "letters"), [("INV-1", 1), ("", 0)])
def test_a_month_with_nothing_to_bill_has_no_letter(number: str, letters: int) -> None:
    answer = {"invoice_id": str(uuid4()) if number else None, "invoice_number": number}
    deed = replace(_done(transaction_id=6), operation="receivables.post_collective_invoice", answer=answer)
    patterns = (rules.LETTERS["collective_invoice"].event,)
    listener = replace(_listener(since=5), kind=MessageKind.MAIL, patterns=patterns)

    told = rules.messages_about(deed, [replace(listener, webhook_id=None, letter="collective_invoice")])

    assert len(told) == letters


def test_nobody_is_told_of_what_was_done_before_he_wanted_to_know() -> None:
    listener = _listener(since=5)

    told = [bool(rules.messages_about(_done(transaction_id=number), [listener])) for number in (4, 5, 6)]

    assert told == [False, False, True]


def test_a_credit_note_over_nothing_is_told_but_not_written() -> None:
    events = ("receivables.credit_note_posted",)
    by_webhook = replace(_listener(since=5), patterns=events)
    by_mail = replace(by_webhook, kind=MessageKind.MAIL, webhook_id=None, letter="credit_note")

    def told(number: str) -> list[str | None]:
        answer = {"credit_note_id": str(uuid4()), "credit_note_number": number}
        deed = replace(_done(transaction_id=6), operation="receivables.post_credit_note", answer=answer)
        return [message["letter"] for message in rules.messages_about(deed, [by_webhook, by_mail])]

    assert told("CN-2026-000001") == [None, "credit_note"]
    assert told("") == [None]


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
        operation="sales.place_order",
        correlation_id="",
        answer={"order_id": str(uuid4()), "order_number": "SO-1"},
    )

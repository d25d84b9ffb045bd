"""What an operation is called as an event, who wants to be told of it, and the ids of messages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID, uuid5

from domains.automation.messages import MessageKind
from foundation.values.errors import BusinessError

MESSAGE_SPACE = UUID("3f1c1d52-8a0e-5c5b-9a55-0f7d4b1f6c02")
MOST_MESSAGES = 100
"""In one go: what a process starts at once stays small."""
WITHOUT_EVENTS = ("automation", "identity", "process", "test")
"""Domains whose operations are no events: keys are secret, and telling would be told of without end."""
IRREGULAR = {
    "put": "put",
    "hold": "held",
    "withdraw": "withdrawn",
    "send": "sent",
    "cancel": "cancelled",
    "take": "taken",
    "write": "written",
    "pay": "paid",
    "set": "set",
    "begin": "begun",
}


class UnknownEvent(BusinessError):
    """No event has such a name."""


class UnknownLetter(BusinessError):
    """There is no such letter."""


@dataclass(frozen=True)
class LetterKind:
    """A letter that goes out by mail: after which event, and what in its answer says what it is about."""

    event: str
    about: str


LETTERS: dict[str, LetterKind] = {
    "order_confirmation": LetterKind(event="sales.order_confirmed", about="order_id"),
    "invoice": LetterKind(event="receivables.invoice_posted", about="invoice_id"),
    "credit_note": LetterKind(event="receivables.credit_note_posted", about="credit_note_id"),
    "collective_invoice": LetterKind(event="receivables.collective_invoice_posted", about="invoice_id"),
}
"""Who writes a letter is said in `workflows/outgoing_message.py`."""


def event_of(operation: str) -> str | None:
    """What an operation is called once it is done: `sales.confirm_order`, `sales.order_confirmed`."""
    domain, _, name = operation.partition(".")
    if domain in WITHOUT_EVENTS:
        return None
    verb, _, thing = name.partition("_")
    return f"{domain}.{thing}_{done(verb)}" if thing else f"{domain}.{done(verb)}"


def done(verb: str) -> str:
    """A verb's past participle."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}ed"


def events_of(operations: Iterable[str]) -> dict[str, str]:
    """The events that somebody can be told of, and the operation behind each, by name."""
    events = {event_of(operation): operation for operation in operations}
    return {event: operation for event, operation in sorted(events.items(), key=str) if event is not None}


def wants(patterns: Sequence[str], event: str) -> bool:
    """Whether one of the patterns names the event."""
    return any(fnmatchcase(event, pattern) for pattern in patterns)


def known_events(patterns: Sequence[str], events: Iterable[str]) -> None:
    """Every pattern names at least one event. Refuses: UnknownEvent."""
    known = sorted(events)
    errors = [
        (f"events.{number}", f"no event is named {pattern}")
        for number, pattern in enumerate(patterns)
        if not any(fnmatchcase(event, pattern) for event in known)
    ]
    if errors:
        raise UnknownEvent(f"{errors[0][1]}; GET /v1/webhooks/events lists them", errors=errors)


def known_letter(letter: str) -> LetterKind:
    """Refuses: UnknownLetter, naming those that there are."""
    if letter not in LETTERS:
        raise UnknownLetter(f"there is no letter {letter}; there are: {', '.join(LETTERS)}")
    return LETTERS[letter]


# Who is told


@dataclass(frozen=True)
class Listener:
    """Somebody who wants to be told of what is done in transactions after `since`."""

    kind: MessageKind
    since: int
    patterns: tuple[str, ...]
    recipient: str
    webhook_id: UUID | None = None
    letter: str | None = None

    @property
    def name(self) -> str:
        """What tells this listener from every other, for ever."""
        return f"webhook/{self.webhook_id}" if self.webhook_id else f"mail/{self.letter}"


@dataclass(frozen=True)
class Done:
    """Something that was done: a row of the log."""

    key: str
    transaction_id: int
    operation: str
    correlation_id: str
    answer: Mapping[str, Any]


def operations_wanted(listeners: Sequence[Listener], events: Mapping[str, str]) -> list[str]:
    """The operations that at least one listener wants to be told of."""
    return [
        operation
        for event, operation in events.items()
        if any(wants(listener.patterns, event) for listener in listeners)
    ]


def messages_about(deed: Done, listeners: Sequence[Listener]) -> list[dict[str, Any]]:
    """One message for each listener who wants to be told; its id is the same whenever it is asked for."""
    event = event_of(deed.operation) or ""
    return [
        {
            "id": uuid5(MESSAGE_SPACE, f"{deed.key}/{listener.name}"),
            "kind": listener.kind,
            "event": event,
            "operation_key": deed.key,
            "webhook_id": listener.webhook_id,
            "letter": listener.letter,
            "about_id": _about(deed, listener.letter),
            "document": document_of(deed.answer),
            "recipient": listener.recipient,
            "correlation_id": deed.correlation_id,
        }
        for listener in listeners
        if deed.transaction_id > listener.since and wants(listener.patterns, event)
        # Over nothing there is no credit note, and no invoice: the answer has an empty number.
        if listener.letter is None or document_of(deed.answer) != ""
    ]


def messages_of(
    deeds: Iterable[Done], listeners: Sequence[Listener], up_to: int
) -> tuple[list[dict[str, Any]], int]:
    """The messages about what was done, in order, and up to where they go.

    No more than MOST_MESSAGES, but always whole transactions, and at least one.
    """
    messages: list[dict[str, Any]] = []
    reached = 0
    for deed in deeds:
        if len(messages) >= MOST_MESSAGES and deed.transaction_id != reached:
            return messages, reached
        messages += messages_about(deed, listeners)
        reached = deed.transaction_id
    return messages, up_to


def _about(deed: Done, letter: str | None) -> UUID | None:
    if letter is None:
        return None
    return UUID(str(deed.answer[LETTERS[letter].about]))


def document_of(answer: Mapping[str, Any]) -> str | None:
    """The number of the document that an answer is about, if it has one."""
    numbers = (value for name, value in answer.items() if name.endswith("_number"))
    return next((value for value in numbers if isinstance(value, str)), None)


# How a message is recognised


def webhook_message_id(message_id: UUID) -> str:
    """The `webhook-id` of a message: the same at every attempt."""
    return f"msg_{message_id.hex}"


def mail_message_id(message_id: UUID, domain: str) -> str:
    """The `Message-ID` of a mail (RFC 5322, 3.6.4): the same at every attempt."""
    return f"<{message_id}@{domain}>"


def process_of(company: str, message_id: UUID, round: int) -> str:
    """The id of the process that sends a message; each time somebody asks for it again is a round."""
    begun = f"{company}/outgoing_message/{message_id}"
    return begun if round == 1 else f"{begun}/{round}"

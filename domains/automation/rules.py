"""Who wants to be told of which event, and the ids of messages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any
from uuid import UUID, uuid5

from domains.automation.messages import MessageKind
from foundation.outbound.letters import LETTERS, DeclaredLetter
from foundation.values.errors import BusinessError
from foundation.values.events import PublicEvent

MESSAGE_SPACE = UUID("3f1c1d52-8a0e-5c5b-9a55-0f7d4b1f6c02")
MOST_MESSAGES = 100
"""In one go: what a process starts at once stays small."""
Events = Mapping[str, Sequence[type[PublicEvent]]]
"""The events that operations make, by the operation's name: one of them each time it is done."""


class UnknownEvent(BusinessError):
    """No event has such a name."""


class UnknownLetter(BusinessError):
    """There is no such letter."""


def wants(patterns: Sequence[str], event: str) -> bool:
    """Whether one of the patterns names the event."""
    return any(fnmatchcase(event, pattern) for pattern in patterns)


def known_events(patterns: Sequence[str], events: Events) -> None:
    """Every pattern names at least one event. Refuses: UnknownEvent."""
    errors = [
        (f"events.{number}", f"no event is named {pattern}")
        for number, pattern in enumerate(patterns)
        if not any(wants([pattern], event.event_name) for event in chain.from_iterable(events.values()))
    ]
    if errors:
        raise UnknownEvent(f"{errors[0][1]}; GET /v1/webhooks/events lists them", errors=errors)


def known_letter(letter: str) -> DeclaredLetter:
    """Refuses: UnknownLetter, naming those that there are."""
    if letter not in LETTERS:
        raise UnknownLetter(f"there is no letter {letter}; there are: {', '.join(sorted(LETTERS))}")
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
    request: Mapping[str, Any] | None
    answer: Mapping[str, Any] | None


def operations_wanted(listeners: Sequence[Listener], events: Events) -> list[str]:
    """The operations that at least one listener wants to be told of."""
    return [
        operation
        for operation, made in events.items()
        if any(wants(listener.patterns, event.event_name) for listener in listeners for event in made)
    ]


def messages_about(
    deed: Done, listeners: Sequence[Listener], event: type[PublicEvent]
) -> list[dict[str, Any]]:
    """One message for each listener who wants to be told; its id is the same whenever it is asked for.

    None when nothing has happened, such as a credit note over nothing.
    """
    told = event.payload(deed.request, deed.answer)
    if told is None:
        return []
    return [
        {
            "id": uuid5(MESSAGE_SPACE, f"{deed.key}/{listener.name}"),
            "kind": listener.kind,
            "event": event.event_name,
            "operation_key": deed.key,
            "webhook_id": listener.webhook_id,
            "letter": listener.letter,
            "about_id": UUID(told[LETTERS[listener.letter].about]) if listener.letter else None,
            "document": document_of(told),
            "recipient": listener.recipient,
            "correlation_id": deed.correlation_id,
        }
        for listener in listeners
        if deed.transaction_id > listener.since and wants(listener.patterns, event.event_name)
    ]


def messages_of(
    deeds: Iterable[Done], listeners: Sequence[Listener], events: Events, up_to: int
) -> tuple[list[dict[str, Any]], int]:
    """The messages about what was done, in order, and up to where they go.

    No more than MOST_MESSAGES, but always whole transactions, and at least one.
    """
    messages: list[dict[str, Any]] = []
    reached = 0
    for deed in deeds:
        if len(messages) >= MOST_MESSAGES and deed.transaction_id != reached:
            return messages, reached
        made = (messages_about(deed, listeners, event) for event in events[deed.operation])
        messages += next(filter(None, made), [])
        reached = deed.transaction_id
    return messages, up_to


def document_of(told: Mapping[str, Any]) -> str | None:
    """The number of the document that an event is about, if it has one."""
    numbers = (value for name, value in told.items() if name.endswith("_number"))
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

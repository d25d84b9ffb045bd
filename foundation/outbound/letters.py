"""Letters: written by the domain whose document they are about, and sent by whoever sends."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from foundation.operations.operation import Operation
from foundation.values.events import PublicEvent
from foundation.values.messages import Message


class WriteLetter(Message):
    """Write the letter about a document."""

    about_id: UUID


class Enclosure(Message):
    """A file that goes with a letter; its content is in `foundation.attachment`."""

    attachment_id: UUID
    name: str


class Letter(Message):
    """What is to be read, and by whom; without a recipient's address it cannot be sent."""

    document: str
    """The number of the document that it is about."""
    recipient: str
    recipient_name: str
    subject: str
    text: str
    enclosures: tuple[Enclosure, ...] = ()


Writer = Operation[WriteLetter, Letter]


@dataclass(frozen=True)
class DeclaredLetter:
    """A letter that may go out by mail."""

    after: type[PublicEvent]
    """The event after which it goes out."""
    about: str
    """The field of the event that has the id of the document that the letter is about."""
    writer: Writer


LETTERS: dict[str, DeclaredLetter] = {}
"""Every letter there is, by name; complete once all operations are imported."""


def letter(name: str, *, after: type[PublicEvent], about: str) -> Callable[[Writer], Writer]:
    """Declare a letter on the operation that writes it.

    `after`: the event after which it goes out; `about`: the field of the event that has the document's id.
    """

    def declare(writer: Writer) -> Writer:
        if name in LETTERS:
            raise ValueError(f"two letters are named {name}")
        if about not in after.model_fields:
            raise ValueError(f"the letter {name} is about {about}, which {after.event_name} does not tell")
        LETTERS[name] = DeclaredLetter(after, about, writer)
        return writer

    return declare

"""Letters: written by the domain whose document they are about, and sent by whoever sends."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from foundation.values.messages import Message

MailAddress = Annotated[str, StringConstraints(pattern=r"^([^\s@<>,;]+@[^\s@<>,;]+)?$", max_length=320)]
"""An address, or nothing."""


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

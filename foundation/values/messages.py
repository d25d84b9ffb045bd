"""What goes between the floors: frozen messages, and the few types their fields are made of."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._/-]*$", max_length=40)]
"""A business key chosen by people: a customer's or an item's code. Never changes, unique in its company."""

LONGEST_TEXT = 2000


def _without_zero(text: str) -> str:
    if "\x00" in text:
        raise ValueError("a character with the code 0 cannot be kept")
    return text


def shortened(text: str, most: int = LONGEST_TEXT) -> str:
    """A text that was put together of others, cut where it would be too long, and showing so."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _shortened(text: object) -> object:
    return shortened(text) if isinstance(text, str) else text


Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT), AfterValidator(_without_zero)]
ComposedText = Annotated[Text, BeforeValidator(_shortened)]
"""What a process puts together of a person's text and its own: never refused for its length.

A person's text has been found short enough at the door; what a process adds must not make it too long.
"""
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_without_zero),
]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Amount = Annotated[Decimal, Field(max_digits=18, decimal_places=4)]
"""Money, in the currency that stands beside it."""
UnitAmount = Annotated[Decimal, Field(max_digits=18, decimal_places=6)]
"""A price or cost for one unit: six decimals, never rounded before it is multiplied."""
Quantity = Annotated[Decimal, Field(max_digits=18, decimal_places=6)]
PositiveQuantity = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=6)]


def _plainly(least_decimals: int) -> PlainSerializer:
    """As people write it: no more zeros after the point than they need."""

    def write(number: Decimal) -> str:
        plain = f"{number.normalize():f}"
        whole, _, decimals = plain.partition(".")
        return f"{whole}.{decimals.ljust(least_decimals, '0')}" if least_decimals or decimals else whole

    return PlainSerializer(write, return_type=str, when_used="json")


ShownAmount = Annotated[Decimal, _plainly(2)]
"""Money as an answer shows it: `119.00`."""
ShownQuantity = Annotated[Decimal, _plainly(0)]
"""A quantity, a rate or a percentage as an answer shows it: `10`, `2.5`."""
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=4)]


class Message(BaseModel):
    """A request or an answer.

    Frozen; unknown fields are refused, so that a typing error is not silently ignored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    POSTED_ON: ClassVar[str] = ""
    """The field of a command with the day on which it is posted: a refusal of the day names it, whoever
    repairs a parked step may set another, and that day is not locked while the command waits. Empty when it
    has none.
    """
    ASKED_AT: ClassVar[str] = ""
    """The field of a command with the moment at which its process asks, by its own clock: when its worker has
    died it asks again at another moment, and for the same. Empty when it has none.
    """


def day_of(command: BaseModel) -> str:
    """The field of a command with the day on which it is posted; empty when it has none."""
    return command.POSTED_ON if isinstance(command, Message) else ""


def moment_of(command: BaseModel) -> str:
    """The field of a command with the moment at which its process asks; empty when it has none."""
    return command.ASKED_AT if isinstance(command, Message) else ""


def days_posted_on(kind: type[Message] = Message) -> frozenset[str]:
    """The fields in which commands, of all kinds that there are, say the day on which they are posted."""
    others = (days_posted_on(one) for one in kind.__subclasses__())
    return frozenset({kind.POSTED_ON} - {""}).union(*others)


class Caller(Message):
    """Who asks, for which company, and under which correlation id the story can be found again."""

    company: str
    actor: str
    correlation_id: str


class Stage(Message):
    """Where a process stands, why it waits and on whom: what lists, inboxes and the Temporal Web UI show."""

    stage: str
    waiting_on: str | None = None
    waiting_until: datetime | None = None
    document: str | None = None
    party: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    why: str | None = None
    """Why it waits, in words."""
    remedy: str | None = None
    """What one can do about it."""
    exception: str | None = None
    """What went wrong, in words."""
    failure: str | None = None
    """Its class (`receivables.post_invoice: period-locked`): what fails alike is found and repaired by it."""
    outcome: str | None = None
    """Set when the process has ended: `closed`, `cancelled`, `rejected`, `refused`."""

    def as_shown(self) -> Self:
        """A process with an exception waits on whoever mends it, whatever it will wait for then."""
        if self.exception is None or self.outcome is not None:
            return self
        return self.model_copy(update={"waiting_on": "operator", "waiting_until": None})


BETWEEN_ROLES = " and "
"""Between the roles on whom one process waits at the same time."""


class LevelToCome(Message):
    """Who is asked after those before have said yes."""

    level: int
    role: str
    escalate_to: str | None = None


class ApprovalAsked(Message):
    """What a person is asked to decide: written down in the transaction of the step before the wait."""

    approval_id: UUID
    subject: str
    role: str
    document: str | None
    party: str | None
    amount: Decimal | None
    currency: str | None
    requested_by: str
    requested_at: datetime
    remind_at: datetime
    matter: UUID | None = None
    """What all have in common that are asked about the same; its own id when it is left out."""
    level: int = 1
    levels: int = 1
    """Which level it is, of how many."""
    to_come: tuple[LevelToCome, ...] = ()
    escalate_to: str | None = None
    """The role that may decide as well, when nobody does for long."""
    kind: str = ""
    content_hash: str = ""
    """Of what is to be approved."""
    must_be_read: bool = False
    """Whether whoever says yes names the hash."""
    policy: str | None = None
    policy_version: int | None = None
    why: str | None = None
    """The policy that says so, and its band, in words."""


class Call(Message):
    """What an operation must know beside its command: its key, the caller, the process it is a step of."""

    key: str
    caller: Caller
    process_id: str | None = None
    process_type: str | None = None
    stage: Stage | None = None
    voids: str | None = None
    """The key of the step that this one takes back: taken with it, so that the step can never commit later.
    """
    asks: ApprovalAsked | None = None
    """What a person is asked with this step."""
    took: tuple[str, ...] = ()
    """What the process has taken of what it was told, and has not said with a step before."""

    asked_hash: str | None = None
    """Of a route's request as it came: what we fill in, such as today, tells no requests apart."""

    @classmethod
    def direct(cls, caller: Caller, key: str, asked_hash: str | None = None) -> Self:
        """A call that is no step of a process: a route that runs one operation."""
        return cls(key=key, caller=caller, asked_hash=asked_hash)

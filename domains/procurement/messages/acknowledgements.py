"""What a supplier answers to an order: when what comes, and at which price."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from foundation.values.events import PublicEvent
from foundation.values.messages import Message, Percent, Text, UnitAmount


class AcknowledgementStatus(StrEnum):
    """What has become of a supplier's answer."""

    AGREED = "agreed"
    """As it was ordered, or other by no more than is tolerated."""
    WAITING = "waiting"
    """A price is other than is tolerated: somebody accepts or refuses it."""
    ACCEPTED = "accepted"
    """Its prices hold for the order."""
    REFUSED = "refused"
    """It counts for nothing, its days neither."""
    SUPERSEDED = "superseded"
    """The supplier has answered anew before anybody decided."""


class LineAcknowledged(Message):
    """What the supplier says of one line; what is left out is as it was ordered."""

    line_number: int
    promised_on: date | None = None
    """When it comes; the day of the whole answer when empty."""
    unit_price: Annotated[UnitAmount, Field(ge=0)] | None = None
    """Of one unit, without tax; the order's, with its discount, when empty."""
    discount_percent: Percent = Decimal(0)


class AcknowledgementAsked(Message):
    """The supplier has acknowledged an order. Lines that are not named are as they were ordered."""

    supplier_number: Annotated[Text, Field(max_length=100)] = ""
    """The supplier's number for it."""
    acknowledged_on: date | None = None
    """Today when empty."""
    promised_on: date | None = None
    """When the goods come, but for lines that say another day."""
    lines: Annotated[tuple[LineAcknowledged, ...], Field(max_length=500)] = ()


class RecordAcknowledgement(AcknowledgementAsked):
    """The answer with an id of its own, so that it counts once."""

    acknowledgement_id: UUID
    order_id: UUID
    acknowledged_on: date


class AcknowledgementDecision(Message):
    """Somebody accepts, or refuses, prices that are other than is tolerated."""

    reason: Annotated[Text, Field(min_length=1)]
    decided_on: date | None = None
    """Today when empty; what is accepted holds for invoices from this day on."""


class RefuseAcknowledgement(AcknowledgementDecision):
    """The prices of the order hold; the supplier is to answer anew."""

    acknowledgement_id: UUID
    decided_on: date


class AcknowledgementRecorded(Message):
    """The answer, and what has become of it."""

    acknowledgement_id: UUID
    order_id: UUID
    order_number: str
    supplier_code: str
    acknowledged_on: date
    status: AcknowledgementStatus


class OrderAcknowledgedEvent(PublicEvent, name="procurement.purchase_order_acknowledged"):
    """A supplier has acknowledged an order; `waiting`, when a price is other than is tolerated."""

    acknowledgement_id: UUID
    order_id: UUID
    order_number: str
    supplier_code: str
    acknowledged_on: date
    status: AcknowledgementStatus


class AcknowledgementRefusedEvent(PublicEvent, name="procurement.acknowledgement_refused"):
    """What a supplier had answered to an order was refused."""

    acknowledgement_id: UUID
    order_id: UUID
    order_number: str
    supplier_code: str

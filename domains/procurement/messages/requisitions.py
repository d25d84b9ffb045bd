"""Requisitions: what somebody needs, where it is bought, and what became of it.

Amounts are in the company's currency, without tax; prices are in the currency that stands beside them.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import (
    Amount,
    Code,
    ComposedText,
    Message,
    PositiveQuantity,
    Quantity,
    ShownAmount,
    ShownQuantity,
    Text,
    UnitAmount,
)
from foundation.values.money import ZERO

Category = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9 ._/-]*)?$", max_length=40)]


class RequisitionStatus(StrEnum):
    """How far a requisition has come."""

    ENTERED = "entered"
    SUBMITTED = "submitted"
    """People are asked."""
    APPROVED = "approved"
    """It is being ordered."""
    ORDERED = "ordered"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class FoundBy(StrEnum):
    """Why something is bought where it is."""

    PREFERRED = "preferred"
    CHEAPEST = "cheapest"
    LAST_PRICE = "last_price"


class Origin(StrEnum):
    """For what something is bought."""

    PERSON = "person"
    """Somebody has asked for it."""
    REORDER_POINT = "reorder_point"
    """There is no more of it than its reorder rule allows."""
    BACKORDERS = "backorders"
    """Orders wait for it."""


class LineOrigin(Message):
    """For what a line was asked for, when nobody has typed it in."""

    line_number: int
    origin: Origin
    for_orders: tuple[str, ...] = ()
    """The numbers of the orders that wait for it, who is served first coming first."""


class RequisitionLineAsked(Message):
    """What is needed, and when. Where it is bought and for how much is found."""

    item_code: Code
    """Goods, or a service."""
    quantity: PositiveQuantity
    unit: Code | None = None
    """The stock unit when empty."""
    wanted_on: date
    cost_centre: Code | None = None
    """Whose budget of that day it is. Without one, as for stock, only who also orders may ask, once the
    company keeps budgets or has policies for cost centres.
    """
    supplier_code: Code | None = None
    """Only from this one; whoever goes first when empty."""
    description: Text = ""
    """What of the item is needed, such as what a service is to do; stands on the order."""


class RequisitionAsked(Message):
    """What somebody needs."""

    requested_on: date | None = None
    """Today when empty. Another day only from who also orders."""
    category: Category = ""
    """By which approval policies tell requisitions apart: not empty, once one of them does."""
    reason: Text = ""
    warehouse_code: Code | None = None
    """Where the goods go; the company's default warehouse when empty."""
    lines: Annotated[tuple[RequisitionLineAsked, ...], Field(min_length=1, max_length=200)]


class EnterRequisition(RequisitionAsked):
    """The requisition with an id of its own, so that it counts once."""

    requisition_id: UUID
    requested_on: date
    may_order: bool = False
    """Whether whoever asks could also order: then it may be of another day, or for none."""
    asked_on: date | None = None
    """The company's day on which it was asked."""
    origins: tuple[LineOrigin, ...] = ()
    """For what its lines are, when a shortage has asked for them; empty when a person has."""


class RequisitionLine(Message):
    """One line with its source: what is ordered may be more than is needed, in another unit."""

    line_number: int
    item_code: str
    description: str
    quantity: Quantity
    unit: str
    stock_quantity: Quantity
    """What is needed in the item's stock unit."""
    wanted_on: date
    cost_centre: str | None
    supplier_code: str
    supplier_item: str
    """Which of `/v1/supplier-items`; empty when it was found by the last price."""
    found_by: FoundBy
    order_quantity: Quantity
    order_unit: str
    unit_price: UnitAmount
    currency: str
    base_amount: Amount
    """What is ordered, in the company's currency at the rate of the requisition's day."""
    budget_code: str | None = None
    """Whose amount it commits."""
    order_stock_quantity: Quantity = ZERO
    """What is ordered in the item's stock unit; nothing where it was entered before this was kept."""
    origin: Origin = Origin.PERSON
    for_orders: tuple[str, ...] = ()
    """The numbers of the orders that wait for it."""


class RequisitionEntered(Message):
    """The requisition as it was written down."""

    requisition_id: UUID
    requisition_number: str
    requested_on: date
    category: str
    cost_centre: str
    """That of all lines; empty when they have several, or none."""
    warehouse_code: str | None
    currency: str
    base_total_amount: Amount
    lines: tuple[RequisitionLine, ...]


class TakeUpRequisition(Message):
    """The process of a requisition that was entered before takes it up."""

    requisition_id: UUID


class SubmitRequisition(Message):
    """People are asked whether it may be ordered."""

    requisition_id: UUID


class ApproveRequisition(Message):
    """It may be ordered: since nobody needs to be asked, or because all who were asked have said yes."""

    requisition_id: UUID
    decided_at: datetime | None = None
    """When the last has; orders are dated on that day."""


class RequisitionChanged(Message):
    """How far it is now; without a number when there is none."""

    requisition_id: UUID
    requisition_number: str = ""
    status: RequisitionStatus | None = None
    ordered_on: date | None = None
    """The day of its orders, once it is approved."""


class RequisitionCancellationAsked(Message):
    """It is not needed after all."""

    reason: ComposedText


class RequisitionCancellation(RequisitionCancellationAsked):
    """The same for its process."""

    may_for_others: bool = False
    """Whether whoever cancels may cancel what others have asked for."""


class CancelRequisition(RequisitionCancellationAsked):
    """The same for procurement; whether somebody who was asked has said no."""

    requisition_id: UUID
    rejected: bool = False


class NotOrdered(Message):
    """A line whose order was refused, and why."""

    line_number: int
    why: ComposedText


class CloseRequisition(Message):
    """Its orders are placed; what was refused is not ordered."""

    requisition_id: UUID
    not_ordered: tuple[NotOrdered, ...] = ()


class RequestedGoods(EventPart):
    """What is needed; the amount is of what is ordered, in the company's currency."""

    line_number: int
    item_code: str
    supplier_code: str
    quantity: ShownQuantity
    unit: str
    base_amount: ShownAmount


class RequisitionEnteredEvent(PublicEvent, name="procurement.requisition_entered"):
    """Something is needed: where it is bought is found, and its budget is committed."""

    requisition_id: UUID
    requisition_number: str
    requested_on: date
    cost_centre: str
    currency: str
    base_total_amount: ShownAmount
    lines: tuple[RequestedGoods, ...]


class RequisitionSubmittedEvent(PublicEvent, name="procurement.requisition_submitted"):
    """People are asked whether a requisition may be ordered."""

    requisition_id: UUID
    requisition_number: str


class RequisitionApprovedEvent(PublicEvent, name="procurement.requisition_approved"):
    """A requisition may be ordered."""

    requisition_id: UUID
    requisition_number: str
    ordered_on: date | None = None


class RequisitionOrderedEvent(PublicEvent, name="procurement.requisition_ordered"):
    """The orders of a requisition are placed, or all of them were refused."""

    requisition_id: UUID
    requisition_number: str
    status: RequisitionStatus


class RequisitionCancelledEvent(
    PublicEvent, name="procurement.requisition_cancelled", only_with="requisition_number"
):
    """A requisition was rejected, or cancelled: its budget is free again."""

    requisition_id: UUID
    requisition_number: str
    status: RequisitionStatus

"""Leave: what people are entitled to, what they take of it, and what became of their requests.

Days are working days of the person, with halves. What sort of leave somebody takes is sealed wherever a
request is written down, and nothing that is told or announced says it: it may tell of an illness.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from foundation.runtime.sealing import Sealed
from foundation.values.events import PublicEvent
from foundation.values.messages import Code, ComposedText, Message, Name, ShownQuantity, Text

LEAVE = "leave"
"""The kind of decisions that policies are written for."""
LEAVE_APPROVER = "leave approver"
"""The role that decides where no other is named."""
MOST_PEOPLE = 1_000
Days = Annotated[Decimal, Field(ge=0, le=366, decimal_places=2)]
Year = Annotated[int, Field(ge=2000, le=2100)]
Reason = Annotated[Text, Field(min_length=1)]


class LeaveAccrual(StrEnum):
    """When the days of a year are there to be taken."""

    NONE = "none"
    """Nobody is entitled to days of it, and nothing is counted: sick leave, or leave without pay."""
    YEARLY = "yearly"
    """All on the first day of the year, or of the employment."""
    MONTHLY = "monthly"
    """A twelfth on the first day of each month."""


class TenureStep(Message):
    """So many days a year from so many whole years of employment on."""

    after_years: Annotated[int, Field(ge=0, le=60)]
    days_a_year: Days


class PutLeaveType(Message):
    """A sort of leave, and what people are entitled to of it."""

    code: Code
    name: Name
    accrual: LeaveAccrual
    steps: Annotated[tuple[TenureStep, ...], Field(max_length=50)] = ()
    round_to: Literal["hundredth", "half_day", "day"] = "half_day"
    """To what the days of somebody who is there for a part of a year, or a month's, are rounded, half up."""
    carry_over_most: Days | None = None
    """So many days go into the next year at most; all of them when empty."""
    carry_over_until: Annotated[str, Field(pattern=r"^([0-9]{2}-[0-9]{2})?$")] = ""
    """The last day, as month and day, on which they can be taken there; none when empty."""
    may_be_negative: bool = False
    """Whether more may be taken than there is."""
    is_paid: bool = True
    """Leave that is not lowers what is paid for its days."""
    needs_approval: bool = True
    blocked: bool = False


class LeaveTypePut(Message):
    """It is written down; whether it is new."""

    code: str
    created: bool


class LeaveTypeChangedEvent(PublicEvent, name="hr.leave_type_changed"):
    """A sort of leave is new or was changed."""

    code: str
    created: bool


class LeaveGrantAsked(Message):
    """What people are entitled to in a year, by the type's steps as they are now."""

    leave_type_code: Code
    year: Year
    employee_codes: Annotated[tuple[Code, ...], Field(max_length=MOST_PEOPLE)] = ()
    """Everybody who is employed in the year and has no entitlement yet, when empty."""


class GrantLeave(LeaveGrantAsked):
    """The same, with the id of what is written down."""

    grant_id: UUID


class LeaveGranted(Message):
    """So many people have got so many days together."""

    leave_type_code: str
    year: int
    people: int
    days: ShownQuantity


class LeaveGrantedEvent(PublicEvent, name="hr.leave_granted", only_with="people"):
    """People are entitled to their leave of a year."""

    leave_type_code: str
    year: int
    people: int


class LeaveAdjustmentAsked(Message):
    """Days that somebody has more or fewer, for a reason."""

    employee_code: Code
    leave_type_code: Code
    year: Year
    """Of which entitlement; it goes into the next year as that does."""
    counts_on: date
    days: Annotated[Decimal, Field(ge=-366, le=366, decimal_places=2)]
    reason: Reason


class AdjustLeave(LeaveAdjustmentAsked):
    """The same, with the id of what is written down."""

    adjustment_id: UUID


class LeaveAdjusted(Message):
    """It is written down."""

    adjustment_id: UUID


class LeaveAdjustedEvent(PublicEvent, name="hr.leave_adjusted"):
    """Somebody has more or fewer days of leave."""

    adjustment_id: UUID


class LeaveMovementKind(StrEnum):
    """Why somebody has more or fewer days."""

    ACCRUED = "accrued"
    ADJUSTED = "adjusted"
    TAKEN = "taken"
    GIVEN_BACK = "given_back"
    LAPSED = "lapsed"
    """They were not taken in time. Fewer lapse, or more, when somebody takes other days before."""


class LeaveStatus(StrEnum):
    """How far a request has come."""

    REQUESTED = "requested"
    SUBMITTED = "submitted"
    """People are asked."""
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    TAKEN_BACK = "taken_back"
    """It was approved, and is not taken after all."""


class LeaveAsked(Message):
    """Somebody wants to be away from one day to another, both included."""

    employee_code: Code
    leave_type_code: Code
    starts_on: date
    ends_on: date
    half_first_day: bool = False
    """Only half of the first day; of one day it is that."""
    half_last_day: bool = False
    note: Text = ""


class RequestLeave(LeaveAsked):
    """The same, written down: what sort of leave it is, and the note, are sealed."""

    leave_id: UUID
    process_id: str
    leave_type_code: Sealed[Code]
    note: Sealed[Text] = ""
    asked_by: str
    may_for_others: bool = False
    """Whether whoever asks may do so for others."""


class LeaveRequested(Message):
    """The days are set aside, and the process that has it decided begins."""

    leave_id: UUID
    leave_number: str
    employee_code: str
    starts_on: date
    ends_on: date
    days: ShownQuantity


class LeaveToDecide(Message):
    """A request that its process takes up."""

    leave_id: UUID


class LeaveTakenUp(LeaveRequested):
    """What its process must know of a request."""

    is_paid: bool
    needs_approval: bool
    role: str
    """That decides where no policy says another."""
    actor: str
    """Under which name the person asks us, if that is known: they do not decide about themselves."""


class LeaveChanged(Message):
    """How far it is now; without a number when there is none."""

    leave_id: UUID
    leave_number: str = ""
    status: LeaveStatus | None = None


class LeaveCancellationAsked(Message):
    """It is not taken after all."""

    reason: Annotated[ComposedText, Field(min_length=1)]


class LeaveCancellation(LeaveCancellationAsked):
    """The same for its process."""

    may_for_others: bool = False


class CancelLeave(LeaveCancellationAsked):
    """The same for hr; whether somebody who was asked has said no."""

    leave_id: UUID
    rejected: bool = False


class TakeLeaveBack(LeaveCancellationAsked):
    """Leave that was approved is not taken after all: its days are there again, and paid."""

    taking_back_id: UUID
    leave_id: UUID


class LeaveToTakeBack(Message):
    """Leave that can be taken back."""

    leave_id: UUID
    leave_number: str
    employee_code: str


class LeaveSubmittedEvent(PublicEvent, name="hr.leave_submitted"):
    """People are asked whether somebody may be away."""

    leave_id: UUID
    leave_number: str


class LeaveRequestedEvent(PublicEvent, name="hr.leave_requested"):
    """Somebody wants to be away."""

    leave_id: UUID
    leave_number: str


class LeaveApprovedEvent(PublicEvent, name="hr.leave_approved"):
    """Somebody will be away."""

    leave_id: UUID
    leave_number: str


class LeaveCancelledEvent(PublicEvent, name="hr.leave_cancelled", only_with="leave_number"):
    """A request for leave was rejected, or cancelled."""

    leave_id: UUID
    leave_number: str
    status: LeaveStatus


class LeaveTakenBackEvent(PublicEvent, name="hr.leave_taken_back"):
    """Leave that was approved is not taken after all."""

    leave_id: UUID
    leave_number: str


class LeaveBalance(Message):
    """How many days somebody has of a sort of leave on a day."""

    leave_type_code: str
    on: date
    days: ShownQuantity


class LeaveMovementView(Message):
    """Days that somebody has more or fewer from a day on."""

    leave_type_code: str
    counts_on: date
    kind: LeaveMovementKind
    year: int | None
    """Of which entitlement; of days that are taken there is none."""
    days: ShownQuantity
    leave_id: UUID | None
    reason: str
    written_at: datetime

"""Changes of bank details: what is asked, told and answered. No message has an account: it has the id."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from foundation.values.events import PublicEvent
from foundation.values.messages import ComposedText, Message

BANK_DETAILS = "bank_details"
"""The kind of decisions that policies are written for; the owner is their category."""


class BankDetailsOwner(StrEnum):
    """Whose bank details are changed."""

    SUPPLIER = "supplier"
    COMPANY = "company"
    EMPLOYEE = "employee"


class BankDetailsChangeStatus(StrEnum):
    """How far a change of bank details has come."""

    ASKED = "asked"
    APPROVED = "approved"
    """Somebody else has said yes; it waits for its time."""
    EFFECTIVE = "effective"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class StartBankDetailsChange(Message):
    """Somebody has asked for a change; its process begins."""

    change_id: UUID


class TakeUpBankDetailsChange(Message):
    """Its process has begun at a moment of its own clock, by which it waits."""

    ASKED_AT = "at"

    change_id: UUID
    at: datetime


class BankDetailsChangeTaken(Message):
    """What its process knows of a change."""

    change_id: UUID
    change_number: str
    owner: BankDetailsOwner
    code: str
    """Of the record: a supplier, the company, a pay agreement."""
    party_code: str
    """Whose accounts they are."""
    requested_by: str
    may_not_approve: tuple[str, ...]
    content_hash: str
    is_anothers: bool
    wait_hours: int
    not_before: datetime


class SubmitBankDetailsChange(Message):
    """Somebody else is asked about it."""

    change_id: UUID


class ApproveBankDetailsChange(Message):
    """Somebody has said yes to what has this hash."""

    change_id: UUID
    content_hash: str
    approved_by: str
    on_behalf_of: str | None = None


class ApplyBankDetails(Message):
    """It is time: from now on money goes to the new accounts."""

    ASKED_AT = "at"

    change_id: UUID
    at: datetime


class BankDetailsChangeCancellation(Message):
    """The change is not to be made after all."""

    reason: ComposedText


class CancelBankDetailsChange(BankDetailsChangeCancellation):
    """The same for master data; whether somebody who was asked has said no."""

    change_id: UUID
    is_rejected: bool = False


class BankDetailsChanged(Message):
    """How far a change has come."""

    change_id: UUID
    change_number: str = ""
    owner: BankDetailsOwner | None = None
    code: str = ""
    status: BankDetailsChangeStatus | None = None
    who_may_not: str = ""
    """Who has said yes, and may not: they have changed the record last. Somebody else is asked."""


class BankDetailsChangeAskedEvent(PublicEvent, name="master_data.bank_details_change_asked"):
    """Somebody has asked that money goes to other accounts."""

    change_id: UUID
    change_number: str
    owner: BankDetailsOwner
    code: str
    not_before: datetime


class BankDetailsChangedEvent(PublicEvent, name="master_data.bank_details_changed"):
    """Money goes to other accounts from now on."""

    change_id: UUID
    change_number: str
    owner: BankDetailsOwner | None
    code: str


class BankDetailsChangeEndedEvent(PublicEvent, name="master_data.bank_details_change_ended"):
    """A change of bank details was rejected or cancelled: money goes where it went."""

    change_id: UUID
    change_number: str
    owner: BankDetailsOwner | None
    code: str
    status: BankDetailsChangeStatus | None

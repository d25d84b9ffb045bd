"""What banks answer to payment files: accepted, pending, rejected. Amounts are in the run's currency."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from foundation.process.run_messages import ListSome
from foundation.values.events import PublicEvent
from foundation.values.messages import Message, ShownAmount, Text


class StatusOutcome(StrEnum):
    """What became of what a bank says of a payment."""

    NOTED = "noted"
    OLDER = "older"
    """The bank has said something newer of it, which counts."""
    AFTER_REJECTION = "after_rejection"
    """It was rejected before, and that stays."""
    AFTER_SETTLEMENT = "after_settlement"
    """It was settled before: a rejection after that is for a person to ask the bank about."""
    DUPLICATE = "duplicate"
    """It is rejected because the bank has it already: it came twice, and nothing is owed again."""
    TO_REJECT = "to_reject"
    """What it has paid is being reversed, or waits for a person: the run of the report says so."""
    REJECTED = "rejected"
    """What it had paid is owed again."""
    REVERSED_BEFORE = "reversed_before"
    """A person had reversed what it had paid: it is rejected, and nothing was left to reverse."""
    RETURNED_BEFORE = "returned_before"
    """Its money had come back by a line of a statement: it is owed again already."""
    NOT_ORDERED = "not_ordered"
    """Its run has no file yet: the bank cannot have got it from us."""
    UNKNOWN_MESSAGE = "unknown_message"
    """No payment run has this number."""
    UNKNOWN_PAYMENT_INFORMATION = "unknown_payment_information"
    """The file of the run has another one."""
    UNKNOWN_TRANSACTION = "unknown_transaction"
    """No payment of the run has this end-to-end id."""
    UNKNOWN_STATUS = "unknown_status"
    """The status is no code that is known here."""


class ImportStatusReport(Message):
    """Import a file in which a bank says what becomes of payments; it is kept as it is."""

    report_id: UUID
    sha256: str
    """Of the file."""
    file_name: Text
    content: bytes = Field(default=b"", exclude=True, repr=False)
    """The file. It is kept in a table of its own, and not in the log once more."""


class StatusReportImported(Message):
    """What a file has brought; `is_new` unless the same file was imported before."""

    report_id: UUID
    file_name: str
    lines: int
    noted: int
    """So many of them count from now on."""
    to_reject: int
    """So many payments are rejected: what they had paid is being reversed."""
    unknown: int
    """So many are of no payment that we know, or say nothing that we know."""
    run_id: str = ""
    """The run that reverses what rejected payments had paid, at `/v1/runs`; empty when there are none."""
    is_new: bool = True


class RejectPayments(Message):
    """Take back what the payments have paid that a report says are rejected."""

    report_id: UUID
    file_name: str


class ListRejected(ListSome):
    """List the payments that a report says are rejected."""

    report_id: UUID


class RejectPayment(Message):
    """The bank does not make a payment: what it has paid is owed again."""

    payment_id: UUID
    report_id: UUID
    line_number: int
    """What has said so."""


class PaymentRejected(Message):
    """What became of it; without a day nothing has changed."""

    payment_id: UUID
    run_id: UUID
    run_number: str
    end_to_end_id: str
    supplier_code: str
    """Empty of wages."""
    outcome: StatusOutcome
    reason_code: str
    currency: str
    amount: ShownAmount | None = None
    """What is owed again by it; not said of wages."""
    rejected_on: date | None = None
    reversal_ids: tuple[UUID, ...] = ()


class StatusReportImportedEvent(
    PublicEvent, name="banking.payment_status_report_imported", only_with="is_new"
):
    """A file was imported in which a bank says what becomes of payments."""

    report_id: UUID
    lines: int
    noted: int
    to_reject: int
    unknown: int


class PaymentRejectedEvent(PublicEvent, name="banking.payment_rejected", only_with="rejected_on"):
    """The bank has rejected a payment of a payment run: what it had paid is owed again."""

    payment_id: UUID
    run_id: UUID
    run_number: str
    supplier_code: str
    reason_code: str
    currency: str
    amount: ShownAmount | None
    rejected_on: date

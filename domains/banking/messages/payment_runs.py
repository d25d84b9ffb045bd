"""Payment runs: what is paid to suppliers, or of wages, from a bank account on a day, once two persons have
approved it.

Amounts are in the currency of the bank account, which is the company's, and positive.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.ledger.messages import Role
from foundation.process.run_messages import ListSome
from foundation.values.events import PublicEvent
from foundation.values.messages import Code, ComposedText, Message, ShownAmount, Text

MOST_INVOICES = 10_000
"""So many invoices one request names at most."""
WAGES_AT_ONCE = 50
"""So many wages are paid by one step."""
Reason = Annotated[Text, Field(min_length=1)]


class BankingRole(Role):
    """The roles that banking posts by; the key is the code of the bank account."""

    PAYMENTS_IN_TRANSIT = "payments_in_transit"
    """What was ordered of the bank and is on no statement yet."""


class PaymentRunStatus(StrEnum):
    """How far a run has come."""

    PROPOSED = "proposed"
    SUBMITTED = "submitted"
    RELEASED = "released"
    """Two persons have approved it, and its invoices are being paid."""
    POSTED = "posted"
    """All that could be paid is, and the file for the bank is there."""
    CANCELLED = "cancelled"


class RunInvoiceStatus(StrEnum):
    """What becomes of an invoice in a run."""

    INCLUDED = "included"
    """It is to be paid, and is in no other run meanwhile."""
    LEFT_OUT = "left_out"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    """The run was cancelled."""


class RunPaymentState(StrEnum):
    """How far a payment of a run has come."""

    PLANNED = "planned"
    """Its run is not posted, or nothing of it was."""
    IN_TRANSIT = "in_transit"
    ACCEPTED = "accepted"
    """It is in transit, and the bank has accepted it."""
    CONFIRMED = "confirmed"
    """It is on a statement."""
    REJECTED = "rejected"
    """The bank does not make it: what it had paid is owed again."""
    RETURNED = "returned"
    """Its money has come back: what it had paid is owed again."""
    TAKEN_BACK = "taken_back"
    """A person has reversed all that it had paid."""


class PaymentRunAsked(Message):
    """What is to be paid, and when."""

    bank_account: Code
    """The bank account that pays: with an IBAN, and in the company's currency."""
    pay_on: date | None = None
    """The day on which the bank is to pay; today when empty."""
    due_until: date | None = None
    """The day of the next payments: what falls due, or loses its discount, through it is paid now. Of wages
    nothing is said.
    """
    payroll_run_id: UUID | None = None
    """A sealed payroll run: its net pay is paid, and no supplier."""
    suppliers: Annotated[tuple[Code, ...], Field(max_length=1_000)] = ()
    """Only what is owed to these; all when empty."""
    least_discount_yield_percent: Annotated[Decimal, Field(ge=0, le=100_000)] | None = None
    """Also what is not due, when its cash discount yields so much in a year, in per cent."""


class ProposePaymentRun(Message):
    """Keep a proposal, to be edited, approved and paid."""

    POSTED_ON = "pay_on"

    run_id: UUID
    bank_account_code: Code
    pay_on: date
    due_until: date
    supplier_codes: tuple[Code, ...] = ()
    least_discount_yield_percent: Decimal | None = None
    payroll_run_id: UUID | None = None
    """Whose net pay is paid; nothing to suppliers then."""
    proposed_by: str
    """Nobody else edits it, and who proposes it does not approve it."""


class PaymentRunKept(Message):
    """A run as it is to be paid now: the hash is of all that will be."""

    run_id: UUID
    run_number: str
    version: int
    content_hash: str
    currency: str
    amount: ShownAmount | None = None
    """Not said of wages: what one person is paid goes through no process."""
    discount_amount: ShownAmount | None = None
    payments: int
    invoices: int
    """So many invoices, or payments of wages."""
    left_out: int
    is_of_wages: bool = False
    other_accounts: int = 0
    """So many of the payments go to another account than the last one to the supplier did, or than the
    payslip says.
    """
    pay_on: date | None = None
    """The day on which the bank is to pay, as it was kept: whoever has mended the step may have set another
    than was asked for.
    """


class PaymentRunEditAsked(Message):
    """Invoices that are left out, or put in again."""

    version: int
    """Of the run, as it was read."""
    leave_out: Annotated[tuple[UUID, ...], Field(max_length=MOST_INVOICES)] = ()
    put_in: Annotated[tuple[UUID, ...], Field(max_length=MOST_INVOICES)] = ()
    """Of those that a person has left out."""


class EditPaymentRun(PaymentRunEditAsked):
    """Leave invoices of a run out, or put them in again."""

    run_id: UUID
    edit_id: UUID
    edited_by: str = ""


class PaymentRunSubmissionAsked(Message):
    """Ask for the approval of the run as it was read."""

    version: int


class SubmitPaymentRun(PaymentRunSubmissionAsked):
    """The run is as it is to be paid; from now on it is not edited."""

    run_id: UUID


class PaymentRunCancellation(Message):
    """Why nothing of it is to be paid."""

    reason: Reason


class CancelPaymentRun(PaymentRunCancellation):
    """Nothing of the run is paid: its invoices are free for another."""

    run_id: UUID
    reason: ComposedText


class PaymentRunChanged(Message):
    """Where the run stands now; without a number there is none."""

    run_id: UUID
    run_number: str = ""
    status: PaymentRunStatus | None = None


class ReleasePaymentRun(Message):
    """Two persons have said yes to this content: it is paid."""

    run_id: UUID
    content_hash: str


class PaymentRunReleased(Message):
    """From now on there is no way back but to take single payments back. It is posted on `paid_on`."""

    run_id: UUID
    run_number: str
    paid_on: date
    invoices: int


class ListRunInvoices(ListSome):
    """List what of the run is to be paid."""

    payment_run_id: UUID


class PayRunInvoice(Message):
    """Pay an invoice of a released run, unless something about it has changed since it was proposed."""

    run_id: UUID
    invoice_id: UUID
    supplier_payment_id: UUID


class RunInvoicePaid(Message):
    """It was paid; or left out, and why: then there is no payment."""

    run_id: UUID
    invoice_id: UUID
    supplier_code: str
    payment_number: str = ""
    amount: ShownAmount
    discount_amount: ShownAmount
    left_out_because: str = ""


class MakePaymentFile(Message):
    """All that could be paid is posted: write what the bank is to pay."""

    run_id: UUID


class ListRunWages(ListSome):
    """List what wages of the run are to be paid, in groups of `WAGES_AT_ONCE`."""

    payment_run_id: UUID


class PayRunWages(Message):
    """Pay some wages of a released run, each unless something about it has changed since it was proposed."""

    run_id: UUID
    wage_payment_ids: tuple[UUID, ...]


class RunWagesPaid(Message):
    """So many were paid, and so many left out."""

    run_id: UUID
    paid: int
    left_out: int


class PaymentFileMade(Message):
    """The run is posted. Without a payment there is no file. Of wages no amounts are said."""

    run_id: UUID
    run_number: str
    currency: str
    amount: ShownAmount | None = None
    discount_amount: ShownAmount | None = None
    payments: int
    invoices: int
    left_out: int
    file_name: str = ""


class PaymentsPosted(Message):
    """All that a run pays is posted, or left out."""

    run_id: UUID


class OpenRunsAgain(Message):
    """A supplier has another bank account, because of a change with this number."""

    supplier_code: str
    because: str


class RunsOpenedAgain(Message):
    """The payment runs that have left its payments out, and are proposals again."""

    supplier_code: str
    run_numbers: tuple[str, ...]


class RunOpenedAgain(Message):
    """The same for the process of one of them: what is left of it, and the number of what has changed it."""

    kept: PaymentRunKept
    because: str


class PaymentRunsOpenedAgainEvent(
    PublicEvent, name="banking.payment_runs_opened_again", only_with="run_numbers"
):
    """Payment runs have left out what would have gone to an old bank account, and are submitted once more."""

    supplier_code: str
    run_numbers: tuple[str, ...]


class PaymentRunProposedEvent(PublicEvent, name="banking.payment_run_proposed"):
    """A payment run was proposed."""

    run_id: UUID
    run_number: str
    currency: str
    amount: ShownAmount | None
    payments: int


class PaymentRunEditedEvent(PublicEvent, name="banking.payment_run_edited"):
    """Invoices of a payment run were left out, or put in again."""

    run_id: UUID
    run_number: str
    version: int
    amount: ShownAmount | None


class PaymentRunSubmittedEvent(PublicEvent, name="banking.payment_run_submitted"):
    """A payment run waits for its approvals."""

    run_id: UUID
    run_number: str


class PaymentRunCancelledEvent(PublicEvent, name="banking.payment_run_cancelled", only_with="run_number"):
    """A payment run was cancelled, or rejected: nothing of it is paid."""

    run_id: UUID
    run_number: str


class PaymentRunReleasedEvent(PublicEvent, name="banking.payment_run_released"):
    """A payment run was approved, and is paid."""

    run_id: UUID
    run_number: str
    paid_on: date


class RunInvoicePaidEvent(PublicEvent, name="banking.run_invoice_paid", only_with="payment_number"):
    """An invoice of a supplier was paid by a payment run."""

    run_id: UUID
    invoice_id: UUID
    supplier_payment_id: UUID
    payment_number: str
    supplier_code: str
    amount: ShownAmount
    discount_amount: ShownAmount


class RunWagesPaidEvent(PublicEvent, name="banking.run_wages_paid", only_with="paid"):
    """So many wages were paid together by a payment run."""

    run_id: UUID
    paid: int


class PaymentFileMadeEvent(PublicEvent, name="banking.payment_file_made"):
    """All that a payment run pays is posted, and the file for the bank is there."""

    run_id: UUID
    run_number: str
    currency: str
    amount: ShownAmount | None
    payments: int

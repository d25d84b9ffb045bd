"""Loans and advances to employees: how they are repaid, and what was lent and came back.

Amounts are in the company's currency, to the cent.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.ledger.messages import Role
from domains.payroll.messages.garnishments import Positive
from foundation.runtime.sealing import Sealed
from foundation.values.events import PublicEvent
from foundation.values.messages import Code, Message, Name, Text


class LoanRole(Role):
    """The roles that loans post by, where there are any."""

    EMPLOYEE_LOANS = "employee_loans"
    """What employees owe us: a line for each, with the employee as its party."""
    LOANS_WRITTEN_OFF = "employee_loans_written_off"
    """What is not repaid."""


class EmployeeLoan(Message):
    """How a loan or an advance is repaid: an instalment of each payslip, while something is left of it."""

    code: Code
    employee_code: Code
    name: Name
    """As the payslip calls it."""
    instalment: Positive
    """What is taken of one payslip, as far as the net goes and something is left."""
    priority: Annotated[int, Field(ge=0, le=10_000)] = 100
    """Among all that is deducted of the net; the lowest is taken first."""
    comes_after_garnishments: bool = False
    """Whether garnishments are reckoned by the net without it."""
    valid_from: date
    """It is taken of what is paid from this day on."""
    valid_to: date | None = None
    """The last day of payment on which it is; empty while it goes on."""


class PutEmployeeLoan(EmployeeLoan):
    """Write down how a loan is repaid: sealed wherever this is written down but in its table."""

    name: Sealed[Name]
    instalment: Sealed[Positive]


class LoanMovementKind(StrEnum):
    """What changes a loan's balance, beside payslips and reversals."""

    GRANTED = "granted"
    """Money was paid out to the employee."""
    REPAID = "repaid"
    """Money came from the employee otherwise than by a payslip."""
    WRITTEN_OFF = "written_off"
    """It will not be repaid."""


class LoanMovementAsked(Message):
    """What was lent, came back, or is given up."""

    loan_code: Code
    kind: LoanMovementKind
    amount: Positive
    moved_on: date | None = None
    """Its day in the books; today when empty."""
    account_code: Code | None = None
    """The account for money that it was paid from or to; that with the role `bank` when empty. None of what
    is written off.
    """
    reason: Annotated[Text, Field(max_length=500)] = ""
    """Of what is written off: why."""


class PostLoanMovement(LoanMovementAsked):
    """The movement with an id of its own, so that it counts once."""

    POSTED_ON = "moved_on"

    movement_id: UUID
    moved_on: date
    amount: Sealed[Positive]
    reason: Sealed[Annotated[Text, Field(max_length=500)]] = ""


class LoanMovementPosted(Message):
    """The movement as posted. Without the amount: it is at `/v1/loan-movements`."""

    movement_id: UUID
    movement_number: str
    loan_code: str


class ReverseLoanMovement(Message):
    """Take a movement of a loan back."""

    POSTED_ON = "reversed_on"

    movement_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Text


class LoanMovedEvent(PublicEvent, name="payroll.loan_movement_posted"):
    """A loan to an employee was granted, repaid by hand, or written off."""

    movement_id: UUID
    movement_number: str


class LoanMovementReversedEvent(PublicEvent, name="payroll.loan_movement_reversed"):
    """A movement of a loan was taken back."""

    document_id: UUID
    document_number: str
    reversal_number: str

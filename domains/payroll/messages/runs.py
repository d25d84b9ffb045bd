"""Payroll runs: what people of a pay group are paid for a period, once two persons have approved it.

Amounts are in the company's currency. What single people are paid goes from step to step by the payslip's id
only: neither histories nor the log of operations say how much.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domains.ledger.messages import Role
from domains.payroll.messages.records import Items
from foundation.process.run_messages import ListSome
from foundation.runtime.sealing import Sealed
from foundation.values.events import PublicEvent
from foundation.values.messages import Code, ComposedText, Message, Text

MOST_PEOPLE = 10_000
"""So many people one request names at most."""
MOST_OFF_CYCLE = 500
"""So many a run between the regular ones pays."""
AT_ONCE = 50
"""So many payslips are computed, or posted, in one transaction."""
LISTED_AT_ONCE = 1_000
"""So many are listed by one step, and worked through by one worker."""
Reason = Annotated[Text, Field(min_length=1)]


class PayrollRole(Role):
    """The roles that payroll posts by."""

    WAGES_PAYABLE = "wages_payable", "wages"
    """What people are owed."""
    PAY = "payroll_expense"
    """What pay costs; the key is the component."""
    EMPLOYER_CONTRIBUTIONS = "employer_contributions"
    """What the employer pays beside it; the key is the component, or what the law calls it."""
    PAYROLL_LIABILITIES = "payroll_liabilities"
    """What is withheld, and owed to others; the key is to whom."""


class PayrollRunStatus(StrEnum):
    """How far a run has come."""

    OPEN = "open"
    """It is computed, and looked through."""
    SUBMITTED = "submitted"
    RELEASED = "released"
    """Two persons have approved it, and its payslips are being posted."""
    SEALED = "sealed"
    """All that could be posted is."""
    CANCELLED = "cancelled"


class PayslipStatus(StrEnum):
    """What becomes of somebody's pay in a run."""

    OPEN = "open"
    """It is to be computed."""
    CALCULATED = "calculated"
    HELD = "held"
    """It could not be computed or posted, or must not be paid so; `held_because` says why."""
    LEFT_OUT = "left_out"
    """A person has left it out."""
    POSTED = "posted"
    REVERSED = "reversed"
    """It was posted, and taken back."""
    WITHDRAWN = "withdrawn"
    """The run was cancelled."""


class RunKind(StrEnum):
    """What a run is for."""

    REGULAR = "regular"
    """Of a period there is one for a group."""
    CORRECTION = "correction"
    """Once that is sealed: who was held or left out, and whose payslip was taken back."""
    OFF_CYCLE = "off_cycle"
    """Beside what is paid for the period: named people, and what each of them gets, such as a bonus."""
    FINAL = "final"
    """Named people who leave in the period: paid to their last day, before or without the regular run."""


class PayslipKind(StrEnum):
    """What a payslip is for: of each there is one for a person and a period."""

    REGULAR = "regular"
    """What the agreement says, for its days."""
    OFF_CYCLE = "off_cycle"
    """What was named, beside that."""


class NamedToPay(Message):
    """Somebody whom a run pays by name, and what off-cycle."""

    employee_code: Code
    items: Items = ()
    """Of an off-cycle run: what is paid, and nothing else. Of a final one none: the agreement says it."""


NamedPeople = Annotated[tuple[NamedToPay, ...], Field(max_length=MOST_OFF_CYCLE)]


class PayrollRunAsked(Message):
    """Whom a run is for, and which period."""

    pay_group: Code
    kind: RunKind = RunKind.REGULAR
    starts_on: date
    ends_on: date
    paid_on: date | None = None
    """When it is paid, and posted: by which year's law, too; the last day of the period when empty."""
    people: NamedPeople = ()
    """Whom an off-cycle or a final run pays; of other runs nobody is named."""


class OpenPayrollRun(Message):
    """Open a run: everybody who has an agreement in the period gets a payslip, which is computed next."""

    POSTED_ON = "paid_on"

    run_id: UUID
    pay_group_code: Code
    kind: RunKind = RunKind.REGULAR
    starts_on: date
    ends_on: date
    paid_on: date
    opened_by: str
    """Nobody else has a hand in it, and who opens it does not approve it."""
    people: Sealed[NamedPeople] = Field(default=(), exclude_if=lambda people: not people)
    """Whom, and what for; nothing is sealed when nobody is named."""


class PayrollRunOpened(Message):
    """A run of so many people, whose payslips are to be computed."""

    run_id: UUID
    run_number: str
    currency: str
    people: int


class PayrollRunTotals(Message):
    """How many are paid by a run: the hash is of all that will be paid, line by line.

    Without amounts: what a run of one person comes to is that person's pay.
    """

    run_id: UUID
    run_number: str
    version: int
    content_hash: str
    people: int
    """So many are paid; so many are held, and so many left out."""
    held: int
    left_out: int


class TotalPayrollRun(Message):
    """Add up what was computed."""

    run_id: UUID
    per: str
    """Which time: it is added up again whenever something was computed again."""


class PayrollEditAsked(Message):
    """People who are left out, put in again, or computed again."""

    version: int
    """Of the run, as it was read."""
    leave_out: Annotated[tuple[Code, ...], Field(max_length=MOST_PEOPLE)] = ()
    put_in: Annotated[tuple[Code, ...], Field(max_length=MOST_PEOPLE)] = ()
    """Of those that a person has left out: they are computed again."""
    calculate_again: Annotated[tuple[Code, ...], Field(max_length=MOST_PEOPLE)] = ()
    """Those whose agreement, say, was mended since."""


class EditPayrollRun(PayrollEditAsked):
    """Leave people out of a run, put them in again, or have them computed again, and no others."""

    run_id: UUID
    edit_id: UUID
    edited_by: str = ""


class PayrollRunEdited(Message):
    """So many payslips are to be computed now."""

    run_id: UUID
    to_calculate: int


class PayrollSubmissionAsked(Message):
    """Ask for the approval of the run as it was read."""

    version: int


class SubmitPayrollRun(PayrollSubmissionAsked):
    """The run is as it is to be paid; from now on it is not edited."""

    run_id: UUID


class PayrollRunCancellation(Message):
    """Why nobody is paid by it."""

    reason: Reason


class CancelPayrollRun(PayrollRunCancellation):
    """Nobody is paid by the run: there may be another for its period."""

    run_id: UUID
    reason: ComposedText


class PayrollRunChanged(Message):
    """Where the run stands now; without a number there is none."""

    run_id: UUID
    run_number: str = ""
    status: PayrollRunStatus | None = None


class ReleasePayrollRun(Message):
    """Two persons have said yes to this content: it is posted."""

    run_id: UUID
    content_hash: str


class PayrollRunReleased(Message):
    """From now on there is no way back but to take single payslips back."""

    run_id: UUID
    run_number: str
    people: int


class ListPayslips(ListSome):
    """List the payslips of a run that stand so, in groups of `AT_ONCE`."""

    payroll_run_id: UUID
    status: PayslipStatus


class CalculatePayslips(Message):
    """Compute what some people are paid, each for themselves."""

    payroll_run_id: UUID
    payslip_ids: tuple[UUID, ...]
    one_by_one: bool = False
    """Whether each is written for itself: together they could not be."""


class PostPayslips(Message):
    """Post what some people are paid, each for themselves."""

    payroll_run_id: UUID
    payslip_ids: tuple[UUID, ...]
    one_by_one: bool = False
    """Whether each is written for itself: together they could not be."""


class PayslipsDone(Message):
    """So many were computed, or posted; so many are held."""

    payroll_run_id: UUID
    done: int
    held: int


class PayslipsCalculated(Message):
    """All that was to be computed of a run is."""

    run_id: UUID


class PayslipsPosted(Message):
    """All that a run pays is posted, or held."""

    run_id: UUID


class SealPayrollRun(Message):
    """All of it is posted, or held."""

    run_id: UUID


class PayrollRunSealed(Message):
    """The run as it was posted."""

    run_id: UUID
    run_number: str
    people: int
    held: int


class ReversePayslip(Message):
    """Take a posted payslip back: what it posted, and what it added up."""

    POSTED_ON = "reversed_on"

    payslip_id: UUID
    reversal_id: UUID
    reversed_on: date
    reason: Text


class PayslipReversedEvent(PublicEvent, name="payroll.payslip_reversed"):
    """A payslip was taken back: the person is to be paid for the period again."""

    document_id: UUID
    document_number: str
    reversal_number: str


class PayrollRunOpenedEvent(PublicEvent, name="payroll.run_opened"):
    """A payroll run was opened."""

    run_id: UUID
    run_number: str
    people: int


class PayrollRunSubmittedEvent(PublicEvent, name="payroll.run_submitted"):
    """A payroll run waits for its approvals."""

    run_id: UUID
    run_number: str


class PayrollRunCancelledEvent(PublicEvent, name="payroll.run_cancelled", only_with="run_number"):
    """A payroll run was cancelled, or rejected: nobody is paid by it."""

    run_id: UUID
    run_number: str


class PayrollRunReleasedEvent(PublicEvent, name="payroll.run_released"):
    """A payroll run was approved, and is posted."""

    run_id: UUID
    run_number: str
    people: int


class PayslipsPostedEvent(PublicEvent, name="payroll.payslips_posted", only_with="done"):
    """So many payslips of a payroll run were posted together."""

    payroll_run_id: UUID
    done: int


class PayrollRunSealedEvent(PublicEvent, name="payroll.run_sealed"):
    """All that a payroll run pays is posted."""

    run_id: UUID
    run_number: str
    people: int

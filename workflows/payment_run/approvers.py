"""Who approves a payment run, and what they are told of it."""

from datetime import date
from typing import Any

from domains.banking.messages.payment_runs import PaymentRunKept
from foundation.process.approvals import Approval, Level

APPROVERS = (Level(role="finance director"), Level(role="accountant"))
"""Two persons at the same time, where the company has no policy: a policy names two at least."""


WAGE_APPROVERS = (Level(role="finance director"), Level(role="payroll approver"))
"""The same of wages: who may see what people are paid."""


def asked_of(kept: PaymentRunKept, asked_on: date, *, times: int) -> Approval:
    """What two persons are asked, and who they are; `times` says how often people were asked before."""
    about: dict[str, Any] = {
        "subject": subject_of(kept, asked_on),
        "content_hash": kept.content_hash,
        "must_be_read": True,
        "name": f"approval {times + 1}" if times else "approval",
    }
    if kept.is_of_wages:
        return Approval(kind="wage_payment_run", levels=WAGE_APPROVERS, **about)
    return Approval(kind="payment_run", levels=APPROVERS, **about)


def subject_of(kept: PaymentRunKept, asked_on: date) -> str:
    """How many payments, and how many of them go where none has gone before; on the day that was kept, which
    may be another than was asked for. Of wages it says no more: what people are paid is read.
    """
    before = "their payslip says" if kept.is_of_wages else "the last time"
    others = f", {kept.other_accounts:,} to another account than {before}" if kept.other_accounts else ""
    what = "payments of wages" if kept.is_of_wages else "payments to suppliers"
    return f"payment run: {kept.payments:,} {what} on {kept.pay_on or asked_on}{others}"

"""Who approves a payment run, and what they are told of it."""

from datetime import date

from domains.banking.messages.payment_runs import PaymentRunKept
from foundation.process.approvals import Level

APPROVERS = (Level(role="finance director"), Level(role="accountant"))
"""Two persons at the same time, where the company has no policy: a policy names two at least."""


def subject_of(kept: PaymentRunKept, asked_on: date) -> str:
    """What is asked: how many payments, and how many of them go where none has gone before; on the day that
    was kept, which may be another than was asked for.
    """
    others = f", {kept.other_accounts:,} to another account than the last time" if kept.other_accounts else ""
    return f"payment run: {kept.payments:,} payments to suppliers on {kept.pay_on or asked_on}{others}"

"""Who approves a payment run, and what they are told of it."""

from datetime import date

from domains.banking.messages.payment_runs import PaymentRunKept
from foundation.process.approval_messages import Level, LevelsFound

APPROVERS = (Level(role="finance director"), Level(role="accountant"))
"""Two persons at the same time, where the company's policy says nothing else."""


def two_at_least(found: LevelsFound) -> LevelsFound:
    """What a policy says, with one of the approvers beside the only one whom it asks: money leaves with the
    consent of two, whatever it says.
    """
    if len(found.levels) != 1:
        return found
    (alone,) = found.levels
    second = next(one for one in APPROVERS if one.role != alone.role)
    beside = second.model_copy(update={"number": alone.number})
    # That level has its policy with it; the other is asked by none.
    of_none = {"policy": None, "policy_version": None, "why": None}
    return found.model_copy(update={"levels": (alone, beside), **of_none})


def subject_of(kept: PaymentRunKept, asked_on: date) -> str:
    """What is asked: how many payments, and how many of them go where none has gone before; on the day that
    was kept, which may be another than was asked for.
    """
    others = f", {kept.other_accounts:,} to another account than the last time" if kept.other_accounts else ""
    return f"payment run: {kept.payments:,} payments to suppliers on {kept.pay_on or asked_on}{others}"

"""What a payment run says no to."""

from typing import Self

from foundation.process.approvals import ApprovalDecided
from foundation.values.errors import BusinessError


class PaymentRunCancelled(BusinessError):
    """The run was cancelled before it was released: nothing of it is paid."""

    status = 409


class PaymentRunRejected(BusinessError):
    """Somebody who was asked for approval has said no: nothing of the run is paid."""

    status = 409

    @classmethod
    def of(cls, decision: ApprovalDecided) -> Self:
        """With who has said no, and why."""
        return cls(f"rejected by {decision.by.actor}" + (f": {decision.reason}" if decision.reason else ""))


class PaymentRunOpenedAgain(BusinessError):
    """A supplier's bank account has changed: the run is a proposal again, and nobody is asked about it."""

    status = 409

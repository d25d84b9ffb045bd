"""How a request for leave ends without it."""

from typing import Self

from foundation.process.approvals import ApprovalDecided
from foundation.values.errors import BusinessError


class LeaveCancelled(BusinessError):
    """The request was cancelled before it was approved."""

    status = 409


class LeaveRejected(BusinessError):
    """Somebody who was asked has said no."""

    status = 409

    @classmethod
    def of(cls, decision: ApprovalDecided) -> Self:
        """With who has said no, and why."""
        return cls(f"{decision.by.actor} has said no: {decision.reason or 'no reason given'}")

"""How a change of bank details ends without one."""

from typing import Self

from foundation.process.approvals import ApprovalDecided
from foundation.values.errors import BusinessError


class BankDetailsChangeCancelled(BusinessError):
    """The change was cancelled before it took effect."""

    status = 409


class BankDetailsChangeRejected(BusinessError):
    """Somebody who was asked has said no."""

    status = 409

    @classmethod
    def of(cls, decision: ApprovalDecided) -> Self:
        """With who has said no, and why."""
        return cls(f"rejected by {decision.by.actor}" + (f": {decision.reason}" if decision.reason else ""))

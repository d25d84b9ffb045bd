"""What a payroll run says no to."""

from typing import Self

from foundation.process.approvals import ApprovalDecided
from foundation.values.errors import BusinessError


class PayrollRunCancelled(BusinessError):
    """The run was cancelled before it was released: nobody is paid by it."""

    status = 409


class PayrollRunRejected(BusinessError):
    """Somebody who was asked for approval has said no: nobody is paid by the run."""

    status = 409

    @classmethod
    def of(cls, decision: ApprovalDecided) -> Self:
        """With who has said no, and why."""
        return cls(f"rejected by {decision.by.actor}" + (f": {decision.reason}" if decision.reason else ""))

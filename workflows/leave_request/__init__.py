"""Leave: somebody wants to be away. The procedure is in `process`."""

from workflows.leave_request.process import LeaveRequest

__all__ = ["LeaveRequest"]

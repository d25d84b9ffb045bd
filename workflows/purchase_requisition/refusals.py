"""How a requisition ends without orders."""

from foundation.values.errors import BusinessError


class RequisitionCancelled(BusinessError):
    """The requisition was cancelled before it was approved."""

    status = 409

"""What a return says no to."""

from foundation.errors import BusinessError


class ReturnCancelled(BusinessError):
    """The goods do not come after all."""

    status = 409

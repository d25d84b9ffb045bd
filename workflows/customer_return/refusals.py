"""What a return says no to."""

from foundation.values.errors import BusinessError


class ReturnCancelled(BusinessError):
    """The return was cancelled: its goods are not expected any more."""

    status = 409

"""How a request for leave ends without it."""

from foundation.values.errors import BusinessError


class LeaveCancelled(BusinessError):
    """The request was cancelled before it was approved."""

    status = 409

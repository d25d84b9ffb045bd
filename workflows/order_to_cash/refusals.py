"""What the order's way to cash says no to."""

from foundation.errors import BusinessError


class OrderNotConfirmed(BusinessError):
    """The order is not confirmed yet, or no more: nothing can be shipped for it."""

    status = 409


class GoodsHaveLeft(BusinessError):
    """Goods have left for this order: it cannot be cancelled any more."""

    status = 409


class OrderCancelled(BusinessError):
    """The order was cancelled before goods left."""

    status = 409


class OrderRejected(BusinessError):
    """A credit manager rejected the order."""

    status = 409

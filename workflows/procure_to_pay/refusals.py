"""What a purchase order's way says no to."""

from foundation.values.errors import BusinessError


class PurchaseOrderCancelled(BusinessError):
    """The purchase order was cancelled before anything had come."""

    status = 409


class NotApproved(BusinessError):
    """Somebody is still to say yes to the purchase order."""

    status = 409


class NotItsReceipt(BusinessError):
    """The receipt is not the order's, or was taken back before."""

    status = 409


class AllIsBilled(BusinessError):
    """Nothing has come for the purchase order that is not billed."""

    status = 409


class NotItsInvoice(BusinessError):
    """The supplier's invoice is not the order's, or was taken back before."""

    status = 409


class NotAsRead(BusinessError):
    """The supplier's invoice waits for something else by now than whoever accepts it has read."""

    status = 409


class NotBlocked(BusinessError):
    """The supplier's invoice is not the order's, or is not blocked any more."""

    status = 409

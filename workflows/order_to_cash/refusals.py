"""What the order's way to cash says no to."""

from foundation.values.errors import BusinessError


class OrderNotConfirmed(BusinessError):
    """The order is not confirmed yet, or no more: nothing can be shipped for it."""

    status = 409


class NotAmendable(BusinessError):
    """The order cannot be changed any more, or not yet."""

    status = 409


class OverCreditLimit(BusinessError):
    """The amended order would be over the customer's credit limit."""

    status = 409


class BilledCollectively(BusinessError):
    """The order is billed together with others: the invoice is paid, and not the order."""

    status = 409


class NothingToBill(BusinessError):
    """Nothing has left for the order that is not billed."""

    status = 409


class NothingToClose(BusinessError):
    """Nothing of the order is still to leave, or nothing has left: then it is cancelled."""

    status = 409


class NotTakenBack(BusinessError):
    """Something stands on the shipment."""

    status = 409


class OrderCancelled(BusinessError):
    """The order was cancelled, or is on its way back."""

    status = 409


class OrderRejected(BusinessError):
    """A credit manager rejected the order."""

    status = 409

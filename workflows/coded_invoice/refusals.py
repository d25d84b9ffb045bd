"""How an invoice without an order ends without being posted."""

from foundation.values.errors import BusinessError


class CodedInvoiceCancelled(BusinessError):
    """The invoice was cancelled before anybody had said yes to it."""

    status = 409


class CodedInvoiceApproved(BusinessError):
    """The invoice is approved, and posted: it is taken back instead."""

    status = 409

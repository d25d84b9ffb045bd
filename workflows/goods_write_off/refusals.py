"""How a write-off of goods ends without being posted."""

from foundation.values.errors import BusinessError


class GoodsWriteOffCancelled(BusinessError):
    """The write-off was cancelled before anybody had said yes to it."""

    status = 409


class GoodsWriteOffApproved(BusinessError):
    """The write-off is approved, and posted: it is taken back instead."""

    status = 409

"""How a change of bank details ends without one."""

from foundation.values.errors import BusinessError


class BankDetailsChangeCancelled(BusinessError):
    """The change was cancelled before it took effect."""

    status = 409

"""What a return says no to."""

from foundation.errors import BusinessError


class NotAsAuthorised(BusinessError):
    """More came back than was authorised, or other lines; `errors` names each."""

    status = 409


class ReturnCancelled(BusinessError):
    """The goods do not come after all."""

    status = 409

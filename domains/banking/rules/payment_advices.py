"""What a supplier is told of a payment, and when not."""

from foundation.values.errors import Conflict


class PaymentNotMade(Conflict):
    """The payment was rejected by the bank, or taken back, before its supplier was told of it: nothing is
    announced that does not come.
    """


def check_is_made(end_to_end_id: str, *, stands: bool) -> None:
    """Refuses: PaymentNotMade."""
    if not stands:
        raise PaymentNotMade(
            f"{end_to_end_id} was rejected or taken back meanwhile: its supplier is not told of it"
        )

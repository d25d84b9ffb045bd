"""Who may decide about a blocked invoice."""

from foundation.values.errors import BusinessError


class EnteredByTheSame(BusinessError):
    """Who has entered an invoice does not decide that it is right, or wrong, nor changes what it is held
    against.
    """

    status = 403


def check_entered_by_another(by: str, priced_by: str) -> None:
    """Refuses: EnteredByTheSame."""
    if by == priced_by:
        raise EnteredByTheSame(
            f"{by} has changed the order's price: somebody else enters what it is billed at"
        )


def check_decides(by: str, entered_by: str) -> None:
    """Refuses: EnteredByTheSame."""
    if by == entered_by:
        raise EnteredByTheSame(f"{by} has entered the invoice: somebody else decides about it")

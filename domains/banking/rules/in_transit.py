"""What of the payments of runs a line of a statement says that the bank has made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from domains.banking.rules.postings import LineFacts, NotTheMoney
from foundation.values.errors import NotFound
from foundation.values.money import ZERO


@dataclass(frozen=True)
class PaymentInTransit:
    """A payment of a run that no statement has yet: how much, and from which account of the books."""

    payment_id: UUID
    run_id: UUID
    run_number: str
    end_to_end_id: str
    supplier_code: str
    account_code: str
    amount: Decimal


def total(payments: Iterable[PaymentInTransit]) -> Decimal:
    """What they come to."""
    return sum((one.amount for one in payments), ZERO)


def check_made(
    line: LineFacts, amount: Decimal, payments: Sequence[PaymentInTransit], named: UUID, field: str
) -> None:
    """What the line says is just what is on its way. Refuses: NotFound, NotTheMoney."""
    if not payments:
        why = f"nothing of {named} is on its way from {line.bank_account_code}"
        raise NotFound(f"{field}: {why}", errors=[(field, why)])
    if total(payments) != -amount:
        why = f"{total(payments)} {line.currency} are on their way, and not {-amount}"
        raise NotTheMoney(f"{field}: {why}", errors=[(field, why)])

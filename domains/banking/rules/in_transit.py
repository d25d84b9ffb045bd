"""What of the payments of runs a line of a statement says that the bank has made."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from domains.banking.rules.postings import LineFacts, NotTheMoney, is_named
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


class Ordered(NamedTuple):
    """What a line names of what payment runs have ordered: a payment, or all that is left of a run."""

    payments: Sequence[PaymentInTransit]
    number: str
    asked: Mapping[str, Any]


class PaymentsOfRuns:
    """What payment runs have ordered from an account: what is in transit, and the end-to-end ids of all."""

    def __init__(self, transit: Sequence[PaymentInTransit], ordered_before: Collection[str]) -> None:
        self.transit, self.ordered_before = list(transit), ordered_before

    def know(self, line: LineFacts) -> bool:
        """Whether a line is of a run: then it is no other payment of ours, and no other rule is asked."""
        return line.end_to_end_id in self.ordered_before or self._ordered(line) is not None

    def made(self, line: LineFacts) -> Ordered | None:
        """What a line says that the bank has made, which is in transit no more. None, when its amount is
        another, or another line has said so: that waits for a person.
        """
        ordered = self._ordered(line)
        if ordered is None or total(ordered.payments) != -line.open_amount:
            return None
        self.transit = [one for one in self.transit if one not in ordered.payments]
        return ordered

    def _ordered(self, line: LineFacts) -> Ordered | None:
        """The payment whose end-to-end id the line has, or the run whose number."""
        for one in self.transit:
            if is_named(one.end_to_end_id, line):
                return Ordered([one], one.supplier_code, {"run_payment_id": one.payment_id})
        for one in self.transit:
            if is_named(one.run_number, line):
                of_run = [other for other in self.transit if other.run_id == one.run_id]
                return Ordered(of_run, one.run_number, {"payment_run_id": one.run_id})
        return None


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

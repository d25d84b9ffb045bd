"""Refunds: how much goes back, at which rate, and what is posted."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from domains.ledger.messages import AccountRole, Line, Party, Role
from domains.ledger.rules.settlement import share_of
from foundation.values.money import ZERO, rounded


@dataclass(frozen=True)
class Refunded:
    """What goes back: in its currency, what it was on the books, and what the bank pays for it."""

    amount: Decimal
    base_amount: Decimal
    """What it was on account, in the company's currency."""
    base_paid: Decimal

    @property
    def exchange_difference(self) -> Decimal:
        """Realised, in the company's currency: positive is a gain."""
        return self.base_amount - self.base_paid


def compute(
    amount: Decimal, *, on_account: Decimal, base_on_account: Decimal, rate: Decimal, currency: str
) -> Refunded:
    """The refund at the day's rate, rounded half-up to the company's `currency`.

    `rate` is units of the refund's currency for one of the company's.
    """
    base = share_of(base_on_account, amount, on_account, currency)
    return Refunded(amount, base, rounded(amount / rate, currency))


def postings(
    refunded: Refunded, bank: str, party: Party, on_account: str, account: Callable[[Role], str]
) -> list[Line]:
    """The entry: the customer's account against the bank, and the realised exchange difference."""
    lines = [
        Line(on_account, refunded.amount, refunded.base_amount, party=party),
        Line(bank, -refunded.amount, -refunded.base_paid),
    ]
    if difference := refunded.exchange_difference:
        role = AccountRole.EXCHANGE_GAIN if difference > 0 else AccountRole.EXCHANGE_LOSS
        lines.append(Line(account(role), ZERO, -difference, "realised exchange difference"))
    return lines

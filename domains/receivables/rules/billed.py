"""What an invoice has billed, line by line and tax by tax, and what of it is credited already."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from domains.ledger.messages import Opened
from domains.ledger.rules.settlement import OpenDocument
from domains.receivables.rules.reversed_settlements import ReversedBefore, SettledBefore
from foundation.values.money import ONE, ZERO, rounded


@dataclass(frozen=True)
class Amounts:
    """A quantity with its net amount and its tax."""

    quantity: Decimal
    net_amount: Decimal
    tax_amount: Decimal

    def less(self, other: "Amounts") -> "Amounts":
        """What is left without the other."""
        return Amounts(
            self.quantity - other.quantity,
            self.net_amount - other.net_amount,
            self.tax_amount - other.tax_amount,
        )

    @property
    def is_nothing(self) -> bool:
        """Whether there is neither a quantity nor an amount."""
        return not (self.quantity or self.net_amount or self.tax_amount)


@dataclass(frozen=True)
class CreditableLine:
    """A line of the invoice, and what of it is credited already."""

    line_number: int
    order_line_number: int
    tax_code: str
    is_freight: bool
    billed: Amounts
    credited: Amounts
    rates_from: date | None = None
    """The first day of the tax code's rates, as they were billed."""
    order_id: UUID | None = None
    """Of a collective invoice's line."""
    in_stock_units: Decimal = ONE
    """What one unit of it is, as taxes of an amount per unit count it: nothing, for freight."""
    account_code: str | None = None
    """Where its revenue was posted; None when the role says."""
    has_allowance: bool = False
    """Whether a value of it was credited without a quantity: what is left of it costs less."""

    @property
    def left(self) -> Amounts:
        """What is not credited yet."""
        return self.billed.less(self.credited)

    def as_taxed(self, amounts: Amounts) -> Amounts:
        """The same with its quantity as taxes of an amount per unit count it."""
        return Amounts(amounts.quantity * self.in_stock_units, amounts.net_amount, amounts.tax_amount)

    def part(self, quantity: Decimal, currency: str) -> Amounts:
        """What a quantity of it comes to, in proportion; all that is left when it is all that is left."""
        left = self.left
        if quantity == left.quantity:
            return left

        def share(amount: Decimal, left: Decimal) -> Decimal:
            if self.has_allowance:
                return within(rounded(left * quantity / self.left.quantity, currency), left)
            return within(rounded(amount * quantity / self.billed.quantity, currency), left)

        return Amounts(
            quantity,
            share(self.billed.net_amount, left.net_amount),
            share(self.billed.tax_amount, left.tax_amount),
        )


def within(amount: Decimal, left: Decimal) -> Decimal:
    """The amount, but never beyond what is left, nor on the other side of zero."""
    return max(min(amount, left), ZERO) if left >= 0 else min(max(amount, left), ZERO)


@dataclass(frozen=True)
class TaxAmounts:
    """A tax, and what it is computed on."""

    base_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True)
class CreditableTax:
    """A tax of the invoice, and what of it is credited already."""

    line_number: int
    tax_code: str
    account_code: str
    rate_percent: Decimal | None
    billed: TaxAmounts
    credited: TaxAmounts
    rates_from: date | None = None

    @property
    def left(self) -> TaxAmounts:
        """What is not credited yet."""
        return TaxAmounts(
            self.billed.base_amount - self.credited.base_amount,
            self.billed.tax_amount - self.credited.tax_amount,
        )


@dataclass(frozen=True)
class CreditableInvoice:
    """An invoice with everything that was credited of it and settled before."""

    invoice: OpenDocument
    customer_code: str
    currency: str
    base_currency: str
    rate: Decimal
    """Units of the invoice's currency for one of the company's, as it was billed."""
    lines: tuple[CreditableLine, ...]
    taxes: tuple[CreditableTax, ...]
    settled: tuple[SettledBefore, ...]
    reversed_before: ReversedBefore
    opened: Opened

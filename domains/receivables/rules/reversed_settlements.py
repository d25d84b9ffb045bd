"""What becomes of a settlement when what it paid for is credited.

A settlement is not undone: what was paid stays paid, and is now the customer's money. What had not been paid
but taken as discount or written off is reversed with it, each by its share; and so is the exchange difference
that was realised. Whoever credits the last of an invoice takes what is left of each, so that nothing remains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from domains.ledger.rules.settlement import OpenDocument, discount_parts, share_of
from foundation.values.money import ZERO, DualAmount, allocated


@dataclass(frozen=True)
class PartlyTaken:
    """A sum in a document's currency and in the company's, and what was taken of it before."""

    amount: Decimal
    base_amount: Decimal
    before: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """What has not been taken yet."""
        return self.amount - self.before

    def base_of(self, part: Decimal, base_currency: str) -> Decimal:
        """What a further part is in the company's currency: all parts add up to the whole, to the cent."""
        if not self.amount:
            return ZERO
        after = share_of(self.base_amount, self.before + part, self.amount, base_currency)
        return after - share_of(self.base_amount, self.before, self.amount, base_currency)


@dataclass(frozen=True)
class SettledBefore:
    """What one payment, or one use of money on account, settled of an invoice, and what it realised."""

    amount: Decimal
    discount_amount: Decimal
    written_off_amount: Decimal
    base_amount: Decimal
    exchange_difference: Decimal
    settled_on: date

    @property
    def paid_amount(self) -> Decimal:
        """What of it was money."""
        return self.amount - self.discount_amount - self.written_off_amount


@dataclass(frozen=True)
class ReversedBefore:
    """What earlier credit notes have reversed; discount on taxes by the number of the invoice's tax."""

    on_account_amount: Decimal = ZERO
    discount_amount: Decimal = ZERO
    written_off_amount: Decimal = ZERO
    discount_on_taxes: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def amount(self) -> Decimal:
        """All of it."""
        return self.on_account_amount + self.discount_amount + self.written_off_amount

    @property
    def discount_on_net(self) -> Decimal:
        """What of the discount was on the net amount."""
        return self.discount_amount - sum(self.discount_on_taxes.values(), ZERO)


@dataclass(frozen=True)
class ReversedSettlement:
    """What of an invoice's settlement is reversed; gain and loss in the company's currency only."""

    on_account: DualAmount
    discount_on_net: DualAmount
    discount_on_taxes: Mapping[int, DualAmount]
    written_off: DualAmount
    gain: Decimal
    loss: Decimal
    """Negative, as it was realised."""

    @property
    def discount_amount(self) -> Decimal:
        """The discount, on the net amount and on taxes."""
        return self.discount_on_net.amount + sum(
            (tax.amount for tax in self.discount_on_taxes.values()), ZERO
        )

    @property
    def exchange_difference(self) -> Decimal:
        """What had been realised and is reversed: positive was a gain."""
        return self.gain + self.loss

    @property
    def base_amount(self) -> Decimal:
        """What the reversed part of the receivable was in the company's currency."""
        parts = (self.on_account, self.discount_on_net, *self.discount_on_taxes.values(), self.written_off)
        return sum((part.base_amount for part in parts), ZERO) - self.exchange_difference


@dataclass(frozen=True)
class SettlementOfInvoice:
    """How an invoice was settled, part by part, and what of that was reversed before."""

    settled: PartlyTaken
    paid: PartlyTaken
    discount: tuple[PartlyTaken, ...]
    """On the net amount first, then on each of the invoice's taxes that a discount lowers."""
    written_off: PartlyTaken
    gain: PartlyTaken
    loss: PartlyTaken

    @classmethod
    def of(
        cls,
        invoice: OpenDocument,
        settled: Sequence[SettledBefore],
        before: ReversedBefore,
        *,
        currency: str,
        base_currency: str,
    ) -> "SettlementOfInvoice":
        """Add up what payments did to an invoice.

        The customer's money is worth what it was worth when it came. An invoice in the company's own currency
        has no such difference to reverse: what is owed in it is worth what it says.
        """
        discount = _discount(invoice, settled, before, currency=currency, base_currency=base_currency)
        written_off = PartlyTaken(
            sum((one.written_off_amount for one in settled), ZERO),
            sum(
                (
                    share_of(one.base_amount, one.written_off_amount, one.amount, base_currency)
                    for one in settled
                ),
                ZERO,
            ),
            before.written_off_amount,
        )
        amount = sum((one.amount for one in settled), ZERO)
        base = sum((one.base_amount for one in settled), ZERO)
        realised = [one.exchange_difference for one in settled if currency != base_currency]
        gain = sum((difference for difference in realised if difference > 0), ZERO)
        loss = sum((difference for difference in realised if difference < 0), ZERO)
        given_up = written_off.base_amount + sum((part.base_amount for part in discount), ZERO)
        paid = sum((one.paid_amount for one in settled), ZERO)
        return cls(
            settled=PartlyTaken(amount, base, before.amount),
            paid=PartlyTaken(paid, base - given_up + gain + loss, before.on_account_amount),
            discount=discount,
            written_off=written_off,
            gain=PartlyTaken(amount, gain, before.amount),
            loss=PartlyTaken(amount, loss, before.amount),
        )

    def reverse(
        self, amount: Decimal, invoice: OpenDocument, *, currency: str, base_currency: str
    ) -> ReversedSettlement:
        """Reverse a part of what was settled: paid, discounted and written off in proportion.

        Every part is rounded to the currency's minor unit, and they add up to the amount.
        """

        def both(whole: PartlyTaken, part: Decimal) -> DualAmount:
            return DualAmount(part, whole.base_of(part, base_currency))

        discount_left = sum((part.left for part in self.discount), ZERO)
        paid, discount, written_off = allocated(
            amount, [self.paid.left, discount_left, self.written_off.left], currency
        )
        discounts = allocated(discount, [part.left for part in self.discount], currency)
        on_net, *on_taxes = (both(*pair) for pair in zip(self.discount, discounts, strict=True))
        numbers = (tax.line_number for tax in invoice.discount_taxes)
        return ReversedSettlement(
            on_account=both(self.paid, paid),
            discount_on_net=on_net,
            discount_on_taxes=dict(zip(numbers, on_taxes, strict=True)),
            written_off=both(self.written_off, written_off),
            gain=self.gain.base_of(amount, base_currency),
            loss=self.loss.base_of(amount, base_currency),
        )


def _discount(
    invoice: OpenDocument,
    settled: Sequence[SettledBefore],
    before: ReversedBefore,
    *,
    currency: str,
    base_currency: str,
) -> tuple[PartlyTaken, ...]:
    """The discount that was taken, on the net amount and on each tax, as it was posted."""
    whole = invoice.discount_parts
    reversed_before = [
        before.discount_on_net,
        *(before.discount_on_taxes.get(tax.line_number, ZERO) for tax in invoice.discount_taxes),
    ]
    amounts = [ZERO for _ in whole]
    bases = [ZERO for _ in whole]
    for one in settled:
        if not one.discount_amount:
            continue
        for position, part in enumerate(discount_parts(one.discount_amount, whole, currency)):
            amounts[position] += part
            bases[position] += share_of(one.base_amount, part, one.amount, base_currency)
    return tuple(
        PartlyTaken(amount, base, reverted)
        for amount, base, reverted in zip(amounts, bases, reversed_before, strict=True)
    )

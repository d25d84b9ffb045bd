"""Write-offs: what may be, what of an uncollectible claim is output tax, and what is posted.

The output tax on what a customer does not pay is taken back when the claim is uncollectible (Directive
2006/112/EC, art. 90; § 17 (2) no. 1 UStG), and is owed again when it is paid after all: then the write-off is
reversed. A small difference is no change of the price, and its tax stays.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from domains.ledger.messages import AccountRole, Line, Party, Role
from domains.ledger.rules.settlement import OpenDocument, Settled, SettledInstalment, spread
from domains.receivables.messages import BilledInvoice, DebitNote, PostWriteOff, ReceivablesRole, WriteOffKind
from domains.receivables.rules.reversed_settlements import PartlyTaken
from foundation.values.errors import BusinessError, Invalid, Refusals
from foundation.values.money import ZERO, rounded


class NoSmallDifference(BusinessError):
    """More is open than the company writes off as a small difference; `errors` names the kind."""

    status = 409


class NotCreditable(BusinessError):
    """What was billed cannot be credited now, so goods of it are not taken back; `errors` names the field."""


def check_not_given_up(field: str, invoices: Iterable[BilledInvoice | DebitNote]) -> None:
    """What was given up as a bad debt is not credited while that stands: its tax would be taken back twice.

    Refuses: NotCreditable, with every such invoice.
    """
    refusals = Refusals()
    for invoice in invoices:
        if invoice.bad_debts:
            by = ", ".join(invoice.bad_debts)
            why = f"{invoice.invoice_number} was given up as a bad debt by {by}: take that back first"
            refusals.add(field, f"{why}, POST /v1/write-offs/{invoice.bad_debts[0]}/reversal")
    refusals.raise_if_any(NotCreditable)


@dataclass(frozen=True)
class TaxedClaim:
    """An invoice's taxes as they are charged now: credits are off, and what was written off before is known.

    In the invoice's currency; `rate` is units of it for one of the company's, as it was billed.
    """

    total_amount: Decimal
    written_off_before: Decimal
    taxes: tuple["ClaimedTax", ...]
    rate: Decimal


@dataclass(frozen=True)
class ClaimedTax:
    """One tax of the invoice."""

    line_number: int
    account_code: str
    billed_amount: Decimal
    credited_amount: Decimal
    written_off_before: Decimal

    @property
    def charged_amount(self) -> Decimal:
        """What of it was not credited."""
        return self.billed_amount - self.credited_amount


@dataclass(frozen=True)
class TaxTakenBack:
    """What is taken back of one tax, in the invoice's currency and in the company's."""

    line_number: int
    account_code: str
    tax_amount: Decimal
    base_tax_amount: Decimal


@dataclass(frozen=True)
class WrittenOff:
    """What is written off of a document: by instalment, and what of it is tax."""

    instalments: tuple[SettledInstalment, ...]
    taxes: tuple[TaxTakenBack, ...] = ()

    @property
    def amount(self) -> Decimal:
        """With its tax."""
        return sum((part.amount for part in self.instalments), ZERO)

    @property
    def base_amount(self) -> Decimal:
        """The same in the company's currency, as it stands in the books."""
        return sum((part.base_amount for part in self.instalments), ZERO)

    @property
    def tax_amount(self) -> Decimal:
        """What of it is output tax."""
        return sum((tax.tax_amount for tax in self.taxes), ZERO)


def amount_of(asked: PostWriteOff, open_amount: Decimal) -> Decimal:
    """What is written off: all that is open, or of a bad debt the amount that is named. Refuses: Invalid."""
    if asked.amount is None or asked.amount == open_amount:
        return open_amount
    if asked.kind is WriteOffKind.BAD_DEBT:
        return asked.amount
    why = f"a small difference is written off as a whole, {open_amount.normalize():f}: leave the amount out"
    raise Invalid(f"amount: {why}", errors=[("amount", why)])


def check_small(amount: Decimal, limit: Decimal, number: str, currency: str) -> None:
    """A small difference is no more than the limit, in the same currency. Refuses: NoSmallDifference."""
    if amount > limit:
        why = (
            f"of {number} {rounded(amount, currency):f} {currency} is open, and no more than {limit:f} is a "
            "small difference: write it off as a bad debt, or raise the company's small_difference_limit"
        )
        raise NoSmallDifference(f"kind: {why}", errors=[("kind", why)])


def compute(
    amount: Decimal, document: OpenDocument, claim: TaxedClaim | None, *, currency: str, base_currency: str
) -> WrittenOff:
    """Write an amount off, the earliest instalment first; with a claim, take its output tax back.

    The tax of the amount is in proportion to what the invoice charges, rounded half-up, and is divided over
    the invoice's taxes, each rounded half-up; what that leaves over is with the largest. All write-offs of an
    invoice together take back no more than its taxes: each is the difference of two running totals.
    """
    settled = spread(Settled(document, ZERO, ZERO, amount), currency, base_currency)
    if claim is None:
        return WrittenOff(settled.instalments)
    before = claim.written_off_before
    until, since = (_tax_of(claim, part, currency) for part in (before + amount, before))
    taxes = [
        _taken_back(tax, after - already, claim.rate, base_currency)
        for tax, after, already in zip(claim.taxes, until, since, strict=True)
    ]
    return WrittenOff(settled.instalments, tuple(tax for tax in taxes if tax.tax_amount))


def _tax_of(claim: TaxedClaim, part: Decimal, currency: str) -> list[Decimal]:
    """What each tax of a part of the claim comes to."""
    charged = [tax.charged_amount for tax in claim.taxes]
    if not charged or not claim.total_amount:
        return [ZERO for _ in charged]
    # More may be open than is charged: what was refunded of a payment that bounced, which has no tax.
    part = min(part, claim.total_amount)
    whole = rounded(sum(charged, ZERO) * part / claim.total_amount, currency)
    taxes = [rounded(tax * part / claim.total_amount, currency) for tax in charged]
    largest = max(range(len(charged)), key=lambda position: charged[position])
    taxes[largest] += whole - sum(taxes, ZERO)
    return taxes


def _taken_back(tax: ClaimedTax, amount: Decimal, rate: Decimal, base_currency: str) -> TaxTakenBack:
    posted = PartlyTaken(
        tax.billed_amount,
        rounded(tax.billed_amount / rate, base_currency),
        tax.credited_amount + tax.written_off_before,
    )
    return TaxTakenBack(tax.line_number, tax.account_code, amount, posted.base_of(amount, base_currency))


def postings(
    written: WrittenOff,
    kind: WriteOffKind,
    *,
    party: Party,
    control_account: str,
    number: str,
    account: Callable[[Role], str],
) -> list[Line]:
    """The entry: the loss, and each tax that is taken back, against the control account."""
    role = ReceivablesRole.BAD_DEBTS if kind is WriteOffKind.BAD_DEBT else AccountRole.SMALL_DIFFERENCES
    base_tax = sum((tax.base_tax_amount for tax in written.taxes), ZERO)
    return [
        Line(account(role), written.amount - written.tax_amount, written.base_amount - base_tax, number),
        *(Line(tax.account_code, tax.tax_amount, tax.base_tax_amount, number) for tax in written.taxes),
        Line(control_account, -written.amount, -written.base_amount, number, party),
    ]

"""Credit notes: how much of an invoice is taken back, line by line, and what becomes of what was paid.

All amounts are in the invoice's currency; `base` amounts are in the company's. Together all credit notes of
an invoice come to what the invoice came to, to the last cent: the one that completes a line, a tax or the
invoice takes what is left of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from domains.finance.messages import AccountRole, LineToCredit
from domains.finance.rules.journal import Line, balanced_in_base
from domains.finance.rules.settlement import OpenInstalment, share_of
from foundation.errors import BusinessError, Refusals
from foundation.money import ZERO, allocated, rounded

AccountOf = Callable[[AccountRole], str]


class CreditedTooMuch(BusinessError):
    """More would be credited than was billed and is not credited yet; `errors` names each line."""

    status = 409


@dataclass(frozen=True)
class BilledLine:
    """A line of the invoice, and what earlier credit notes have taken back of it."""

    line_number: int
    order_line_number: int
    is_freight: bool
    tax_code: str
    quantity: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    credited_quantity: Decimal = ZERO
    credited_net: Decimal = ZERO
    credited_tax: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """The quantity that is not credited yet."""
        return self.quantity - self.credited_quantity


@dataclass(frozen=True)
class BilledTax:
    """A tax of the invoice, and what earlier credit notes have taken back of it."""

    line_number: int
    tax_code: str
    account_code: str
    base_amount: Decimal
    tax_amount: Decimal
    discount_amount: Decimal
    """What a cash discount takes off it."""
    credited_base: Decimal = ZERO
    credited_tax: Decimal = ZERO


@dataclass(frozen=True)
class Paid:
    """How what is settled of an invoice was settled, less what earlier credit notes have given back of it."""

    money: Decimal = ZERO
    discount: Decimal = ZERO
    written_off: Decimal = ZERO
    exchange_difference: Decimal = ZERO
    """Realised, in base: positive is a gain."""

    @property
    def settled(self) -> Decimal:
        """All of it, in the invoice's currency."""
        return self.money + self.discount + self.written_off


@dataclass(frozen=True)
class BilledInvoice:
    """An invoice as it was billed, settled and credited so far."""

    invoice_id: UUID
    customer_code: str
    currency: str
    base_currency: str
    rate: Decimal
    """Units of the invoice's currency for one of the company's."""
    base_total_amount: Decimal
    credited_base: Decimal
    discount_net_amount: Decimal
    lines: tuple[BilledLine, ...]
    taxes: tuple[BilledTax, ...]
    instalments: tuple[OpenInstalment, ...]
    paid: Paid


@dataclass(frozen=True)
class CreditedLine:
    """What is credited of a line."""

    billed: BilledLine
    quantity: Decimal
    net_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True)
class CreditedTax:
    """What is credited of a tax."""

    billed: BilledTax
    base_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True)
class Credit:
    """A credit note with all its figures."""

    lines: tuple[CreditedLine, ...]
    taxes: tuple[CreditedTax, ...]
    base_total: Decimal
    lowered: tuple[OpenInstalment, ...]
    """By how much each instalment is less open."""
    back: Paid
    """What was settled already, and is given back: money on account, the rest by its reversal."""

    @property
    def net_amount(self) -> Decimal:
        """Without tax."""
        return sum((line.net_amount for line in self.lines), ZERO)

    @property
    def tax_amount(self) -> Decimal:
        """All taxes."""
        return sum((line.tax_amount for line in self.lines), ZERO)

    @property
    def total_amount(self) -> Decimal:
        """With tax."""
        return self.net_amount + self.tax_amount

    @property
    def settles(self) -> Decimal:
        """By how much the invoice is less open."""
        return sum((part.open_amount for part in self.lowered), ZERO)


def quantities(invoice: BilledInvoice, asked: Sequence[LineToCredit]) -> dict[int, Decimal]:
    """How much of which invoice line is credited; all that is left when nothing is asked for.

    Refuses: CreditedTooMuch, with every line that is too much or was not billed.
    """
    if not asked:
        return {line.line_number: line.left for line in invoice.lines if line.left}
    known = {line.order_line_number: line for line in invoice.lines if not line.is_freight}
    wanted: dict[int, Decimal] = {}
    refusals = Refusals()
    for position, line in enumerate(asked):
        billed = known.pop(line.order_line_number, None)
        left = billed.left if billed else ZERO
        if billed is None or line.quantity > left:
            refusals.add(f"lines.{position}.quantity", f"at most {left.normalize():f} is left to be credited")
        else:
            wanted[billed.line_number] = line.quantity
    refusals.raise_if_any(CreditedTooMuch)
    return wanted


def compute(invoice: BilledInvoice, asked: Sequence[LineToCredit]) -> Credit:
    """What a credit note comes to, what it settles, and what it gives back. Refuses: CreditedTooMuch."""
    wanted = quantities(invoice, asked)
    billed = [line for line in invoice.lines if line.line_number in wanted]
    lines = tuple(_line(line, wanted[line.line_number], invoice.currency) for line in billed)
    taxes = tuple(
        tax for code in sorted({line.tax_code for line in billed}) for tax in _taxes(code, lines, invoice)
    )
    total = sum((line.net_amount + line.tax_amount for line in lines), ZERO)
    completes = all(line.left == wanted.get(line.line_number, ZERO) for line in invoice.lines)
    rest = invoice.base_total_amount - invoice.credited_base
    base_total = rest if completes else rounded(total / invoice.rate, invoice.base_currency)
    lowered = _lowered(total, invoice)
    excess = total - sum((part.open_amount for part in lowered), ZERO)
    return Credit(lines, taxes, base_total, lowered, given_back(excess, invoice))


def _line(line: BilledLine, quantity: Decimal, currency: str) -> CreditedLine:
    if quantity == line.left:
        rest = line.net_amount - line.credited_net, line.tax_amount - line.credited_tax
        return CreditedLine(line, quantity, *rest)
    share = quantity / line.quantity
    return CreditedLine(
        line, quantity, rounded(line.net_amount * share, currency), rounded(line.tax_amount * share, currency)
    )


def _taxes(code: str, lines: Sequence[CreditedLine], invoice: BilledInvoice) -> list[CreditedTax]:
    """The components of a tax code: together just what its lines are credited."""
    taxes = [tax for tax in invoice.taxes if tax.tax_code == code]
    of_code = [line for line in lines if line.billed.tax_code == code]
    tax = sum((line.tax_amount for line in of_code), ZERO)
    net = sum((line.net_amount for line in of_code), ZERO)
    wanted = {line.billed.line_number: line.quantity for line in of_code}
    is_rest = all(
        line.left == wanted.get(line.line_number, ZERO) for line in invoice.lines if line.tax_code == code
    )
    if is_rest:
        return [
            CreditedTax(one, one.base_amount - one.credited_base, one.tax_amount - one.credited_tax)
            for one in taxes
        ]
    parts = (
        allocated(tax, [one.tax_amount for one in taxes], invoice.currency) if tax else [ZERO] * len(taxes)
    )
    whole = sum((line.net_amount for line in invoice.lines if line.tax_code == code), ZERO)
    return [
        CreditedTax(one, rounded(one.base_amount * net / whole, invoice.currency) if whole else ZERO, part)
        for one, part in zip(taxes, parts, strict=True)
    ]


def _lowered(total: Decimal, invoice: BilledInvoice) -> tuple[OpenInstalment, ...]:
    """What is open is credited first, the latest due before the others."""
    left = total
    parts: list[OpenInstalment] = []
    for item in sorted(invoice.instalments, key=lambda one: (one.due_on, str(one.item_id)), reverse=True):
        part = min(left, item.open_amount)
        if part > 0:
            base = share_of(item.base_open_amount, part, item.open_amount, invoice.base_currency)
            parts.append(OpenInstalment(item.item_id, item.due_on, part, base))
            left -= part
    return tuple(parts)


def given_back(excess: Decimal, invoice: BilledInvoice) -> Paid:
    """What was settled already is given back as it was settled: so much money, discount, small difference."""
    paid = invoice.paid
    if not excess:
        return Paid()
    if excess >= paid.settled:
        return Paid(
            excess - paid.discount - paid.written_off,
            paid.discount,
            paid.written_off,
            paid.exchange_difference,
        )
    share = excess / paid.settled
    discount = rounded(paid.discount * share, invoice.currency)
    written_off = rounded(paid.written_off * share, invoice.currency)
    difference = rounded(paid.exchange_difference * share, invoice.base_currency)
    return Paid(excess - discount - written_off, discount, written_off, difference)


@dataclass(frozen=True)
class Posting:
    """The entry of a credit note, and what the money on account is worth in base."""

    lines: list[Line]
    base_on_account: Decimal


def postings(
    invoice: BilledInvoice, credit: Credit, account: AccountOf, *, freight_account: str, number: str
) -> Posting:
    """Revenue and taxes against the receivable that is still open, and what was settled already as it was.

    Money comes on account at what it was worth when it came, so that a realised exchange difference is
    reversed with it.
    """

    def base(amount: Decimal) -> Decimal:
        return rounded(amount / invoice.rate, invoice.base_currency)

    freight = sum((line.net_amount for line in credit.lines if line.billed.is_freight), ZERO)
    debits = [(account(AccountRole.REVENUE), credit.net_amount - freight), (freight_account, freight)]
    debits += [(tax.billed.account_code, tax.tax_amount) for tax in credit.taxes]
    lines = [Line(code, amount, base(amount), number) for code, amount in debits if amount]
    lowered = sum((part.base_open_amount for part in credit.lowered), ZERO)
    party = invoice.customer_code
    lines.append(Line(account(AccountRole.RECEIVABLE), -credit.settles, -lowered, number, party))
    parts = _parts_given_back(invoice, credit.back, account)
    bases = allocated(credit.base_total - lowered, [amount for _, amount in parts], invoice.base_currency)
    difference = credit.back.exchange_difference
    on_account = ZERO
    for (code, amount), worth in zip(parts, bases, strict=True):
        is_money = code == account(AccountRole.CUSTOMER_ON_ACCOUNT)
        on_account = worth + difference if is_money else on_account
        lines.append(
            Line(code, -amount, -(on_account if is_money else worth), number, party if is_money else None)
        )
    if difference and credit.back.money:
        role = AccountRole.EXCHANGE_GAIN if difference > 0 else AccountRole.EXCHANGE_LOSS
        lines.append(Line(account(role), ZERO, difference, "reversed exchange difference"))
    lines = [line for line in lines if line.amount or line.base_amount]
    return Posting(balanced_in_base(lines, account(AccountRole.ROUNDING_DIFFERENCE)), on_account)


def _parts_given_back(invoice: BilledInvoice, back: Paid, account: AccountOf) -> list[tuple[str, Decimal]]:
    parts = [(account(AccountRole.CUSTOMER_ON_ACCOUNT), back.money)]
    if back.discount:
        weights = [invoice.discount_net_amount, *(tax.discount_amount for tax in invoice.taxes)]
        net, *taxes = allocated(back.discount, weights, invoice.currency)
        parts.append((account(AccountRole.DISCOUNT_GRANTED), net))
        parts += [(tax.account_code, part) for tax, part in zip(invoice.taxes, taxes, strict=True)]
    if back.written_off:
        parts.append((account(AccountRole.SMALL_DIFFERENCES), back.written_off))
    return [(code, amount) for code, amount in parts if amount]

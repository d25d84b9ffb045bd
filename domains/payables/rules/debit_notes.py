"""What a supplier is debited for goods that went back: the mirror of what it had billed, in proportion.

Net and tax are the invoice line's share, rounded half-up, and all of the rest with the last: so its tax is
that of the invoice's day of supply (Directive 2006/112/EC, art. 184 and 185), and in another currency the
rate is the invoice's.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from domains.ledger.messages import AccountRole, Discount, Line, OpenGoods, Party, PartyType, Role, TaxShare
from domains.ledger.rules.journal import balanced_in_base
from domains.ledger.rules.settlement import OpenInstalment, share_of
from foundation.values.errors import BusinessError, Invalid
from foundation.values.money import HUNDRED, UNIT_COST, ZERO, DualAmount, rounded

AccountOf = Callable[[Role], str]


class NothingToClaim(BusinessError):
    """Nothing that had been billed went back, or all of it is claimed back."""

    status = 409


class ConfirmedAlready(BusinessError):
    """The supplier's credit note for the debit note was noted before."""

    status = 409


class NotWhatIsClaimed(Invalid):
    """The supplier credits another amount than the debit note claims."""


@dataclass(frozen=True)
class InvoiceLineLeft:
    """A line of an invoice that stands, and what is left of it to be claimed back."""

    invoice_id: UUID
    invoice_number: str
    supplier_number: str
    posted_on: date
    invoice_line_number: int
    order_line_number: int
    item_code: str
    description: str
    unit: str
    stock_per_unit: Decimal
    stock_quantity: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    tax_code: str
    ordered_price: Decimal
    """For one unit, less discount."""
    rate: Decimal
    """Of the invoice: units of its currency for one of the company's."""


@dataclass(frozen=True)
class ClaimedLine:
    """What is claimed of a line of an invoice, and what those goods had been taken in at."""

    billed: InvoiceLineLeft
    stock_quantity: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    received_amount: Decimal
    """In the company's currency."""
    base_currency: str

    @property
    def quantity(self) -> Decimal:
        """In the unit of the order, six decimals."""
        return (self.stock_quantity / self.billed.stock_per_unit).quantize(UNIT_COST)

    @property
    def total_amount(self) -> Decimal:
        """With tax."""
        return self.net_amount + self.tax_amount

    def base(self, amount: Decimal) -> Decimal:
        """In the company's currency, at the rate of the invoice."""
        return rounded(amount / self.billed.rate, self.base_currency)


@dataclass(frozen=True)
class SetOff:
    """By how much an instalment of an invoice is less owed, and the base of that on either side."""

    item_id: UUID
    amount: Decimal
    base_amount: Decimal
    """Of the instalment."""
    claimed_base: Decimal
    """Of the debit note."""

    @property
    def exchange_difference(self) -> Decimal:
        """What we gain when more was owed than is claimed, in the company's currency."""
        return self.base_amount - self.claimed_base


def less_discount(amount: Decimal, taken: Decimal, invoice_total: Decimal, currency: str) -> Decimal:
    """An invoice line's net or tax less its share of the cash discount that was taken off the invoice when it
    was paid, rounded half-up: what was never paid is not claimed back, nor its tax (art. 185).
    """
    return amount - rounded(taken * amount / invoice_total, currency) if taken else amount


def left_of(
    stock_quantity: Decimal, matched: Decimal, amount: Decimal, claimed: Decimal, currency: str
) -> Decimal:
    """What is left of an amount that bills so much, of which so much had come: no more is claimed back."""
    whole = amount if matched == stock_quantity else rounded(amount * matched / stock_quantity, currency)
    return whole - claimed


def claimed_lines(
    goods: Sequence[OpenGoods], billed: Iterable[InvoiceLineLeft], on: date, currency: str, base_currency: str
) -> list[ClaimedLine]:
    """What is claimed of which invoices: of those that are posted by the day the last first.

    Refuses: NothingToClaim.
    """
    left = sorted(billed, key=lambda one: (one.posted_on, one.invoice_number), reverse=True)
    left.sort(key=lambda one: one.posted_on > on)
    lines: list[ClaimedLine] = []
    for one in goods:
        wanted, worth = one.quantity, one.base_amount
        for position, line in enumerate(left):
            taken = min(wanted, line.stock_quantity)
            if line.order_line_number != one.order_line_number or taken <= 0:
                continue
            whole = line.stock_quantity
            net, tax = (
                share_of(amount, taken, whole, currency) for amount in (line.net_amount, line.tax_amount)
            )
            received = share_of(worth, taken, wanted, base_currency)
            lines.append(ClaimedLine(line, taken, net, tax, received, base_currency))
            left[position] = replace(
                line,
                stock_quantity=whole - taken,
                net_amount=line.net_amount - net,
                tax_amount=line.tax_amount - tax,
            )
            wanted, worth = wanted - taken, worth - received
        if wanted > 0:
            raise NothingToClaim(
                f"of what {one.opened.number} sent back {wanted.normalize():f} were not billed"
            )
    if not lines:
        raise NothingToClaim("nothing that had been billed went back, or all of it is claimed back")
    return lines


def total_of(lines: Iterable[ClaimedLine]) -> DualAmount:
    """What is claimed, with tax."""
    total = DualAmount(ZERO, ZERO)
    for line in lines:
        total += DualAmount(line.total_amount, line.base(line.total_amount))
    return total


def set_off(
    claimed: DualAmount, instalments: Sequence[OpenInstalment], base_currency: str
) -> tuple[SetOff, ...]:
    """What a claim takes off an invoice's instalments, the first due first, as far as they are open."""
    found = []
    for one in instalments:
        amount = min(claimed.amount, one.open_amount)
        if amount > 0:
            base = share_of(one.base_open_amount, amount, one.open_amount, base_currency)
            of_claim = share_of(claimed.base_amount, amount, claimed.amount, base_currency)
            found.append(SetOff(one.item_id, amount, base, of_claim))
            claimed -= DualAmount(amount, of_claim)
    return tuple(found)


def postings(
    lines: Sequence[ClaimedLine],
    offs: Sequence[SetOff],
    supplier_code: str,
    currency: str,
    order_number: str,
    account: AccountOf,
) -> list[Line]:
    """The entry of a debit note: payables less, against goods that went back, input tax and, as when they
    were billed, the price difference; in another currency through exchange clearing, as the invoice.
    """
    base_currency, supplier = lines[0].base_currency, Party(PartyType.SUPPLIER, supplier_code)
    is_own = currency == base_currency
    found = []
    for one in lines:
        at_order = (
            one.received_amount if is_own else rounded(one.quantity * one.billed.ordered_price, currency)
        )
        goods = AccountRole.GOODS_RECEIVED_NOT_INVOICED if is_own else AccountRole.EXCHANGE_CLEARING
        of_goods = supplier if is_own else None
        found.append(Line(account(goods), -at_order, -one.received_amount, order_number, of_goods))
        difference, text = at_order - one.net_amount, one.billed.description
        found.append(Line(account(AccountRole.PRICE_DIFFERENCE), difference, one.base(difference), text))
        if exchange := (ZERO if is_own else one.received_amount - one.base(at_order)):
            found.append(_exchange(exchange, account))
        tax = one.tax_amount
        found.append(Line(account(AccountRole.TAX_RECEIVABLE), -tax, -one.base(tax), one.billed.tax_code))
    total, owed = total_of(lines), account(AccountRole.PAYABLE)
    found.append(Line(owed, total.amount, total.base_amount, order_number, supplier))
    if gained := sum((one.exchange_difference for one in offs), ZERO):
        found += [Line(owed, ZERO, gained, order_number, supplier), _exchange(-gained, account)]
    moving = [line for line in found if line.amount or line.base_amount]
    return moving if is_own else balanced_in_base(moving, account(AccountRole.ROUNDING_DIFFERENCE))


def _exchange(base_amount: Decimal, account: AccountOf) -> Line:
    role = AccountRole.EXCHANGE_LOSS if base_amount > 0 else AccountRole.EXCHANGE_GAIN
    return Line(account(role), ZERO, base_amount, "exchange difference")


def clearing(
    lines: Sequence[ClaimedLine], supplier_code: str, order_number: str, account: AccountOf
) -> list[Line]:
    """The entry beside it in another currency: what went back comes out of exchange clearing."""
    value = sum((one.received_amount for one in lines), ZERO)
    supplier = Party(PartyType.SUPPLIER, supplier_code)
    received = account(AccountRole.GOODS_RECEIVED_NOT_INVOICED)
    return [
        Line(received, -value, -value, order_number, supplier),
        Line(account(AccountRole.EXCHANGE_CLEARING), value, value, order_number),
    ]


def discount_left(whole: Discount, claimed: Decimal, currency: str) -> Discount:
    """What may still be taken off an invoice for paying early: as much less as is claimed back of it."""
    left = whole.on_amount - claimed

    def part(amount: Decimal) -> Decimal:
        return rounded(amount * left / whole.on_amount, currency)

    taxes = tuple(
        TaxShare(one.line_number, one.account_code, part(one.discount_amount)) for one in whole.taxes
    )
    return Discount(whole.until, left, part(whole.net_amount), taxes)


def check_not_confirmed(number: str, supplier_number: str | None) -> None:
    """Refuses: ConfirmedAlready."""
    if supplier_number:
        raise ConfirmedAlready(f"{number} was credited by the supplier's {supplier_number}")


def check_confirms(number: str, claimed: Decimal, credited: Decimal, currency: str) -> None:
    """Refuses: NotWhatIsClaimed."""
    if claimed != credited:
        why = f"{number} claims {claimed:f} {currency}: take it back, and claim what is credited"
        raise NotWhatIsClaimed(f"total_amount: {why}", errors=[("total_amount", why)])


def ordered_price(price: Decimal, discount_percent: Decimal) -> Decimal:
    """What one unit was ordered at, less discount, not rounded."""
    return price * (HUNDRED - discount_percent) / HUNDRED

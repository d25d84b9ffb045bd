"""What payables decides: which invoice is right, what it settles, and how it is posted. No database."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from domains.ledger.messages import (
    AccountRole,
    Discount,
    Line,
    NewItem,
    OpenGoods,
    Party,
    PartyType,
    Role,
    Side,
    TaxShare,
)
from domains.ledger.rules.journal import balanced_in_base
from domains.master_data.messages import PutPaymentTerms, PutTaxCode, TaxRounding
from domains.master_data.rules.lines import MOST
from domains.master_data.rules.payment_terms import InstalmentDue, discount_until, instalments
from domains.master_data.rules.taxes import TaxedDocument, discount_on_base, tax_document, taxable
from domains.payables.messages import LineToMatch, PayablesRole, PostSupplierInvoice
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import HUNDRED, ZERO, DualAmount, allocated, percent_of, rounded

AccountOf = Callable[[Role], str]


class BilledAlready(BusinessError):
    """The supplier's invoice with this number has been posted."""

    status = 409


class NotReceived(BusinessError):
    """More is billed than has come and is not billed yet; `errors` names each line."""

    status = 409


class PriceDiffers(BusinessError):
    """Another price is billed than was ordered; `errors` names each line. Somebody decides which is right."""

    status = 409


@dataclass(frozen=True)
class Matched:
    """By how much an invoice settles what has come with one receipt."""

    item_id: UUID
    quantity: Decimal
    base_amount: Decimal


def price_of(line: LineToMatch) -> Decimal:
    """What one unit is billed at, less discount, not rounded."""
    return line.unit_price * (HUNDRED - line.discount_percent) / HUNDRED


def ordered_price_of(line: LineToMatch) -> Decimal:
    """What one unit was ordered at, less discount, not rounded."""
    return line.ordered_price * (HUNDRED - line.ordered_discount_percent) / HUNDRED


@dataclass(frozen=True)
class MatchedLine:
    """A line of an invoice, what it settles, and what that was worth by the order, in both currencies."""

    line: LineToMatch
    settles: tuple[Matched, ...]
    ordered_amount: Decimal
    since: date | None = None
    """When the last of the goods came; the tax is that of this day."""

    @property
    def base_amount(self) -> Decimal:
        """What was taken in at, in the company's currency."""
        return sum((one.base_amount for one in self.settles), ZERO)


@dataclass(frozen=True)
class BillTerms:
    """What an invoice is computed by."""

    payment: PutPaymentTerms
    tax_codes: Mapping[str, PutTaxCode]
    tax_rounding: TaxRounding
    base_currency: str
    rate: Decimal
    """Units of the invoice's currency for one of the company's, on the day on which it is posted."""


@dataclass(frozen=True)
class ComputedBill:
    """A supplier's invoice with all its figures, in its currency and (`base_…`) in the company's."""

    taxed: TaxedDocument
    due: tuple[InstalmentDue, ...]
    base_due: tuple[Decimal, ...]

    @property
    def due_on(self) -> date:
        """When the last instalment falls due."""
        return max(instalment.due_on for instalment in self.due)


def normal_number(supplier_number: str) -> str:
    """A supplier's number without what people write differently: case, spaces, leading zeros, and signs,
    which only part two numbers (`2026/1-15` is not `2026/11-5`).
    """
    parted = re.sub(r"(?<!\d)[\W_]+|[\W_]+(?!\d)", "", supplier_number)
    return re.sub(r"[\W_]+", "/", parted).upper().lstrip("0") or "0"


def match(
    post: PostSupplierInvoice, received: Sequence[OpenGoods], *, base_currency: str
) -> tuple[MatchedLine, ...]:
    """Each line with what it settles of what has come, in its order (three-way match).

    Services are not received: no more of them is billed than was ordered. Refuses: NotReceived, and
    PriceDiffers unless whoever enters the invoice has decided, with every such line.
    """
    refusals, differing = Refusals(), Refusals()
    left = {one.item_id: one for one in received}
    services: dict[int, Decimal] = {}
    found = []
    for position, line in enumerate(post.lines):
        field, number = f"lines.{position}", line.order_line_number
        goods = [one for one in left.values() if one.order_line_number == number]
        there = sum((one.quantity for one in goods), ZERO)
        wanted, unit = line.stock_quantity, "the stock unit"
        if not line.is_stocked:
            there, unit = line.left_quantity - services.get(number, ZERO), line.unit
            services[number] = services.get(number, ZERO) + line.quantity
            wanted = line.quantity
        if wanted > there:
            why = f"{max(there, ZERO).normalize():f} {unit} have come and are not billed"
            refusals.add(f"{field}.quantity", f"{why}: report the receipt first, or ask for a credit")
        if price_of(line) != ordered_price_of(line):
            differing.add(f"{field}.unit_price", f"{ordered_price_of(line).normalize():f} was ordered")
        settles = _settled(line.stock_quantity, goods, base_currency) if line.is_stocked else []
        for part in settles:
            left[part.item_id] = left[part.item_id].less(part.quantity, part.base_amount)
        found.append(_matched(post, line, settles, goods))
    refusals.raise_if_any(NotReceived)
    if not post.accepts_price_differences:
        differing.raise_if_any(PriceDiffers)
    return tuple(found)


def _matched(
    post: PostSupplierInvoice, line: LineToMatch, settles: list[Matched], goods: Sequence[OpenGoods]
) -> MatchedLine:
    ordered = rounded(line.quantity * ordered_price_of(line), post.currency)
    items = {part.item_id for part in settles}
    last = max((one.opened.on for one in goods if one.item_id in items), default=None)
    return MatchedLine(line, tuple(settles), ordered, last)


def _settled(wanted: Decimal, goods: Sequence[OpenGoods], base_currency: str) -> list[Matched]:
    """So much of what has come: of each receipt its share of the value, rounded half-up, or the rest."""
    found = []
    for one in goods:
        taken = min(wanted, one.quantity)
        if taken > 0:
            wanted -= taken
            value = rounded(one.base_amount * taken / one.quantity, base_currency)
            found.append(Matched(one.item_id, taken, value))
    return found


def taxed(post: PostSupplierInvoice, supplied_on: Sequence[date], terms: BillTerms) -> TaxedDocument:
    """The lines with their taxes, each at the rates of its day of supply."""
    return tax_document(
        [
            taxable(line.quantity * price_of(line), line.stock_quantity, terms.tax_codes[line.tax_code], on)
            for line, on in zip(post.lines, supplied_on, strict=True)
        ],
        includes_tax=False,
        rounding=terms.tax_rounding,
        currency=post.currency,
        discount_percent_on_base=discount_on_base(terms.payment),
    )


def compute(post: PostSupplierInvoice, matched: Sequence[MatchedLine], terms: BillTerms) -> ComputedBill:
    """Tax the lines, and find what is due when. Refuses: Invalid, when it is not what the invoice says.

    Goods are taxed at the rates of the day on which they came, services at those of the invoice's day.
    """
    refusals = Refusals()
    for position, line in enumerate(post.lines):
        if line.quantity * line.unit_price / terms.rate >= MOST or line.quantity * line.unit_price >= MOST:
            refusals.add(f"lines.{position}.quantity", "quantity times price is more than we can count")
    refusals.raise_if_any()
    bill = taxed(post, [one.since or post.invoiced_on for one in matched], terms)
    if bill.total_amount != post.total_amount:
        parts = f"{bill.net_amount:f} and tax {bill.tax_amount:f}"
        refusals.add("total_amount", f"its lines come to {bill.total_amount:f}: {parts}")
    refusals.raise_if_any()
    due = tuple(instalments(bill.total_amount, post.invoiced_on, terms.payment, post.currency))
    base_total = rounded(bill.total_amount / terms.rate, terms.base_currency)
    base_due = allocated(base_total, [instalment.amount for instalment in due], terms.base_currency)
    return ComputedBill(bill, due, tuple(base_due))


def postings(
    post: PostSupplierInvoice,
    computed: ComputedBill,
    matched: Sequence[MatchedLine],
    terms: BillTerms,
    account: AccountOf,
) -> list[Line]:
    """The entry of an invoice: what has come, price differences and input tax against what is owed.

    In another currency goods come in from exchange clearing, at what they were taken in at: what they are
    worth more or less at the invoice's rate is an exchange difference.
    """

    def base(amount: Decimal) -> Decimal:
        return rounded(amount / terms.rate, terms.base_currency)

    is_own = post.currency == terms.base_currency
    goods = AccountRole.GOODS_RECEIVED_NOT_INVOICED if is_own else AccountRole.EXCHANGE_CLEARING
    supplier = Party(PartyType.SUPPLIER, post.supplier_code)
    of_goods = supplier if is_own else None
    lines = []
    for one, taxed in zip(matched, computed.taxed.lines, strict=True):
        net, text = taxed.net_amount, one.line.description
        if not one.settles:
            lines.append(Line(account(PayablesRole.SERVICES), net, base(net), text))
            continue
        ordered = one.base_amount if is_own else one.ordered_amount
        lines.append(Line(account(goods), ordered, one.base_amount, post.order_number, of_goods))
        difference = net - ordered
        lines.append(Line(account(PayablesRole.PRICE_DIFFERENCE), difference, base(difference), text))
        if exchange := (ZERO if is_own else base(one.ordered_amount) - one.base_amount):
            gain_or_loss = AccountRole.EXCHANGE_LOSS if exchange > 0 else AccountRole.EXCHANGE_GAIN
            lines.append(Line(account(gain_or_loss), ZERO, exchange, EXCHANGE))
    lines += [
        Line(account(AccountRole.TAX_RECEIVABLE), tax.tax_amount, base(tax.tax_amount), tax.component_name)
        for tax in computed.taxed.taxes
    ]
    total, base_total = computed.taxed.total_amount, sum(computed.base_due, ZERO)
    lines.append(Line(account(AccountRole.PAYABLE), -total, -base_total, post.supplier_number, supplier))
    moving = [line for line in lines if line.amount or line.base_amount]
    return moving if is_own else balanced_in_base(moving, account(AccountRole.ROUNDING_DIFFERENCE))


EXCHANGE = "exchange difference since the receipt"


def clearing(post: PostSupplierInvoice, matched: Sequence[MatchedLine], account: AccountOf) -> list[Line]:
    """The entry beside it of an invoice in another currency: what has come goes into exchange clearing."""
    value = sum((one.base_amount for one in matched), ZERO)
    supplier = Party(PartyType.SUPPLIER, post.supplier_code)
    received = account(AccountRole.GOODS_RECEIVED_NOT_INVOICED)
    return [
        Line(received, value, value, post.order_number, supplier),
        Line(account(AccountRole.EXCHANGE_CLEARING), -value, -value, post.order_number),
    ]


def open_items(
    post: PostSupplierInvoice, computed: ComputedBill, terms: BillTerms, account: AccountOf
) -> list[NewItem]:
    """What is owed, one item for each instalment, with what may be taken off for paying early."""
    discount = cash_discount(computed.taxed, terms.payment, post.invoiced_on, post.currency, account)
    return [
        NewItem(
            id=uuid5(post.invoice_id, f"instalment {number}"),
            side=Side.PAYABLE,
            account_code=account(AccountRole.PAYABLE),
            party=Party(PartyType.SUPPLIER, post.supplier_code),
            due_on=due.due_on,
            value=-DualAmount(due.amount, base),
            discount=discount,
        )
        for number, (due, base) in enumerate(zip(computed.due, computed.base_due, strict=True), start=1)
    ]


def cash_discount(
    taxed: TaxedDocument, terms: PutPaymentTerms, on: date, currency: str, account: AccountOf
) -> Discount | None:
    """What may be taken off for paying early: of the net amount, and of each tax that is a percentage.

    A purchase has no tax that is computed on a discounted base unless its terms say so (`always`).
    """
    until = discount_until(on, terms)
    if until is None:
        return None
    percent = terms.discount_percent
    taxes = tuple(
        TaxShare(
            number,
            account(AccountRole.TAX_RECEIVABLE),
            rounded(percent_of(tax.tax_amount, percent), currency),
        )
        for number, tax in enumerate(taxed.taxes, start=1)
        if tax.rate_percent and tax.tax_amount and not discount_on_base(terms)
    )
    net = rounded(percent_of(taxed.net_amount, percent), currency)
    return Discount(until, taxed.total_amount, net, taxes)

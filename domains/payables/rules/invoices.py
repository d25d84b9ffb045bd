"""What an invoice comes to, when it is due, and how it is posted. No database."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from domains.ledger.messages import (
    AccountRole,
    Discount,
    Line,
    Party,
    PartyType,
    Role,
    TaxShare,
)
from domains.ledger.rules.journal import balanced_in_base
from domains.master_data.messages import PutPaymentTerms, PutTaxCode, TaxRounding
from domains.master_data.rules.lines import MOST
from domains.master_data.rules.payment_terms import discount_until, instalments
from domains.master_data.rules.taxes import TaxedDocument, TaxedLine, discount_on_base, tax_document, taxable
from domains.payables.messages import CreditToMatch, PayablesRole, PostSupplierInvoice
from domains.payables.rules.instalments import OwedByInstalment
from domains.payables.rules.matching import MatchedLine, price_of
from foundation.values.errors import BusinessError, Invalid, Refusals
from foundation.values.money import ZERO, allocated, percent_of, rounded

AccountOf = Callable[[Role], str]


class BilledAlready(BusinessError):
    """The supplier's invoice with this number has been posted."""

    status = 409


@dataclass(frozen=True)
class BillTerms:
    """What an invoice is computed by."""

    payment: PutPaymentTerms
    tax_codes: Mapping[str, PutTaxCode]
    tax_rounding: TaxRounding
    base_currency: str
    rate: Decimal
    """Units of the invoice's currency for one of the company's, on the day on which it is posted."""


@dataclass(frozen=True, kw_only=True)
class ComputedBill(OwedByInstalment):
    """A supplier's invoice with all its figures, in its currency and (`base_…`) in the company's."""

    taxed: TaxedDocument


def normal_number(supplier_number: str) -> str:
    """A supplier's number without what people write differently: case, spaces, leading zeros, and signs,
    which only part two numbers (`2026/1-15` is not `2026/11-5`).
    """
    parted = re.sub(r"(?<!\d)[\W_]+|[\W_]+(?!\d)", "", supplier_number)
    return re.sub(r"[\W_]+", "/", parted).upper().lstrip("0") or "0"


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


def taxed_credit(
    post: PostSupplierInvoice, credit: CreditToMatch, supplied_on: Sequence[date], terms: BillTerms
) -> TaxedDocument:
    """A credit note with its taxes, each line at the rates of the line that it credits."""
    lines = [(one, post.lines[one.line_number - 1], supplied_on[one.line_number - 1]) for one in credit.lines]
    return tax_document(
        [
            taxable(one.net_amount, one.stock_quantity, terms.tax_codes[line.tax_code], on)
            for one, line, on in lines
        ],
        includes_tax=False,
        rounding=terms.tax_rounding,
        currency=post.currency,
        discount_percent_on_base=discount_on_base(terms.payment),
    )


def less(bill: TaxedDocument, credit: CreditToMatch, credited: TaxedDocument) -> TaxedDocument:
    """What is left of an invoice when a credit note is taken off, line by line and tax by tax."""
    lines = list(bill.lines)
    for one, taxed in zip(credit.lines, credited.lines, strict=True):
        was = lines[one.line_number - 1]
        lines[one.line_number - 1] = TaxedLine(
            was.net_amount - taxed.net_amount, was.tax_amount - taxed.tax_amount
        )
    off = {(tax.tax_code, tax.component_name, tax.rates_from): tax for tax in credited.taxes}
    taxes = []
    for tax in bill.taxes:
        part = off.get((tax.tax_code, tax.component_name, tax.rates_from))
        taxes.append(
            tax
            if part is None
            else replace(
                tax,
                base_amount=tax.base_amount - part.base_amount,
                tax_amount=tax.tax_amount - part.tax_amount,
            )
        )
    return TaxedDocument(
        tuple(lines),
        tuple(taxes),
        bill.net_amount - credited.net_amount,
        bill.tax_amount - credited.tax_amount,
        bill.total_amount - credited.total_amount,
    )


def check_countable(post: PostSupplierInvoice, rate: Decimal) -> None:
    """Refuses: Invalid, with every line that comes to more than we can count."""
    refusals = Refusals()
    for position, line in enumerate(post.lines):
        if line.quantity * line.unit_price / rate >= MOST or line.quantity * line.unit_price >= MOST:
            refusals.add(f"lines.{position}.quantity", "quantity times price is more than we can count")
    refusals.raise_if_any()


def compute(post: PostSupplierInvoice, matched: Sequence[MatchedLine], terms: BillTerms) -> ComputedBill:
    """Tax the lines, take credit notes off, and find what is due when. Refuses: Invalid, when invoice or
    credit note is not what it says.

    Goods are taxed at the rates of the day on which they came, services at those of the invoice's day.
    """
    supplied_on = [one.since or post.invoiced_on for one in matched]
    bill = taxed(post, supplied_on, terms)
    _check_total(bill, post.total_amount)
    for credit in post.credits:
        credited = taxed_credit(post, credit, supplied_on, terms)
        _check_total(credited, credit.total_amount)
        bill = less(bill, credit, credited)
    if bill.total_amount <= 0:
        why = "no less than the whole invoice is credited: reject it instead"
        raise Invalid(why, errors=[("total_amount", why)])
    due = tuple(instalments(bill.total_amount, post.invoiced_on, terms.payment, post.currency))
    base_total = rounded(bill.total_amount / terms.rate, terms.base_currency)
    base_due = allocated(base_total, [instalment.amount for instalment in due], terms.base_currency)
    return ComputedBill(taxed=bill, due=due, base_due=tuple(base_due))


def _check_total(bill: TaxedDocument, total_amount: Decimal) -> None:
    if bill.total_amount != total_amount:
        parts = f"{bill.net_amount:f} and tax {bill.tax_amount:f}"
        why = f"its lines come to {bill.total_amount:f}: {parts}"
        raise Invalid(f"total_amount: {why}", errors=[("total_amount", why)])


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
        at_order = rounded(one.ordered_amount, post.currency)
        net, text = taxed.net_amount, one.line.description
        if not one.line.is_stocked:
            lines.append(Line(account(PayablesRole.SERVICES), net, base(net), text))
            continue
        ordered = one.base_amount if is_own else at_order
        lines.append(Line(account(goods), ordered, one.base_amount, post.order_number, of_goods))
        difference = net - ordered
        lines.append(Line(account(AccountRole.PRICE_DIFFERENCE), difference, base(difference), text))
        if exchange := (ZERO if is_own else base(at_order) - one.base_amount):
            gain_or_loss = AccountRole.EXCHANGE_LOSS if exchange > 0 else AccountRole.EXCHANGE_GAIN
            lines.append(Line(account(gain_or_loss), ZERO, exchange, EXCHANGE))
    lines += [
        Line(account(AccountRole.TAX_RECEIVABLE), tax.tax_amount, base(tax.tax_amount), tax.component_name)
        for tax in computed.taxed.taxes
    ]
    total, base_total = computed.taxed.total_amount, computed.base_total_amount
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

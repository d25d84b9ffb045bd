"""Invoices: what is charged, taxed, due, and posted; and what a cash discount would take off."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID, uuid5

from domains.ledger.messages import AccountRole, Discount, Line, NewItem, Role, Side, TaxShare, customer
from domains.ledger.rules.journal import balanced_in_base
from domains.master_data.messages import DiscountTax, PutPaymentTerms, PutTaxCode, TaxRounding
from domains.master_data.rules.payment_terms import InstalmentDue, discount_until, instalments
from domains.master_data.rules.taxes import (
    TaxedDocument,
    TaxTotal,
    discount_on_base,
    tax_document,
    taxable,
)
from domains.receivables.messages import LineToBill, ReceivablesRole
from foundation.values.errors import Refusals
from foundation.values.money import HUNDRED, ZERO, DualAmount, allocated, percent_of, rounded

AccountOf = Callable[[Role], str]


class Bill(Protocol):
    """What is billed: after a shipment, for an order, or for a month."""

    @property
    def invoice_id(self) -> UUID:
        """The id that it has, known before."""

    @property
    def customer_code(self) -> str:
        """Who owes it."""

    @property
    def invoiced_on(self) -> date:
        """The day that terms count from."""

    @property
    def currency(self) -> str:
        """Of its amounts."""

    @property
    def payment_terms_code(self) -> str:
        """When it is due, and what may be taken off."""

    @property
    def prices_include_tax(self) -> bool:
        """Whether the prices of its lines do."""

    @property
    def lines(self) -> Sequence[LineToBill]:
        """What is charged."""


@dataclass(frozen=True)
class Terms:
    """What an invoice is computed by."""

    payment: PutPaymentTerms
    tax_codes: Mapping[str, PutTaxCode]
    tax_rounding: TaxRounding
    base_currency: str
    rate: Decimal
    """Units of the invoice's currency for one of the company's."""


@dataclass(frozen=True)
class CashDiscount:
    """What may be taken off for paying early: in all, of the net amount, and of each tax; rounded."""

    until: date | None
    amount: Decimal
    net_amount: Decimal
    tax_amounts: tuple[Decimal, ...]


@dataclass(frozen=True)
class ComputedInvoice:
    """An invoice with all its figures, in its currency and (`base_…`) in the company's."""

    taxed: TaxedDocument
    discount: CashDiscount
    due: tuple[InstalmentDue, ...]
    base_due: tuple[Decimal, ...]
    base_total: Decimal

    @property
    def due_on(self) -> date:
        """When the last instalment falls due."""
        return max(instalment.due_on for instalment in self.due)


def line_amount(line: LineToBill) -> Decimal:
    """Quantity times price less discount, not rounded; with tax in it if the invoice's prices have."""
    return line.quantity * line.unit_price * (HUNDRED - line.discount_percent) / HUNDRED


def compute(invoice: Bill, terms: Terms) -> ComputedInvoice:
    """Tax the lines, find what is due when, and what a cash discount would take off. Refuses: Invalid.

    Rates are those of the day on which a line was delivered, the invoice's own when it is not said.
    """
    refusals = Refusals()
    for position, line in enumerate(invoice.lines):
        if line.tax_code not in terms.tax_codes:
            refusals.add(f"lines.{position}.tax_code", f"there is no tax code {line.tax_code}")
    refusals.raise_if_any()
    taxed = tax_document(
        [
            taxable(
                line_amount(line),
                line.taxed_quantity,
                terms.tax_codes[line.tax_code],
                line.delivered_on or invoice.invoiced_on,
            )
            for line in invoice.lines
        ],
        includes_tax=invoice.prices_include_tax,
        rounding=terms.tax_rounding,
        currency=invoice.currency,
        discount_percent_on_base=discount_on_base(terms.payment),
    )
    due = tuple(instalments(taxed.total_amount, invoice.invoiced_on, terms.payment, invoice.currency))
    base_total = rounded(taxed.total_amount / terms.rate, terms.base_currency)
    base_due = allocated(base_total, [instalment.amount for instalment in due], terms.base_currency)
    discount = cash_discount(taxed, terms.payment, invoice.invoiced_on, invoice.currency)
    return ComputedInvoice(taxed, discount, due, tuple(base_due), base_total)


def cash_discount(taxed: TaxedDocument, terms: PutPaymentTerms, on: date, currency: str) -> CashDiscount:
    """What may be taken off: the percentage of the net amount and of every tax that is itself a percentage.

    A fixed tax stays as it is; so does all tax when it was computed on the discounted base from the start.
    """
    percent = terms.discount_percent
    net = rounded(percent_of(taxed.net_amount, percent), currency)
    taxes = tuple(
        rounded(percent_of(tax.tax_amount, percent), currency)
        if tax.rate_percent and terms.discount_tax is DiscountTax.WHEN_PAID
        else ZERO
        for tax in taxed.taxes
    )
    return CashDiscount(discount_until(on, terms), net + sum(taxes, ZERO), net, taxes)


def postings(
    invoice: Bill,
    computed: ComputedInvoice,
    terms: Terms,
    account: AccountOf,
    named: Sequence[str | None] = (),
) -> list[Line]:
    """The entry of an invoice: the receivable against revenue, freight and each tax.

    `named` are the accounts of lines whose revenue is posted elsewhere, in the lines' order. What rounding
    into the company's currency makes stands apart.
    """

    def base(amount: Decimal) -> Decimal:
        return rounded(amount / terms.rate, terms.base_currency)

    freight = _net_of(invoice.lines, computed.taxed, is_freight=True)
    elsewhere: dict[str, Decimal] = {}
    for code, amounts in zip(named, computed.taxed.lines, strict=False):
        if code is not None:
            elsewhere[code] = elsewhere.get(code, ZERO) + amounts.net_amount
    revenue = computed.taxed.net_amount - freight - sum(elsewhere.values(), ZERO)
    receivable = Line(
        account(AccountRole.RECEIVABLE),
        computed.taxed.total_amount,
        computed.base_total,
        party=customer(invoice.customer_code),
    )
    credits = [(account(ReceivablesRole.REVENUE), revenue)] if revenue or not elsewhere else []
    credits += elsewhere.items()
    if freight:
        credits.append((account(ReceivablesRole.FREIGHT_REVENUE), freight))
    credits += [(tax_account(tax, account), tax.tax_amount) for tax in computed.taxed.taxes]
    lines = [receivable, *(Line(code, -amount, -base(amount)) for code, amount in credits)]
    lines = [line for line in lines if line.amount]
    if invoice.currency == terms.base_currency:
        return lines
    return balanced_in_base(lines, account(AccountRole.ROUNDING_DIFFERENCE))


def open_items(invoice: Bill, computed: ComputedInvoice, account: AccountOf) -> list[NewItem]:
    """One for each instalment, with what may be taken off the whole invoice for paying early."""
    return [
        NewItem(
            id=uuid5(invoice.invoice_id, f"instalment {number}"),
            side=Side.RECEIVABLE,
            account_code=account(AccountRole.RECEIVABLE),
            party=customer(invoice.customer_code),
            due_on=due.due_on,
            value=DualAmount(due.amount, base),
            discount=discount_of(computed, account),
        )
        for number, (due, base) in enumerate(zip(computed.due, computed.base_due, strict=True), start=1)
    ]


def discount_of(computed: ComputedInvoice, account: AccountOf) -> Discount | None:
    """What may be taken off, as the books keep it; none when there is no discount."""
    if computed.discount.until is None or not computed.discount.amount:
        return None
    taxes = zip(computed.taxed.taxes, computed.discount.tax_amounts, strict=True)
    return Discount(
        until=computed.discount.until,
        on_amount=computed.taxed.total_amount,
        net_amount=computed.discount.net_amount,
        taxes=tuple(
            TaxShare(number, tax_account(tax, account), amount)
            for number, (tax, amount) in enumerate(taxes, start=1)
            if amount
        ),
    )


def tax_account(tax: TaxTotal, account: AccountOf) -> str:
    """Where a tax is posted: its component's account, or the one with the role tax_payable."""
    return tax.account_code or account(AccountRole.TAX_PAYABLE)


def _net_of(lines: Sequence[LineToBill], taxed: TaxedDocument, *, is_freight: bool) -> Decimal:
    pairs = zip(lines, taxed.lines, strict=True)
    return sum((amounts.net_amount for line, amounts in pairs if line.is_freight is is_freight), ZERO)

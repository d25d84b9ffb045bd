"""The invoice that a customer receives: a PDF in its language, laid out as a German business letter.

The layout is `invoice.typ`; it gets words and figures ready to print as JSON, so that no name, however it is
spelled, is ever taken for markup. The PDF conforms to PDF/A-3a (ISO 19005-3, for archives) and PDF/UA-1 (ISO
14289-1, for screen readers), with all fonts embedded.
"""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from domains.master_data import letterhead
from domains.master_data.letterhead import InvoicedCustomer, InvoicingCompany, figures_in
from domains.master_data.rules.languages import unit_in
from domains.master_data.rules.tax_numbers import is_vat_number
from domains.receivables.documents.wording import WORDING, Wording
from foundation.values.figures import Figures, in_groups_of_four
from foundation.values.messages import (
    Amount,
    CurrencyCode,
    Message,
    Name,
    Percent,
    Quantity,
    Text,
    UnitAmount,
)
from foundation.values.money import ONE, rounded

LAYOUT: Final = Path(__file__).with_name("invoice.typ").read_bytes()


class PrintedLine(Message):
    """What was sold. `amount` is after the discount: net, or gross when the invoice's prices include tax.

    Without a quantity its price was reduced, and nothing came back.
    """

    line_number: int
    item_code: str | None = None
    description: Text
    quantity: Quantity
    unit: str
    unit_price: UnitAmount
    discount_percent: Percent = Decimal(0)
    amount: Amount
    tax_code: str
    tax_rate_percent: Percent | None = None
    """Printed on the line; the tax code is printed when there is none (a fixed amount, several taxes)."""
    delivery: "InvoiceDelivery | None" = None
    """On an invoice over several orders: which delivery of which order it belongs to."""


class InvoiceDelivery(Message):
    """A delivery of an order; its lines stand together below it."""

    order_number: str
    customer_reference: Text = ""
    shipment_number: str | None = None
    delivered_on: date


class PrintedTax(Message):
    """One tax on the invoice, with the amount it is computed on.

    A reason is printed: exempt, reverse charge.
    """

    name: Name
    rate_percent: Percent | None = None
    """None for a fixed amount per unit."""
    base_amount: Amount
    tax_amount: Amount
    exemption_reason: Text = ""


class InvoiceInstalment(Message):
    """What is to be paid by a day."""

    due_on: date
    amount: Amount


class InvoiceDiscount(Message):
    """The cash discount: who pays until a day pays `amount_to_pay`, which is the total less the discount."""

    percent: Percent
    until: date
    amount_to_pay: Amount


class PrintedDocument(Message):
    """What an invoice and a credit note print alike. All amounts in `currency`, rounded to its minor unit.

    Nothing is computed here: the figures are those that were posted.
    """

    company: InvoicingCompany
    customer: InvoicedCustomer
    invoice_number: str
    invoiced_on: date
    order_number: str = ""
    customer_reference: Text = ""
    currency: CurrencyCode
    rate: Decimal = ONE
    """Units of it for one of the company's currency: its taxes are told in that one, too."""
    prices_include_tax: bool = False
    lines: Annotated[tuple[PrintedLine, ...], Field(min_length=1)]
    taxes: tuple[PrintedTax, ...] = ()
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount


class InvoiceDocument(PrintedDocument):
    """Everything that is printed on an invoice."""

    supplied_on: date | None = None
    """The date of supply (Directive 2006/112/EC, art. 226 no. 7), if it is not that of the delivery note."""
    shipment_number: str | None = None
    instalments: tuple[InvoiceInstalment, ...] = ()
    discount: InvoiceDiscount | None = None
    payment_terms_name: str = ""
    notes: Text = ""


def invoice_pdf(document: InvoiceDocument) -> bytes:
    """The invoice as a PDF, ready to send: A4, DIN 5008 form B, the address in the envelope's window.

    The same document gives the same bytes, at any time. It takes some 20 ms of computing; call it in a
    thread. Signs that the embedded fonts lack (Chinese, say) are taken from the machine's fonts, and such an
    invoice is an ordinary PDF: it must go out, even if it cannot be called archivable.
    """
    return letterhead.rendered(LAYOUT, _printed(document), document.invoiced_on)


def _printed(document: InvoiceDocument) -> dict[str, Any]:
    """What the layout prints, in its places: only text, apart from the date of the file."""
    words = WORDING[document.customer.language]
    figures = figures_in(document.customer.language, document.currency)
    return {
        **charged(document, words, figures, total=words.total),
        "title": f"{words.invoice} {document.invoice_number}",
        "facts": _facts(document, words, figures),
        "opening": [],
        "payment": _payment(document, words, figures),
        "notes": document.notes.strip(),
    }


def charged(document: PrintedDocument, words: Wording, figures: Figures, *, total: str) -> dict[str, Any]:
    """The letter's head and foot, its lines, and what they come to: the `total` is named last."""
    return {
        **letterhead.around(document.company, document.customer, figures),
        "table": _table(document, words, figures),
        "sums": _sums(document, words, figures, total),
        "reasons": [*_in_own_currency(document, words, figures), *_reasons(document)],
    }


def _facts(document: InvoiceDocument, words: Wording, figures: Figures) -> list[list[str]]:
    facts = [
        *facts_of_invoice(document, words, figures),
        [words.supplied_on, figures.day(document.supplied_on) if document.supplied_on else ""],
        [words.shipment_number, document.shipment_number or ""],
        *facts_of_customer(document, words),
    ]
    return [fact for fact in facts if fact[1]]


def facts_of_invoice(document: PrintedDocument, words: Wording, figures: Figures) -> list[list[str]]:
    """Number and date of the invoice."""
    return [
        [words.invoice_number, document.invoice_number],
        [words.invoiced_on, figures.day(document.invoiced_on)],
    ]


def facts_of_customer(document: PrintedDocument, words: Wording) -> list[list[str]]:
    """What the customer ordered, and by which numbers it is known."""
    customer = document.customer
    is_for_vat = is_vat_number(customer.tax_number, customer.country)
    their_number = words.customer_vat_number if is_for_vat else words.customer_tax_number
    return [
        [words.order_number, document.order_number],
        [words.customer_reference, document.customer_reference],
        [words.customer_code, customer.code],
        [their_number, customer.tax_number],
    ]


def _table(document: PrintedDocument, words: Wording, figures: Figures) -> dict[str, Any]:
    """The lines, and whether any has a discount: the column is left out otherwise."""
    language = document.customer.language
    amount = words.gross_amount if document.prices_include_tax else words.amount
    return {
        "line_number": words.line_number,
        "description": words.description,
        "quantity": words.quantity,
        "unit_price": words.unit_price,
        "discount": words.discount_percent if any(line.discount_percent for line in document.lines) else None,
        "tax": words.tax,
        "amount": amount.format(currency=document.currency),
        "lines": [
            _line(line, language, figures) | {"heading": _heading(line, before, words, figures)}
            for before, line in zip((None, *document.lines), document.lines, strict=False)
        ],
    }


def _heading(line: PrintedLine, before: PrintedLine | None, words: Wording, figures: Figures) -> str:
    """Where a delivery begins, what it is of: order, delivery note, and the date of supply."""
    delivery = line.delivery
    if delivery is None or (before is not None and before.delivery == delivery):
        return ""
    facts = [
        (words.order_number, delivery.order_number),
        (words.customer_reference, delivery.customer_reference),
        (words.shipment_number, delivery.shipment_number),
        (words.supplied_on, figures.day(delivery.delivered_on)),
    ]
    return " · ".join(f"{name} {fact}" for name, fact in facts if fact)


def _line(line: PrintedLine, language: str, figures: Figures) -> dict[str, str]:
    words, unit = WORDING[language], unit_in(language, line.unit)
    rate, is_allowance = line.tax_rate_percent, not line.quantity
    quantity = "" if is_allowance else f"{figures.quantity(line.quantity)}\N{NO-BREAK SPACE}{unit}".strip()
    description = line.description.strip()
    return {
        "line_number": str(line.line_number),
        "description": words.allowance.format(description=description) if is_allowance else description,
        "item": f"{words.item_code} {line.item_code}" if line.item_code else "",
        "quantity": quantity,
        "unit_price": "" if is_allowance else figures.unit_price(line.unit_price),
        "discount": figures.percent(line.discount_percent) if line.discount_percent and quantity else "",
        "tax": line.tax_code if rate is None else figures.percent(rate),
        "amount": figures.plain_amount(line.amount),
    }


def _sums(document: PrintedDocument, words: Wording, figures: Figures, total: str) -> list[list[str]]:
    """Net, each tax on its base, and last the total."""
    return [
        [words.net, figures.amount(document.net_amount)],
        *([_tax(tax, words, figures), figures.amount(tax.tax_amount)] for tax in document.taxes),
        [total, figures.amount(document.total_amount)],
    ]


def _tax(tax: PrintedTax, words: Wording, figures: Figures) -> str:
    """A tax by its name and rate; a name that tells the rate is not told twice."""
    rate = "" if tax.rate_percent is None else figures.percent(tax.rate_percent)
    told = re.sub(r"\s", "", rate) in re.sub(r"\s", "", tax.name)
    name = tax.name if told else f"{tax.name} {rate}"
    return words.tax_on_base.format(tax=name, base=figures.amount(tax.base_amount))


def _in_own_currency(document: PrintedDocument, words: Wording, figures: Figures) -> list[str]:
    """Each tax in the company's currency, when it is another one (Directive 2006/112/EC, art. 230).

    Converted at the rate of the posting and rounded half-up, as it was posted.
    """
    own = document.company.currency
    if own == document.currency:
        return []
    written = figures_in(document.customer.language, own)
    rate = words.rate.format(own=own, rate=figures.quantity(document.rate), currency=document.currency)
    return [
        words.tax_in_own_currency.format(
            tax=tax.name, amount=written.amount(rounded(tax.tax_amount / document.rate, own)), rate=rate
        )
        for tax in document.taxes
        if tax.tax_amount
    ]


def _reasons(document: PrintedDocument) -> list[str]:
    """Why tax is not charged, each reason once (Directive 2006/112/EC, art. 226 nos. 11 and 11a)."""
    return list(
        dict.fromkeys(tax.exemption_reason.strip() for tax in document.taxes if tax.exemption_reason.strip())
    )


def _payment(document: InvoiceDocument, words: Wording, figures: Figures) -> dict[str, Any]:
    """When to pay how much, and where to."""
    company, instalments, discount = document.company, document.instalments, document.discount
    sentences = []
    if document.total_amount <= 0:
        sentences = [words.nothing_due]
    elif discount:
        amount, percent = figures.amount(discount.amount_to_pay), figures.percent(discount.percent)
        until = figures.day(discount.until)
        sentences = [words.discount.format(until=until, percent=percent, amount=amount)]
    if len(instalments) == 1 and document.total_amount > 0:
        sentences.append(words.due.format(due_on=figures.day(instalments[0].due_on)))
    if len(instalments) > 1:
        sentences.append(words.due_in_instalments.format(count=len(instalments)))
    bank = [
        [words.account_holder, company.name],
        [words.bank_name, company.bank],
        ["IBAN", in_groups_of_four(company.iban)],
        ["BIC", company.bic],
        [words.reference, document.invoice_number],
    ]
    terms = document.payment_terms_name
    return {
        "title": words.payment,
        "terms": words.payment_terms.format(name=terms) if terms else "",
        "sentences": sentences,
        "instalments": [
            [f"{number}. {words.instalment}", figures.day(each.due_on), figures.amount(each.amount)]
            for number, each in enumerate(instalments, start=1)
            if len(instalments) > 1
        ],
        "instalment_heads": [words.instalment, words.due_on, words.amount.format(currency="").strip()],
        "bank": [entry for entry in bank if entry[1]] if company.iban and document.total_amount > 0 else [],
    }

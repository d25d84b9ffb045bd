"""The order confirmation that a customer receives: goods, prices, dates and terms."""

from dataclasses import dataclass
from typing import Any, Final

from domains.master_data import letterhead
from domains.master_data.letterhead import InvoicedCustomer, InvoicingCompany
from domains.master_data.rules.languages import unit_in
from domains.sales.queries import OrderLineView, OrderView
from foundation.values.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationWording:
    """One language's words. Braces are filled in."""

    title: str
    number: str
    ordered_on: str
    requested_on: str
    customer_reference: str
    customer_code: str
    salutation: str
    opening: str
    description: str
    quantity: str
    unit_price: str
    discount: str
    amount: str
    gross_amount: str
    freight: str
    net: str
    tax: str
    total: str
    terms: str
    in_one_delivery: str


WORDS: Final = {
    "de": ConfirmationWording(
        title="Auftragsbestätigung {number}",
        number="Auftrag",
        ordered_on="Auftragsdatum",
        requested_on="Wunschtermin",
        customer_reference="Ihr Zeichen",
        customer_code="Kundennummer",
        salutation="Guten Tag,",
        opening="vielen Dank für Ihren Auftrag vom {day}, den wir wie folgt bestätigen:",
        description="Bezeichnung",
        quantity="Menge",
        unit_price="Einzelpreis",
        discount="Rabatt",
        amount="Betrag {currency}",
        gross_amount="Brutto {currency}",
        freight="Fracht",
        net="Nettobetrag",
        tax="Steuer",
        total="Gesamtbetrag",
        terms="Zahlungsbedingungen: {name}",
        in_one_delivery="Wir liefern alles zusammen.",
    ),
    "en": ConfirmationWording(
        title="Order confirmation {number}",
        number="Order",
        ordered_on="Order date",
        requested_on="Requested date",
        customer_reference="Your reference",
        customer_code="Customer number",
        salutation="Dear customer,",
        opening="thank you for your order of {day}, which we confirm as follows:",
        description="Description",
        quantity="Quantity",
        unit_price="Unit price",
        discount="Discount",
        amount="Amount {currency}",
        gross_amount="Gross {currency}",
        freight="Freight",
        net="Net amount",
        tax="Tax",
        total="Total",
        terms="Payment terms: {name}",
        in_one_delivery="We deliver everything together.",
    ),
}


def confirmation_pdf(
    order: OrderView, own: InvoicingCompany, customer: InvoicedCustomer, terms_name: str
) -> bytes:
    """The confirmation as a PDF, ready to send, in the customer's language; amounts in the order's."""
    words = WORDS[customer.language]
    figures = letterhead.figures_in(customer.language, order.currency)
    requested = figures.day(order.requested_on) if order.requested_on else ""
    facts = [
        [words.number, order.order_number],
        [words.ordered_on, figures.day(order.ordered_on)],
        [words.requested_on, requested],
        [words.customer_reference, order.customer_reference],
        [words.customer_code, order.customer_code],
    ]
    notes = [
        words.terms.format(name=terms_name) if terms_name else "",
        words.in_one_delivery if order.delivery == "complete" else "",
    ]
    content = {
        **letterhead.around(own, customer, figures),
        "title": words.title.format(number=order.order_number),
        "facts": [fact for fact in facts if fact[1]],
        "paragraphs": [words.salutation, words.opening.format(day=figures.day(order.ordered_on))],
        **_table(order, customer.language, figures),
        "sums": _sums(order, words, figures),
        "payment": "",
        "bank": [],
        "notes": [note for note in notes if note],
    }
    return letterhead.rendered(letterhead.LETTER, content, order.ordered_on)


def _table(order: OrderView, language: str, figures: Figures) -> dict[str, Any]:
    """The lines; a column for discounts only when there is one."""
    words = WORDS[language]
    discounted = any(line.discount_percent for line in order.lines)
    amount = words.gross_amount if order.prices_include_tax else words.amount
    discount = [words.discount] if discounted else []
    heads = [words.description, words.quantity, words.unit_price, *discount]
    lines = [_line(line, order, language, figures, discounted=discounted) for line in order.lines]
    return {"heads": [*heads, amount.format(currency=order.currency)], "lines": lines}


def _line(
    line: OrderLineView, order: OrderView, language: str, figures: Figures, *, discounted: bool
) -> list[str]:
    amount = line.net_amount + line.tax_amount if order.prices_include_tax else line.net_amount
    percent = figures.percent(line.discount_percent) if line.discount_percent else ""
    quantity = f"{figures.quantity(line.quantity)}\N{NO-BREAK SPACE}{unit_in(language, line.unit)}"
    return [
        f"{line.line_number}. {line.description} ({line.item_code})",
        quantity,
        figures.unit_price(line.unit_price),
        *([percent] if discounted else []),
        figures.plain_amount(amount),
    ]


def _sums(order: OrderView, words: ConfirmationWording, figures: Figures) -> list[list[str]]:
    """Freight, net and tax, and last the total."""
    freight = [[words.freight, figures.amount(order.freight_amount)]] if order.freight_amount else []
    return [
        *freight,
        [words.net, figures.amount(order.net_amount)],
        [words.tax, figures.amount(order.tax_amount)],
        [words.total, figures.amount(order.total_amount)],
    ]

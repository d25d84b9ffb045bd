"""The delivery note that goes with the goods: what left, in which quantity, without prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domains.inventory.queries.documents import ShipmentLineView, ShipmentView
from domains.master_data import letterhead
from domains.master_data.letterhead import InvoicedCustomer, InvoicingCompany
from domains.master_data.rules.languages import unit_in
from domains.master_data.views import ItemView
from foundation.values.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryWording:
    """One language's words. Braces are filled in."""

    title: str
    number: str
    shipped_on: str
    order_number: str
    customer_code: str
    carrier: str
    tracking: str
    description: str
    item: str
    quantity: str
    received: str


WORDS: Final = {
    "de": DeliveryWording(
        title="Lieferschein {number}",
        number="Lieferschein",
        shipped_on="Lieferdatum",
        order_number="Auftrag",
        customer_code="Kundennummer",
        carrier="Spediteur",
        tracking="Sendungsnummer",
        description="Bezeichnung",
        item="Artikel",
        quantity="Menge",
        received="Ware erhalten (Datum, Unterschrift): ______________________________",
    ),
    "en": DeliveryWording(
        title="Delivery note {number}",
        number="Delivery note",
        shipped_on="Date of delivery",
        order_number="Order",
        customer_code="Customer number",
        carrier="Carrier",
        tracking="Tracking number",
        description="Description",
        item="Item",
        quantity="Quantity",
        received="Goods received (date, signature): ______________________________",
    ),
}


def delivery_note_pdf(
    shipment: ShipmentView,
    own: InvoicingCompany,
    customer: InvoicedCustomer,
    items: Mapping[str, ItemView],
) -> bytes:
    """The delivery note as a PDF, in the customer's language; quantities in the stock unit."""
    words = WORDS[customer.language]
    figures = letterhead.figures_in(customer.language, shipment.currency)
    facts = [
        [words.number, shipment.shipment_number],
        [words.shipped_on, figures.day(shipment.shipped_on)],
        [words.order_number, shipment.order_number],
        [words.customer_code, shipment.customer_code],
        [words.carrier, shipment.carrier],
        [words.tracking, shipment.tracking],
    ]
    content = {
        **letterhead.around(own, customer, figures),
        "title": words.title.format(number=shipment.shipment_number),
        "facts": [fact for fact in facts if fact[1]],
        "paragraphs": [],
        "heads": [words.description, words.item, words.quantity],
        "lines": [_line(line, customer.language, items, figures) for line in shipment.lines],
        "sums": [],
        "payment": "",
        "bank": [],
        "notes": [words.received],
    }
    return letterhead.rendered(letterhead.LETTER, content, shipment.shipped_on)


def _line(
    line: ShipmentLineView, language: str, items: Mapping[str, ItemView], figures: Figures
) -> list[str]:
    item = items[line.item_code]
    quantity = f"{figures.quantity(line.quantity)}\N{NO-BREAK SPACE}{unit_in(language, item.unit)}"
    return [item.name, line.item_code, quantity]

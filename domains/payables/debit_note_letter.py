"""The letter that a debit note is: what is claimed back, of which invoice, and with which tax."""

from dataclasses import dataclass
from typing import Final

from domains.master_data import letterhead
from domains.master_data.letterhead import InvoicedCustomer, InvoicingCompany
from domains.master_data.rules.languages import unit_in
from domains.payables.queries.debit_notes import SupplierDebitNoteLineView, SupplierDebitNoteView
from foundation.values.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitNoteWording:
    """One language's words. Braces are filled in."""

    title: str
    number: str
    day: str
    return_number: str
    order_number: str
    supplier_code: str
    why: str
    description: str
    quantity: str
    net: str
    tax: str
    total: str
    set_off: str


WORDS: Final = {
    "de": DebitNoteWording(
        title="Belastungsanzeige {number}",
        number="Belastungsanzeige",
        day="Datum",
        return_number="Rücksendung",
        order_number="Bestellung",
        supplier_code="Lieferantennummer",
        why="Wir belasten Sie für Ware, die wir zurückgesandt haben: {reason}",
        description="Bezeichnung",
        quantity="Menge",
        net="Netto",
        tax="Vorsteuer",
        total="Gesamtbetrag",
        set_off="Der Betrag wird mit Ihren offenen Rechnungen verrechnet.",
    ),
    "en": DebitNoteWording(
        title="Debit note {number}",
        number="Debit note",
        day="Date",
        return_number="Return",
        order_number="Purchase order",
        supplier_code="Supplier number",
        why="We debit you for goods that we have sent back: {reason}",
        description="Description",
        quantity="Quantity",
        net="Net amount",
        tax="Input tax",
        total="Total",
        set_off="The amount is set off against your open invoices.",
    ),
}


def debit_note_pdf(note: SupplierDebitNoteView, own: InvoicingCompany, supplier: InvoicedCustomer) -> bytes:
    """The debit note as a PDF, in the supplier's language."""
    words = WORDS[supplier.language]
    figures = letterhead.figures_in(supplier.language, note.currency)
    content = {
        **letterhead.around(own, supplier, figures),
        "title": words.title.format(number=note.debit_note_number),
        "facts": [
            [words.number, note.debit_note_number],
            [words.day, figures.day(note.posted_on)],
            [words.return_number, note.return_number],
            [words.order_number, note.order_number],
            [words.supplier_code, note.supplier_code],
        ],
        "paragraphs": [words.why.format(reason=note.reason)],
        "heads": [words.description, words.quantity, words.net],
        "lines": [_line(line, supplier.language, figures) for line in note.lines],
        "sums": [
            [words.net, figures.amount(note.net_amount)],
            [words.tax, figures.amount(note.tax_amount)],
            [words.total, figures.amount(note.total_amount)],
        ],
        "payment": "",
        "bank": [],
        "notes": [words.set_off],
    }
    return letterhead.rendered(letterhead.LETTER, content, note.posted_on)


def _line(line: SupplierDebitNoteLineView, language: str, figures: Figures) -> list[str]:
    quantity = f"{figures.quantity(line.quantity)}\N{NO-BREAK SPACE}{unit_in(language, line.unit)}"
    return [line.description, quantity, figures.amount(line.net_amount)]

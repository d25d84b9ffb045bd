"""The purchase order as its supplier receives it: what is wanted, at which prices, where it goes; and, when
it has changed, what is other than before. Nothing is computed here.
"""

from dataclasses import dataclass
from typing import Any, Final

from domains.master_data import letterhead
from domains.master_data.rules.languages import unit_in
from domains.procurement.messages.versions import VersionLine
from domains.procurement.queries.versions import VersionAsSent
from domains.procurement.rules.versions import LineDifference
from foundation.values.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderWording:
    """One language's words. Braces are filled in."""

    title: str
    changed_title: str
    cancelled_title: str
    number: str
    version: str
    ordered_on: str
    changed_on: str
    cancelled_on: str
    expected_on: str
    supplier_reference: str
    supplier_code: str
    salutation: str
    opening: str
    changed: str
    cancelled: str
    line: str
    quantity_change: str
    line_cancelled: str
    price_change: str
    discount: str
    discounted: str
    your_item: str
    description: str
    quantity: str
    unit_price: str
    amount: str
    total: str
    without_tax: str
    terms: str
    deliver_to: str
    name_number: str
    confirm: str
    mail: str
    changed_mail: str
    cancelled_mail: str


WORDS: Final = {
    "de": PurchaseOrderWording(
        title="Bestellung {number}",
        changed_title="Geänderte Bestellung {number}",
        cancelled_title="Stornierung der Bestellung {number}",
        number="Bestellnummer",
        version="Fassung",
        ordered_on="Bestelldatum",
        changed_on="Geändert am",
        cancelled_on="Storniert am",
        expected_on="Liefertermin",
        supplier_reference="Ihr Zeichen",
        supplier_code="Lieferantennummer",
        salutation="Guten Tag,",
        opening="wir bestellen:",
        changed="unsere Bestellung vom {day} hat sich geändert. Diese Fassung ersetzt die vorige. Geändert"
        " sind:",
        cancelled="hiermit stornieren wir unsere Bestellung vom {day}. Bitte liefern Sie nichts davon.",
        line="Position {number}",
        quantity_change="Menge {after} statt {before}",
        line_cancelled="storniert",
        price_change="Einzelpreis {after} statt {before}",
        discount="Rabatt",
        discounted="{price} abzüglich {percent}",
        your_item="Ihre Artikelnummer: {number}",
        description="Bezeichnung",
        quantity="Menge",
        unit_price="Einzelpreis",
        amount="Betrag {currency}",
        total="Summe netto",
        without_tax="Alle Preise verstehen sich netto, zuzüglich der gesetzlichen Umsatzsteuer.",
        terms="Zahlungsbedingungen: {name}",
        deliver_to="Lieferanschrift: {address}",
        name_number="Bitte nennen Sie unsere Bestellnummer {number} auf Auftragsbestätigung, Lieferschein und"
        " Rechnung.",
        confirm="Bitte bestätigen Sie uns Preise und Liefertermin.",
        mail="""Guten Tag,

im Anhang finden Sie unsere Bestellung {number} vom {day} über {total} (netto).
Bitte bestätigen Sie uns Preise und Liefertermin.

Mit freundlichen Grüßen
{company}
""",
        changed_mail="""Guten Tag,

unsere Bestellung {number} vom {day} hat sich geändert. Im Anhang finden Sie die Fassung {version} über
{total} (netto), die alle vorigen ersetzt; was geändert ist, steht an ihrem Anfang.

Mit freundlichen Grüßen
{company}
""",
        cancelled_mail="""Guten Tag,

hiermit stornieren wir unsere Bestellung {number} vom {day}. Einzelheiten finden Sie im Anhang.

Mit freundlichen Grüßen
{company}
""",
    ),
    "en": PurchaseOrderWording(
        title="Purchase order {number}",
        changed_title="Changed purchase order {number}",
        cancelled_title="Cancellation of purchase order {number}",
        number="Order number",
        version="Version",
        ordered_on="Order date",
        changed_on="Changed on",
        cancelled_on="Cancelled on",
        expected_on="Delivery date",
        supplier_reference="Your reference",
        supplier_code="Supplier number",
        salutation="Dear supplier,",
        opening="we order the following:",
        changed="our order of {day} has changed. This version replaces the previous one. What has changed:",
        cancelled="we hereby cancel our order of {day}. Please deliver nothing of it.",
        line="Line {number}",
        quantity_change="quantity {after} instead of {before}",
        line_cancelled="cancelled",
        price_change="unit price {after} instead of {before}",
        discount="Discount",
        discounted="{price} less {percent}",
        your_item="your item number: {number}",
        description="Description",
        quantity="Quantity",
        unit_price="Unit price",
        amount="Amount {currency}",
        total="Net total",
        without_tax="All prices are net, plus value added tax where it is due.",
        terms="Payment terms: {name}",
        deliver_to="Deliver to: {address}",
        name_number="Please state our order number {number} on your confirmation, delivery note and invoice.",
        confirm="Please confirm prices and delivery date.",
        mail="""Dear supplier,

please find enclosed our purchase order {number} of {day} for {total} (net).
Please confirm prices and delivery date.

Kind regards
{company}
""",
        changed_mail="""Dear supplier,

our purchase order {number} of {day} has changed. Please find enclosed version {version} for {total} (net),
which replaces all previous ones; what has changed is said at its beginning.

Kind regards
{company}
""",
        cancelled_mail="""Dear supplier,

we hereby cancel our purchase order {number} of {day}. Please find the details enclosed.

Kind regards
{company}
""",
    ),
}


def title(sent: VersionAsSent) -> str:
    """What the letter is called: the subject of its mail, too."""
    words, view = WORDS[sent.supplier.language], sent.view
    wanted = words.cancelled_title if view.is_cancelled else words.changed_title
    return (wanted if view.version > 1 else words.title).format(number=view.order_number)


def mail_text(sent: VersionAsSent) -> str:
    """The mail that the order comes with."""
    words, view = WORDS[sent.supplier.language], sent.view
    figures = letterhead.figures_in(sent.supplier.language, view.currency)
    changed = words.cancelled_mail if view.is_cancelled else words.changed_mail
    return (changed if view.version > 1 else words.mail).format(
        number=view.order_number,
        version=view.version,
        day=figures.day(sent.ordered_on),
        total=figures.amount(view.net_amount),
        company=sent.company.name,
    )


def order_pdf(sent: VersionAsSent) -> bytes:
    """The order as a PDF, ready to send: A4, DIN 5008 form B, in the supplier's language."""
    language, view = sent.supplier.language, sent.view
    words, figures = WORDS[language], letterhead.figures_in(language, view.currency)
    content = {
        **letterhead.around(sent.company, sent.supplier, figures),
        "title": title(sent),
        "facts": [fact for fact in _facts(sent, words, figures) if fact[1]],
        "paragraphs": [words.salutation, *_opening(sent, words, figures)],
        **_table(sent, words, figures),
        "payment": "",
        "bank": [],
        "notes": [] if view.is_cancelled else [note for note in _notes(sent, words) if note],
    }
    return letterhead.rendered(letterhead.LETTER, content, view.issued_on)


def _facts(sent: VersionAsSent, words: PurchaseOrderWording, figures: Figures) -> list[list[str]]:
    view, expected_on = sent.view, sent.around.expected_on
    is_first = view.version == 1
    return [
        [words.number, view.order_number],
        [words.version, "" if is_first else str(view.version)],
        [words.ordered_on, figures.day(sent.ordered_on)],
        [
            words.cancelled_on if view.is_cancelled else words.changed_on,
            "" if is_first else figures.day(view.issued_on),
        ],
        [words.expected_on, figures.day(expected_on) if expected_on and not view.is_cancelled else ""],
        [words.supplier_reference, sent.supplier_reference],
        [words.supplier_code, sent.supplier.code],
    ]


def _opening(sent: VersionAsSent, words: PurchaseOrderWording, figures: Figures) -> list[str]:
    day = figures.day(sent.ordered_on)
    if sent.view.is_cancelled:
        return [words.cancelled.format(day=day)]
    if sent.view.version == 1:
        return [words.opening]
    said = (_change(one, sent.supplier.language, figures) for one in sent.changes)
    return [words.changed.format(day=day), "\n".join(said)]


def _change(change: LineDifference, language: str, figures: Figures) -> str:
    words, before, after = WORDS[language], change.before, change.after
    parts = []
    if change.is_cancelled:
        parts.append(words.line_cancelled)
    elif change.has_another_quantity:
        was, now = (_quantity(line, language, figures) for line in (before, after))
        parts.append(words.quantity_change.format(before=was, after=now))
    if change.has_another_price and not change.is_cancelled:
        was, now = (_price(line, words, figures) for line in (before, after))
        parts.append(words.price_change.format(before=was, after=now))
    return f"{words.line.format(number=after.line_number)}, {after.description}: {'; '.join(parts)}"


def _price(line: VersionLine, words: PurchaseOrderWording, figures: Figures) -> str:
    price = figures.unit_price(line.unit_price)
    if not line.discount_percent:
        return price
    return words.discounted.format(price=price, percent=figures.percent(line.discount_percent))


def _quantity(line: VersionLine, language: str, figures: Figures) -> str:
    return f"{figures.quantity(line.quantity)}\N{NO-BREAK SPACE}{unit_in(language, line.unit)}"


def _table(sent: VersionAsSent, words: PurchaseOrderWording, figures: Figures) -> dict[str, Any]:
    """The lines of which anything is wanted, and what they come to; nothing of an order that is cancelled."""
    view, language = sent.view, sent.supplier.language
    wanted = [line for line in view.lines if line.quantity]
    if not wanted:
        return {"heads": [], "lines": [], "sums": []}
    is_discounted = any(line.discount_percent for line in wanted)
    discount = [words.discount] if is_discounted else []
    amount = words.amount.format(currency=view.currency)
    return {
        "heads": [words.description, words.quantity, words.unit_price, *discount, amount],
        "lines": [_line(line, language, figures, is_discounted=is_discounted) for line in wanted],
        "sums": [[words.total, figures.amount(view.net_amount)]],
    }


def _line(line: VersionLine, language: str, figures: Figures, *, is_discounted: bool) -> list[str]:
    percent = figures.percent(line.discount_percent) if line.discount_percent else ""
    named = f"{line.line_number}. {line.description} ({line.item_code})"
    theirs = WORDS[language].your_item.format(number=line.supplier_item_number)
    return [
        f"{named}\n{theirs}" if line.supplier_item_number else named,
        _quantity(line, language, figures),
        figures.unit_price(line.unit_price),
        *([percent] if is_discounted else []),
        figures.plain_amount(line.net_amount),
    ]


def _notes(sent: VersionAsSent, words: PurchaseOrderWording) -> list[str]:
    around = sent.around
    return [
        words.without_tax,
        words.terms.format(name=around.terms) if around.terms else "",
        words.deliver_to.format(address=", ".join(around.deliver_to)) if around.deliver_to else "",
        words.name_number.format(number=sent.view.order_number),
        words.confirm,
    ]

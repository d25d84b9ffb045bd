"""The invoice one sends: what the customer reads, in its language, whatever names and lengths come along."""

import io
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from domains.master_data.letterhead import InvoicedCustomer, InvoicingCompany
from domains.receivables.documents.invoice import (
    InvoiceDelivery,
    InvoiceDiscount,
    InvoiceDocument,
    InvoiceInstalment,
    PrintedLine,
    PrintedTax,
    invoice_pdf,
)

NO_BREAK = "\N{NO-BREAK SPACE}"
REVERSE_CHARGE = "Steuerschuldnerschaft des Leistungsempfängers (§ 13b UStG)."
EXPORT = "Export of goods, exempt from VAT (art. 146 Directive 2006/112/EC)."

COMPANY = InvoicingCompany(
    name="Radwerk Freiburg GmbH",
    address="Lehener Straße 15",
    postal_code="79106",
    city="Freiburg",
    country="DE",
    tax_number="DE811907980",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    email="rechnung@radwerk.example",
)
COLOGNE = InvoicedCustomer(
    code="C-1042",
    name="Velo & Sohn OHG",
    address="Hauptstraße 7",
    postal_code="50667",
    city="Köln",
    country="DE",
    language="de",
    tax_number="DE129273398",
)
CAMBRIDGE = InvoicedCustomer(
    code="C-2001",
    name="Pedal & Crank Ltd",
    address="14 Mill Lane",
    postal_code="CB2 1RX",
    city="Cambridge",
    country="GB",
    language="en",
    tax_number="GB980780684",
)


def a_line(number: int = 1, **changes: Any) -> PrintedLine:
    """Two of something at 617.28: 1,234.56."""
    return PrintedLine(
        **{
            "line_number": number,
            "item_code": f"ITEM-{number:03}",
            "description": f"Article {number}",
            "quantity": Decimal("2.000000"),
            "unit": "pcs",
            "unit_price": Decimal("617.280000"),
            "amount": Decimal("1234.5600"),
            "tax_code": "S19",
            "tax_rate_percent": Decimal(19),
            **changes,
        }
    )


def a_tax(**changes: Any) -> PrintedTax:
    """19 per cent on 1,234.56."""
    tax = {
        "name": "USt.",
        "rate_percent": Decimal(19),
        "base_amount": Decimal("1234.56"),
        "tax_amount": Decimal("234.57"),
    }
    return PrintedTax(**{**tax, **changes})


def an_invoice(**changes: Any) -> InvoiceDocument:
    """1,234.56 net, 1,469.13 with tax, due on 3 June, to a customer in Cologne."""
    return InvoiceDocument(
        **{
            "company": COMPANY,
            "customer": COLOGNE,
            "invoice_number": "RE-2026-00042",
            "invoiced_on": date(2026, 5, 4),
            "order_number": "AU-2026-00117",
            "customer_reference": "PO 4711/B",
            "shipment_number": "LS-2026-00101",
            "currency": "EUR",
            "lines": (a_line(),),
            "taxes": (a_tax(),),
            "net_amount": Decimal("1234.5600"),
            "tax_amount": Decimal("234.5700"),
            "total_amount": Decimal("1469.1300"),
            "instalments": (InvoiceInstalment(due_on=date(2026, 6, 3), amount=Decimal("1469.13")),),
            **changes,
        }
    )


def pages_of(document: InvoiceDocument) -> list[str]:
    """What is read on each page; spaces that only keep words together are ordinary ones."""
    reader = PdfReader(io.BytesIO(invoice_pdf(document)))
    return [page.extract_text().replace(NO_BREAK, " ") for page in reader.pages]


def text_of(document: InvoiceDocument) -> str:
    """Everything that is read on the invoice."""
    return "\n".join(pages_of(document))


def test_a_german_customer_reads_a_german_invoice() -> None:
    text = text_of(an_invoice(supplied_on=date(2026, 4, 30)))

    for words in (
        "Rechnung RE-2026-00042",
        "Rechnungsdatum 04.05.2026",
        "Lieferdatum 30.04.2026",
        "Lieferschein LS-2026-00101",
        "Auftrag AU-2026-00117",
        "Ihr Zeichen PO 4711/B",
        "Ihre USt-IdNr. DE129273398",
        "Article 1",
        "Artikel ITEM-001",
        "2 pcs 617,28 19 % 1.234,56",
        "USt. 19 % auf 1.234,56 € 234,57 €",
        "Rechnungsbetrag 1.469,13 €",
        "Zahlbar bis zum 03.06.2026 ohne Abzug.",
        "IBAN DE02 1203 0000 0000 2020 51",
        "Verwendungszweck RE-2026-00042",
        "Seite 1 / 1",
    ):
        assert words in text


def test_an_invoice_over_several_orders_names_each_delivery_in_the_customers_language() -> None:
    deliveries = [
        InvoiceDelivery(
            order_number=f"SO-{number}",
            customer_reference="PO 7" if number == 1 else "",
            shipment_number=f"LS-{number}",
            delivered_on=date(2026, 5, number),
        )
        for number in (1, 2)
    ]
    lines = tuple(a_line(number, delivery=deliveries[number > 2]) for number in (1, 2, 3))
    together = {"order_number": "", "customer_reference": "", "shipment_number": None, "lines": lines}

    text = text_of(an_invoice(**together))
    english = text_of(an_invoice(customer=CAMBRIDGE, **together))

    assert text.count("Auftrag SO-1 · Ihr Zeichen PO 7 · Lieferschein LS-1 · Lieferdatum 01.05.2026") == 1
    assert text.count("Auftrag SO-2 · Lieferschein LS-2 · Lieferdatum 02.05.2026") == 1
    assert [text.index(words) for words in ("SO-1", "Article 1", "Article 2", "SO-2", "Article 3")] == sorted(
        text.index(words) for words in ("SO-1", "Article 1", "Article 2", "SO-2", "Article 3")
    )
    assert "Order SO-2 · Delivery note LS-2 · Date of supply 2 May 2026" in english


def test_an_english_customer_reads_an_english_invoice() -> None:
    exempt = a_tax(name="Export", rate_percent=Decimal(0), tax_amount=Decimal(0), exemption_reason=EXPORT)
    text = text_of(
        an_invoice(
            customer=CAMBRIDGE,
            taxes=(exempt,),
            tax_amount=Decimal(0),
            total_amount=Decimal("1234.56"),
            discount=InvoiceDiscount(
                percent=Decimal("2.5000"), until=date(2026, 5, 14), amount_to_pay=Decimal("1203.70")
            ),
        )
    )

    for words in (
        "Invoice RE-2026-00042",
        "Invoice date 4 May 2026",
        "Your VAT number GB980780684",
        "2 pcs 617.28 19% 1,234.56",
        "Total €1,234.56",
        EXPORT,
        "by 14 May 2026",
        "2.5%",
        "€1,203.70",
        "Payable by 3 June 2026 without deduction.",
        "Payment reference RE-2026-00042",
        "Page 1 / 1",
    ):
        assert words in text


def test_the_address_follows_the_sender_and_names_the_country_only_abroad() -> None:
    sender = "Radwerk Freiburg GmbH · Lehener Straße 15 · 79106 Freiburg\n"

    assert f"{sender}Velo & Sohn OHG\nHauptstraße 7\n50667 Köln\nRechnungsnummer" in text_of(an_invoice())
    abroad = text_of(an_invoice(customer=CAMBRIDGE))
    assert f"{sender}Pedal & Crank Ltd\n14 Mill Lane\nCambridge CB2 1RX\nUNITED KINGDOM\n" in abroad


def test_a_long_invoice_repeats_the_head_of_the_table_and_keeps_every_line() -> None:
    pages = pages_of(an_invoice(lines=tuple(a_line(number) for number in range(1, 81))))

    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"Seite {number} / {len(pages)}" in page
        assert "Pos. Bezeichnung Menge Einzelpreis USt. Betrag EUR" in page
        assert "Rechnung RE-2026-00042" in page
    read = "\n".join(pages).splitlines()
    assert [line for line in range(1, 81) if f"{line} Article {line}" not in read] == []


def test_signs_that_mean_something_in_a_markup_are_printed_as_they_are() -> None:
    name = r'Q&A #1 $ales *bold* _it_ [x] {y} \n @lbl <tag> `raw` ~ -- "quoted" // #panic("no")'
    text = text_of(
        an_invoice(
            customer=COLOGNE.model_copy(update={"name": name}),
            lines=(a_line(description='= #read("/etc/passwd") $x^2$ 100 % "A"'),),
            notes="Line one & *two*\n#three",
        )
    )

    assert name in " ".join(text.split())
    assert '= #read("/etc/passwd") $x^2$ 100 % "A"' in text
    assert "Line one & *two*\n#three" in text


def test_every_reason_for_charging_no_tax_is_printed_once() -> None:
    taxes = (
        a_tax(),
        a_tax(
            name="Reverse charge",
            rate_percent=Decimal(0),
            tax_amount=Decimal(0),
            exemption_reason=REVERSE_CHARGE,
        ),
        a_tax(
            name="Reverse charge EU",
            rate_percent=None,
            tax_amount=Decimal(0),
            exemption_reason=REVERSE_CHARGE,
        ),
        a_tax(name="Steuerfrei 0%", rate_percent=Decimal(0), tax_amount=Decimal(0), exemption_reason=EXPORT),
    )
    text = text_of(an_invoice(taxes=taxes))

    assert text.count(REVERSE_CHARGE) == 1
    assert text.count(EXPORT) == 1
    assert "Reverse charge 0 % auf 1.234,56 € 0,00 €" in text
    assert "Reverse charge EU auf 1.234,56 €" in text
    assert "Steuerfrei 0% auf 1.234,56 €" in text


def test_prices_that_include_tax_say_so_and_a_discount_has_its_column() -> None:
    line = a_line(discount_percent=Decimal("12.5"), unit_price=Decimal("0.012345"), tax_rate_percent=None)
    text = text_of(an_invoice(prices_include_tax=True, lines=(line,)))

    assert "Einzelpreis Rabatt USt. Brutto EUR" in text
    assert "2 pcs 0,012345 12,5 % S19 1.234,56" in text


def test_instalments_are_listed_with_their_days_and_amounts() -> None:
    instalments = (
        InvoiceInstalment(due_on=date(2026, 6, 3), amount=Decimal("1000")),
        InvoiceInstalment(due_on=date(2026, 7, 3), amount=Decimal("469.13")),
    )
    text = text_of(an_invoice(instalments=instalments, payment_terms_name="Zwei Raten"))

    assert "Zahlbar in 2 Raten:" in text
    assert "1. Rate 03.06.2026 1.000,00 €" in text
    assert "2. Rate 03.07.2026 469,13 €" in text
    assert "Zahlungsbedingungen: Zwei Raten" in text


def test_an_invoice_over_nothing_asks_for_nothing() -> None:
    text = text_of(
        an_invoice(taxes=(), net_amount=Decimal(0), tax_amount=Decimal(0), total_amount=Decimal(0))
    )

    assert "Es ist nichts zu zahlen." in text
    assert "Zahlbar" not in text
    assert "Verwendungszweck" not in text


@pytest.mark.parametrize(
    ("currency", "german", "english"),
    [
        ("JPY", "1.469 ¥", "JP¥1,469"),
        ("KWD", "1.469,000 KWD", "KWD 1,469.000"),
        ("USD", "1.469,00 $", "US$1,469.00"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(currency: str, german: str, english: str) -> None:
    invoice = an_invoice(currency=currency, total_amount=Decimal("1469.0000"))

    assert f"Rechnungsbetrag {german}" in text_of(invoice)
    assert f"Total {english}" in text_of(invoice.model_copy(update={"customer": CAMBRIDGE}))


def test_the_longest_texts_that_master_data_allows_are_still_printed_in_full() -> None:
    endless = "Donaudampfschifffahrt" * 9
    customer = COLOGNE.model_copy(
        update={"name": endless, "address": "\n".join(["Ein Haus am Ende der Straße"] * 8)}
    )
    lines = (a_line(description="\n".join(f"row {row}" for row in range(150))), a_line(2, unit="x" * 40))
    text = text_of(
        an_invoice(
            company=COMPANY.model_copy(update={"name": endless}),
            customer=customer,
            lines=lines,
            taxes=tuple(a_tax(name=f"Tax {number} {'long ' * 30}".strip()) for number in range(25)),
            customer_reference="R" * 2000,
            notes="word " * 400,
        )
    )

    assert "row 149" in text
    assert text.count("Ein Haus am Ende") == 8
    assert text.count("R") > 2000
    assert "\N{ZERO WIDTH SPACE}" not in text
    assert max(len(line) for line in text.splitlines()) < 150, "a word runs out of the page"
    assert "Rechnungsbetrag 1.469,13 €" in text


def test_the_file_is_archivable_accessible_and_tells_what_it_is() -> None:
    reader = PdfReader(io.BytesIO(invoice_pdf(an_invoice())))
    metadata, about = reader.metadata, reader.xmp_metadata

    assert metadata is not None
    assert about is not None
    assert (metadata.title, metadata.author) == ("Rechnung RE-2026-00042", "Radwerk Freiburg GmbH")
    assert metadata.creation_date is not None
    assert metadata.creation_date.date() == date(2026, 5, 4)
    described = about.stream.get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in described
    assert "<pdfuaid:part>1</pdfuaid:part>" in described
    assert str(reader.root_object["/Lang"]) == "de"


def test_all_fonts_are_embedded() -> None:
    reader = PdfReader(io.BytesIO(invoice_pdf(an_invoice())))

    drawn = [item for item in _objects(reader) if item.get("/Type") == "/FontDescriptor"]
    assert drawn
    assert all("/FontFile2" in font or "/FontFile3" in font for font in drawn)


def _objects(reader: PdfReader) -> Iterator[DictionaryObject]:
    for number in range(1, int(str(reader.trailer["/Size"]))):
        found = reader.get_object(number)
        if isinstance(found, DictionaryObject):
            yield found


def test_the_same_invoice_is_the_same_file() -> None:
    assert invoice_pdf(an_invoice()) == invoice_pdf(an_invoice())
    assert invoice_pdf(an_invoice()) != invoice_pdf(an_invoice(invoice_number="RE-2026-00043"))


def test_a_name_that_our_fonts_cannot_show_does_not_stop_the_invoice() -> None:
    text = text_of(an_invoice(customer=COLOGNE.model_copy(update={"name": "自行车 \x07 GmbH"})))

    assert "Rechnungsbetrag 1.469,13 €" in text


def test_several_invoices_can_be_printed_at_once() -> None:
    invoices = [an_invoice(invoice_number=f"RE-{number}") for number in range(8)]

    with ThreadPoolExecutor(4) as threads:
        at_once = list(threads.map(invoice_pdf, invoices))

    assert at_once == [invoice_pdf(invoice) for invoice in invoices]


def test_an_invoice_takes_less_than_150_milliseconds() -> None:
    invoice_pdf(an_invoice())
    taken = []
    for number in range(3):
        began = time.perf_counter()
        invoice_pdf(an_invoice(invoice_number=f"RE-{number}"))
        taken.append(time.perf_counter() - began)

    assert min(taken) < 0.150

"""The credit note one sends: which invoice it corrects, what it takes back and what becomes of it."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from domains.receivables.documents import cover
from domains.receivables.documents.credit_note import CreditNoteDocument, CreditNoteRefund, credit_note_pdf
from tests.domains.receivables.test_invoice_pdf import CAMBRIDGE, COLOGNE, COMPANY, NO_BREAK, a_line, a_tax

NOTHING_SETTLED = {
    name: Decimal(0)
    for name in ("settled_amount", "on_account_amount", "discount_amount", "written_off_amount")
}


def a_credit_note(**changes: Any) -> CreditNoteDocument:
    """1,234.56 net, 1,469.13 with tax, of which 1,000 was still open and the rest is on account."""
    return CreditNoteDocument(
        **{
            "company": COMPANY,
            "customer": COLOGNE,
            "credit_note_number": "CN-2026-00007",
            "credited_on": date(2026, 5, 20),
            "reason": "Zwei Rahmen verzogen",
            "invoice_number": "RE-2026-00042",
            "invoiced_on": date(2026, 5, 4),
            "order_number": "AU-2026-00117",
            "customer_reference": "PO 4711/B",
            "currency": "EUR",
            "lines": (a_line(),),
            "taxes": (a_tax(),),
            "net_amount": Decimal("1234.5600"),
            "tax_amount": Decimal("234.5700"),
            "total_amount": Decimal("1469.1300"),
            **NOTHING_SETTLED,
            "settled_amount": Decimal(1000),
            "on_account_amount": Decimal("469.13"),
            **changes,
        }
    )


def text_of(document: CreditNoteDocument) -> str:
    """Everything that is read on the credit note; spaces that keep words together are ordinary ones."""
    pages = PdfReader(io.BytesIO(credit_note_pdf(document))).pages
    return "\n".join(page.extract_text().replace(NO_BREAK, " ") for page in pages)


def test_a_german_customer_reads_which_invoice_is_corrected_and_why() -> None:
    text = text_of(a_credit_note())

    for words in (
        "Rechnungskorrektur CN-2026-00007",
        "Korrekturdatum 20.05.2026",
        "Rechnungsnummer RE-2026-00042",
        "Rechnungsdatum 04.05.2026",
        "Auftrag AU-2026-00117",
        "Ihr Zeichen PO 4711/B",
        "Ihre USt-IdNr. DE129273398",
        "Wir berichtigen unsere Rechnung RE-2026-00042 vom 04.05.2026.",
        "Grund: Zwei Rahmen verzogen",
        "2 pcs 617,28 19 % 1.234,56",
        "USt. 19 % auf 1.234,56 € 234,57 €",
        "Zu Ihren Gunsten 1.469,13 €",
        "Verrechnung",
        "1.000,00 € mindern den offenen Betrag der Rechnung RE-2026-00042.",
        "469,13 € haben wir Ihrem Kundenkonto gutgeschrieben.",
        "Seite 1 / 1",
    ):
        assert words in text
    assert "Zahlbar" not in text
    assert "Verwendungszweck" not in text


def test_an_english_customer_reads_an_english_credit_note() -> None:
    text = text_of(a_credit_note(customer=CAMBRIDGE, reason="Two frames bent"))

    for words in (
        "Credit note CN-2026-00007",
        "Credit note date 20 May 2026",
        "Invoice number RE-2026-00042",
        "We correct our invoice RE-2026-00042 of 4 May 2026.",
        "Reason: Two frames bent",
        "Total in your favour €1,469.13",
        "How it is settled",
        "€1,000.00 is taken off what is open on invoice RE-2026-00042.",
        "€469.13 has been credited to your account.",
    ):
        assert words in text


def test_what_was_refunded_is_no_longer_on_account() -> None:
    refund = CreditNoteRefund(
        refund_number="RF-2026-00003", refunded_on=date(2026, 5, 22), amount=Decimal("400.00")
    )
    whole = refund.model_copy(update={"amount": Decimal("469.13")})

    part = text_of(a_credit_note(refunds=(refund,)))
    all_of_it = text_of(a_credit_note(refunds=(whole,)))

    assert "69,13 € haben wir Ihrem Kundenkonto gutgeschrieben." in part
    assert "400,00 € haben wir Ihnen am 22.05.2026 erstattet (Erstattung RF-2026-00003)." in part
    assert "469,13 € haben wir Ihnen am 22.05.2026 erstattet" in all_of_it
    assert "Kundenkonto" not in all_of_it


@pytest.mark.parametrize(
    ("settled", "words"),
    [
        ({"discount_amount": Decimal("29.38")}, "29,38 € hatten Sie bei der Zahlung als Skonto abgezogen."),
        ({"written_off_amount": Decimal("0.02")}, "0,02 € gleichen eine Differenz bei der Zahlung aus."),
        ({"written_off_amount": Decimal("-0.02")}, "-0,02 € gleichen eine Differenz bei der Zahlung aus."),
        ({}, "Es ist nichts zu verrechnen."),
    ],
)
def test_every_part_of_the_settlement_is_told(settled: dict[str, Decimal], words: str) -> None:
    assert words in text_of(a_credit_note(**NOTHING_SETTLED | settled))


def test_what_people_write_as_reason_is_no_markup() -> None:
    text = text_of(a_credit_note(reason="#panic() *not* [bold] $x$"))

    assert "Grund: #panic() *not* [bold] $x$" in text


def test_a_long_credit_note_goes_on_with_its_title_on_every_page() -> None:
    lines = tuple(a_line(number) for number in range(1, 61))

    pages = PdfReader(io.BytesIO(credit_note_pdf(a_credit_note(lines=lines)))).pages

    assert len(pages) > 1
    assert all(
        "Rechnungskorrektur CN-2026-00007" in page.extract_text().replace(NO_BREAK, " ") for page in pages
    )


def test_the_same_credit_note_gives_the_same_bytes_in_an_archivable_file() -> None:
    pdf = credit_note_pdf(a_credit_note())

    assert pdf == credit_note_pdf(a_credit_note())
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf


@pytest.mark.parametrize(
    ("customer", "subject", "sentence"),
    [
        (COLOGNE, "Rechnungskorrektur CN-2026-00007", "vom 20.05.2026 über 1.469,13 € zur Rechnung"),
        (CAMBRIDGE, "Credit note CN-2026-00007", "of 20 May 2026 for €1,469.13 on invoice RE-2026-00042."),
    ],
)
def test_the_mail_says_how_much_and_what_becomes_of_it(customer: Any, subject: str, sentence: str) -> None:
    document = a_credit_note(customer=customer)

    text = cover.credit_note_text(document).replace(NO_BREAK, " ")

    assert cover.credit_note_subject(document) == subject
    assert sentence in text
    assert "RE-2026-00042" in text
    assert text.rstrip().endswith(COMPANY.name)

"""The dunning letter as the customer reads it, in its language, with the figures that were posted."""

import io
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from domains.master_data.letterhead import sender
from domains.master_data.views import CompanyView
from domains.receivables.documents.dunning import letter_pdf
from domains.receivables.queries.dunning import DunningLetterLineView, DunningLetterView

AN_ID = UUID(int=1)
COMPANY = CompanyView(
    code="RAD",
    name="Radwerk Freiburg GmbH",
    currency="EUR",
    country="DE",
    city="Freiburg",
    iban="DE02120300000000202051",
    version=1,
)


def a_line(number: int, kind: str, document: str, amount: str, **more: Any) -> DunningLetterLineView:
    """What is open of a document."""
    known: dict[str, Any] = {"document_on": date(2026, 1, 12), "due_on": date(2026, 2, 11)}
    known |= {"interest_from": None, "interest_until": None, "interest_amount": Decimal(0)}
    return DunningLetterLineView(
        line_number=number,
        open_item_id=AN_ID,
        kind=kind,
        document_number=document,
        open_amount=Decimal(amount),
        **known | more,
    )


def a_letter(language: str) -> DunningLetterView:
    """The third letter: 119.00 overdue for 35 days, an earlier fee, interest, and a fee of its own."""
    customer = {"name": "Anna Apfel", "code": "ANNA", "country": "DE", "language": language}
    customer |= {"address": "Apfelweg 1", "postal_code": "50667", "city": "Köln", "tax_number": ""}
    return DunningLetterView(
        letter_id=AN_ID,
        letter_number="DUN-2026-000003",
        dunning_id=AN_ID,
        customer_code="ANNA",
        level=3,
        scheduled_on=date(2026, 3, 18),
        written_on=date(2026, 3, 18),
        pay_by=date(2026, 3, 28),
        currency="EUR",
        title="Letzte Mahnung" if language == "de" else "Final notice",
        overdue_amount=Decimal(119),
        fee_amount=Decimal(10),
        interest_amount=Decimal("1.03"),
        charge_amount=Decimal("11.03"),
        total_amount=Decimal("135.03"),
        company=sender(COMPANY, "EUR").model_dump(),
        customer=customer,
        text="Bitte zahlen Sie bis zum {pay_by}." if language == "de" else "Please pay by {pay_by}.",
        rate=Decimal(1),
        interest_percent=Decimal(9),
        lines=[
            a_line(1, "invoice", "INV-2026-000007", "119.00", interest_amount=Decimal("1.03")),
            a_line(2, "charge", "DUN-2026-000002", "5.00"),
        ],
    )


@pytest.mark.parametrize(
    ("language", "printed"),
    [
        (
            "de",
            [
                "Letzte Mahnung",
                "Guten Tag,",
                "Bitte zahlen Sie bis zum 28.03.2026.",
                "Rechnung INV-2026-000007",
                "Gebühren und Zinsen aus DUN-2026-000002",
                "Verzugszinsen: 9 % im Jahr",
                "135,03 €",
                "DE02 1203 0000 0000 2020 51",
            ],
        ),
        (
            "en",
            [
                "Final notice",
                "Dear customer,",
                "Please pay by 28 March 2026.",
                "Invoice INV-2026-000007",
                "Fee and interest of DUN-2026-000002",
                "Interest: 9% a year",
                "€135.03",
            ],
        ),
    ],
)
def test_a_letter_says_what_is_owed_in_the_customers_language(language: str, printed: list[str]) -> None:
    pdf = PdfReader(io.BytesIO(letter_pdf(a_letter(language))))

    (page,) = pdf.pages
    text = page.extract_text().replace("\N{NO-BREAK SPACE}", " ")
    for words in printed:
        assert words in text, f"{words!r} is not in {text!r}"
    assert "35" in text.split(), "the days that the invoice is overdue"
    assert pdf.metadata is not None
    assert pdf.metadata.title == printed[0]


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert letter_pdf(a_letter("de")) == letter_pdf(a_letter("de"))

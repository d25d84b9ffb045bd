"""The head of a letter: who writes to whom, and what stands at the foot of every page.

The layout is `letterhead.typ`, with what the letter is about after it; it gets words and figures ready to
print as JSON, so that no name, however it is spelled, is ever taken for markup. The PDF conforms to PDF/A-3a
(ISO 19005-3, for archives) and PDF/UA-1 (ISO 14289-1, for screen readers), with all fonts embedded.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from domains.master_data.messages import Language
from domains.master_data.rules.tax_numbers import is_vat_number
from domains.master_data.views import CompanyView
from foundation.values.figures import Figures, city_line, in_groups_of_four
from foundation.values.messages import CountryCode, CurrencyCode, Message, Name, Text

LETTERHEAD: Final = Path(__file__).with_name("letterhead.typ").read_bytes()
LETTER: Final = Path(__file__).with_name("letter.typ").read_bytes()
"""Paragraphs, a table, what it comes to, and where to pay: what most letters are."""
CONTROL_CHARACTERS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
ARCHIVABLE: "Final[typst.PDFStandards]" = ["a-3a", "ua-1"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWords:
    """How one language writes dates and figures, and what stands around every letter."""

    locale: str
    date_format: str
    page: str
    vat_number: str
    tax_number: str
    directors: str


WORDS: Final = {
    "de": LetterWords(
        locale="de_DE",
        date_format="dd.MM.yyyy",
        page="Seite",
        vat_number="USt-IdNr.",
        tax_number="Steuernummer",
        directors="Geschäftsführung: {names}",
    ),
    "en": LetterWords(
        locale="en_GB",
        date_format="d MMMM yyyy",
        page="Page",
        vat_number="VAT number",
        tax_number="Tax number",
        directors="Managing directors: {names}",
    ),
}


class PrintedParty(Message):
    """Whoever is named on an invoice, with a postal address.

    `tax_number` is a VAT number, or a national one.
    """

    name: Name
    address: Text = ""
    """Street, and whatever else stands between name and city, one line each."""
    postal_code: Text = ""
    city: Text = ""
    country: CountryCode
    tax_number: Text = ""


class InvoicingCompany(PrintedParty):
    """Who writes: with what it is registered as, and the bank account of the letter's currency.

    Documents keep it as it was when they were posted.
    """

    currency: CurrencyCode = "EUR"
    """Of its ledger."""
    iban: Text = ""
    bic: Text = ""
    bank: Text = ""
    email: Text = ""
    register_court: Text = ""
    register_number: Text = ""
    directors: Text = ""


class InvoicedCustomer(PrintedParty):
    """Who pays, and in which language it reads: `de` or `en`."""

    code: str
    language: Language = "en"


OF_A_PARTY = ("name", "address", "postal_code", "city", "country", "tax_number")


def sender(company: CompanyView, currency: str) -> InvoicingCompany:
    """The company as it stands, with its bank account for a currency."""
    names = (*OF_A_PARTY, "currency", "email", "register_court", "register_number", "directors")
    account = company.bank_account(currency)
    return InvoicingCompany(
        **{name: getattr(company, name) for name in names},
        iban=account.iban,
        bic=account.bic,
        bank=account.bank,
    )


def addressee(customer: Mapping[str, Any]) -> InvoicedCustomer:
    """Who a letter goes to: a customer as it was when a document was written, or as it stands."""
    return InvoicedCustomer(**{name: customer[name] for name in (*OF_A_PARTY, "code", "language")})


def figures_in(language: str, currency: str) -> Figures:
    """How a language writes dates, and amounts in a currency."""
    return Figures(locale=WORDS[language].locale, date_format=WORDS[language].date_format, currency=currency)


def rendered(layout: bytes, content: dict[str, Any], dated: date) -> bytes:
    """The letter as a PDF; the same content gives the same bytes.

    Signs that the embedded fonts lack (Chinese, say) are taken from the machine's fonts, and such a letter is
    an ordinary PDF: it must go out, even if it cannot be called archivable.
    """
    places = {place: printable(part) for place, part in content.items()}
    places["dated"] = [dated.year, dated.month, dated.day]
    printed = {"document": json.dumps(places)}
    at, whole = datetime.combine(dated, time.min, UTC), LETTERHEAD + layout
    try:
        return typst.compile(
            whole, font_paths=_fonts(False), sys_inputs=printed, pdf_standards=ARCHIVABLE, timestamp=at
        )
    except typst.TypstError:
        return typst.compile(whole, font_paths=_fonts(True), sys_inputs=printed, timestamp=at)


@cache
def _fonts(with_those_of_the_machine: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=with_those_of_the_machine)


def printable(content: Any) -> Any:
    """The same without the control characters that no font can show; line breaks stay."""
    if isinstance(content, str):
        return CONTROL_CHARACTERS.sub(" ", content)
    if isinstance(content, list):
        return [printable(part) for part in content]
    if isinstance(content, dict):
        return {place: printable(part) for place, part in content.items()}
    return content


def around(company: InvoicingCompany, customer: InvoicedCustomer, figures: Figures) -> dict[str, Any]:
    """What stands around every letter: who writes to whom in which language, and the foot of its pages."""
    words = WORDS[customer.language]
    return {
        "language": customer.language,
        "page": words.page,
        "company": company.name,
        "sender": " · ".join(address_lines(company)),
        "recipient": recipient(company, customer, figures),
        "footer": footer(company, words),
    }


def address_lines(party: PrintedParty) -> list[str]:
    """Name, street and city, a line each."""
    city = city_line(postal_code=party.postal_code, city=party.city, country=party.country)
    lines = [party.name, *party.address.splitlines(), city]
    return [line.strip() for line in lines if line.strip()]


def recipient(company: PrintedParty, customer: PrintedParty, figures: Figures) -> list[str]:
    """The address as the post wants it: the country only when it is not the sender's."""
    abroad = customer.country != company.country
    country = [figures.country(customer.country)] if abroad else []
    return [*address_lines(customer), *country]


def footer(company: InvoicingCompany, words: LetterWords) -> list[list[str]]:
    """The company at the foot of every page: address, numbers, what it is registered as, bank."""
    is_for_vat = is_vat_number(company.tax_number, company.country)
    number = words.vat_number if is_for_vat else words.tax_number
    tax_number = f"{number} {company.tax_number}" if company.tax_number else ""
    register = ", ".join(part for part in (company.register_court, company.register_number) if part)
    directors = words.directors.format(names=company.directors) if company.directors else ""
    bank = [
        company.bank,
        f"IBAN {in_groups_of_four(company.iban)}" if company.iban else "",
        f"BIC {company.bic}" if company.bic else "",
    ]
    blocks = [address_lines(company), [company.email, tax_number, register, directors], bank]
    return [[line for line in block if line] for block in blocks]

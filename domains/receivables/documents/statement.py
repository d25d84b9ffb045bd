"""The statement of account that a customer receives: its documents with what was owed after each."""

from dataclasses import dataclass
from typing import Final

from domains.ledger.queries.party_statements import CurrencyStatement, PartyStatement, StatementLine
from domains.master_data import letterhead
from domains.master_data.views import CompanyView, CustomerView


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementWording:
    """One language's words. Braces are filled in."""

    title: str
    days: str
    customer_code: str
    salutation: str
    opening: str
    nothing: str
    day: str
    document: str
    amount: str
    balance: str
    carried: str
    closing: str
    in_currency: str
    documents: dict[str, str]
    for_documents: str


WORDS: Final = {
    "de": StatementWording(
        title="Kontoauszug",
        days="Zeitraum",
        customer_code="Kundennummer",
        salutation="Guten Tag,",
        opening="hier finden Sie, was wir vom {first} bis zum {last} auf Ihrem Kundenkonto gebucht haben.",
        nothing="In diesem Zeitraum wurde nichts gebucht, und es ist nichts offen.",
        day="Tag",
        document="Beleg",
        amount="Betrag {currency}",
        balance="Saldo {currency}",
        carried="Saldovortrag",
        closing="Saldo am {last}",
        in_currency="Saldo am {last} in {currency}",
        documents={
            "invoice": "Rechnung {number}",
            "credit_note": "Rechnungskorrektur {number}",
            "payment": "Zahlung {number}",
            "refund": "Erstattung {number}",
            "allocation": "Verrechnung von {number}",
            "dunning_letter": "Gebühren und Zinsen aus {number}",
            "reversal": "Storno {number}",
        },
        for_documents="zu {numbers}",
    ),
    "en": StatementWording(
        title="Statement of account",
        days="Period",
        customer_code="Customer number",
        salutation="Dear customer,",
        opening="below you find what we booked on your account from {first} to {last}.",
        nothing="Nothing was booked in these days, and nothing is open.",
        day="Day",
        document="Document",
        amount="Amount {currency}",
        balance="Balance {currency}",
        carried="Balance brought forward",
        closing="Balance on {last}",
        in_currency="Balance on {last} in {currency}",
        documents={
            "invoice": "Invoice {number}",
            "credit_note": "Credit note {number}",
            "payment": "Payment {number}",
            "refund": "Refund {number}",
            "allocation": "Use of {number}",
            "dunning_letter": "Fee and interest of {number}",
            "reversal": "Reversal {number}",
        },
        for_documents="for {numbers}",
    ),
}


def statement_pdf(statement: PartyStatement, company: CompanyView, customer: CustomerView) -> bytes:
    """The statement as a PDF, ready to send; one in several currencies has a balance for each."""
    own = letterhead.sender(company, company.currency)
    reader = letterhead.addressee(customer.model_dump())
    words = WORDS[reader.language]
    figures = letterhead.figures_in(reader.language, company.currency)
    days = {"first": figures.day(statement.first), "last": figures.day(statement.last)}
    several = len(statement.accounts) > 1
    closing = words.in_currency if several else words.closing
    content = {
        **letterhead.around(own, reader, figures),
        "title": words.title,
        "facts": [[words.days, "{first} – {last}".format(**days)], [words.customer_code, customer.code]],
        "paragraphs": [
            words.salutation,
            words.opening.format(**days) if statement.accounts else words.nothing,
        ],
        "heads": _heads(statement, words),
        "lines": [
            line for account in statement.accounts for line in _lines(account, statement, reader.language)
        ],
        "sums": [
            [
                closing.format(**days, currency=account.currency),
                letterhead.figures_in(reader.language, account.currency).amount(account.closing_balance),
            ]
            for account in statement.accounts
        ],
        "payment": "",
        "bank": [],
        "notes": [],
    }
    return letterhead.rendered(letterhead.LETTER, content, statement.last)


def _heads(statement: PartyStatement, words: StatementWording) -> list[str]:
    currencies = [account.currency for account in statement.accounts]
    named = currencies[0] if len(currencies) == 1 else ""
    money = [head.format(currency=named).strip() for head in (words.amount, words.balance)]
    return [words.document, words.day, *money] if statement.accounts else []


def _lines(account: CurrencyStatement, statement: PartyStatement, language: str) -> list[list[str]]:
    words = WORDS[language]
    figures = letterhead.figures_in(language, account.currency)
    several = len(statement.accounts) > 1
    written = figures.amount if several else figures.plain_amount
    before = [words.carried, figures.day(statement.first), "", written(account.opening_balance)]
    moved = [
        [_named(line, words), figures.day(line.on), written(line.amount), written(line.balance)]
        for line in account.lines
    ]
    return [before, *moved]


def _named(line: StatementLine, words: StatementWording) -> str:
    """What a document is called, and for which others it is."""
    name = words.documents.get(line.document_type, "{number}").format(number=line.document_number)
    others = [part.document_number for part in line.settled if part.document_number != line.document_number]
    return f"{name} {words.for_documents.format(numbers=', '.join(others))}" if others else name

"""The dunning letter that a customer receives: a PDF in its language, laid out as the invoice is.

Nothing is computed here: the figures are those that were posted.
"""

from dataclasses import dataclass
from typing import Any, Final

from domains.master_data import letterhead
from domains.master_data.letterhead import InvoicingCompany
from domains.receivables.documents.wording import WORDING, Wording
from domains.receivables.queries.dunning import DunningLetterLineView, DunningLetterView
from foundation.values.figures import Figures, in_groups_of_four


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWording:
    """One language's words. Braces are filled in."""

    number: str
    written_on: str
    pay_by: str
    salutation: str
    document: str
    document_on: str
    due_on: str
    days: str
    open_amount: str
    interest: str
    invoice: str
    charge: str
    on_account: str
    overdue: str
    earlier_charges: str
    fee: str
    interest_sum: str
    total: str
    interest_note: str


WORDS: Final = {
    "de": LetterWording(
        number="Schreiben",
        written_on="Datum",
        pay_by="Zahlbar bis",
        salutation="Guten Tag,",
        document="Beleg",
        document_on="vom",
        due_on="Fällig am",
        days="Tage",
        open_amount="Offen {currency}",
        interest="Zinsen {currency}",
        invoice="Rechnung {number}",
        charge="Gebühren und Zinsen aus {number}",
        on_account="Guthaben {number}",
        overdue="Fällige Rechnungen",
        earlier_charges="Gebühren und Zinsen, Guthaben",
        fee="Mahngebühr",
        interest_sum="Verzugszinsen",
        total="Gesamtbetrag",
        interest_note="Verzugszinsen: {percent} im Jahr, taggenau (365 Tage), ab dem Tag nach Fälligkeit.",
    ),
    "en": LetterWording(
        number="Letter",
        written_on="Date",
        pay_by="Payable by",
        salutation="Dear customer,",
        document="Document",
        document_on="of",
        due_on="Due on",
        days="Days",
        open_amount="Open {currency}",
        interest="Interest {currency}",
        invoice="Invoice {number}",
        charge="Fee and interest of {number}",
        on_account="Your credit {number}",
        overdue="Overdue invoices",
        earlier_charges="Earlier fees and interest, your credit",
        fee="Fee for this letter",
        interest_sum="Interest",
        total="Total",
        interest_note="Interest: {percent} a year, by the day (365 days), from the day after the due date.",
    ),
}


def letter_pdf(letter: DunningLetterView) -> bytes:
    """The letter as a PDF, ready to send: A4, DIN 5008 form B, the address in the envelope's window."""
    return letterhead.rendered(letterhead.LETTER, _printed(letter), letter.written_on)


def _printed(letter: DunningLetterView) -> dict[str, Any]:
    """What the layout prints, in its places."""
    customer, own = letterhead.addressee(letter.customer), InvoicingCompany(**letter.company)
    words, common = WORDS[customer.language], WORDING[customer.language]
    figures = letterhead.figures_in(customer.language, letter.currency)
    text = letter.text.replace("{pay_by}", figures.day(letter.pay_by))
    return {
        **letterhead.around(own, customer, figures),
        "title": letter.title,
        "facts": [
            [words.number, letter.letter_number],
            [words.written_on, figures.day(letter.written_on)],
            [words.pay_by, figures.day(letter.pay_by)],
            [common.customer_code, letter.customer_code],
        ],
        "paragraphs": [words.salutation, *(part for part in text.split("\n") if part.strip())],
        "heads": _heads(letter, words),
        "lines": [_line(line, letter, words, figures) for line in letter.lines],
        "sums": _sums(letter, words, figures),
        "payment": common.payment,
        "bank": _bank(letter, own, common),
        "notes": _notes(letter, words, figures),
    }


def _heads(letter: DunningLetterView, words: LetterWording) -> list[str]:
    heads = [words.document, words.document_on, words.due_on, words.days]
    money = [words.open_amount, *([words.interest] if letter.interest_amount else [])]
    return [*heads, *(head.format(currency=letter.currency) for head in money)]


def _line(
    line: DunningLetterLineView, letter: DunningLetterView, words: LetterWording, figures: Figures
) -> list[str]:
    names = {"invoice": words.invoice, "charge": words.charge, "on_account": words.on_account}
    days = (letter.written_on - line.due_on).days
    cells = [
        names[line.kind].format(number=line.document_number),
        figures.day(line.document_on),
        figures.day(line.due_on) if line.kind != "on_account" else "",
        str(days) if line.kind == "invoice" else "",
        figures.plain_amount(line.open_amount),
    ]
    if not letter.interest_amount:
        return cells
    return [*cells, figures.plain_amount(line.interest_amount) if line.interest_amount else ""]


def _sums(letter: DunningLetterView, words: LetterWording, figures: Figures) -> list[list[str]]:
    """What it comes to, and last the total."""
    rest = letter.total_amount - letter.overdue_amount - letter.charge_amount
    sums = [
        (words.overdue, letter.overdue_amount),
        (words.earlier_charges, rest),
        (words.interest_sum, letter.interest_amount),
        (words.fee, letter.fee_amount),
    ]
    shown = [[label, figures.amount(amount)] for label, amount in sums if amount]
    return [*shown, [words.total, figures.amount(letter.total_amount)]]


def _bank(letter: DunningLetterView, company: InvoicingCompany, common: Wording) -> list[list[str]]:
    if not company.iban or letter.total_amount <= 0:
        return []
    bank = [
        [common.account_holder, company.name],
        ["IBAN", in_groups_of_four(company.iban)],
        ["BIC", company.bic],
        [common.reference, letter.letter_number],
    ]
    return [entry for entry in bank if entry[1]]


def _notes(letter: DunningLetterView, words: LetterWording, figures: Figures) -> list[str]:
    if not letter.interest_amount:
        return []
    return [words.interest_note.format(percent=figures.percent(letter.interest_percent))]

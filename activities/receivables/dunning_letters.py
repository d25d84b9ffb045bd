"""Dunning letters: computed, numbered without a gap, posted, and open until they are paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from activities.ledger.posting import Books, Entry, books_on, write_entry, write_items
from domains.ledger.messages import Document, Line, NewItem, Side, Source
from domains.master_data import letterhead
from domains.master_data import queries as master_data
from domains.master_data.views import CompanyView, CustomerView
from domains.receivables.messages import DunningLevel, PostedLetter
from domains.receivables.rules import dunning as rules
from domains.receivables.rules.dunning import LetterFigures, OpenPosition
from domains.receivables.tables.dunning import DunningLetter, DunningLetterLine
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.money import DualAmount


@dataclass(frozen=True)
class Due:
    """The letter of a dunning's next level, which is due."""

    dunning_id: UUID
    number: int
    """Of the level that is reached with it."""
    level: DunningLevel
    positions: Sequence[OpenPosition]
    scheduled_on: date
    """The day it was due by the procedure: there is one letter for it, whenever it is written."""
    written_on: date


async def write_letters(tx: Transaction, customer: CustomerView, due: Due) -> tuple[PostedLetter, ...]:
    """Write the next level's letter, one for each currency; its fee and interest are posted and owed.

    Refuses: NotPostable, NoExchangeRate, NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    books = await books_on(tx, due.written_on)
    rates = {
        currency: await master_data.exchange_rate(tx, currency, due.written_on, base=books.currency)
        for currency in sorted({owed.currency for owed in rules.demanded(due.positions, due.written_on)})
    }
    letters = rules.letters(
        due.level, due.positions, due.written_on, rates=rates, own_currency=customer.currency
    )
    company = await master_data.company(tx)
    return tuple([await _write(tx, books, company, customer, letter, due) for letter in letters])


async def _write(
    tx: Transaction,
    books: Books,
    company: CompanyView,
    customer: CustomerView,
    letter: LetterFigures,
    due: Due,
) -> PostedLetter:
    letter_id = uuid5(due.dunning_id, f"level {due.number} in {letter.currency}")
    number = tx.closing.number("DUN", books.fiscal_year)
    sent_by = letterhead.sender(company, letter.currency).model_dump(mode="json")
    head = _head(letter_id, customer, letter, due) | {"company": sent_by, "number": number}
    write_document(tx, {DunningLetter: head})
    write_document(tx, {DunningLetterLine: _lines(letter_id, letter)})
    lines = rules.postings(
        letter, base_currency=books.currency, customer_code=customer.code, account=books.account
    )
    about = f"Dunning letter {number} to {customer.name}, level {due.number}"
    source = Source("dunning_letter", letter_id, "dunning_letter")
    await write_entry(tx, books, Entry(source, due.written_on, letter.currency, about, lines))
    document = Document("dunning_letter", letter_id, number)
    items = _open_item(letter_id, head["pay_by"], lines)
    write_items(tx, document, items, on=due.written_on, currency=letter.currency)
    return PostedLetter(
        letter_id=letter_id,
        letter_number=number,
        currency=letter.currency,
        fee_amount=letter.fee_amount,
        interest_amount=letter.interest_amount,
        total_amount=letter.total_amount,
    )


def _head(letter_id: UUID, customer: CustomerView, letter: LetterFigures, due: Due) -> dict[str, Any]:
    level = due.level
    says = rules.text_in(level, customer.language)
    return {
        "id": letter_id,
        "dunning_id": due.dunning_id,
        "customer_code": customer.code,
        "customer": customer.model_dump(mode="json"),
        "level": due.number,
        "scheduled_on": due.scheduled_on,
        "written_on": due.written_on,
        "pay_by": due.written_on + timedelta(days=level.days_to_pay),
        "currency": letter.currency,
        "rate": letter.rate,
        "title": says.title,
        "text": says.text,
        "overdue_amount": letter.overdue_amount,
        "fee_amount": letter.fee_amount,
        "interest_percent": level.interest_percent,
        "interest_amount": letter.interest_amount,
        "charge_amount": letter.charge_amount,
        "total_amount": letter.total_amount,
    }


def _lines(letter_id: UUID, letter: LetterFigures) -> list[dict[str, Any]]:
    return [
        {
            "letter_id": letter_id,
            "line_number": number,
            "open_item_id": line.position.item_id,
            "kind": line.position.kind,
            "document_number": line.position.document_number,
            "document_on": line.position.document_on,
            "due_on": line.position.due_on,
            "open_amount": line.position.open_amount,
            "interest_from": line.interest_from,
            "interest_until": line.interest_until,
            "interest_amount": line.interest_amount,
        }
        for number, line in enumerate(letter.lines, start=1)
    ]


def _open_item(letter_id: UUID, pay_by: date, lines: Sequence[Line]) -> list[NewItem]:
    """What the letter charges is owed; the receivable is the first line of its entry."""
    if not lines:
        return []
    receivable = lines[0]
    return [
        NewItem(
            id=uuid5(letter_id, "charge"),
            side=Side.RECEIVABLE,
            account_code=receivable.account_code,
            party=receivable.party,
            due_on=pay_by,
            value=DualAmount(receivable.amount, receivable.base_amount),
        )
    ]

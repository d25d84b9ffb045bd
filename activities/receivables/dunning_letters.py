"""Dunning letters: computed, numbered without a gap, posted, and open until they are paid."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Date, Uuid, bindparam, text

from activities.ledger.posting import Books, Entry, books_on, write_entry, write_items
from domains.ledger.messages import Document, Line, NewItem, Side, Source
from domains.master_data import queries as master_data
from domains.master_data.views import CustomerView
from domains.receivables.messages import (
    DunningLettersPosted,
    DunningLevel,
    DunningState,
    PostDunningLetter,
    PostedLetter,
)
from domains.receivables.queries import dunning as queries
from domains.receivables.rules import dunning as rules
from domains.receivables.rules.dunning import Letter
from domains.receivables.tables.dunning import Dunning, DunningLetter, DunningLetterLine
from foundation.documents import write_document
from foundation.errors import NotFound
from foundation.money import DualAmount
from foundation.operation import operation
from foundation.transaction import Transaction

_NEXT_LEVEL = text(
    """
    UPDATE receivables.dunning SET level = level + 1, last_letter_on = :on, promised_until = NULL
    WHERE id = :dunning
    """
).bindparams(bindparam("on", type_=Date), bindparam("dunning", type_=Uuid))


@operation("receivables.post_dunning_letter")
async def post_dunning_letter(tx: Transaction, post: PostDunningLetter) -> DunningLettersPosted:
    """Write the next level's letter, one for each currency; its fee and interest are posted and owed.

    Writes no letter if nothing is due any more. Refuses: NotFound, NotPostable, NoExchangeRate,
    NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    dunning = await tx.get(Dunning, post.dunning_id, for_update=True)
    if dunning is None:
        raise NotFound(f"there is no dunning {post.dunning_id}")
    customer = await master_data.customer(tx, dunning.customer_code)
    levels = await queries.levels_for(tx, dunning.customer_code)
    positions = await queries.positions(tx, dunning.customer_code, locked=True)
    state, _ = rules.review(levels, queries.standing_of(dunning), positions, post.written_on)
    if state is not DunningState.DUE or customer is None:
        return DunningLettersPosted(level=dunning.level, letters=())
    level = levels[dunning.level]
    books = await books_on(tx, post.written_on)
    rates = {
        currency: await master_data.exchange_rate(tx, currency, post.written_on, base=books.currency)
        for currency in sorted({owed.currency for owed in rules.demanded(positions, post.written_on)})
    }
    letters = rules.letters(level, positions, post.written_on, rates=rates, own_currency=customer.currency)
    await tx.execute(_NEXT_LEVEL, {"dunning": dunning.id, "on": post.written_on})
    reached = dunning.level + 1
    posted = [
        await _write(tx, books, dunning, customer, (reached, level), letter, post) for letter in letters
    ]
    return DunningLettersPosted(level=reached, letters=tuple(posted))


async def _write(
    tx: Transaction,
    books: Books,
    dunning: Any,
    customer: CustomerView,
    reached: tuple[int, DunningLevel],
    letter: Letter,
    post: PostDunningLetter,
) -> PostedLetter:
    letter_id = uuid5(dunning.id, f"level {reached[0]} in {letter.currency}")
    number = tx.closing.number("DUN", books.fiscal_year)
    head = _head(letter_id, dunning, customer, reached, letter, post)
    write_document(tx, {DunningLetter: head | {"number": number}})
    write_document(tx, {DunningLetterLine: _lines(letter_id, letter)})
    lines = rules.postings(
        letter, base_currency=books.currency, customer_code=customer.code, account=books.account
    )
    about = f"Dunning letter {number} to {customer.name}, level {reached[0]}"
    source = Source("dunning_letter", letter_id, "dunning_letter")
    await write_entry(tx, books, Entry(source, post.written_on, letter.currency, about, lines))
    document = Document("dunning_letter", letter_id, number, process_id=dunning.process_id)
    items = _open_item(letter_id, head["pay_by"], lines)
    write_items(tx, document, items, on=post.written_on, currency=letter.currency)
    return PostedLetter(
        letter_id=letter_id,
        letter_number=number,
        currency=letter.currency,
        fee_amount=letter.fee_amount,
        interest_amount=letter.interest_amount,
        total_amount=letter.total_amount,
    )


def _head(
    letter_id: UUID,
    dunning: Any,
    customer: CustomerView,
    reached: tuple[int, DunningLevel],
    letter: Letter,
    post: PostDunningLetter,
) -> dict[str, Any]:
    number, level = reached
    says = rules.text_in(level, customer.language)
    return {
        "id": letter_id,
        "dunning_id": dunning.id,
        "process_id": dunning.process_id,
        "customer_code": customer.code,
        "customer": customer.model_dump(mode="json"),
        "level": number,
        "scheduled_on": post.scheduled_on,
        "written_on": post.written_on,
        "pay_by": post.written_on + timedelta(days=level.days_to_pay),
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


def _lines(letter_id: UUID, letter: Letter) -> list[dict[str, Any]]:
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

"""Dunning letters: computed, numbered without a gap, posted, and open until they are paid."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text

from activities.ledger.posting import Books, Entry, Source, as_json, books_on, check_accounts
from domains.ledger.rules.journal import Line
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
from domains.receivables.tables.dunning import Dunning
from foundation.errors import NotFound
from foundation.operation import operation
from foundation.transaction import Row, Transaction

_WRITE = text(
    """
    SELECT receivables.write_dunning_letter(
        :fiscal_year, CAST(:letter AS jsonb), CAST(:lines AS jsonb), CAST(:items AS jsonb),
        CAST(:entries AS jsonb))
    """
)


@operation("receivables.post_dunning_letter")
async def post_dunning_letter(tx: Transaction, post: PostDunningLetter) -> DunningLettersPosted:
    """Write the next level's letter, one for each currency; its fee and interest are posted and owed.

    Content, with no letter, when nothing is due any more. Refuses: NotFound, NotPostable, NoExchangeRate,
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
    reached = {"level": dunning.level + 1, "last_letter_on": post.written_on, "promised_until": None}
    dunning = await tx.update(Dunning, dunning.id, **reached)
    posted = [await _write(tx, books, dunning, customer, level, letter, post) for letter in letters]
    return DunningLettersPosted(level=dunning.level, letters=tuple(posted))


async def _write(
    tx: Transaction,
    books: Books,
    dunning: Row,
    customer: CustomerView,
    level: DunningLevel,
    letter: Letter,
    post: PostDunningLetter,
) -> PostedLetter:
    letter_id = uuid5(dunning.id, f"level {dunning.level} in {letter.currency}")
    lines = rules.postings(
        letter, base_currency=books.currency, customer_code=customer.code, account=books.account
    )
    await check_accounts(tx, books, lines)
    about = f"Dunning letter {{number}} to {customer.name}, level {dunning.level}"
    source = Source("dunning_letter", letter_id, "dunning_letter")
    entries = [Entry(source, post.written_on, letter.currency, about, lines)] if lines else []
    head = _head(letter_id, dunning, customer, level, letter, post)
    document = {
        "letter": as_json(head),
        "lines": as_json(_lines(letter_id, letter)),
        "items": as_json(_open_item(head, lines)),
        "entries": as_json([entry.as_row(books) for entry in entries]),
    }
    written = await tx.execute(_WRITE, {"fiscal_year": books.fiscal_year, **document})
    return PostedLetter(
        letter_id=letter_id,
        letter_number=written.scalar_one(),
        currency=letter.currency,
        fee_amount=letter.fee_amount,
        interest_amount=letter.interest_amount,
        total_amount=letter.total_amount,
    )


def _head(
    letter_id: UUID,
    dunning: Row,
    customer: CustomerView,
    level: DunningLevel,
    letter: Letter,
    post: PostDunningLetter,
) -> dict[str, Any]:
    says = rules.text_in(level, customer.language)
    return {
        "id": letter_id,
        "dunning_id": dunning.id,
        "process_id": dunning.process_id,
        "customer_code": customer.code,
        "customer": customer.model_dump(mode="json"),
        "level": dunning.level,
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


def _open_item(head: dict[str, Any], lines: Sequence[Line]) -> list[dict[str, Any]]:
    """What the letter charges is owed; the receivable is the first line of its entry."""
    if not lines:
        return []
    receivable = lines[0]
    item = {
        "id": uuid5(head["id"], "charge"),
        "customer_code": head["customer_code"],
        "dunning_letter_id": head["id"],
        "document_on": head["written_on"],
        "due_on": head["pay_by"],
        "currency": head["currency"],
        "amount": receivable.amount,
        "base_amount": receivable.base_amount,
        "open_amount": receivable.amount,
        "base_open_amount": receivable.base_amount,
    }
    return [item]

"""A posted document is taken back by a document of its own: mirror entries, and what was open is open again.

Everything that a document did in the books hangs on its type and id: its entries, the open items that it
made, and its settlements of others' items. So one reversal serves all documents of all domains. A document on
which something later stands is not taken back before that; the refusal names it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Text, Uuid, bindparam, select, text

from activities.ledger.posting.asked_before import ask_of_any
from activities.ledger.posting.entries import Entry, books_on, write_entry
from activities.ledger.posting.setting_off import set_off_credits
from activities.ledger.posting.settling import Settling, row
from domains.ledger.messages import (
    CreditSetOff,
    DocumentReversed,
    Line,
    Party,
    PartyType,
    ReopenedInvoice,
    Source,
)
from domains.ledger.rules import journal
from domains.ledger.rules import reversals as rules
from domains.ledger.tables.journal import JournalEntry, JournalLine
from domains.ledger.tables.open_items import OpenItem, Reversal, Settlement
from foundation.database.connections import rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound
from foundation.values.money import ZERO, DualAmount

_NEVER_CAME = {"payment", "allocation", "write_off", "line_posting"}
"""What settled an invoice and has not, when it is taken back: what was credited of the invoice is set off."""
# Posted documents cannot be locked as rows: nobody may change them. Whoever reverses one queues here.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:document, 0))")
_OF = {"type": bindparam("type", type_=Text), "document": bindparam("document", type_=Uuid)}

_REVERSED = select(Reversal.number).where(
    Reversal.document_type == _OF["type"], Reversal.document_id == _OF["document"]
)
_ENTRIES = (
    select(*rows_of(JournalEntry).c)
    .where(JournalEntry.source_type == _OF["type"], JournalEntry.source_id == _OF["document"])
    .order_by(JournalEntry.number)
)
_LINES = (
    select(*rows_of(JournalLine).c)
    .where(JournalLine.entry_id == bindparam("entry", type_=Uuid))
    .order_by(JournalLine.line_number)
)
_ITEMS = (
    select(*rows_of(OpenItem).c)
    .where(OpenItem.document_type == _OF["type"], OpenItem.document_id == _OF["document"])
    .order_by(OpenItem.id)
    .with_for_update()
)
_SETTLEMENTS = (
    select(*rows_of(Settlement).c)
    .where(Settlement.source_type == _OF["type"], Settlement.source_id == _OF["document"])
    .order_by(Settlement.open_item_id)
)
# The items that it settled, locked in the order of their ids as by whoever settles them.
_SETTLED_ITEMS = text(
    """
    SELECT i.id, i.document_id, i.document_number, i.process_id, i.amount FROM ledger.open_item i
    WHERE i.id IN (SELECT s.open_item_id FROM ledger.settlement s
                   WHERE s.source_type = :type AND s.source_id = CAST(:document AS uuid))
    ORDER BY i.id FOR UPDATE
    """
)
# What stands on it: whoever has settled an item that it made, and has not been taken back; and, when it paid
# an invoice that was taken back afterwards, the use of its credit note's money for what was billed again, as
# long as the order waits for that to be paid. Other credit notes do not stand in the way: the money is gone,
# whatever was credited. An allocation has no number: it is named by what it used for what.
_STANDS_ON_IT = text(
    """
    SELECT DISTINCT coalesce('the allocation of ' || a.money_number || ' to ' || a.document_number,
        s.source_number) AS number
    FROM ledger.settlement s
        JOIN ledger.open_item i ON i.id = s.open_item_id
        LEFT JOIN ledger.allocation a ON s.source_type = 'allocation' AND a.id = s.source_id
    WHERE i.document_type = :type AND i.document_id = CAST(:document AS uuid) AND s.reverses_id IS NULL
        AND s.source_id <> i.document_id
        AND NOT EXISTS (SELECT FROM ledger.settlement r WHERE r.reverses_id = s.id)
    UNION
    SELECT DISTINCT 'the allocation of ' || u.money_number || ' to ' || u.document_number
    FROM ledger.settlement s
        JOIN ledger.open_item i ON i.id = s.open_item_id AND i.document_id <> CAST(:document AS uuid)
        JOIN ledger.open_item c ON c.corrects_id = i.document_id
        JOIN foundation.process p ON p.id = c.process_id AND p.outcome IS NULL
        JOIN ledger.allocation u ON u.money_id = c.document_id
            AND u.document_id <> i.document_id AND NOT EXISTS (SELECT FROM ledger.reversal x
                WHERE x.document_type = 'allocation' AND x.document_id = u.id)
    WHERE s.source_type = :type AND s.source_id = CAST(:document AS uuid) AND i.amount > 0
        AND s.money_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM ledger.reversal x
            WHERE x.document_type = c.document_type AND x.document_id = c.document_id)
    ORDER BY number
    """
)
# The process of the order for which a payment came: it had posted it.
_OF_ORDER = text(
    """
    SELECT o.process_id FROM ledger.payment p
        JOIN ledger.journal_entry e ON e.source_type = :type AND e.source_id = p.id
        JOIN foundation.operation o ON o.key = e.operation_key
    WHERE :type = 'payment' AND p.id = CAST(:document AS uuid) AND p.order_id IS NOT NULL
        AND o.process_id IS NOT NULL
    LIMIT 1
    """
)
# What last settled an item that it made, or was taken back: on the days before, more than its amount would be
# open of it.
_LAST_USED = text(
    """
    SELECT s.source_number AS number, s.settled_on FROM ledger.settlement s
        JOIN ledger.open_item i ON i.id = s.open_item_id
    WHERE i.document_type = :type AND i.document_id = CAST(:document AS uuid) AND s.source_id <> i.document_id
    ORDER BY s.settled_on DESC LIMIT 1
    """
)


async def reverse(
    tx: Transaction,
    document_type: str,
    document_id: UUID,
    *,
    reversal_id: UUID,
    on: date,
    reason: str,
    number: str | None = None,
    posted_on: date | None = None,
    day_field: str = "reversed_on",
) -> DocumentReversed:
    """Take back what a document of any domain did in the books; the domain takes its own facts back itself.

    `number` is what the domain calls it, and `posted_on` its day; without them, what the books know. A
    refusal of the day names `day_field`.
    Refuses: NotFound, ReversedAlready, StandsOnIt, TooEarly when the day is before the document's own;
    NotPostable, NoFiscalYear, PeriodLocked.
    """
    of = {"type": document_type, "document": document_id}
    entries = (await tx.execute(_ENTRIES, of)).all()
    if not entries and number is None:
        raise NotFound(f"there is no {rules.name_of(document_type)} {document_id} that was posted")
    shown = number or await _number_of(tx, of, entries)
    await check_not_reversed(tx, document_type, document_id, shown)
    await ask_of_any(tx, document_id, shown)
    rules.check_day(on, posted_on or max(entry.posted_on for entry in entries), shown, day_field)
    books = await books_on(tx, on)
    items, settled = await _locked_items(tx, of, shown, on, day_field)
    taken_by = tx.closing.number("RV", books.fiscal_year)
    what = {"document_type": document_type, "document_id": document_id, "document_number": shown}
    head = {"id": reversal_id, "number": taken_by, "reversed_on": on, "reason": reason}
    write_document(tx, {Reversal: head | what})
    about = f"Reversal of {shown}: {reason}"[:2000]
    for entry in entries:
        await write_entry(tx, books, await _mirror(tx, entry, reversal_id, on, about))
    by = Settling("reversal", reversal_id, taken_by, on)
    _take_back_items(tx, by, items)
    settlements = (await tx.execute(_SETTLEMENTS, of)).all()
    _take_back_settlements(tx, by, settlements)
    used = await _set_off(tx, by, document_type, settled, settlements)
    told = _tell(tx, settled, settlements, on)
    if any(item.on_account for item in items):
        await _tell_order(tx, of, shown, on, told)
    return DocumentReversed(reversal_id=reversal_id, reversal_number=taken_by, **what, set_off=used)


async def _set_off(
    tx: Transaction, by: Settling, document_type: str, settled: Sequence[Any], settlements: Sequence[Any]
) -> tuple[CreditSetOff, ...]:
    """What credit notes put on account of what never came closes it again."""
    if document_type not in _NEVER_CAME:
        return ()
    reopened = list(dict.fromkeys(item.document_id for item in settled if item.amount > 0))
    return await set_off_credits(tx, by.document_id, by.on, settlements, reopened)


async def _locked_items(
    tx: Transaction, of: dict[str, Any], number: str, on: date, day_field: str
) -> tuple[Sequence[Any], Sequence[Any]]:
    """The items that the document made, and those that it settled, all locked.

    Refuses: StandsOnIt, TooEarly when what had used them was taken back on a later day.
    """
    items = (await tx.execute(_ITEMS, of)).all()
    as_text = of | {"document": str(of["document"])}
    settled = (await tx.execute(_SETTLED_ITEMS, as_text)).all()
    later = await tx.execute(_STANDS_ON_IT, as_text)
    rules.check_nothing_stands_on(number, [row.number for row in later])
    if last := (await tx.execute(_LAST_USED, as_text)).one_or_none():
        rules.check_day(on, last.settled_on, last.number, day_field)
    return items, settled


async def _mirror(tx: Transaction, entry: Any, reversal_id: UUID, on: date, about: str) -> Entry:
    lines = [_line(line) for line in await tx.execute(_LINES, {"entry": entry.id})]
    return Entry(
        Source("reversal", reversal_id, entry.purpose),
        on=on,
        currency=entry.currency,
        text=about,
        lines=journal.mirrored(lines),
        id=uuid5(reversal_id, str(entry.id)),
        reverses_id=entry.id,
    )


async def check_not_reversed(tx: Transaction, document_type: str, document_id: UUID, number: str) -> None:
    """Wait for whoever takes the document back at the same moment. Refuses: ReversedAlready.

    A domain asks before it looks at its own facts: they say that the document was taken back less clearly.
    """
    await tx.execute(_ONE_AT_A_TIME, {"document": str(document_id)})
    if taken := await tx.scalar(_REVERSED, {"type": document_type, "document": document_id}):
        raise rules.ReversedAlready(f"{number} was reversed already, by {taken}")


async def _number_of(tx: Transaction, of: dict[str, Any], entries: Sequence[Any]) -> str:
    """What people call the document: by its own number where the books know it, by its entry's otherwise."""
    known = text(
        """
        SELECT coalesce(
            (SELECT document_number FROM ledger.open_item
             WHERE document_type = :type AND document_id = CAST(:document AS uuid) LIMIT 1),
            (SELECT source_number FROM ledger.settlement
             WHERE source_type = :type AND source_id = CAST(:document AS uuid) LIMIT 1))
        """
    )
    found = await tx.scalar(known, of | {"document": str(of["document"])})
    return str(found or entries[0].number)


def _line(line: Any) -> Line:
    party = Party(PartyType(line.party_type), line.party_code) if line.party_code else None
    return Line(line.account_code, line.amount, line.base_amount, line.text, party, line.dimensions)


def _take_back_items(tx: Transaction, by: Settling, items: Sequence[Any]) -> None:
    """All of what the document made is open no more; what it had settled of it itself is given back."""
    rows = [
        row(by, item.id, DualAmount(item.amount, item.base_amount), quantity=item.quantity)
        for item in items
        if item.amount or item.quantity
    ]
    write_document(tx, {Settlement: rows})


def _take_back_settlements(tx: Transaction, by: Settling, settlements: Sequence[Any]) -> None:
    """What the document settled is open again, and what it realised was not realised."""
    rows = [
        row(
            by,
            settled.open_item_id,
            -DualAmount(settled.amount, settled.base_amount),
            id=uuid5(by.document_id, str(settled.id)),
            quantity=None if settled.quantity is None else -settled.quantity,
            money_type=settled.money_type,
            money_id=settled.money_id,
            discount_amount=-settled.discount_amount,
            written_off_amount=-settled.written_off_amount,
            exchange_difference=-settled.exchange_difference,
            reverses_id=settled.id,
        )
        for settled in settlements
    ]
    write_document(tx, {Settlement: rows})


def _tell(tx: Transaction, settled: Sequence[Any], settlements: Sequence[Any], on: date) -> set[str]:
    """Whoever waits for the money of what is open again; gives them."""
    told = set()
    for item in settled:
        reopened = sum((one.amount for one in settlements if one.open_item_id == item.id), ZERO)
        # What we owe is negative, and so is what settles it.
        if item.process_id and reopened * item.amount > 0:
            news = ReopenedInvoice(
                invoice_id=item.document_id, invoice_number=item.document_number, reopened_on=on
            )
            tx.tell(item.process_id, "invoice_reopened", news)
            told.add(item.process_id)
    return told


async def _tell_order(tx: Transaction, of: dict[str, Any], number: str, on: date, told: set[str]) -> None:
    """Money that lay on account for an order is not there any more: its process asks what is, once."""
    process_id = await tx.scalar(_OF_ORDER, of | {"document": str(of["document"])})
    if process_id and process_id not in told:
        news = ReopenedInvoice(invoice_id=of["document"], invoice_number=number, reopened_on=on)
        tx.tell(process_id, "invoice_reopened", news)

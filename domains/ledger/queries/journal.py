"""Journal entries with their lines, and where the document is that an entry posts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, bindparam, select

from domains.ledger.tables.journal import JournalEntry, JournalLine
from foundation.database.connections import facts, rows_of
from foundation.database.document_types import is_for_few, location_of
from foundation.database.lists import Filter, Listing, between, equal, named
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount, Text


class JournalLineView(Message):
    """One line of an entry, debit positive."""

    line_number: int
    account_code: str
    amount: ShownAmount
    base_amount: ShownAmount
    text: str
    party_type: str | None
    party_code: str | None
    dimensions: dict[str, str]


class EntryView(Message):
    """An entry, and the document that it posts."""

    entry_id: UUID
    entry_number: str
    posted_on: date
    fiscal_year: str
    currency: str
    text: str
    source_type: str
    source_id: UUID
    source: str | None
    """Where the document is; none for an entry that a person wrote."""
    purpose: str
    reverses_id: UUID | None
    recorded_at: datetime
    lines: list[JournalLineView]
    is_for_few: bool = False
    """Whether its lines are shown with its document only, as of somebody's pay; and so are not here."""


_LINES = (
    select(*rows_of(JournalLine).c)
    .where(JournalLine.entry_id == any_(bindparam("entries", type_=ARRAY(Uuid))))
    .order_by(JournalLine.entry_id, JournalLine.line_number)
)


_REVERSED = select(JournalEntry.id, JournalEntry.source_type).where(
    JournalEntry.id == any_(bindparam("entries", type_=ARRAY(Uuid)))
)


def entry_view(entry: Any, lines: Sequence[Any], *, for_few: bool) -> EntryView:
    """An entry with its lines; without them, when only few may see what its document says."""
    return EntryView(
        is_for_few=for_few,
        entry_id=entry.id,
        entry_number=entry.number,
        source=location_of(entry.source_type, entry.source_id),
        lines=[JournalLineView(**facts(line, JournalLineView)) for line in lines if not for_few],
        **facts(entry, EntryView),
    )


async def lines_of(tx: Transaction, entry_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """The lines of several entries, in their order."""
    found: dict[UUID, list[Any]] = {entry_id: [] for entry_id in entry_ids}
    for line in await tx.execute(_LINES, {"entries": list(entry_ids)}):
        found[line.entry_id].append(line)
    return found


async def _views(tx: Transaction, rows: list[Row]) -> list[EntryView]:
    lines = await lines_of(tx, [entry.id for entry in rows])
    few = await _for_few(tx, rows)
    return [entry_view(entry, lines[entry.id], for_few=entry.id in few) for entry in rows]


async def _for_few(tx: Transaction, entries: Sequence[Any]) -> set[UUID]:
    """Those that post what only few may see, or take such an entry back."""
    reversed_ids = [entry.reverses_id for entry in entries if entry.reverses_id is not None]
    found = await tx.execute(_REVERSED, {"entries": reversed_ids}) if reversed_ids else ()
    hidden = {row.id for row in found if is_for_few(row.source_type)}
    return {entry.id for entry in entries if is_for_few(entry.source_type) or entry.reverses_id in hidden}


def _moves_account(code: str) -> ColumnElement[bool]:
    return JournalEntry.id.in_(select(JournalLine.entry_id).where(JournalLine.account_code == code))


ENTRIES = Listing(
    name="journal_entries",
    about="Entries, the newest first.",
    view=EntryView,
    rows=select(*rows_of(JournalEntry).c),
    to_views=_views,
    filters=(
        Filter("account", Text, _moves_account, "Only those that move this account"),
        equal(JournalEntry.source_type),
        equal(JournalEntry.source_id),
        *between(JournalEntry.posted_on),
    ),
    sorts=named(JournalEntry.posted_on, JournalEntry.number),
    order="-posted_on",
    unique=(JournalEntry.id,),
)


async def entry(tx: Transaction, entry_id: UUID) -> EntryView:
    """One entry. Refuses: NotFound."""
    wanted = select(*rows_of(JournalEntry).c).where(JournalEntry.id == entry_id)
    found = await tx.existing(wanted, f"entry {entry_id}")
    return (await _views(tx, [found]))[0]

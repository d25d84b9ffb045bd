"""Journal entries with their lines, and where the document is that an entry posts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, select

from domains.ledger.queries.filters import between, facts, matching, sorted_by
from domains.ledger.tables.journal import JournalEntry, JournalLine
from foundation.database.connections import rows_of
from foundation.database.document_types import location_of
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound
from foundation.values.messages import Message, ShownAmount


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


_LINES = (
    select(*rows_of(JournalLine).c)
    .where(JournalLine.entry_id == any_(bindparam("entries", type_=ARRAY(Uuid))))
    .order_by(JournalLine.entry_id, JournalLine.line_number)
)


def entries(
    *,
    account: str | None = None,
    source_type: str | None = None,
    source_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Entries that fit, the newest first unless sorted otherwise; with an account, those that move it."""
    wanted = matching(
        select(*rows_of(JournalEntry).c),
        {JournalEntry.source_type: source_type, JournalEntry.source_id: source_id},
    )
    if account is not None:
        moves = select(JournalLine.entry_id).where(JournalLine.account_code == account)
        wanted = wanted.where(JournalEntry.id.in_(moves))
    wanted = between(wanted, JournalEntry.posted_on, since, until)
    columns = {"posted_on": JournalEntry.posted_on, "number": JournalEntry.number}
    return sorted_by(wanted, sort or "-posted_on", columns, JournalEntry.id)


def entry_view(entry: Any, lines: Sequence[Any]) -> EntryView:
    """An entry with its lines."""
    return EntryView(
        entry_id=entry.id,
        entry_number=entry.number,
        source=location_of(entry.source_type, entry.source_id),
        lines=[JournalLineView(**facts(line, JournalLineView)) for line in lines],
        **facts(entry, EntryView),
    )


async def lines_of(tx: Transaction, entry_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """The lines of several entries, in their order."""
    found: dict[UUID, list[Any]] = {entry_id: [] for entry_id in entry_ids}
    for line in await tx.execute(_LINES, {"entries": list(entry_ids)}):
        found[line.entry_id].append(line)
    return found


async def entry(tx: Transaction, entry_id: UUID) -> EntryView:
    """One entry. Refuses: NotFound."""
    wanted = select(*rows_of(JournalEntry).c).where(JournalEntry.id == entry_id)
    found = (await tx.execute(wanted)).one_or_none()
    if found is None:
        raise NotFound(f"there is no entry {entry_id}")
    return entry_view(found, (await lines_of(tx, [entry_id]))[entry_id])

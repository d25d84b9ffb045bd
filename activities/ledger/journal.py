"""The journal: entries that people write, and how they are taken back."""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from activities.ledger.posting import Entry, Source, blocked_accounts, books_on, write_entry
from domains.ledger.messages import EntryPosted, PostEntry, ReverseEntry
from domains.ledger.rules import journal as rules
from domains.ledger.rules.journal import Line
from domains.ledger.tables.journal import JournalEntry, JournalLine
from domains.master_data import queries as master_data
from foundation.errors import Conflict, NotFound
from foundation.operation import operation

# Entries cannot be locked as rows: nobody may change them. Whoever reverses one queues here.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:entry, 0))")


@operation("ledger.post_entry")
async def post_entry(session: AsyncSession, entry: PostEntry) -> EntryPosted:
    """Post an entry that a person wrote.

    Refuses: Invalid, Unbalanced, NoFiscalYear, PeriodLocked, NoExchangeRate.
    """
    books = await books_on(session, entry.posted_on)
    currency = entry.currency or books.currency
    rate = await master_data.exchange_rate(session, currency, entry.posted_on, base=books.currency)
    known = await blocked_accounts(session, {line.account_code for line in entry.lines})
    lines = rules.manual_lines(
        entry.lines,
        currency=currency,
        base_currency=books.currency,
        rate=rate,
        is_blocked=known,
        account=books.account,
    )
    source = Source(entry.source_type, entry.source_id or entry.entry_id, entry.purpose)
    wanted = Entry(source, entry.posted_on, currency, entry.text, lines, id=entry.entry_id)
    return await write_entry(session, books, wanted)


@operation("ledger.reverse_entry")
async def reverse_entry(session: AsyncSession, reverse: ReverseEntry) -> EntryPosted:
    """Take an entry of a person back by its mirror image.

    Refuses: NotFound, NotReversible, Conflict, NotPostable, PeriodLocked.
    """
    await session.execute(_ONE_AT_A_TIME, {"entry": str(reverse.entry_id)})
    entry = await session.get(JournalEntry, reverse.entry_id)
    if entry is None:
        raise NotFound(f"there is no entry {reverse.entry_id}")
    if entry.source_type != "manual":
        raise rules.NotReversible(
            f"{entry.number} was posted by a {entry.source_type}: correct that document instead"
        )
    taken = select(JournalEntry.number).where(JournalEntry.reverses_id == entry.id)
    if number := await session.scalar(taken):
        raise Conflict(f"{entry.number} was reversed already, by {number}")
    books = await books_on(session, reverse.posted_on)
    found = await session.scalars(
        select(JournalLine).where(JournalLine.entry_id == entry.id).order_by(JournalLine.line_number)
    )
    lines = [Line(x.account_code, x.amount, x.base_amount, x.text, x.party_code) for x in found]
    mirror = Entry(
        Source("manual", reverse.reversal_id, "reversal"),
        on=reverse.posted_on,
        currency=entry.currency,
        text=f"Reversal of {entry.number}: {reverse.reason}",
        lines=rules.mirrored(lines),
        id=reverse.reversal_id,
        reverses_id=entry.id,
    )
    return await write_entry(session, books, mirror)

"""The journal: entries of people and of documents, and how each is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from pydantic_core import to_json
from sqlalchemy import Date, Text, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domains.finance.messages import AccountRole, EntryPosted, PostEntry, ReverseEntry
from domains.finance.rules import journal as rules
from domains.finance.rules.journal import Line, Period
from domains.finance.tables.accounts import Account
from domains.finance.tables.journal import JournalEntry, JournalLine
from domains.master_data import queries as master_data
from foundation.errors import Conflict, NotFound
from foundation.operation import operation

_BOOKS = text(
    """
    SELECT c.currency, y.code AS fiscal_year, y.locked_through,
        (SELECT jsonb_object_agg(a.role, a.code) FROM finance.account a WHERE a.role IS NOT NULL) AS accounts
    FROM master_data.company c LEFT JOIN finance.fiscal_year y ON :on BETWEEN y.starts_on AND y.ends_on
    """
).bindparams(bindparam("on", type_=Date))

_POST = text(
    """
    SELECT finance.post_entry(
        :id, :posted_on, :fiscal_year, :currency, :text, :source_type, :source_id, :purpose, :reverses,
        CAST(:lines AS jsonb))
    """
).bindparams(
    bindparam("id", type_=Uuid),
    bindparam("source_id", type_=Uuid),
    bindparam("reverses", type_=Uuid),
    bindparam("posted_on", type_=Date),
    bindparam("lines", type_=Text),
)


@dataclass(frozen=True)
class Books:
    """What a posting must know of a company's books on a day."""

    currency: str
    fiscal_year: str
    accounts: dict[str, str]

    def account(self, role: AccountRole) -> str:
        """The account with a role. Refuses: NoAccountFor."""
        return rules.account_of(self.accounts, role)


@dataclass(frozen=True)
class Source:
    """What an entry posts: the document, and the purpose; there is one entry for both."""

    type: str
    id: UUID
    purpose: str

    @property
    def entry_id(self) -> UUID:
        """The entry's id, the same whenever it is asked for."""
        return uuid5(self.id, f"{self.type}/{self.purpose}")


async def books_on(session: AsyncSession, on: date) -> Books:
    """The books as they are open on a day. Refuses: NoFiscalYear, PeriodLocked, NotFound."""
    row = (await session.execute(_BOOKS, {"on": on})).one_or_none()
    if row is None:
        raise NotFound("there is no such company: create it with POST /v1/companies")
    period = Period(row.fiscal_year, row.locked_through) if row.fiscal_year is not None else None
    return Books(row.currency, rules.check_period(period, on), row.accounts or {})


async def write_entry(
    session: AsyncSession,
    books: Books,
    source: Source,
    lines: Sequence[Line],
    *,
    on: date,
    currency: str,
    text: str,
    reverses: UUID | None = None,
    entry_id: UUID | None = None,
) -> str:
    """Write an entry with its lines in one round trip and give its number.

    Take it last: the number stays locked.
    """
    values = {
        "id": entry_id or source.entry_id,
        "posted_on": on,
        "fiscal_year": books.fiscal_year,
        "currency": currency,
        "text": text,
        "source_type": source.type,
        "source_id": source.id,
        "purpose": source.purpose,
        "reverses": reverses,
        "lines": to_json([vars(line) for line in lines]).decode(),
    }
    number: str = (await session.execute(_POST, values)).scalar_one()
    return number


def same_currency_lines(pairs: Sequence[tuple[str, Decimal]], text: str) -> list[Line]:
    """Lines in the company's own currency."""
    return [Line(account, amount, amount, text) for account, amount in pairs if amount]


@operation("finance.post_entry")
async def post_entry(session: AsyncSession, entry: PostEntry) -> EntryPosted:
    """Post an entry that a person wrote.

    Refuses: Invalid, Unbalanced, NoFiscalYear, PeriodLocked, NoExchangeRate.
    """
    books = await books_on(session, entry.posted_on)
    currency = entry.currency or books.currency
    rate = await master_data.exchange_rate(session, currency, entry.posted_on, base=books.currency)
    codes = sorted({line.account_code for line in entry.lines})
    rows = await session.execute(select(Account.code, Account.blocked).where(Account.code.in_(codes)))
    lines = rules.manual_lines(
        entry.lines,
        rate=rate,
        base_currency=books.currency,
        known_accounts={row.code: row.blocked for row in rows},
    )
    source = Source(entry.source_type, entry.source_id or entry.entry_id, entry.purpose)
    number = await write_entry(
        session,
        books,
        source,
        lines,
        on=entry.posted_on,
        currency=currency,
        text=entry.text,
        entry_id=entry.entry_id,
    )
    return EntryPosted(entry_id=entry.entry_id, entry_number=number)


@operation("finance.reverse_entry")
async def reverse_entry(session: AsyncSession, reverse: ReverseEntry) -> EntryPosted:
    """Take an entry of a person back by its mirror image.

    Refuses: NotFound, NotReversible, Conflict, PeriodLocked.
    """
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
    number = await write_entry(
        session,
        books,
        Source("manual", reverse.reversal_id, "reversal"),
        rules.mirrored(lines),
        on=reverse.posted_on,
        currency=entry.currency,
        text=f"Reversal of {entry.number}: {reverse.reason}",
        reverses=entry.id,
        entry_id=reverse.reversal_id,
    )
    return EntryPosted(entry_id=reverse.reversal_id, entry_number=number)

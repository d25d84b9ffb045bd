"""The books as they are open on a day, and how an entry is written in them: what all postings share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from pydantic_core import to_json
from sqlalchemy import ARRAY, Date, Text, any_, bindparam, select, text

from domains.ledger.messages import AccountRole, EntryPosted
from domains.ledger.rules import journal as rules
from domains.ledger.rules.journal import Line, Period
from domains.ledger.tables.accounts import Account
from domains.master_data.messages import TaxRounding
from foundation.errors import Invalid, NotFound
from foundation.money import ZERO
from foundation.transaction import Session

# The year is held until the commit, so that nobody closes the period under a document that is being posted.
_BOOKS = text(
    """
    SELECT c.currency, c.tax_rounding, c.small_difference_limit, y.code AS fiscal_year, y.locked_through,
        (SELECT jsonb_object_agg(a.role, a.code) FROM ledger.account a
         WHERE a.role IS NOT NULL AND NOT a.blocked) AS accounts
    FROM master_data.company c LEFT JOIN LATERAL (
        SELECT f.code, f.locked_through FROM ledger.fiscal_year f
        WHERE :on BETWEEN f.starts_on AND f.ends_on FOR SHARE
    ) AS y ON true
    """
).bindparams(bindparam("on", type_=Date))

_KIND = select(Account.kind).where(Account.code == bindparam("code"))
_BLOCKED = select(Account.code, Account.blocked).where(
    Account.code == any_(bindparam("codes", type_=ARRAY(Text)))
)
_WRITE = text("SELECT ledger.write_entry(CAST(:entry AS jsonb))")


@dataclass(frozen=True)
class Books:
    """What a posting must know of a company's books on a day."""

    currency: str
    tax_rounding: TaxRounding
    small_difference_limit: Decimal
    """In the company's currency."""
    fiscal_year: str
    accounts: dict[str, str]
    """By role; those that are blocked are left out."""

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


async def books_on(session: Session, on: date) -> Books:
    """The books as they are open on a day. Refuses: NoFiscalYear, PeriodLocked, NotFound."""
    row = (await session.execute(_BOOKS, {"on": on})).one_or_none()
    if row is None:
        raise NotFound("there is no such company: create it with POST /v1/companies")
    period = Period(row.fiscal_year, row.locked_through) if row.fiscal_year is not None else None
    return Books(
        currency=row.currency,
        tax_rounding=TaxRounding(row.tax_rounding),
        small_difference_limit=row.small_difference_limit,
        fiscal_year=rules.check_period(period, on),
        accounts=row.accounts or {},
    )


@dataclass(frozen=True)
class Entry:
    """An entry to be written: in which currency, what it says, and its lines."""

    source: Source
    on: date
    currency: str
    text: str
    lines: Sequence[Line]
    id: UUID | None = None
    """The source's own when empty."""
    reverses_id: UUID | None = None

    def as_row(self, books: Books) -> dict[str, Any]:
        """What the database writes."""
        return {
            "id": self.id or self.source.entry_id,
            "posted_on": self.on,
            "fiscal_year": books.fiscal_year,
            "currency": self.currency,
            "text": self.text,
            "source_type": self.source.type,
            "source_id": self.source.id,
            "purpose": self.source.purpose,
            "reverses_id": self.reverses_id,
            "lines": [vars(line) for line in self.lines],
        }


def as_json(rows: Any) -> str:
    """Rows for a function of the database."""
    return to_json(rows).decode()


async def write_entry(session: Session, books: Books, entry: Entry) -> EntryPosted:
    """Write an entry with its lines in one round trip. Refuses: NotPostable.

    The last thing that an operation does: the number stays locked until the commit.
    """
    await check_accounts(session, books, entry.lines)
    row = entry.as_row(books)
    number: str = (await session.execute(_WRITE, {"entry": as_json(row)})).scalar_one()
    return EntryPosted(entry_id=row["id"], entry_number=number)


async def check_accounts(session: Session, books: Books, lines: Sequence[Line]) -> None:
    """Accounts with a role are known to be open; the others are looked up. Refuses: NotPostable."""
    others = {line.account_code for line in lines} - set(books.accounts.values())
    if others:
        rules.check_postable(others, await blocked_accounts(session, others))


async def check_money_account(session: Session, books: Books, code: str) -> None:
    """Money comes in and goes out on an asset that may be posted to. Refuses: Invalid, NotPostable."""
    if code == books.accounts.get(AccountRole.BANK):
        return
    kind = await session.scalar(_KIND, {"code": code})
    if kind != "asset":
        why = f"account {code} is no account for money: one of the kind asset is"
        raise Invalid(f"account_code: {why}", errors=[("account_code", why)])
    await check_accounts(session, books, [Line(code, ZERO, ZERO)])


async def blocked_accounts(session: Session, codes: Iterable[str]) -> dict[str, bool]:
    """Of every account that there is, whether it is blocked."""
    rows = await session.execute(_BLOCKED, {"codes": sorted(codes)})
    return {row.code: row.blocked for row in rows}


def same_currency_lines(pairs: Sequence[tuple[str, Decimal]], text: str) -> list[Line]:
    """Lines in the company's own currency."""
    return [Line(account, amount, amount, text) for account, amount in pairs if amount]

"""Entries and the open items that they make: checked at once, written when the operation ends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ARRAY, Date, Text, any_, bindparam, select, text

from domains.ledger.messages import (
    AccountRole,
    Discount,
    Document,
    Line,
    LineToPost,
    NewItem,
    Role,
    RoleKey,
    Side,
    Source,
)
from domains.ledger.rules import journal as rules
from domains.ledger.rules.journal import AccountFacts, Period
from domains.ledger.tables.accounts import Account, AccountRoleRow
from domains.ledger.tables.journal import JournalEntry, JournalLine
from domains.ledger.tables.open_items import OpenItem
from domains.master_data import queries as master_data
from domains.master_data.messages import TaxRounding
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.days import check_not_too_far_ahead
from foundation.values.errors import Invalid, NotFound
from foundation.values.money import ZERO, DualAmount, rounded

# The year is held until the commit, so that nobody closes the period under a document that is being posted.
_BOOKS = text(
    """
    SELECT c.currency, c.tax_rounding, c.small_difference_limit, c.days_ahead,
        CAST(now() AT TIME ZONE c.time_zone AS date) AS today, y.code AS fiscal_year, y.locked_through,
        (SELECT jsonb_object_agg(r.role, r.account_code) FROM ledger.account_role r
             JOIN ledger.account a ON a.company_id = r.company_id AND a.code = r.account_code
         WHERE r.key = '' AND NOT a.blocked) AS accounts
    FROM master_data.company c LEFT JOIN LATERAL (
        SELECT f.code, f.locked_through FROM ledger.fiscal_year f
        WHERE :on BETWEEN f.starts_on AND f.ends_on FOR SHARE
    ) AS y ON true
    """
).bindparams(bindparam("on", type_=Date))

_ACCOUNTS = select(Account.code, Account.kind, Account.blocked, Account.subledger).where(
    Account.code == any_(bindparam("codes", type_=ARRAY(Text)))
)
_KEYED = (
    select(AccountRoleRow.account_code)
    .join(Account, Account.code == AccountRoleRow.account_code)
    .where(AccountRoleRow.role == bindparam("role"), AccountRoleRow.key == bindparam("key"))
    .where(~Account.blocked)
)

_DIMENSION = text(
    "SELECT EXISTS (SELECT FROM ledger.dimension_value "
    "WHERE dimension = :dimension AND code = :code AND NOT blocked)"
)


@dataclass(frozen=True)
class Books:
    """What a posting must know of a company's books on a day."""

    currency: str
    tax_rounding: TaxRounding
    small_difference_limit: Decimal
    """In the company's currency."""
    fiscal_year: str
    accounts: dict[str, str]
    """By role, without a key; those that are blocked are left out."""

    def account(self, role: Role) -> str:
        """The account with a role. Refuses: NoAccountFor."""
        return rules.account_of(self.accounts, role)


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


async def books_on(tx: Transaction, on: date, *, is_later: bool = False) -> Books:
    """The books as they are open on a day, which may be any day ahead when it is posted later.

    Refuses: NoFiscalYear, PeriodLocked, TooFarAhead, NotFound.
    """
    read: dict[date, Any] = tx.info.setdefault("books", {})
    if on not in read:
        read[on] = (await tx.execute(_BOOKS, {"on": on})).one_or_none()
    if (row := read[on]) is None:
        raise NotFound("there is no such company: create it with POST /v1/companies")
    period = Period(row.fiscal_year, row.locked_through) if row.fiscal_year is not None else None
    fiscal_year = rules.check_period(period, on)
    if not is_later:
        check_not_too_far_ahead(on, row.today, row.days_ahead)
    return Books(
        currency=row.currency,
        tax_rounding=TaxRounding(row.tax_rounding),
        small_difference_limit=row.small_difference_limit,
        fiscal_year=fiscal_year,
        accounts=row.accounts or {},
    )


async def post(
    tx: Transaction,
    document: Document,
    on: date,
    lines: Sequence[LineToPost],
    *,
    text: str,
    purpose: str | None = None,
    currency: str | None = None,
) -> None:
    """Post what a document means, in the company's currency unless another is named.

    Checked now, written when the operation ends; nothing when all lines are zero. A line on the control
    account of a party's subledger, or of goods received, is an open item of the document. `purpose` tells
    several entries of a document apart. Refuses: NoFiscalYear, PeriodLocked, NoAccountFor, NoExchangeRate,
    NotPostable (also a party or a dimension that there is not).
    """
    # Goods that are worth nothing are open as well, by their quantity.
    moving = [line for line in lines if line.amount or line.base_amount or line.quantity]
    books = await books_on(tx, on)
    currency = currency or books.currency
    rate = await master_data.exchange_rate(tx, currency, on, base=books.currency)
    await _check_names(tx, moving)
    resolved = [await _line(tx, books, line, rate) for line in moving]
    items = [
        _item(document, position, line, written, side, on)
        for position, (line, written) in enumerate(zip(moving, resolved, strict=True), start=1)
        if (side := _side(line)) is not None
    ]
    if currency != books.currency and sum((line.base_amount for line in resolved), ZERO):
        resolved = rules.balanced_in_base(resolved, books.account(AccountRole.ROUNDING_DIFFERENCE))
    source = Source(document.type, document.id, purpose or document.type)
    await write_entry(tx, books, Entry(source, on, currency, text, resolved))
    write_items(tx, document, items, on=on, currency=currency)


def _side(line: LineToPost) -> Side | None:
    """Which subledger an open item of the line is in; goods have a subledger of their own, their moves."""
    role = line.account.role if isinstance(line.account, RoleKey) else line.account
    name = role.subledger if isinstance(role, Role) else None
    return Side(name) if name is not None and name in tuple(Side) else None


def _item(
    document: Document, position: int, line: LineToPost, written: Line, side: Side, on: date
) -> NewItem:
    return NewItem(
        id=uuid5(document.id, f"line {position}"),
        side=side,
        account_code=written.account_code,
        party=line.party,
        due_on=line.due_on or on,
        value=DualAmount(written.amount, written.base_amount),
        quantity=line.quantity,
        order_line_number=line.order_line_number,
    )


async def _check_names(tx: Transaction, lines: Sequence[LineToPost]) -> None:
    """Parties and dimensions are there, and no control account is named past its role, which says that there
    is an open item. Refuses: NotPostable.
    """
    by_code = [line.account for line in lines if not isinstance(line.account, Role | RoleKey)]
    for code, account in (await accounts_by_code(tx, by_code) if by_code else {}).items():
        if account.subledger is not None:
            raise rules.NotPostable(f"{code} is a control account: post to it by its role")
    for party in sorted({line.party for line in lines if line.party is not None}):
        if await master_data.party(tx, party) is None:
            raise rules.NotPostable(f"there is no {party.type} {party.code}")
    known: dict[tuple[str, str], bool] = tx.info.setdefault("dimensions", {})
    for dimension, code in sorted({pair for line in lines for pair in line.dimensions.items()}):
        if (dimension, code) not in known:
            asked = {"dimension": dimension, "code": code}
            known[dimension, code] = bool(await tx.scalar(_DIMENSION, asked))
        if not known[dimension, code]:
            raise rules.NotPostable(f"there is no {dimension} {code} that is open")


async def _line(tx: Transaction, books: Books, line: LineToPost, rate: Decimal) -> Line:
    base = rounded(line.amount / rate, books.currency) if line.base_amount is None else line.base_amount
    code = await account_of(tx, books, line.account)
    return Line(code, line.amount, base, line.text, line.party, line.dimensions)


async def account_of(tx: Transaction, books: Books, named: str | Role | RoleKey) -> str:
    """The account that a line names: by role and key, by the role alone, or by its code.

    Refuses: NoAccountFor.
    """
    if isinstance(named, RoleKey):
        # An operation that posts for many asks once: the same lines come again and again.
        known: dict[RoleKey, str | None] = tx.info.setdefault("keyed accounts", {})
        if named not in known:
            known[named] = await tx.scalar(_KEYED, {"role": named.role.value, "key": named.key})
        return known[named] or books.account(named.role)
    return books.account(named) if isinstance(named, Role) else named


async def write_entry(tx: Transaction, books: Books, entry: Entry) -> str:
    """Collect an entry, none without lines; gives its number, to be drawn. Refuses: NotPostable."""
    lines = [line for line in entry.lines if line.amount or line.base_amount]
    if not lines:
        return ""
    await check_accounts(tx, books, lines)
    entry_id = entry.id or entry.source.entry_id
    number = tx.closing.number("JE", books.fiscal_year)
    head = {
        "id": entry_id,
        "number": number,
        "posted_on": entry.on,
        "fiscal_year": books.fiscal_year,
        "currency": entry.currency,
        "text": entry.text,
        "source_type": entry.source.type,
        "source_id": entry.source.id,
        "purpose": entry.source.purpose,
        "reverses_id": entry.reverses_id,
    }
    write_document(tx, {JournalEntry: head})
    rows = [_line_row(entry_id, position, entry.on, line) for position, line in enumerate(lines, start=1)]
    write_document(tx, {JournalLine: rows})
    return number


def _line_row(entry_id: UUID, number: int, on: date, line: Line) -> dict[str, Any]:
    return {
        "entry_id": entry_id,
        "line_number": number,
        "posted_on": on,
        "account_code": line.account_code,
        "amount": line.amount,
        "base_amount": line.base_amount,
        "text": line.text,
        "party_type": line.party.type if line.party else None,
        "party_code": line.party.code if line.party else None,
        "dimensions": dict(line.dimensions),
    }


def write_items(
    tx: Transaction, document: Document, items: Iterable[NewItem], *, on: date, currency: str
) -> None:
    """Collect the open items that a document makes, open as a whole."""
    write_document(tx, {OpenItem: [_item_row(document, item, on, currency) for item in items]})


def _item_row(document: Document, item: NewItem, on: date, currency: str) -> dict[str, Any]:
    return {
        "id": item.id,
        "side": item.side,
        "party_type": item.party.type if item.party else None,
        "party_code": item.party.code if item.party else None,
        "account_code": item.account_code,
        "document_type": document.type,
        "document_id": document.id,
        "document_number": document.number,
        "party_reference": document.party_reference,
        "corrects_id": document.corrects_id,
        "on_account": item.on_account,
        "order_id": document.order_id,
        "order_line_number": item.order_line_number,
        "process_id": document.process_id,
        "document_on": on,
        "due_on": item.due_on,
        "currency": currency,
        "amount": item.value.amount,
        "base_amount": item.value.base_amount,
        "quantity": item.quantity,
        "open_amount": item.value.amount,
        "base_open_amount": item.value.base_amount,
        "open_quantity": item.quantity,
        "discount_until": item.discount.until if item.discount else None,
        "discount": discount_row(item.discount),
        "discount_amount": item.discount_amount,
        "written_off_amount": item.written_off_amount,
    }


def discount_row(discount: Discount | None) -> dict[str, Any] | None:
    """What may be taken off, as it stands in an open item: amounts as text, so that they stay exact."""
    if discount is None:
        return None
    return {
        "on": str(discount.on_amount),
        "net": str(discount.net_amount),
        "taxes": [[tax.line_number, tax.account_code, str(tax.discount_amount)] for tax in discount.taxes],
    }


async def check_accounts(tx: Transaction, books: Books, lines: Sequence[Line]) -> None:
    """Accounts with a role are known to be open; the others are looked up. Refuses: NotPostable."""
    others = {line.account_code for line in lines} - set(books.accounts.values())
    if others:
        rules.check_postable(others, await accounts_by_code(tx, others))


async def check_money_account(tx: Transaction, books: Books, code: str) -> None:
    """Money comes in and goes out on an asset that may be posted to. Refuses: Invalid, NotPostable."""
    if code == books.accounts.get(AccountRole.BANK):
        return
    facts = (await accounts_by_code(tx, [code])).get(code)
    if facts is None or facts.kind != "asset" or facts.subledger is not None:
        why = f"account {code} is no account for money: one of the kind asset is, and no control account"
        raise Invalid(f"account_code: {why}", errors=[("account_code", why)])
    rules.check_postable([code], {code: facts})


async def accounts_by_code(tx: Transaction, codes: Iterable[str]) -> Mapping[str, AccountFacts]:
    """What there is of the accounts."""
    rows = await tx.execute(_ACCOUNTS, {"codes": sorted(set(codes))})
    return {row.code: AccountFacts(row.kind, row.blocked, row.subledger) for row in rows}

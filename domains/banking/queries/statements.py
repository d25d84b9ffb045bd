"""Statements of banks and their lines, as they are read."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func, select, text

from domains.banking.messages import ImportedStatement
from domains.banking.rules.statements import LastStatement
from domains.banking.tables import (
    BankStatement,
    BankStatementLine,
    OpenLine,
    PaymentRejection,
    PaymentRunPayment,
    StatementFile,
    StatementReversal,
)
from foundation.database.connections import facts, rows_of
from foundation.database.lists import Listing, between, equal, named, only
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount


class BankStatementView(Message):
    """A bank's statement: what was on the account before its lines, and after them."""

    statement_id: UUID
    statement_number: str
    bank_account_code: str
    bank_number: str
    """What the bank calls it."""
    sequence: int | None
    """Its number among the statements of the account, as the bank counts them."""
    page: int
    from_on: date
    until_on: date
    currency: str
    opening_amount: ShownAmount
    closing_amount: ShownAmount
    line_count: int
    open_count: int
    """So many lines are not posted yet, or only in part."""
    open_amount: ShownAmount
    """What they come to."""
    file_name: str
    recorded_at: datetime
    reversed_because: str | None
    """Why it was taken back, when it was imported by mistake."""


class StatementLineView(Message):
    """One line of a statement, as the bank wrote it; what came in is positive."""

    line_id: UUID
    statement_id: UUID
    statement_number: str
    bank_account_code: str
    line_number: int
    booked_on: date
    valued_on: date
    amount: ShownAmount
    currency: str
    open_amount: ShownAmount
    """What of it is not posted yet."""
    party_name: str
    party_iban: str
    text: str
    end_to_end_id: str
    mandate_id: str
    bank_reference: str
    code: str
    """What kind of transaction it is, in the bank's words."""
    is_of_rejected: bool
    """Whether it names a payment that the bank has rejected, by its end-to-end id: it waits for a person."""


def _sum_of(column: Any, of: Any) -> Any:
    return select(func.coalesce(func.sum(column), 0)).where(of).scalar_subquery()


_REVERSED_BECAUSE = (
    select(StatementReversal.reason)
    .where(StatementReversal.statement_id == BankStatement.id)
    .scalar_subquery()
)
_OPEN_COUNT = select(func.count()).where(OpenLine.statement_id == BankStatement.id).scalar_subquery()
_STATEMENTS = select(
    *rows_of(BankStatement).c,
    _OPEN_COUNT.label("open_count"),
    _sum_of(OpenLine.amount, OpenLine.statement_id == BankStatement.id).label("open_amount"),
    StatementFile.name.label("file_name"),
    _REVERSED_BECAUSE.label("reversed_because"),
).join(StatementFile, StatementFile.id == BankStatement.file_id)
_IS_OF_REJECTED = (
    select(PaymentRejection.payment_id)
    .join(PaymentRunPayment, PaymentRunPayment.id == PaymentRejection.payment_id)
    .where(PaymentRunPayment.end_to_end_id == BankStatementLine.end_to_end_id)
    .exists()
)
_LINES = select(
    *rows_of(BankStatementLine).c,
    BankStatement.number.label("statement_number"),
    BankStatement.bank_account_code,
    BankStatement.currency,
    _sum_of(OpenLine.amount, OpenLine.line_id == BankStatementLine.id).label("open_amount"),
    _IS_OF_REJECTED.label("is_of_rejected"),
).join(BankStatement, BankStatement.id == BankStatementLine.statement_id)


_IS_OPEN = select(OpenLine.line_id).where(OpenLine.line_id == BankStatementLine.id).exists()


def statement_view(row: Any) -> BankStatementView:
    """One row of `BANK_STATEMENTS`."""
    return BankStatementView(
        statement_id=row.id, statement_number=row.number, **facts(row, BankStatementView)
    )


def line_view(row: Any) -> StatementLineView:
    """One row of `STATEMENT_LINES`."""
    return StatementLineView(line_id=row.id, **facts(row, StatementLineView))


BANK_STATEMENTS = Listing(
    name="bank_statements",
    about="Statements of banks, the latest first.",
    view=BankStatementView,
    rows=_STATEMENTS,
    to_view=statement_view,
    filters=(
        equal(BankStatement.bank_account_code, "bank_account"),
        equal(BankStatement.number),
        equal(BankStatement.sequence),
        *between(BankStatement.until_on),
        only("only_open", _OPEN_COUNT > 0, "Only those with lines that are not posted"),
    ),
    sorts=named(BankStatement.until_on, BankStatement.number, BankStatement.position),
    order="-until_on",
    unique=(BankStatement.id,),
)
STATEMENT_LINES = Listing(
    name="statement_lines",
    about="The lines of statements, the earliest first; by `line_number` in the bank's order.",
    view=StatementLineView,
    rows=_LINES,
    to_view=line_view,
    filters=(
        equal(BankStatement.bank_account_code, "bank_account"),
        equal(BankStatementLine.statement_id),
        *between(BankStatementLine.booked_on),
        *between(BankStatementLine.amount),
        equal(BankStatementLine.party_iban),
        equal(BankStatementLine.end_to_end_id),
        only(
            "only_open",
            _IS_OPEN,
            "Only those that are not posted",
        ),
    ),
    sorts=named(BankStatementLine.booked_on, BankStatementLine.line_number, BankStatementLine.amount),
    order="booked_on",
    unique=(BankStatementLine.id,),
)

# Whoever imports statements of an account comes after whoever does so already.
_LOCK = text(
    """
    SELECT FROM banking.bank_account
    WHERE code = :account AND company_id = foundation.current_company() FOR NO KEY UPDATE
    """
)
_COUNTS = (
    ~select(StatementReversal.statement_id).where(StatementReversal.statement_id == BankStatement.id).exists()
)
_LAST = (
    select(rows_of(BankStatement))
    .where(BankStatement.bank_account_code == bindparam("account", type_=Text), _COUNTS)
    .order_by(BankStatement.position.desc())
    .limit(1)
)
_POSITION = select(func.coalesce(func.max(BankStatement.position), 0)).where(
    BankStatement.bank_account_code == bindparam("account", type_=Text)
)
_SAME = (
    select(rows_of(BankStatement))
    .where(
        BankStatement.bank_account_code == bindparam("account", type_=Text),
        BankStatement.fingerprint == bindparam("fingerprint", type_=Text),
        _COUNTS,
    )
    .limit(1)
)
_FILE = select(StatementFile.name, StatementFile.content).join(
    BankStatement, BankStatement.file_id == StatementFile.id
)
_NUMBERED_SO = select(BankStatement.number).where(
    BankStatement.bank_account_code == bindparam("account", type_=Text),
    BankStatement.sequence == bindparam("sequence"),
    BankStatement.page == bindparam("page"),
    BankStatement.until_on == bindparam("until_on"),
    _COUNTS,
)


async def lock_account(tx: Transaction, account: str) -> None:
    """Wait for whoever changes what the account's statements are."""
    await tx.execute(_LOCK, {"account": account})


async def last_statement(tx: Transaction, account: str) -> LastStatement | None:
    """The last one of an account that counts."""
    row = (await tx.execute(_LAST, {"account": account})).one_or_none()
    if row is None:
        return None
    return LastStatement(row.number, row.sequence, row.page, row.until_on, row.closing_amount)


async def next_position(tx: Transaction, account: str) -> int:
    """The how manieth the next one of an account is, those that were taken back counted too."""
    return int(await tx.scalar(_POSITION, {"account": account})) + 1


async def same_statement(tx: Transaction, account: str, fingerprint: str) -> Row | None:
    """The statement that says the same, if it was imported."""
    return (await tx.execute(_SAME, {"account": account, "fingerprint": fingerprint})).one_or_none()


async def numbered_so(tx: Transaction, account: str, **said: Any) -> str | None:
    """The number of a statement of an account with the bank's number and last day."""
    found: str | None = await tx.scalar(_NUMBERED_SO, {"account": account, **said})
    return found


def imported(row: Any, *, is_new: bool) -> ImportedStatement:
    """A statement as an import tells of it."""
    of = {"statement_id": row.id, "statement_number": row.number, "lines": row.line_count}
    return ImportedStatement(**of, **facts(row, ImportedStatement), is_new=is_new)


async def bank_statement(tx: Transaction, statement_id: UUID) -> BankStatementView:
    """One statement. Refuses: NotFound."""
    wanted = _STATEMENTS.where(BankStatement.id == bindparam("id", type_=Uuid))
    what = f"bank statement {statement_id}"
    return statement_view(await tx.existing(wanted, what, {"id": statement_id}))


async def statement_file(tx: Transaction, statement_id: UUID) -> Row:
    """The name and the bytes of the file that a statement came in. Refuses: NotFound."""
    wanted = _FILE.where(BankStatement.id == bindparam("id", type_=Uuid))
    return await tx.existing(wanted, f"bank statement {statement_id}", {"id": statement_id})

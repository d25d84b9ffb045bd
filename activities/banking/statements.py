"""Statements of banks: imported once, proven, and taken back when they were imported by mistake."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from pydantic_core import to_json
from sqlalchemy import insert, text

from domains.banking.files.reading import read_statements
from domains.banking.files.statements import ReadStatement
from domains.banking.messages import (
    ImportedStatement,
    ImportStatements,
    ReverseStatement,
    StatementsImported,
    StatementsImportedEvent,
    StatementTakenBack,
    StatementTakenBackEvent,
)
from domains.banking.queries import accounts, statements
from domains.banking.queries.accounts import BankAccountView
from domains.banking.rules import statements as rules
from domains.banking.tables import BankStatement, StatementFile, StatementReversal
from foundation.database.connections import rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import NotFound
from foundation.values.money import ZERO

AT_ONCE = 2_000
"""So many lines are written by one statement."""
# Reading a large file takes longer than a transaction may wait otherwise; it holds no lock meanwhile.
_TAKE_YOUR_TIME = text("SELECT set_config('idle_in_transaction_session_timeout', '2min', true)")
_LINES = text(
    """
    WITH line AS (
        INSERT INTO banking.bank_statement_line (id, statement_id, line_number, booked_on, valued_on, amount,
            bank_reference, end_to_end_id, mandate_id, party_name, party_iban, text, code)
        SELECT n.* FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS n (id uuid, statement_id uuid,
            line_number integer, booked_on date, valued_on date, amount numeric, bank_reference text,
            end_to_end_id text, mandate_id text, party_name text, party_iban text, text text, code text)
        RETURNING id, statement_id, amount
    )
    INSERT INTO banking.open_line (line_id, statement_id, amount)
    SELECT id, statement_id, amount FROM line
    """
)
# Whoever posts one of them meanwhile is waited for, and then seen: hence by a statement of its own.
_LOCK_LINES = text(
    """
    SELECT FROM banking.open_line WHERE statement_id = CAST(:statement AS uuid) ORDER BY line_id FOR UPDATE
    """
)
_CLOSE_LINES = text("DELETE FROM banking.open_line WHERE statement_id = CAST(:statement AS uuid)")
_POSTED_COUNT = text(
    """
    SELECT (SELECT count(*) FROM banking.bank_statement_line l WHERE l.statement_id = s.id
            AND NOT EXISTS (SELECT FROM banking.open_line o
                WHERE o.line_id = l.id AND o.amount = l.amount)) AS posted,
        (SELECT n.number FROM banking.bank_statement n
         WHERE n.bank_account_code = s.bank_account_code AND n.position > s.position
            AND NOT EXISTS (SELECT FROM banking.statement_reversal x WHERE x.statement_id = n.id)
         ORDER BY n.position LIMIT 1) AS next_number
    FROM banking.bank_statement s WHERE s.id = CAST(:statement AS uuid)
    """
)


@operation("banking.import_statements", event=StatementsImportedEvent)
async def import_statements(tx: Transaction, wanted: ImportStatements) -> StatementsImported:
    """Import all statements in a file, or none of them. What was imported before is answered with as it is.

    Refuses: UnknownFormat, NotAStatement, EntitiesRefused, WrongEncoding, StatementTooLarge,
    StatementMalformed; NotFound, NotTheAccounts, BalanceDiffers, StatementMissing, StatementDiffers.
    """
    named = None
    if wanted.bank_account_code is not None:
        named = await accounts.account_in_use(tx, wanted.bank_account_code)
    await tx.execute(_TAKE_YOUR_TIME)
    read = await asyncio.to_thread(read_statements, wanted.content, named, wanted.closing_amount)
    ours = await accounts.bank_accounts(tx)
    of_accounts = [_account_of(one, ours, named) for one in read]
    for code in sorted({account.code for account in of_accounts}):
        await statements.lock_account(tx, code)
    file = {"id": wanted.import_id, "name": wanted.file_name, "content": wanted.content}
    is_kept = False
    found = []
    for number, (account, statement) in enumerate(zip(of_accounts, read, strict=True), 1):
        same = await statements.same_statement(tx, account.code, statement.fingerprint)
        if same is not None:
            found.append(statements.imported(same, is_new=False))
            continue
        if not is_kept:
            await tx.execute(insert(rows_of(StatementFile)).values(file))
            is_kept = True
        new_id = uuid5(wanted.import_id, str(number))
        found.append(await _write(tx, account, statement, new_id, wanted.import_id))
    return _answer(found)


def _answer(found: list[ImportedStatement]) -> StatementsImported:
    return StatementsImported(statements=tuple(found), imported=sum(one.is_new for one in found))


def _account_of(
    statement: ReadStatement, ours: list[BankAccountView], named: BankAccountView | None
) -> BankAccountView:
    """Whose statement it is. Refuses: NotFound, Invalid, NotTheAccounts."""
    said = [one for one in ours if rules.names_account(statement.account, one.iban, one.account_number)]
    fitting = [one for one in said if one.currency == statement.currency]
    account = next(iter(fitting or said), None)
    if named is not None and account != named:
        raise rules.NotTheAccounts(
            f"the statement is of {statement.account} in {statement.currency}, and that is not {named.code}"
        )
    if account is None:
        why = f"no bank account of ours is {statement.account}: create it with POST /v1/bank-accounts"
        raise NotFound(why, errors=[("file", why)])
    accounts.check_in_use(account)
    if account.currency != statement.currency:
        raise rules.NotTheAccounts(f"{account.code} is in {account.currency}, not in {statement.currency}")
    return account


async def _write(
    tx: Transaction, account: BankAccountView, statement: ReadStatement, new_id: UUID, file_id: UUID
) -> ImportedStatement:
    """A statement that is new. Refuses: BalanceDiffers, StatementMissing, StatementDiffers."""
    rules.check_adds_up(statement)
    numbered = {"sequence": statement.sequence, "page": statement.page, "until_on": statement.until_on}
    if statement.sequence is not None:
        other = await statements.numbered_so(tx, account.code, **numbered)
        if other is not None:
            raise rules.StatementDiffers(
                f"{other} is the bank's statement {statement.sequence} until {statement.until_on} as well, "
                "and says something else: take it back first, if it was wrong"
            )
    last = await statements.last_statement(tx, account.code)
    rules.check_follows(statement, last, consecutive_numbers=account.consecutive_numbers)
    position = await statements.next_position(tx, account.code)
    lines = list(_lines(statement, account, new_id))
    row = {
        **numbered,
        "id": new_id,
        "number": f"{account.code}-{position:06d}",
        "bank_account_code": account.code,
        "position": position,
        "file_id": file_id,
        "bank_number": statement.bank_number,
        "from_on": statement.from_on,
        "currency": statement.currency,
        "opening_amount": statement.opening_amount,
        "closing_amount": statement.closing_amount,
        "line_count": len(lines),
        "fingerprint": statement.fingerprint,
    }
    written = (
        await tx.execute(insert(rows_of(BankStatement)).values(row).returning(rows_of(BankStatement)))
    ).one()
    for start in range(0, len(lines), AT_ONCE):
        part = to_json(lines[start : start + AT_ONCE]).decode()
        await tx.execute(_LINES, {"lines": part})
    return statements.imported(written, is_new=True)


def _lines(
    statement: ReadStatement, account: BankAccountView, statement_id: UUID
) -> Iterator[dict[str, Any]]:
    moving = (line for line in statement.lines if line.amount != ZERO)
    for number, line in enumerate(moving, 1):
        new_id = uuid5(statement_id, str(number))
        kept = rules.without_ourselves(line, account.iban, account.account_number)
        yield {"id": new_id, "statement_id": statement_id, "line_number": number} | vars(kept)


@operation("banking.reverse_statement", event=StatementTakenBackEvent)
async def reverse_statement(tx: Transaction, reverse: ReverseStatement) -> StatementTakenBack:
    """Take a statement back that was imported by mistake: the last of its account, with no line posted.

    Refuses: NotFound, StatementInUse.
    """
    statement = await statements.bank_statement(tx, reverse.statement_id)
    await statements.lock_account(tx, statement.bank_account_code)
    await tx.execute(_LOCK_LINES, {"statement": str(reverse.statement_id)})
    found = (await tx.execute(_POSTED_COUNT, {"statement": str(reverse.statement_id)})).one()
    taken = await tx.get(StatementReversal, reverse.statement_id)
    if taken is not None:
        raise rules.StatementInUse(f"{statement.statement_number} was taken back already: {taken.reason}")
    if found.next_number is not None:
        raise rules.StatementInUse(
            f"{found.next_number} follows {statement.statement_number}: take it back first"
        )
    if found.posted:
        raise rules.StatementInUse(
            f"{found.posted} lines of {statement.statement_number} are posted: reverse them first"
        )
    await tx.execute(_CLOSE_LINES, {"statement": str(reverse.statement_id)})
    row = {"statement_id": reverse.statement_id, "reason": reverse.reason}
    write_document(tx, {StatementReversal: row})
    return StatementTakenBack(
        statement_id=reverse.statement_id,
        statement_number=statement.statement_number,
        bank_account_code=statement.bank_account_code,
    )

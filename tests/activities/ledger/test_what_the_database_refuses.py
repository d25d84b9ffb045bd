"""What the database refuses in the books, whoever asks and however."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from foundation.database import Database
from tests.builders.finance import Accountant, a_line, an_entry

ENTRY = """
    INSERT INTO ledger.journal_entry
        (id, number, posted_on, fiscal_year, currency, text, source_type, source_id, purpose)
    VALUES (:entry, :number, :on, :year, 'EUR', '', 'manual', :source, 'entry')
    """
LINE = """
    INSERT INTO ledger.journal_line
        (entry_id, line_number, posted_on, account_code, amount, base_amount, text)
    VALUES (:entry, {number}, :on, '{account}', {amount}, {base}, '')
    """
CHANGES = [
    "UPDATE ledger.journal_entry SET text = 'another'",
    "DELETE FROM ledger.journal_entry",
    "UPDATE ledger.journal_line SET amount = 0",
    "DELETE FROM ledger.journal_line",
    "TRUNCATE ledger.journal_line",
    "TRUNCATE ledger.journal_entry CASCADE",
    "UPDATE receivables.invoice SET total_amount = 0",
    "DELETE FROM receivables.invoice_line",
    "DELETE FROM receivables.invoice_tax",
    "UPDATE ledger.payment SET amount = 1",
    "DELETE FROM ledger.settlement",
]
REFUSED = [
    "UPDATE ledger.open_item SET open_amount = -1 WHERE amount > 0",
    "UPDATE ledger.open_item SET open_amount = amount + 1 WHERE amount > 0",
    "UPDATE ledger.open_item SET open_amount = 0 WHERE amount > 0",
    "UPDATE receivables.credit_commitment SET open_amount = -1",
    "DELETE FROM ledger.open_item",
    "DELETE FROM ledger.account",
    "UPDATE ledger.account SET role = 'bank' WHERE code = '1450'",
    "UPDATE ledger.fiscal_year SET ends_on = '2025-01-01'",
]
Line = tuple[str, str, str]


async def write(
    accountant: Accountant,
    database: Database,
    lines: Sequence[Line],
    *,
    entry_id: UUID | None = None,
    on: date = date(2026, 3, 2),
    first: int = 1,
    **changes: Any,
) -> UUID:
    """An entry, or more lines of one, past all our code: account, amount and base amount each."""
    values = {"number": f"X-{uuid4()}", "on": on, "year": "2026", "source": uuid4()}
    values |= {"entry": entry_id or uuid4()} | changes
    statements = [
        LINE.format(number=number, account=account, amount=amount, base=base)
        for number, (account, amount, base) in enumerate(lines, first)
    ]
    async with database.session() as session, session.begin():
        await accountant.do(session, *([] if entry_id else [ENTRY]), *statements, **values)
    return UUID(str(values["entry"]))


BALANCED: Sequence[Line] = [("1400", "5", "5"), ("3000", "-5", "-5")]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [("1400", "5", "5")],
        [("1400", "5", "5"), ("3000", "-4.99", "-5")],
        [("1400", "5", "5"), ("3000", "-5", "-4.99")],
    ],
    ids=["no lines", "one side", "its currency", "the company's currency"],
)
async def test_an_entry_that_does_not_balance_is_refused_at_the_commit(
    lines: Sequence[Line], accountant: Accountant, database: Database
) -> None:
    with pytest.raises(DBAPIError, match="does not balance"):
        await write(accountant, database, lines)

    assert await accountant.entries() == []


async def test_lines_added_later_must_balance_and_lie_in_an_open_period(
    accountant: Accountant, database: Database
) -> None:
    entry_id = await write(accountant, database, BALANCED)

    with pytest.raises(DBAPIError, match="does not balance"):
        await write(accountant, database, [("1400", "1", "1")], entry_id=entry_id, first=3)
    with pytest.raises(DBAPIError, match="its entry's day"):
        await write(accountant, database, BALANCED, entry_id=entry_id, first=3, on=date(2026, 3, 3))
    await accountant.year(2026, locked_through=date(2026, 3, 31))
    with pytest.raises(DBAPIError, match="closed period"):
        await write(accountant, database, BALANCED, entry_id=entry_id, first=3)

    assert await accountant.balances() == {"bank": Decimal(5), "3000": Decimal(-5)}


@pytest.mark.parametrize(
    ("on", "year"), [(date(2026, 1, 31), "2026"), (date(2025, 12, 31), "2026"), (date(2026, 3, 2), "2027")]
)
async def test_a_locked_period_or_a_day_of_another_year_is_refused(
    on: date, year: str, accountant: Accountant, database: Database
) -> None:
    await accountant.year(2026, locked_through=date(2026, 1, 31))
    await accountant.year(2027)

    with pytest.raises(DBAPIError, match="locked period or in no fiscal year"):
        await write(accountant, database, BALANCED, on=on, year=year)


async def test_blocked_and_unknown_accounts_are_refused(accountant: Accountant, database: Database) -> None:
    await accountant.account("3000", kind="equity", blocked=True)

    with pytest.raises(DBAPIError, match="on account 3000"):
        await write(accountant, database, BALANCED)
    with pytest.raises(DBAPIError, match="GHOST"):
        await write(accountant, database, [("1400", "5", "5"), ("GHOST", "-5", "-5")])


async def test_a_source_has_one_entry_for_a_purpose_and_an_entry_one_reversal(
    accountant: Accountant, database: Database
) -> None:
    source = uuid4()
    await write(accountant, database, BALANCED, source=source)

    with pytest.raises(DBAPIError, match="source_type_source_id_purpose_key"):
        await write(accountant, database, BALANCED, source=source)
    with pytest.raises(DBAPIError, match="journal_entry_company_id_number_key"):
        for _ in range(2):
            await write(accountant, database, BALANCED, number="X-1")


@pytest.fixture
async def busy(accountant: Accountant) -> Accountant:
    """Books with something of everything."""
    await accountant.may_order("10")
    invoice = await accountant.bill(a_line(1, "100"))
    await accountant.receive("40", invoice_id=invoice.invoice_id)
    await accountant.receive("10")
    await accountant.post(an_entry(("1400", 1), ("3000", -1)))
    return accountant


@pytest.mark.parametrize("statement", CHANGES + REFUSED)
async def test_the_application_cannot(statement: str, busy: Accountant, database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.session() as session, session.begin():
            await busy.do(session, statement)


@pytest.mark.parametrize("statement", CHANGES)
async def test_not_even_the_owner_of_the_tables_changes_what_was_posted(
    statement: str, busy: Accountant, owner_url: str
) -> None:
    del busy
    owner = await asyncpg.connect(owner_url)
    try:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="only added to"):
            await owner.execute(statement)
    finally:
        await owner.close()


async def test_nobody_sees_another_company_s_books(busy: Accountant, database: Database) -> None:
    before = await busy.balances()
    stranger = await Accountant(busy.caller.model_copy(update={"company": f"{busy.caller.company}X"})).open()

    assert await stranger.entries() == []
    assert await stranger.balances() == {}
    (entry, *_) = await busy.entries()
    with pytest.raises(DBAPIError):
        await write(stranger, database, BALANCED, entry_id=entry.entry_id, first=9)
    assert await busy.balances() == before


BROKEN = {
    "an open item lowered without a settlement": (
        "UPDATE ledger.open_item SET open_amount = open_amount - 1 WHERE amount > 0"
    ),
    "a receivable that the ledger does not have": (
        "UPDATE ledger.open_item SET base_open_amount = base_open_amount - 1 WHERE amount > 0"
    ),
    "money on account that the ledger does not have": (
        "UPDATE ledger.open_item SET base_open_amount = base_open_amount + 1 WHERE amount < 0"
    ),
    "a number that nothing has": "SELECT ledger.next_number('INV', '2026')",
}


@pytest.mark.parametrize("statement", BROKEN.values(), ids=BROKEN)
async def test_what_does_not_agree_is_found(statement: str, busy: Accountant, database: Database) -> None:
    await busy.everything_agrees()
    async with database.session() as session, session.begin():
        await busy.do(session, statement)

    with pytest.raises(AssertionError):
        await busy.everything_agrees()

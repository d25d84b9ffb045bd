"""What the database refuses in the books, whoever asks and however."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from foundation.database.connections import Database
from foundation.values.messages import Caller
from tests.builders.finance import Accountant, a_line, an_entry
from tests.guards import past_the_guards

ENTRY = """
    INSERT INTO ledger.journal_entry
        (id, number, posted_on, fiscal_year, currency, text, source_type, source_id, purpose)
    VALUES (:entry, :number, :on, :year, 'EUR', '', :type, :source, 'entry')
    """
LINES = """
    INSERT INTO ledger.journal_line
        (entry_id, line_number, posted_on, account_code, amount, base_amount, text)
    SELECT CAST(:entry AS uuid), l.number, CAST(:on AS date), l.account, l.amount, l.base, ''
    FROM (VALUES {lines}) AS l (number, account, amount, base)
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
    "UPDATE ledger.settlement SET amount = 1",
    "DELETE FROM ledger.reversal",
    "DELETE FROM ledger.period_lock",
    "UPDATE ledger.refund SET amount = 1",
    "DELETE FROM ledger.allocation",
]
REFUSED = [
    "UPDATE ledger.open_item SET open_amount = -1 WHERE amount > 0",
    "UPDATE ledger.open_item SET open_amount = amount + 1 WHERE amount > 0",
    "UPDATE ledger.open_item SET open_amount = 0 WHERE amount > 0",
    "UPDATE receivables.credit_commitment SET open_amount = -1",
    "UPDATE ledger.open_item SET reopened_on = '2026-01-01'",
    "DELETE FROM ledger.open_item",
    "DELETE FROM ledger.account",
    "UPDATE ledger.account_role SET account_code = '1450' WHERE role = 'receivable'",
    "DELETE FROM ledger.account_role WHERE role = 'receivable'",
    "UPDATE ledger.account SET subledger = NULL WHERE code = '1200'",
    "UPDATE ledger.account SET kind = 'expense' WHERE code = '1400'",
    "INSERT INTO ledger.account_role (role, account_code) VALUES ('bank', '1450')",
    "UPDATE ledger.period_lock SET moved_by = 'another'",
    "INSERT INTO ledger.period_lock (fiscal_year, moved_by) VALUES ('2026', 'another')",
    "UPDATE ledger.fiscal_year SET ends_on = '2025-01-01'",
]
Line = tuple[str, str, str]


async def write(
    accountant: Accountant,
    lines: Sequence[Line],
    *,
    entry_id: UUID | None = None,
    on: date = date(2026, 3, 2),
    first: int = 1,
    **changes: Any,
) -> UUID:
    """An entry, or more lines of one, past all our code: account, amount and base amount each."""
    values = {"number": f"X-{uuid4()}", "on": on, "year": "2026", "source": uuid4(), "type": "manual"}
    values |= {"entry": entry_id or uuid4()} | changes
    rows = ", ".join(
        f"({number}, '{account}', {amount}, {base})"
        for number, (account, amount, base) in enumerate(lines, first)
    )
    statements = [*([] if entry_id else [ENTRY]), *([LINES.format(lines=rows)] if lines else [])]
    await accountant.do(*statements, **values)
    return UUID(str(values["entry"]))


BALANCED: Sequence[Line] = [("1400", "5", "5"), ("3000", "-5", "-5")]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "has no lines"),
        ([("1400", "5", "5")], "does not balance"),
        ([("1400", "5", "5"), ("3000", "-4.99", "-5")], "does not balance"),
        ([("1400", "5", "5"), ("3000", "-5", "-4.99")], "does not balance"),
    ],
    ids=["no lines", "one side", "its currency", "the company's currency"],
)
async def test_an_entry_that_does_not_balance_is_refused(
    lines: Sequence[Line], why: str, accountant: Accountant
) -> None:
    with pytest.raises(asyncpg.PostgresError, match=why):
        await write(accountant, lines)

    assert await accountant.entries() == []


async def test_no_line_is_added_later_though_it_balances(accountant: Accountant) -> None:
    entry_id = await write(accountant, BALANCED)

    for on in (date(2026, 3, 2), date(2026, 3, 3)):
        with pytest.raises(asyncpg.PostgresError, match="its entry was posted before"):
            await write(accountant, BALANCED, entry_id=entry_id, first=3, on=on)

    assert await accountant.balances() == {"bank": Decimal(5), "3000": Decimal(-5)}


@pytest.mark.parametrize(
    ("on", "year"), [(date(2026, 1, 31), "2026"), (date(2025, 12, 31), "2026"), (date(2026, 3, 2), "2027")]
)
async def test_a_locked_period_or_a_day_of_another_year_is_refused(
    on: date, year: str, accountant: Accountant
) -> None:
    await accountant.year(2026, locked_through=date(2026, 1, 31))
    await accountant.year(2027)

    with pytest.raises(asyncpg.PostgresError, match="locked period or in no fiscal year"):
        await write(accountant, BALANCED, on=on, year=year)


async def test_blocked_and_unknown_accounts_are_refused(accountant: Accountant) -> None:
    await accountant.account("3000", kind="equity", blocked=True)

    with pytest.raises(asyncpg.PostgresError, match="on account 3000: the account is blocked"):
        await write(accountant, BALANCED)
    with pytest.raises(asyncpg.PostgresError, match="journal_line_company_id_account_code_fkey"):
        await write(accountant, [("1400", "5", "5"), ("GHOST", "-5", "-5")])


async def test_a_source_has_one_entry_for_a_purpose_and_an_entry_one_reversal(accountant: Accountant) -> None:
    source = uuid4()
    await write(accountant, BALANCED, source=source)

    with pytest.raises(asyncpg.PostgresError, match="source_type_source_id_purpose_key"):
        await write(accountant, BALANCED, source=source)
    with pytest.raises(asyncpg.PostgresError, match="journal_entry_company_id_number_key"):
        for _ in range(2):
            await write(accountant, BALANCED, number="X-1")


@pytest.fixture
async def busy(accountant: Accountant) -> Accountant:
    """Books with something of everything."""
    return await with_something_of_everything(accountant)


@pytest.fixture(scope="module")
async def guarded(database: Database) -> Accountant:
    """The same, once: what is tried on them is refused, and leaves them as they are."""
    del database
    caller = Caller(company="REFUSING", actor="a tester", correlation_id="test of REFUSING")
    return await with_something_of_everything(await Accountant(caller).open())


async def with_something_of_everything(accountant: Accountant) -> Accountant:
    """Invoices, money, a refund, entries, of which one is reversed; a month that is locked."""
    await accountant.may_order("10")
    invoice = await accountant.bill(a_line(1, "100"))
    await accountant.receive("40", invoice_id=invoice.invoice_id)
    money = await accountant.receive("30")
    await accountant.refund(payment_id=money.payment_id, amount=Decimal(5))
    await accountant.allocate(money, invoice, amount=Decimal(5))
    entry = an_entry(("1400", 1), ("3000", -1))
    await accountant.post(entry)
    await accountant.reverse(entry.entry_id)
    await accountant.year(2026, locked_through=date(2026, 1, 31))
    return accountant


@pytest.mark.parametrize("statement", CHANGES + REFUSED)
async def test_the_application_cannot(statement: str, guarded: Accountant) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await guarded.do(statement)


@pytest.mark.parametrize("statement", CHANGES)
async def test_not_even_the_owner_of_the_tables_changes_what_was_posted(
    statement: str, guarded: Accountant, owner_url: str
) -> None:
    del guarded
    owner = await asyncpg.connect(owner_url)
    try:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="only added to"):
            await owner.execute(statement)
    finally:
        await owner.close()


async def test_nobody_sees_another_company_s_books(busy: Accountant) -> None:
    before = await busy.balances()
    stranger = await Accountant(busy.caller.model_copy(update={"company": f"{busy.caller.company}X"})).open()

    assert await stranger.entries() == []
    assert await stranger.balances() == {}
    (entry, *_) = await busy.entries()
    with pytest.raises(asyncpg.PostgresError):
        await write(stranger, BALANCED, entry_id=entry.entry_id, first=9)
    assert await busy.balances() == before


# What one of 10 has settled on 5 March is taken back on the 10th; it is known by what it is of.
SETTLEMENT = """
    INSERT INTO ledger.settlement
        (id, open_item_id, source_type, source_id, source_number, settled_on, amount, base_amount,
            reverses_id)
    SELECT {id}, i.id, 'payment', gen_random_uuid(), 'X', CAST({on} AS date), {amount}, {amount},
        {reverses}
    FROM ledger.open_item i WHERE i.document_type = 'invoice'
    """
SETTLED = SETTLEMENT.format(id=":settled", on="'2026-03-05'", amount="10", reverses="NULL")
TAKEN_BACK = SETTLEMENT.format(id="gen_random_uuid()", on=":back_on", amount="-10", reverses=":settled")
AGAIN = SETTLEMENT.format(id="gen_random_uuid()", on=":again_on", amount="10", reverses="NULL")


async def test_nothing_is_settled_before_what_had_settled_it_was_taken_back(accountant: Accountant) -> None:
    await accountant.bill(a_line(1, "100"))
    settled = {"settled": uuid4()}

    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="on the day of what it takes back"):
        await accountant.do(SETTLED, TAKEN_BACK, **settled, back_on=date(2026, 3, 4))
    await accountant.do(SETTLED, TAKEN_BACK, **settled, back_on=date(2026, 3, 10))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="on the day when it was reopened"):
        await accountant.do(AGAIN, again_on=date(2026, 3, 9))
    await accountant.do(AGAIN, again_on=date(2026, 3, 10))


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
    "a number that nothing has": (
        "UPDATE foundation.number_series SET last_number = last_number + 1 WHERE series = 'INV'"
    ),
}


@pytest.mark.parametrize("statement", BROKEN.values(), ids=BROKEN)
async def test_what_does_not_agree_is_found(statement: str, busy: Accountant, owner_url: str) -> None:
    await busy.everything_agrees()
    await past_the_guards(owner_url, busy.caller.company, statement)

    with pytest.raises(AssertionError):
        await busy.everything_agrees()

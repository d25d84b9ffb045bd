"""Control accounts are the sum of their subledgers: only documents post there. Which accounts they take."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from asyncpg import IntegrityConstraintViolationError
from sqlalchemy import text

from activities.ledger import accounts, journal, posting
from activities.ledger.accounts import AccountHasPostings
from domains.ledger.messages import (
    AccountRole,
    Document,
    EntryLine,
    LineToPost,
    Party,
    PartyType,
    PutAccountRole,
    PutDimensionValue,
    RoleKey,
)
from domains.ledger.queries.accounts import account
from domains.ledger.rules.journal import NoAccountFor, NotPostable
from foundation.database.connections import Database
from foundation.database.transaction import Transaction
from foundation.values.errors import Invalid
from tests.builders.finance import A_DAY, Accountant, a_line, an_entry

CONTROL = {
    "1100": "inventory",
    "1200": "receivable",
    "2000": "payable",
    "2050": "goods",
    "2100": "receivable",
}
each_control_account = pytest.mark.parametrize("code", CONTROL)


def fields(refused: pytest.ExceptionInfo[Invalid]) -> list[str]:
    """What is wrong, by its place."""
    return [error.field for error in refused.value.errors]


async def write(
    accountant: Accountant, database: Database, code: str, source_type: str = "manual", **line: str
) -> None:
    """An entry of one on an account against the bank, past all our code."""
    entry = """
        WITH entry AS (
            INSERT INTO ledger.journal_entry
                (id, number, posted_on, fiscal_year, currency, text, source_type, source_id, purpose)
            VALUES (CAST(:id AS uuid), :id, '2026-03-02', '2026', 'EUR', '', :type, CAST(:id AS uuid), 'x'))
        INSERT INTO ledger.journal_line (entry_id, line_number, posted_on, account_code, amount,
            base_amount, dimensions, party_type, party_code)
        VALUES (CAST(:id AS uuid), 1, '2026-03-02', :code, 1, 1, CAST(:dimensions AS jsonb), :party_type,
                :party_code),
            (CAST(:id AS uuid), 2, '2026-03-02', '1400', -1, -1, '{}', NULL, NULL)
    """
    values: dict[str, Any] = {"id": str(uuid4()), "code": code, "type": source_type, "dimensions": "{}"}
    values |= {"party_type": None, "party_code": None}
    async with database.write(accountant.caller.company, "a tester") as tx:
        await tx.execute(text(entry), values | line)


async def post(
    accountant: Accountant, account: str | AccountRole | RoleKey, amount: str = "5", **more: Any
) -> None:
    """A document of a domain of its own posts a line against the bank."""

    async def body(tx: Transaction) -> None:
        lines = [
            LineToPost(account, Decimal(amount), **more),
            LineToPost(AccountRole.BANK, -Decimal(amount)),
        ]
        await posting.post(tx, Document("test", uuid4(), "T-1"), A_DAY, lines, text="A test")

    await accountant.within(body)


async def posted_to(accountant: Accountant) -> str:
    """The account that the last entry has beside the bank."""
    entry = (await accountant.entries())[-1]
    (code,) = {line.account_code for line in entry.lines} - {"1400"}
    return code


# Entries that people write


@each_control_account
async def test_nobody_writes_an_entry_on_a_control_account(code: str, accountant: Accountant) -> None:
    with pytest.raises(Invalid, match=f"account {code} is a control account: only .* post to it") as refused:
        await accountant.post(an_entry(("1400", 5), (code, -5)))

    assert fields(refused) == ["lines.1.account_code"]
    assert await accountant.entries() == []


@each_control_account
async def test_the_database_refuses_it_too(code: str, accountant: Accountant, database: Database) -> None:
    with pytest.raises(IntegrityConstraintViolationError, match="only documents post to a control account"):
        await write(accountant, database, code)
    await write(accountant, database, code, "a document")

    assert await posted_to(accountant) == code


@each_control_account
async def test_a_document_names_a_control_account_by_its_role(code: str, accountant: Accountant) -> None:
    # By its code there would be no open item, and the account would differ from its subledger.
    with pytest.raises(NotPostable, match="by its role"):
        await post(accountant, code)


async def test_whom_and_what_a_line_names_must_be_there(accountant: Accountant, database: Database) -> None:
    for code, blocked in (("SALES", False), ("GONE", True)):
        value = PutDimensionValue(dimension="cost_centre", code=code, name=code, blocked=blocked)
        await accounts.put_dimension_value(accountant.call(), value)

    def entry(**named: Any) -> Any:
        line = EntryLine(account_code="6300", amount=Decimal(5), **named)
        return an_entry(lines=(EntryLine(account_code="1400", amount=Decimal(-5)), line))

    wrong: Sequence[tuple[dict[str, Any], str]] = [
        ({"party_type": "customer", "party_code": "GHOST"}, "lines.1.party_code"),
        ({"party_type": "supplier", "party_code": "C1"}, "lines.1.party_code"),
        ({"party_type": "customer"}, "lines.1.party_code"),
        ({"party_code": "C1"}, "lines.1.party_type"),
        ({"dimensions": {"cost_centre": "GHOST"}}, "lines.1.dimensions.cost_centre"),
        ({"dimensions": {"cost_centre": "GONE"}}, "lines.1.dimensions.cost_centre"),
        ({"dimensions": {"project": "SALES"}}, "lines.1.dimensions.project"),
    ]
    for named, field in wrong:
        with pytest.raises(Invalid) as refused:
            await journal.post_entry(accountant.call(), entry(**named))
        assert fields(refused) == [field]
    for dimensions in ('{"cost_centre": "GHOST"}', '{"cost_centre": "GONE"}', '{"project": "SALES"}'):
        with pytest.raises(IntegrityConstraintViolationError, match="no such dimension"):
            await write(accountant, database, "6300", dimensions=dimensions)
    with pytest.raises(IntegrityConstraintViolationError, match="journal_line_company_id_party"):
        await write(accountant, database, "6300", party_type="customer", party_code="GHOST")
    assert await accountant.entries() == []

    right = {"party_type": "customer", "party_code": "C1", "dimensions": {"cost_centre": "SALES"}}
    await accountant.post(entry(**right))

    (_, line) = (await accountant.entries())[0].lines
    assert (line.party_type, line.party_code, line.dimensions) == tuple(right.values())


async def test_a_customer_who_is_new_may_be_named(accountant: Accountant) -> None:
    await accountant.customer("C2")
    line = EntryLine(account_code="6600", amount=Decimal(5), party_type=PartyType.CUSTOMER, party_code="C2")

    await accountant.post(an_entry(lines=(EntryLine(account_code="1400", amount=Decimal(-5)), line)))

    assert (await accountant.entries())[0].lines[1].party_code == "C2"


# What was posted keeps its meaning


@pytest.mark.parametrize("is_closed", [False, True])
async def test_an_account_with_postings_keeps_its_kind_also_when_they_are_of_closed_years(
    is_closed: bool, accountant: Accountant, database: Database
) -> None:
    await accountant.post(an_entry(("6300", 5), ("1400", -5)))
    if is_closed:
        await accountant.year(2026, locked_through=date(2026, 12, 31))

    for kind in ("asset", "income"):
        with pytest.raises(AccountHasPostings, match="stays of the kind expense"):
            await accountant.account("6300", kind=kind)
    await accountant.account("1100")
    with pytest.raises(AccountHasPostings, match="gets no role of a control account"):
        await accountant.account("6300", kind="expense", role="inventory")
    for change in ("kind = 'asset'", "subledger = 'inventory'", "code = '6301'"):
        with pytest.raises(IntegrityConstraintViolationError, match="its kind and its subledger stay"):
            async with database.write(accountant.caller.company, "a tester") as tx:
                await tx.execute(text(f"UPDATE ledger.account SET {change} WHERE code = '6300'"))
    await accountant.account("6300", kind="expense", name="Fairs", blocked=True)


async def test_an_account_without_postings_may_become_another(
    accountant: Accountant, database: Database
) -> None:
    await accountant.account("6300", kind="income")
    await accountant.account("2000", kind="liability")
    await accountant.account("2001", kind="liability", role="payable")

    async with database.read(accountant.caller.company) as tx:
        found = {code: await account(tx, code) for code in ("6300", "2000", "2001")}
    assert {code: (one.kind, one.role, one.subledger) for code, one in found.items() if one} == {
        "6300": ("income", None, None),
        "2000": ("liability", None, None),
        "2001": ("liability", "payable", "payable"),
    }


async def test_the_role_of_a_control_account_with_postings_does_not_move(
    accountant: Accountant, database: Database
) -> None:
    await accountant.bill(a_line(1, "100"))
    await accountant.account("1201", name="New receivables")

    await accountant.account("2100", kind="liability")
    with pytest.raises(AccountHasPostings, match="keeps the role receivable"):
        await accountant.account("1200", kind="asset")
    with pytest.raises(AccountHasPostings, match="keeps the role receivable"):
        await accountant.account("1200", kind="asset", role="customer_on_account")
    with pytest.raises(Invalid, match="account 1200 has the role receivable"):
        await accountant.account("1201", role="receivable")
    moved = "UPDATE ledger.account_role SET account_code = '1201' WHERE role = 'receivable'"
    for statement in (moved, "DELETE FROM ledger.account_role WHERE role = 'receivable'"):
        with pytest.raises(IntegrityConstraintViolationError, match="the role receivable stays with it"):
            async with database.write(accountant.caller.company, "a tester") as tx:
                await tx.execute(text(statement))
    # Another role moves: what was posted is not open anywhere.
    await accountant.account("1400", kind="asset")
    await accountant.account("1410", kind="asset", role="bank")
    assert (await accountant.balances())["receivable"] == Decimal(100)


# Roles with a key


async def keyed(accountant: Accountant, role: AccountRole, key: str, code: str) -> bool:
    """For this key another account; gives whether that is new."""
    put = PutAccountRole(role=role.value, key=key, account_code=code)
    return (await accounts.put_account_role(accountant.call(), put)).created


async def test_a_line_with_a_key_goes_to_the_account_of_the_key_otherwise_to_the_role_s(
    accountant: Accountant,
) -> None:
    assert await keyed(accountant, AccountRole.CASH, "SHOP", "1490")
    shop, kiosk = RoleKey(AccountRole.CASH, "SHOP"), RoleKey(AccountRole.CASH, "KIOSK")

    for named, code in ((shop, "1490"), (kiosk, "1450"), (AccountRole.CASH, "1450"), ("1480", "1480")):
        await post(accountant, named)
        assert await posted_to(accountant) == code
    await accountant.account("1490", blocked=True)
    await post(accountant, shop)
    assert await posted_to(accountant) == "1450"
    await accountant.account("1490")
    assert not await keyed(accountant, AccountRole.CASH, "SHOP", "1410")
    await post(accountant, shop)
    assert await posted_to(accountant) == "1410"


async def test_neither_for_the_key_nor_for_the_role_an_account(accountant: Accountant) -> None:
    await accountant.account("1450", blocked=True)

    with pytest.raises(NoAccountFor, match="cash"):
        await post(accountant, RoleKey(AccountRole.CASH, "SHOP"))
    await keyed(accountant, AccountRole.CASH, "SHOP", "1490")
    await post(accountant, RoleKey(AccountRole.CASH, "SHOP"))

    assert await posted_to(accountant) == "1490"


async def test_the_account_of_a_key_is_of_the_role_s_subledger(accountant: Accountant) -> None:
    for role, code in (
        (AccountRole.CASH, "1200"),
        (AccountRole.CASH, "GHOST"),
        (AccountRole.RECEIVABLE, "1250"),
        (AccountRole.PAYABLE, "1200"),
    ):
        with pytest.raises(Invalid) as refused:
            await keyed(accountant, role, "KEY", code)
        assert fields(refused) == ["account_code"]


async def test_a_line_of_a_document_names_a_party_and_dimensions(accountant: Accountant) -> None:
    value = PutDimensionValue(dimension="project", code="P1", name="P1")
    await accounts.put_dimension_value(accountant.call(), value)

    await post(
        accountant, "6300", party=Party(PartyType.CUSTOMER, "C1"), dimensions={"project": "P1"}, text="line"
    )

    line = (await accountant.entries())[0].lines[0]
    assert (line.party_code, line.dimensions, line.text) == ("C1", {"project": "P1"}, "line")

"""Who has the application's credentials cannot get past what the database keeps; each way out is tried.

What these credentials DO allow, and no refusal here says otherwise:

- choose any company, and '*', by `set_config('perpetual.company', …)`, and so read everything of every
  company, and the hashes of API keys: row-level security stops a mistaken query, not a thief;
- write what the application writes: balanced entries in open periods, orders, stock, master data, API keys,
  approvals, under any name as actor; change every row that is not posted;
- say that something else was done than was: write an open item or a settlement that no entry goes with, move
  stock without posting it, take something off a discount; the checker finds what does not agree;
- draw numbers of series and use none of them, put rows into the log of operations by the function that
  operations use, with any answer, under a key that is free; take a step of a process back before it is done;
- open a locked period and lock it again, which leaves its trace;
- add to what processes are told, and to what waits to be sent, or say that it was sent;
- end the sessions of other workers and APIs, hold locks (also the one that migrations wait for), fill the
  disk, change its own password (until the next `migrate`) and its own defaults (`ALTER ROLE … SET`).

They do not allow to become anybody else, to switch off what is checked, to change what is posted or add to
it, to say who did or when what the database itself notes, or to give numbers and keys out twice.
"""

from collections.abc import AsyncIterator
from datetime import date
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import insert

from activities import inventory, master_data
from domains.master_data.messages import PutItem, PutWarehouse
from domains.receivables.tables.dunning import Dunning, DunningLetter
from foundation.database.connections import Database, rows_of
from foundation.database.connections import database as database_of
from foundation.database.roles import POWERS, LoginRefused
from foundation.database.transaction import Transaction
from foundation.values.messages import Caller
from tests.builders import inventory as warehouse
from tests.builders.finance import Accountant, a_line, an_entry
from tests.foundation.guarded_rows import INTEGRITY, NOT_ALLOWED, ONLY_BY_TABLE_GUARDS
from tests.foundation.ways_out import ANY_WAY_OUT

UNBALANCED = """
    WITH entry AS (
        INSERT INTO ledger.journal_entry
            (id, number, posted_on, fiscal_year, currency, text, source_type, source_id, purpose)
        VALUES ('{entry}', 'X-{entry}', '{on}', '2026', 'EUR', '', 'manual', '{entry}', 'entry'))
    INSERT INTO ledger.journal_line
        (entry_id, line_number, posted_on, account_code, amount, base_amount, text)
    VALUES ('{entry}', 1, '{on}', '1400', 5, 5, ''), ('{entry}', 2, '{on}', '3000', {credit}, {credit}, '')
"""


@pytest.fixture
async def thief(postgres_url: str, database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A connection with the application's credentials, and with none of its code."""
    del database
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


@pytest.fixture
async def books(database: Database, caller: Caller) -> Accountant:
    """A company's books with one posted entry."""
    del database
    accountant = await Accountant(caller).open()
    await accountant.post(an_entry(("1400", 1), ("3000", -1)))
    return accountant


@pytest.fixture(scope="module")
async def full_books(database: Database) -> Accountant:
    """Books with an entry, goods, an invoice, a credit note, a dunning letter: something of everything.

    What is tried on them is refused, and leaves them as they are.
    """
    del database
    caller = Caller(company="GUARDED", actor="a tester", correlation_id="test of GUARDED")
    books = await Accountant(caller).open()
    await books.post(an_entry(("1400", 1), ("3000", -1)))
    await master_data.put_warehouse(books.call(), PutWarehouse(code=warehouse.MAIN, name="Main"))
    await master_data.put_item(books.call(), PutItem(code="nut", name="Nut"))
    received = warehouse.a_receipt(warehouse.goods("nut", 10, "2"))
    await inventory.receive_stock(books.call(), received)
    order = warehouse.an_order(("nut", 2))
    await inventory.reserve_stock(books.call(), order)
    await inventory.post_goods_issue(books.call(), warehouse.a_shipment(order))
    await inventory.take_back_goods(books.call(), warehouse.a_return(order, (1, 1)))
    lines = [
        a_line(2, "50", tax_code=code, line_number=number) for number, code in enumerate(("T19", "T7"), 1)
    ]
    invoice = await books.bill(*lines)
    await books.take_back(invoice, (1, 1))
    await books.year(2026, locked_through=date(2026, 1, 31))
    async with database_of().write(caller.company, caller.actor) as tx:
        await remind_of_something(tx)
    return books


async def remind_of_something(tx: Transaction) -> None:
    """A dunning with a letter."""
    letter = {
        "number": "DUN-X",
        "process_id": "p",
        "customer_code": "C1",
        "company": "{}",
        "customer": "{}",
        "level": 1,
        "scheduled_on": date(2026, 3, 2),
        "written_on": date(2026, 3, 2),
        "pay_by": date(2026, 3, 9),
        "currency": "EUR",
        "rate": 1,
        "title": "",
        "text": "",
    }
    amounts = ("overdue", "fee", "interest", "charge", "total")
    letter |= {f"{amount}_amount": 0 for amount in amounts} | {"interest_percent": 0}
    dunning_id, letter_id = uuid4(), uuid4()
    begun = {"id": dunning_id, "customer_code": "C1", "begun_on": date(2026, 3, 2)}
    await tx.execute(insert(rows_of(Dunning)), begun)
    await tx.execute(insert(rows_of(DunningLetter)), letter | {"id": letter_id, "dunning_id": dunning_id})


async def choose(thief: asyncpg.Connection, company: str) -> None:
    """Be of a company, which nobody hinders."""
    await thief.execute("SELECT set_config('perpetual.company', $1, false)", company)


@pytest.mark.parametrize("statement", ANY_WAY_OUT.values(), ids=ANY_WAY_OUT)
async def test_no_way_out(statement: str, thief: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.PostgresError) as refused:
        await thief.execute(statement)

    assert refused.value.sqlstate == NOT_ALLOWED, refused.value


@pytest.mark.parametrize("guarded", ONLY_BY_TABLE_GUARDS.values(), ids=ONLY_BY_TABLE_GUARDS)
async def test_no_row_that_a_guard_refuses(
    guarded: tuple[str, str], thief: asyncpg.Connection, full_books: Accountant
) -> None:
    statement, sqlstate = guarded
    await choose(thief, full_books.caller.company)

    with pytest.raises(asyncpg.PostgresError) as refused:
        await thief.execute(statement)

    assert refused.value.sqlstate == sqlstate, refused.value


@pytest.mark.parametrize("chosen", ["", "SOMEBODY ELSE", "*", "%"])
async def test_without_its_company_nothing_of_a_company_is_seen(
    chosen: str, thief: asyncpg.Connection, books: Accountant
) -> None:
    await choose(thief, chosen)

    seen = await thief.fetchval(
        "SELECT count(*) FROM ledger.journal_entry WHERE company_id = $1", books.caller.company
    )

    assert seen == 0
    await choose(thief, books.caller.company)
    assert await thief.fetchval("SELECT count(*) FROM ledger.journal_entry") == 1


@pytest.mark.parametrize(
    ("on", "credit", "why"),
    [("2026-03-02", "-4", "does not balance"), ("2026-01-15", "-5", "locked period")],
    ids=["unbalanced", "dated back into a locked period"],
)
async def test_no_wrong_entry(
    on: str, credit: str, why: str, thief: asyncpg.Connection, books: Accountant
) -> None:
    await books.year(2026, locked_through=date(2026, 1, 31))
    await choose(thief, books.caller.company)

    with pytest.raises(asyncpg.PostgresError, match=why) as refused:
        await thief.execute(UNBALANCED.format(entry=uuid4(), on=on, credit=credit))

    assert refused.value.sqlstate == INTEGRITY


async def test_a_row_of_another_company_cannot_be_written(
    thief: asyncpg.Connection, books: Accountant
) -> None:
    await choose(thief, "SOMEBODY ELSE")
    row = "INSERT INTO foundation.reference_version VALUES ($1, 1)"

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await thief.execute(row, books.caller.company)


async def test_the_owner_s_session_cannot_be_ended_nor_looked_into(
    thief: asyncpg.Connection, owner_url: str
) -> None:
    owner = await asyncpg.connect(owner_url)
    await owner.execute("SELECT 'a secret of the owner'")
    pid = owner.get_server_pid()

    for function in ("pg_terminate_backend", "pg_cancel_backend"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await thief.execute(f"SELECT {function}({pid})")

    seen = await thief.fetchval("SELECT query FROM pg_stat_activity WHERE pid = $1", pid)
    assert seen == "<insufficient privilege>"
    assert await owner.fetchval("SELECT 1") == 1
    await owner.close()


async def test_the_application_is_a_member_of_nothing_and_owns_nothing(thief: asyncpg.Connection) -> None:
    role = await thief.fetchrow("SELECT * FROM pg_roles WHERE rolname = session_user")

    assert role is not None
    assert role["rolcanlogin"]
    wrong = ("super", "inherit", "createrole", "createdb", "replication", "bypassrls")
    assert [name for name in wrong if role[f"rol{name}"]] == []
    assert await thief.fetchval("SELECT current_user = session_user AND session_user = 'perpetual_app'")
    assert await thief.fetch("SELECT FROM pg_auth_members WHERE member = $1", role["oid"]) == []
    assert await thief.fetchval(POWERS) is None


POWERFUL = {
    "is a superuser": ("SUPERUSER", ""),
    "bypasses row-level security": ("BYPASSRLS", ""),
    "may create roles": ("CREATEROLE", ""),
    "is a superuser (by the role perpetual)": (
        "NOINHERIT",
        "GRANT perpetual TO {0} WITH INHERIT FALSE, SET FALSE",
    ),
    "has a role of PostgreSQL's own (by the role pg_write_all_data)": ("", "GRANT pg_write_all_data TO {0}"),
    "owns table seeded.{0}": ("", "CREATE TABLE seeded.{0} (); ALTER TABLE seeded.{0} OWNER TO {0}"),
    "owns function seeded.{0}()": (
        "",
        "CREATE FUNCTION seeded.{0}() RETURNS int LANGUAGE sql AS 'SELECT 1'; "
        "ALTER FUNCTION seeded.{0}() OWNER TO {0}",
    ),
    "owns schema {0}": ("", "CREATE SCHEMA {0} AUTHORIZATION {0}"),
    "may create schemas": ("", "GRANT CREATE ON DATABASE tests TO {0}"),
    "may create temporary tables": ("", "GRANT TEMPORARY ON DATABASE tests TO {0}"),
    "may create tables in the schema public": ("", "GRANT CREATE ON SCHEMA public TO {0}"),
}


@pytest.mark.parametrize("power", POWERFUL)
async def test_the_pool_gives_out_no_connection_of_a_login_that_could_get_past_the_rules(
    power: str, owner_url: str, postgres_url: str
) -> None:
    attributes, more = POWERFUL[power]
    name = f"login_{uuid4().hex[:8]}"
    owner = await asyncpg.connect(owner_url)
    await owner.execute(f"CREATE ROLE {name} LOGIN {attributes} PASSWORD 'p'")
    pool = Database(postgres_url.replace("perpetual_app:of-the-tests@", f"{name}:p@"), pool_size=1)

    try:
        await owner.execute(f"CREATE SCHEMA seeded; {more.format(name)}")
        with pytest.raises(LoginRefused) as refused:
            async with pool.read("X"):
                pass
        assert str(refused.value).startswith(f"the login {name} {power.format(name)}, and API and workers")
        assert not await owner.fetchval(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = $1)", name
        )
    finally:
        await pool.close()
        await owner.execute(f"DROP OWNED BY {name}; DROP ROLE {name}; DROP SCHEMA IF EXISTS seeded CASCADE")
        await owner.close()


async def test_another_name_will_do_that_may_do_no_more(owner_url: str, postgres_url: str) -> None:
    owner = await asyncpg.connect(owner_url)
    await owner.execute("CREATE ROLE erp_app LOGIN PASSWORD 'p' IN ROLE perpetual_app")
    pool = Database(postgres_url.replace("perpetual_app:of-the-tests@", "erp_app:p@"), pool_size=1)

    async with pool.read("X"):
        pass

    await pool.close()
    await owner.execute("DROP ROLE erp_app")
    await owner.close()

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
from foundation.database import Database, rows_of
from foundation.database import database as database_of
from foundation.messages import Caller
from foundation.roles import POWERS, LoginRefused
from tests.builders import inventory as warehouse
from tests.builders.finance import Accountant, a_line, an_entry

NOT_ALLOWED = asyncpg.InsufficientPrivilegeError.sqlstate
CHECKED = asyncpg.CheckViolationError.sqlstate
INTEGRITY = asyncpg.IntegrityConstraintViolationError.sqlstate

BECOMING_ANOTHER = {
    "become the owner": "SET ROLE perpetual",
    "become the owner for a transaction": "SET LOCAL ROLE perpetual",
    "log in anew as the owner": "SET SESSION AUTHORIZATION perpetual",
    "become a role of PostgreSQL's own": "SET ROLE pg_write_all_data",
    "take no role and switch off triggers": "SET ROLE NONE; SET session_replication_role = replica",
    "take back the role and switch off triggers": "RESET ROLE; SET session_replication_role = replica",
    "take back the session and switch off triggers": (
        "RESET SESSION AUTHORIZATION; SET session_replication_role = replica"
    ),
    "be a superuser": "ALTER ROLE perpetual_app SUPERUSER",
    "bypass row security": "ALTER ROLE perpetual_app BYPASSRLS",
    "make roles": "ALTER ROLE perpetual_app CREATEROLE",
    "make a role": "CREATE ROLE mine LOGIN SUPERUSER",
    "give itself the owner": "GRANT perpetual TO perpetual_app",
    "give itself the server's files": "GRANT pg_write_server_files TO perpetual_app",
    "change the owner's password": "ALTER ROLE perpetual PASSWORD 'mine'",
    "read passwords": "SELECT rolpassword FROM pg_authid",
}
SWITCHING_OFF = {
    "switch off triggers": "SET session_replication_role = replica",
    "switch off triggers by a function": "SELECT set_config('session_replication_role', 'replica', false)",
    "switch off row security of a table": "ALTER TABLE ledger.journal_entry DISABLE ROW LEVEL SECURITY",
    "not force row security": "ALTER TABLE ledger.journal_entry NO FORCE ROW LEVEL SECURITY",
    "drop a policy": "DROP POLICY company ON ledger.journal_entry",
    "change a policy": "ALTER POLICY company ON ledger.journal_entry USING (true)",
    "make a policy": "CREATE POLICY mine ON ledger.journal_entry USING (true)",
    "read past row security": "SET row_security = off; SELECT * FROM ledger.journal_entry",
    "switch off a table's triggers": "ALTER TABLE ledger.journal_entry DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER refuse_change ON ledger.journal_entry",
    "make a trigger": (
        "CREATE TRIGGER mine BEFORE INSERT ON ledger.journal_line "
        "FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "make a rule": "CREATE RULE mine AS ON INSERT TO ledger.journal_line DO INSTEAD NOTHING",
    "replace a guard": (
        "CREATE OR REPLACE FUNCTION ledger.refuse_wrong_lines() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NULL; END'"
    ),
    "replace who the company is": (
        "CREATE OR REPLACE FUNCTION foundation.current_company() RETURNS text LANGUAGE sql AS 'SELECT NULL'"
    ),
    "own a guard": "ALTER FUNCTION ledger.refuse_wrong_lines() OWNER TO perpetual_app",
    "own a table": "ALTER TABLE ledger.journal_entry OWNER TO perpetual_app",
    "drop a constraint": "ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_open_within_amount",
    "drop a table": "DROP TABLE ledger.journal_line",
    "drop a schema": "DROP SCHEMA ledger CASCADE",
}
CHANGING_WHAT_IS_POSTED = {
    "empty a table": "TRUNCATE ledger.journal_entry CASCADE",
    "change an entry": "UPDATE ledger.journal_entry SET posted_on = posted_on - 1",
    "delete an entry": "DELETE FROM ledger.journal_entry",
    "change a line": "UPDATE ledger.journal_line SET amount = 0, base_amount = 0",
    "delete a line": "DELETE FROM ledger.journal_line",
    "merge into an entry": (
        "MERGE INTO ledger.journal_entry e USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE"
    ),
    "insert over an entry": (
        "INSERT INTO ledger.journal_entry SELECT * FROM ledger.journal_entry "
        "ON CONFLICT (id) DO UPDATE SET text = 'another'"
    ),
    "change the log of operations": "UPDATE foundation.operation SET actor = 'another'",
    "delete the log of operations": "DELETE FROM foundation.operation",
    "change which migrations were applied": "UPDATE public.alembic_version SET version_num = '0000'",
}
THE_SERVER = {
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "read a program": "COPY ledger.journal_line FROM PROGRAM 'true'",
    "write a file": "COPY (SELECT 1) TO '/tmp/perpetual-mine'",
    "read a file into a table": "COPY ledger.journal_line FROM '/etc/passwd'",
    "read a file": "SELECT pg_read_file('/etc/passwd')",
    "list files": "SELECT pg_ls_dir('.')",
    "read a file as a large object": "SELECT lo_import('/etc/passwd')",
    "write a large object to a file": "SELECT lo_export(lo_from_bytea(0, 'mine'), '/tmp/perpetual-mine')",
    "change the server's settings": "ALTER SYSTEM SET listen_addresses = '*'",
    "change the database's settings": "ALTER DATABASE tests SET session_replication_role = replica",
    "begin sessions without triggers": "ALTER ROLE perpetual_app SET session_replication_role = replica",
    "load the server's settings": "SELECT pg_reload_conf()",
    "load a library": "LOAD 'pg_stat_statements'",
    "reach other servers by dblink": "CREATE EXTENSION dblink SCHEMA public",
    "reach other servers by postgres_fdw": "CREATE EXTENSION postgres_fdw SCHEMA public",
    "read files by file_fdw": "CREATE EXTENSION file_fdw SCHEMA public",
    "install what is trusted": "CREATE EXTENSION citext SCHEMA public",
    "make a function of the server's own code": (
        "CREATE FUNCTION public.mine() RETURNS void LANGUAGE internal AS 'pg_reload_conf'"
    ),
    "make a C function": (
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE c AS '$libdir/dblink', 'dblink_connect'"
    ),
    "read the stream of changes": "SELECT pg_create_logical_replication_slot('mine', 'pgoutput')",
    "publish all tables": "CREATE PUBLICATION mine FOR ALL TABLES",
    "react to statements of others": "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION f()",
    "make a database": "CREATE DATABASE mine",
}
SHADOWING = {
    "make a schema": "CREATE SCHEMA mine",
    "make a schema named as it is": "CREATE SCHEMA perpetual_app",
    "make a table": "CREATE TABLE public.mine (id int)",
    "make a table in a domain": "CREATE TABLE ledger.mine (id int)",
    "make a view in a domain": "CREATE VIEW ledger.mine AS SELECT 1",
    "make a temporary table": "CREATE TEMP TABLE journal_line (id int)",
    "make a temporary function": "CREATE FUNCTION pg_temp.sum(int) RETURNS int LANGUAGE sql AS 'SELECT 0'",
    "make a function before PostgreSQL's own": (
        "SET search_path = public, pg_catalog; "
        "CREATE FUNCTION public.count(int) RETURNS int LANGUAGE sql AS 'SELECT 0'"
    ),
    "make a temporary operator": (
        "CREATE OPERATOR pg_temp.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)"
    ),
    "change where a function with its owner's rights looks": (
        "ALTER FUNCTION sales.clear_undelivered_lines(uuid) SET search_path = public"
    ),
    "give a function its owner's rights": (
        "ALTER FUNCTION foundation.document_number(text, bigint) SECURITY DEFINER"
    ),
}
ANY_WAY_OUT = BECOMING_ANOTHER | SWITCHING_OFF | CHANGING_WHAT_IS_POSTED | THE_SERVER | SHADOWING

FOREIGN = asyncpg.ForeignKeyViolationError.sqlstate
A_HEAD = """
    INSERT INTO ledger.journal_entry
        (id, number, posted_on, fiscal_year, currency, text, source_type, source_id, purpose{more})
    VALUES (gen_random_uuid(), 'X', '2026-03-02', '2026', 'EUR', '', 'manual', gen_random_uuid(), 'x'{value})
"""


def a_line_for(head: str, lines: str, names: str, values: str) -> str:
    """A line more for a document that was posted before."""
    return f"INSERT INTO {lines} ({names}) SELECT {values} FROM {head} h LIMIT 1"


def an_item(**changes: str) -> str:
    """An open item for the entry that there is, as an operation writes one, but for the changes."""
    values = {
        "id": "gen_random_uuid()",
        "side": "'receivable'",
        "party_type": "'customer'",
        "party_code": "'C1'",
        "account_code": "'1200'",
        "document_type": "'invoice'",
        "document_id": "gen_random_uuid()",
        "document_number": "'X'",
        "on_account": "false",
        "document_on": "'2026-03-02'",
        "due_on": "'2026-03-02'",
        "currency": "'EUR'",
        "amount": "10",
        "base_amount": "10",
        "open_amount": "10",
        "base_open_amount": "10",
    } | changes
    return f"INSERT INTO ledger.open_item ({', '.join(values)}) SELECT {', '.join(values.values())}"


ADDING_TO_WHAT_IS_POSTED = {
    "a line more for an entry": (
        a_line_for(
            "ledger.journal_entry",
            "ledger.journal_line",
            "entry_id, line_number, posted_on, account_code, amount, base_amount",
            "h.id, 9, h.posted_on, '1400', 0, 0",
        ),
        INTEGRITY,
    ),
    "two lines more for an entry, which balance": (
        "INSERT INTO ledger.journal_line (entry_id, line_number, posted_on, account_code, amount, "
        "base_amount) SELECT h.id, l.number, h.posted_on, l.account, l.amount, l.amount "
        "FROM ledger.journal_entry h, "
        "(VALUES (8, '1400', 5), (9, '3000', -5)) AS l (number, account, amount)",
        INTEGRITY,
    ),
    "a line more for an invoice": (
        "INSERT INTO receivables.invoice_line SELECT (jsonb_populate_record(l, '{\"line_number\": 9}')).* "
        "FROM receivables.invoice_line l LIMIT 1",
        INTEGRITY,
    ),
    "a tax more for an invoice": (
        "INSERT INTO receivables.invoice_tax SELECT (jsonb_populate_record(l, '{\"line_number\": 9}')).* "
        "FROM receivables.invoice_tax l LIMIT 1",
        INTEGRITY,
    ),
    "a line more for a credit note": (
        "INSERT INTO receivables.credit_note_line (credit_note_id, line_number, invoice_id, quantity, "
        "net_amount, tax_amount) SELECT c.id, l.line_number, c.invoice_id, 1, 1, 0 "
        "FROM receivables.credit_note c JOIN receivables.invoice_line l ON l.invoice_id = c.invoice_id "
        "WHERE l.line_number = 2",
        INTEGRITY,
    ),
    "a tax more for a credit note": (
        "INSERT INTO receivables.credit_note_tax (credit_note_id, line_number, invoice_id, base_amount, "
        "tax_amount, discount_amount) SELECT c.id, t.line_number, c.invoice_id, 1, 1, 0 "
        "FROM receivables.credit_note c JOIN receivables.invoice_tax t ON t.invoice_id = c.invoice_id "
        "WHERE t.line_number = 2",
        INTEGRITY,
    ),
    "a line more for a dunning letter": (
        "INSERT INTO receivables.dunning_letter_line (letter_id, line_number, open_item_id, kind, "
        "document_number, document_on, due_on, open_amount, interest_amount) "
        "SELECT l.id, 99, i.id, 'charge', 'X', '2026-03-02', '2026-03-02', 1, 0 "
        "FROM receivables.dunning_letter l, ledger.open_item i LIMIT 1",
        INTEGRITY,
    ),
    "a line more for a receipt": (
        a_line_for(
            "inventory.stock_receipt",
            "inventory.stock_receipt_line",
            "receipt_id, line_number, item_code, quantity, unit, unit_cost, stock_quantity, value",
            "h.id, 9, 'nut', 1, 'pc', 1, 1, 1",
        ),
        INTEGRITY,
    ),
    "a line more for a shipment": (
        a_line_for(
            "inventory.shipment",
            "inventory.shipment_line",
            "shipment_id, line_number, item_code, quantity, cost",
            "h.id, 9, 'nut', 1, 1",
        ),
        INTEGRITY,
    ),
    "a line more for goods that came back": (
        a_line_for(
            "inventory.goods_return",
            "inventory.goods_return_line",
            "return_id, line_number, item_code, quantity, cost, scrapped_quantity, restocked_cost",
            "h.id, 9, 'nut', 1, 1, 0, 1",
        ),
        INTEGRITY,
    ),
}
WRITING_WHAT_ONLY_THE_DATABASE_WRITES = {
    "a row of the log of operations": (
        "INSERT INTO foundation.operation (key, company_id, name, status, actor, correlation_id, "
        "request_hash, answer) "
        "VALUES ('mine', foundation.current_company(), 'x', 'applied', 'x', 'x', 'x', '{}')",
        NOT_ALLOWED,
    ),
    "another answer in the log": ("UPDATE foundation.operation SET answer = '{}'", NOT_ALLOWED),
    "a new series of numbers": (
        "INSERT INTO foundation.number_series VALUES (DEFAULT, 'X', '2026', 1)",
        NOT_ALLOWED,
    ),
    "a series that goes back": ("UPDATE foundation.number_series SET last_number = 0", NOT_ALLOWED),
    "a sequence that goes back": ("SELECT setval('inventory.receipt_number', 1)", NOT_ALLOWED),
    "a balance of a period": (
        "INSERT INTO ledger.period_balance "
        "VALUES (DEFAULT, '2026', '2026-01-01', '2026-01-31', '1400', 1, 0)",
        NOT_ALLOWED,
    ),
    "another balance of a period": ("UPDATE ledger.period_balance SET debit = 1", NOT_ALLOWED),
    "no balance of a period": ("DELETE FROM ledger.period_balance", NOT_ALLOWED),
    "a move of a lock that nobody made": (
        "INSERT INTO ledger.period_lock (fiscal_year, moved_by) VALUES ('2026', 'nobody')",
        NOT_ALLOWED,
    ),
    "another who moved a lock": ("UPDATE ledger.period_lock SET moved_by = 'nobody'", NOT_ALLOWED),
    "another open amount": ("UPDATE ledger.open_item SET open_amount = 0", NOT_ALLOWED),
    "another open amount in the company's currency": (
        "UPDATE ledger.open_item SET base_open_amount = 0",
        NOT_ALLOWED,
    ),
    "another discount": ("UPDATE ledger.open_item SET discount = NULL", NOT_ALLOWED),
    "another id of an open item": ("UPDATE ledger.open_item SET id = gen_random_uuid()", INTEGRITY),
    "no open item": ("DELETE FROM ledger.open_item", NOT_ALLOWED),
    "when an entry was recorded": (
        A_HEAD.format(more=", recorded_at", value=", '2026-01-01'"),
        NOT_ALLOWED,
    ),
    "which transaction wrote an entry": (
        A_HEAD.format(more=", transaction_id", value=", '1'"),
        NOT_ALLOWED,
    ),
    "which operation wrote an entry": (A_HEAD.format(more=", operation_key", value=", 'mine'"), NOT_ALLOWED),
    "which operation moved goods": (
        "INSERT INTO inventory.stock_move (kind, item_code, warehouse_code, moved_on, quantity, value, "
        "document_id, line_number, operation_key) VALUES ('receipt', 'nut', 'MAIN', '2026-03-02', 1, 1, "
        "gen_random_uuid(), 1, 'mine')",
        NOT_ALLOWED,
    ),
    **{
        f"{column} of {table}": (f"INSERT INTO {table} ({column}) SELECT {column} FROM {table}", NOT_ALLOWED)
        for table, moment in (
            ("receivables.invoice", "posted_at"),
            ("receivables.credit_note", "posted_at"),
            ("receivables.dunning_letter", "posted_at"),
            ("inventory.stock_receipt", "recorded_at"),
            ("inventory.shipment", "recorded_at"),
            ("inventory.goods_return", "recorded_at"),
            ("inventory.revaluation", "recorded_at"),
        )
        for column in ("operation_key", "transaction_id", moment)
    },
}
WRONG_ROWS = {
    "a year that ends before it begins": ("UPDATE ledger.fiscal_year SET ends_on = starts_on - 1", CHECKED),
    "an entry without lines": (A_HEAD.format(more="", value=""), INTEGRITY),
    "an entry for another day than its year's": (
        A_HEAD.format(more="", value="").replace("'2026-03-02'", "'2027-03-02'"),
        INTEGRITY,
    ),
    "an open item that is half settled": (an_item(open_amount="5"), INTEGRITY),
    "an open item that is worth less than it was": (an_item(base_open_amount="5"), INTEGRITY),
    "an open item of nobody": (an_item(party_type="NULL", party_code="NULL"), CHECKED),
    "an open item of somebody unknown": (an_item(party_code="'GHOST'"), FOREIGN),
    "a settlement of more than is open": (
        "INSERT INTO ledger.settlement (id, open_item_id, source_type, source_id, source_number, settled_on, "
        "amount, base_amount) SELECT gen_random_uuid(), id, 'payment', gen_random_uuid(), 'X', '2026-03-02', "
        "open_amount + 1, base_open_amount FROM ledger.open_item WHERE amount > 0",
        CHECKED,
    ),
    "another kind of an account with postings": (
        "UPDATE ledger.account SET kind = 'expense' WHERE code = '1400'",
        INTEGRITY,
    ),
    "another kind of a control account": (
        "UPDATE ledger.account SET kind = 'liability' WHERE code = '1200'",
        INTEGRITY,
    ),
    "no control account any more": (
        "UPDATE ledger.account SET subledger = NULL WHERE code = '1200'",
        INTEGRITY,
    ),
    "a control account's role on another account": (
        "UPDATE ledger.account_role SET account_code = '1250' WHERE role = 'receivable'",
        INTEGRITY,
    ),
    "a control account's role on none": (
        "DELETE FROM ledger.account_role WHERE role = 'receivable'",
        INTEGRITY,
    ),
    "a decision about one's own request": (
        "INSERT INTO foundation.approval (id, process_id, subject, role, requested_by, requested_at, "
        "remind_at, status, decided_by, decided_at) VALUES (gen_random_uuid(), 'p', '', '', 'x', now(), "
        "now(), 'approved', 'x', now())",
        CHECKED,
    ),
}
ONLY_BY_TABLE_GUARDS = ADDING_TO_WHAT_IS_POSTED | WRITING_WHAT_ONLY_THE_DATABASE_WRITES | WRONG_ROWS
"""Rows that the application may not write, or not like this: what is tried, the statement, the SQLSTATE.

The session is the company's when they run, and its books have something of everything, posted before.
"""

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


@pytest.fixture
async def full_books(books: Accountant) -> Accountant:
    """The same with goods, an invoice, a credit note, a dunning letter: something of everything."""
    caller = books.caller
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
    letter = {
        "number": "DUN-X",
        "process_id": "p",
        "customer_code": "C1",
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
    async with database_of().write(caller.company, caller.actor) as tx:
        begun = {"id": dunning_id, "customer_code": "C1", "process_id": "p", "begun_on": date(2026, 3, 2)}
        await tx.execute(insert(rows_of(Dunning)), begun)
        await tx.execute(insert(rows_of(DunningLetter)), letter | {"id": letter_id, "dunning_id": dunning_id})
    return books


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

"""A transaction on the driver: statements as SQLAlchemy writes them, values as its types send them."""

import asyncio
import gc
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import ARRAY, Integer, Text, any_, bindparam, func, literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import CompileError

from activities.master_data import put_company
from domains.automation.tables import Cursor
from domains.master_data.messages import PutCompany
from domains.receivables.tables.dunning import DunningProcedure
from foundation.database import transaction
from foundation.database.connections import Database, Table, rows_of, working_on
from foundation.database.tables import ApprovalState, OperationLog, ProcessState
from foundation.values.messages import Call, Caller
from tests.doubles.parting_server import in_front_of

_KEYS = select(DunningProcedure.code, DunningProcedure.levels, DunningProcedure.changed_at).where(
    DunningProcedure.code == any_(bindparam("keys", type_=ARRAY(Text)))
)
# A table that a company may write to, with a column of JSON.
_NOTE = insert(rows_of(DunningProcedure)).values(name="a note", is_default=False)
_SCOPE = text("SELECT set_config('perpetual.company', :company, true)")
_COMPANY = text("SELECT current_setting('perpetual.company', true) AS company")


def note(key: str, **changes: Any) -> dict[str, Any]:
    """A row with JSON in it."""
    row: dict[str, Any] = {"code": key, "levels": {}}
    return row | changes


@pytest.fixture
async def caller(database: Database, caller: Caller) -> Caller:
    """Somebody of a company that there is."""
    del database
    company = PutCompany(code=caller.company, name="A company", currency="EUR", country="DE")
    await put_company(Call.direct(caller, f"{caller.company}/company"), company)
    return caller


async def test_who_is_at_a_database_that_is_closed_is_waited_for(postgres_url: str, caller: Caller) -> None:
    begun = asyncio.Event()

    async def read(opened: Database) -> None:
        async with opened.read(caller.company) as tx:
            begun.set()
            await asyncio.sleep(0.2)
            await tx.execute(_COMPANY)

    async with working_on(postgres_url) as opened:
        reading = asyncio.create_task(read(opened))
        await begun.wait()

    assert reading.done()


async def test_a_row_is_read_back_as_a_session_reads_it(database: Database, caller: Caller) -> None:
    key = str(uuid4())
    async with database.transaction() as tx:
        await tx.execute(_SCOPE, {"company": caller.company})
        await tx.execute(_NOTE, note(key, levels={"total": 5}))
        (written,) = await tx.execute(_KEYS, {"keys": [key, "another"]})

    async with database.read(caller.company) as session:
        read = (await session.execute(_KEYS, {"keys": [key, "another"]})).one()
    assert written._asdict() == read._asdict()
    assert (written.code, written.levels) == (key, {"total": 5})


async def test_the_columns_of_an_entity_are_attributes_under_their_mapped_names() -> None:
    for mapper in Table.registry.mappers:
        assert [column.key for column in mapper.column_attrs] == [column.name for column in mapper.columns]
        # What a row can do itself hides a column of this name.
        assert not {"get", "items", "keys", "values"} & set(mapper.columns.keys()), mapper


async def test_a_row_has_the_types_of_its_columns(database: Database, caller: Caller) -> None:
    approval_id = uuid4()
    moment = datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
    asked: dict[str, Any] = {
        "id": approval_id,
        "matter": approval_id,
        "process_id": "p",
        "subject": "",
        "role": "",
        "status": "open",
    }
    asked |= {"requested_by": "x", "requested_at": moment, "remind_at": moment, "amount": Decimal("1.10")}
    async with database.write(caller.company, caller.actor) as tx:
        await tx.execute(insert(rows_of(ApprovalState)), asked)
        await tx.execute(_NOTE, note(str(approval_id), levels={"of": [1, {"more": None}]}))

    async with database.read(caller.company) as tx:
        kept = (await tx.execute(select(ApprovalState).where(ApprovalState.id == approval_id))).one()
        noted = await tx.get(DunningProcedure, (caller.company, str(approval_id)))

    assert isinstance(kept.id, UUID) and kept.id == approval_id and hash(kept.id) == hash(approval_id)
    assert (kept.requested_at, kept.amount, kept.document) == (moment, Decimal("1.100000"), None)
    assert isinstance(kept.amount, Decimal)
    assert noted is not None and noted.levels == {"of": [1, {"more": None}]}
    assert isinstance(noted.version, int)


async def test_a_row_is_found_and_changed_by_its_key(database: Database, caller: Caller) -> None:
    row = {"company_id": caller.company, "reader": "a reader"}
    async with database.write(caller.company, caller.actor) as tx:
        await tx.execute(insert(rows_of(Cursor)), row)
        key = (caller.company, "a reader")
        changed = await tx.update(Cursor, key, transaction_id=7, moved_at=func.now())
        assert changed.transaction_id == 7
        assert await tx.get(Cursor, key, for_update=True) == changed
        assert await tx.get(Cursor, (caller.company, "nobody")) is None
        with pytest.raises(LookupError, match="no row"):
            await tx.update(Cursor, (caller.company, "nobody"), transaction_id=8)
        with pytest.raises(CompileError, match="transaktion_id"):
            await tx.update(Cursor, key, transaktion_id=8)


async def test_a_statement_for_each_row_goes_in_one_round_trip(database: Database, caller: Caller) -> None:
    keys = [str(uuid4()) for _ in range(3)]
    async with database.write(caller.company, caller.actor) as tx:
        await tx.execute_each(_NOTE, [note(key) for key in keys])
        await tx.execute_each(_NOTE, [])
        assert sorted(await tx.scalars(_KEYS, {"keys": keys})) == sorted(keys)


async def test_what_reads_cannot_write(database: Database, caller: Caller) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with database.read(caller.company) as tx:
            await tx.execute(_NOTE, note(str(uuid4())))


async def test_statements_of_one_shape_are_compiled_once_and_keep_their_own_values(
    database: Database,
) -> None:
    def wanted(kind: str, most: int) -> Any:
        return select(ProcessState).where(ProcessState.type == kind, literal(kind) != "").limit(most)

    first, second = (transaction._ready(wanted(kind, most), ()) for kind, most in (("a", 1), ("b", 2)))
    assert first.sql is second.sql
    assert sorted(map(str, first.fixed.values())) == ["", "1", "a", "a"]
    assert sorted(map(str, second.fixed.values())) == ["", "2", "b", "b"]

    shapes = len(transaction._shapes)
    for number in range(50):
        transaction._ready(wanted(str(number), number), ())
    assert len(transaction._shapes) == shapes
    async with database.transaction() as tx:
        numbers = [await tx.scalar(select(literal(number, Integer))) for number in (1, 2, 3)]
    assert numbers == [1, 2, 3]


async def test_what_was_made_for_a_call_is_forgotten_with_it() -> None:
    gc.collect()
    known = len(transaction._statements)
    for number in range(50):
        transaction._ready(select(literal(number, Integer)), ())
    gc.collect()
    assert len(transaction._statements) <= known + 1


async def test_amounts_are_exact(database: Database) -> None:
    async with database.transaction() as tx:
        amount = await tx.scalar(text("SELECT CAST(:a AS numeric) * 3"), {"a": Decimal("0.1")})

    assert amount == Decimal("0.3")


async def test_what_is_set_for_a_transaction_ends_with_it(database: Database, caller: Caller) -> None:
    async with database.transaction() as tx:
        await tx.execute(_SCOPE, {"company": caller.company})
        assert await tx.scalar(_COMPANY) == caller.company

    async with database.transaction() as tx:
        assert not await tx.scalar(_COMPANY)


async def test_a_statement_that_cannot_be_sent_is_refused(database: Database) -> None:
    async with database.transaction() as tx:
        with pytest.raises(TypeError, match="write = ANY"):
            await tx.execute(select(OperationLog.key).where(OperationLog.key.in_(["a", "b"])))
        with pytest.raises(TypeError, match="no value for company"):
            await tx.execute(_SCOPE)


async def test_one_row_is_one_row(database: Database) -> None:
    two = text("SELECT n FROM generate_series(1, 2) AS n")
    async with database.transaction() as tx:
        rows = await tx.execute(two)
        assert list(rows.scalars()) == [1, 2]
        with pytest.raises(LookupError, match="2 rows"):
            rows.one()
        none = await tx.execute(text("SELECT 1 WHERE false"))
        with pytest.raises(LookupError, match="no row"):
            none.scalar_one()


async def test_what_the_server_says_to_a_new_connection_is_said_as_all_that_it_says_later(
    database: Database,
) -> None:
    url = database.engine.url.set(database="not_there").render_as_string(hide_password=False)
    elsewhere = Database(url)

    # One class for whoever tells outages from defects: asyncpg's, and not the pool's.
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        async with elsewhere.transaction():
            pass
    await elsewhere.close()


async def test_a_server_that_says_farewell_and_has_not_hung_up_is_an_outage(postgres_url: str) -> None:
    async with in_front_of(postgres_url) as parting:
        database = Database(parting.url, pool_size=1)
        async with database.read("NOBODY") as tx:
            await tx.scalar(_COMPANY)
        await parting.say_farewell()
        await asyncio.sleep(0.05)

        with pytest.raises(asyncpg.PostgresConnectionError):
            async with database.read("NOBODY") as tx:
                await tx.scalar(_COMPANY)

        # That connection is given to nobody again.
        async with database.read("NOBODY") as tx:
            assert await tx.scalar(_COMPANY) == "NOBODY"
        await database.close()


async def test_a_server_that_says_farewell_to_a_connection_that_is_being_made_is_an_outage(
    postgres_url: str,
) -> None:
    async with in_front_of(postgres_url) as parting:
        parting.parts_at = b"pg_catalog.version"  # The first that is asked on a new pool's connection.
        database = Database(parting.url, pool_size=1)

        with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError)):
            async with database.read("NOBODY") as tx:
                await tx.scalar(_COMPANY)

        parting.parts_at = None
        async with database.read("NOBODY") as tx:
            assert await tx.scalar(_COMPANY) == "NOBODY"
        await database.close()


async def test_a_server_whose_name_is_not_found_is_an_outage() -> None:
    database = Database("postgresql://perpetual_app@nowhere.invalid:5432/perpetual", pool_size=1)
    with pytest.raises(asyncpg.PostgresConnectionError):
        async with database.read("NOBODY"):
            pass
    await database.close()

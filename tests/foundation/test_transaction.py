"""A transaction on the driver: statements as SQLAlchemy writes them, values as its types send them."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import ARRAY, Text, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from foundation.database import Database, rows_of
from foundation.messages import Caller
from foundation.tables import OperationLog

_KEYS = select(OperationLog.key, OperationLog.answer, OperationLog.request).where(
    OperationLog.key == any_(bindparam("keys", type_=ARRAY(Text)))
)
_NOTE = insert(rows_of(OperationLog)).values(status="applied", request=None, request_hash="")
_SCOPE = text("SELECT set_config('perpetual.company', :company, true)")
_COMPANY = text("SELECT current_setting('perpetual.company', true) AS company")


async def test_a_row_is_read_back_as_a_session_reads_it(database: Database, caller: Caller) -> None:
    key = str(uuid4())
    row: dict[str, Any] = {
        "key": key,
        "company_id": caller.company,
        "name": "test.note",
        "answer": {"total": 5},
    }
    row |= {"process_id": None, "actor": caller.actor, "correlation_id": caller.correlation_id}
    async with database.transaction() as transaction:
        await transaction.execute(_SCOPE, {"company": caller.company})
        await transaction.execute(_NOTE, row)
        (written,) = await transaction.execute(_KEYS, {"keys": [key, "another"]})

    async with database.read(caller.company) as session:
        read = (await session.execute(_KEYS, {"keys": [key, "another"]})).one()
    assert written._asdict() == read._asdict()
    assert (written.key, written.answer) == (key, {"total": 5})


async def test_amounts_are_exact(database: Database) -> None:
    async with database.transaction() as transaction:
        amount = await transaction.scalar(text("SELECT CAST(:a AS numeric) * 3"), {"a": Decimal("0.1")})

    assert amount == Decimal("0.3")


async def test_what_is_set_for_a_transaction_ends_with_it(database: Database, caller: Caller) -> None:
    async with database.transaction() as transaction:
        await transaction.execute(_SCOPE, {"company": caller.company})
        assert await transaction.scalar(_COMPANY) == caller.company

    async with database.transaction() as transaction:
        assert not await transaction.scalar(_COMPANY)


async def test_a_statement_that_cannot_be_sent_is_refused(database: Database) -> None:
    async with database.transaction() as transaction:
        with pytest.raises(TypeError, match="write = ANY"):
            await transaction.execute(select(OperationLog.key).where(OperationLog.key.in_(["a", "b"])))
        with pytest.raises(TypeError, match="no value for company"):
            await transaction.execute(_SCOPE)


async def test_one_row_is_one_row(database: Database) -> None:
    two = text("SELECT n FROM generate_series(1, 2) AS n")
    async with database.transaction() as transaction:
        rows = await transaction.execute(two)
        assert list(rows.scalars()) == [1, 2]
        with pytest.raises(LookupError, match="2 rows"):
            rows.one()
        none = await transaction.execute(text("SELECT 1 WHERE false"))
        with pytest.raises(LookupError, match="no row"):
            none.scalar_one()

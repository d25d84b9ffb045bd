"""Functions that work with their owner's rights, who may read and write everything: each looks only at the
rows of the company that its session is of, and only the application may call it.
"""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from foundation.database.connections import Database
from foundation.values.messages import Caller
from tests.foundation.left_to_send import NOTHING_IS_LEFT_TO_SEND, NOTHING_IS_LEFT_TO_TELL

_NOT_AS_THE_RULE_SAYS = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.prosecdef
        AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        AND (EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                WHERE a.grantee NOT IN (p.proowner, 'perpetual_app'::regrole))
            OR NOT has_function_privilege('perpetual_app', p.oid, 'EXECUTE')
            OR NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE starts_with(c, 'search_path=')))
"""
_A_START = """
    SELECT * FROM foundation.accept_command(
        $1, 'start', $2, 'hash', '{"secret": 1}', NULL, NULL, 'correlation', true)
"""
_A_COMMAND = """
    SELECT * FROM foundation.accept_command($1, 'ship', $2, 'hash', '{}', NULL, NULL, 'correlation', $3)
"""
_RESTORED = """
    SELECT foundation.restore_command(
        $1, 2, 'ship', '{}', NULL, NULL, NULL, 'correlation', NULL, 'somebody', NULL, NULL)
"""
_ROW = "SELECT to_jsonb(c) FROM foundation.command c WHERE process_id = $1 ORDER BY number"


@pytest.fixture
async def owner(owner_url: str, caller: Caller) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """The functions' owner."""
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.execute(NOTHING_IS_LEFT_TO_SEND, caller.company)
    await connection.execute(NOTHING_IS_LEFT_TO_TELL, caller.company)
    await connection.close()


@pytest.fixture
async def session(postgres_url: str, database: Database) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """A session of the application."""
    del database
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


async def test_each_is_the_applications_only(owner: "asyncpg.Connection[Any]") -> None:
    assert [row[0] for row in await owner.fetch(_NOT_AS_THE_RULE_SAYS)] == []


async def test_one_that_anybody_may_call_is_seen(owner: "asyncpg.Connection[Any]") -> None:
    seeding = owner.transaction()
    await seeding.start()
    await owner.execute(
        "CREATE FUNCTION sales.forget() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ SELECT $$"
    )
    found = [row[0] for row in await owner.fetch(_NOT_AS_THE_RULE_SAYS)]
    await seeding.rollback()

    assert found == ["sales.forget()"]


@pytest.mark.parametrize("setting", ["perpetual.relaying", "perpetual.watching"])
async def test_none_reaches_a_request_of_another_company(
    setting: str, session: "asyncpg.Connection[Any]", owner: "asyncpg.Connection[Any]", caller: Caller
) -> None:
    process, key = f"{caller.company}/order_to_cash/{uuid4()}", str(uuid4())
    await choose(session, caller.company)
    (started,) = await session.fetch(_A_START, process, key)
    await session.fetch(_A_COMMAND, process, key, False)
    before = await owner.fetch(_ROW, process)

    await choose(session, f"{caller.company}X")
    await session.execute("SELECT set_config($1, 'on', false)", setting)
    answer = f'[{{"id": {started["id"]}, "answer": {{}}}}]'
    await session.execute("SELECT foundation.answer_commands($1)", answer)
    for asked in (
        session.fetch(_A_START, process, key),
        session.fetch(_A_COMMAND, process, key, True),
        session.fetchval(_RESTORED, process),
    ):
        with pytest.raises(asyncpg.CheckViolationError, match="command_process_of_company"):
            await asked
    assert await session.fetch(_A_COMMAND, process, key, False) == []
    assert await session.fetchval("SELECT foundation.begin_again($1)", process) is False

    assert await owner.fetch(_ROW, process) == before


async def test_a_process_of_another_company_is_not_begun_again_nor_told_again(
    session: "asyncpg.Connection[Any]", owner: "asyncpg.Connection[Any]", caller: Caller
) -> None:
    process, key = f"{caller.company}/order_to_cash/{uuid4()}", str(uuid4())
    await choose(session, caller.company)
    await session.fetch(_A_START, process, key)
    await session.execute("SELECT set_config('perpetual.operation', $1, false)", key)
    await session.execute(
        "INSERT INTO foundation.inbox (process_id, kind, body) VALUES ($1, 'heard', '{}')", process
    )
    await session.execute(
        "INSERT INTO foundation.process (id, company_id, type, stage, failure, started_by, correlation_id) "
        "VALUES ($1, $2, 'x', 'x', 'a failure', 'x', 'x')",
        process,
        caller.company,
    )
    await session.execute(
        "UPDATE foundation.inbox SET delivered_at = now() WHERE company_id = $1", caller.company
    )

    await choose(session, f"{caller.company}X")
    begun = await session.fetchval("SELECT foundation.begin_again($1)", process)

    assert begun is False
    told = "SELECT count(*) FROM foundation.inbox WHERE process_id = $1 AND delivered_at IS NULL"
    assert await owner.fetchval(told, process) == 0
    failure = "SELECT failure FROM foundation.process WHERE id = $1"
    assert await owner.fetchval(failure, process) == "a failure"


async def choose(session: "asyncpg.Connection[Any]", company: str) -> None:
    """Be of a company."""
    await session.execute(
        "SELECT set_config('perpetual.company', $1, false), set_config('perpetual.actor', 'x', false)",
        company,
    )

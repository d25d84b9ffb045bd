"""Every row of a company is protected by the database, and the schema is what the code says.

Seeds are rolled back.
"""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from foundation.database.connections import asyncpg_url
from tests.architecture import schema

SEEDED_TABLES = [
    (schema.UNPROTECTED, "seeded.stock", "CREATE TABLE seeded.stock (company_id text NOT NULL)"),
    (
        schema.UNPROTECTED,
        "seeded.stock",
        "CREATE TABLE seeded.stock (company_id text NOT NULL); "
        "SELECT foundation.protect('seeded.stock'); ALTER TABLE seeded.stock NO FORCE ROW LEVEL SECURITY",
    ),
    (
        schema.UNPROTECTED,
        "seeded.stock",
        "CREATE TABLE seeded.stock (company_id text NOT NULL); "
        "SELECT foundation.protect('seeded.stock'); DROP POLICY company ON seeded.stock; "
        "CREATE POLICY anybody ON seeded.stock USING (true)",
    ),
    (schema.NULLABLE_COMPANY, "seeded.stock", "CREATE TABLE seeded.stock (company_id text)"),
    (schema.WITHOUT_COMPANY, "seeded.stock", "CREATE TABLE seeded.stock (item text)"),
    (
        schema.FOREIGN_KEYS_ACROSS,
        "seeded.stock → foundation.operation",
        "CREATE TABLE seeded.stock (key text REFERENCES foundation.operation)",
    ),
    (
        schema.OWNED_BY_THE_APPLICATION,
        "seeded.stock",
        "CREATE TABLE seeded.stock (item text); ALTER TABLE seeded.stock OWNER TO perpetual_app",
    ),
    (schema.MAY_SWITCH_PROTECTION_OFF, "perpetual_app", "ALTER ROLE perpetual_app BYPASSRLS"),
]


@pytest.fixture
async def connection(owner_url: str) -> AsyncIterator[AsyncConnection]:
    """The tables' owner's connection, whose changes are rolled back."""
    engine = create_async_engine(asyncpg_url(owner_url), poolclass=NullPool)
    async with engine.connect() as connection:
        yield connection
        await connection.rollback()


async def plant(connection: AsyncConnection, statements: str) -> None:
    """Run statements in a schema of their own, `seeded`."""
    for statement in ["CREATE SCHEMA seeded", *statements.split("; ")]:
        await connection.execute(text(statement))


async def test_every_table_of_a_company_is_protected_by_forced_row_level_security(
    connection: AsyncConnection,
) -> None:
    unprotected = await schema.found(connection, schema.UNPROTECTED)

    assert not unprotected, "SELECT foundation.protect('schema.table') is missing: others' rows would be seen"


async def test_every_row_has_its_company(connection: AsyncConnection) -> None:
    assert await schema.found(connection, schema.NULLABLE_COMPANY) == []


async def test_every_table_belongs_to_a_company_or_says_why_not(connection: AsyncConnection) -> None:
    without = await schema.found(connection, schema.WITHOUT_COMPANY)

    assert set(without) == set(schema.OF_NO_COMPANY), "a table needs company_id, or a reason in OF_NO_COMPANY"


async def test_foreign_keys_stay_in_their_schema_or_go_below_the_business_domains(
    connection: AsyncConnection,
) -> None:
    across = await schema.found(connection, schema.FOREIGN_KEYS_ACROSS)

    assert not across, "domains meet in processes; a foreign key would make one wait for, and know, the other"


async def test_the_application_cannot_switch_the_protection_off(connection: AsyncConnection) -> None:
    assert await schema.found(connection, schema.MAY_SWITCH_PROTECTION_OFF) == []
    assert await schema.found(connection, schema.OWNED_BY_THE_APPLICATION) == []


async def test_the_migrated_schema_is_what_the_tables_say(connection: AsyncConnection) -> None:
    differences = await schema.differences(connection)

    assert not differences, "\n".join(differences)


async def test_the_migrations_and_the_tables_name_the_same_constraints(connection: AsyncConnection) -> None:
    one_sided = await schema.constraints_of_one_side(connection)

    assert not one_sided, "\n".join(one_sided)


@pytest.mark.parametrize(("question", "name", "statements"), SEEDED_TABLES)
async def test_a_table_that_breaks_the_rule_is_seen(
    question: str, name: str, statements: str, connection: AsyncConnection
) -> None:
    await plant(connection, statements)

    assert name in await schema.found(connection, question)


async def test_a_table_that_the_code_does_not_know_is_seen(connection: AsyncConnection) -> None:
    await plant(connection, "CREATE TABLE seeded.stock (item text CONSTRAINT stock_item CHECK (item <> ''))")

    assert any(
        "stock" in difference for difference in await schema.differences(connection, only_schema="seeded")
    )
    assert "only in the database: seeded.stock: stock_item" in await schema.constraints_of_one_side(
        connection
    )

"""Runs the migrations over asyncpg, each in a transaction of its own."""

import asyncio

from alembic import context
from sqlalchemy import Connection, NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from foundation.database import Table, asyncpg_url
from foundation.migrations import every_table
from foundation.roles import MIGRATING


def run(connection: Connection) -> None:
    every_table()
    # The others wait here, and then find nothing left to do.
    connection.exec_driver_sql(MIGRATING)
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        include_schemas=True,
        version_table_schema="public",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    url = asyncpg_url(context.config.attributes["database_url"])
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(main())

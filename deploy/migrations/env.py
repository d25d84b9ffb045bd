"""Runs the migrations over asyncpg, each in a transaction of its own, beside programs that are at work.

A change of a table waits for whoever reads or writes it, and everybody else waits behind it. So it waits for
a moment only, lets the others by, and tries again. So it does when it was in a deadlock with one of them.
"""

import asyncio
import time

from alembic import context
from asyncpg import PostgresError
from sqlalchemy import Connection, NullPool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from foundation.database.connections import Table, asyncpg_url
from foundation.database.migrations import every_table
from foundation.database.roles import MIGRATING

WAITS_AT_MOST = "SET lock_timeout = '1s'"
LETS_BY_SECONDS = 1.0
GIVES_UP_SECONDS = 600.0
LET_THE_OTHERS_BY = {"55P03", "40P01"}
"""SQLSTATEs of who has waited too long, and of who was taken out of a deadlock: the same later goes well."""


def run(connection: Connection) -> None:
    every_table()
    # The others wait here, and then find nothing left to do.
    connection.exec_driver_sql(MIGRATING)
    connection.exec_driver_sql(WAITS_AT_MOST)
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        include_schemas=True,
        version_table_schema="public",
        transaction_per_migration=True,
    )
    gives_up_at = time.monotonic() + GIVES_UP_SECONDS
    while True:
        try:
            with context.begin_transaction():
                context.run_migrations()
        except (DBAPIError, PostgresError) as failure:
            # A script goes past SQLAlchemy, and so does what the driver says to it.
            said = failure.orig if isinstance(failure, DBAPIError) else failure
            state = getattr(said, "sqlstate", None)
            if state not in LET_THE_OTHERS_BY or time.monotonic() > gives_up_at:
                raise
            connection.rollback()
            time.sleep(LETS_BY_SECONDS)
        else:
            return


async def main() -> None:
    url = asyncpg_url(context.config.attributes["database_url"])
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(main())

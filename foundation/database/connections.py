"""PostgreSQL, our system of record: the tables' ground, and the two ways to it, a transaction and a read.

Every table that belongs to a company has row-level security, forced: a session sees the rows of the one
company it was opened for, whatever the query says. The application logs in as the role `perpetual_app`, which
owns nothing and may not switch that off; a connection whose login may do more is closed at once.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import sqlalchemy
from pydantic import BaseModel
from sqlalchemy import JSON, DateTime, Executable, MetaData, Numeric, QueuePool, Text, Uuid, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.sql import func
from sqlalchemy.types import UserDefinedType

from foundation.database import access, rehearsal
from foundation.database.access import VERSION
from foundation.database.rehearsal import Rehearsal
from foundation.database.roles import CONNECT_TIMEOUT_SECONDS, POWERS, too_powerful
from foundation.database.transaction import Rows, Transaction, at_once, begun

# Shorter than an activity's start-to-close timeout, so that an attempt given up by the process cannot still
# be writing.
STATEMENT_TIMEOUT_MS = 6_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 6_000
CLOSES_WITHIN_SECONDS = 2.0
PREPARED_STATEMENTS = 200
"""So many statements stay prepared on a connection; one that is not costs a round trip more."""


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's `xid8`: the number of a transaction, which never comes again in its cluster."""

    cache_ok = True

    def __init__(self, *_options: Any) -> None:
        super().__init__()

    def get_col_spec(self, **_options: Any) -> str:
        """The type's name in SQL."""
        return "xid8"


ischema_names["xid8"] = TransactionId


class Table(DeclarativeBase):
    """The base class of all tables. What must always hold stands in the table as a constraint."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "ck": "%(table_name)s_%(constraint_name)s",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        }
    )
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            Decimal: Numeric(18, 6),
            str: Text(),
            datetime: DateTime(timezone=True),
            UUID: Uuid(),
            dict[str, Any]: JSON().with_variant(JSONB(), "postgresql"),
        },
    )


def rows_of(entity: type[Table]) -> sqlalchemy.Table:
    """An entity's table, for writing many rows at once without the ORM's unit of work."""
    return cast(sqlalchemy.Table, entity.__table__)


def columns_for(entity: type[Any], view: type[BaseModel], **others: Any) -> list[Any]:
    """The columns of an entity that a view shows under the same names, and others by theirs."""
    own = [
        getattr(entity, name) for name in view.model_fields if name not in others and hasattr(entity, name)
    ]
    return own + [column.label(name) for name, column in others.items()]


def facts(record: Any, view: type[BaseModel]) -> dict[str, Any]:
    """What a record has of a view's fields."""
    return {name: getattr(record, name) for name in view.model_fields if hasattr(record, name)}


class OfCompany:
    """The rows of this table belong to a company.

    The database fills it in, and shows no other company's rows.
    """

    company_id: Mapped[str] = mapped_column(server_default=func.foundation.current_company())


class Posted:
    """Which operation wrote the row and in which transaction: the database says so itself."""

    operation_key: Mapped[str | None] = mapped_column(server_default=func.foundation.current_operation())
    transaction_id: Mapped[int] = mapped_column(TransactionId, server_default=func.pg_current_xact_id())


class Database:
    """A pool of connections to one PostgreSQL."""

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.engine: AsyncEngine = create_async_engine(
            asyncpg_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=False,
            connect_args={
                "timeout": CONNECT_TIMEOUT_SECONDS,
                "command_timeout": STATEMENT_TIMEOUT_MS / 1000 + 2,
                "statement_cache_size": PREPARED_STATEMENTS,
                "server_settings": {
                    "application_name": "perpetual",
                    "timezone": "UTC",
                    "jit": "off",
                    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                    "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
                },
            },
        )
        event.listen(self.engine.sync_engine, "connect", _refuse_powers)
        event.listen(self.engine.sync_engine, "checkout", _replace_what_is_closed)

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction of no company, for who sets its scope: an operation. Refuses: NoDryRun, in one."""
        rehearsal.refuse_in_dry_run()
        return begun(self.engine)

    async def at_once(self, statement: Executable, values: Mapping[str, Any]) -> Rows:
        """One statement that sets its scope itself, and is a transaction of its own. Refuses: NoDryRun."""
        rehearsal.refuse_in_dry_run()
        return await at_once(self.engine, statement, values)

    @asynccontextmanager
    async def read(self, company: str) -> AsyncIterator[Transaction]:
        """A transaction that sees one company's rows, and writes nothing."""
        dry_run = rehearsal.current()
        if dry_run is not None and dry_run.has_run:
            tx = dry_run.next_operation()  # What the one before remembered may have changed.
            await tx.execute(_SCOPE_READ, {"company": company})
            yield tx
            return
        async with begun(self.engine, read_only=True) as tx:
            scope = (await tx.execute(_SCOPE_READ, {"company": company})).one()
            await access.opened(tx, company, scope.access)
            yield tx

    @asynccontextmanager
    async def write(self, company: str, actor: str) -> AsyncIterator[Transaction]:
        """A transaction that writes one company's rows and is no operation.

        For notes about what was tried; what has an effect in the business is an operation. Refuses: NoDryRun.
        """
        rehearsal.refuse_in_dry_run()
        async with begun(self.engine) as tx:
            scope = (await tx.execute(_SCOPE_WRITE, {"company": company, "actor": actor})).one()
            await access.opened(tx, company, scope.access)
            yield tx

    @asynccontextmanager
    async def rehearsal(self) -> AsyncIterator[Rehearsal]:
        """A dry run: all operations in here run in one transaction, which is checked and rolled back."""
        with suppress(_RolledBack):
            async with begun(self.engine) as tx:
                with rehearsal.rehearsing(tx) as dry_run:
                    yield dry_run
                await tx.execute(_CHECK_ALL)
                raise _RolledBack

    async def close(self) -> None:
        """Give the connections back. Who is at it yet is waited for: given back later they would be lost."""
        pool, until = cast(QueuePool, self.engine.pool), time.monotonic() + CLOSES_WITHIN_SECONDS
        while pool.checkedout() and time.monotonic() < until:  # noqa: ASYNC110  # A pool tells nobody.
            await asyncio.sleep(0.01)
        await self.engine.dispose()


def _refuse_powers(connection: DBAPIConnection, *_: Any) -> None:
    """Refuse a login that could get past the database's rules. Raises: LoginRefused."""
    cursor = connection.cursor()
    cursor.execute(f"SELECT session_user, ({POWERS})")
    user, power = cursor.fetchone() or ("?", "cannot be looked at")
    cursor.close()
    connection.rollback()
    if power:
        connection.close()
        raise too_powerful(user, power)


def _replace_what_is_closed(connection: AsyncAdapt_asyncpg_connection, *_: Any) -> None:
    """After a restart of the server the pool gives new connections, without asking each whether it lives."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the server has closed this connection")


class _RolledBack(Exception):
    """A dry run has come to its end."""


# What a commit would check, such as that an entry is balanced.
_CHECK_ALL = text("SET CONSTRAINTS ALL IMMEDIATE")
# The scope is set first: a question among the columns is asked when the row is there.
_SCOPE_READ = text(
    f"SELECT {VERSION} AS access FROM (SELECT set_config('perpetual.company', :company, true)) AS scope"
)
_SCOPE_WRITE = text(
    f"""
    SELECT {VERSION} AS access FROM (
        SELECT set_config('perpetual.company', :company, true), set_config('perpetual.actor', :actor, true)
    ) AS scope
    """
)


def asyncpg_url(url: str) -> str:
    """The same address for SQLAlchemy with asyncpg: `postgresql://…` becomes `postgresql+asyncpg://…`."""
    scheme, _, rest = url.partition("://")
    return url if "+" in scheme else f"postgresql+asyncpg://{rest}"


_opened: list[Database] = []


def open_database(url: str, *, pool_size: int = 20) -> Database:
    """Open this operating system process's database; operations and queries find it by `database()`."""
    _opened[:] = [Database(url, pool_size=pool_size)]
    return _opened[0]


@asynccontextmanager
async def working_on(url: str) -> AsyncIterator[Database]:
    """Work on a database for a while, and on the one before again afterwards."""
    before = list(_opened)
    for_a_while = open_database(url, pool_size=1)
    try:
        yield for_a_while
    finally:
        _opened[:] = before
        await for_a_while.close()


def database() -> Database:
    """The database that this operating system process works on."""
    if not _opened:
        raise RuntimeError("no database is open: call open_database first")
    return _opened[0]

"""A transaction on the driver itself: what an operation asks of PostgreSQL, with nothing between.

The operations that every order passes take a `Transaction` where others take SQLAlchemy's `AsyncSession`, at
a quarter of the CPU. SQL is written the same way for both; a connection comes from the same pool, with the
same settings. What a transaction has not: entities, and `IN` with a list; write `= ANY`.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import asyncpg
from pydantic import BaseModel
from sqlalchemy import ClauseElement, Dialect, Executable, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import greenlet_spawn

_DIALECT: Dialect = make_url("postgresql+asyncpg://").get_dialect()()
STATEMENTS = 500
"""So many statements are kept compiled; those of the hot operations are constants, some forty."""


class Row(asyncpg.Record):
    """A row whose columns are its attributes."""

    __slots__ = ()

    def __getattr__(self, column: str) -> Any:
        try:
            return self[column]
        except KeyError:
            raise AttributeError(f"the row has no column {column}") from None

    def _asdict(self) -> dict[str, Any]:
        return dict(self)


class Rows:
    """What a statement gave, read as SQLAlchemy's result is."""

    __slots__ = ("_rows",)

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def all(self) -> list[Row]:
        """All rows."""
        return self._rows

    def one_or_none(self) -> Row | None:
        """The only row, if there is one."""
        if len(self._rows) > 1:
            raise LookupError(f"{len(self._rows)} rows where one may be")
        return self._rows[0] if self._rows else None

    def one(self) -> Row:
        """The only row."""
        if (row := self.one_or_none()) is None:
            raise LookupError("no row where one must be")
        return row

    def scalar_one(self) -> Any:
        """The first column of the only row."""
        return self.one()[0]

    def scalars(self) -> Iterator[Any]:
        """The first column of every row."""
        return (row[0] for row in self._rows)


class Told(NamedTuple):
    """What a process is told of what was done: the name of a signal that it takes, and its message."""

    process_id: str
    kind: str
    body: BaseModel


class Transaction:
    """One transaction on one connection of the driver."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection
        self.info: dict[Any, Any] = {}
        self.told: list[Told] = []

    def tell(self, process_id: str, kind: str, message: BaseModel) -> None:
        """Tell another process what this operation does: written with it, and sent when it is committed.

        A process is not told of what it does itself: it has the operation's answer.
        """
        self.told.append(Told(process_id, kind, message))

    async def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
        """Send a statement with its values by name, and give its rows."""
        values = values or {}
        compiled = _compiled(statement, tuple(values))
        arguments = compiled.arguments(values)
        return Rows(await self._connection.fetch(compiled.sql, *arguments, record_class=Row))

    async def scalar(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row; None without one."""
        return next((await self.execute(statement, values)).scalars(), None)

    async def flush(self) -> None:
        """Nothing: every statement was sent when it was executed."""

    async def begin(self) -> None:
        """Begin; called by who opens the transaction."""
        await self._connection.execute("BEGIN")

    async def commit(self) -> None:
        """Make it last; called by who opened the transaction."""
        await self._connection.execute("COMMIT")

    async def roll_back(self) -> None:
        """Leave nothing of it; called by who opened the transaction."""
        await self._connection.execute("ROLLBACK")


Session: TypeAlias = AsyncSession | Transaction
"""What a query asks through that operations of both kinds share."""


@asynccontextmanager
async def begun(engine: AsyncEngine) -> AsyncIterator[Transaction]:
    """A transaction on a connection of the engine's pool: committed at its end, rolled back by an error."""
    pooled = await engine.raw_connection()
    assert isinstance(pooled.driver_connection, asyncpg.Connection)
    transaction = Transaction(pooled.driver_connection)
    has_ended = False
    try:
        await transaction.begin()
        yield transaction
        await transaction.commit()
        has_ended = True
    except Exception:
        with suppress(Exception):  # What went wrong first is what the caller must know.
            await transaction.roll_back()
            has_ended = True
        raise
    finally:
        if has_ended:
            pooled.close()
        else:  # Broken, or in the middle of something: nobody gets this connection any more.
            await greenlet_spawn(pooled.invalidate)


class _Compiled(NamedTuple):
    """A statement as the driver takes it: `$1`, `$2` … and where their values come from."""

    sql: str
    names: tuple[str, ...]
    fixed: dict[str, Any]
    """What the statement says itself."""
    converters: dict[str, Callable[[Any], Any]]
    """Of the values that are not sent as they are."""

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the order of their numbers."""
        known = {**self.fixed, **values} if self.fixed else values
        if not self.converters:
            return [known[name] for name in self.names]
        return [
            self.converters[name](known[name]) if name in self.converters else known[name]
            for name in self.names
        ]


@lru_cache(maxsize=STATEMENTS)
def _compiled(statement: Executable, given: tuple[str, ...]) -> _Compiled:
    """A statement compiled once for the names of its values; a statement is itself only."""
    assert isinstance(statement, ClauseElement)
    compiled = statement.compile(dialect=_DIALECT, column_keys=given)
    assert isinstance(compiled, SQLCompiler)
    if compiled.post_compile_params:
        raise TypeError(f"a transaction takes no IN with a list, write = ANY: {statement}")
    names = tuple(compiled.positiontup or ())
    missing = [name for name in names if compiled.binds[name].required and name not in given]
    if missing:
        raise TypeError(f"no value for {', '.join(missing)}: {statement}")
    converters: dict[str, Callable[[Any], Any]] = {}
    for name in set(names):
        if convert := compiled.binds[name].type.dialect_impl(_DIALECT).bind_processor(_DIALECT):
            converters[name] = convert
    fixed = {name: value for name, value in compiled.params.items() if name not in given}
    return _Compiled(compiled.string, names, fixed, converters)

"""A transaction on the driver itself: what an operation asks of PostgreSQL, with nothing between.

Tables are declared with SQLAlchemy and statements are written with it; values are converted by the types of
their columns. What a transaction does not have: entities that remember what was changed in them, and `IN`
with a list; write `= ANY`.

Statements are best constants of their module: they are compiled once, and found again by identity. One that
is made for a call, such as a list with filters, is compiled once for its shape, whatever the values in it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import asyncpg
from pydantic import BaseModel
from sqlalchemy import (
    ClauseElement,
    Executable,
    and_,
    bindparam,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.cache_key import CacheKey
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import LRUCache, greenlet_spawn

from foundation.database.closing import DIALECT, Closing
from foundation.values.errors import NotFound

SHAPES = 1000
"""So many shapes of statements are kept compiled, by process and by connection."""


CORRELATION = "correlation id"
"""Under which an operation's transaction keeps the id by which its caller's story is found again."""
OPENED_AT = "opened_at"
"""The moment of an operation's transaction, as the database says it."""
_NOTHING_LOGGED = "SELECT 1 FROM document"
_UNDONE = "ROLLBACK TO SAVEPOINT apart; RELEASE SAVEPOINT apart"
_AS_AT_THE_COMMIT = text("SET CONSTRAINTS ALL IMMEDIATE")


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

    def first(self) -> Row | None:
        """The first row, if there is one."""
        return self._rows[0] if self._rows else None

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

    def scalar_one_or_none(self) -> Any:
        """The first column of the only row; None without one."""
        row = self.one_or_none()
        return None if row is None else row[0]

    def scalars(self) -> Iterator[Any]:
        """The first column of every row."""
        return (row[0] for row in self._rows)


class Told(NamedTuple):
    """What a process is told of what was done: the name of a signal that it takes, and its message."""

    process_id: str
    kind: str
    body: BaseModel | dict[str, Any]


class Transaction:
    """One transaction on one connection of the driver."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection
        self.info: dict[Any, Any] = {}
        self.closing = Closing()
        self.told: list[Told] = []
        self.begun: list[Any] = []
        """The processes that the operation begins (`commands.begin`)."""

    def tell(self, process_id: str, kind: str, message: BaseModel | dict[str, Any]) -> None:
        """Tell another process what this operation does: written with it, and sent when it is committed.

        A process is not told of what it does itself: it has the operation's answer.
        """
        self.told.append(Told(process_id, kind, message))

    async def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
        """Send a statement with its values by name, and give its rows."""
        values = values or {}
        ready = _ready(statement, tuple(values))
        return Rows(await self._connection.fetch(ready.sql, *ready.arguments(values), record_class=Row))

    async def execute_each(self, statement: Executable, rows: Iterable[Mapping[str, Any]]) -> None:
        """Send a statement once for each of the rows of values, in one round trip; all name the same."""
        if listed := list(rows):
            ready = _ready(statement, tuple(listed[0]))
            await self._connection.executemany(ready.sql, [ready.arguments(values) for values in listed])

    async def scalar(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row; None without one."""
        return next((await self.execute(statement, values)).scalars(), None)

    async def scalars(self, statement: Executable, values: Mapping[str, Any] | None = None) -> list[Any]:
        """The first column of every row."""
        return list((await self.execute(statement, values)).scalars())

    async def get(self, entity: type[DeclarativeBase], key: Any, *, for_update: bool = False) -> Row | None:
        """The row with this primary key, a tuple where it has several columns; None without one."""
        return (await self.execute(_by_key(entity, for_update), _named(key))).one_or_none()

    async def existing(
        self, statement: Executable, what: str, values: Mapping[str, Any] | None = None, *, field: str = ""
    ) -> Row:
        """The only row that is looked up, as a document by its id; a request may name it in a field.

        Refuses: NotFound, naming `what`, and the field.
        """
        if (row := (await self.execute(statement, values)).one_or_none()) is None:
            why = f"there is no {what}"
            raise NotFound(why, errors=[(field, why)] if field else ())
        return row

    async def update(self, entity: type[DeclarativeBase], key: Any, **changes: Any) -> Row:
        """Change the columns named of the row with this primary key, and give the row as it is then.

        A change may be SQL, such as `func.now()`. Raises LookupError when there is no such row.
        """
        table: Any = entity.__table__
        changed = update(table).where(_is_key(entity)).values(**changes).returning(table)
        return (await self.execute(changed, _named(key))).one()

    @asynccontextmanager
    async def savepoint(self, *, is_undone: bool = False) -> AsyncIterator[None]:
        """What is done inside is undone without the rest when it fails; or in any case."""
        await self._connection.execute("SAVEPOINT apart")
        try:
            yield
        except Exception:
            with suppress(Exception):  # What went wrong first is what the caller must know.
                await self._connection.execute(_UNDONE)
            raise
        await self._connection.execute(_UNDONE if is_undone else "RELEASE SAVEPOINT apart")

    async def try_to_write(self, collect: Callable[[], Awaitable[None]]) -> None:
        """Have something collected that an operation would write, write it, and undo all of it.

        Raises what the database refuses it with, also at the commit. Refuses what `collect` refuses.
        """
        kept, self.closing = self.closing, Closing()
        try:
            async with self.savepoint(is_undone=True):
                await collect()
                await self.execute(*self.closing.compiled(_NOTHING_LOGGED, b"null"))
                await self.execute(_AS_AT_THE_COMMIT)
        finally:
            self.closing = kept

    async def begin(self, *, read_only: bool = False) -> None:
        """Begin; called by whoever opens the transaction."""
        await self._connection.execute("BEGIN READ ONLY" if read_only else "BEGIN")

    async def commit(self) -> None:
        """Commit; called by whoever opened the transaction."""
        await self._connection.execute("COMMIT")

    async def roll_back(self) -> None:
        """Roll back; called by whoever opened the transaction."""
        await self._connection.execute("ROLLBACK")


@asynccontextmanager
async def begun(engine: AsyncEngine, *, read_only: bool = False) -> AsyncIterator[Transaction]:
    """A transaction on a connection of the engine's pool: committed at its end, rolled back by an error."""
    async with _on_a_connection(engine) as transaction:
        await transaction.begin(read_only=read_only)
        yield transaction
        await transaction.commit()


async def at_once(engine: AsyncEngine, statement: Executable, values: Mapping[str, Any]) -> Rows:
    """One statement as a transaction of its own: two round trips less than with a beginning and an end."""
    async with _on_a_connection(engine) as transaction:
        return await transaction.execute(statement, values)


@asynccontextmanager
async def _on_a_connection(engine: AsyncEngine) -> AsyncIterator[Transaction]:
    """What goes on on a connection of the engine's pool; rolled back by an error."""
    pooled = await _connection(engine)
    assert isinstance(pooled.driver_connection, asyncpg.Connection)
    transaction = Transaction(pooled.driver_connection)
    has_ended = False
    try:
        yield transaction
        has_ended = True
    except asyncpg.InternalClientError as broken:
        # The server has said that it ends the connection, and has not hung up yet.
        raise asyncpg.ConnectionDoesNotExistError(f"the connection was lost: {broken}") from broken
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


async def _connection(engine: AsyncEngine) -> PoolProxiedConnection:
    """A connection of the pool. What the server says to a new one is said in the driver's words, as all that
    it says later.
    """
    try:
        return await engine.raw_connection()
    except DBAPIError as refused:  # SQLAlchemy had begun to look at the first connection.
        said = refused.orig.__cause__ if refused.orig else None
    except AsyncAdapt_asyncpg_dbapi.Error as refused:
        said = refused.__cause__ or refused
    except (OSError, asyncpg.InternalClientError) as unreachable:  # Also where its name is not found.
        said = unreachable
    if said is None or isinstance(said, OSError | asyncpg.InternalClientError):
        raise asyncpg.ConnectionDoesNotExistError(f"the database is out of reach: {said}") from said
    raise said


class _Ready(NamedTuple):
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


# A statement made for a call goes out of the first when the call is over; its shape stays in the second.
_statements: WeakKeyDictionary[Executable, dict[tuple[str, ...], _Ready]] = WeakKeyDictionary()
_shapes: LRUCache[Any, tuple[SQLCompiler, _Ready]] = LRUCache(SHAPES)


def _ready(statement: Executable, given: tuple[str, ...]) -> _Ready:
    """A statement compiled once for the names of its values."""
    known = _statements.get(statement)
    if known is None:
        known = _statements[statement] = {}
    ready = known.get(given)
    if ready is None:
        ready = known[given] = _of_its_shape(statement, given)
    return ready


def _of_its_shape(statement: Executable, given: tuple[str, ...]) -> _Ready:
    assert isinstance(statement, ClauseElement)
    # As the engine does it; there are no public names for these two.
    shape = statement._generate_cache_key()
    if shape is None:
        return _compiled(statement, given, None)[1]
    known = _shapes.get((shape.key, given))
    if known is None:
        known = _shapes[shape.key, given] = _compiled(statement, given, shape)
    compiled, ready = known
    said = compiled.construct_params(extracted_parameters=shape.bindparams, _check=False)
    return ready._replace(fixed={name: said[name] for name in ready.fixed})


def _compiled(
    statement: ClauseElement, given: tuple[str, ...], shape: CacheKey | None
) -> tuple[SQLCompiler, _Ready]:
    compiled = statement.compile(dialect=DIALECT, column_keys=given, cache_key=shape)
    assert isinstance(compiled, SQLCompiler)
    if compiled.post_compile_params:
        raise TypeError(f"a transaction takes no IN with a list, write = ANY: {statement}")
    names = tuple(compiled.positiontup or ())
    missing = [name for name in names if compiled.binds[name].required and name not in given]
    if missing:
        raise TypeError(f"no value for {', '.join(missing)}: {statement}")
    converters: dict[str, Callable[[Any], Any]] = {}
    for name in set(names):
        if convert := compiled.binds[name].type.dialect_impl(DIALECT).bind_processor(DIALECT):
            converters[name] = convert
    fixed = {name: value for name, value in compiled.params.items() if name not in given}
    return compiled, _Ready(compiled.string, names, fixed, converters)


def _is_key(entity: type[DeclarativeBase]) -> Any:
    columns = entity.__table__.primary_key
    return and_(
        *(column == bindparam(f"key_{place}", type_=column.type) for place, column in enumerate(columns))
    )


def _named(key: Any) -> dict[str, Any]:
    parts = key if isinstance(key, tuple) else (key,)
    return {f"key_{place}": part for place, part in enumerate(parts)}


@lru_cache(maxsize=SHAPES)
def _by_key(entity: type[DeclarativeBase], for_update: bool) -> Executable:
    found = select(entity.__table__).where(_is_key(entity))
    return found.with_for_update() if for_update else found

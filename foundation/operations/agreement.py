"""Whether the books and Temporal are of one moment: until they are, nothing is accepted and nothing done.

Either may have been restored to an older moment, or be gone. Every few seconds somebody counts a number up in
the books, and then tells it to Temporal, which keeps it among the data of its namespace. So Temporal never
knows a greater number than the books, and never a smaller one than it was seen to know: otherwise one of the
two is older than it was. Besides, the books know which database they are, and to which store of Temporal
they belong. What does not agree closes the door (`closed_why`), for all that work on these books, and
`perpetual check --all --temporal` opens it again.

Nobody looks when a request comes: every API and every worker looks now and then, and remembers.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

import structlog
from sqlalchemy import TextClause, text
from temporalio.api.namespace.v1 import NamespaceInfo, UpdateNamespaceInfo
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from foundation.database.connections import database
from foundation.database.transaction import Row
from foundation.runtime import temporal
from foundation.runtime.settings import settings
from foundation.values.errors import BusinessError

log = structlog.get_logger()

LOOKS_EVERY_SECONDS = 5.0
LOOKS_AT_FIRST_SECONDS = 1.0
"""While the database is away."""
COUNTS_AFTER_SECONDS = 4.0
"""However many look."""
ANSWERS_WITHIN = timedelta(seconds=2)
TELLS_WITHIN_SECONDS = 1.0
"""From the number's commit: who has stood still for longer tells nothing, others have told more by then."""
COMPARE = "run 'perpetual check --all --temporal', and then with --mend"
NOT_LOOKED = "it was not looked yet whether the books and Temporal are of one moment"
OLDER_BOOKS = "the books are older than what Temporal knows of them"
OTHER_BOOKS = "Temporal's store belongs to other books"
MOVED_BOOKS = "the books were restored, copied, or moved to another server"
OTHER_STORE = "Temporal's store is another one, or was emptied"
OLDER_STORE = "Temporal's store is older than what the books know of it"
SLOW_BOOKS = "the books took too long to be written"
UNASKED = "Temporal may not be asked how far it is: what is older or another is seen by PostgreSQL alone"

_READ = text(
    "SELECT a.*, foundation.books() AS books_now, "
    "coalesce(a.told_at < now() - make_interval(secs => :seconds), true) AS is_due "
    "FROM foundation.agreement a"
)
_CLOSE = text(
    """
    UPDATE foundation.agreement SET closed_why = :why, closed_at = coalesce(closed_at, now())
    WHERE reconciled_at IS NOT DISTINCT FROM :reconciled_at
    RETURNING closed_why
    """
)
_COUNT = text(
    """
    UPDATE foundation.agreement
    SET told = told + 1, seen = greatest(seen, :seen), told_at = now(),
        namespace = coalesce(:namespace, namespace), books = foundation.books()
    WHERE closed_why IS NULL AND coalesce(told_at < now() - make_interval(secs => :seconds), true)
        AND coalesce(books = foundation.books(), true) AND coalesce(namespace = :namespace, true)
        AND reconciled_at IS NOT DISTINCT FROM :reconciled_at
    RETURNING told, installation
    """
)
_RECONCILED = text(
    """
    UPDATE foundation.agreement
    SET told = greatest(told, :known) + 1, seen = 0, told_at = now(),
        namespace = coalesce(:namespace, namespace), books = foundation.books()
    RETURNING told, installation
    """
)
_OPEN = text(
    "UPDATE foundation.agreement SET closed_why = NULL, closed_at = NULL, reconciled_at = clock_timestamp()"
)


class NotReconciled(BusinessError):
    """The books and Temporal are not of one moment: nothing is accepted before somebody has compared them."""

    status = 503

    def as_problem(self) -> dict[str, Any]:
        """The same request is taken later, with its key."""
        return super().as_problem() | {"retryable": True}


class NotTold(Exception):  # It is what an installation has, not an error of a program.
    """The two were compared, and Temporal could not be told; what was closed is closed still."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the books and Temporal were compared, but Temporal could not be told that they agree ({why}); "
            "where nothing was accepted nothing is yet: run 'perpetual check --all --temporal' again, with "
            "--mend if it was with it"
        )


class _ReconciledMeanwhile(Exception):  # Nothing is wrong: it is looked again.
    """What was seen is of before: somebody has reconciled the two since."""


class Mark(NamedTuple):
    """What Temporal knows of the books, and which store it is itself."""

    namespace: str | None = None
    """None when it may not be asked."""
    installation: str | None = None
    number: int | None = None


class Door:
    """Whether something is accepted, as it was seen last."""

    def __init__(self) -> None:
        self.closed_why: str | None = NOT_LOOKED

    def check(self) -> None:
        """Refuses: NotReconciled."""
        if self.closed_why == NOT_LOOKED:
            raise NotReconciled(f"{NOT_LOOKED}; send the same request again in a moment")
        if self.closed_why is not None:
            raise NotReconciled(f"{self.closed_why}: {COMPARE}; nothing is accepted before")

    async def look(self, client: Client) -> None:
        """Look whether something is accepted now. When that cannot be read, the last look counts."""
        try:
            before, self.closed_why = self.closed_why, await look(client)
        except Exception as failure:  # The database is away, and accepts nothing itself.
            log.warning("could not look whether the books and Temporal agree", why=repr(failure))
            return
        if self.closed_why not in (None, before):
            log.error("nothing is accepted", why=self.closed_why)


@asynccontextmanager
async def watched(client: Client) -> AsyncIterator[Door]:
    """A door that looks again from time to time; it has looked once before it is given."""
    door = Door()
    await door.look(client)
    watching = asyncio.create_task(_watch(door, client))
    try:
        yield door
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def _watch(door: Door, client: Client) -> None:
    while True:
        await asyncio.sleep(LOOKS_EVERY_SECONDS if door.closed_why != NOT_LOOKED else LOOKS_AT_FIRST_SECONDS)
        await door.look(client)


async def look(client: Client) -> str | None:
    """Why nothing is accepted; None when all agrees. Counts on, when it is time.

    While Temporal is away only the books are asked: what is accepted then is written down.
    """
    while True:
        with suppress(_ReconciledMeanwhile):
            return await _looked(client)


async def _looked(client: Client) -> str | None:
    before = await _read()
    try:
        async with asyncio.timeout(ANSWERS_WITHIN.total_seconds()):
            mark = await _mark(client, before.installation)
    except Exception as failure:
        if not temporal.is_away(failure) and not isinstance(failure, TimeoutError):
            raise
        return await _closed(before, _why_moved(before))
    # What Temporal knows was in the books before; and what the books had seen, Temporal knows since.
    now = await _read()
    if now.reconciled_at != before.reconciled_at:
        raise _ReconciledMeanwhile
    why = await _closed(now, _why(mark, seen=before.seen, row=now))
    if why is None and now.is_due:
        values = {"seen": mark.number or 0, "namespace": mark.namespace, "seconds": COUNTS_AFTER_SECONDS}
        failed = await _count(client, _COUNT, values | {"reconciled_at": now.reconciled_at})
        if failed is not None:
            log.warning("Temporal was not told how far the books are", why=failed)
    return why


async def reconciled(client: Client) -> None:
    """The books and Temporal were compared, and agree, or were mended: from now on all is accepted.

    Raises NotTold when Temporal could not be told: then the door is as it was, and it is to be done again.
    """
    mark = await _mark(client, (await _read()).installation)
    values = {"known": mark.number or 0, "namespace": mark.namespace}
    # Opened last: while Temporal still says what was, whoever looks would close the door again.
    failed = await _count(client, _RECONCILED, values)
    if failed is not None:
        raise NotTold(failed)
    async with database().transaction() as tx:
        await tx.execute(_OPEN)


async def is_of_these_books(client: Client) -> str:
    """The condition, in Temporal's words, for runs of these books: they wait for workers on our queue, or on
    one that Temporal was told of. Other queues of the namespace are of other installations.
    """
    installation, found = str((await _read()).installation), await _namespace(client)
    told = found.data.items() if found is not None else ()
    theirs = {name.removeprefix(_QUEUES) for name, of_books in told if of_books == installation}
    ours = sorted(theirs | {settings().task_queue})
    return "TaskQueue IN ({})".format(", ".join("'{}'".format(name.replace("'", "''")) for name in ours))


def _why(mark: Mark, *, seen: int, row: Row) -> str | None:
    """Why they differ, the gravest reason first: numbers that only Temporal knows must not be given again."""
    if mark.installation not in (None, str(row.installation)):
        return OTHER_BOOKS
    if mark.number is not None and mark.number > row.told:
        return OLDER_BOOKS
    if why := _why_moved(row):
        return why
    if mark.namespace is None:
        return None
    if row.namespace not in (None, mark.namespace) or (mark.number is None and seen):
        return OTHER_STORE
    return OLDER_STORE if (mark.number or 0) < seen else None


def _why_moved(row: Row) -> str | None:
    return MOVED_BOOKS if row.books not in (None, row.books_now) else None


async def _read() -> Row:
    async with database().transaction() as tx:
        return (await tx.execute(_READ, {"seconds": COUNTS_AFTER_SECONDS})).one()


async def _closed(row: Row, why: str | None) -> str | None:
    """Why it is closed: what was found before stays until it is mended, unless something weighs more."""
    known: str | None = row.closed_why
    if why is None or (known is not None and why not in (OLDER_BOOKS, OTHER_BOOKS)):
        return known
    if why != known:
        async with database().transaction() as tx:
            of_now = {"why": why, "reconciled_at": row.reconciled_at}
            if (await tx.execute(_CLOSE, of_now)).one_or_none() is None:
                raise _ReconciledMeanwhile
    return why


async def _count(client: Client, counts: TextClause, values: dict[str, Any]) -> str | None:
    """Count in the books, then tell Temporal; gives why it was not told.

    Its number only goes up: who was kept from it tells nothing.
    """
    began = time.monotonic()
    async with database().transaction() as tx:
        row = (await tx.execute(counts, values)).one_or_none()
    if row is None or values["namespace"] is None:
        return None  # Another was faster; or it may not be asked, and nobody would read it there.
    if time.monotonic() - began >= TELLS_WITHIN_SECONDS:
        return SLOW_BOOKS
    return await _tell(client, str(row.installation), row.told)


# Of Temporal

_MAY_NOT = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED)
_QUEUES = "perpetual/"


def _of_queue() -> str:
    """Whoever works on the same queue works on the same books: under this it is said on which."""
    return f"{_QUEUES}{settings().task_queue}"


def _of_books(installation: object) -> str:
    """Under this is the number of these books, whose workers may have several queues."""
    return f"perpetual/books/{installation}"


async def _mark(client: Client, installation: object) -> Mark:
    found = await _namespace(client)
    if found is None:
        return Mark()
    number = found.data.get(_of_books(installation), "")
    return Mark(found.id, found.data.get(_of_queue()), int(number) if number.isdigit() else None)


async def _namespace(client: Client) -> NamespaceInfo | None:
    """The namespace as Temporal knows it; None when we may not ask."""
    wanted = DescribeNamespaceRequest(namespace=client.namespace)
    try:
        found = await client.workflow_service.describe_namespace(wanted, timeout=ANSWERS_WITHIN)
    except RPCError as failure:
        if failure.status not in _MAY_NOT:
            raise
        _say_unasked(failure.status.name)
        return None
    return found.namespace_info


@cache
def _say_unasked(why: str) -> None:
    """Log once that Temporal may not be asked: it is so until the installation is changed."""
    log.warning(UNASKED, why=why)


async def _tell(client: Client, installation: str, number: int) -> str | None:
    """Tell Temporal the number; gives why that failed. None also when we may not tell it anything."""
    info = UpdateNamespaceInfo(data={_of_queue(): installation, _of_books(installation): str(number)})
    wanted = UpdateNamespaceRequest(namespace=client.namespace, update_info=info)
    try:
        await client.workflow_service.update_namespace(wanted, timeout=ANSWERS_WITHIN)
    except RPCError as failure:
        if failure.status not in _MAY_NOT:
            return repr(failure)
        log.warning(
            "Temporal may not be told how far the books are: that they are older is seen by PostgreSQL alone",
            why=repr(failure),
        )
    return None

"""What a process is told of what was done elsewhere: goods set aside for it, an invoice of it settled.

The operation that makes it so tells it (`Transaction.tell`), and it is written in the operation's own
transaction. After the commit whoever ran the operation sends it, off the operation's way; what is not
delivered soon, because somebody died or Temporal was away, the workers send again (`workers.relay`).

A process may be told twice, late, and out of order. With each message comes its number, by which the receiver
leaves out what it was told before, and what is older than what it knows.
"""

import asyncio
import json
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import structlog
from pydantic_core import to_json
from sqlalchemy import ARRAY, BigInteger, bindparam, select, text
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError

from foundation.database.connections import database
from foundation.database.tables import AcceptedCommand, ProcessState
from foundation.database.transaction import Row, Transaction
from foundation.operations import relaying
from foundation.operations.relaying import ONE_TRY_SECONDS, RELAY
from foundation.runtime import temporal
from foundation.values.messages import Call

log = structlog.get_logger()


class InboxRow(NamedTuple):
    """One row of the inbox, as it is sent."""

    number: int
    process_id: str
    kind: str
    body: Any


# Numbers are drawn in the order in which the operation told.
_WRITE = text(
    """
    INSERT INTO foundation.inbox (process_id, kind, body)
    SELECT n.process_id, n.kind, n.body
    FROM ROWS FROM (
        jsonb_to_recordset(CAST(:news AS jsonb)) AS (process_id text, kind text, body jsonb)
    ) WITH ORDINALITY AS n (process_id, kind, body, place)
    ORDER BY n.place
    RETURNING id
    """
)
_NUMBER = text("SELECT nextval('foundation.inbox_id_seq')")
_DELIVERED = text(
    "UPDATE foundation.inbox SET delivered_at = now() WHERE id = ANY (:numbers) AND delivered_at IS NULL"
).bindparams(bindparam("numbers", type_=ARRAY(BigInteger)))

# What is taken is not due again before this attempt is surely over; then less and less often.
_TAKE = text(
    """
    UPDATE foundation.inbox i
    SET due_at = now()
        + greatest(interval '5 seconds', least((now() - i.recorded_at) / 4, interval '1 minute'))
    FROM (
        SELECT id FROM foundation.inbox
        WHERE id = ANY (:numbers) AND delivered_at IS NULL AND due_at <= now()
        ORDER BY id FOR UPDATE SKIP LOCKED
    ) AS mine
    WHERE i.id = mine.id
    RETURNING i.id, i.process_id, i.kind, CAST(i.body AS text) AS body
    """
).bindparams(bindparam("numbers", type_=ARRAY(BigInteger)))
_UNTOLD = text(
    """
    SELECT id, process_id, kind, CAST(body AS text) AS body FROM foundation.inbox
    WHERE id = ANY (:numbers) AND delivered_at IS NULL
    """
).bindparams(bindparam("numbers", type_=ARRAY(BigInteger)))
_UNDELIVERED = text("SELECT company_id, id FROM foundation.undelivered(:at_most)")


async def written(session: Transaction, call: Call) -> list[InboxRow]:
    """Write down what the operation told, before it is committed; gives what is to be sent."""
    told = session.told if isinstance(session, Transaction) else []
    others = [one for one in told if one.process_id != call.process_id]
    if not others:
        return []
    rows = to_json([one._asdict() for one in others])
    found = await session.execute(_WRITE, {"news": rows.decode()})
    bodies = [row["body"] for row in json.loads(rows)]
    return [
        InboxRow(number, one.process_id, one.kind, body)
        for number, one, body in zip(sorted(found.scalars()), others, bodies, strict=True)
    ]


async def number(session: Transaction) -> int:
    """A number for what an operation answers: greater than all that was told before of what it has locked."""
    drawn: int = (await session.execute(_NUMBER)).scalar_one()
    return drawn


# Sent by whoever ran the operation

_client: ContextVar[Client | None] = ContextVar("_client", default=None)
_later: ContextVar[bool] = ContextVar("_later", default=False)
_on_the_way: set[asyncio.Task[Any]] = set()


@contextmanager
def sent_by(client: Client | None) -> Iterator[None]:
    """What is told in here is sent by this client, when it is committed."""
    before = _client.set(client)
    try:
        yield
    finally:
        _client.reset(before)


def send_soon(company: str, news: Sequence[InboxRow]) -> None:
    """Send what was committed, while the operation's answer goes its way; without a client the relay does."""
    if (client := client_here()) is not None:
        on_its_way(_send_at_once(client, company, news))


@contextmanager
def sent_later() -> Iterator[None]:
    """What is told and begun in here is sent by the relay, so many at a time: what comes of a run over many
    does not come over Temporal all at once.
    """
    before = _later.set(True)
    try:
        yield
    finally:
        _later.reset(before)


def client_here() -> Client | None:
    """The client of the activity or the route that is being run; None for what is sent later."""
    if _later.get():
        return None
    return activity.client() if activity.in_activity() else _client.get()


def on_its_way(sending: Coroutine[Any, Any, Any]) -> None:
    """Send beside what is being done; `all_sent` waits for it."""
    task = asyncio.create_task(sending)
    _on_the_way.add(task)
    task.add_done_callback(_on_the_way.discard)


async def all_sent() -> None:
    """Wait for what this operating system process is sending: before it ends."""
    await asyncio.gather(*_on_the_way)


async def _send_at_once(client: Client, company: str, news: Sequence[InboxRow]) -> None:
    try:
        await send(client, company, news)
    except Exception as failure:  # Whatever it is, the relay tries again.
        log.warning("not told yet", company=company, news=len(news), why=repr(failure))


_IS_ON_ITS_WAY_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2)


async def tell_first(client: Client, company: str, numbers: Sequence[int]) -> None:
    """Tell a process what it has not heard yet, before it is asked for what may rest on that.

    As a rule it is on its way, by whoever ran the operation; when it does not come in a moment, they have
    died.
    """
    if not numbers:
        return
    untold: Sequence[Row] = ()
    for seconds in _IS_ON_ITS_WAY_SECONDS:
        await asyncio.sleep(seconds)
        async with database().read(company) as session:
            untold = (await session.execute(_UNTOLD, {"numbers": list(numbers)})).all()
        if not untold:
            return
    await send(client, company, [_news(row) for row in untold])


# Sent again


async def send_again(client: Client, *, at_most: int) -> int:
    """Send what is due in all companies: so many at most; gives how many were found."""
    due = await relaying.due(client, _UNDELIVERED, at_most=at_most)
    failures: list[Exception] = []
    for company, numbers in due.items():
        async with database().write(company, RELAY) as session:
            taken = (await session.execute(_TAKE, {"numbers": numbers})).all()
        try:
            await send(client, company, [_news(row) for row in taken])
        except Exception as failure:  # One company keeps no other waiting.
            failures.append(failure)
            if _is_away(failure):
                break
    if failures:
        raise failures[0]
    return sum(map(len, due.values()))


def _news(row: Row) -> InboxRow:
    return InboxRow(row.id, row.process_id, row.kind, json.loads(row.body))


async def send(client: Client, company: str, news: Iterable[InboxRow]) -> None:
    """Send it, each process's in their order, and note what was delivered.

    Raises what went wrong first. When Temporal is away it is not asked again for each.
    """
    sent: list[int] = []
    failures: list[Exception] = []

    async def tell(its_news: list[InboxRow]) -> None:
        for one in its_news:
            if any(map(_is_away, failures)):
                return
            try:
                async with asyncio.timeout(ONE_TRY_SECONDS):
                    is_delivered = await _is_delivered(client, company, one)
            except Exception as failure:  # One that cannot be told keeps no other waiting.
                failures.append(failure)
                return
            if is_delivered:
                sent.append(one.number)

    await relaying.to_each(relaying.grouped(sorted(news), lambda one: one.process_id).values(), tell)
    if sent:
        async with database().write(company, RELAY) as session:
            await session.execute(_DELIVERED, {"numbers": sorted(sent)})
    if failures:
        raise failures[0]


def _is_away(failure: Exception) -> bool:
    """Whether Temporal did not answer at all, or not in time."""
    return isinstance(failure, TimeoutError) or temporal.is_away(failure)


async def _is_delivered(client: Client, company: str, news: InboxRow) -> bool:
    """Send one message. A process that has ended needs it no more.

    One that Temporal does not know though it has not ended, by our books, waits for it: Temporal has lost it,
    or this is not its server.
    """
    process = client.get_workflow_handle(news.process_id)
    try:
        await process.signal(news.kind, args=[news.body, news.number])
    except RPCError as failure:
        if not temporal.is_unknown(failure):
            raise
        async with database().read(company) as session:
            has_ended = await _has_ended(session, news.process_id)
            is_begun_again = await _is_begun_again(session, news.process_id)
        has_ended = has_ended or (not is_begun_again and await _is_closed(client, news.process_id))
        log.info(
            "has ended, and was not told" if has_ended else "is not there to be told",
            process=news.process_id,
            kind=news.kind,
            number=news.number,
        )
        return has_ended
    return True


async def _has_ended(session: Transaction, process_id: str) -> bool:
    state = await session.get(ProcessState, process_id)
    return state is not None and state.outcome is not None


async def _is_begun_again(session: Transaction, process_id: str) -> bool:
    """Whether it is about to begin again: a run of it that is over in Temporal does not tell."""
    wanted = select(AcceptedCommand.id).where(
        AcceptedCommand.process_id == process_id, AcceptedCommand.number == 1, AcceptedCommand.again
    )
    return await session.scalar(wanted) is not None


async def _is_closed(client: Client, process_id: str) -> bool:
    """Whether Temporal knows the process, and that it is over: terminated by somebody, say."""
    try:
        found = await client.get_workflow_handle(process_id).describe()
    except RPCError as failure:
        if not temporal.is_unknown(failure):
            raise
        return False
    return found.close_time is not None

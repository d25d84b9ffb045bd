"""Handing records to the routes, each with its key, several at a time; who does not answer is asked again.

A register's record may be sent as often as one likes. A document is sent under a key made of its external id,
so that an import which was cut off, or is run again, goes on where it was and doubles nothing.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx

from api.imports.preparing import Record, RowError

AT_A_TIME = 8
TRIES = 8
LONGEST_PAUSE_SECONDS = 5.0
LONGEST_KEY = 200
_WORTH_ANOTHER_TRY = frozenset({429, 500, 502, 503, 504})


class Fate(StrEnum):
    """What became of a record."""

    CREATED = "created"
    CHANGED = "changed"
    ACCEPTED = "accepted"
    """Written; the route does not say whether it was there before."""
    REFUSED = "refused"
    UNREACHED = "unreached"
    """The server did not answer as often as we asked: run the import again."""


@dataclass(frozen=True)
class Outcome:
    """What became of one record, and why when it was not written."""

    record: Record
    fate: Fate
    errors: Sequence[RowError] = ()


async def patiently(
    client: httpx.AsyncClient, path: str, *, key: str, headers: dict[str, str] | None = None, **content: Any
) -> httpx.Response:
    """A POST that is sent again under the same key while the server does not answer, or says so (503).

    The content is `json` or `files`, as httpx takes it. After eight tries, about 20 seconds, it gives the
    last answer, or raises the last httpx.TransportError.
    """
    asked = {"Idempotency-Key": key, **(headers or {})}
    for attempt in range(1, TRIES + 1):
        try:
            answer = await client.post(path, headers=asked, **content)
        except httpx.TransportError:
            if attempt == TRIES:
                raise
        else:
            if answer.status_code not in _WORTH_ANOTHER_TRY or attempt == TRIES:
                return answer
        await asyncio.sleep(min(0.25 * 2**attempt, LONGEST_PAUSE_SECONDS))
    raise AssertionError("unreachable")


async def send(
    client: httpx.AsyncClient,
    records: Iterable[Record],
    *,
    run: str,
    on_done: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Hand the records of one target to its route, eight at a time; the outcomes in the records' order.

    `run` names this run of the import. The client knows the address, the API key and the company.
    """
    turn = asyncio.Semaphore(AT_A_TIME)

    async def one(record: Record) -> Outcome:
        async with turn:
            outcome = await _sent(client, record, run)
        on_done(outcome)
        return outcome

    return await asyncio.gather(*(one(record) for record in records))


async def _sent(client: httpx.AsyncClient, record: Record, run: str) -> Outcome:
    body = record.message.model_dump(mode="json", exclude_unset=True)
    try:
        answer = await patiently(client, record.target.path, key=key_of(record, run), json=body)
    except httpx.TransportError as failure:
        why = f"the server does not answer ({type(failure).__name__}); import again to go on"
        return Outcome(record, Fate.UNREACHED, [record.error(why)])
    said = _json_of(answer)
    if answer.status_code in _WORTH_ANOTHER_TRY:
        why = str(said.get("detail") or f"the server answers {answer.status_code}")
        return Outcome(record, Fate.UNREACHED, [record.error(why)])
    if answer.status_code >= 400:
        return Outcome(record, Fate.REFUSED, _refusals(record, answer.status_code, said))
    if isinstance(created := said.get("created"), bool):
        return Outcome(record, Fate.CREATED if created else Fate.CHANGED)
    return Outcome(record, Fate.ACCEPTED)


def key_of(record: Record, run: str) -> str:
    """The Idempotency-Key: of a document its external id; of a register's record this run and what it says.

    The run is in the second, because a record may change to and fro: each import of it counts.
    """
    if record.target.is_document:
        key = f"import/{record.target.name}/{record.key}"
    else:
        content = hashlib.sha256(record.message.model_dump_json().encode()).hexdigest()[:16]
        key = f"import/{run}/{record.target.name}/{record.key}/{content}"
    if len(key) <= LONGEST_KEY and key.isascii() and key.isprintable():
        return key
    return f"import/{record.target.name}/{hashlib.sha256(key.encode()).hexdigest()}"


def _json_of(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _refusals(record: Record, status: int, said: dict[str, Any]) -> list[RowError]:
    fields = said.get("errors") or []
    if record.target.is_document and str(said.get("type")).endswith("/conflict"):
        return [record.error(f"{record.key} was imported before with other contents, and stays as it was")]
    if not fields:
        return [record.error(str(said.get("detail") or f"the server answers {status}"))]
    return [record.error(str(one.get("message")), path=str(one.get("field"))) for one in fields]

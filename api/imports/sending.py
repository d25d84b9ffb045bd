"""Handing records to the routes, each with its key, several at a time; who does not answer is asked again.

A register's record may be sent as often as one likes. A document is sent under a key made of its external id,
so that an import which was cut off, or is run again, goes on where it was and doubles nothing.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import httpx

from api.imports.preparing import Record, RowError
from foundation.values.messages import Message

AT_A_TIME = 8
TRIES = 8
LONGEST_PAUSE_SECONDS = 5.0
LONGEST_KEY = 200
GLANCES = 3
_WORTH_ANOTHER_TRY = frozenset({429, 500, 502, 503, 504})


class Fate(StrEnum):
    """What became of a record."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ACCEPTED = "accepted"
    """A document is taken: now, or under the same external id before."""
    REFUSED = "refused"
    UNREACHED = "unreached"
    """The server did not answer as often as we asked: run the import again."""


@dataclass(frozen=True)
class RecordOutcome:
    """What became of one record, and why when it was not written."""

    record: Record
    fate: Fate
    errors: Sequence[RowError] = ()


async def patiently(client: httpx.AsyncClient, method: str, path: str, **request: Any) -> httpx.Response:
    """A request that is sent again, with the same key, while the server does not answer, or says so (503).

    It is described as httpx describes it. After eight tries, about 20 seconds, it gives the last answer, or
    raises the last httpx.TransportError.
    """
    for attempt in range(1, TRIES + 1):
        try:
            answer = await client.request(method, path, **request)
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
    on_done: Callable[[RecordOutcome], None] = lambda _: None,
) -> list[RecordOutcome]:
    """Hand the records of one target to its route, eight at a time; the outcomes in the records' order.

    `run` names this run of the import. The client knows the address, the API key and the company.
    """
    turn = asyncio.Semaphore(AT_A_TIME)

    async def one(record: Record) -> RecordOutcome:
        async with turn:
            try:
                outcome = await (_put if record.target.has_codes else _take)(client, record, run)
            except httpx.TransportError as failure:
                why = f"the server does not answer ({type(failure).__name__}); import again to go on"
                outcome = RecordOutcome(record, Fate.UNREACHED, [record.error(why)])
        on_done(outcome)
        return outcome

    return await asyncio.gather(*(one(record) for record in records))


async def _put(client: httpx.AsyncClient, record: Record, run: str) -> RecordOutcome:
    """A register's record: new, or changed in what differs; looked at again when somebody was faster."""
    path = f"{record.target.path}/{quote(record.key, safe='')}"
    for _ in range(GLANCES):
        known = await patiently(client, "GET", path)
        if known.status_code == 404:
            answer = await _post(client, record, run)
            if not _is_problem(answer, "exists-already"):
                return _outcome(record, answer, Fate.CREATED)
            continue
        if known.status_code >= 400:
            return _outcome(record, known, Fate.REFUSED)
        changes = record.message.model_dump(mode="json", include=_differences(record, known.json()))
        if not changes:
            return RecordOutcome(record, Fate.UNCHANGED)
        headers = {"If-Match": known.headers["ETag"]}
        answer = await patiently(client, "PATCH", path, json=changes, headers=headers)
        if not _is_problem(answer, "changed-meanwhile"):
            return _outcome(record, answer, Fate.CHANGED)
    return RecordOutcome(
        record, Fate.REFUSED, [record.error("others are changing this record; import it again")]
    )


async def _take(client: httpx.AsyncClient, record: Record, run: str) -> RecordOutcome:
    """A document, or a record of a register that knows new from changed by itself."""
    return _outcome(record, await _post(client, record, run), Fate.ACCEPTED)


async def _post(client: httpx.AsyncClient, record: Record, run: str) -> httpx.Response:
    body = record.message.model_dump(mode="json", exclude_unset=True)
    headers = {"Idempotency-Key": key_of(record, run)}
    return await patiently(client, "POST", record.target.path, json=body, headers=headers)


def _differences(record: Record, known: dict[str, Any]) -> set[str]:
    """The fields that the import tells and that are not so yet; those it does not tell stay as they are."""
    kind = type(record.message)
    there = kind.model_validate({name: known[name] for name in kind.model_fields if name in known})
    return {name for name in record.message.model_fields_set if not _is_same(record, there, name)}


def _is_same(record: Record, there: Message, name: str) -> bool:
    ours, theirs = getattr(record.message, name), getattr(there, name)
    if name in record.target.without_order:
        return Counter(ours) == Counter(theirs)
    return bool(ours == theirs)


def _outcome(record: Record, answer: httpx.Response, fate: Fate) -> RecordOutcome:
    said = _json_of(answer)
    if answer.status_code in _WORTH_ANOTHER_TRY:
        why = str(said.get("detail") or f"the server answers {answer.status_code}")
        return RecordOutcome(record, Fate.UNREACHED, [record.error(why)])
    if answer.status_code >= 400:
        return RecordOutcome(record, Fate.REFUSED, _refusals(record, answer, said))
    if isinstance(created := said.get("created"), bool):
        fate = Fate.CREATED if created else Fate.CHANGED
    return RecordOutcome(record, fate)


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


def _is_problem(answer: httpx.Response, kind: str) -> bool:
    return answer.status_code >= 400 and str(_json_of(answer).get("type")).endswith(f"/{kind}")


def _refusals(record: Record, answer: httpx.Response, said: dict[str, Any]) -> list[RowError]:
    if record.target.is_document and _is_problem(answer, "conflict"):
        return [record.error(f"{record.key} was imported before with other contents, and stays as it was")]
    if fields := said.get("errors"):
        return [record.error(str(one.get("message")), path=str(one.get("field"))) for one in fields]
    return [record.error(str(said.get("detail") or f"the server answers {answer.status_code}"))]

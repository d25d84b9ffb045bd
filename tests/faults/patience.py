"""Clients: one as it should be, which sends a request again, under the same key, until it is answered; and
one that never asks again."""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Self

from benchmarks.client import Connection

PATIENCE_SECONDS = 240.0
"""A request that is not answered for so long counts as lost.

Under faults the chunk of a run is struck several times, and tried again after half a minute each time.
"""
ONE_TRY_SECONDS = 15.0
PAUSE_SECONDS = 0.3
NOT_ASKED = -1
NO_ANSWER = (OSError, EOFError, TimeoutError, ValueError, IndexError)
"""What a connection to a server that dies may end in."""


class Refused(Exception):
    """The ERP said no."""

    def __init__(self, request: str, status: int, answer: Any) -> None:
        self.status, self.answer = status, answer
        super().__init__(f"{request}: {status} {answer}")


class Unanswered(Exception):
    """Asked once and not answered: whoever asked does not know what has become of it."""

    def __init__(self, path: str, key: str, told: str, *, timed_out: bool) -> None:
        self.key, self.timed_out = key, timed_out
        super().__init__(f"{path} ({key}), which was told {told}")


class NotAnswered(Exception):
    """The ERP has not answered in spite of all patience."""


@dataclass
class Answers:
    """What all clients were told: how often each kind of answer came, and how long a request took in all."""

    kinds: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    defects: list["Defect"] = field(default_factory=list)
    """Answers with status 500, which we count as defects though they can be repeated."""


@dataclass
class Defect:
    """An answer with status 500."""

    request: str
    answer: Any

    @property
    def correlation_id(self) -> str:
        """Under which the API has logged why."""
        return str(self.answer.get("correlation_id", "")) if isinstance(self.answer, dict) else ""

    def __str__(self) -> str:
        return f"{self.request}: {self.answer}"


@dataclass(frozen=True)
class Change:
    """How a request is sent that is no POST: it changes what has a version."""

    version: str = "*"
    method: str = "PATCH"


@dataclass
class Client:
    """Sends requests over a connection of its own."""

    base_url: str
    api_key: str
    company: str
    answers: Answers
    _connection: Connection | None = None

    async def post(self, path: str, body: Any, key: str, change: Change | None = None) -> Any:
        """The answer to a POST, or a change, once it is one. Raises: Refused, NotAnswered."""
        return await self._until_answered(path, body, key, change)

    async def get(self, path: str) -> Any:
        """The answer to a GET, once it is one. Raises: Refused, NotAnswered."""
        return await self._until_answered(path, None, None)

    def of_company(self, company: str) -> Self:
        """The same client at work for another company."""
        other = copy(self)
        other.company, other._connection = company, None
        return other

    async def post_once(self, path: str, body: Any, key: str, change: Change | None = None) -> Any:
        """The answer to a POST, or a change, that is sent once, or not at all while nobody listens.

        Raises: Refused; Unanswered; NotAnswered when nobody has listened in spite of all patience.
        """
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            asked_at = time.monotonic()
            status, answer = await self._try(path, body, key, change)
            if status == NOT_ASKED:
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            self._count(path, key, status, answer, asked_at)
            if _is_answer(status, answer):
                return answer
            timed_out = time.monotonic() - asked_at > ONE_TRY_SECONDS / 2
            raise Unanswered(path, key, f"{status} {answer}", timed_out=timed_out)
        raise NotAnswered(f"{path} ({key}): nobody has listened in {PATIENCE_SECONDS:.0f} s")

    async def _until_answered(
        self, path: str, body: Any, key: str | None, change: Change | None = None
    ) -> Any:
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            status, answer = await self._try(path, body, key, change)
            self._count(path, key, status, answer, began)
            if _is_answer(status, answer):
                return answer
            await asyncio.sleep(PAUSE_SECONDS)
        raise NotAnswered(f"{path} ({key}): no answer in {PATIENCE_SECONDS:.0f} s, at last {status} {answer}")

    def _count(self, path: str, key: str | None, status: int, answer: Any, began: float) -> None:
        """Note what was answered. Raises: Refused."""
        kinds = self.answers.kinds
        if _is_answer(status, answer):
            kinds["answered"] += 1
            self.answers.seconds.append(time.monotonic() - began)
        elif 400 <= status < 500:
            kinds["refused"] += 1
            raise Refused(f"{path} ({key})", status, answer)
        else:
            kinds[f"{status}" if status > 0 else "no connection, or lost"] += 1
        if status == 500:
            self.answers.defects.append(Defect(f"{path} ({key})", answer))

    async def _try(
        self, path: str, body: Any, key: str | None, change: Change | None = None
    ) -> tuple[int, Any]:
        """One try; status 0 when there was no answer, and NOT_ASKED when nobody listened."""
        connection = self._connection or Connection(self.base_url, self.api_key, self.company)
        self._connection = None  # Whoever gives up in the middle leaves it in no state to be used again.
        try:
            async with asyncio.timeout(ONE_TRY_SECONDS):
                answered = await _sent(connection, path, body, key, change)
        except NO_ANSWER as failure:
            await connection.close()
            return NOT_ASKED if isinstance(failure, ConnectionRefusedError) else 0, repr(failure)
        self._connection = connection
        return answered

    async def close(self) -> None:
        """Hang up."""
        with suppress(OSError):
            if self._connection is not None:
                await self._connection.close()


async def _sent(
    connection: Connection, path: str, body: Any, key: str | None, change: Change | None
) -> tuple[int, Any]:
    if key is None:
        return await (connection.get_file(path) if path.endswith("/pdf") else connection.get(path))
    if change is None:
        return await connection.post(path, body, key)
    how = {"version": change.version, "method": change.method, "key": key}
    return await connection.change(path, body, **how)


def _is_answer(status: int, answer: Any) -> bool:
    """Whether it tells what has become of the request; 202 may say that it is only taken."""
    return status in (200, 201, 204) or (status == 202 and answer.get("status") != "accepted")

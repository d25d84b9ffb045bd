"""A client as one should be: it sends a request again, under the same key, until it is answered."""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from benchmarks.client import Connection

PATIENCE_SECONDS = 120.0
"""A request that is not answered for so long counts as lost."""
ONE_TRY_SECONDS = 15.0
PAUSE_SECONDS = 0.3
NO_ANSWER = (OSError, EOFError, TimeoutError, ValueError, IndexError)
"""What a connection to a server that dies may end in."""


class Refused(Exception):
    """The ERP said no."""

    def __init__(self, request: str, status: int, answer: Any) -> None:
        self.status, self.answer = status, answer
        super().__init__(f"{request}: {status} {answer}")


class NotAnswered(Exception):
    """The ERP has not answered in spite of all patience."""


@dataclass
class Answers:
    """What all clients were told: how often each kind of answer came, and how long a request took in all."""

    kinds: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    """Answers with status 500, which we count as defects though they can be repeated."""


@dataclass
class Client:
    """Sends requests over a connection of its own."""

    base_url: str
    api_key: str
    company: str
    answers: Answers
    _connection: Connection | None = None

    async def post(self, path: str, body: Any, key: str) -> Any:
        """The answer to a POST, once it is one. Raises: Refused, NotAnswered."""
        return await self._until_answered(path, body, key)

    async def get(self, path: str) -> Any:
        """The answer to a GET, once it is one. Raises: Refused, NotAnswered."""
        return await self._until_answered(path, None, None)

    async def _until_answered(self, path: str, body: Any, key: str | None) -> Any:
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            status, answer = await self._try(path, body, key)
            if status in (200, 201) or (status == 202 and answer.get("status") != "accepted"):
                self.answers.kinds["answered"] += 1
                self.answers.seconds.append(time.monotonic() - began)
                return answer
            if 400 <= status < 500:
                self.answers.kinds["refused"] += 1
                raise Refused(f"{path} ({key})", status, answer)
            self.answers.kinds[f"{status}" if status else "no connection, or lost"] += 1
            if status == 500:
                self.answers.defects.append(f"{path} ({key}): {answer}")
            await asyncio.sleep(PAUSE_SECONDS)
        raise NotAnswered(f"{path} ({key}): no answer in {PATIENCE_SECONDS:.0f} s, at last {status} {answer}")

    async def _try(self, path: str, body: Any, key: str | None) -> tuple[int, Any]:
        """One try; status 0 when there was no answer."""
        connection = self._connection or Connection(self.base_url, self.api_key, self.company)
        self._connection = None  # Whoever gives up in the middle leaves it in no state to be used again.
        try:
            async with asyncio.timeout(ONE_TRY_SECONDS):
                if key is None:
                    answered = await connection.get(path)
                else:
                    answered = await connection.post(path, body, key)
        except NO_ANSWER as failure:
            await connection.close()
            return 0, repr(failure)
        self._connection = connection
        return answered

    async def close(self) -> None:
        """Hang up."""
        with suppress(OSError):
            if self._connection is not None:
                await self._connection.close()

"""What becomes of a request that was not answered: the books tell, without asking again.

A request to a process is accepted when it is written in `foundation.command`; one that is done at once, when
it is in the log of operations. What is in neither was not accepted, and whoever asked may ask for it anew.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from tests.faults.patience import PATIENCE_SECONDS, NotAnswered, Refused, Unanswered
from tests.faults.striking import OUT_OF_REACH

SURELY_OVER_SECONDS = 3.0
"""An API that has died, or answered, writes nothing any more; what PostgreSQL was at is done by then."""
SURELY_LATE_SECONDS = 20.0
"""An API that was slow may still write."""
PAUSE_SECONDS = 0.2

COMMAND = """
    SELECT process_id, answered_at IS NOT NULL AS is_answered, answer, refusal FROM foundation.command
    WHERE company_id = $1 AND (key = $2 OR starts_with(key, $2 || '/'))
"""
OPERATION = """
    SELECT answer FROM foundation.operation
    WHERE company_id = $1 AND process_id IS NULL AND starts_with(key, $1 || '/') AND key LIKE '%/' || $2
"""


@dataclass
class Fate:
    """What has become of it: it was done."""

    answer: Any
    process_id: str | None = None
    """Of a request to a process."""


@dataclass
class Looker:
    """Looks into the books, as the owner of the database."""

    database_url: str
    company: str

    async def fate_of(self, lost: Unanswered) -> Fate | None:
        """What was done, once it is; None when it was not accepted.

        Raises: Refused; NotAnswered when it was accepted and is not answered in spite of all patience.
        """
        patience = SURELY_LATE_SECONDS if lost.timed_out else SURELY_OVER_SECONDS
        began, first_look, accepted = time.monotonic(), 0.0, False
        while time.monotonic() - began < PATIENCE_SECONDS:
            try:
                async with self._connected() as connection:
                    first_look = first_look or time.monotonic()
                    command = await connection.fetchrow(COMMAND, self.company, lost.key)
                    operation = await connection.fetchrow(OPERATION, self.company, lost.key)
            except OUT_OF_REACH:
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if operation is not None:
                return Fate(json.loads(operation["answer"]))
            accepted = command is not None
            if command is not None and command["is_answered"]:
                return _answered(lost, command)
            if not accepted and time.monotonic() - first_look > patience:
                return None
            await asyncio.sleep(PAUSE_SECONDS)
        told = "accepted and not answered" if accepted else "the books cannot be read"
        raise NotAnswered(f"{lost}: {told} in {PATIENCE_SECONDS:.0f} s")

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        connection = await asyncpg.connect(self.database_url, timeout=5, command_timeout=5)
        try:
            yield connection
        finally:
            await connection.close(timeout=1)


def _answered(lost: Unanswered, command: asyncpg.Record) -> Fate:
    if command["refusal"] is not None:
        refusal = json.loads(command["refusal"])
        raise Refused(str(lost), int(refusal.get("status", 409)), refusal)
    return Fate(json.loads(command["answer"]), command["process_id"])

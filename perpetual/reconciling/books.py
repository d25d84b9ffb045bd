"""What the books say of a process: its steps, what it was asked for, and what it was told."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Text, TextClause, bindparam, text

from foundation.database.connections import database


@dataclass(frozen=True)
class BookedRequest:
    """A request of the books."""

    number: int
    kind: str
    body: Any
    recorded_at: datetime
    is_taken: bool
    """Whether it was answered, and not refused; and is not being sent again."""


@dataclass
class BookedProcess:
    """One process, as the books know it."""

    answers: dict[str, list[Any]] = field(default_factory=dict)
    """Of its steps, by operation."""
    commands: dict[int, BookedRequest] = field(default_factory=dict)
    facts: dict[int, datetime] = field(default_factory=dict)
    """What it was told, and since when."""
    outcome: str | None = None


_STEPS = """
    SELECT process_id, name, CAST(answer AS text) AS answer FROM foundation.operation
    WHERE process_id = ANY (:ids) AND answer IS NOT NULL
"""
_COMMANDS = """
    SELECT process_id, number, kind, CAST(body AS text) AS body, recorded_at,
        answered_at IS NOT NULL AND refusal IS NULL AND NOT again AS is_taken
    FROM foundation.command WHERE process_id = ANY (:ids)
"""
_FACTS = """
    SELECT process_id, id, recorded_at FROM foundation.inbox
    WHERE process_id = ANY (:ids) AND delivered_at < now() - interval '1 second'
"""
_OUTCOMES = "SELECT id, outcome FROM foundation.process WHERE id = ANY (:ids)"


async def read(company: str, process_ids: Collection[str]) -> dict[str, BookedProcess]:
    """What the books know of some processes of a company."""
    known = {one: BookedProcess() for one in process_ids}
    ids = {"ids": sorted(process_ids)}
    async with database().read(company) as tx:
        for row in await tx.execute(_of(_STEPS), ids):
            known[row.process_id].answers.setdefault(row.name, []).append(json.loads(row.answer))
        for row in await tx.execute(_of(_COMMANDS), ids):
            command = BookedRequest(row.number, row.kind, json.loads(row.body), row.recorded_at, row.is_taken)
            known[row.process_id].commands[row.number] = command
        for row in await tx.execute(_of(_FACTS), ids):
            known[row.process_id].facts[row.id] = row.recorded_at
        for row in await tx.execute(_of(_OUTCOMES), ids):
            known[row.id].outcome = row.outcome
    return known


def _of(question: str) -> TextClause:
    return text(question).bindparams(bindparam("ids", type_=ARRAY(Text)))

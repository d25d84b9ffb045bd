"""What a run's database says in the end about requests that were accepted, and which tables it has filled."""

from dataclasses import dataclass, field
from datetime import datetime

import asyncpg

from tests.faults.portraits import Connection

ACCEPTED = """
    SELECT count(*) AS requests, count(refusal) AS refused, count(*) - count(answered_at) AS unanswered,
        coalesce(extract(epoch FROM max(answered_at - greatest(recorded_at, $1))), 0)::float AS slowest
    FROM foundation.command
"""
TABLES = """
    SELECT schemaname || '.' || tablename FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'public')
"""


@dataclass
class Accepted:
    """The requests that were written down, and so accepted."""

    requests: int
    refused: int
    unanswered: int
    slowest: float
    """The longest that one has waited for its answer since the last fault, or since it was written down."""
    empty_tables: set[str] = field(default_factory=set)

    @classmethod
    async def read(cls, database_url: str, last_fault: datetime) -> "Accepted":
        """From the database, when all is done."""
        connection = await asyncpg.connect(database_url)
        try:
            row = await connection.fetchrow(ACCEPTED, last_fault)
            assert row is not None
            return cls(**dict(row), empty_tables=await _empty(connection))
        finally:
            await connection.close()


async def _empty(connection: Connection) -> set[str]:
    tables = [row[0] for row in await connection.fetch(TABLES)]
    return {
        table for table in tables if not await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table})")
    }

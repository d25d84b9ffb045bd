"""`python -m benchmarks.log_by_month`: the log as one table, and as one table per month, side by side.

A key must be in the log once, for ever, and a unique index of a partitioned table holds only within a
partition: by month, the keys need a table of their own. Both logs have the same rows of two years; each
question is asked of one and the other by turns.
"""

import statistics
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.running import an_installation

MONTHS, ROWS, OF_A_PROCESS = 24, 20_000, 10
"""So many rows a month; so many steps has a process."""
TURNS = 3_000

_ROW = """
    key text NOT NULL, process_id text NOT NULL, correlation_id text NOT NULL, name text NOT NULL,
    request jsonb, answer jsonb, recorded_at timestamptz NOT NULL,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id()
"""
_INDEXES = """
    CREATE INDEX ON bench.{log} (process_id, recorded_at);
    CREATE INDEX ON bench.{log} (correlation_id);
    CREATE INDEX ON bench.{log} (transaction_id);
"""
_TABLES = f"""
    CREATE SCHEMA bench;
    CREATE TABLE bench.whole ({_ROW}, PRIMARY KEY (key));
    CREATE TABLE bench.keys (key text PRIMARY KEY, recorded_at timestamptz NOT NULL);
    CREATE TABLE bench.by_month ({_ROW}) PARTITION BY RANGE (recorded_at);
""" + "".join(_INDEXES.format(log=log) for log in ("whole", "by_month"))
_MONTH = """
    CREATE TABLE bench.month_{number} PARTITION OF bench.by_month
        FOR VALUES FROM (timestamptz '2025-01-01Z' + interval '{number} months')
        TO (timestamptz '2025-01-01Z' + interval '{number} months' + interval '1 month');
    CREATE INDEX ON bench.month_{number} (key);
"""
_FILL = f"""
    INSERT INTO bench.whole
    SELECT 'COMPANY/order_to_cash/SO-' || n / {OF_A_PROCESS} || '/step/' || n % {OF_A_PROCESS},
        'COMPANY/order_to_cash/SO-' || n / {OF_A_PROCESS},
        md5((n / {OF_A_PROCESS})::text), 'domain.step', jsonb_build_object('asked', repeat(md5(n::text), 8)),
        jsonb_build_object('answer', repeat(md5(n::text), 6)),
        timestamptz '2025-01-01Z' + interval '1 month' * (n / {ROWS}) + interval '1 second' * (n % {ROWS})
    FROM generate_series(0, {MONTHS * ROWS - 1}) n
"""
_COPY = """
    INSERT INTO bench.keys SELECT key, recorded_at FROM bench.whole;
    INSERT INTO bench.by_month SELECT * FROM bench.whole;
    ANALYZE bench.whole; ANALYZE bench.keys; ANALYZE bench.by_month;
"""
_INTO = "INSERT INTO bench.{log} VALUES ($1, $2, $1, 'domain.step', $3::jsonb, $3::jsonb, $4)"
QUESTIONS = {
    "a row written": {
        "whole": _INTO.format(log="whole"),
        "by_month": "WITH k AS (INSERT INTO bench.keys VALUES ($1, $4)) " + _INTO.format(log="by_month"),
    },
    "a known key": {
        "whole": "SELECT answer FROM bench.whole WHERE key = $1",
        "by_month": "SELECT answer FROM bench.by_month WHERE key = $1 "
        "AND recorded_at = (SELECT recorded_at FROM bench.keys WHERE key = $1)",
    },
    "a new key": {
        "whole": "SELECT answer FROM bench.whole WHERE key = 'new ' || $1",
        "by_month": "SELECT recorded_at FROM bench.keys WHERE key = 'new ' || $1",
    },
    "the steps of a process": {
        "whole": "SELECT key, answer FROM bench.whole WHERE process_id = $1 ORDER BY recorded_at",
        "by_month": "SELECT key, answer FROM bench.by_month WHERE process_id = $1 ORDER BY recorded_at",
    },
}


async def fill(connection: asyncpg.Connection) -> None:
    """Both logs with the same rows."""
    await connection.execute(_TABLES)
    for number in range(MONTHS):
        await connection.execute(_MONTH.format(number=number))
    await connection.execute(_FILL)
    await connection.execute(_COPY)


def _values(question: str, turn: int) -> Sequence[object]:
    number = turn * 7_919 % (MONTHS * ROWS // OF_A_PROCESS)
    process = f"COMPANY/order_to_cash/SO-{number}"
    match question:
        case "a row written":
            moment = datetime(2026, 12, 1, tzinfo=UTC).replace(microsecond=turn)
            return (f"{process}/written/{turn}", process, f'{{"asked": "{"x" * 256}"}}', moment)
        case "the steps of a process":
            return (process,)
        case _:
            return (f"{process}/step/{turn % OF_A_PROCESS}",)


async def ask(connection: asyncpg.Connection, question: str) -> dict[str, float]:
    """Milliseconds that a question takes, by log: medians of all turns."""
    statements = {log: await connection.prepare(sql) for log, sql in QUESTIONS[question].items()}
    took: dict[str, list[float]] = {log: [] for log in statements}
    for turn in range(TURNS):
        for log, statement in statements.items():
            began = time.perf_counter()
            await statement.fetch(*_values(question, turn))
            took[log].append(time.perf_counter() - began)
    return {log: statistics.median(times) * 1_000 for log, times in took.items()}


async def measure(url: str) -> Table:
    """Ask everything of both."""
    title = f"{MONTHS * ROWS:,} rows, {MONTHS} months"
    shown = Table("", "one table", "a table per month", "ratio", title=title)
    connection = await asyncpg.connect(url, command_timeout=600)
    await connection.execute("SET synchronous_commit = off; SET timezone = 'UTC'")
    await fill(connection)
    for question in QUESTIONS:
        found = await ask(connection, question)
        whole, by_month = found["whole"], found["by_month"]
        shown.add_row(question, f"{whole:.3f} ms", f"{by_month:.3f} ms", f"{by_month / whole:.2f}")
    await connection.close()
    return shown


def main() -> int:
    """Fill, ask, show."""
    console = Console()
    with an_installation(console) as installation:
        console.print(uvloop.run(measure(installation.owner_database_url)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

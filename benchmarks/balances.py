"""The trial balance over millions of journal lines: all periods open, and then the past closed."""

import time
from dataclasses import dataclass

from rich.console import Console

from benchmarks.client import Connection
from benchmarks.running import Site, connection
from benchmarks.stored import ACCOUNT, JOURNAL_ENTRY, JOURNAL_LINE, PERIOD_BALANCE, Owner

LINES = 5_000_000
FIRST_YEAR, YEARS = 2017, 9
LINES_OF_AN_ENTRY = 10
TIMES = 5

# Each entry's lines are pairs on two accounts, so that it balances; the entries are spread over the years.
_ENTRIES = f"""
    INSERT INTO {JOURNAL_ENTRY} (
        id, company_id, number, posted_on, fiscal_year, currency, text, source_type, source_id, purpose)
    SELECT id, 'BENCH', foundation.document_number('JE-' || extract(year FROM on_day), n), on_day,
        extract(year FROM on_day)::text, 'EUR', 'Stored', 'manual', id, 'entry'
    FROM (SELECT n, md5('entry' || n)::uuid AS id, $1::date + (n * $2::bigint / $3)::integer AS on_day
        FROM generate_series(0, $3 - 1) AS n) AS e
"""
_LINES = f"""
    INSERT INTO {JOURNAL_LINE} (entry_id, line_number, company_id, posted_on, account_code, amount,
        base_amount, text)
    SELECT e.id, line, 'BENCH', e.posted_on, a.codes[1 + (e.n * 7 + line * 13) % cardinality(a.codes)],
        x.amount, x.amount, 'Stored'
    FROM (SELECT id, posted_on, right(number, 7)::integer AS n FROM {JOURNAL_ENTRY}
            WHERE source_type = 'manual') AS e
        CROSS JOIN generate_series(1, $1::integer) AS line
        CROSS JOIN (SELECT array_agg(code ORDER BY code) AS codes FROM {ACCOUNT}) AS a
        CROSS JOIN LATERAL (
            SELECT (1 + e.n % 1000) * (CASE line % 2 WHEN 0 THEN 1.19 ELSE -1.19 END) AS amount) AS x
"""


@dataclass
class Balances:
    """How long the report took, the quickest of several times."""

    lines: int
    open_seconds: float
    closed_seconds: float
    closing_seconds: float


async def trial_balance(site: Site, owner: Owner, console: Console) -> Balances:
    """Fill the journal up to five million lines in nine earlier years, and ask for the trial balance."""
    client = connection(site)
    for year in range(FIRST_YEAR, FIRST_YEAR + YEARS):
        body = {"code": str(year), "starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"}
        status, answer = await client.post("/v1/fiscal-years", body, f"year/{year}")
        assert status == 201, answer
    await client.close()  # The API hangs up on who is silent for as long as the filling takes.
    console.print(f"[dim]Filling the journal up to {LINES:,} lines …[/dim]")
    lines = await _fill(owner)
    client = connection(site)
    console.print(f"[dim]{lines:,} lines; the trial balance …[/dim]")
    open_seconds, before = await _quickest(client)
    closing = [await _close(client, year) for year in range(FIRST_YEAR, FIRST_YEAR + YEARS)]
    await owner.execute(f"VACUUM (ANALYZE) {PERIOD_BALANCE}")
    closed_seconds, after = await _quickest(client)
    assert before == after, "closing periods changed the trial balance"
    await client.close()
    return Balances(lines, open_seconds, closed_seconds, max(closing))


async def _fill(owner: Owner) -> int:
    there: int = await owner.fetchval(f"SELECT count(*) FROM {JOURNAL_LINE}")
    entries = max(0, LINES - there) // LINES_OF_AN_ENTRY
    async with owner.transaction():
        await owner.execute("SET LOCAL session_replication_role = replica")
        await owner.execute("SET LOCAL synchronous_commit = off")
        first = await owner.fetchval("SELECT make_date($1, 1, 1)", FIRST_YEAR)
        await owner.execute(_ENTRIES, first, YEARS * 365, entries)
        await owner.execute(_LINES, LINES_OF_AN_ENTRY)
    await owner.execute("VACUUM (ANALYZE)")
    return there + entries * LINES_OF_AN_ENTRY


async def _quickest(client: Connection) -> tuple[float, object]:
    """The report, and how long it took through the API."""
    took: list[float] = []
    for _ in range(TIMES):
        began = time.perf_counter()
        status, report = await client.get("/v1/reports/trial-balance?from=2026-01-01&to=2026-12-31")
        took.append(time.perf_counter() - began)
        assert status == 200, report
    return min(took), report


async def _close(client: Connection, year: int) -> float:
    began = time.perf_counter()
    status, answer = await client.change(
        f"/v1/fiscal-years/{year}", {"locked_through": f"{year}-12-31"}, version="*"
    )
    assert status == 200, answer
    return time.perf_counter() - began

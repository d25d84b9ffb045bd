"""Finds everything that belongs to an order or to a correlation id, whatever domain wrote it.

The log of operations is the thread: an order's processes, the operations of those processes, the documents
that their answers name, and what was posted for them.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg

_NO_EVENTS = {"process.record_stage", "approval.find_decision"}
"""What processes note and look up for themselves."""
_SEES_ALL = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_COMPANIES = "SELECT code FROM master_data.company ORDER BY code"
_ORDER = """
    SELECT id, number, status, customer_code, customer_name, ordered_on, total_amount, currency, version
    FROM sales.sales_order WHERE number = $1
"""
# An order's own process, its returns, and what was begun for it; and the collective invoices that bill it.
_THREADS = """
    SELECT DISTINCT correlation_id FROM foundation.operation
    WHERE company_id = $1 AND (process_id = $2
        OR process_id IN (SELECT $1 || '/customer_return/' || id FROM sales.sales_return WHERE order_id = $3))
"""
_OPERATIONS = """
    SELECT key, name, status, process_id, actor, correlation_id, request, answer, recorded_at
    FROM foundation.operation
    WHERE company_id = $1 AND (correlation_id = ANY ($2::text[])
        OR process_id IN (SELECT process_id FROM foundation.operation
                          WHERE company_id = $1 AND correlation_id = ANY ($2::text[])
                          UNION ALL
                          SELECT i.process_id FROM receivables.invoice_order o
                              JOIN receivables.invoice i ON i.id = o.invoice_id WHERE o.order_id = $3))
    ORDER BY recorded_at, key
"""
_PROCESSES = """
    SELECT id, type, stage, waiting_on, waiting_since, document, amount, currency,
        coalesce(task_failure, not_run, exception) AS exception, outcome,
        started_by, started_at, closed_at
    FROM foundation.process WHERE id = ANY ($1::text[]) ORDER BY started_at, id
"""
_BOOKED = """
    SELECT l.account_code, a.name, sum(greatest(l.base_amount, 0)) AS debit,
        sum(greatest(-l.base_amount, 0)) AS credit, count(DISTINCT e.id) AS entries
    FROM ledger.journal_entry e
        JOIN ledger.journal_line l ON l.entry_id = e.id
        JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
    WHERE e.source_id = ANY ($1::uuid[])
        OR e.source_id IN (SELECT id FROM ledger.reversal WHERE document_id = ANY ($1::uuid[]))
    GROUP BY 1, 2 ORDER BY 1
"""
_OPEN = """
    SELECT document_number AS document, due_on, amount, open_amount, currency
    FROM ledger.open_item WHERE document_id = ANY ($1::uuid[])
    ORDER BY due_on, document_number, id
"""


class NothingToExplain(Exception):  # It is what a user has, not an error of a program.
    """There is no order with this number, and nothing was done under this correlation id."""


@dataclass(frozen=True)
class StoryEvent:
    """One thing that was done."""

    at: datetime
    by: str
    what: str
    process: str | None
    documents: tuple[str, ...]
    amount: str
    status: str


@dataclass(frozen=True)
class Story:
    """All that is known of an order, or of a correlation id."""

    company: str
    order: asyncpg.Record | None
    correlation_ids: tuple[str, ...]
    processes: tuple[asyncpg.Record, ...]
    events: tuple[StoryEvent, ...]
    open_items: tuple[asyncpg.Record, ...]
    booked: tuple[asyncpg.Record, ...]


async def story_of(url: str, what: str, *, company: str | None) -> Story:
    """The story of an order's number or of a correlation id. Raises: NothingToExplain."""
    scheme, _, rest = url.partition("://")
    settings = {"application_name": "perpetual explain", "jit": "off"}
    connection = await asyncpg.connect(f"{scheme.partition('+')[0]}://{rest}", server_settings=settings)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            for code in await _companies(connection, company):
                await connection.execute("SELECT set_config('perpetual.company', $1, true)", code)
                if (story := await _within(connection, code, what)) is not None:
                    return story
    finally:
        await connection.close()
    raise NothingToExplain(f"there is no order {what}, and nothing was done under the correlation id {what}")


async def _companies(connection: Any, company: str | None) -> list[str]:
    if company is not None:
        return [company]
    if not await connection.fetchval(_SEES_ALL):
        raise NothingToExplain(
            "only a user that bypasses row security sees all companies: name one with --company, or give "
            "that user's address as PERPETUAL_OWNER_DATABASE_URL"
        )
    return [row["code"] for row in await connection.fetch(_COMPANIES)]


async def _within(connection: Any, company: str, what: str) -> Story | None:
    order = await connection.fetchrow(_ORDER, what)
    threads = [what]
    if order is not None:
        process = f"{company}/order_to_cash/{order['id']}"
        threads = [row[0] for row in await connection.fetch(_THREADS, company, process, order["id"])]
    operations = await connection.fetch(_OPERATIONS, company, threads, order and order["id"])
    if not operations:
        return None
    documents = sorted({found for row in operations for found in _ids(row["request"], row["answer"])})
    ids = sorted({row["process_id"] for row in operations if row["process_id"]})
    return Story(
        company=company,
        order=order,
        correlation_ids=tuple(threads),
        processes=tuple(await connection.fetch(_PROCESSES, ids)),
        events=tuple(_event(row) for row in operations if row["name"] not in _NO_EVENTS),
        open_items=tuple(await connection.fetch(_OPEN, documents)),
        booked=tuple(await connection.fetch(_BOOKED, documents)),
    )


def _ids(*documents: str | None) -> Iterator[str]:
    """Every id that a request or an answer names."""
    for document in documents:
        if document is not None:
            yield from _values(
                json.loads(document), lambda name: name.endswith("_id") and name != "process_id"
            )


def _values(document: Any, is_wanted: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for name, value in document.items():
            if isinstance(value, str) and value and is_wanted(name):
                yield value
            else:
                yield from _values(value, is_wanted)
    elif isinstance(document, list):
        for value in document:
            yield from _values(value, is_wanted)


def _event(row: asyncpg.Record) -> StoryEvent:
    answer = json.loads(row["answer"]) if row["answer"] else {}
    numbers = dict.fromkeys(_values(answer, lambda name: name.endswith("_number")))
    title = row["name"].partition(".")[2].replace("_", " ")
    request = json.loads(row["request"]) if row["request"] else {}
    if row["name"] == "process.decide":
        title = f"{request.get('action', 'decide')}: {request.get('reason', '')}".rstrip(": ")
    return StoryEvent(
        at=row["recorded_at"],
        by=row["actor"],
        what=title,
        process=row["process_id"],
        documents=tuple(numbers)[:3],
        amount=_amount(answer, *(part for part in answer.values() if isinstance(part, dict)), request),
        status=row["status"],
    )


def _amount(*documents: dict[str, Any]) -> str:
    """The amount that says most, as it was answered or asked for."""
    for name in ("total_amount", "amount", "cost", "restocked_value", "value", "on_account_amount"):
        for document in documents:
            if isinstance(document.get(name), str) and Decimal(document[name]):
                return f"{Decimal(document[name]):,.2f} {document.get('currency', '')}".rstrip()
    return ""


def shortened(process_ids: Iterable[str]) -> dict[str, str]:
    """A short name for each process: its type, numbered when there are several."""
    names: dict[str, str] = {}
    for process_id in dict.fromkeys(process_ids):
        kind = process_id.split("/")[1].replace("_", " ") if process_id.count("/") >= 2 else process_id
        same = sum(1 for name in names.values() if name.partition(" #")[0] == kind)
        names[process_id] = f"{kind} #{same + 1}" if same else kind
    return names

"""What an order looks like in the books, without what differs between any two orders: ids, numbers, moments.

Two orders that went the same way have the same portrait, document by document.
"""

import json
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Portrait = dict[str, list[str]]
"""By kind of document: each with its lines, amounts and states, as text, in an order of its own."""

DIFFERS = {"id", "number", "text", "operation_key", "sequence", "document", "why"}
"""Names of columns; `text` and `why` name documents by their numbers."""
KEPT = {"line_number", "order_line_number"}
"""Numbers that are the same for both."""


def _with_lines(table: str, lines: str, link: str, where: str, more: str = "") -> str:
    """The rows of a table, each with its lines."""
    return f"""
        SELECT to_jsonb(d) || jsonb_build_object('lines', (
            SELECT jsonb_agg(to_jsonb(l) ORDER BY l.line_number) FROM {lines} l WHERE l.{link} = d.id)) {more}
        FROM {table} d WHERE {where}
    """


def _rows(table: str, where: str) -> str:
    return f"SELECT to_jsonb(d) FROM {table} d WHERE {where}"


_DOCUMENTS_OF_ORDER = """
    (SELECT id FROM inventory.shipment WHERE order_id = $1 UNION ALL
     SELECT id FROM receivables.invoice WHERE order_id = $1 UNION ALL
     SELECT id FROM receivables.credit_note WHERE order_id = $1 UNION ALL
     SELECT id FROM inventory.goods_return WHERE order_id = $1 UNION ALL
     SELECT id FROM ledger.payment WHERE order_id = $1)
"""
_TAXES = """ || jsonb_build_object('taxes', (
    SELECT jsonb_agg(to_jsonb(t) ORDER BY t.line_number) FROM receivables.invoice_tax t
    WHERE t.invoice_id = d.id))"""

QUESTIONS = {
    "order": _with_lines("sales.sales_order", "sales.sales_order_line", "order_id", "d.id = $1"),
    "reservation": _rows("inventory.reservation", "d.order_id = $1"),
    "credit commitment": _rows("receivables.credit_commitment", "d.order_id = $1"),
    "shipment": _with_lines(
        "inventory.shipment", "inventory.shipment_line", "shipment_id", "d.order_id = $1"
    ),
    "return": _with_lines(
        "inventory.goods_return", "inventory.goods_return_line", "return_id", "d.order_id = $1"
    ),
    "stock move": _rows("inventory.stock_move", f"d.document_id IN {_DOCUMENTS_OF_ORDER}"),
    "invoice": _with_lines(
        "receivables.invoice", "receivables.invoice_line", "invoice_id", "d.order_id = $1", _TAXES
    ),
    "credit note": _with_lines(
        "receivables.credit_note", "receivables.credit_note_line", "credit_note_id", "d.order_id = $1"
    ),
    "payment": _rows("ledger.payment", "d.order_id = $1"),
    "open item": _rows("ledger.open_item", "d.order_id = $1"),
    "settlement": _rows(
        "ledger.settlement", "d.open_item_id IN (SELECT id FROM ledger.open_item WHERE order_id = $1)"
    ),
    "entry": _with_lines(
        "ledger.journal_entry", "ledger.journal_line", "entry_id", f"d.source_id IN {_DOCUMENTS_OF_ORDER}"
    ),
    "process": _rows(
        "foundation.process",
        "d.type = 'order_to_cash' AND d.document = (SELECT number FROM sales.sales_order WHERE id = $1)",
    ),
}
TOTALS = {
    "stock": "SELECT item_code, on_hand, reserved FROM inventory.stock WHERE company_id = $1",
    "balance": """
        SELECT account_code, sum(base_amount) FROM ledger.journal_line WHERE company_id = $1
        GROUP BY account_code
    """,
}
"""What a company has in all: of goods, and on its accounts."""


async def portrait_of(connection: Connection, order_id: UUID) -> Portrait:
    """The order as it stands now."""
    portrait: Portrait = {}
    for kind, question in QUESTIONS.items():
        rows = await connection.fetch(question, order_id)
        portrait[kind] = sorted(json.dumps(_plain(json.loads(row[0])), sort_keys=True) for row in rows)
    return portrait


async def totals_of(connection: Connection, company: str) -> dict[str, tuple[Any, ...]]:
    """What the company has now, by item and account."""
    totals: dict[str, tuple[Any, ...]] = {}
    for kind, question in TOTALS.items():
        for name, *figures in await connection.fetch(question, company):
            totals[f"{kind} {name}"] = tuple(figures)
    return totals


def moved(before: dict[str, tuple[Any, ...]], after: dict[str, tuple[Any, ...]]) -> Portrait:
    """What has changed in between, as part of a portrait."""
    portrait: Portrait = {}
    for name, figures in sorted(after.items()):
        if figures != before.get(name):
            pairs = zip(figures, before.get(name, [0] * len(figures)), strict=True)
            portrait[name] = [json.dumps([str(now - was) for now, was in pairs])]
    return portrait


def differences(twin: Portrait, other: Portrait) -> list[str]:
    """Where the other differs from its twin, by kind of document; empty when they are equal."""
    found = []
    for kind in sorted({*twin, *other}):
        wanted, there = twin.get(kind, []), other.get(kind, [])
        if wanted == there:
            continue
        if len(wanted) != len(there):
            found.append(f"{kind}: the twin has {len(wanted)}, this {len(there)}")
            continue
        for pair in zip(wanted, there, strict=True):
            found += _parts_that_differ(kind, *map(json.loads, pair))
    return found


def _parts_that_differ(name: str, wanted: Any, there: Any) -> list[str]:
    if wanted == there:
        return []
    if isinstance(wanted, dict) and isinstance(there, dict):
        parts = [(f"{name}.{part}", wanted.get(part), there.get(part)) for part in sorted({*wanted, *there})]
    elif isinstance(wanted, list) and isinstance(there, list) and len(wanted) == len(there):
        parts = [
            (f"{name}[{place}]", *pair) for place, pair in enumerate(zip(wanted, there, strict=True), start=1)
        ]
    else:
        return [f"{name}: {wanted} at the twin, and {there}"]
    return [difference for part in parts for difference in _parts_that_differ(*part)]


def _plain(value: Any) -> Any:
    """A row without what differs between any two orders."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _plain(part) for name, part in value.items() if not _differs(name)}


def _differs(name: str) -> bool:
    if name in KEPT:
        return False
    return name in DIFFERS or name.endswith(("_id", "_number", "_at", "_since"))

"""Stored orders by the hundred thousand: copies of orders that were really traded, with all their documents.

Every row of the first orders is copied with `INSERT … SELECT`, as the tables' owner, triggers off. A copy
has its own ids, the same in all tables, and its own numbers, without gaps; stock and valuation are what was
moved. So the checker finds nothing to complain of, and the indexes are as full as after so many real orders.
"""

from dataclasses import dataclass

import asyncpg

Owner = asyncpg.Connection

# Where a table stands is said here, and nowhere else in the benchmarks.
LEDGER = "ledger"
RECEIVABLES = "receivables"
JOURNAL_ENTRY, JOURNAL_LINE = f"{LEDGER}.journal_entry", f"{LEDGER}.journal_line"
ACCOUNT, PERIOD_BALANCE = f"{LEDGER}.account", f"{LEDGER}.period_balance"
NUMBER_SERIES = f"{LEDGER}.number_series"
OPEN_ITEM, PAYMENT, SETTLEMENT = f"{LEDGER}.open_item", f"{LEDGER}.payment", f"{LEDGER}.settlement"
INVOICE = f"{RECEIVABLES}.invoice"
INVOICE_LINE, INVOICE_TAX = f"{RECEIVABLES}.invoice_line", f"{RECEIVABLES}.invoice_tax"
CREDIT_COMMITMENT = f"{RECEIVABLES}.credit_commitment"

OF_AN_ORDER = {
    "sales.sales_order": "",
    "sales.sales_order_line": "",
    "inventory.reservation": "",
    "inventory.shipment": "",
    "inventory.shipment_line": "",
    "inventory.stock_move": "kind = 'issue'",
    CREDIT_COMMITMENT: "",
    INVOICE: "",
    INVOICE_LINE: "",
    INVOICE_TAX: "",
    OPEN_ITEM: "",
    PAYMENT: "",
    SETTLEMENT: "",
    JOURNAL_ENTRY: "source_type <> 'stock_receipt'",
    JOURNAL_LINE: f"entry_id IN (SELECT id FROM {JOURNAL_ENTRY} WHERE source_type <> 'stock_receipt')",
    "foundation.process": "type = 'order_to_cash'",
    "foundation.operation": "process_id LIKE '%/order_to_cash/%'",
}
"""The tables that grow with orders, and which of their rows are an order's."""

# A copy's ids differ from the original's in their first eight digits, wherever they stand.
_ID = "[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_ANY_ID = "########"
_SERIES = ("SO", "SHP", "INV", "PAY")
"""Whose numbers stand in requests and answers: at most one of each in an operation's."""

_NUMBERED = """
    CREATE OR REPLACE FUNCTION bench.numbered(number text, copy integer) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$ SELECT foundation.document_number(regexp_replace(number, '-[0-9]+$', ''),
        substring(number FROM '[0-9]+$')::bigint + CASE split_part(number, '-', 1) {shifts} END) $$;
"""

_NUMBERS = """
    SELECT split_part(number, '-', 1) AS series, min(n) AS first, max(n) AS last, count(*) AS numbers FROM (
        SELECT number, substring(number FROM '[0-9]+$')::bigint AS n FROM (
            SELECT number FROM bench.sales_order UNION ALL SELECT number FROM bench.shipment
            UNION ALL SELECT number FROM bench.invoice UNION ALL SELECT number FROM bench.payment
            UNION ALL SELECT number FROM bench.journal_entry) AS d) AS x
    GROUP BY 1
"""

_LAST = f"""
    SELECT series, last_number::bigint AS last FROM {NUMBER_SERIES}
    UNION ALL SELECT 'SO', last_value FROM sales.order_number
    UNION ALL SELECT 'SHP', last_value FROM inventory.shipment_number
"""

_FIGURES = f"""
    UPDATE {NUMBER_SERIES} s SET last_number = x.last FROM (
        SELECT split_part(number, '-', 1) AS series, max(substring(number FROM '[0-9]+$')::integer) AS last
        FROM (SELECT number FROM {INVOICE} UNION ALL SELECT number FROM {PAYMENT}
            UNION ALL SELECT number FROM {JOURNAL_ENTRY}) AS d GROUP BY 1) AS x
    WHERE x.series = s.series;
    SELECT setval('sales.order_number', max(substring(number FROM '[0-9]+$')::bigint)) FROM sales.sales_order;
    SELECT setval('inventory.shipment_number', max(substring(number FROM '[0-9]+$')::bigint))
    FROM inventory.shipment;
    UPDATE inventory.stock s SET on_hand = m.quantity FROM (
        SELECT item_code, sum(quantity) AS quantity FROM inventory.stock_move GROUP BY 1) AS m
    WHERE m.item_code = s.item_code;
    UPDATE inventory.item_valuation v SET quantity = m.quantity, value = m.value FROM (
        SELECT item_code, sum(quantity) AS quantity, sum(value) AS value
        FROM inventory.stock_move GROUP BY 1) AS m
    WHERE m.item_code = v.item_code;
"""


@dataclass
class Original:
    """The orders that are copied, and how many copies there are."""

    orders: int
    copies: int = 0


async def remember(owner: Owner) -> Original:
    """Take the orders traded so far as what is copied later, with a mark wherever a copy differs."""
    await owner.execute("CREATE SCHEMA bench")
    for table, condition in OF_AN_ORDER.items():
        columns = await _columns(owner, table)
        marked = [f"{_marked(name, kind)} AS {name}" for name, kind in columns.items()]
        if "answer" in columns:
            marked += [f"{_number_in_json(series)} AS {series.lower()}" for series in _SERIES]
        await owner.execute(
            f"CREATE TABLE {_original(table)} AS SELECT {', '.join(marked)} FROM {table} "
            f"WHERE {condition or 'true'}"
        )
    return Original(await owner.fetchval("SELECT count(*) FROM bench.sales_order"))


async def copy(owner: Owner, original: Original, copies: int) -> None:
    """Add so many copies of all orders remembered, and have PostgreSQL look at its tables anew."""
    shifts = " ".join(await _shifts(owner, original.copies))
    async with owner.transaction():
        await owner.execute("SET LOCAL session_replication_role = replica")
        await owner.execute("SET LOCAL synchronous_commit = off")
        await owner.execute(_NUMBERED.format(shifts=shifts))
        first, last = original.copies + 1, original.copies + copies
        for table in OF_AN_ORDER:
            columns = await _columns(owner, table)
            written = ", ".join(_copied(name, kind) for name, kind in columns.items())
            await owner.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {written} "
                f"FROM (SELECT copy, substr(md5(copy::text), 1, 8) AS digits "
                f"FROM generate_series({first}, {last}) AS copy) AS c CROSS JOIN {_original(table)}"
            )
        await owner.execute(_FIGURES)
    original.copies = last
    await owner.execute("VACUUM (ANALYZE)")
    await owner.execute("CHECKPOINT")


async def _shifts(owner: Owner, copies: int) -> list[str]:
    """By series: what a copy's number is more than the original's, after the last that was given."""
    last = {row["series"]: row["last"] for row in await owner.fetch(_LAST)}
    found = await owner.fetch(_NUMBERS)
    for row in found:
        assert row["last"] - row["first"] + 1 == row["numbers"], f"{row['series']} has gaps already"
    return [
        f"WHEN '{row['series']}' THEN {last[row['series']] - row['first'] + 1}"
        f" + (copy - {copies + 1})::bigint * {row['numbers']}"
        for row in found
    ]


def _original(table: str) -> str:
    return f"bench.{table.partition('.')[2]}"


async def _columns(owner: Owner, table: str) -> dict[str, str]:
    """A table's columns with their types, but for those that the database fills in by itself."""
    rows = await owner.fetch(
        "SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute "
        "WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' "
        "AND attgenerated = '' "
        "AND format_type(atttypid, NULL) <> 'xid8' ORDER BY attnum",
        table,
    )
    return {row["name"]: row["type"] for row in rows}


def _holds_ids(name: str, kind: str) -> bool:
    return kind in ("uuid", "jsonb") or (kind == "text" and (name in ("id", "key") or name.endswith("_id")))


def _marked(name: str, kind: str) -> str:
    if not _holds_ids(name, kind):
        return name
    marked = f"regexp_replace({name}::text, '{_ID}', '{_ANY_ID}\\1', 'g')"
    if kind == "jsonb":
        for series in _SERIES:
            marked = f"""regexp_replace({marked}, '"{series}-[-0-9]+"', '"@{series}@"', 'g')"""
    return marked


def _number_in_json(series: str) -> str:
    return f"""substring(concat(request, answer) FROM '"({series}-[-0-9]+)"')"""


def _copied(name: str, kind: str) -> str:
    if _holds_ids(name, kind):
        copied = f"replace({name}, '{_ANY_ID}', digits)"
        if name in ("request", "answer"):
            for series in _SERIES:
                number = f"coalesce(bench.numbered({series.lower()}, copy), '')"
                copied = f"replace({copied}, '@{series}@', {number})"
        return f"({copied})::{kind}"
    if kind == "text" and (name in ("number", "document") or name.endswith("_number")):
        return f"bench.numbered({name}, copy)"
    return name

"""What stands in a company's books and on its shelves: what a reversal must bring back, to the last digit."""

from decimal import Decimal
from typing import Any

from sqlalchemy import text

from foundation.database.connections import database

STANDING = {
    "accounts": """
        SELECT l.account_code, e.currency, l.party_type, l.party_code, l.dimensions::text,
            sum(l.amount) AS amount, sum(l.base_amount) AS base
        FROM ledger.journal_line l JOIN ledger.journal_entry e ON e.id = l.entry_id
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(l.amount) <> 0 OR sum(l.base_amount) <> 0
    """,
    "open items": """
        SELECT id, document_number, open_amount, base_open_amount, open_quantity, discount::text
        FROM ledger.open_item WHERE open_amount <> 0 OR base_open_amount <> 0 OR open_quantity <> 0
    """,
    "stock": "SELECT warehouse_code, item_code, on_hand, reserved FROM inventory.stock WHERE on_hand <> 0",
    "worth": """
        SELECT item_code, quantity, value FROM inventory.item_valuation WHERE quantity <> 0 OR value <> 0
    """,
    "layers": """
        SELECT receipt_id, line_number, item_code, remaining_quantity, remaining_value
        FROM inventory.cost_layer WHERE remaining_quantity <> 0
    """,
}
PER_OPERATION = """
    SELECT coalesce(m.key, e.key) AS key, coalesce(m.value, 0) AS moved, coalesce(e.value, 0) AS posted
    FROM (SELECT operation_key AS key, sum(value) AS value FROM inventory.stock_move GROUP BY 1) m
        FULL JOIN (
            SELECT h.operation_key AS key, sum(l.base_amount) AS value
            FROM ledger.journal_line l JOIN ledger.journal_entry h ON h.id = l.entry_id
                JOIN ledger.account a ON a.company_id = l.company_id AND a.code = l.account_code
            WHERE a.subledger = 'inventory' GROUP BY 1
        ) AS e ON e.key = m.key
    WHERE coalesce(m.value, 0) <> coalesce(e.value, 0)
"""

Standing = dict[str, set[tuple[Any, ...]]]


async def standing(company: str) -> Standing:
    """Everything that is not at zero."""
    async with database().read(company) as tx:
        return {
            what: {tuple(row) for row in await tx.execute(text(query))} for what, query in STANDING.items()
        }


async def operations_that_differ(company: str) -> list[tuple[str, Decimal, Decimal]]:
    """The operations whose stock moves are worth something else than what they posted on inventory."""
    async with database().read(company) as tx:
        return [(row.key, row.moved, row.posted) for row in await tx.execute(text(PER_OPERATION))]

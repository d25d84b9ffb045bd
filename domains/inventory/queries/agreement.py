"""Whether everything that is kept of the goods agrees with the ledger of moves; for `check` and for tests.

Each list is empty while all is well.
"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.messages import Message

_STOCK_VALUE = text(
    """
    SELECT coalesce(m.item_code, v.item_code) AS item_code,
        coalesce(m.quantity, 0) AS moved_quantity, coalesce(m.value, 0) AS moved_value,
        coalesce(v.quantity, 0) AS kept_quantity, coalesce(v.value, 0) AS kept_value
    FROM (
        SELECT item_code, sum(quantity) AS quantity, sum(value) AS value
        FROM inventory.stock_move GROUP BY item_code
    ) AS m
    FULL JOIN (SELECT item_code, quantity, value FROM inventory.item_valuation) AS v
        ON v.item_code = m.item_code
    ORDER BY 1
    """
)

_DISAGREEMENTS = {
    "on hand is not what the moves add up to": text(
        """
        SELECT coalesce(s.item_code, m.item_code) || ' in ' || coalesce(s.warehouse_code, m.warehouse_code)
        FROM inventory.stock s
        FULL JOIN (
            SELECT warehouse_code, item_code, sum(quantity) AS quantity
            FROM inventory.stock_move WHERE warehouse_code IS NOT NULL GROUP BY warehouse_code, item_code
        ) AS m ON m.warehouse_code = s.warehouse_code AND m.item_code = s.item_code
        WHERE coalesce(s.on_hand, 0) <> coalesce(m.quantity, 0)
        """
    ),
    "reserved is not what the orders have set aside": text(
        """
        SELECT s.item_code || ' in ' || s.warehouse_code
        FROM inventory.stock s
        LEFT JOIN (
            SELECT warehouse_code, item_code, sum(reserved_quantity) AS quantity
            FROM inventory.reservation GROUP BY warehouse_code, item_code
        ) AS r ON r.warehouse_code = s.warehouse_code AND r.item_code = s.item_code
        WHERE s.reserved <> coalesce(r.quantity, 0)
        """
    ),
    "goods are available while somebody waits for them": text(
        """
        SELECT DISTINCT s.item_code || ' in ' || s.warehouse_code
        FROM inventory.stock s JOIN inventory.reservation r
            ON r.warehouse_code = s.warehouse_code AND r.item_code = s.item_code AND r.short_quantity > 0
        WHERE s.on_hand > s.reserved
        """
    ),
    "the value kept is not what the moves add up to": text(
        """
        SELECT coalesce(v.item_code, m.item_code)
        FROM inventory.item_valuation v
        FULL JOIN (
            SELECT item_code, sum(quantity) AS quantity, sum(value) AS value
            FROM inventory.stock_move GROUP BY item_code
        ) AS m ON m.item_code = v.item_code
        WHERE coalesce(v.quantity, 0) <> coalesce(m.quantity, 0)
            OR coalesce(v.value, 0) <> coalesce(m.value, 0)
        """
    ),
    "the layers do not add up to the value kept": text(
        """
        SELECT v.item_code
        FROM inventory.item_valuation v
        JOIN master_data.item i ON i.code = v.item_code
        LEFT JOIN (
            SELECT item_code, sum(remaining_quantity) AS quantity, sum(remaining_value) AS value
            FROM inventory.cost_layer GROUP BY item_code
        ) AS l ON l.item_code = v.item_code
        WHERE CASE WHEN i.costing_method = 'fifo'
            THEN coalesce(l.quantity, 0) <> greatest(v.quantity, 0)
                OR coalesce(l.value, 0) <> greatest(v.value, 0)
            ELSE coalesce(l.quantity, 0) <> 0 END
        """
    ),
    "a shipment's cost is not what its moves and lines add up to": text(
        """
        SELECT d.number
        FROM inventory.shipment d
        LEFT JOIN (
            SELECT shipment_id, sum(cost) AS cost FROM inventory.shipment_line GROUP BY shipment_id
        ) AS l ON l.shipment_id = d.id
        LEFT JOIN (
            SELECT document_id, sum(value) AS value FROM inventory.stock_move GROUP BY document_id
        ) AS m ON m.document_id = d.id
        WHERE d.cost <> coalesce(l.cost, 0) OR d.cost <> -coalesce(m.value, 0)
        """
    ),
    "a receipt's value is not what its moves add up to": text(
        """
        SELECT d.number
        FROM inventory.stock_receipt d
        LEFT JOIN (
            SELECT document_id, sum(value) AS value FROM inventory.stock_move GROUP BY document_id
        ) AS m ON m.document_id = d.id
        WHERE d.value - d.adjustment_value <> coalesce(m.value, 0)
        """
    ),
    "a goods return's value is not what its moves and lines add up to": text(
        """
        SELECT d.number
        FROM inventory.goods_return d
        LEFT JOIN (
            SELECT return_id, sum(cost) AS cost, sum(restocked_cost) AS restocked_cost
            FROM inventory.goods_return_line GROUP BY return_id
        ) AS l ON l.return_id = d.id
        LEFT JOIN (
            SELECT document_id, sum(value) AS value FROM inventory.stock_move GROUP BY document_id
        ) AS m ON m.document_id = d.id
        WHERE d.restocked_value - d.adjustment_value <> coalesce(m.value, 0)
            OR d.restocked_value <> coalesce(l.restocked_cost, 0)
            OR d.restocked_value + d.scrapped_value <> coalesce(l.cost, 0)
        """
    ),
    "more has come back than left, or at another cost": text(
        """
        SELECT l.order_number || ', line ' || l.line_number
        FROM (
            SELECT d.order_id, d.order_number, l.line_number, sum(l.quantity) AS quantity, sum(l.cost) AS cost
            FROM inventory.shipment d JOIN inventory.shipment_line l ON l.shipment_id = d.id
            GROUP BY d.order_id, d.order_number, l.line_number
        ) AS l
        JOIN (
            SELECT d.order_id, l.line_number, sum(l.quantity) AS quantity, sum(l.cost) AS cost
            FROM inventory.goods_return d JOIN inventory.goods_return_line l ON l.return_id = d.id
            GROUP BY d.order_id, l.line_number
        ) AS r ON r.order_id = l.order_id AND r.line_number = l.line_number
        WHERE r.quantity > l.quantity OR r.cost > l.cost OR (r.quantity = l.quantity AND r.cost <> l.cost)
        """
    ),
}


class StockValue(Message):
    """What an item is worth: as its moves add up, and as it is kept. The two are always the same."""

    item_code: str
    moved_quantity: Decimal
    moved_value: Decimal
    kept_quantity: Decimal
    kept_value: Decimal


class Disagreement(Message):
    """Something kept that the ledger of goods does not bear out, and for which items or documents."""

    what: str
    where: tuple[str, ...]


async def stock_value(session: AsyncSession) -> Sequence[StockValue]:
    """What each item is worth, by item code, in the company's currency."""
    return [StockValue(**row._mapping) for row in await session.execute(_STOCK_VALUE)]


async def disagreements(session: AsyncSession) -> Sequence[Disagreement]:
    """Everything that does not agree, of the company that the session sees."""
    found = []
    for what, question in _DISAGREEMENTS.items():
        if where := tuple((await session.execute(question)).scalars()):
            found.append(Disagreement(what=what, where=where))
    return found

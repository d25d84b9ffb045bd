"""Landed costs: what they are spread over, under the lock of the valuation; and what they were, as a list."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text

from domains.inventory.messages.landed_costs import LandedCostBasis
from domains.inventory.rules.landed_costs import LineThatCame, MovedQuantity
from domains.inventory.tables import LandedCost, LandedCostLine
from domains.ledger.queries.documents import reversal_of
from foundation.database.connections import columns_for, facts, rows_of
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity

# The lines with what of them went back to suppliers, and what their price was corrected by: what was taken
# back of either counts for nothing.
_LINES = text(
    """
    SELECT d.id, d.number, d.received_on, l.line_number, l.item_code, l.stock_quantity,
        coalesce((SELECT sum(r.stock_quantity) FROM inventory.vendor_return_line r
            WHERE r.receipt_id = l.receipt_id AND r.receipt_line_number = l.line_number
                AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = r.return_id)), 0) AS gone,
        l.value + coalesce((SELECT sum(a.value) FROM inventory.price_correction c
                JOIN inventory.price_correction_line a ON a.correction_id = c.id
            WHERE c.receipt_id = l.receipt_id AND a.line_number = l.line_number
                AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = c.id)), 0) AS value
    FROM inventory.stock_receipt d JOIN inventory.stock_receipt_line l ON l.receipt_id = d.id
    WHERE d.id = ANY (CAST(:receipts AS uuid[])) ORDER BY d.id, l.line_number
    """
)
_SPREAD = text(
    """
    SELECT coalesce(sum(d.amount), 0) AS amount, coalesce(sum(d.value), 0) AS value
    FROM inventory.landed_cost d
    WHERE d.source_id = CAST(:source AS uuid) AND d.account_code = :account
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = d.id)
    """
)
_STANDS_ON = text(
    """
    SELECT d.number FROM inventory.landed_cost d
    WHERE d.source_id = CAST(:document AS uuid)
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = d.id) ORDER BY d.number
    """
)
# What moved an item since a document did and stands, document by document, and what was taken back since of
# what had moved it before. A transfer moves nothing out of the company.
_MOVED_SINCE = text(
    """
    WITH mark AS (
        SELECT max(id) AS id FROM inventory.stock_move
        WHERE company_id = foundation.current_company() AND item_code = :item
            AND document_id = CAST(:document AS uuid)
    )
    SELECT min(m.kind) AS kind, sum(m.quantity) AS quantity
    FROM mark k JOIN inventory.stock_move m ON m.id > k.id
    WHERE m.company_id = foundation.current_company() AND m.item_code = :item
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = m.document_id)
        AND NOT EXISTS (
            SELECT FROM ledger.reversal x JOIN inventory.stock_move o
                ON o.company_id = m.company_id AND o.document_id = x.document_id AND o.item_code = m.item_code
            WHERE x.id = m.document_id AND o.id > k.id)
    GROUP BY m.document_id HAVING sum(m.quantity) <> 0 ORDER BY min(m.id)
    """
)


class Spread(NamedTuple):
    """What of a document was spread and stands: in its currency, and in the company's."""

    amount: Decimal
    value: Decimal


async def lines_that_came(tx: Transaction, receipt_ids: Iterable[UUID]) -> dict[UUID, list[LineThatCame]]:
    """The lines of receipts, by receipt, in their order; one that there is not is missing."""
    found: dict[UUID, list[LineThatCame]] = {}
    for row in await tx.execute(_LINES, {"receipts": sorted(set(receipt_ids))}):
        found.setdefault(row.id, []).append(LineThatCame(*tuple(row)))
    return found


async def spread_of(tx: Transaction, source_id: UUID, account_code: str) -> Spread:
    """What of a document was spread; read it behind its lock."""
    row = (await tx.execute(_SPREAD, {"source": str(source_id), "account": account_code})).one()
    return Spread(row.amount, row.value)


async def landed_costs_of(tx: Transaction, source_id: UUID) -> list[str]:
    """The numbers of the landed costs that stand on a document."""
    return list(await tx.scalars(_STANDS_ON, {"document": str(source_id)}))


async def moved_quantities_since(tx: Transaction, item_code: str, document_id: UUID) -> list[MovedQuantity]:
    """How much moved of an item after a document, in the order in which it did."""
    rows = await tx.execute(_MOVED_SINCE, {"item": item_code, "document": str(document_id)})
    return [MovedQuantity(*tuple(row)) for row in rows]


async def lines_of(tx: Transaction, landed_cost_id: UUID) -> list[Row]:
    """Its lines, in their order."""
    of_it = select(*rows_of(LandedCostLine).c).where(LandedCostLine.landed_cost_id == landed_cost_id)
    return list((await tx.execute(of_it.order_by(LandedCostLine.line_number))).all())


class LandedCostSummary(Message):
    """A cost of goods that came; `stock_value` is the part of its value that is still in stock."""

    landed_cost_id: UUID
    landed_cost_number: str
    source_type: str
    source_id: UUID
    source_number: str
    account_code: str
    basis: LandedCostBasis
    posted_on: date
    reason: str
    source_currency: str
    amount: ShownAmount
    """In the source's currency."""
    value: ShownAmount
    stock_value: ShownAmount
    currency: str
    recorded_at: datetime
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class LandedCostLineView(Message):
    """What a line of a receipt got of it, and how much of its goods was taken to be in stock still."""

    line_number: int
    receipt_id: UUID
    receipt_number: str
    receipt_line_number: int
    item_code: str
    stock_quantity: ShownQuantity
    left_quantity: ShownQuantity
    value: ShownAmount
    stock_value: ShownAmount


class LandedCostView(LandedCostSummary):
    """The same with its lines."""

    lines: list[LandedCostLineView]


_LANDED_COSTS = select(
    *columns_for(
        LandedCost,
        LandedCostSummary,
        landed_cost_id=LandedCost.id,
        landed_cost_number=LandedCost.number,
        reversed_by=reversal_of("landed_cost", LandedCost.id),
    )
)
LANDED_COSTS = Listing(
    name="landed_costs",
    about="Costs of goods that came, the newest first.",
    view=LandedCostSummary,
    rows=_LANDED_COSTS,
    filters=(
        equal(LandedCost.number),
        equal(LandedCost.source_id, "source"),
        equal(LandedCost.basis),
        *between(LandedCost.posted_on),
    ),
    sorts=named(LandedCost.posted_on, LandedCost.number),
    order="-posted_on",
    unique=(LandedCost.id,),
)


async def landed_cost(tx: Transaction, landed_cost_id: UUID) -> LandedCostView:
    """One of them, line by line. Refuses: NotFound."""
    head = await tx.existing(
        _LANDED_COSTS.where(LandedCost.id == landed_cost_id), f"landed cost {landed_cost_id}"
    )
    lines = await lines_of(tx, landed_cost_id)
    return LandedCostView(
        **head._asdict(), lines=[LandedCostLineView(**facts(line, LandedCostLineView)) for line in lines]
    )

"""Returns to suppliers: what can go back, under the lock of the valuation; and what did, as a list."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from domains.inventory.rules.vendor_returns import CameForLine
from domains.inventory.tables import VendorReturn, VendorReturnLine
from domains.ledger.queries.documents import reversal_of
from domains.ledger.queries.goods_received import GoodsThatCame
from foundation.database.connections import columns_for, facts, rows_of
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity

# What came for an order and stands, line by line, and what of it went back and stands.
_CAME = text(
    """
    SELECT d.id AS receipt_id, d.number AS receipt_number, d.received_on, d.warehouse_code, d.supplier_code,
        d.order_number, l.line_number, l.item_code, l.quantity, l.unit, l.stock_quantity, l.value,
        l.order_line_number, coalesce(b.stock_quantity, 0) AS gone_quantity,
        coalesce(b.value, 0) AS gone_value
    FROM inventory.stock_receipt d
        JOIN inventory.stock_receipt_line l ON l.receipt_id = d.id
        LEFT JOIN LATERAL (
            SELECT sum(r.stock_quantity) AS stock_quantity, sum(r.value) AS value
            FROM inventory.vendor_return_line r
            WHERE r.receipt_id = l.receipt_id AND r.receipt_line_number = l.line_number
                AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = r.return_id)
        ) AS b ON true
    WHERE d.order_id = :order AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = d.id)
    ORDER BY d.received_on, d.number, l.line_number
    """
).bindparams(bindparam("order", type_=Uuid))
_HAS_ENDED = text("SELECT outcome IS NOT NULL FROM foundation.process WHERE id = :process")
# Receipts that came for the same lines after a return whose goods were to come again.
_CAME_INSTEAD = text(
    """
    SELECT DISTINCT d.number FROM inventory.vendor_return v
        JOIN inventory.vendor_return_line r ON r.return_id = v.id
        JOIN inventory.stock_receipt d ON d.order_id = v.order_id AND d.recorded_at > v.recorded_at
        JOIN inventory.stock_receipt_line l
            ON l.receipt_id = d.id AND l.order_line_number = r.order_line_number
    WHERE v.id = :return AND v.replace
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = d.id)
    ORDER BY d.number
    """
).bindparams(bindparam("return", type_=Uuid))


async def came_for_order(tx: Transaction, order_id: UUID) -> list[Row]:
    """What came for an order and stands, line by line, with what of it went back."""
    return list(await tx.execute(_CAME, {"order": order_id}))


def came_for_lines(rows: list[Row], goods: list[GoodsThatCame]) -> list[CameForLine]:
    """The same with what of it is not billed."""
    known = {(one.receipt_id, one.left.order_line_number): one for one in goods}
    return [_came(row, known[row.receipt_id, row.order_line_number]) for row in rows]


def _came(row: Row, goods: GoodsThatCame) -> CameForLine:
    return CameForLine(
        receipt_id=row.receipt_id,
        receipt_number=row.receipt_number,
        receipt_line_number=row.line_number,
        received_on=row.received_on,
        order_line_number=row.order_line_number,
        item_code=row.item_code,
        unit=row.unit,
        stock_per_unit=row.stock_quantity / row.quantity,
        # What was written off as never billed is no more the supplier's to take back.
        stock_quantity=row.stock_quantity - row.gone_quantity - goods.written_off.quantity,
        value=row.value - row.gone_value - goods.written_off.base_amount,
        unbilled_quantity=goods.left.quantity,
        unbilled_value=goods.left.base_amount,
        opened=goods.left.opened,
        last_billed_on=goods.last_moved_on,
    )


async def has_ended(tx: Transaction, process_of_order: str) -> bool:
    """Whether nothing more is done about the order."""
    return bool(await tx.scalar(_HAS_ENDED, {"process": process_of_order}))


async def process_of_order(tx: Transaction, return_id: UUID) -> str:
    """The process that looks after the order of a return."""
    wanted = select(VendorReturn.process_of_order).where(VendorReturn.id == return_id)
    return str(await tx.scalar(wanted))


async def came_instead(tx: Transaction, return_id: UUID) -> list[str]:
    """The receipts that stand of what was to come again after a return."""
    return list(await tx.scalars(_CAME_INSTEAD, {"return": return_id}))


class VendorReturnSummary(Message):
    """Goods of a purchase order that went back, what they had been taken in at, and were worth."""

    return_id: UUID
    return_number: str
    order_id: UUID
    order_number: str
    supplier_code: str
    warehouse_code: str
    returned_on: date
    reason: str
    reference: str
    replace: bool
    value: ShownAmount
    cost: ShownAmount
    currency: str
    recorded_at: datetime
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class VendorReturnLineView(Message):
    """What went back of one line of a receipt; all of it was billed, or none."""

    line_number: int
    order_line_number: int
    receipt_id: UUID
    receipt_line_number: int
    item_code: str
    quantity: ShownQuantity
    unit: str
    stock_quantity: ShownQuantity
    is_billed: bool
    value: ShownAmount
    cost: ShownAmount


class VendorReturnView(VendorReturnSummary):
    """The same with its lines."""

    lines: list[VendorReturnLineView]


_RETURNS = select(
    *columns_for(
        VendorReturn,
        VendorReturnSummary,
        return_id=VendorReturn.id,
        return_number=VendorReturn.number,
        reversed_by=reversal_of("vendor_return", VendorReturn.id),
    )
)
VENDOR_RETURNS = Listing(
    name="vendor_returns",
    about="Goods that went back to suppliers, the newest first.",
    view=VendorReturnSummary,
    rows=_RETURNS,
    filters=(
        equal(VendorReturn.number),
        equal(VendorReturn.supplier_code, "supplier"),
        equal(VendorReturn.order_id),
        equal(VendorReturn.warehouse_code, "warehouse"),
        *between(VendorReturn.returned_on),
    ),
    sorts=named(VendorReturn.returned_on, VendorReturn.number),
    order="-returned_on",
    unique=(VendorReturn.id,),
)


async def vendor_return(tx: Transaction, return_id: UUID) -> VendorReturnView:
    """One of them, line by line. Refuses: NotFound."""
    head = await tx.existing(_RETURNS.where(VendorReturn.id == return_id), f"vendor return {return_id}")
    of_it = select(*rows_of(VendorReturnLine).c).where(VendorReturnLine.return_id == return_id)
    lines: list[Any] = list(await tx.execute(of_it.order_by(VendorReturnLine.line_number)))
    return VendorReturnView(
        **head._asdict(), lines=[VendorReturnLineView(**facts(line, VendorReturnLineView)) for line in lines]
    )

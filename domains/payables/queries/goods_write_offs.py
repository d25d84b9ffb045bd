"""Write-offs of goods: what stands in their way, and what was written off, as a list."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from domains.ledger.queries.documents import reversal_of
from domains.payables.messages.goods_write_offs import GoodsWriteOffHead
from domains.payables.tables.goods_write_offs import GoodsWriteOff, GoodsWriteOffLine
from foundation.database.connections import columns_for, facts, rows_of
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity

_HAS_ENDED = text("SELECT outcome IS NOT NULL FROM foundation.process WHERE id = :process")
_BLOCKED = text(
    """
    SELECT l.order_line_number, b.number FROM payables.blocked_invoice b
        JOIN payables.blocked_invoice_line l ON l.invoice_id = b.id
    WHERE b.order_id = :order AND b.status = 'blocked'
    ORDER BY b.number DESC
    """
).bindparams(bindparam("order", type_=Uuid))
_STANDING = text(
    """
    SELECT DISTINCT l.order_line_number, h.number FROM payables.goods_write_off h
        JOIN payables.goods_write_off_line l ON l.write_off_id = h.id
    WHERE h.order_id = :order AND h.kind = 'not_billed'
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = h.id)
    """
).bindparams(bindparam("order", type_=Uuid))


class GoodsWriteOffSummary(GoodsWriteOffHead):
    """What was open of goods of a purchase order, and was written off."""

    reason: str
    requested_by: str
    approved_by: str
    recorded_at: datetime
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class GoodsWriteOffLineView(Message):
    """What was open of one line of the order from one receipt or return, in the stock unit."""

    line_number: int
    document_number: str
    order_line_number: int
    stock_quantity: ShownQuantity
    amount: ShownAmount


class GoodsWriteOffView(GoodsWriteOffSummary):
    """The same with its lines."""

    lines: list[GoodsWriteOffLineView]


_WRITE_OFFS = select(
    *columns_for(
        GoodsWriteOff,
        GoodsWriteOffSummary,
        write_off_id=GoodsWriteOff.id,
        write_off_number=GoodsWriteOff.number,
        reversed_by=reversal_of("goods_write_off", GoodsWriteOff.id),
    )
)
GOODS_WRITE_OFFS = Listing(
    name="goods_write_offs",
    about="Goods that are never billed, or never credited, and were written off, the newest first.",
    view=GoodsWriteOffSummary,
    rows=_WRITE_OFFS,
    filters=(
        equal(GoodsWriteOff.supplier_code, "supplier"),
        equal(GoodsWriteOff.number),
        equal(GoodsWriteOff.order_id),
        equal(GoodsWriteOff.kind),
        *between(GoodsWriteOff.written_off_on),
    ),
    sorts=named(GoodsWriteOff.written_off_on, GoodsWriteOff.number, GoodsWriteOff.total_amount),
    order="-written_off_on",
    unique=(GoodsWriteOff.id,),
)


async def goods_write_off(tx: Transaction, write_off_id: UUID) -> GoodsWriteOffView:
    """One of them with its lines. Refuses: NotFound."""
    wanted = _WRITE_OFFS.where(GoodsWriteOff.id == write_off_id)
    found = await tx.existing(wanted, f"goods write-off {write_off_id}")
    of_it = select(*rows_of(GoodsWriteOffLine).c).where(GoodsWriteOffLine.write_off_id == write_off_id)
    lines = (await tx.execute(of_it.order_by(GoodsWriteOffLine.line_number))).all()
    return GoodsWriteOffView(
        lines=[GoodsWriteOffLineView(**facts(line, GoodsWriteOffLineView)) for line in lines],
        **found._asdict(),
    )


async def has_ended(tx: Transaction, process_of_order: str) -> bool:
    """Whether nothing more is done about the order."""
    return bool(await tx.scalar(_HAS_ENDED, {"process": process_of_order}))


async def process_of_order(tx: Transaction, write_off_id: UUID) -> str:
    """The process that looks after the order of a write-off."""
    wanted = select(GoodsWriteOff.process_of_order).where(GoodsWriteOff.id == write_off_id)
    return str(await tx.scalar(wanted))


async def blocked_lines(tx: Transaction, order_id: UUID) -> Mapping[int, str]:
    """By line of the order, the blocked invoice that bills it, the first one."""
    return {row.order_line_number: row.number for row in await tx.execute(_BLOCKED, {"order": order_id})}


async def standing_write_offs(tx: Transaction, order_id: UUID) -> Mapping[int, set[str]]:
    """By line of the order, the numbers of those that have written something off as never billed."""
    found: dict[int, set[str]] = {}
    for row in await tx.execute(_STANDING, {"order": order_id}):
        found.setdefault(row.order_line_number, set()).add(row.number)
    return found

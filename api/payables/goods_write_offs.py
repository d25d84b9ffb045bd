"""Goods of purchase orders that are never billed, or never credited, and are written off."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body

from activities.payables.goods_write_offs import propose_goods_write_off, reverse_goods_write_off
from api import processes
from api.door import Asked, AskedRequest, Router, allows
from api.ledger import reversing
from api.lists import add_list
from api.procurement.purchase_orders import one_purchase_order, process_of, purchase_orders
from domains.ledger.messages import DocumentReversed, ReversalAsked
from domains.payables.messages.goods_write_offs import (
    GOODS_WRITE_OFF,
    GoodsWriteOffAsked,
    GoodsWriteOffCancellation,
    GoodsWriteOffUnderWay,
    ProposeGoodsWriteOff,
    ReverseGoodsWriteOff,
)
from domains.payables.queries import goods_write_offs as queries
from domains.payables.queries.goods_write_offs import GoodsWriteOffView
from foundation.values.messages import Stage

goods_write_offs = Router(prefix="/v1/goods-write-offs", tags=["Payables"])

EXAMPLES: dict[str, Any] = {
    "never billed": {
        "summary": "All that has come and is not billed",
        "value": {"written_off_on": "2026-12-31", "reason": "delivered too much, and never billed"},
    },
    "never credited": {
        "summary": "What went back of one line, and the supplier does not credit",
        "value": {
            "kind": "not_credited",
            "reason": "the supplier is bankrupt",
            "lines": [{"line_number": 1}],
        },
    },
}
READ = allows("payables.goods_write_off.read")


@purchase_orders.post(
    "/{order_id}/goods-write-offs", status_code=201, dependencies=[allows("payables.goods_write_off.request")]
)
async def request_write_off(
    order_id: UUID, wanted: Annotated[GoodsWriteOffAsked, Body(openapi_examples=EXAMPLES)], asked: Asked
) -> GoodsWriteOffUnderWay:
    """Ask for what is open of goods of the order to be written off: it is posted when whoever the policy for
    `goods_write_off` names, or else a finance director, has said yes at `/v1/approvals`.
    """
    write_off_id = asked.new_id("goods-write-off", of=order_id)
    order = await one_purchase_order(order_id, asked)
    own = {
        "write_off_id": write_off_id,
        "order_id": order_id,
        "order_number": order.order_number,
        "supplier_code": order.supplier_code,
        "process_of_order": process_of(asked, order_id),
        "written_off_on": wanted.written_off_on or asked.today,
    }
    command = ProposeGoodsWriteOff(**{**dict(wanted), **own})
    start = processes.Start(
        name=GOODS_WRITE_OFF,
        document_id=write_off_id,
        command=command,
        answer_type=Stage,
        summary=f"Write-off of goods: {wanted.reason}"[:200],
        first=(propose_goods_write_off, command),
    )
    stage: Stage = await processes.start(asked, start)
    return GoodsWriteOffUnderWay(
        write_off_id=write_off_id, write_off_number=stage.document, stage=stage.stage
    )


add_list(goods_write_offs, queries.GOODS_WRITE_OFFS, READ)


@goods_write_offs.get("/{write_off_id}", dependencies=[READ])
async def one_goods_write_off(write_off_id: UUID, asked: Asked) -> GoodsWriteOffView:
    """What was written off, of which receipts or returns, and who has said yes."""
    async with asked.read() as tx:
        return await queries.goods_write_off(tx, write_off_id)


@goods_write_offs.post(
    "/{write_off_id}/cancellation", dependencies=[allows("payables.goods_write_off.request")]
)
async def cancel(write_off_id: UUID, why: GoodsWriteOffCancellation, asked: Asked) -> Stage:
    """It is not to be written off after all: before anybody has said yes. After that it is reversed."""
    process = _process_of(asked, write_off_id)
    return await processes.command(asked, process, "cancel", why, Stage)


@goods_write_offs.post(
    "/{write_off_id}/reversal", status_code=201, dependencies=[allows("payables.goods_write_off.reverse")]
)
async def reverse(write_off_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a write-off back: its goods are to be billed, or credited, as before."""
    asked_with = await reversing.reversal(asked, GOODS_WRITE_OFF, write_off_id, why)
    command = ReverseGoodsWriteOff(write_off_id=write_off_id, **asked_with)
    return await asked.run(reverse_goods_write_off, command)


def _process_of(asked: AskedRequest, write_off_id: UUID) -> str:
    return processes.process_id_of(asked, GOODS_WRITE_OFF, write_off_id)

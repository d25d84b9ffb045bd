"""Goods of the order have gone back to the supplier by a return of their own, or are here after all; or were
written off, as never billed.
"""

from typing import TypeAlias

from activities.procurement import purchase_orders
from domains.inventory.messages.vendor_returns import GoodsSentBack, VendorReturnTakenBack
from domains.payables.messages.goods_write_offs import GoodsWriteOffNews
from domains.procurement.messages import LineToReceive, RecordReceipt
from foundation.process.process import Process
from workflows.procure_to_pay import invoicing
from workflows.procure_to_pay.facts import PurchaseFacts, ReturnOfOrder

AboutGoods: TypeAlias = GoodsSentBack | VendorReturnTakenBack | GoodsWriteOffNews


async def hear(process: Process, facts: PurchaseFacts, news: AboutGoods) -> None:
    """They are to come again, or not; or are here after all: what waits is looked at anew. Twice is once."""
    match news:
        case GoodsSentBack():
            await _send_back(process, facts, news)
        case VendorReturnTakenBack():
            await _take_back(process, facts, news)
        case GoodsWriteOffNews():
            facts.write_off(news)


async def _send_back(process: Process, facts: PurchaseFacts, sent: GoodsSentBack) -> None:
    if sent.return_id in facts.returns:
        return
    facts.send_back(sent)
    await _record(process, facts, facts.returns[sent.return_id], f"return {sent.return_id}", is_back=True)
    await invoicing.match_again(process, facts, sent.returned_on, sent.return_id, process.caller)


async def _take_back(process: Process, facts: PurchaseFacts, back: VendorReturnTakenBack) -> None:
    if (was := facts.returns.pop(back.return_id, None)) is None:
        return
    await _record(process, facts, was, f"return {back.reversal_id}", is_back=False)
    await invoicing.match_again(process, facts, back.taken_back_on, back.reversal_id, process.caller)


async def _record(
    process: Process, facts: PurchaseFacts, returned: ReturnOfOrder, per: str, *, is_back: bool
) -> None:
    """Procurement counts as received what is not to come again. Of an order whose rest was cancelled nothing
    does.
    """
    if not returned.is_replaced or facts.rest_is_cancelled:
        return
    lines = [
        LineToReceive(line_number=number, quantity=quantity) for number, quantity in returned.lines.items()
    ]
    so_far = {
        "rest_is_cancelled": facts.rest_is_cancelled,
        "is_billed": facts.is_billed,
    }
    record = RecordReceipt.of(facts.order_id, lines, is_back=is_back, **so_far)
    await process.step(purchase_orders.record_receipt, record, per=per, must=True)

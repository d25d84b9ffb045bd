"""Purchase orders."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query, Response

from activities.procurement.order_letters import KIND, print_purchase_order
from activities.procurement.purchase_orders import place_purchase_order
from api import prints, processes
from api.door import Asked, AskedRequest, Router, allows
from api.ledger.days import OfPeriod
from api.lists import add_list
from domains.master_data import queries as master_data
from domains.master_data.rules.unit_codes import codes_of
from domains.procurement import queries
from domains.procurement.messages import (
    ChangePrices,
    GoodsReceiptAsked,
    GoodsReceived,
    PlacePurchaseOrder,
    PriceChangeAsked,
    PurchaseCancellation,
    PurchaseOrderAsked,
    PurchaseOrderPlaced,
    ReceiveGoods,
)
from domains.procurement.messages.supplier_items import LineAsNamed, OrderAsNamed
from domains.procurement.queries import PurchaseOrderView, SplitOrder
from domains.procurement.queries.supplier_items import supplier_items
from domains.procurement.queries.versions import PurchaseOrderVersionView, sent_version, versions_of
from foundation.database.document_types import type_at
from foundation.database.transaction import Transaction
from foundation.runtime import visibility
from foundation.values.messages import Stage

purchase_orders = Router(prefix="/v1/purchase-orders", tags=["Procurement"])
reports = Router(prefix="/v1/reports", tags=["Reports"])

EXAMPLES: dict[str, Any] = {
    "short": {
        "summary": "Two lines at the prices that were agreed",
        "value": {
            "supplier_code": "S-2001",
            "expected_on": "2026-03-20",
            "lines": [
                {"item_code": "FRAME-CITY", "quantity": "20", "unit_price": "84.50"},
                {"item_code": "FRAME-TREK", "quantity": "5", "unit_price": "112.00", "discount_percent": "2"},
            ],
        },
    },
}


add_list(purchase_orders, queries.PURCHASE_ORDERS, allows("procurement.purchase_order.read"))


@purchase_orders.get("/{order_id}", dependencies=[allows("procurement.purchase_order.read")])
async def one_purchase_order(order_id: UUID, asked: Asked) -> PurchaseOrderView:
    """One purchase order, and what has come of each line."""
    async with asked.read() as tx:
        return await queries.purchase_order(tx, order_id)


@purchase_orders.get("/{order_id}/versions", dependencies=[allows("procurement.purchase_order.read")])
async def versions(order_id: UUID, asked: Asked) -> list[PurchaseOrderVersionView]:
    """What the supplier was told of an order, and what has changed each time; the first version first."""
    async with asked.read() as tx:
        await queries.purchase_order(tx, order_id)
        return [one.view for one in await versions_of(tx, order_id)]


@purchase_orders.get(
    "/{order_id}/pdf", dependencies=[allows("procurement.purchase_order.read")], **prints.PDF
)
async def pdf(
    order_id: UUID,
    asked: Asked,
    version: Annotated[int | None, Query(ge=1, description="The newest when empty")] = None,
) -> Response:
    """The order as its supplier is sent it, in the supplier's language: printed once for each version, the
    same ever after.
    """
    async with asked.read() as tx:
        order = await queries.purchase_order(tx, order_id)
        sent = await sent_version(tx, order_id, order.order_number, version)
    return await prints.shown(
        asked, print_purchase_order, KIND, order_id, sent.version, version_id=sent.version_id
    )


@purchase_orders.post("", status_code=201, dependencies=[allows("procurement.purchase_order.place")])
async def place(
    order: Annotated[PurchaseOrderAsked, Body(openapi_examples=EXAMPLES)], asked: Asked
) -> PurchaseOrderView:
    """Order from a supplier, and start the order's way to its payment. Twice with the same key is once."""
    order_id = asked.new_id("purchase-order")
    on = order.ordered_on or asked.today
    command = PlacePurchaseOrder(**{**dict(order), "order_id": order_id, "ordered_on": on})
    async with asked.read() as tx:
        supplier = await master_data.supplier(tx, order.supplier_code)
    counted, whose = len(order.lines), supplier.name if supplier else ""
    start = processes.Start(
        name="procure_to_pay",
        document_id=order_id,
        command=command,
        answer_type=Stage,
        summary=f"Purchase order to {visibility.named(whose, order.supplier_code)}, "
        f"{counted} line{'' if counted == 1 else 's'}",
        party=order.supplier_code,
        first=(place_purchase_order, command),
    )
    await processes.start(asked, start)
    async with asked.read() as tx:
        return await queries.purchase_order(tx, order_id)


@purchase_orders.post(
    "/{order_id}/receipts", status_code=201, dependencies=[allows("procurement.goods.receive")]
)
async def receive(order_id: UUID, receipt: GoodsReceiptAsked, asked: Asked) -> GoodsReceived:
    """Goods of the order have come; without lines, all that was still to come."""
    command = ReceiveGoods(
        **{
            **dict(receipt),
            "receipt_id": asked.new_id("stock-receipt", of=order_id),
            "received_on": receipt.received_on or asked.today,
        }
    )
    return await processes.command(asked, process_of(asked, order_id), "receive", command, GoodsReceived)


@purchase_orders.post(
    "/{order_id}/price-changes",
    status_code=201,
    dependencies=[allows("procurement.purchase_order.change_price")],
)
async def change_prices(order_id: UUID, change: PriceChangeAsked, asked: Asked) -> PurchaseOrderView:
    """Other prices were agreed with the supplier. What came before keeps its price; blocked invoices that
    match now are posted. Not by whoever has entered one.
    """
    command = ChangePrices(
        **{
            **dict(change),
            "change_id": asked.new_id("price-change", of=order_id),
            "changed_on": change.changed_on or asked.today,
        }
    )
    process = process_of(asked, order_id)
    await processes.command(asked, process, "change_prices", command, PurchaseOrderPlaced)
    async with asked.read() as tx:
        return await queries.purchase_order(tx, order_id)


@purchase_orders.post("/{order_id}/cancellation", dependencies=[allows("procurement.purchase_order.cancel")])
async def cancel(order_id: UUID, why: PurchaseCancellation, asked: Asked) -> Stage:
    """Cancel the order, or, when something has come, what is still to come."""
    return await processes.command(asked, process_of(asked, order_id), "cancel", why, Stage)


@reports.get("/split-purchase-orders", dependencies=[allows("procurement.purchase_order.read")])
async def split_purchase_orders(
    asked: Asked,
    period: OfPeriod,
    days: Annotated[int, Query(ge=1, le=366, description="How far apart they may be")] = 30,
) -> list[SplitOrder]:
    """Orders that may have been split: below what an approval policy asks from, and with others of the same
    buyer to the same supplier not. Nobody was asked for them.
    """
    async with asked.read() as tx:
        return await queries.split_orders(tx, period.first, period.last, days)


async def order_as_named(tx: Transaction, number: str) -> OrderAsNamed:
    """The order with a number, for who is to say which of its lines others mean. Refuses: NotFound."""
    kind = type_at(purchase_orders.prefix)
    assert kind is not None
    order = await queries.purchase_order(tx, await kind.id_of(tx, number))
    sold = await supplier_items(tx, (line.item_code for line in order.lines))
    units = await master_data.units(tx, sorted({line.unit for line in order.lines}))
    return OrderAsNamed(
        **order.model_dump(include={"order_id", "order_number", "supplier_code", "currency"}),
        lines=tuple(
            LineAsNamed(
                **line.model_dump(include={"line_number", "item_code", "unit"}),
                unit_codes=codes_of(units[line.unit]),
                supplier_item_numbers=tuple(
                    one.supplier_item_number
                    for one in sold
                    if (one.supplier_code, one.item_code) == (order.supplier_code, line.item_code)
                ),
            )
            for line in order.lines
        ),
    )


def process_of(asked: AskedRequest, order_id: UUID) -> str:
    """The process that looks after a purchase order."""
    return processes.process_id_of(asked, "procure_to_pay", order_id)

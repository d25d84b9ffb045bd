"""Sales orders: placed, decided about, shipped, paid; and read."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Response

from activities import sales
from activities.sales import printing
from api import approvals, operations, prints, processes
from api.door import Asked, AskedRequest, Router, allows
from api.lists import add_list
from domains.ledger.messages import PaymentAsked, ReceivePayment
from domains.sales import queries
from domains.sales.messages import (
    ConfirmShipment,
    OrderAsked,
    OrderProgress,
    PaymentReceived,
    PlaceOrder,
    ShipmentAsked,
    ShipmentConfirmed,
)
from domains.sales.queries import OrderView
from foundation.process.approval_messages import DecisionAsked
from foundation.values.messages import Message
from workflows.order_to_cash.answers import WAITS_FOR_CREDIT

router = Router(prefix="/v1/sales-orders", tags=["Sales"])

EXAMPLES: dict[str, Any] = {
    "short": {
        "summary": "Two items at the customer's prices",
        "value": {
            "customer_code": "D-1006",
            "lines": [
                {"item_code": "BIKE-CITY-3", "quantity": "2"},
                {"item_code": "HELMET-ADULT", "quantity": "5"},
            ],
        },
    },
    "with prices": {
        "summary": "A price and a discount of one's own, with freight",
        "value": {
            "customer_code": "D-1006",
            "customer_reference": "PO 4711",
            "delivery": "complete",
            "freight_amount": "25.00",
            "lines": [
                {
                    "item_code": "BIKE-CITY-3",
                    "quantity": "1",
                    "unit_price": "799.00",
                    "discount_percent": "5",
                }
            ],
        },
    },
    "billed together": {
        "summary": "Billed with the customer's other orders at the end of the month",
        "value": {
            "customer_code": "D-1006",
            "invoicing": "collective",
            "lines": [{"item_code": "HELMET-ADULT", "quantity": "5"}],
        },
    },
}


class OrderDocument(Message):
    """The order, where its process stands, and what was done so far."""

    order: OrderView
    process: operations.ProcessStory | None


async def document(asked: AskedRequest, order_id: UUID) -> OrderDocument:
    """The order with its process, from the database."""
    async with asked.read() as tx:
        order = await queries.order_view(tx, order_id)
    story = await operations.one_process(_process(asked, order_id), asked)
    return OrderDocument(order=order, process=story)


@router.post("", status_code=201, dependencies=[allows("sales.order.place")])
async def place_order(
    order: Annotated[OrderAsked, Body(openapi_examples=EXAMPLES)], asked: Asked, response: Response
) -> OrderView:
    """Take an order and start its way to cash. Sending it twice with the same key starts it once.

    201: confirmed. 202: the order is taken and waits, for a credit decision or because we are slow; see
    Location.
    """
    order_id = asked.new_id("sales-order")
    place = PlaceOrder(**{**dict(order), "order_id": order_id, "ordered_on": order.ordered_on or asked.today})
    counted = len(order.lines)
    start = processes.Start(
        name="order_to_cash",
        document_id=order_id,
        command=place,
        answer_type=OrderProgress,
        # By its code: to look the name up would cost as much as to accept the order. The first step knows it.
        summary=f"Order for {order.customer_code}, {counted} line{'' if counted == 1 else 's'}",
        party=order.customer_code,
        first=(sales.place_order, place),
    )
    progress: OrderProgress = await processes.start(asked, start)
    process_id = _process(asked, order_id)
    response.headers["Location"] = f"/v1/processes/{process_id}"
    if progress.stage == WAITS_FOR_CREDIT:
        response.status_code = 202
    async with asked.read() as tx:
        return await queries.order_view(tx, order_id)


add_list(router, queries.ORDERS, allows("sales.order.read"))


@router.get("/{order_id}", dependencies=[allows("sales.order.read")])
async def one_order(order_id: UUID, asked: Asked) -> OrderDocument:
    """The order: document, stage, whom it waits on since when, and its timeline."""
    return await document(asked, order_id)


@router.get("/{order_id}/pdf", dependencies=[allows("sales.order.read")], **prints.PDF)
async def pdf(order_id: UUID, asked: Asked) -> Response:
    """The order confirmation, in the customer's language: printed once for each version of the order."""
    async with asked.read() as tx:
        order = await queries.order_view(tx, order_id)
    return await prints.shown(
        asked, printing.print_order_confirmation, "sales_order", order_id, order.version
    )


@router.post("/{order_id}/approval", dependencies=[approvals.ASKING])
async def decide(order_id: UUID, decision: DecisionAsked, asked: Asked) -> OrderProgress:
    """Approve or reject an order over the credit limit, as at `/v1/approvals/{id}/decision`."""
    process_id = _process(asked, order_id)
    await approvals.decided(asked, await approvals.latest_of(asked, process_id), decision)
    now = await operations.one_process(process_id, asked)
    return OrderProgress(
        order_id=order_id, order_number=now.document or "", stage=now.stage, waiting_on=now.waiting_on
    )


@router.post("/{order_id}/shipments", status_code=201, dependencies=[allows("sales.shipment.confirm")])
async def ship(order_id: UUID, shipment: ShipmentAsked, asked: Asked) -> ShipmentConfirmed:
    """Confirm what is handed to the carrier; without lines, everything that is set aside."""
    confirm = ConfirmShipment(
        **{
            **dict(shipment),
            "shipment_id": asked.new_id("shipment", of=order_id),
            "shipped_on": shipment.shipped_on or asked.today,
        }
    )
    return await processes.command(asked, _process(asked, order_id), "ship", confirm, ShipmentConfirmed)


@router.post("/{order_id}/payments", status_code=201, dependencies=[allows("sales.payment.receive")])
async def pay(order_id: UUID, payment: PaymentAsked, asked: Asked) -> PaymentReceived:
    """Money has arrived for this order: it settles its invoices, and what is too much stays on account.

    An order that is billed with others takes none (409): its collective invoice is paid at `/v1/payments`.
    """
    receive = ReceivePayment(
        **{
            **dict(payment),
            "payment_id": asked.new_id("payment", of=order_id),
            "received_on": payment.received_on or asked.today,
        }
    )
    return await processes.command(asked, _process(asked, order_id), "pay", receive, PaymentReceived)


def _process(asked: AskedRequest, order_id: UUID) -> str:
    return processes.process_id_of(asked, "order_to_cash", order_id)

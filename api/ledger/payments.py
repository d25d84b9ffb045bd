"""Payments: money that arrives without an order, and how it is used; and what is open."""

from datetime import date
from uuid import UUID

from fastapi import Response

from activities.ledger import payments as operations
from api.door import Asked, AskedRequest, Page, Paging, Router, allows, page
from domains.ledger.messages import AllocatePayment, AllocationAsked, CustomerPaymentAsked, PostPayment
from domains.ledger.queries import documents
from domains.ledger.queries.documents import OpenItemView, PaymentSummary, PaymentView

payments = Router(prefix="/v1/payments", tags=["Finance"])
open_items = Router(prefix="/v1/open-items", tags=["Finance"])


@payments.post("", status_code=201, dependencies=[allows("ledger.payment.receive")])
async def receive_payment(payment: CustomerPaymentAsked, asked: Asked, response: Response) -> PaymentView:
    """Money without an order: it settles the invoice that it names, or stays on the customer's account."""
    payment_id = asked.new_id("customer-payment")
    post = PostPayment(
        **{**dict(payment), "payment_id": payment_id, "received_on": payment.received_on or asked.today}
    )
    await asked.run(operations.post_payment, post)
    return await _payment(asked, payment_id, response)


@payments.post("/{payment_id}/allocations", status_code=201, dependencies=[allows("ledger.payment.allocate")])
async def allocate(
    payment_id: UUID, allocation: AllocationAsked, asked: Asked, response: Response
) -> PaymentView:
    """Use a customer's money on account for an open invoice; its order is told."""
    command = AllocatePayment(
        **{
            **dict(allocation),
            "payment_id": payment_id,
            "allocation_id": asked.new_id("payment-allocation"),
            "allocated_on": allocation.allocated_on or asked.today,
        }
    )
    await asked.run(operations.allocate_payment, command)
    return await _payment(asked, payment_id, response)


@payments.get("", dependencies=[allows("ledger.payment.read")])
async def list_payments(
    asked: Asked,
    paging: Paging,
    customer: str | None = None,
    number: str | None = None,
    order_id: UUID | None = None,
    received_from: date | None = None,
    received_to: date | None = None,
) -> Page[PaymentSummary]:
    """Payments, the newest first; `sort` by received_on, number or amount."""
    wanted = documents.payments(
        customer=customer,
        number=number,
        order_id=order_id,
        since=received_from,
        until=received_to,
        sort=paging.sort,
    )
    async with asked.read() as session:
        return await page(session, wanted, paging, documents.payment_summary)


@payments.get("/{payment_id}", dependencies=[allows("ledger.payment.read")])
async def one_payment(payment_id: UUID, asked: Asked) -> PaymentView:
    """One payment: what it settled, and what of it is on account."""
    async with asked.read() as session:
        return await documents.payment(session, payment_id)


@open_items.get("", dependencies=[allows("ledger.open_item.read")])
async def list_open_items(
    asked: Asked,
    paging: Paging,
    customer: str | None = None,
    currency: str | None = None,
    only_open: bool = True,
    due_until: date | None = None,
) -> Page[OpenItemView]:
    """What customers owe (positive) and have on account (negative), the earliest due first.

    `sort` by due_on, customer_code or open_amount.
    """
    wanted = documents.open_items(
        customer=customer, currency=currency, only_open=only_open, due_until=due_until, sort=paging.sort
    )
    async with asked.read() as session:
        return await page(session, wanted, paging, documents.open_item_view)


async def _payment(asked: AskedRequest, payment_id: UUID, response: Response) -> PaymentView:
    response.headers["Location"] = f"/v1/payments/{payment_id}"
    async with asked.read() as session:
        return await documents.payment(session, payment_id)

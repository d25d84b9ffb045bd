"""Payments, allocations and refunds with their reversals, and what is open."""

from datetime import date
from uuid import UUID

from fastapi import Response

from activities.ledger import payments as payment_operations
from activities.ledger import refunds as refund_operations
from activities.ledger import reversals
from api.door import Asked, AskedRequest, Page, Paging, Router, allows, page
from domains.ledger.messages import (
    AllocatePayment,
    AllocationAsked,
    CustomerPaymentAsked,
    DocumentReversed,
    PostPayment,
    PostRefund,
    RefundAsked,
    RefundPosted,
    ReversalAsked,
    ReverseDocument,
    ReversibleType,
    Side,
)
from domains.ledger.queries import documents
from domains.ledger.queries.documents import (
    AllocationView,
    OpenItemView,
    PaymentSummary,
    PaymentView,
    RefundView,
    ReversalView,
)

payments = Router(prefix="/v1/payments", tags=["Finance"])
allocations = Router(prefix="/v1/allocations", tags=["Finance"])
refunds = Router(prefix="/v1/refunds", tags=["Finance"])
open_items = Router(prefix="/v1/open-items", tags=["Finance"])
reversal_documents = Router(prefix="/v1/reversals", tags=["Finance"])


@payments.post("", status_code=201, dependencies=[allows("ledger.payment.receive")])
async def receive_payment(payment: CustomerPaymentAsked, asked: Asked, response: Response) -> PaymentView:
    """Money without an order: it settles the invoice that it names, or stays on the customer's account."""
    payment_id = asked.new_id("customer-payment")
    post = PostPayment(
        **{**dict(payment), "payment_id": payment_id, "received_on": payment.received_on or asked.today}
    )
    await asked.run(payment_operations.post_payment, post)
    return await _payment(asked, payment_id, response)


@payments.post("/{payment_id}/allocations", status_code=201, dependencies=[allows("ledger.payment.allocate")])
async def allocate(
    payment_id: UUID, allocation: AllocationAsked, asked: Asked, response: Response
) -> PaymentView:
    """Use a customer's money on account for an open invoice; its order is told."""
    await use_money(asked, allocation, payment_id=payment_id)
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
    async with asked.read() as tx:
        return await page(tx, wanted, paging, documents.payment_summary)


@payments.get("/{payment_id}", dependencies=[allows("ledger.payment.read")])
async def one_payment(payment_id: UUID, asked: Asked) -> PaymentView:
    """One payment: what it settled, and what of it is on account."""
    async with asked.read() as tx:
        return await documents.payment(tx, payment_id)


@payments.post("/{payment_id}/refund", status_code=201, dependencies=[allows("ledger.payment.refund")])
async def refund_payment(payment_id: UUID, refund: RefundAsked, asked: Asked) -> RefundPosted:
    """Pay back what of a payment is on account: all that is left of it, or an amount."""
    return await pay_back(asked, refund, payment_id=payment_id)


@payments.post("/{payment_id}/reversal", status_code=201, dependencies=[allows("ledger.payment.reverse")])
async def reverse_payment(payment_id: UUID, reversal: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a payment back (returned debit, wrong customer): what it settled is open again."""
    return await reverse_document(asked, ReversibleType.PAYMENT, payment_id, reversal)


@allocations.get("", dependencies=[allows("ledger.payment.read")])
async def list_allocations(
    asked: Asked,
    paging: Paging,
    customer: str | None = None,
    money_id: UUID | None = None,
    document_id: UUID | None = None,
    allocated_from: date | None = None,
    allocated_to: date | None = None,
) -> Page[AllocationView]:
    """Money on account that was used, the newest first; `sort` by allocated_on or amount."""
    wanted = documents.allocations(
        customer=customer,
        money_id=money_id,
        document_id=document_id,
        since=allocated_from,
        until=allocated_to,
        sort=paging.sort,
    )
    async with asked.read() as tx:
        return await page(tx, wanted, paging, documents.allocation_view)


@allocations.get("/{allocation_id}", dependencies=[allows("ledger.payment.read")])
async def one_allocation(allocation_id: UUID, asked: Asked) -> AllocationView:
    """One use of money on account."""
    async with asked.read() as tx:
        return await documents.allocation(tx, allocation_id)


@allocations.post(
    "/{allocation_id}/reversal", status_code=201, dependencies=[allows("ledger.payment.reverse")]
)
async def reverse_allocation(allocation_id: UUID, reversal: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take an allocation back: the money is on account again, and what it settled is open again."""
    return await reverse_document(asked, ReversibleType.ALLOCATION, allocation_id, reversal)


@refunds.get("", dependencies=[allows("ledger.refund.read")])
async def list_refunds(
    asked: Asked,
    paging: Paging,
    customer: str | None = None,
    payment_id: UUID | None = None,
    credit_note_id: UUID | None = None,
    refunded_from: date | None = None,
    refunded_to: date | None = None,
) -> Page[RefundView]:
    """Refunds, the newest first; `sort` by refunded_on, number or amount."""
    wanted = documents.refunds(
        customer=customer,
        payment_id=payment_id,
        credit_note_id=credit_note_id,
        since=refunded_from,
        until=refunded_to,
        sort=paging.sort,
    )
    async with asked.read() as tx:
        return await page(tx, wanted, paging, documents.refund_view)


@refunds.get("/{refund_id}", dependencies=[allows("ledger.refund.read")])
async def one_refund(refund_id: UUID, asked: Asked) -> RefundView:
    """One refund."""
    async with asked.read() as tx:
        return await documents.refund(tx, refund_id)


@refunds.post("/{refund_id}/reversal", status_code=201, dependencies=[allows("ledger.payment.reverse")])
async def reverse_refund(refund_id: UUID, reversal: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a refund back (it was returned by the bank): the money is on account again."""
    return await reverse_document(asked, ReversibleType.REFUND, refund_id, reversal)


@reversal_documents.get("", dependencies=[allows("ledger.journal.read")])
async def list_reversals(
    asked: Asked,
    paging: Paging,
    document_type: str | None = None,
    document_id: UUID | None = None,
    reversed_from: date | None = None,
    reversed_to: date | None = None,
) -> Page[ReversalView]:
    """Documents that were taken back, the newest first; `sort` by reversed_on or number."""
    wanted = documents.reversals(
        document_type=document_type,
        document_id=document_id,
        since=reversed_from,
        until=reversed_to,
        sort=paging.sort,
    )
    async with asked.read() as tx:
        return await page(tx, wanted, paging, documents.reversal_view)


@reversal_documents.get("/{reversal_id}", dependencies=[allows("ledger.journal.read")])
async def one_reversal(reversal_id: UUID, asked: Asked) -> ReversalView:
    """One reversal."""
    async with asked.read() as tx:
        return await documents.reversal(tx, reversal_id)


@open_items.get("", dependencies=[allows("ledger.open_item.read")])
async def list_open_items(
    asked: Asked,
    paging: Paging,
    customer: str | None = None,
    side: Side | None = None,
    currency: str | None = None,
    only_open: bool = True,
    due_until: date | None = None,
) -> Page[OpenItemView]:
    """What parties owe us (positive), and we owe them (negative), the earliest due first.

    `sort` by due_on, customer_code or open_amount.
    """
    wanted = documents.open_items(
        customer=customer,
        side=side,
        currency=currency,
        only_open=only_open,
        due_until=due_until,
        sort=paging.sort,
    )
    async with asked.read() as tx:
        return await page(tx, wanted, paging, documents.open_item_view)


async def _payment(asked: AskedRequest, payment_id: UUID, response: Response) -> PaymentView:
    response.headers["Location"] = f"/v1/payments/{payment_id}"
    async with asked.read() as tx:
        return await documents.payment(tx, payment_id)


async def use_money(asked: AskedRequest, allocation: AllocationAsked, **of: UUID) -> None:
    """Use what is on account from the document named for an open invoice."""
    command = AllocatePayment(
        **{
            **dict(allocation),
            **of,
            "allocation_id": asked.new_id("payment-allocation"),
            "allocated_on": allocation.allocated_on or asked.today,
        }
    )
    await asked.run(payment_operations.allocate_payment, command)


async def pay_back(asked: AskedRequest, refund: RefundAsked, **of: UUID) -> RefundPosted:
    """Refund what is on account from the document named."""
    command = PostRefund(
        **{
            **dict(refund),
            **of,
            "refund_id": asked.new_id("refund"),
            "refunded_on": refund.refunded_on or asked.today,
        }
    )
    return await asked.run(refund_operations.post_refund, command)


async def reverse_document(
    asked: AskedRequest, document_type: ReversibleType, document_id: UUID, reversal: ReversalAsked
) -> DocumentReversed:
    """Take a document of the ledger back."""
    command = ReverseDocument(
        document_type=document_type,
        document_id=document_id,
        reversal_id=asked.new_id("reversal"),
        reversed_on=reversal.reversed_on or asked.today,
        reason=reversal.reason,
    )
    return await asked.run(reversals.reverse_document, command)

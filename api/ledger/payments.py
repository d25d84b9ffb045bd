"""Payments, allocations and refunds with their reversals, and what is open."""

from datetime import date
from uuid import UUID

from fastapi import Response

from activities.ledger import payments as payment_operations
from activities.ledger import refunds as refund_operations
from activities.ledger import reversals
from api.door import Asked, AskedRequest, Router, allows
from api.ledger import reversing
from api.lists import add_list
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
)
from domains.ledger.queries import documents
from domains.ledger.queries.documents import (
    AllocationView,
    PaymentView,
    RefundView,
    ReversalView,
)
from domains.ledger.queries.on_account import latest_day

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


add_list(payments, documents.PAYMENTS, allows("ledger.payment.read"))


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


add_list(allocations, documents.ALLOCATIONS, allows("ledger.payment.read"))


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


add_list(refunds, documents.REFUNDS, allows("ledger.refund.read"))


@refunds.get("/{refund_id}", dependencies=[allows("ledger.refund.read")])
async def one_refund(refund_id: UUID, asked: Asked) -> RefundView:
    """One refund."""
    async with asked.read() as tx:
        return await documents.refund(tx, refund_id)


@refunds.post("/{refund_id}/reversal", status_code=201, dependencies=[allows("ledger.payment.reverse")])
async def reverse_refund(refund_id: UUID, reversal: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a refund back (it was returned by the bank): the money is on account again."""
    return await reverse_document(asked, ReversibleType.REFUND, refund_id, reversal)


add_list(reversal_documents, documents.REVERSALS, allows("ledger.journal.read"))


@reversal_documents.get("/{reversal_id}", dependencies=[allows("ledger.journal.read")])
async def one_reversal(reversal_id: UUID, asked: Asked) -> ReversalView:
    """One reversal."""
    async with asked.read() as tx:
        return await documents.reversal(tx, reversal_id)


add_list(open_items, documents.OPEN_ITEMS, allows("ledger.open_item.read"))


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
            "allocated_on": allocation.allocated_on
            or await today_or_later(asked, allocation.invoice_id, *of.values()),
        }
    )
    await asked.run(payment_operations.allocate_payment, command)


async def today_or_later(asked: AskedRequest, *documents: UUID) -> date:
    """The day when nobody names one: the later of today and of what the money is, and is used for."""
    async with asked.read() as tx:
        return max(asked.today, await latest_day(tx, *documents) or asked.today)


async def pay_back(asked: AskedRequest, refund: RefundAsked, **of: UUID) -> RefundPosted:
    """Refund what is on account from the document named."""
    command = PostRefund(
        **{
            **dict(refund),
            **of,
            "refund_id": asked.new_id("refund"),
            "refunded_on": refund.refunded_on or await today_or_later(asked, *of.values()),
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
        **await reversing.reversal(asked, document_type, document_id, reversal),
    )
    return await asked.run(reversals.reverse_document, command)

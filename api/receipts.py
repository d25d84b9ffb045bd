"""Goods that arrive, and money that arrives without an order: each starts a process of its own."""

from uuid import UUID

from api import processes
from api.door import Asked, AskedRequest, Router, allows
from domains.inventory.messages import ReceiptAsked, ReceiptProgress, ReceiveStock
from domains.ledger.messages import (
    AllocatePayment,
    AllocationAsked,
    CustomerPaymentAsked,
    PaymentProgress,
    PostPayment,
)
from workflows.customer_payment import CustomerPayment
from workflows.payment_allocation import PaymentAllocation
from workflows.stock_receipt import StockReceipt

receipts = Router(prefix="/v1/stock-receipts", tags=["Inventory"])
payments = Router(prefix="/v1/payments", tags=["Finance"])
credit_notes = Router(prefix="/v1/credit-notes", tags=["Finance"])


@receipts.post("", status_code=201, dependencies=[allows("inventory.receipt.post")])
async def receive_stock(receipt: ReceiptAsked, asked: Asked) -> ReceiptProgress:
    """Take goods in at cost: their value is posted, and waiting backorders are served, oldest first."""
    receipt_id = asked.new_id("stock-receipt")
    receive = ReceiveStock(
        **{**dict(receipt), "receipt_id": receipt_id, "received_on": receipt.received_on or asked.today}
    )
    wanted = processes.Start(
        process=StockReceipt,
        name="stock_receipt",
        document_id=receipt_id,
        command=receive,
        wait_for="taken_in",
        answer_type=ReceiptProgress,
        summary=f"Receipt into {receipt.warehouse_code}, {len(receipt.lines)} lines",
    )
    progress: ReceiptProgress = await processes.start(asked, wanted)
    return progress


@payments.post("", status_code=201, dependencies=[allows("ledger.payment.receive")])
async def receive_payment(payment: CustomerPaymentAsked, asked: Asked) -> PaymentProgress:
    """Money without an order: it settles the invoice that it names, or stays on the customer's account."""
    payment_id = asked.new_id("customer-payment")
    post = PostPayment(
        **{**dict(payment), "payment_id": payment_id, "received_on": payment.received_on or asked.today}
    )
    wanted = processes.Start(
        process=CustomerPayment,
        name="customer_payment",
        document_id=payment_id,
        command=post,
        wait_for="taken_in",
        answer_type=PaymentProgress,
        summary=f"Payment of {payment.customer_code}, {payment.amount} {payment.currency}",
        party=payment.customer_code,
    )
    progress: PaymentProgress = await processes.start(asked, wanted)
    return progress


@payments.post("/{payment_id}/allocations", status_code=201, dependencies=[allows("ledger.payment.allocate")])
async def allocate(payment_id: UUID, allocation: AllocationAsked, asked: Asked) -> PaymentProgress:
    """Use a customer's money on account for an open invoice; its order is told."""
    return await _allocate(asked, allocation, payment_id=payment_id)


@credit_notes.post(
    "/{credit_note_id}/allocations", status_code=201, dependencies=[allows("ledger.payment.allocate")]
)
async def allocate_credit(credit_note_id: UUID, allocation: AllocationAsked, asked: Asked) -> PaymentProgress:
    """Use what a credit note put on account for another open invoice; its order is told."""
    return await _allocate(asked, allocation, credit_note_id=credit_note_id)


async def _allocate(asked: AskedRequest, allocation: AllocationAsked, **of: UUID) -> PaymentProgress:
    allocation_id = asked.new_id("payment-allocation")
    command = AllocatePayment(
        **{
            **dict(allocation),
            **of,
            "allocation_id": allocation_id,
            "allocated_on": allocation.allocated_on or asked.today,
        }
    )
    wanted = processes.Start(
        process=PaymentAllocation,
        name="payment_allocation",
        document_id=allocation_id,
        command=command,
        wait_for="taken_in",
        answer_type=PaymentProgress,
        summary=f"Money on account for invoice {allocation.invoice_id}",
    )
    progress: PaymentProgress = await processes.start(asked, wanted)
    return progress

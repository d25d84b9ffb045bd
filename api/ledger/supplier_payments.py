"""Money that goes out to suppliers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Response

from activities.ledger import supplier_payments as operations
from api.door import Asked, Router, allows
from api.ledger.payments import reverse_document, today_or_later
from api.lists import add_list
from domains.ledger.messages import (
    DocumentReversed,
    PostSupplierPayment,
    ReversalAsked,
    ReversibleType,
    SupplierPaymentAsked,
)
from domains.ledger.queries import supplier_payments as queries
from domains.ledger.queries.supplier_payments import SupplierPaymentView

router = Router(prefix="/v1/supplier-payments", tags=["Finance"])

READ = allows("ledger.supplier_payment.read")
EXAMPLES: dict[str, Any] = {
    "in full": {
        "value": {
            "invoice_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "amount": "1190.00",
            "reference": "transfer of 30 March",
        }
    }
}


@router.post("", status_code=201, dependencies=[allows("ledger.supplier_payment.post")])
async def pay_supplier(
    payment: Annotated[SupplierPaymentAsked, Body(openapi_examples=EXAMPLES)],
    asked: Asked,
    response: Response,
) -> SupplierPaymentView:
    """Money was paid for a supplier's invoice: it settles it, wholly or in part; its order is told."""
    payment_id = asked.new_id("supplier-payment")
    on = payment.paid_on or await today_or_later(asked, payment.invoice_id)
    post = PostSupplierPayment(**{**dict(payment), "payment_id": payment_id, "paid_on": on})
    await asked.run(operations.post_supplier_payment, post)
    response.headers["Location"] = f"/v1/supplier-payments/{payment_id}"
    async with asked.read() as tx:
        return await queries.supplier_payment(tx, payment_id)


add_list(router, queries.SUPPLIER_PAYMENTS, READ)


@router.get("/{payment_id}", dependencies=[READ])
async def one_supplier_payment(payment_id: UUID, asked: Asked) -> SupplierPaymentView:
    """One payment to a supplier."""
    async with asked.read() as tx:
        return await queries.supplier_payment(tx, payment_id)


@router.post(
    "/{payment_id}/reversal", status_code=201, dependencies=[allows("ledger.supplier_payment.reverse")]
)
async def reverse_supplier_payment(
    payment_id: UUID, reversal: ReversalAsked, asked: Asked
) -> DocumentReversed:
    """Take a payment back (returned by the bank, sent twice): what it settled is owed again."""
    return await reverse_document(asked, ReversibleType.SUPPLIER_PAYMENT, payment_id, reversal)

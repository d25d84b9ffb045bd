"""Payments to suppliers that are taken back: the bank's statements may say that they were made."""

from uuid import UUID

from api.door import Asked, Router, allows
from api.ledger.payments import reverse_document
from domains.banking.queries.in_transit import check_may_be_reversed
from domains.ledger.messages import DocumentReversed, ReversalAsked, ReversibleType

router = Router(prefix="/v1/supplier-payments", tags=["Finance"])


@router.post(
    "/{payment_id}/reversal", status_code=201, dependencies=[allows("ledger.supplier_payment.reverse")]
)
async def reverse_supplier_payment(
    payment_id: UUID, reversal: ReversalAsked, asked: Asked
) -> DocumentReversed:
    """Take a payment back (returned by the bank, sent twice): what it settled is owed again. One that a
    statement has confirmed as a payment of a run is taken from that line first.
    """
    async with asked.read() as tx:
        await check_may_be_reversed(tx, payment_id)
    return await reverse_document(asked, ReversibleType.SUPPLIER_PAYMENT, payment_id, reversal)

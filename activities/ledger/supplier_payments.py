"""Money that goes out to suppliers."""

from activities.ledger.posting import pay_out
from domains.ledger.messages import PostSupplierPayment, SupplierPaymentPosted
from domains.ledger.messages.events import SupplierPaymentPostedEvent
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation


@operation("ledger.post_supplier_payment", event=SupplierPaymentPostedEvent)
async def post_supplier_payment(tx: Transaction, payment: PostSupplierPayment) -> SupplierPaymentPosted:
    """Post money that was paid to a supplier: it settles the invoice, wholly or in part.

    Refuses: Invalid, NotFound, NothingOpen, MoreThanOpen; TooEarly before the invoice's own day, StillSettled
    before another payment of it was taken back; NotPostable, NoExchangeRate, NoFiscalYear, PeriodLocked,
    NoAccountFor.
    """
    return await pay_out(tx, payment)

"""Order confirmations are printed once for each version of the order; what went out stays as it was."""

from activities.sales.kept_confirmation import keep_confirmation
from domains.sales import queries
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.outbound.prints import FilePrinted, PrintDocument
from foundation.values.errors import BusinessError

CONFIRMED = frozenset({"confirmed", "delivered", "closed"})


class NotConfirmed(BusinessError):
    """The order is not confirmed, or not any more: there is nothing to send."""

    status = 409


@operation("sales.print_order_confirmation")
async def print_order_confirmation(tx: Transaction, ask: PrintDocument) -> FilePrinted:
    """Keep the confirmation of an order's newest version as a PDF. Refuses: NotFound, NotConfirmed."""
    order = await queries.order_view(tx, ask.document_id)
    if order.status not in CONFIRMED:
        raise NotConfirmed(f"{order.order_number} is {order.status}: only what is confirmed is printed")
    return await keep_confirmation(tx, order)

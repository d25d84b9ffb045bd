"""What may be asked of an order on its way besides its goods and its money, and what it says to each."""

from domains.sales.messages import BillDelivered, CloseRest, TakeInvoiceBack, TakeShipmentBack
from foundation.operations.mailbox import Event
from foundation.process.process import Process
from workflows.order_to_cash import bill_and_close, taking_back
from workflows.order_to_cash.facts import OrderFacts

Request = BillDelivered | CloseRest | TakeShipmentBack | TakeInvoiceBack


async def carry_out(process: Process, facts: OrderFacts, wanted: Request, event: Event) -> None:
    """Bill now, give the rest up, or take a shipment or an invoice back. Refuses: see each."""
    match wanted:
        case BillDelivered():
            await bill_and_close.bill_now(process, facts, wanted, event)
        case CloseRest():
            await bill_and_close.close_rest(process, facts, wanted, event)
        case TakeShipmentBack():
            await taking_back.take_shipment_back(process, facts, wanted, event)
        case TakeInvoiceBack():
            await taking_back.take_invoice_back(process, facts, wanted, event)

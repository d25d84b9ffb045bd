"""What an order's process knows, and what it says no to: what is asked for at the wrong time, or of the wrong
goods, invoices and days. No Temporal here.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domains.ledger.rules.reversals import ReversedAlready
from domains.sales.messages import (
    BillDelivered,
    Cancellation,
    CloseRest,
    ConfirmShipment,
    PlaceOrder,
    TakeInvoiceBack,
    TakeShipmentBack,
)
from foundation.process.next_run import Carried
from foundation.values.days import check_not_before
from workflows.order_to_cash.order_state import OrderState
from workflows.order_to_cash.refusals import (
    BilledCollectively,
    NotAmendable,
    NothingToBill,
    NothingToClose,
    NotTakenBack,
    OrderCancelled,
    OrderNotConfirmed,
)


@dataclass
class OrderFacts(OrderState):
    """One order on its way to cash. `stage` is where it stands, for whoever is refused something."""

    def check_is_placed(self, stage: str) -> None:
        """Refuses: OrderNotConfirmed."""
        if not self.is_placed:
            raise OrderNotConfirmed(f"the order is at '{stage}': there is nothing to cancel")

    def check_takes(self, kind: str, stage: str) -> None:
        """Refuses what is asked for at the wrong time, whatever is asked: see each."""
        match kind:
            case "ship":
                self.check_can_be_shipped(stage)
            case "pay":
                self.check_takes_money(stage)
            case "amend":
                self.check_can_be_amended(stage)
            case "cancel":
                self.check_can_be_cancelled()
            case "bill":
                self.check_has_something_to_bill(stage)
            case "close_rest":
                self.check_has_a_rest(stage)
            case "take_shipment_back" | "take_invoice_back":
                self.check_can_be_taken_back(stage)

    def check_asked(self, message: object) -> None:
        """Refuses what the command itself says: see each."""
        match message:
            case ConfirmShipment():
                self.check_shipment(message)
            case Cancellation():
                self.check_cancellation(message)
            case BillDelivered():
                self.check_billable_on("invoiced_on", message.invoiced_on)
            case CloseRest():
                self.check_billable_on("closed_on", message.closed_on)
            case TakeShipmentBack():
                self.check_shipment_back(message)
            case TakeInvoiceBack():
                self.check_invoice_back(message)

    def check_can_be_shipped(self, stage: str) -> None:
        """Refuses: OrderNotConfirmed, ShipmentRefused when nothing is set aside."""
        if not self.is_set_aside or self.cancellation is not None:
            raise OrderNotConfirmed(f"nothing can be shipped: the order is at '{stage}'")
        self.fulfilment.lines_to_ship(())

    def check_shipment(self, shipment: ConfirmShipment) -> None:
        """Refuses: ShipmentRefused; TooEarly when it is before the order."""
        self.fulfilment.lines_to_ship(shipment.lines)
        check_not_before("shipped_on", shipment.shipped_on, self.placed.ordered_on, self.placed.order_number)

    def check_takes_money(self, stage: str) -> None:
        """Refuses: BilledCollectively, OrderNotConfirmed."""
        if self.is_placed and self.is_collective:
            numbers = ", ".join(invoice.invoice_number for invoice in self.invoices.values())
            raise BilledCollectively(
                f"the order is billed with others of its customer ({numbers or 'not yet'}): pay the invoice, "
                "or in advance onto the customer's account, with POST /v1/payments"
            )
        if self.cancellation is not None:
            raise OrderNotConfirmed(
                f"the order is at '{stage}' and takes no payment; other money goes to /v1/payments"
            )

    def check_can_be_amended(self, stage: str) -> None:
        """Refuses: NotAmendable."""
        if not self.is_set_aside or self.cancellation is not None:
            raise NotAmendable(f"the order is at '{stage}' and cannot be changed")
        if self.fulfilment.has_left:
            raise NotAmendable("goods have left for this order: place another, or agree on a return")

    def check_can_be_cancelled(self) -> None:
        """Refuses: OrderCancelled."""
        if self.cancellation is not None:
            raise OrderCancelled(f"the order is already on its way back: {self.cancellation.reason}")

    def check_cancellation(self, cancellation: Cancellation) -> None:
        """Refuses: TooEarly when it is before the order."""
        if self.is_placed:
            ordered_on, number = self.placed.ordered_on, self.placed.order_number
            check_not_before("cancelled_on", cancellation.cancelled_on, ordered_on, number)

    def check_has_something_to_bill(self, stage: str) -> None:
        """Refuses: BilledCollectively, NothingToBill, OrderNotConfirmed."""
        if self.cancellation is not None:
            raise OrderNotConfirmed(f"nothing is billed now: the order is at '{stage}'")
        if self.is_placed and self.is_collective:
            raise BilledCollectively(
                "the order is billed with others of its customer at the end of the month"
            )
        if not self.is_placed or not self.fulfilment.to_bill():
            raise NothingToBill("nothing has left for the order that is not billed")

    def check_has_a_rest(self, stage: str) -> None:
        """Refuses: OrderNotConfirmed, NothingToClose."""
        if self.cancellation is not None:
            raise OrderNotConfirmed(f"nothing is closed now: the order is at '{stage}'")
        if not (self.is_placed and self.fulfilment.has_left):
            raise NothingToClose("nothing has left for the order: cancel it")
        if self.fulfilment.is_delivered:
            raise NothingToClose("nothing of the order is still to leave")

    def check_billable_on(self, field: str, on: date) -> None:
        """Refuses: TooEarly when something that is not billed left on a later day, or was credited on one."""
        since, order = self.billable_from or self.placed.ordered_on, self.placed.order_number
        check_not_before(field, on, since, f"what is to be billed of {order}")

    def check_can_be_taken_back(self, stage: str) -> None:
        """Refuses: OrderNotConfirmed."""
        if not self.is_set_aside or self.cancellation is not None:
            raise OrderNotConfirmed(f"nothing is taken back now: the order is at '{stage}'")

    def check_shipment_back(self, wanted: TakeShipmentBack) -> None:
        """Refuses: ReversedAlready; NotTakenBack when it is not the order's, when its goods are billed, or
        when the rest of the order was given up; TooEarly before it has left.
        """
        self.check_stands(wanted.shipment_id, "shipment")
        shipped = self.shipments.get(wanted.shipment_id)
        if shipped is None:
            raise NotTakenBack(f"{self.placed.order_number} has no such shipment")
        what = f"the shipment of {self.placed.order_number}"
        check_not_before("reversed_on", wanted.reversed_on, shipped.on, what)
        if self.fulfilment.rest_is_given_up:
            raise NotTakenBack("the rest of the order is wanted no more: agree on a return instead")
        unbilled = {line.line_number: line.quantity for line in self.fulfilment.to_bill()}
        if any(line.quantity > unbilled.get(line.line_number, 0) for line in shipped.lines):
            why = "goods of the shipment are billed, or have come back"
            raise NotTakenBack(f"{why}: take the invoice back first, or agree on a return")

    def check_invoice_back(self, wanted: TakeInvoiceBack) -> None:
        """Refuses: BilledCollectively, ReversedAlready, NotTakenBack when it is not the order's."""
        if self.is_collective:
            raise BilledCollectively(
                "the invoice bills other orders as well: credit it, or agree on a return"
            )
        self.check_stands(wanted.invoice_id, "invoice")
        if wanted.invoice_id not in self.invoices:
            raise NotTakenBack(f"{self.placed.order_number} has no such invoice")

    def check_stands(self, document_id: UUID, what: str) -> None:
        """Refuses: ReversedAlready."""
        if document_id in self.taken_back:
            raise ReversedAlready(f"the {what} of {self.placed.order_number} was taken back already")


OrderSoFar = Carried[PlaceOrder, OrderFacts]
"""What the process of an order takes along into its next run."""

"""The order as its process keeps it: what was taken, what has left, what is open; and where it stands."""

from decimal import Decimal
from uuid import UUID

from domains.ledger.messages import PaymentPosted, SettledInvoice
from domains.master_data.messages import Invoicing
from domains.receivables.messages import InvoicePosted
from domains.sales.messages import OrderPlaced, OrderProgress, PlaceOrder
from domains.sales.rules.fulfilment import Fulfilment
from foundation.approvals import Approvals
from foundation.messages import Stage
from foundation.money import ZERO


class Order(Approvals):
    """What all chapters of the process know of the order."""

    placed: OrderPlaced
    fulfilment: Fulfilment

    def __init__(self, order: PlaceOrder) -> None:
        super().__init__(order)
        self.order_id = order.order_id
        self.is_set_aside = False
        self.invoices: dict[UUID, InvoicePosted] = {}
        self.open_amounts: dict[UUID, Decimal] = {}
        self.payments: dict[UUID, PaymentPosted] = {}
        """As they were last heard of: with what is on account of each."""
        self.settlements: list[SettledInvoice] = []
        self.heard: set[int] = set()
        """The numbers of what other money settled: it may be told twice."""
        self.freight_is_due = False
        """Whether the freight waits to be billed with its month."""

    @property
    def has_begun(self) -> bool:
        """Whoever places an order waits until it is confirmed, or held for a decision."""
        return self.is_taken

    @property
    def is_taken(self) -> bool:
        """Whether the order is confirmed, or held for a decision."""
        return self.is_set_aside or self.has_asked

    @property
    def is_beginning(self) -> bool:
        """Whether the order is not taken yet, and may be.

        Somebody may have read of it all the same: it is written down, and the worker died before its process
        knew.
        """
        return not self.is_taken and self.ending is None and self.now.outcome is None

    async def when_taken(self) -> None:
        """Wait until the order is taken. Refuses what it is refused for."""
        if self.is_beginning:
            await self.reached(lambda: self.is_taken)

    @property
    def will_be_set_aside(self) -> bool:
        """Whether the order is on its way to be set aside, and waits for nobody.

        As above: that it is set aside may be written down before its process knows. A decision that is just
        being taken is no wait.
        """
        undecided = any(pending.decided is None for pending in self.approvals.values())
        waits = undecided and not self.turn.locked()
        return not (self.is_set_aside or waits or self.ending or self.now.outcome)

    @property
    def has_left(self) -> bool:
        """Whether goods have left."""
        return self.is_taken and hasattr(self, "fulfilment") and self.fulfilment.has_left

    def settle(self, settled: tuple[SettledInvoice, ...]) -> None:
        """Note what is open; news may arrive out of order, and an invoice only ever gets less open."""
        for invoice in settled:
            known = self.open_amounts.get(invoice.invoice_id, invoice.open_amount)
            self.open_amounts[invoice.invoice_id] = min(known, invoice.open_amount)
            self.settlements.append(invoice)

    def not_paid_in_money(self, invoice_id: UUID) -> list[tuple[str, Decimal]]:
        """What of an invoice was settled without money, and by what."""
        of_invoice = [one for one in self.settlements if one.invoice_id == invoice_id]
        kinds = {
            "cash discount": sum((one.discount_amount for one in of_invoice), ZERO),
            "small difference that was written off": sum(
                (one.written_off_amount for one in of_invoice), ZERO
            ),
        }
        return [(what, amount) for what, amount in kinds.items() if amount]

    @property
    def is_paid(self) -> bool:
        """Whether nothing is open on any invoice."""
        return not any(self.open_amounts.values())

    @property
    def is_due(self) -> bool:
        """Whether something has left that is not billed, and did not come back."""
        return self.freight_is_due or bool(self.fulfilment.to_bill())

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be delivered, billed or paid."""
        return self.has_left and self.fulfilment.is_billed and self.is_paid and not self.freight_is_due

    @property
    def is_collective(self) -> bool:
        """Whether the order is billed together with the customer's others."""
        return self.placed.invoicing is Invoicing.COLLECTIVE

    def next_stage(self) -> Stage:
        """What the order waits for now, and on whom."""
        if self.is_collective and self.fulfilment.is_delivered and self.is_due:
            return self.at("waiting for the collective invoice", waiting_on="end of month")
        if self.fulfilment.is_delivered:
            return self.at("waiting for payment", waiting_on="customer")
        if self.fulfilment.shippable():
            return self.at("waiting for shipment", waiting_on="warehouse")
        return self.at("waiting for stock", waiting_on="supply")

    def answer(self) -> OrderProgress:
        """Where the order stands, for whoever just did something to it."""
        return OrderProgress(
            order_id=self.order_id,
            order_number=self.placed.order_number,
            stage=self.now.stage,
            waiting_on=self.now.waiting_on,
        )

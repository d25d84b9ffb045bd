"""What the process of a purchase order knows: what was ordered, and what has come. No Temporal here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from domains.inventory.messages import StockReceived
from domains.payables.messages import (
    EnterInvoice,
    LineToMatch,
    SupplierInvoicePosted,
    TakeSupplierInvoiceBack,
)
from domains.procurement import rules
from domains.procurement.messages import (
    CancelPurchaseOrder,
    GoodsReceived,
    LineToReceive,
    PlacePurchaseOrder,
    PurchaseOrderPlaced,
    ReceiveGoods,
    TakeReceiptBack,
)
from foundation.process.next_run import Carried
from foundation.values.days import check_not_before
from foundation.values.errors import Refusals
from foundation.values.messages import Stage
from foundation.values.money import ZERO
from workflows.procure_to_pay.refusals import AllIsBilled, NotItsInvoice, NotItsReceipt


@dataclass
class OwedInvoice:
    """An invoice of the supplier: its number with us, what it bills by line, what is open in its currency."""

    number: str
    lines: dict[int, Decimal]
    open_amount: Decimal


@dataclass
class PurchaseFacts:
    """One purchase order on its way: plain values, which go along into a further run of its process."""

    order_id: UUID
    order: PurchaseOrderPlaced | None = None
    receipts: dict[UUID, tuple[LineToReceive, ...]] = field(default_factory=dict)
    """What has come with each receipt that stands."""
    invoices: dict[UUID, OwedInvoice] = field(default_factory=dict)
    """The supplier's invoices that stand."""
    is_under_way: bool = False
    """Whether anything has come, or was billed: what was posted is not undone any more."""
    rest_is_cancelled: bool = False
    """What has not come by now is wanted no more."""
    why_cancelled: str = ""

    @property
    def placed(self) -> PurchaseOrderPlaced:
        """The order as it was written down."""
        assert self.order is not None
        return self.order

    @property
    def received(self) -> dict[int, Decimal]:
        """What has come, by line, in its unit."""
        total: dict[int, Decimal] = {}
        for lines in self.receipts.values():
            for line in lines:
                total[line.line_number] = total.get(line.line_number, ZERO) + line.quantity
        return total

    @property
    def still_to_come(self) -> dict[int, Decimal]:
        """What is still to come, by line."""
        if self.rest_is_cancelled:
            return {}
        return rules.still_to_come(self.placed.lines, self.received, self.placed.under_delivery_percent)

    @property
    def billed(self) -> dict[int, Decimal]:
        """What the supplier has billed, by line, in its unit."""
        total: dict[int, Decimal] = {}
        for invoice in self.invoices.values():
            for number, quantity in invoice.lines.items():
                total[number] = total.get(number, ZERO) + quantity
        return total

    @property
    def to_be_billed(self) -> dict[int, Decimal]:
        """What has come and is not billed; of services, which nobody receives, what was ordered and is still
        wanted.
        """
        billed, received = self.billed, self.received
        there = {
            line.line_number: received.get(line.line_number, ZERO) if line.is_stocked else line.quantity
            for line in self.placed.lines
            if line.is_stocked or not self.rest_is_cancelled
        }
        left = {number: quantity - billed.get(number, ZERO) for number, quantity in there.items()}
        return {number: quantity for number, quantity in left.items() if quantity > 0}

    @property
    def is_done(self) -> bool:
        """Whether all has come, is billed, and is paid."""
        if self.is_cancelled:
            return True
        is_paid = not any(invoice.open_amount for invoice in self.invoices.values())
        return is_paid and not self.still_to_come and not self.to_be_billed

    @property
    def has_a_rest(self) -> bool:
        """Whether anything can still be wanted no more: goods to come, services to be billed."""
        services = {line.line_number for line in self.placed.lines if not line.is_stocked}
        return bool(self.still_to_come or services & self.to_be_billed.keys())

    @property
    def is_cancelled(self) -> bool:
        """Whether the rest was cancelled, and nothing else stands."""
        return self.rest_is_cancelled and not self.receipts and not self.invoices

    def waits_for(self) -> tuple[str, str | None]:
        """What the order waits for, and on whom; nobody when it is over."""
        if self.still_to_come:
            return "waiting for goods", "warehouse"
        if self.is_done:
            return "cancelled" if self.is_cancelled else "paid", None
        if self.to_be_billed:
            return "waiting for the supplier's invoice", "accountant"
        return "waiting for payment", "accountant"

    def check_takes(self, kind: str, stage: str) -> None:
        """Refuses: NothingToCome, when all has come or the rest was cancelled; AllIsBilled."""
        if kind == "enter_invoice" and self.order is not None and not self.to_be_billed:
            raise AllIsBilled(f"nothing has come for {self.placed.order_number} that is not billed")
        if self.order is None:
            return
        is_over = self.rest_is_cancelled if kind == "receive" else not self.has_a_rest
        if kind in ("receive", "cancel") and is_over:
            raise rules.NothingToCome(f"nothing is still to come for {self.placed.order_number}")

    def check_asked(self, message: object) -> None:
        """Refuses what the command itself says: TooEarly, ReceiptRefused, NotItsReceipt."""
        match message:
            case ReceiveGoods() as receive:
                placed = self.placed
                check_not_before("received_on", receive.received_on, placed.ordered_on, placed.order_number)
                self.lines_of(receive)
            case TakeReceiptBack() as back if back.receipt_id not in self.receipts:
                number = self.placed.order_number
                raise NotItsReceipt(f"no such receipt of {number}, or it was taken back before")
            case TakeSupplierInvoiceBack() as back if back.invoice_id not in self.invoices:
                number = self.placed.order_number
                raise NotItsInvoice(f"no such invoice of {number}, or it was taken back before")
            case EnterInvoice() as enter:
                self.check_lines(enter)

    def check_lines(self, enter: EnterInvoice) -> None:
        """Refuses: Invalid, with every line that is not on the order."""
        refusals, known = Refusals(), {line.line_number for line in self.placed.lines}
        for position, line in enumerate(enter.lines):
            if line.line_number not in known:
                why = f"line {line.line_number} is not on {self.placed.order_number}"
                refusals.add(f"lines.{position}.line_number", why)
        refusals.raise_if_any()

    def receive(self, receipt_id: UUID, lines: tuple[LineToReceive, ...]) -> None:
        """So much has come."""
        self.receipts[receipt_id] = lines
        self.is_under_way = True

    def bill(self, posted: SupplierInvoicePosted, lines: Iterable[LineToMatch]) -> None:
        """The supplier has billed so much, and is owed it."""
        billed: dict[int, Decimal] = {}
        for line in lines:
            billed[line.order_line_number] = billed.get(line.order_line_number, ZERO) + line.quantity
        self.is_under_way = True
        self.invoices[posted.invoice_id] = OwedInvoice(posted.invoice_number, billed, posted.total_amount)

    def hear_open(self, invoice_id: UUID, open_amount: Decimal) -> None:
        """So much is open of an invoice; one that was taken back meanwhile is nobody's business any more."""
        if invoice_id in self.invoices:
            self.invoices[invoice_id].open_amount = open_amount

    def lines_of(self, receive: ReceiveGoods) -> tuple[LineToReceive, ...]:
        """What is taken in with a receipt. Refuses: NothingToCome, ReceiptRefused."""
        return rules.lines_received(
            self.placed.lines,
            self.received,
            receive.lines,
            over_delivery_percent=self.placed.over_delivery_percent,
            under_delivery_percent=self.placed.under_delivery_percent,
        )

    def cancel(self, reason: str) -> CancelPurchaseOrder:
        """What procurement is told when what has not come is wanted no more."""
        return CancelPurchaseOrder(order_id=self.order_id, reason=reason, is_billed=bool(self.invoices))

    def received_with(self, received: StockReceived, now: Stage) -> GoodsReceived:
        """What whoever reports a receipt is told."""
        return GoodsReceived(
            order_id=self.order_id,
            receipt_id=received.receipt_id,
            receipt_number=received.receipt_number,
            value=received.value,
            still_to_come=self.still_to_come,
            stage=now.stage,
        )


PurchaseSoFar = Carried[PlacePurchaseOrder, PurchaseFacts]
"""What the process of a purchase order takes along into its next run."""

"""What the process of a purchase order knows: what was ordered, and what has come. No Temporal here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self
from uuid import UUID

from domains.inventory.messages import StockReceived
from domains.inventory.messages.vendor_returns import GoodsSentBack
from domains.payables.messages import (
    CameAt,
    EnterInvoice,
    SupplierInvoicePosted,
    TakeSupplierInvoiceBack,
)
from domains.payables.messages.blocks import (
    AcceptInvoice,
    EnterCredit,
    RejectInvoice,
    SupplierInvoiceBlocked,
)
from domains.payables.messages.goods_write_offs import GoodsWriteOffNews
from domains.payables.rules import matching
from domains.payables.rules.goods_write_offs import check_no_write_off
from domains.procurement import rules
from domains.procurement.messages import (
    CancelPurchaseOrder,
    EndPurchaseOrder,
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
from foundation.values.money import ZERO, rounded
from workflows.procure_to_pay.blocked import BLOCKED, OF_BLOCKED, WaitingInvoice, check_credited
from workflows.procure_to_pay.refusals import (
    AllIsBilled,
    NotApproved,
    NotAsRead,
    NotBlocked,
    NotItsInvoice,
    NotItsReceipt,
)
from workflows.procure_to_pay.writing_off import GoodsNeverBilled

WAITS_FOR_APPROVAL = "waiting for approval"


@dataclass
class OwedInvoice:
    """An invoice of the supplier: its number with us, what it bills by line, what is open in its currency."""

    number: str
    lines: dict[int, Decimal]
    open_amount: Decimal


@dataclass
class ReceiptOfOrder:
    """A receipt that stands: its number, what came with it, and, by line, the price of one unit at which it
    came when the order says another by now.
    """

    number: str
    lines: tuple[LineToReceive, ...]
    came_at: dict[int, Decimal] = field(default_factory=dict)


@dataclass
class ReturnOfOrder:
    """Goods that went back to the supplier, by line: all of them, and what no invoice had billed."""

    lines: dict[int, Decimal]
    unbilled: dict[int, Decimal]
    is_replaced: bool
    """Whether they are to come again."""


@dataclass
class PurchaseFacts:
    """One purchase order on its way: plain values, which go along into a further run of its process."""

    order_id: UUID
    order: PurchaseOrderPlaced | None = None
    receipts: dict[UUID, ReceiptOfOrder] = field(default_factory=dict)
    """The receipts that stand."""
    returns: dict[UUID, ReturnOfOrder] = field(default_factory=dict)
    """What went back to the supplier, and stands."""
    written_off: dict[UUID, GoodsNeverBilled] = field(default_factory=dict)
    """What is never billed."""
    invoices: dict[UUID, OwedInvoice] = field(default_factory=dict)
    """The supplier's invoices that stand."""
    told_open: dict[UUID, Decimal] = field(default_factory=dict)
    """What is open of invoices that were paid before the order heard that they are posted."""
    blocked: dict[UUID, WaitingInvoice] = field(default_factory=dict)
    """Those that do not match and wait, the oldest first."""
    priced_by: dict[int, str] = field(default_factory=dict)
    """By line, who has changed its price last."""
    is_ordered: bool = True
    """Whether nobody needs to say yes to it any more."""
    is_issued: bool = False
    """Whether the supplier was told of it."""
    is_under_way: bool = False
    """Whether anything has come, was billed, or lies blocked: the order is not undone as a whole any more."""
    rest_is_cancelled: bool = False
    """What has not come by now is wanted no more."""
    why_cancelled: str = ""
    commits: bool = False
    """Whether it may commit budgets for what never comes: a requisition's order."""
    has_ended: bool = False
    """Whether procurement was told that nothing more comes or is billed."""

    @classmethod
    def of(cls, order: PlacePurchaseOrder) -> Self:
        """What is known of an order that is to be placed."""
        return cls(order.order_id, is_ordered=False, commits=order.for_requisition is not None)

    @property
    def placed(self) -> PurchaseOrderPlaced:
        """The order as it was written down."""
        assert self.order is not None
        return self.order

    @property
    def received(self) -> dict[int, Decimal]:
        """What has come, by line, in its unit."""
        total: dict[int, Decimal] = {}
        for receipt in self.receipts.values():
            for line in receipt.lines:
                total[line.line_number] = total.get(line.line_number, ZERO) + line.quantity
        return total

    @property
    def kept(self) -> dict[int, Decimal]:
        """What has come and is not to come again, by line, in its unit."""
        return less(self.received, (one.lines for one in self.returns.values() if one.is_replaced))

    @property
    def still_to_come(self) -> dict[int, Decimal]:
        """What is still to come, by line."""
        if self.rest_is_cancelled:
            return {}
        return rules.still_to_come(self.placed.lines, self.kept)

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
        """What has come, is not billed, did not go back and was not written off; of services, which nobody
        receives, what was ordered and is still wanted.
        """
        billed = self.billed
        received = less(self.received, (one.unbilled for one in self.returns.values()))
        received = less(received, (one.lines for one in self.written_off.values()))
        there = {
            line.line_number: received.get(line.line_number, ZERO) if line.is_stocked else line.quantity
            for line in self.placed.lines
            if line.is_stocked or not self.rest_is_cancelled
        }
        left = {number: quantity - billed.get(number, ZERO) for number, quantity in there.items()}
        return {number: quantity for number, quantity in left.items() if quantity > 0}

    @property
    def is_billed(self) -> bool:
        """Whether an invoice of it stands, posted or blocked."""
        return bool(self.invoices or self.blocked)

    @property
    def awaits_invoice(self) -> bool:
        """Whether what is not billed is worth anything, by the order or as it came: for what is free, no
        invoice comes.
        """
        lines = {line.line_number: line for line in self.placed.lines}
        came_at = self.came_at()
        return any(
            rounded(quantity * price, self.placed.currency)
            for number, quantity in self.to_be_billed.items()
            for price in (
                rules.unit_price(lines[number]),
                *(came.unit_price for came in came_at.get(number, ())),
            )
        )

    @property
    def is_done(self) -> bool:
        """Whether all has come, is billed unless it is free, and is paid, and no invoice waits."""
        if self.is_cancelled:
            return True
        is_paid = not self.blocked and not any(one.open_amount for one in self.invoices.values())
        return is_paid and not self.still_to_come and not self.awaits_invoice

    @property
    def has_a_rest(self) -> bool:
        """Whether anything can still be wanted no more: goods to come, services to be billed."""
        services = {line.line_number for line in self.placed.lines if not line.is_stocked}
        return bool(self.still_to_come or services & self.to_be_billed.keys())

    @property
    def must_end(self) -> bool:
        """Whether procurement is still to be told that it has ended: of a requisition's order; and of one of
        services alone, of which nothing is ever received.
        """
        are_services = not any(line.is_stocked for line in self.placed.lines)
        return not self.has_ended and (self.commits or (are_services and not self.rest_is_cancelled))

    @property
    def is_cancelled(self) -> bool:
        """Whether the rest was cancelled, and nothing else stands."""
        return self.rest_is_cancelled and not (self.receipts or self.invoices or self.blocked)

    def waits_for(self) -> tuple[str, str | None]:
        """What the order waits for, and on whom; nobody when it is over."""
        decided = [block for one in self.blocked.values() for block in one.blocks]
        if others := [one.waiting_on for one in decided if one.code not in matching.CURED_BY_RECEIPT]:
            return BLOCKED, others[0]
        if self.still_to_come:
            return "waiting for goods", "warehouse"
        if self.is_done:
            ended = "written off" if self.written_off and not self.invoices else "paid"
            return "cancelled" if self.is_cancelled else ended, "procurement" if self.must_end else None
        if self.blocked:
            return BLOCKED, matching.DECIDES
        if self.awaits_invoice:
            return "waiting for the supplier's invoice", "accountant"
        return "waiting for payment", "accountant"

    def why(self) -> str | None:
        """Which invoices wait, and what for."""
        return "; ".join(invoice.says() for invoice in self.blocked.values())[:500] or None

    def check_takes(self, kind: str, stage: str) -> None:
        """Refuses: NotApproved, as long as somebody is to say yes; NothingToCome, when all has come or the
        rest was cancelled; NotBlocked.
        """
        if stage == WAITS_FOR_APPROVAL and kind not in ("cancel", "decide"):
            raise NotApproved(f"{self.placed.order_number} waits for an approval; it is no order yet")
        if kind in OF_BLOCKED and not self.blocked:
            raise NotBlocked("no invoice of the order is blocked")
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
            case AcceptInvoice() | RejectInvoice() | EnterCredit() as about:
                self.check_blocked(about)

    def check_blocked(self, about: AcceptInvoice | RejectInvoice | EnterCredit) -> None:
        """Refuses: NotBlocked; NotAsRead, when it waits for something else than what is accepted; Invalid,
        with every line of a credit note that is not one of the invoice.
        """
        known = self.blocked.get(about.invoice_id)
        if known is None:
            raise NotBlocked(f"no such invoice of {self.placed.order_number} is blocked")
        if isinstance(about, EnterCredit):
            check_credited(about, known)
        if isinstance(about, AcceptInvoice) and not known.is_read_in(about.accepts):
            raise NotAsRead(f"{known.says()}: read what it waits for now")

    def check_lines(self, enter: EnterInvoice) -> None:
        """Refuses: Invalid, with every line that is not on the order; GoodsWrittenOffBefore or AllIsBilled,
        when no line is named and nothing has come that is to be billed.
        """
        if not enter.lines and not self.to_be_billed:
            check_no_write_off(one.number for one in self.written_off.values())
            raise AllIsBilled(f"nothing has come for {self.placed.order_number} that is not billed")
        refusals, known = Refusals(), {line.line_number for line in self.placed.lines}
        for position, line in enumerate(enter.lines):
            if line.line_number not in known:
                why = f"line {line.line_number} is not on {self.placed.order_number}"
                refusals.add(f"lines.{position}.line_number", why)
        refusals.raise_if_any()

    def receive(self, received: StockReceived, lines: tuple[LineToReceive, ...]) -> None:
        """So much has come."""
        self.receipts[received.receipt_id] = ReceiptOfOrder(received.receipt_number, lines)
        self.is_under_way = True

    def bill(self, posted: SupplierInvoicePosted) -> None:
        """The supplier has billed so much, and is owed it."""
        self.is_under_way = True
        self.blocked.pop(posted.invoice_id, None)
        self.invoices[posted.invoice_id] = OwedInvoice(
            posted.invoice_number,
            dict(posted.matched),
            self.told_open.pop(posted.invoice_id, posted.total_amount),
        )

    def block(self, invoice: WaitingInvoice, noted: SupplierInvoiceBlocked) -> None:
        """An invoice does not match, and waits."""
        invoice.noted = noted
        self.blocked[noted.invoice_id] = invoice
        self.is_under_way = True

    def send_back(self, sent: GoodsSentBack) -> None:
        """So much went back to the supplier."""
        lines = {line.line_number: line.quantity for line in sent.lines}
        unbilled = {line.line_number: line.unbilled_quantity for line in sent.lines}
        self.returns[sent.return_id] = ReturnOfOrder(lines, unbilled, sent.replace)

    def write_off(self, news: GoodsWriteOffNews) -> None:
        """So much is never billed, or is to be billed after all."""
        self.written_off.pop(news.write_off_id, None)
        if not news.is_taken_back:
            self.written_off[news.write_off_id] = GoodsNeverBilled.of(news, self.placed.lines)

    def price(self, priced: PurchaseOrderPlaced, by: str) -> None:
        """Other prices hold from now on; what has come keeps the price at which it came."""
        for was, now in zip(self.placed.lines, priced.lines, strict=True):
            if (price := rules.unit_price(was)) != rules.unit_price(now):
                self.priced_by[was.line_number] = by
                for receipt in self.receipts.values():
                    receipt.came_at.setdefault(was.line_number, price)
        self.order = priced

    def came_at(self) -> dict[int, tuple[CameAt, ...]]:
        """By line, at which price goods came that the order says another of by now."""
        found: dict[int, tuple[CameAt, ...]] = {}
        for receipt in self.receipts.values():
            for number, price in receipt.came_at.items():
                came = CameAt(receipt_number=receipt.number, unit_price=price)
                found[number] = (*found.get(number, ()), came)
        return found

    def hear_open(self, invoice_id: UUID, open_amount: Decimal) -> None:
        """So much is open of an invoice; of one that is not known yet it is kept until it is billed."""
        if invoice_id in self.invoices:
            self.invoices[invoice_id].open_amount = open_amount
        else:
            self.told_open[invoice_id] = open_amount

    def lines_of(self, receive: ReceiveGoods) -> tuple[LineToReceive, ...]:
        """What is taken in with a receipt. Refuses: NothingToCome, ReceiptRefused."""
        return rules.lines_received(
            self.placed.lines,
            self.kept,
            receive.lines,
        )

    def cancel(self, reason: str) -> CancelPurchaseOrder:
        """What procurement is told when what has not come is wanted no more."""
        return CancelPurchaseOrder(order_id=self.order_id, reason=reason, is_billed=self.is_billed)

    def end(self) -> EndPurchaseOrder:
        """What procurement is told when nothing more comes or is billed."""
        self.has_ended = True
        return EndPurchaseOrder(order_id=self.order_id, billed=self.billed)

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


def less(total: Mapping[int, Decimal], parts: Iterable[Mapping[int, Decimal]]) -> dict[int, Decimal]:
    """What is left of each line."""
    left = dict(total)
    for part in parts:
        for number, quantity in part.items():
            left[number] = left.get(number, ZERO) - quantity
    return left


PurchaseSoFar = Carried[PlacePurchaseOrder, PurchaseFacts]
"""What the process of a purchase order takes along into its next run."""

"""What the process of an order knows: what was ordered, what has left, what is open. No Temporal here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from domains.inventory.messages import ReservedLine, ServedOrder
from domains.ledger.messages import FoundOpen, PaymentPosted, SettledInvoice
from domains.master_data.messages import Invoicing
from domains.receivables.messages import (
    CreditNotePosted,
    DebitNote,
    InvoicePosted,
    OrderShare,
    ReleaseCredit,
)
from domains.sales.messages import (
    Cancellation,
    ConfirmShipment,
    LineQuantity,
    OrderPlaced,
    ReturnEnded,
)
from domains.sales.rules.fulfilment import Fulfilment
from foundation.values.money import ZERO
from workflows.customer_return.crediting import Credited
from workflows.order_to_cash import translation


@dataclass
class Invoiced:
    """An invoice of the order, or its share of one, in its currency."""

    invoice_number: str
    total_amount: Decimal


@dataclass
class Paid:
    """A payment for the order, or a credit note, and what of it is on account, in its currency."""

    payment_number: str
    since: date
    """When it came."""
    on_account_amount: Decimal
    discount_amount: Decimal = ZERO
    """The cash discount that was granted with it, on an invoice that was taken back."""
    written_off_amount: Decimal = ZERO
    """The small difference that was written off with it there."""
    invoice_id: UUID | None = None
    """The invoice that was taken back."""


@dataclass
class Left:
    """What left with a shipment, and when."""

    lines: tuple[LineQuantity, ...]
    on: date
    billed_by: UUID | None = None
    """The invoice of the order's own that bills it, or what of it has not come back."""
    credited_on: date | None = None
    """When an invoice that had billed it was taken back: it is billed again on no earlier day."""

    @property
    def billable_from(self) -> date:
        """The first day on which it can be billed."""
        return max(self.on, self.credited_on or self.on)


@dataclass
class OrderState:
    """One order on its way to cash: plain values, which go along into a further run of its process."""

    order_id: UUID
    order: OrderPlaced | None = None
    """As it was written down, or amended since."""
    goods: Fulfilment | None = None
    is_set_aside: bool = False
    invoices: dict[UUID, Invoiced] = field(default_factory=dict)
    open_amounts: dict[UUID, Decimal] = field(default_factory=dict)
    payments: dict[UUID, Paid] = field(default_factory=dict)
    """As they were last heard of."""
    heard: set[int] = field(default_factory=set)
    """The numbers of what other money settled: it may be told twice."""
    opened_again: dict[UUID, int] = field(default_factory=dict)
    """By invoice, the number of the last news that it is open again: what was told before says nothing."""
    returns: dict[UUID, ReturnEnded] = field(default_factory=dict)
    credited: dict[UUID, Decimal] = field(default_factory=dict)
    """What of each invoice, or of the order's share of it, was credited by returns."""
    shipments: dict[UUID, Left] = field(default_factory=dict)
    """Those that were not taken back."""
    taken_back: set[UUID] = field(default_factory=set)
    """Shipments and invoices that stand no more."""
    had_left: bool = False
    """Whether goods have left at some time: since then nothing is undone any more, but taken back."""
    credit_on_account: dict[UUID, Paid] = field(default_factory=dict)
    """What had been paid of invoices that were taken back, by their credit notes."""
    debit_notes: dict[UUID, DebitNote] = field(default_factory=dict)
    """What more was charged on its own invoices."""
    freight_is_billed: bool = False
    """Whether an invoice of the order's own that stands charges its freight."""
    freight_is_due: bool = False
    """Whether the freight waits to be billed with its month."""
    was_listed: bool = False
    """Whether anything of the order was put on the list of its month, and its freight with it."""
    cancellation: Cancellation | None = None
    """What is being done to take the order back."""
    to_replace: dict[int, Decimal] = field(default_factory=dict)
    """Goods that the order sends again, by the lines that had billed them, but for what was credited of them:
    what does not leave is still to be credited.
    """
    called_off: int = 0
    """How many cancellations were, of which not everything came back."""

    @property
    def is_placed(self) -> bool:
        """Whether the order is written down."""
        return self.order is not None

    @property
    def placed(self) -> OrderPlaced:
        """The order as it was written down."""
        assert self.order is not None
        return self.order

    @property
    def fulfilment(self) -> Fulfilment:
        """How far its lines have come."""
        assert self.goods is not None
        return self.goods

    # Goods

    def place(self, placed: OrderPlaced) -> None:
        """The order is written down; or it is wanted otherwise, and nothing of it has left."""
        if self.order is None:
            self.to_replace = {
                line.replaces_line_number: line.quantity
                for line in placed.lines
                if line.replaces_line_number is not None
            }
        self.order, self.goods = placed, Fulfilment.of(placed)

    def reserve(self, lines: Iterable[ReservedLine], number: int = 0) -> None:
        """What was set aside of the order, and what is short."""
        self.fulfilment.set_aside(((line.line_number, line.short_quantity) for line in lines), number=number)

    def hear_set_aside(self, served: ServedOrder, number: int) -> None:
        """Stock was set aside for the order's backorder; a fact older than what is known changes nothing."""
        self.fulfilment.set_aside(translation.news(self.placed, served), number=number)

    @property
    def has_left(self) -> bool:
        """Whether goods have left at some time."""
        return self.had_left

    def deliver(self, shipment_id: UUID, lines: tuple[LineQuantity, ...], on: date) -> None:
        """Goods have left."""
        self.had_left = True
        self.shipments[shipment_id] = Left(lines, on)
        self.fulfilment.deliver(lines)

    def take_shipment_back(self, shipment_id: UUID) -> None:
        """Its goods never left."""
        self.taken_back.add(shipment_id)
        self.fulfilment.take_delivery_back(self.shipments.pop(shipment_id).lines)

    @property
    def billable_from(self) -> date | None:
        """The first day on which what has left and is not billed can be: all of it has left, and what had
        billed it before was credited. None when there is nothing to bill.
        """
        if not self.fulfilment.to_bill():
            return None
        return max(left.billable_from for left in self.shipments.values() if left.billed_by is None)

    @property
    def to_be_billed_on(self) -> date:
        """The same, of an order of which something is to be billed."""
        assert self.billable_from is not None
        return self.billable_from

    def may_ship_otherwise(self, shipment: ConfirmShipment) -> bool:
        """Whether a shipment ships or bills something else when more has been told: all that is set aside,
        with what left before and has not come back.
        """
        waits_for_news = not shipment.lines and bool(self.fulfilment.shortages())
        return waits_for_news or (not self.is_collective and bool(self.fulfilment.to_bill()))

    # Billed

    @property
    def is_collective(self) -> bool:
        """Whether the order is billed together with the customer's others."""
        return self.placed.invoicing is Invoicing.COLLECTIVE

    def bill(self, posted: InvoicePosted, lines: Iterable[LineQuantity]) -> None:
        """An invoice was posted for lines that have left."""
        self.fulfilment.bill(lines)
        for left in self.shipments.values():
            left.billed_by = left.billed_by or posted.invoice_id
        self.freight_is_billed = True
        self.note_invoice(posted)
        # That it is paid may have been heard of before: over an attempt that was lost.
        known = self.open_amounts.get(posted.invoice_id, posted.total_amount)
        self.open_amounts[posted.invoice_id] = min(known, posted.total_amount)

    def note_invoice(self, posted: InvoicePosted) -> None:
        """The order knows the invoice from now on."""
        self.invoices[posted.invoice_id] = Invoiced(posted.invoice_number, posted.total_amount)

    def take_invoice_back(
        self, credited: CreditNotePosted, invoice_id: UUID, lines: Iterable[LineQuantity]
    ) -> None:
        """The invoice was credited in full: what it billed is to be billed again."""
        del self.invoices[invoice_id]
        self.taken_back.add(invoice_id)
        self.open_amounts[invoice_id] = ZERO
        self.fulfilment.take_bill_back(lines)
        for left in self.shipments.values():
            if left.billed_by == invoice_id:
                left.billed_by, left.credited_on = None, credited.credited_on
        if any(line.is_freight for line in credited.lines or ()):
            self.freight_is_billed = False
        if credited.on_account_amount:
            self.credit_on_account[credited.credit_note_id] = Paid(
                credited.credit_note_number,
                credited.credited_on,
                credited.on_account_amount,
                credited.discount_reversed_amount,
                credited.written_off_reversed_amount,
                invoice_id,
            )

    def bill_share(self, share: OrderShare) -> tuple[LineQuantity, ...]:
        """A collective invoice has billed what was delivered; gives the lines."""
        invoice = share.invoice
        left = max(invoice.total_amount - self.credited.get(invoice.invoice_id, ZERO), ZERO)
        # That it is paid may have been heard of before.
        known = self.open_amounts.get(invoice.invoice_id, left)
        self.open_amounts[invoice.invoice_id] = min(left, known)
        lines = tuple(
            LineQuantity(line_number=line.order_line_number, quantity=line.quantity) for line in share.lines
        )
        self.fulfilment.bill(lines)
        self.freight_is_due = self.freight_is_due and not share.with_freight
        return lines

    @property
    def credit_to_keep(self) -> ReleaseCredit:
        """The credit that is needed for what has left and is not billed; the rest may be set free."""
        kept = self.fulfilment.worth_to_bill(self.placed, with_freight=not self.freight_is_billed)
        return ReleaseCredit(order_id=self.order_id, kept_amount=kept)

    @property
    def is_due(self) -> bool:
        """Whether something has left that is not billed, and did not come back."""
        return self.freight_is_due or bool(self.fulfilment.to_bill())

    # Paid

    def hear_settled(self, settled: SettledInvoice, number: int) -> None:
        """Other money of the customer has settled one of the order's invoices: noted once, and not when that
        was before the invoice was opened again.
        """
        if number not in self.heard and number >= self.opened_again.get(settled.invoice_id, 0):
            self.heard.add(number)
            self.settle((settled,))

    def is_open_again(self, found: FoundOpen, number: int) -> None:
        """What had settled one of the order's invoices was taken back: what the books say holds."""
        self.opened_again[found.invoice_id] = max(number, self.opened_again.get(found.invoice_id, 0))
        if found.invoice_id in self.open_amounts:
            self.open_amounts[found.invoice_id] = found.open_amount
        for left in found.on_account:
            (self.payments | self.credit_on_account)[left.document_id].on_account_amount = left.amount

    def settle(self, settled: Iterable[SettledInvoice]) -> None:
        """Note what is open; news may arrive out of order, and an invoice gets only less open, unless
        it is opened again.
        """
        for invoice in settled:
            known = self.open_amounts.get(invoice.invoice_id, invoice.open_amount)
            self.open_amounts[invoice.invoice_id] = min(known, invoice.open_amount)

    def pay(self, posted: PaymentPosted, payment_id: UUID) -> None:
        """Money has come for the order, or more of it was used."""
        self.payments[payment_id] = Paid(posted.payment_number, posted.since, posted.on_account_amount)
        self.settle(posted.settled)

    def use(self, money: Paid, used: PaymentPosted) -> None:
        """Money on account was used for an invoice of the order."""
        money.on_account_amount = used.on_account_amount
        self.settle(used.settled)

    def money_on_account(self) -> Iterator[tuple[dict[str, Any], UUID, Paid]]:
        """What came for the order and may be on account: by which field a command names it, its id, and how
        much; of invoices that were taken back first.
        """
        sources = {"credit_note_id": self.credit_on_account, "payment_id": self.payments}
        for field_name, source in sources.items():
            for money_id, money in source.items():
                yield {field_name: money_id}, money_id, money

    @property
    def open_amount(self) -> Decimal:
        """What is open of all its invoices, in the order's currency."""
        return sum(self.open_amounts.values(), ZERO)

    # Returned

    def hear_returned(self, ended: ReturnEnded) -> None:
        """A return of the order has ended: what came back, and what of it will never be billed.

        What was credited of the order's share of a collective invoice is open no more, whatever is open of
        the whole invoice. What is open of an invoice of its own the order is told when it is credited.
        """
        self.fulfilment.take_back(((x.line_number, x.quantity) for x in ended.lines), ended.unbilled)
        for credit in ended.credits:
            self._note_credit(credit.invoice_id, credit.amount)
        self.returns[ended.return_id] = ended

    def credit(self, credited: Credited) -> None:
        """The order itself has credited an invoice."""
        self._note_credit(credited.invoice_id, credited.note.total_amount)
        if credited.note.settled is not None and not self.is_collective:
            self.settle((credited.note.settled,))

    def _note_credit(self, invoice_id: UUID, amount: Decimal) -> None:
        self.credited[invoice_id] = self.credited.get(invoice_id, ZERO) + amount
        known = self.open_amounts.get(invoice_id)
        if self.is_collective and known is not None:
            self.open_amounts[invoice_id] = max(known - amount, ZERO)

    def knows_what_was_credited(self, ended: ReturnEnded) -> bool:
        """Whether the order has been told its share of every invoice that a return has credited."""
        return all(credit.invoice_id in self.invoices for credit in ended.credits)

    def call_cancellation_off(self) -> None:
        """The order goes on with what the customer has kept."""
        self.cancellation = None
        self.called_off += 1

    # Done

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be delivered, billed or paid."""
        is_paid = not any(self.open_amounts.values())
        return self.has_left and self.fulfilment.is_billed and is_paid and not self.freight_is_due

    def waits_for(self) -> tuple[str, str]:
        """The stage that the order is at when nothing is being done to it, and on whom it waits."""
        if self.is_collective and self.fulfilment.is_delivered and self.is_due:
            return "waiting for the collective invoice", "end of month"
        if self.fulfilment.is_delivered:
            if self.fulfilment.to_bill():
                return "waiting to be billed", "accountant"
            return "waiting for payment", "customer"
        if self.fulfilment.shippable():
            return "waiting for shipment", "warehouse"
        return "waiting for stock", "supply"

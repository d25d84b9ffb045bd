"""Step 5 of an order that is billed together with the customer's others, at the end of each month.

What leaves is put on finance's list of what is to be billed. The month's collective invoice tells the order
its share, which is open until the whole invoice is paid. What comes back before it is billed is taken off the
list; what comes back later is credited.
"""

from decimal import Decimal
from uuid import UUID

from temporalio import workflow

from activities import sales
from activities.receivables import billing_due
from domains.inventory.messages import GoodsIssued
from domains.receivables.messages import OrderShare, WithdrawFromBilling
from domains.sales.messages import ConfirmShipment, LineQuantity, PlaceOrder, RecordFulfilment, ReturnEnded
from foundation.messages import Caller
from foundation.money import ZERO
from workflows.order_to_cash import handover
from workflows.order_to_cash.order import Order


class Collective(Order):
    """Billed with the month."""

    def __init__(self, order: PlaceOrder) -> None:
        super().__init__(order)
        self.was_listed = False
        """Whether anything of the order was put on the list, and its freight with it."""
        self.credited: dict[UUID, Decimal] = {}
        """What of each invoice, or of the order's share of it, was credited by returns."""

    async def list_for_billing(
        self,
        shipment: ConfirmShipment,
        issued: GoodsIssued | None,
        lines: tuple[LineQuantity, ...],
        by: Caller,
    ) -> None:
        """What has left is billed at the end of its month."""
        to_bill = handover.lines_to_bill(self.placed, lines, with_freight=not self.was_listed)
        listed = handover.billing_due(
            self.placed,
            shipment,
            issued,
            to_bill,
            process_id=workflow.info().workflow_id,
            completes_order=self.fulfilment.is_delivered,
        )
        await self.step(billing_due.list_billing_due, listed, per=shipment.shipment_id, by=by, must=True)
        self.was_listed = True
        self.freight_is_due = self.freight_is_due or any(line.is_freight for line in to_bill)

    @workflow.signal(description="A collective invoice has billed what was delivered of this order")
    async def billed_collectively(self, share: OrderShare, number: int) -> None:
        """Note the order's share, and that it is open, once."""
        del number
        invoice = share.invoice
        async with self.turn:
            if invoice.invoice_id in self.invoices or self.now.outcome is not None:
                return
            left = max(invoice.total_amount - self.credited.get(invoice.invoice_id, ZERO), ZERO)
            # That it is paid may have been heard of while somebody else had the turn.
            known = self.open_amounts.get(invoice.invoice_id, left)
            self.open_amounts[invoice.invoice_id] = min(left, known)
            lines = tuple(
                LineQuantity(line_number=line.order_line_number, quantity=line.quantity)
                for line in share.lines
            )
            self.fulfilment.bill(lines)
            self.freight_is_due = self.freight_is_due and not share.with_freight
            record = RecordFulfilment(order_id=self.order_id, billed=lines)
            stage = self.next_stage() if self.ending is None else None
            await self.step(sales.record_fulfilment, record, per=invoice.invoice_id, must=True, stage=stage)
            self.invoices[invoice.invoice_id] = invoice

    def note_credits(self, ended: ReturnEnded) -> None:
        """What was credited of the order's share is open no more, whatever is open of the whole invoice.

        What is open of an invoice of its own the order is told when it is credited.
        """
        for credit in ended.credits:
            before = self.credited.get(credit.invoice_id, ZERO)
            self.credited[credit.invoice_id] = before + credit.amount
            if not self.is_collective:
                continue
            if (known := self.open_amounts.get(credit.invoice_id)) is not None:
                self.open_amounts[credit.invoice_id] = max(known - credit.amount, ZERO)

    async def when_told(self, ended: ReturnEnded) -> None:
        """Wait for the share of every invoice that was credited: the news of it may still be on its way."""
        if any(credit.invoice_id not in self.invoices for credit in ended.credits):
            await workflow.wait_condition(
                lambda: all(credit.invoice_id in self.invoices for credit in ended.credits)
            )

    async def stand_as_it_is(self) -> None:
        """Nothing may be left to be billed, now that goods have come back."""
        async with self.turn:
            if self.now.outcome is None and self.ending is None and self.next_stage().stage != self.now.stage:
                await self.note(self.next_stage())

    async def withdraw_freight(self, per: str) -> None:
        """An order that is cancelled is not charged for its freight, unless it has been."""
        if not self.freight_is_due:
            return
        withdraw = WithdrawFromBilling(order_id=self.order_id, with_freight=True)
        withdrawn = await self.step(billing_due.withdraw_billing_due, withdraw, per=per, must=True)
        self.freight_is_due = not withdrawn.with_freight

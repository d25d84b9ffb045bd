"""Steps 4 and 5: the warehouse ships, and receivables bills what was shipped."""

from uuid import UUID, uuid5

from temporalio import workflow

from activities import inventory, sales
from activities.ledger import payments
from activities.receivables import invoices
from domains.inventory.messages import GoodsIssued
from domains.ledger.messages import AllocatePayment
from domains.master_data.messages import Invoicing
from domains.receivables.messages import InvoicePosted
from domains.sales.messages import ConfirmShipment, LineQuantity, RecordFulfilment, ShipmentConfirmed
from foundation.messages import Caller
from workflows.order_to_cash import handover
from workflows.order_to_cash.collective import Collective
from workflows.order_to_cash.refusals import OrderNotConfirmed


class Delivery(Collective):
    """Goods leave at cost, and are billed."""

    @workflow.update(description="The warehouse confirms what it hands to the carrier")
    async def ship(self, shipment: ConfirmShipment, by: Caller) -> ShipmentConfirmed:
        """Goods leave at cost; then they are billed, if the terms say so."""
        if self.will_be_set_aside:
            await workflow.wait_condition(lambda: not self.will_be_set_aside)
        async with self.turn:
            self.check_shipment(shipment, by)
            if not shipment.lines and self.fulfilment.shortages():
                # "All that is set aside" may be more by the time that a lost attempt is repeated.
                await self.taken_down("The shipment")
            lines = self.fulfilment.lines_to_ship(shipment.lines)
            issued = await self.issue_goods(shipment, lines, by)
            self.fulfilment.deliver(lines)
            invoice, billed = await self.bill(shipment, issued, lines, by)
            record = RecordFulfilment(order_id=self.order_id, delivered=lines, billed=billed)
            stage = self.next_stage()
            await self.step(
                sales.record_fulfilment, record, per=shipment.shipment_id, by=by, must=True, stage=stage
            )
        return ShipmentConfirmed(
            **dict(self.answer()),
            shipment_id=shipment.shipment_id,
            shipment_number=issued.shipment_number if issued else "",
            invoice_number=invoice.invoice_number if invoice else None,
        )

    @ship.validator
    def check_shipment(self, shipment: ConfirmShipment, by: Caller) -> None:
        """Refuses: OrderNotConfirmed, ShipmentRefused, ProcessHeld."""
        del by
        self.check_not_held()
        if self.will_be_set_aside:
            return
        if not self.is_set_aside or self.ending or self.now.outcome:
            raise OrderNotConfirmed(f"nothing can be shipped: the order is at '{self.now.stage}'")
        self.fulfilment.lines_to_ship(shipment.lines)

    async def issue_goods(
        self, shipment: ConfirmShipment, lines: tuple[LineQuantity, ...], by: Caller
    ) -> GoodsIssued | None:
        """Goods issue for what is kept in stock; services just count as delivered."""
        issue = handover.goods_issue(self.placed, self.fulfilment, shipment, lines)
        if issue is None:
            return None
        return await self.step(inventory.post_goods_issue, issue, per=shipment.shipment_id, by=by)

    # 5. Receivables bills what was shipped

    async def bill(
        self,
        shipment: ConfirmShipment,
        issued: GoodsIssued | None,
        left: tuple[LineQuantity, ...],
        by: Caller,
    ) -> tuple[InvoicePosted | None, tuple[LineQuantity, ...]]:
        """Bill this shipment, the whole order once it has left, or what has left with its month; money that
        came before is used for it.
        """
        if self.is_collective:
            await self.list_for_billing(shipment, issued, left, by)
            return None, ()
        if self.placed.invoicing is Invoicing.ORDER and not self.fulfilment.is_delivered:
            return None, ()
        lines = self.fulfilment.to_bill()
        invoice = handover.invoice(
            self.placed,
            shipment,
            issued,
            handover.lines_to_bill(self.placed, lines, with_freight=not self.open_amounts),
            process_id=workflow.info().workflow_id,
            completes_order=self.fulfilment.is_delivered,
        )
        posted = await self.step(invoices.post_invoice, invoice, per=shipment.shipment_id, by=by, must=True)
        self.fulfilment.bill(lines)
        self.invoices[posted.invoice_id] = posted
        self.open_amounts[posted.invoice_id] = posted.total_amount
        for payment_id, payment in self.payments.items():
            if payment.on_account_amount:
                await self.use_money_on_account(payment_id, posted, shipment, by)
        return posted, lines

    async def use_money_on_account(
        self, payment_id: UUID, invoice: InvoicePosted, shipment: ConfirmShipment, by: Caller
    ) -> None:
        """Use money that came for this order before there was an invoice for it."""
        if not self.open_amounts[invoice.invoice_id]:
            return
        allocate = AllocatePayment(
            allocation_id=uuid5(payment_id, str(invoice.invoice_id)),
            payment_id=payment_id,
            invoice_id=invoice.invoice_id,
            allocated_on=shipment.shipped_on,
            if_any=True,
        )
        per = f"{payment_id}/{invoice.invoice_id}"
        allocated = await self.step(payments.allocate_payment, allocate, per=per, by=by, must=True)
        self.payments[payment_id] = allocated
        self.settle(allocated.settled)

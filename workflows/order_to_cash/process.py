"""Order to cash: from a customer's order to the money in the bank.

1. Sales writes the order down, with its prices, taxes and terms.
2. Finance checks the customer's credit. Over the limit the order is held, and a credit manager decides who
   is not the one who entered it.
3. Inventory sets the goods aside. What is short is a backorder, served when stock arrives, oldest first.
4. The warehouse ships, once or several times: goods leave at cost, and the cost of goods sold is posted.
5. Finance bills what was shipped, after each shipment or once for the order, as the customer's terms say.
6. We wait for the money: in full, in parts, with cash discount, or too much.
7. Delivered, billed and paid, the order is closed.

Before goods have left, the order can be cancelled: what was done is taken back, last first, and nothing is
posted. After that there is no way back in this process; a step that cannot be done waits, and shows why,
until it can.
"""

from decimal import Decimal
from uuid import UUID, uuid5

from temporalio import workflow

from activities import inventory, sales
from activities.finance import credit, invoices, payments, stock_postings
from domains.finance.messages import (
    AllocatePayment,
    CheckCredit,
    InvoicePosted,
    PostPayment,
    ReceivePayment,
    ReleaseCredit,
    SettledInvoice,
)
from domains.inventory.messages import (
    GoodsIssued,
    ReleaseReservation,
    ReservationReleased,
    ServedOrder,
)
from domains.master_data.messages import Invoicing
from domains.sales.messages import (
    Cancellation,
    CancelOrder,
    CloseOrder,
    ConfirmOrder,
    ConfirmShipment,
    HoldOrder,
    LineQuantity,
    OrderClosed,
    OrderPlaced,
    OrderProgress,
    PaymentReceived,
    PlaceOrder,
    RecordFulfilment,
    ShipmentConfirmed,
)
from domains.sales.rules.fulfilment import Fulfilment
from foundation.approvals import Approval, Approvals
from foundation.messages import Caller, Stage
from foundation.undo import Undo
from workflows.order_to_cash import handover
from workflows.order_to_cash.refusals import (
    GoodsHaveLeft,
    OrderCancelled,
    OrderNotConfirmed,
    OrderRejected,
)


@workflow.defn(name="order_to_cash")
class OrderToCash(Approvals):
    """From a customer's order to the money in the bank."""

    placed: OrderPlaced
    fulfilment: Fulfilment

    @workflow.init
    def __init__(self, order: PlaceOrder) -> None:
        super().__init__(order)
        self.order_id = order.order_id
        self.is_set_aside = False
        self.open_amounts: dict[UUID, Decimal] = {}
        self.prepayments: list[UUID] = []

    @workflow.run
    async def run(self, order: PlaceOrder) -> OrderClosed:
        """The whole way, as the numbers above say."""
        return await self.conduct(self.procedure(order))

    async def procedure(self, order: PlaceOrder) -> OrderClosed:
        """Steps 1 to 3 with their way back, then 4 to 7."""
        try:
            async with self.undo() as undo:
                await self.take_the_order(order, undo)
                await self.pass_credit_check(undo)
                await self.set_goods_aside(undo)
                await self.until(lambda: self.fulfilment.has_left)
        except (OrderCancelled, OrderRejected):
            return OrderClosed(order_id=self.order_id, outcome=self.now.outcome or "cancelled")
        await self.until(lambda: self.fulfilment.is_billed and self.is_paid)
        async with self.turn:
            closed = self.at("closed", outcome="closed")
            await self.step(sales.close_order, CloseOrder(order_id=self.order_id), must=True, stage=closed)
        return OrderClosed(order_id=self.order_id, outcome="closed")

    # 1. Sales writes the order down

    async def take_the_order(self, order: PlaceOrder, undo: Undo) -> None:
        """Price it, tax it, write it down; or refuse it with everything that is wrong with it."""
        undo.of(sales.place_order, sales.cancel_order, self.why_cancelled)
        self.placed = placed = await self.step(sales.place_order, order, stage=self.at("placed"))
        self.fulfilment = Fulfilment(placed)
        self.know(
            document=placed.order_number,
            party=placed.customer_code,
            amount=placed.total_amount,
            currency=placed.currency,
        )

    def why_cancelled(self) -> CancelOrder:
        """What sales is told when the order is taken back."""
        reason = self.ending.message if self.ending else "a step was refused"
        return CancelOrder(
            order_id=self.order_id, reason=reason, rejected=isinstance(self.ending, OrderRejected)
        )

    # 2. Finance checks the customer's credit

    async def pass_credit_check(self, undo: Undo) -> None:
        """Go on within the limit; over it, wait for a credit manager's decision."""
        ask = CheckCredit(
            order_id=self.order_id,
            customer_code=self.placed.customer_code,
            amount=self.placed.base_total_amount,
        )
        release = ReleaseCredit(order_id=self.order_id)
        undo.of(credit.check_credit, credit.release_credit, lambda: release)
        check = await self.step(credit.check_credit, ask)
        if check.within_limit:
            return
        exposed = f"exposure {check.exposure:,.2f} and this order {ask.amount:,.2f}"
        why = f"{exposed} are over the limit {check.credit_limit:,.2f}"
        hold = HoldOrder(order_id=self.order_id, reason=why)
        approval = Approval(subject=f"credit: {why}", role="credit manager", escalate_to="finance director")
        decision = await self.approval(
            approval, sales.hold_order, hold, stage="waiting for a credit decision"
        )
        if not decision.approved:
            self.caller = decision.by
            self.ending = OrderRejected(f"credit was refused: {decision.reason or 'no reason given'}")
            raise self.ending
        undo.of(credit.check_credit, credit.release_credit, lambda: release, per="approved")
        await self.step(credit.check_credit, ask.model_copy(update={"approved": True}), per="approved")

    @property
    def is_taken(self) -> bool:
        """Whether the order is confirmed, or held for a decision."""
        return self.is_set_aside or self.has_asked

    # 3. Inventory sets the goods aside

    async def set_goods_aside(self, undo: Undo) -> None:
        """Reserve what is there; what is short waits as a backorder. Then the order is confirmed."""
        undo.of(
            inventory.reserve_stock,
            inventory.release_reservation,
            lambda: ReleaseReservation(order_id=self.order_id),
            then=self.tell_who_was_served,
        )
        if reserve := handover.reservation(self.placed, process_id=workflow.info().workflow_id):
            reserved = await self.step(inventory.reserve_stock, reserve)
            self.fulfilment.set_aside((line.line_number, line.short_quantity) for line in reserved.lines)
        confirm = ConfirmOrder(order_id=self.order_id, shortages=self.fulfilment.shortages())
        await self.step(sales.confirm_order, confirm, stage=self.next_stage())
        self.is_set_aside = True

    async def tell_who_was_served(self, released: ReservationReleased) -> None:
        """Goods set free may serve other orders' backorders: their processes are told."""
        for served in released.served:
            await self.tell(served.process_id, "goods_set_aside", served)

    @workflow.signal(description="Stock has arrived, or was set free, for this order's backorder")
    async def goods_set_aside(self, served: ServedOrder) -> None:
        """Note what is set aside now, and whom we wait for now."""
        await workflow.wait_condition(lambda: self.is_set_aside or self.ending is not None)
        async with self.turn:
            if self.now.outcome is None and self.ending is None:
                self.fulfilment.set_aside((line.line_number, line.short_quantity) for line in served.lines)
                await self.note(self.next_stage())

    # 4. The warehouse ships

    @workflow.update(description="The warehouse confirms what it hands to the carrier")
    async def ship(self, shipment: ConfirmShipment, by: Caller) -> ShipmentConfirmed:
        """Goods leave at cost; then they are billed, if the terms say so."""
        async with self.turn:
            self.check_shipment(shipment, by)
            lines = self.fulfilment.lines_to_ship(shipment.lines)
            issued = await self.issue_goods(shipment, lines, by)
            self.fulfilment.deliver(lines)
            invoice, billed = await self.bill(shipment, issued, by)
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
        if not self.is_set_aside or self.ending or self.now.outcome:
            raise OrderNotConfirmed(f"nothing can be shipped: the order is at '{self.now.stage}'")
        self.fulfilment.lines_to_ship(shipment.lines)

    async def issue_goods(
        self, shipment: ConfirmShipment, lines: tuple[LineQuantity, ...], by: Caller
    ) -> GoodsIssued | None:
        """Goods issue for what is kept in stock, and its cost in the ledger;

        Services just count as delivered.
        """
        issue = handover.goods_issue(self.placed, self.fulfilment, shipment, lines)
        if issue is None:
            return None
        issued = await self.step(inventory.post_goods_issue, issue, per=shipment.shipment_id, by=by)
        if issued.cost:
            cost = handover.goods_cost(self.placed, shipment, issued)
            await self.step(stock_postings.post_goods_cost, cost, per=shipment.shipment_id, by=by, must=True)
        return issued

    # 5. Finance bills what was shipped

    async def bill(
        self, shipment: ConfirmShipment, issued: GoodsIssued | None, by: Caller
    ) -> tuple[InvoicePosted | None, tuple[LineQuantity, ...]]:
        """Bill this shipment, or the whole order once it has left; money that came before is used for it."""
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
        self.open_amounts[posted.invoice_id] = posted.total_amount
        for payment_id in self.prepayments:
            await self.use_prepayment(payment_id, posted, shipment, by)
        return posted, lines

    async def use_prepayment(
        self, payment_id: UUID, invoice: InvoicePosted, shipment: ConfirmShipment, by: Caller
    ) -> None:
        """Use money that was on account before there was an invoice."""
        if not self.open_amounts[invoice.invoice_id]:
            return
        allocate = AllocatePayment(
            allocation_id=uuid5(payment_id, str(invoice.invoice_id)),
            payment_id=payment_id,
            invoice_id=invoice.invoice_id,
            allocated_on=shipment.shipped_on,
        )
        per = f"{payment_id}/{invoice.invoice_id}"
        allocated = await self.step(payments.allocate_payment, allocate, per=per, by=by, must=True)
        self.settle(allocated.settled)

    # 6. We wait for the money

    @workflow.update(description="Money has arrived for this order")
    async def pay(self, payment: ReceivePayment, by: Caller) -> PaymentReceived:
        """Post the payment and settle the order's invoices; what is too much stays on account."""
        async with self.turn:
            self.check_payment(payment, by)
            post = PostPayment(
                **dict(payment), customer_code=self.placed.customer_code, order_id=self.order_id
            )
            posted = await self.step(payments.post_payment, post, per=payment.payment_id, by=by)
            if posted.on_account_amount and not self.open_amounts:
                self.prepayments.append(payment.payment_id)
            self.settle(posted.settled)
        if self.fulfilment.is_billed and self.is_paid:
            await workflow.wait_condition(lambda: self.now.outcome is not None)
        return PaymentReceived(
            **dict(self.answer()),
            payment_id=payment.payment_id,
            payment_number=posted.payment_number,
            open_amount=sum(self.open_amounts.values(), Decimal(0)),
            on_account_amount=posted.on_account_amount,
        )

    @pay.validator
    def check_payment(self, payment: ReceivePayment, by: Caller) -> None:
        """Refuses: OrderNotConfirmed."""
        del payment, by
        if not self.is_taken or self.ending or self.now.outcome:
            raise OrderNotConfirmed(
                f"the order is at '{self.now.stage}' and takes no payment; other money goes to /v1/payments"
            )

    @workflow.signal(description="One of this order's invoices was settled by other money of the customer")
    async def invoice_settled(self, settled: SettledInvoice) -> None:
        """Note what is open now."""
        self.settle((settled,))

    def settle(self, settled: tuple[SettledInvoice, ...]) -> None:
        """Note what is open; news may arrive out of order, and an invoice only ever gets less open."""
        for invoice in settled:
            known = self.open_amounts.get(invoice.invoice_id, invoice.open_amount)
            self.open_amounts[invoice.invoice_id] = min(known, invoice.open_amount)

    @property
    def is_paid(self) -> bool:
        """Whether nothing is open on any invoice."""
        return not any(self.open_amounts.values())

    # Commands at any stage

    @workflow.update(description="Wait until the order is confirmed, or held for a credit decision")
    async def confirmed(self) -> OrderProgress:
        """What the caller who places an order waits for. Refuses what the order was refused for."""
        await self.reached(lambda: self.is_taken)
        return self.answer()

    @workflow.update(description="Cancel the order, while no goods have left")
    async def cancel(self, cancellation: Cancellation, by: Caller) -> OrderClosed:
        """Turn back: release what is set aside, set the credit free, close the order. Nothing was posted."""
        async with self.turn:
            self.check_cancellation(cancellation, by)
            self.caller = by
            self.ending = OrderCancelled(cancellation.reason)
        await workflow.wait_condition(lambda: self.now.outcome is not None)
        return OrderClosed(order_id=self.order_id, outcome=self.now.outcome or "")

    @cancel.validator
    def check_cancellation(self, cancellation: Cancellation, by: Caller) -> None:
        """Refuses: GoodsHaveLeft, OrderCancelled."""
        del cancellation, by
        if self.ending is not None:
            raise OrderCancelled(f"the order is already on its way back: {self.ending.message}")
        if hasattr(self, "fulfilment") and self.fulfilment.has_left:
            raise GoodsHaveLeft(f"goods have left for {self.placed.order_number}: agree on a return instead")

    def on_cancellation_requested(self) -> None:
        """A cancellation from the Temporal Web UI is the same as one through the API, and no more."""
        if self.ending is None and not (hasattr(self, "fulfilment") and self.fulfilment.has_left):
            self.ending = OrderCancelled("cancelled by an operator")

    # Where it stands

    def next_stage(self) -> Stage:
        """What the order waits for now, and on whom."""
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
            request_hash=self.request_hash,
        )

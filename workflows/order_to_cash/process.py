"""Order to cash: from a customer's order to the money in the bank.

1. Sales writes the order down, with its prices, taxes and terms.
2. Finance checks the customer's credit. Over the limit a credit manager decides who did not enter the order.
3. Inventory sets the goods aside. What is short is a backorder, served when stock arrives, oldest first.
4. The warehouse ships, once or several times: goods leave at cost, and the cost of goods sold is posted.
5. Finance bills what was shipped, as the customer's terms say (`billing`).
6. We wait for the money: in full, in parts, with cash discount, or too much.
7. Delivered, billed and paid, the order is closed.

Before goods have left, the order can be amended (`amending`), or cancelled: what was done is taken back, last
first, and nothing is posted. After that a cancellation has the goods returned, credits what was billed and
gives back what was paid (`cancelling`); a step that cannot be done waits, and shows why, until it can.
"""

from temporalio import workflow

from activities import inventory, sales
from activities.ledger import checks, payments
from activities.receivables import credit
from domains.inventory.messages import ReleaseReservation, ServedOrder
from domains.ledger.messages import CheckEntries, ReceivePayment, ReopenedInvoice, SettledInvoice
from domains.receivables.messages import DebitNotesChanged, OrderShare, ReleaseCredit
from domains.sales import messages
from domains.sales.messages import BillDelivered, CloseRest, TakeInvoiceBack, TakeShipmentBack
from foundation.operations.mailbox import Event, command, fact
from foundation.process.approvals import Approvals
from foundation.process.next_run import known
from foundation.process.rehearsing import CommandRehearsed, Rehearsed, rehearsed
from foundation.process.undo import Undo
from workflows.order_to_cash import amending, answers, billing, requests, returning, taking_back, translation
from workflows.order_to_cash.cancellation_plan import follow_to_its_end
from workflows.order_to_cash.cancelling import Cancelling, before_it_is_undone
from workflows.order_to_cash.facts import OrderFacts, OrderSoFar
from workflows.order_to_cash.refusals import OrderCancelled, OrderRejected


@workflow.defn(name="order_to_cash")
class OrderToCash(Approvals):
    """From a customer's order to the money in the bank."""

    ship = command("ship", messages.ConfirmShipment, "The warehouse confirms what it hands to the carrier")
    pay = command("pay", ReceivePayment, "Money has arrived for this order")
    amend = command(
        "amend", messages.AmendOrder, "Other quantities, other lines, another day", kept_first=True
    )
    cancel = command("cancel", messages.Cancellation, "Cancel the order, at any stage", kept_first=True)
    bill = command("bill", BillDelivered, "Bill now what has left, whatever the terms say", kept_first=True)
    close_rest = command("close_rest", CloseRest, "What has not left is wanted no more", kept_first=True)
    shipment_back = command(
        "take_shipment_back", TakeShipmentBack, "Its goods have not left", kept_first=True
    )
    invoice_back = command(
        "take_invoice_back", TakeInvoiceBack, "Credit it, to bill it again", kept_first=True
    )
    goods_set_aside = fact("goods_set_aside", ServedOrder, "Stock was set aside for the order's backorder")
    invoice_settled = fact("invoice_settled", SettledInvoice, "Other money has settled an invoice")
    invoice_reopened = fact("invoice_reopened", ReopenedInvoice, "What had settled an invoice was taken back")
    billed_collectively = fact("billed_collectively", OrderShare, "A collective invoice has billed the order")
    debit_notes_changed = fact("debit_notes_changed", DebitNotesChanged, "More was charged on an invoice")
    return_ended = fact("return_ended", messages.ReturnEnded, "A return of this order has ended")

    @workflow.init
    def __init__(self, order: messages.PlaceOrder | OrderSoFar) -> None:
        super().__init__(order)
        self.order, self.facts = known(order, lambda order: OrderFacts(order.order_id))
        self.cancelling: Cancelling | None = None

    @workflow.run
    async def run(self, order: messages.PlaceOrder | OrderSoFar) -> messages.OrderClosed:
        """The whole way, as the numbers above say; or on from where an earlier run has come to."""
        await self.conduct(self.procedure(self.order))
        return messages.OrderClosed(order_id=self.order.order_id, outcome=self.now.outcome or "cancelled")

    async def procedure(self, order: messages.PlaceOrder) -> None:
        """Steps 1 to 3 with their way back, then 4 to 7."""
        try:
            async with self.undo() as undo:
                await self.take_the_order(order, undo)
                await self.pass_credit_check(undo)
                await self.set_goods_aside(undo)
                await self.rest_until(lambda: self.facts.has_left)
        except (OrderCancelled, OrderRejected):
            return
        while not self.facts.is_done:
            await self.rest_until(lambda: self.facts.is_done or self.facts.cancellation is not None)
            if self.cancelling and await self.cancelling.carry_out():
                return
            self.cancelling = None
        await billing.close_order(self, self.facts)

    async def take(self, event: Event) -> None:
        """What is asked for and told on the way, one after the other."""
        match event.message:
            case messages.ConfirmShipment() as shipment:
                await self.deliver_and_bill(shipment, event)
            case ReceivePayment() as payment:
                await self.receive(payment, event)
            case messages.AmendOrder() as wanted:
                await amending.amend(self, self.facts, wanted, event)
            case BillDelivered() | CloseRest() | TakeShipmentBack() | TakeInvoiceBack() as wanted:
                await requests.carry_out(self, self.facts, wanted, event)
            case messages.Cancellation() as cancellation:
                self.cancelling = await Cancelling.begin(self, self.facts, cancellation, event)
            case ServedOrder() as served:
                await answers.hear_set_aside(self, self.facts, served, event.number)
            case SettledInvoice() as settled:
                self.facts.hear_settled(settled, event.number)
            case ReopenedInvoice() | DebitNotesChanged() as changed:
                await taking_back.hear_changed(self, self.facts, changed, event.number)
            case OrderShare() as share:
                await billing.note_share(self, self.facts, share)
            case messages.ReturnEnded() as ended:
                await returning.take_back(self, self.facts, ended)
            case None if not (self.facts.has_left or self.facts.cancellation):
                self.ending = OrderCancelled(event.kind)
            case None:
                await self.note(answers.not_cancelled_by_operator(self.facts, self.now))

    async def take_the_order(self, order: messages.PlaceOrder, undo: Undo) -> None:
        """1. Price it, tax it, write it down; or refuse it with everything that is wrong with it."""
        undo.of(sales.place_order, sales.cancel_order, lambda: answers.why(self.facts, self.ending))
        undo.before_all(lambda: before_it_is_undone(self, self.facts, self.cancelling))
        if not self.facts.is_placed:
            self.facts.place(await self.step(sales.place_order, order, stage=self.at("placed")))
        answers.introduce(self, self.facts)

    async def pass_credit_check(self, undo: Undo) -> None:
        """2. Go on within the limit; over it, wait for a credit manager's decision."""
        ask = translation.credit_check(self.facts.placed)
        release = ReleaseCredit(order_id=ask.order_id)
        undo.of(credit.check_credit, credit.release_credit, lambda: release)
        if self.has_asked:
            undo.of(credit.check_credit, credit.release_credit, lambda: release, per="approved")
        if self.facts.is_set_aside or (check := await self.step(credit.check_credit, ask)).within_limit:
            return
        approval, hold = answers.credit_approval(ask, check)
        asked = self.approval(approval, sales.hold_order, hold, stage=answers.WAITS_FOR_CREDIT)
        decision = await self.serve_while(asked, later={"goods_set_aside"})
        if not decision.approved:
            self.caller, self.ending = decision.by, answers.rejected(decision)
            raise self.ending
        undo.of(credit.check_credit, credit.release_credit, lambda: release, per="approved")
        await self.step(credit.check_credit, ask.model_copy(update={"approved": True}), per="approved")

    async def set_goods_aside(self, undo: Undo) -> None:
        """3. Reserve what is there; what is short waits as a backorder. Then the order is confirmed."""
        release = ReleaseReservation(order_id=self.facts.order_id)
        undo.of(inventory.reserve_stock, inventory.release_reservation, lambda: release)
        if self.facts.is_set_aside:
            return
        if reserve := translation.reservation(self.facts.placed, process_id=self.id):
            self.facts.reserve((await self.step(inventory.reserve_stock, reserve)).lines)
        confirm = translation.confirmation(self.facts.order_id, self.facts.fulfilment)
        await self.step(sales.confirm_order, confirm, stage=answers.next_stage(self, self.facts))
        self.facts.is_set_aside = True
        await self.say_whether_taken(True)

    async def deliver_and_bill(self, shipment: messages.ConfirmShipment, event: Event) -> None:
        """4. and 5. Goods issue for what is kept in stock; services just count as delivered."""
        facts, per, by = self.facts, shipment.shipment_id, event.caller
        if facts.may_ship_otherwise(shipment):
            await self.written_into_history("The shipment")
        lines = facts.fulfilment.lines_to_ship(shipment.lines)
        check = CheckEntries(field="shipped_on", entries=billing.planned(facts, shipment.shipped_on))
        issue = translation.goods_issue(facts.placed, facts.fulfilment, shipment, lines, check.entries)
        issued = await self.step(inventory.post_goods_issue, issue, per=per, by=by) if issue else None
        if issued is None:
            await self.step(checks.check_entries, check, per=per, by=by)
        facts.deliver(shipment.shipment_id, lines, shipment.shipped_on)
        invoice, billed = await billing.bill(self, facts, billing.Shipped(shipment, issued, lines, by))
        record = messages.RecordFulfilment(order_id=facts.order_id, delivered=lines, billed=billed)
        stage = answers.next_stage(self, facts)
        await self.step(sales.record_fulfilment, record, per=per, by=by, must=True, stage=stage)
        event.answer_with(answers.shipped(facts, self.now, shipment, issued, invoice))

    async def receive(self, payment: ReceivePayment, event: Event) -> None:
        """6. Post the payment and settle the order's invoices; what is too much stays on account."""
        per, post = payment.payment_id, translation.payment(self.facts.placed, payment)
        posted = await self.step(payments.post_payment, post, per=per, by=event.caller)
        self.facts.pay(posted, per)
        self.answer_when(event, self.facts.is_done, lambda: answers.paid(self.facts, self.now, posted, per))

    @workflow.query(description="What a cancellation would take back now, and what would remain")
    def plan_cancellation(self, asked: CommandRehearsed) -> Rehearsed:
        """The dry run, to the end of what the cancellation comes to."""
        return rehearsed(self, asked, follow_to_its_end)

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: before goods have left, and without effect after that."""
        self.mailbox.put(Event("cancelled by an operator", None, 0))

    @property
    def has_begun(self) -> bool:
        """Whoever places an order waits until it is confirmed, or held for a decision."""
        return self.facts.is_set_aside or self.has_asked

    def answer(self) -> messages.OrderProgress:
        """Where the order stands, for whoever just placed it."""
        return answers.progress(self.facts, self.now)

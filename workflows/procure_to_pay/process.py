"""Procure to pay: from what we order to what we have paid for it.

1. Procurement writes the order down: prices, taxes, terms. Where a policy says so, people say yes to it. Then
   the supplier is told of it, and again whenever what it was told has changed.
2. The goods come, at once or in parts. Inventory takes them in at the order's price; what is owed for them is
   goods received, not invoiced.
3. The supplier's invoice is matched with the order and with what has come, and posted. What differs by more
   than is tolerated blocks it: it waits, and is posted when a receipt, a credit note or another price of the
   order cures it, or when somebody who has not entered it accepts it; or it is rejected.
4. It is paid, at once or in parts. Then the order has ended, and what of it never came commits no budget.

Before anything has come the order can be cancelled; after that, what is still to come. A receipt that was a
mistake is taken back here. A step that cannot be done waits, and shows why, until it can.
"""

from uuid import UUID

from temporalio import workflow

from activities import inventory
from activities.ledger import open_items
from activities.procurement import purchase_orders
from domains.inventory.messages import ReverseStockDocument
from domains.inventory.messages.vendor_returns import GoodsSentBack, VendorReturnTakenBack
from domains.ledger.messages import FindOpen, ReopenedInvoice, SettledInvoice
from domains.payables.messages import EnterInvoice, TakeSupplierInvoiceBack
from domains.payables.messages.blocks import AcceptInvoice, EnterCredit, RejectInvoice
from domains.payables.messages.goods_write_offs import GoodsWriteOffNews
from domains.procurement import messages
from foundation.operations.mailbox import Event, command, fact
from foundation.process.approvals import Approvals
from foundation.process.next_run import known
from foundation.process.undo import Undo
from foundation.runtime import visibility
from foundation.values.messages import Stage
from workflows.procure_to_pay import approving, invoicing, issuing, returning, translation
from workflows.procure_to_pay.facts import PurchaseFacts, PurchaseSoFar
from workflows.procure_to_pay.invoicing import AboutInvoices
from workflows.procure_to_pay.refusals import PurchaseOrderCancelled


@workflow.defn(name="procure_to_pay")
class ProcureToPay(Approvals):
    """From what we order to what we have paid for it."""

    kind = "Purchase order"

    receive = command("receive", messages.ReceiveGoods, "Goods of the order have come")
    receipt_back = command("take_receipt_back", messages.TakeReceiptBack, "They have not", kept_first=True)
    change_prices = command("change_prices", messages.ChangePrices, "Other prices hold", kept_first=True)
    enter_invoice = command("enter_invoice", EnterInvoice, "The supplier's invoice has come", kept_first=True)
    enter_credit = command("enter_credit", EnterCredit, "A blocked invoice is credited", kept_first=True)
    accept_invoice = command("accept_invoice", AcceptInvoice, "A blocked one is right", kept_first=True)
    reject_invoice = command("reject_invoice", RejectInvoice, "A blocked invoice goes back to the supplier")
    invoice_back = command("take_invoice_back", TakeSupplierInvoiceBack, "It was wrong", kept_first=True)
    cancel = command("cancel", messages.PurchaseCancellation, "The rest is wanted no more", kept_first=True)

    goods_sent_back = fact("goods_sent_back", GoodsSentBack, "Goods have gone back to the supplier")
    return_taken_back = fact("return_taken_back", VendorReturnTakenBack, "They have not")
    goods_written_off = fact("goods_written_off", GoodsWriteOffNews, "They are never billed, or are")
    invoice_settled = fact("invoice_settled", SettledInvoice, "An invoice of the supplier was paid")
    invoice_reopened = fact("invoice_reopened", ReopenedInvoice, "What had paid an invoice was taken back")

    @workflow.init
    def __init__(self, order: messages.PlacePurchaseOrder | PurchaseSoFar) -> None:
        super().__init__(order)
        self.order, self.facts = known(order, PurchaseFacts.of)

    @workflow.run
    async def run(self, order: messages.PlacePurchaseOrder | PurchaseSoFar) -> str:
        """The whole way, as the numbers above say; or on from where an earlier run has come to."""
        await self.conduct(self.procedure(self.order))
        return self.now.outcome or "cancelled"

    async def procedure(self, order: messages.PlacePurchaseOrder) -> None:
        """Step 1 with its way back, then 2 to 4."""
        try:
            async with self.undo() as undo:
                await self.place(order, undo)
                await approving.be_approved(self, self.facts)
                await issuing.tell_the_supplier(self, self.facts, undo)
                await self.rest_until(lambda: self.facts.is_under_way)
        except PurchaseOrderCancelled:
            return
        await self.rest_until(lambda: self.facts.is_done)
        if self.facts.must_end:
            ends, end = purchase_orders.end_purchase_order, self.facts.end()
            await self.step(ends, end, must=True, stage=self.waits())

    async def take(self, event: Event) -> None:
        """What is asked for on the way, one after the other."""
        match event.message:
            case messages.ReceiveGoods() as receive:
                await self.take_goods_in(receive, event)
            case messages.TakeReceiptBack() as back:
                await self.take_receipt_back(back, event)
            case EnterInvoice() | EnterCredit() | AcceptInvoice() | RejectInvoice() as about:
                await self.about_invoices(about, event)
            case TakeSupplierInvoiceBack() | messages.ChangePrices() as about:
                await self.about_invoices(about, event)
            case SettledInvoice() | ReopenedInvoice() as news:
                await self.ask_what_is_open(news.invoice_id, event.number)
            case GoodsSentBack() | VendorReturnTakenBack() | GoodsWriteOffNews() as news:
                await returning.hear(self, self.facts, news)
                await self.stand_as_it_is()
            case messages.PurchaseCancellation() as cancellation:
                await self.cancel_the_rest(cancellation, event)
            case None if not self.facts.is_under_way:
                self.ending = PurchaseOrderCancelled(event.kind)

    async def place(self, order: messages.PlacePurchaseOrder, undo: Undo) -> None:
        """1. Price it, tax it, write it down; or refuse it with everything that is wrong with it."""
        undo.of(
            purchase_orders.place_purchase_order,
            purchase_orders.cancel_purchase_order,
            lambda: self.facts.cancel(self.ending.message if self.ending else "a step was refused"),
        )
        if self.facts.order is None:
            stage = self.at("waiting for goods", waiting_on="warehouse")
            self.facts.order = await self.step(purchase_orders.place_purchase_order, order, stage=stage)
        placed = self.facts.placed
        self.party = visibility.named(placed.supplier_name, placed.supplier_code)
        self.know(document=placed.order_number, party=placed.supplier_code)
        self.know(amount=placed.total_amount, currency=placed.currency)
        await self.say_whether_taken(True)

    async def take_goods_in(self, receive: messages.ReceiveGoods, event: Event) -> None:
        """2. Stock at the order's price against goods received, not invoiced; then the order notes it."""
        facts, per, by = self.facts, receive.receipt_id, event.caller
        lines = facts.lines_of(receive)
        receipt = translation.stock_receipt(facts.placed, receive, lines, process_id=self.id)
        received = await self.step(inventory.receive_stock, receipt, per=per, by=by)
        facts.receive(received, lines)
        record = messages.RecordReceipt.of(facts.order_id, lines)
        await self.step(purchase_orders.record_receipt, record, per=per, by=by, must=True, stage=self.waits())
        await invoicing.match_again(self, facts, receive.received_on, per, by)
        await self.stand_as_it_is()
        event.answer_with(facts.received_with(received, self.now))

    async def take_receipt_back(self, back: messages.TakeReceiptBack, event: Event) -> None:
        """Its goods leave again at the value that they came with, and are still to come."""
        facts, per, by = self.facts, back.reversal_id, event.caller
        asked = back.model_dump(exclude={"receipt_id"})
        reverse = ReverseStockDocument(document_id=back.receipt_id, **asked)
        reversed_ = await self.step(inventory.reverse_receipt, reverse, per=per, by=by)
        lines = facts.receipts.pop(back.receipt_id).lines
        so_far = {"rest_is_cancelled": facts.rest_is_cancelled, "is_billed": facts.is_billed}
        record = messages.RecordReceipt.of(facts.order_id, lines, is_back=True, **so_far)
        await self.step(purchase_orders.record_receipt, record, per=per, by=by, must=True, stage=self.waits())
        await invoicing.match_again(self, facts, back.reversed_on, per, by)
        await self.stand_as_it_is()
        event.answer_with(reversed_)

    async def about_invoices(self, about: AboutInvoices, event: Event) -> None:
        """3. What matches is posted and owed; what does not waits until it does, or a person decides."""
        answer = await invoicing.answer(self, self.facts, about, event)
        await self.stand_as_it_is()
        event.answer_with(answer)

    async def ask_what_is_open(self, invoice_id: UUID, number: int) -> None:
        """An invoice was paid, or what had paid it was taken back. News may come twice and late: how much is
        open, the books say.
        """
        find = FindOpen(invoice_id=invoice_id)
        found = await self.step(open_items.find_open, find, per=f"news {number}", must=True)
        self.facts.hear_open(found.invoice_id, found.open_amount)
        await self.stand_as_it_is()

    async def cancel_the_rest(self, cancellation: messages.PurchaseCancellation, event: Event) -> None:
        """All of it, when nothing has come or was billed: then the process turns back. Or the rest."""
        if not self.facts.is_under_way:
            self.caller, self.ending = event.caller, PurchaseOrderCancelled(cancellation.reason)
            self.answer_when(event, True, self.answer)
            return
        cancel, why, by = self.facts.cancel(cancellation.reason), cancellation.reason, event.caller
        self.facts.rest_is_cancelled, self.facts.why_cancelled = True, why
        await issuing.tell_what_has_changed(self, self.facts, why, per="rest", by=by)
        await self.step(purchase_orders.cancel_purchase_order, cancel, by=by, must=True, stage=self.waits())
        self.answer_when(event, self.facts.is_done, self.answer)

    async def stand_as_it_is(self) -> None:
        """What was told, or done without a stage, may have changed what the order waits for."""
        now, was = self.waits(), self.now
        if (now.stage, now.waiting_on, now.why) != (was.stage, was.waiting_on, was.why):
            await self.note(now)

    def waits(self) -> Stage:
        """What the order waits for now, and on whom."""
        stage, waiting_on = self.facts.waits_for()
        ended = None if waiting_on else "cancelled" if self.facts.is_cancelled else "closed"
        return self.at(stage, waiting_on=waiting_on, outcome=ended, why=self.facts.why())

    @property
    def has_begun(self) -> bool:
        """Whoever orders waits until it is ordered, or waits for an approval."""
        return self.facts.is_issued or self.has_asked

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: before anything has come, and without effect after that."""
        self.mailbox.put(Event("cancelled by an operator", None, 0))

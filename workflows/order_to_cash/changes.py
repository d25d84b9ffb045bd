"""The order is changed on its way: amended before it is shipped, or cancelled at any stage.

Cancelled before goods have left, what was done is taken back, last first, and nothing was posted. After that:

1. What has not left is released, and the credit for it set free.
2. A return is started for what has left: the goods come back (or stay), what was billed is credited, and what
   was paid for it is refunded or kept on account. Came all of it back before, the freight is credited.
3. Money that came for the order and was not needed is refunded, or kept on account.
4. Sales closes the order as cancelled. When not everything came back, or the return was called off, the order
   goes on with what the customer has kept.
"""

from uuid import UUID, uuid5

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities import inventory, sales
from activities.receivables import billed, credit
from domains.inventory.messages import AmendReservation, ReleaseReservation
from domains.ledger.messages import PostRefund
from domains.receivables.messages import (
    CheckCredit,
    CreditNotePosted,
    FindBilled,
    PostCreditNote,
    ReleaseCredit,
)
from domains.sales.messages import (
    AmendOrder,
    AuthoriseReturn,
    Cancellation,
    CancellationAnswered,
    CancellationPlan,
    CancelOrder,
    ConfirmOrder,
    Goods,
    OrderAmended,
    PlaceOrder,
    Resolution,
    ReturnEnded,
    RunReturn,
)
from domains.sales.rules.fulfilment import Fulfilment
from foundation.messages import Caller
from workflows.customer_return.crediting import Crediting
from workflows.order_to_cash import handover, planning
from workflows.order_to_cash.collective import Collective
from workflows.order_to_cash.refusals import (
    NotAmendable,
    OrderCancelled,
    OverCreditLimit,
)


class Changes(Collective, Crediting):
    """Amended, or cancelled."""

    def __init__(self, order: PlaceOrder) -> None:
        super().__init__(order)
        self.cancellation: Cancellation | None = None
        self.cancellations = 0
        self.return_id: UUID | None = None
        """The return that a cancellation waits for."""
        self.returns: dict[UUID, ReturnEnded] = {}
        self.called_off: ApplicationError | None = None
        """Why the last cancellation was refused on its way."""

    # Amended

    @workflow.update(description="The order is wanted otherwise: other quantities, other lines, another day")
    async def amend(self, amend: AmendOrder, by: Caller) -> OrderAmended:
        """Price it anew, check the credit, set aside what is wanted now; then it is written.

        Refuses: NotAmendable, OverCreditLimit, and what a new order would be refused for; nothing is changed
        then.
        """
        async with self.turn:
            self.check_amendment(amend, by)
            per = amend.amendment_id
            priced = await self.step(sales.price_amendment, amend, per=per, by=by)
            ask = CheckCredit(
                order_id=self.order_id,
                customer_code=self.placed.customer_code,
                amount=priced.order.base_total_amount,
            )
            check = await self.step(credit.check_credit, ask, per=per, by=by)
            if not check.within_limit and ask.amount > self.placed.base_total_amount:
                raise OverCreditLimit(
                    f"exposure {check.exposure:,.2f} and this order {ask.amount:,.2f} would be over the "
                    f"limit {check.credit_limit:,.2f}: nothing was changed"
                )
            if not check.within_limit:
                # Less than before is always welcome, but it is what counts from now on.
                less = ask.model_copy(update={"approved": True})
                await self.step(credit.check_credit, less, per=f"{per}/less", by=by)
            amended = await self.step(sales.amend_order, amend, per=per, by=by, must=True)
            self.placed, self.fulfilment = amended.order, Fulfilment(amended.order)
            self.know(amount=amended.order.total_amount)
            await self.set_aside_as_amended(per, by)
        return amended

    @amend.validator
    def check_amendment(self, amend: AmendOrder, by: Caller) -> None:
        """Refuses: NotAmendable, ProcessHeld."""
        del amend, by
        self.check_not_held()
        if not self.is_set_aside or self.ending or self.now.outcome:
            raise NotAmendable(f"the order is at '{self.now.stage}' and cannot be changed")
        if self.fulfilment.has_left:
            raise NotAmendable("goods have left for this order: place another, or agree on a return")

    async def set_aside_as_amended(self, per: UUID, by: Caller) -> None:
        """Reserve what is wanted more, release what is wanted less, and tell sales what is short."""
        lines = handover.lines_to_reserve(self.placed)
        amend = AmendReservation(
            order_id=self.order_id,
            process_id=workflow.info().workflow_id,
            warehouse_code=self.placed.warehouse_code,
            ordered_on=self.placed.ordered_on,
            lines=lines,
        )
        reserved = await self.step(inventory.amend_reservation, amend, per=per, by=by, must=True)
        self.fulfilment.set_aside(
            ((line.line_number, line.short_quantity) for line in reserved.lines), number=reserved.number
        )
        confirm = ConfirmOrder(order_id=self.order_id, shortages=self.fulfilment.shortages())
        stage = self.next_stage()
        await self.step(sales.confirm_order, confirm, per=per, by=by, must=True, stage=stage)

    # Cancelled

    @workflow.query(description="What a cancellation would take back now, and what would remain")
    def plan_cancellation(self, cancellation: Cancellation) -> CancellationPlan:
        """The dry run."""
        return planning.plan(self, cancellation)

    @workflow.update(description="Cancel the order, at any stage")
    async def cancel(self, cancellation: Cancellation, by: Caller) -> CancellationAnswered:
        """Turn back. Answers when the order is cancelled, or when it waits for goods to come back."""
        async with self.turn:
            self.check_cancellation(cancellation, by)
            self.caller, self.cancellation, self.called_off = by, cancellation, None
            self.ending = OrderCancelled(cancellation.reason)
        await workflow.wait_condition(
            lambda: self.now.outcome is not None or self.return_id is not None or self.ending is None
        )
        if self.called_off is not None and self.now.outcome is None:
            raise self.called_off
        return CancellationAnswered(
            order_id=self.order_id,
            outcome=self.now.outcome or "cancelling",
            stage=self.now.stage,
            return_id=self.return_id,
        )

    @cancel.validator
    def check_cancellation(self, cancellation: Cancellation, by: Caller) -> None:
        """Refuses: OrderCancelled, also when nothing is left but to close it; ProcessHeld."""
        del cancellation, by
        self.check_not_held()
        if self.ending is not None or self.now.outcome is not None:
            why = self.ending.message if self.ending is not None else self.now.outcome
            raise OrderCancelled(f"the order is already on its way back, or over: {why}")
        if self.is_done:
            raise OrderCancelled("the order is delivered, billed and paid: agree on a return")

    async def cancel_after_delivery(self) -> bool:
        """Take back what has left, as told above. Answers whether the order is cancelled with that."""
        self.cancellations += 1
        try:
            ended = await self.have_it_returned()
        except ApplicationError as refusal:
            self.ending, self.called_off = None, refusal
            return False
        if ended is not None:
            await self.when_told(ended)
        async with self.turn:
            if ended is not None and not self.came_back_wholly(ended):
                self.ending, self.return_id = None, None
                self.fulfilment.give_up_rest()
                await self.note(self.next_stage())
                return False
            if ended is None:
                await self.credit_freight()
            await self.withdraw_freight(f"cancellation {self.cancellations}")
            await self.give_money_back()
            reason = self.cancellation.reason if self.cancellation else ""
            cancel = CancelOrder(order_id=self.order_id, reason=reason, after_delivery=True)
            cancelled = self.at("cancelled", outcome="cancelled")
            await self.step(sales.cancel_order, cancel, per="after delivery", must=True, stage=cancelled)
        return True

    async def have_it_returned(self) -> ReturnEnded | None:
        """Start a return of what has left, and wait for its end; None when all of it came back before.

        Refuses what the return is refused for; nothing is changed then.
        """
        per = f"cancellation {self.cancellations}"
        if self.fulfilment.all_came_back:
            async with self.turn:
                await self.release_the_rest(per)
            return None
        ask = self.asked_return(uuid5(self.order_id, per))
        async with self.turn:
            authorised = await self.step(sales.authorise_return, ask, per=per)
            await self.release_the_rest(per)
            process = workflow.info().workflow_id
            await self.begin(
                "customer_return",
                ask.return_id,
                RunReturn(**dict(ask), authorised=authorised, process_of_order=process),
                party=self.placed.customer_code,
                summary=f"Return of {self.placed.order_number}",
            )
            if not ask.goods_stay:
                await self.note(self.at("waiting for goods to come back", waiting_on="warehouse"))
        self.return_id = ask.return_id
        await workflow.wait_condition(lambda: ask.return_id in self.returns)
        return self.returns[ask.return_id]

    def asked_return(self, return_id: UUID) -> AuthoriseReturn:
        """The return that the cancellation asks for."""
        cancellation = self.cancellation
        assert cancellation is not None
        return AuthoriseReturn(
            return_id=return_id,
            order_id=self.order_id,
            authorised_on=cancellation.cancelled_on,
            reason=cancellation.reason,
            resolution=cancellation.money,
            cancels_order=True,
            goods_stay=cancellation.goods is Goods.STAY,
        )

    async def release_the_rest(self, per: str) -> None:
        """What has not left is wanted no more."""
        release = ReleaseReservation(order_id=self.order_id)
        await self.step(inventory.release_reservation, release, per=per, must=True)
        free = ReleaseCredit(order_id=self.order_id)
        await self.step(credit.release_credit, free, per=per, must=True)

    def came_back_wholly(self, ended: ReturnEnded) -> bool:
        """Whether nothing of the order is left with the customer; goods that may stay count as come back."""
        assert self.cancellation is not None
        if self.cancellation.goods is Goods.STAY:
            return ended.outcome == "closed"
        return self.fulfilment.all_came_back

    async def credit_freight(self) -> None:
        """All goods came back before, by returns that left the freight charged: it is credited as well."""
        assert self.cancellation is not None
        find = FindBilled(order_id=self.order_id)
        per = f"cancellation {self.cancellations}"
        found = await self.step(billed.find_billed, find, per=per, must=True)
        for note in handover.freight_credits(found, self.cancellation):
            posted = await self.credit_invoice(note)
            if posted.on_account_amount and self.cancellation.money is Resolution.REFUND:
                await self.pay_back_credit(posted)

    async def credit_invoice(self, note: PostCreditNote) -> CreditNotePosted:
        """An invoice is less open: this order's, or one over several, which has a process of its own."""
        posted = await super().credit_invoice(note)
        if posted.settled is not None and posted.settled.process_id == workflow.info().workflow_id:
            self.settle((posted.settled,))
        return posted

    async def give_money_back(self) -> None:
        """Refund what came for the order and is still on account, if the cancellation says so."""
        if self.cancellation is None or self.cancellation.money is not Resolution.REFUND:
            return
        for payment_id in self.payments:
            refund = PostRefund(
                refund_id=uuid5(payment_id, "refund"),
                payment_id=payment_id,
                refunded_on=self.cancellation.cancelled_on,
                reference=self.placed.order_number,
            )
            await self.pay_back(refund, per=payment_id)

    @workflow.signal(description="A return of this order has ended")
    async def return_ended(self, ended: ReturnEnded) -> None:
        """Note what came back, and what of it will never be billed."""
        if ended.return_id not in self.returns:
            self.fulfilment.take_back(((x.line_number, x.quantity) for x in ended.lines), ended.unbilled)
            self.note_credits(ended)
            self.returns[ended.return_id] = ended
            if self.is_collective:
                await self.stand_as_it_is()

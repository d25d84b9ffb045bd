"""Customer return: goods come back, and the customer gets its money, or other goods.

1. Sales authorises it: what may come back, and what the customer gets for it.
2. The goods arrive, and the warehouse inspects them: fit to be sold again, or scrapped.
3. Inventory takes them back at what they cost when they left, and posts it.
4. Finance credits what was billed of them, invoice by invoice; what was to be billed with its month is not.
5. What was paid for them is refunded, or stays on the customer's account; or the same goods are sent again,
   free of charge, and nothing is credited, unless that order is refused.
6. Sales closes the return, and the order is told.

Until the goods have arrived the return can be cancelled. After that there is no way back: a step that cannot
be done waits, and shows why, until it can. When the customer keeps the goods, steps 2 and 3 are left out.
"""

from uuid import uuid5

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities import inventory, sales
from activities.ledger import checks
from domains.ledger.messages import CheckEntries
from domains.sales.messages import (
    CancelReturn,
    CloseReturn,
    InspectReturn,
    Resolution,
    ReturnCancellation,
    ReturnEnded,
    RunReturn,
)
from foundation.operations.mailbox import Event, command
from foundation.process.undo import Undo
from foundation.values.errors import ProcessEnded
from workflows.customer_return import crediting, translation
from workflows.customer_return.crediting import BilledGoods
from workflows.customer_return.refusals import ReturnCancelled
from workflows.customer_return.return_process import ReturnProcess


@workflow.defn(name="customer_return")
class CustomerReturn(ReturnProcess):
    """Goods come back, and the customer gets its money, or other goods."""

    kind = "Return"

    inspect = command(
        "inspect", InspectReturn, "The warehouse tells what came back, and in which state", kept_first=True
    )
    cancel = command("cancel", ReturnCancellation, "The goods do not come after all")

    @workflow.init
    def __init__(self, asked: RunReturn) -> None:
        super().__init__(asked)

    @workflow.run
    async def run(self, asked: RunReturn) -> ReturnEnded:
        """The whole way, as the numbers above say."""
        return await self.conduct(self.procedure(asked))

    async def procedure(self, asked: RunReturn) -> ReturnEnded:
        """Steps 1 and 2 with their way back, then 3 to 6."""
        try:
            async with self.undo() as undo:
                await self.authorise(asked, undo)
                await self.serve_until(lambda: self.inspection is not None)
        except ApplicationError as turned_back:
            if not self.is_authorised:
                raise  # No order waits for it.
            ended = await self.tell_orders("cancelled")
            if turned_back is not self.ending:
                raise
            return ended
        assert self.inspection is not None
        if not asked.goods_stay:
            await self.take_goods_back(self.inspection)
        for goods in translation.goods_to_credit(asked, self.authorised, self.received):
            if asked.resolution is not Resolution.REPLACE or not await self.send_again(goods):
                await self.credit(goods)
        close = CloseReturn(return_id=asked.return_id, lines=self.received)
        stage = self.at("closed", outcome="closed", amount=self.credited.credited_amount)
        await self.step(sales.close_return, close, must=True, stage=stage)
        return await self.tell_orders("closed")

    def check_takes(self, kind: str) -> None:
        """Until the goods have arrived; then the return goes on to its end by itself."""
        super().check_takes(kind)
        if kind in ("inspect", "cancel") and self.inspection is not None:
            raise ProcessEnded.of(self.authorised.return_number, "inspected")

    async def take(self, event: Event) -> None:
        """What is asked for until the goods have arrived; then it is answered when the return is over."""
        match event.message:
            case InspectReturn() as inspection:
                await self.see_what_came(inspection, event)
            case ReturnCancellation() as cancellation:
                self.ending = ReturnCancelled(cancellation.reason)
        self.caller = event.caller
        self.answer_when(event, True, self.answer)

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: until the goods have arrived, and without effect after that."""
        if self.inspection is None:
            self.ending = self.ending or ReturnCancelled("cancelled by an operator")

    # 1. Sales authorises it

    async def authorise(self, asked: RunReturn, undo: Undo) -> None:
        """What may come back; the order's cancellation has asked before."""
        undo.of(sales.authorise_return, sales.cancel_return, self.why_cancelled)
        ask = asked.as_authorisation()
        if asked.goods_stay and asked.authorised is None:
            planned = crediting.planned(asked.authorised_on, asked.resolution)
            await self.step(checks.check_entries, CheckEntries(field="authorised_on", entries=(planned,)))
        authorised = asked.authorised or await self.step(sales.authorise_return, ask)
        self.authorised, self.is_authorised = authorised, True
        self.know(document=authorised.return_number, party=authorised.customer_code)
        if asked.goods_stay:
            self.received = translation.all_fit(authorised)
            self.inspection = InspectReturn(
                inspection_id=uuid5(asked.return_id, "no inspection"), received_on=asked.authorised_on
            )
        else:
            await self.note(self.at("waiting for goods to come back", waiting_on="warehouse"))
        self.waits_or_goes_on = True

    async def see_what_came(self, inspection: InspectReturn, event: Event) -> None:
        """Once the goods are here there is no way back: what cannot be is refused now."""
        translation.check_as_authorised(self.authorised, inspection)
        received = inspection.lines or translation.all_fit(self.authorised)
        per, by = inspection.inspection_id, event.caller
        goods = translation.goods_to_credit(self.asked, self.authorised, received)
        reason = self.credit_reason(inspection.received_on, by)
        planned = await crediting.check(self, goods, reason, field="lines", per=per)
        if back := translation.goods_to_take_back(self.authorised, inspection, received, planned):
            await self.step(inventory.check_goods_back, back, per=per, by=by)
        else:
            on = inspection.received_on
            await crediting.check_postable(self, "received_on", on, planned, per=per, by=by)
        if self.ending is not None:
            raise self.ending  # It was called off meanwhile.
        self.received, self.inspection, self.planned = received, inspection, planned

    def why_cancelled(self) -> CancelReturn:
        """What sales is told when the return is taken back."""
        reason = self.ending.message if self.ending else "a step was refused"
        return CancelReturn(return_id=self.asked.return_id, reason=reason)

    # 3. Inventory takes them back

    async def take_goods_back(self, inspection: InspectReturn) -> None:
        """At what they cost when they left; who waits for such goods is served, oldest first."""
        take = translation.goods_to_take_back(self.authorised, inspection, self.received, self.planned)
        if take is None:
            return
        await self.step(inventory.take_back_goods, take, must=True)

    # 4. and 5. Credited and refunded, or sent again

    async def credit(self, goods: BilledGoods) -> None:
        """Credit what was billed, by whichever order; what was paid of it goes back, or stays on account."""
        assert self.inspection is not None
        reason = self.credit_reason(self.inspection.received_on)
        free = translation.sent_free_of_charge(self.authorised, self.received)
        await self.credited.credit(self, goods, reason, free)

    async def send_again(self, goods: BilledGoods) -> bool:
        """Order the same goods again, free of charge; whether that order was taken."""
        assert self.inspection is not None
        order = translation.replacement(self.asked, self.authorised, self.inspection, goods)
        await self.begin(
            "order_to_cash",
            order.order_id,
            order,
            party=order.customer_code,
            summary=order.customer_reference,
            hear=True,
        )
        await self.note(self.at("waiting for the replacement to be confirmed", waiting_on="sales"))
        answered = await self.heard_of("order_to_cash", order.order_id)
        if not answered.was_taken:
            await self.note(self.at("credited, not replaced", why=f"no replacement: {answered.why}"))
        return answered.was_taken

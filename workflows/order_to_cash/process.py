"""Order to cash: from a customer's order to the money in the bank.

1. Sales writes the order down, with its prices, taxes and terms.
2. Finance checks the customer's credit. Over the limit the order is held, and a credit manager decides who
   is not the one who entered it.
3. Inventory sets the goods aside. What is short is a backorder, served when stock arrives, oldest first.
4. The warehouse ships, once or several times: goods leave at cost, and the cost of goods sold is posted.
5. Finance bills what was shipped, after each shipment, once for the order, or together with the customer's
   other orders at the end of the month, as the customer's terms say.
6. We wait for the money: in full, in parts, with cash discount, or too much.
7. Delivered, billed and paid, the order is closed.

Before goods have left, the order can be amended, or cancelled: what was done is taken back, last first, and
nothing is posted. After that a cancellation has the goods returned, credits what was billed and gives back
what was paid (see `changes`); and a step that cannot be done waits, and shows why, until it can.
"""

import asyncio

from temporalio import workflow

from activities import inventory, sales
from activities.receivables import credit
from domains.inventory.messages import ReleaseReservation, ServedOrder
from domains.receivables.messages import CheckCredit, ReleaseCredit
from domains.sales.messages import (
    CancelOrder,
    CloseOrder,
    ConfirmOrder,
    HoldOrder,
    OrderClosed,
    PlaceOrder,
)
from domains.sales.rules.fulfilment import Fulfilment
from foundation.approvals import Approval
from foundation.undo import Undo
from workflows.order_to_cash import handover
from workflows.order_to_cash.cash import Cash
from workflows.order_to_cash.changes import Changes
from workflows.order_to_cash.delivery import Delivery
from workflows.order_to_cash.refusals import OrderCancelled, OrderRejected


@workflow.defn(name="order_to_cash")
class OrderToCash(Delivery, Cash, Changes):
    """From a customer's order to the money in the bank."""

    @workflow.init
    def __init__(self, order: PlaceOrder) -> None:
        super().__init__(order)
        self.operators_wish: asyncio.Task[None] | None = None

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
        while True:
            await workflow.wait_condition(lambda: self.ending is not None or self.is_done)
            if self.ending is None:
                return await self.close()
            if await self.cancel_after_delivery():
                return OrderClosed(order_id=self.order_id, outcome="cancelled")

    # 1. Sales writes the order down

    async def take_the_order(self, order: PlaceOrder, undo: Undo) -> None:
        """Price it, tax it, write it down; or refuse it with everything that is wrong with it."""
        undo.of(sales.place_order, sales.cancel_order, self.why_cancelled)
        undo.before_all(self.give_money_back)
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

    # 3. Inventory sets the goods aside

    async def set_goods_aside(self, undo: Undo) -> None:
        """Reserve what is there; what is short waits as a backorder. Then the order is confirmed."""
        undo.of(
            inventory.reserve_stock,
            inventory.release_reservation,
            lambda: ReleaseReservation(order_id=self.order_id),
        )
        if reserve := handover.reservation(self.placed, process_id=workflow.info().workflow_id):
            reserved = await self.step(inventory.reserve_stock, reserve)
            self.fulfilment.set_aside((line.line_number, line.short_quantity) for line in reserved.lines)
        confirm = ConfirmOrder(order_id=self.order_id, shortages=self.fulfilment.shortages())
        await self.step(sales.confirm_order, confirm, stage=self.next_stage())
        self.is_set_aside = True

    @workflow.signal(description="Stock has arrived, or was set free, for this order's backorder")
    async def goods_set_aside(self, served: ServedOrder, number: int) -> None:
        """Note what is set aside now, and whom we wait for now."""
        if not self.is_set_aside:  # Without a wait it counts before a shipment that came after it is checked.
            await workflow.wait_condition(lambda: self.is_set_aside or self.ending is not None)
        async with self.turn:
            if self.now.outcome is not None or self.ending is not None:
                return
            if self.fulfilment.set_aside(handover.news(self.placed, served), number=number):
                await self.note(self.next_stage())

    # 4 to 6: see `delivery`, `collective` and `cash`

    # 7. Delivered, billed and paid

    async def close(self) -> OrderClosed:
        """Nothing is left to do."""
        async with self.turn:
            close = CloseOrder(order_id=self.order_id, short=self.fulfilment.rest_is_given_up)
            closed = self.at("closed", outcome="closed")
            await self.step(sales.close_order, close, must=True, stage=closed)
        return OrderClosed(order_id=self.order_id, outcome="closed")

    # At any stage

    def on_cancellation_requested(self) -> None:
        """A cancellation from the Temporal Web UI is the same as one through the API before goods have left,
        and no more: after that somebody must say what becomes of them.
        """
        self.operators_wish = asyncio.create_task(self.turn_back_for_operator())

    async def turn_back_for_operator(self) -> None:
        """A command that is being done is done to its end first: goods may be leaving."""
        async with self.turn:
            if self.ending is None and self.now.outcome is None and not self.has_left:
                self.ending = OrderCancelled("cancelled by an operator")

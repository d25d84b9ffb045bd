"""Purchase requisition: from what somebody needs to the orders for it.

1. Procurement finds where it is bought and for how much, and commits the budgets of its cost centres. What
   runs short is entered before: its process begins with that.
2. Whoever the company's policy names says yes. Where no policy counts nobody is asked.
3. Each supplier is sent an order, with a process of its own, which takes over what was committed.
4. The requisition is closed. What of it could not be ordered gives its budget back.

Rejected, or cancelled until it is approved, it gives all of its budget back. After that there is no way back:
its orders are cancelled one by one.
"""

from temporalio import workflow

from activities.procurement import requisitions
from domains.procurement.messages import PURCHASE_REQUISITION, PlacePurchaseOrder
from domains.procurement.messages import requisitions as messages
from domains.procurement.rules.requisitions import amounts_of_cost_centres, check_cancels, orders_of
from foundation.operations.mailbox import Event, command
from foundation.process.approvals import ApprovalByPolicy, Approvals, Rejected
from foundation.process.undo import Undo
from foundation.values.errors import ProcessEnded
from workflows.purchase_requisition.refusals import RequisitionCancelled

WAITS_FOR_APPROVAL = "waiting for approval"


@workflow.defn(name="purchase_requisition")
class RequisitionToOrders(Approvals):
    """From what somebody needs to the orders for it."""

    kind = "Requisition"
    entered: messages.RequisitionEntered

    cancel = command("cancel", messages.RequisitionCancellation, "It is not needed after all")

    @workflow.init
    def __init__(self, asked: messages.EnterRequisition) -> None:
        super().__init__(asked)
        self.requisition_id = asked.requisition_id
        self.is_approved = False

    @workflow.run
    async def run(self, asked: messages.EnterRequisition) -> str:
        """The whole way, as the numbers above say; gives how it ended."""
        await self.conduct(self.procedure(asked))
        return self.now.outcome or "cancelled"

    async def procedure(self, asked: messages.EnterRequisition) -> None:
        """Steps 1 and 2 with their way back, then 3 and 4."""
        try:
            async with self.undo() as undo:
                await self.enter(asked, undo)
                ordered = await self.approve()
        except (RequisitionCancelled, Rejected):
            return
        assert ordered.ordered_on is not None
        await self.serve_while(self.order_all(orders_of(self.entered, ordered.ordered_on)))

    async def take(self, event: Event) -> None:
        """Until it is approved it can be cancelled by who has asked for it, or who also orders; it is
        answered when all is given back.
        """
        match event.message:
            case messages.RequisitionCancellation(may_for_others=may) as cancellation:
                check_cancels(event.caller.actor, self.caller.actor, may_for_others=may)
                self.caller, self.ending = event.caller, RequisitionCancelled(cancellation.reason)
                self.answer_when(event, True, self.answer)

    def check_takes(self, kind: str) -> None:
        """What is approved is ordered: then its orders are cancelled."""
        super().check_takes(kind)
        if kind == "cancel" and self.is_approved:
            raise ProcessEnded.of(self.entered.requisition_number, "approved: cancel its orders")

    async def enter(self, asked: messages.EnterRequisition, undo: Undo) -> None:
        """1. Find source and price, commit the budgets; or refuse it with all that is wrong with it."""
        stage = self.at("entered", waiting_on="procurement")
        if asked.origins:
            undo.of(requisitions.take_up_requisition, requisitions.cancel_requisition, self.why_cancelled)
            take = messages.TakeUpRequisition(requisition_id=self.requisition_id)
            self.entered = await self.step(requisitions.take_up_requisition, take, stage=stage, must=True)
        else:
            undo.of(requisitions.enter_requisition, requisitions.cancel_requisition, self.why_cancelled)
            self.entered = await self.step(requisitions.enter_requisition, asked, stage=stage)
        self.know(
            document=self.entered.requisition_number,
            amount=self.entered.base_total_amount,
            currency=self.entered.currency,
        )

    async def approve(self) -> messages.RequisitionChanged:
        """2. Ask whoever the policy names, and wait for all of them; then it may be ordered."""
        submit = messages.SubmitRequisition(requisition_id=self.requisition_id)
        asked = self.approval_by_policy(
            ApprovalByPolicy(
                subject=f"requisition: {self.summary()}",
                kind=PURCHASE_REQUISITION,
                category=self.entered.category,
                of_cost_centres=amounts_of_cost_centres(self.entered.lines),
            ),
            requisitions.submit_requisition,
            submit,
            stage=WAITS_FOR_APPROVAL,
        )
        decision = await self.serve_while(asked)
        if decision is not None:
            self.check_approved(decision)
        approve = messages.ApproveRequisition(
            requisition_id=self.requisition_id, decided_at=decision.decided_at if decision else None
        )
        self.is_approved = True
        stage = self.at("being ordered", waiting_on="procurement")
        approving = self.step(requisitions.approve_requisition, approve, stage=stage, must=True)
        return await self.serve_while(approving)  # Who cancels it now is told so at once.

    async def order_all(self, orders: tuple[PlacePurchaseOrder, ...]) -> None:
        """3 and 4. What is asked meanwhile is answered meanwhile."""
        for order in orders:
            await self.order(order)
        await self.close(orders)

    async def order(self, order: PlacePurchaseOrder) -> None:
        """3. The order has a process of its own, which takes over what the requisition has committed."""
        assert order.for_requisition is not None
        of = order.for_requisition
        await self.begin(
            "procure_to_pay",
            order.order_id,
            order,
            party=order.supplier_code,
            summary=f"Purchase order to {order.supplier_code} for {of.requisition_number}",
            hear=True,
        )

    async def close(self, orders: tuple[PlacePurchaseOrder, ...]) -> None:
        """4. When each order has said whether it was taken; what was refused is not ordered."""
        not_ordered: list[messages.NotOrdered] = []
        for order in orders:
            answered = await self.heard_of("procure_to_pay", order.order_id)
            if not answered.was_taken and order.for_requisition is not None:
                numbers = order.for_requisition.line_numbers
                not_ordered += [messages.NotOrdered(line_number=n, why=answered.why) for n in numbers]
        close = messages.CloseRequisition(requisition_id=self.requisition_id, not_ordered=tuple(not_ordered))
        is_ordered = len(not_ordered) < len(self.entered.lines)
        why = not_ordered[0].why if not_ordered else None
        stage = (
            self.at("ordered", outcome="closed", why=why)
            if is_ordered
            else self.at("not ordered", outcome="cancelled", why=why)
        )
        await self.step(requisitions.close_requisition, close, stage=stage, must=True)

    def summary(self) -> str:
        """What is asked for, in a few words."""
        first, *others = self.entered.lines
        more = f" and {len(others)} more" if others else ""
        return f"{first.order_quantity.normalize():f} {first.order_unit} {first.description}{more}"

    def why_cancelled(self) -> messages.CancelRequisition:
        """What procurement is told when it is taken back."""
        reason = self.ending.message if self.ending else "a step was refused"
        is_rejected = self.is_rejected
        return messages.CancelRequisition(
            requisition_id=self.requisition_id, reason=reason, rejected=is_rejected
        )

    def on_cancellation_requested(self) -> None:
        """In the Temporal Web UI: until it is approved, and without effect after that."""
        if not self.is_approved:
            self.ending = self.ending or RequisitionCancelled("cancelled by an operator")

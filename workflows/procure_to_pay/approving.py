"""Where a policy of the company says so, people say yes to a purchase order before anything may come."""

import asyncio
from hashlib import sha256

from temporalio import workflow

from activities.procurement import purchase_orders
from domains.procurement.messages import PURCHASE_ORDER, HoldPurchaseOrder, ReleasePurchaseOrder
from foundation.process.accepting import taken_in_turn
from foundation.process.approvals import ApprovalByPolicy, ApprovalDecided, Approvals
from workflows.procure_to_pay.facts import WAITS_FOR_APPROVAL, PurchaseFacts
from workflows.procure_to_pay.refusals import PurchaseOrderCancelled


async def be_approved(process: Approvals, facts: PurchaseFacts) -> None:
    """Wait until all have said yes whom the company's policy asks; nobody, where it has none.

    Refuses: PurchaseOrderCancelled, when somebody has said no, or it is cancelled meanwhile.
    """
    if facts.is_ordered:
        return
    placed = facts.placed
    subject = f"purchase order: {placed.total_amount:,.2f} {placed.currency} to {placed.supplier_name}"
    asks = ApprovalByPolicy(
        subject=subject,
        kind=PURCHASE_ORDER,
        base_amount=placed.base_total_amount,
        content_hash=sha256(placed.model_dump_json().encode()).hexdigest(),
    )
    hold = HoldPurchaseOrder(order_id=facts.order_id, reason=subject)
    asking = asyncio.create_task(
        process.approval_by_policy(asks, purchase_orders.hold_purchase_order, hold, stage=WAITS_FOR_APPROVAL)
    )

    async def answer() -> ApprovalDecided | None:
        return await asking

    # What comes before they are asked waits until they are, and is refused by name then; but a process that
    # is begun again takes everything as it did.
    await workflow.wait_condition(lambda: process.has_asked or asking.done())
    commands = taken_in_turn(type(process)).keys() - {"cancel"}
    decision = await process.serve_while(answer(), commands if process.mailbox.takes_as_before else ())
    if decision is not None and not decision.approved:
        process.caller, process.ending = decision.by, _rejected(decision)
        raise process.ending
    facts.is_ordered = True
    if decision is not None:
        release = ReleasePurchaseOrder(order_id=facts.order_id)
        stage, waiting_on = facts.waits_for()
        stands = process.at(stage, waiting_on=waiting_on)
        await process.step(purchase_orders.release_purchase_order, release, stage=stands)


def _rejected(decision: ApprovalDecided) -> PurchaseOrderCancelled:
    why = decision.reason or "no reason given"
    return PurchaseOrderCancelled(f"rejected by {decision.by.actor}: {why}")

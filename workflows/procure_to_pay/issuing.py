"""The supplier is told of the order: once it is ordered, and again whenever what it was told has changed."""

from decimal import Decimal

from activities.procurement import issuing
from domains.procurement.messages.versions import IssuePurchaseOrder, RecallPurchaseOrder
from foundation.process.process import Process
from foundation.process.undo import Undo
from foundation.values.messages import Caller
from foundation.values.money import ZERO
from workflows.procure_to_pay.facts import PurchaseFacts


async def tell_the_supplier(process: Process, facts: PurchaseFacts, undo: Undo) -> None:
    """The first version, or the cancellation of what it was told, when the process turns back."""
    undo.of(
        issuing.issue_purchase_order,
        issuing.recall_purchase_order,
        lambda: RecallPurchaseOrder(
            order_id=facts.order_id,
            reason=process.ending.message if process.ending else "a step was refused",
        ),
    )
    if not facts.is_issued:
        issue = IssuePurchaseOrder(order_id=facts.order_id, wanted=wanted(facts))
        await process.step(issuing.issue_purchase_order, issue)
        facts.is_issued = True


async def tell_what_has_changed(
    process: Process, facts: PurchaseFacts, reason: str, *, per: object, by: Caller
) -> None:
    """Another version, when the supplier was told something else before."""
    issue = IssuePurchaseOrder(order_id=facts.order_id, wanted=wanted(facts), reason=reason)
    await process.step(issuing.issue_purchase_order, issue, per=per, by=by, must=True)


def wanted(facts: PurchaseFacts) -> dict[int, Decimal]:
    """By line, how much is wanted in all: what was ordered; when the rest is cancelled what has come and is
    kept, of services what is billed, also by an invoice that waits.
    """
    if not facts.rest_is_cancelled:
        return {line.line_number: line.quantity for line in facts.placed.lines}
    billed, kept = facts.billed, facts.kept
    for waiting in facts.blocked.values():
        for one in waiting.enter.lines:
            billed[one.line_number] = billed.get(one.line_number, ZERO) + one.quantity
    return {
        line.line_number: (kept if line.is_stocked else billed).get(line.line_number, ZERO)
        for line in facts.placed.lines
    }

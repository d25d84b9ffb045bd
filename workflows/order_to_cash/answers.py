"""What is said about an order: to whoever asked something of it, and to who looks."""

from decimal import Decimal
from uuid import UUID

from temporalio.exceptions import ApplicationError

from domains.inventory.messages import GoodsIssued, ServedOrder
from domains.ledger.messages import DocumentReversed, PaymentPosted
from domains.receivables.messages import CheckCredit, CreditChecked, InvoicePosted
from domains.receivables.messages.credit import CREDIT
from domains.sales.messages import (
    CancellationAnswered,
    CancelOrder,
    ConfirmShipment,
    HoldOrder,
    OrderBilled,
    OrderProgress,
    PaymentReceived,
    RestClosed,
    ShipmentConfirmed,
    TakeShipmentBack,
)
from foundation.process.approvals import Approval, ApprovalDecided
from foundation.process.process import Process
from foundation.runtime import visibility
from foundation.values.messages import Stage
from workflows.order_to_cash.facts import OrderFacts
from workflows.order_to_cash.refusals import OrderRejected


def next_stage(process: Process, facts: OrderFacts) -> Stage:
    """What the order waits for now, and on whom."""
    stage, waiting_on = facts.waits_for()
    return process.at(stage, waiting_on=waiting_on)


async def hear_set_aside(process: Process, facts: OrderFacts, served: ServedOrder, number: int) -> None:
    """Stock was set aside for the order's backorder."""
    facts.hear_set_aside(served, number)
    await stand_as_it_is(process, facts)


async def stand_as_it_is(process: Process, facts: OrderFacts) -> None:
    """What was told may have changed what the order waits for."""
    now = next_stage(process, facts)
    if facts.is_set_aside and not facts.cancellation and now.stage != process.now.stage:
        await process.note(now)


def not_cancelled_by_operator(facts: OrderFacts, now: Stage) -> Stage:
    """A cancellation that was asked for in Temporal has no effect any more: its asker sees why."""
    is_over = "it is on its way back already" if facts.cancellation else "goods have left"
    why = f"a cancellation in Temporal has no effect: {is_over}"
    return now.model_copy(update={"why": why, "remedy": "Cancel the order through the API."})


def progress(facts: OrderFacts, now: Stage) -> OrderProgress:
    """Where the order stands."""
    return OrderProgress(
        order_id=facts.order_id,
        order_number=facts.placed.order_number,
        stage=now.stage,
        waiting_on=now.waiting_on,
    )


def shipped(
    facts: OrderFacts,
    now: Stage,
    shipment: ConfirmShipment,
    issued: GoodsIssued | None,
    invoice: InvoicePosted | None,
) -> ShipmentConfirmed:
    """Goods have left, and were billed if the terms say so."""
    return ShipmentConfirmed(
        **dict(progress(facts, now)),
        shipment_id=shipment.shipment_id,
        shipment_number=issued.shipment_number if issued else "",
        invoice_number=invoice.invoice_number if invoice else None,
    )


def paid(facts: OrderFacts, now: Stage, posted: PaymentPosted, payment_id: UUID) -> PaymentReceived:
    """Money has come: what is still open, and what is too much."""
    return PaymentReceived(
        **dict(progress(facts, now)),
        payment_id=payment_id,
        payment_number=posted.payment_number,
        open_amount=sum(facts.open_amounts.values(), Decimal(0)),
        on_account_amount=posted.on_account_amount,
    )


def services_taken_back(wanted: TakeShipmentBack) -> DocumentReversed:
    """Nothing was posted for services: no document takes anything back."""
    return DocumentReversed(
        reversal_id=wanted.reversal_id,
        reversal_number="",
        document_type="shipment",
        document_id=wanted.shipment_id,
        document_number="",
    )


def billed(facts: OrderFacts, now: Stage, invoice: InvoicePosted) -> OrderBilled:
    """What has left was billed because somebody said so."""
    return OrderBilled(
        **dict(progress(facts, now)),
        invoice_id=invoice.invoice_id,
        invoice_number=invoice.invoice_number,
        total_amount=invoice.total_amount,
    )


def rest_closed(facts: OrderFacts, now: Stage, invoice: InvoicePosted | None) -> RestClosed:
    """The order waits for no more goods; what was delivered is billed."""
    return RestClosed(
        **dict(progress(facts, now)), invoice_number=invoice.invoice_number if invoice else None
    )


def cancelled(facts: OrderFacts, now: Stage, return_id: UUID | None = None) -> CancellationAnswered:
    """The order is cancelled, or waits for its return."""
    outcome = now.outcome or "cancelling"
    return CancellationAnswered(
        order_id=facts.order_id, outcome=outcome, stage=now.stage, return_id=return_id
    )


def introduce(process: Process, facts: OrderFacts) -> None:
    """Say what the order's process is about, and what it is found by."""
    placed = facts.placed
    process.kind, process.party = "Order", visibility.named(placed.customer_name, placed.customer_code)
    process.know(
        document=placed.order_number,
        party=placed.customer_code,
        amount=placed.total_amount,
        currency=placed.currency,
    )


WAITS_FOR_CREDIT = "waiting for a credit decision"


def credit_approval(ask: CheckCredit, check: CreditChecked) -> tuple[Approval, HoldOrder]:
    """What a credit manager is asked, and why the order is held until then."""
    exposed = f"exposure {check.exposure:,.2f} and this order {ask.amount:,.2f}"
    why = f"{exposed} are over the limit {check.credit_limit:,.2f}"
    approval = Approval(
        subject=f"credit: {why}",
        kind=CREDIT,
        base_amount=ask.amount,
        role="credit manager",
        escalate_to="finance director",
    )
    return approval, HoldOrder(order_id=ask.order_id, reason=why)


def rejected(decision: ApprovalDecided) -> OrderRejected:
    """Why the order ends with a credit manager's decision."""
    return OrderRejected(f"credit was refused: {decision.reason or 'no reason given'}")


def why(facts: OrderFacts, ending: ApplicationError | None) -> CancelOrder:
    """What sales is told when the order is taken back."""
    reason = ending.message if ending else "a step was refused"
    rejected = isinstance(ending, OrderRejected)
    return CancelOrder(order_id=facts.order_id, reason=reason, rejected=rejected)

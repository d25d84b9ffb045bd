"""What a cancellation would take back, step by step, and what would remain: the dry run."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domains.sales.messages import Cancellation, CancellationPlan, Goods, PlannedStep, Resolution
from foundation.money import ZERO

if TYPE_CHECKING:
    from workflows.order_to_cash.changes import Changes

SYSTEM, WAREHOUSE = "system", "warehouse"


def plan(order: "Changes", cancellation: Cancellation) -> CancellationPlan:
    """What the cancellation does, in the order in which it is done."""
    return CancellationPlan(
        order_number=order.placed.order_number,
        stage=order.now.stage,
        steps=tuple(_steps(order, cancellation)),
        remains=tuple(_remains(order, cancellation)),
    )


def _steps(order: "Changes", cancellation: Cancellation) -> Iterator[PlannedStep]:
    placed, fulfilment = order.placed, order.fulfilment
    if fulfilment.still_reserved():
        yield PlannedStep(what="release what is set aside", document=placed.order_number, by=SYSTEM)
    yield PlannedStep(what="set the credit for it free", document=placed.order_number, by=SYSTEM)
    if fulfilment.has_left and not fulfilment.all_came_back:
        if cancellation.goods is Goods.COME_BACK:
            yield PlannedStep(what="take the goods back, inspect them, restock or scrap", by=WAREHOUSE)
            yield PlannedStep(what="post the goods at what they cost when they left", by=SYSTEM)
        yield from _credit(order)
    elif fulfilment.has_left:
        yield from _credit_freight(order)
    if cancellation.money is Resolution.REFUND:
        yield from _refunds(order)
    yield PlannedStep(what="close the order as cancelled", document=placed.order_number, by=SYSTEM)


def _credit(order: "Changes") -> Iterator[PlannedStep]:
    currency = order.placed.currency
    if order.is_collective and order.is_due:
        what = "take off the list of what is to be billed"
        yield PlannedStep(what=what, document=order.placed.order_number, by=SYSTEM)
    for invoice_id, invoice in order.invoices.items():
        yield PlannedStep(
            what="credit the invoice, line by line",
            document=invoice.invoice_number,
            by=SYSTEM,
            amount=invoice.total_amount - order.credited.get(invoice_id, ZERO),
            currency=currency,
        )
        for what, amount in order.not_paid_in_money(invoice_id):
            yield PlannedStep(
                what=f"reverse the {what}",
                document=invoice.invoice_number,
                by=SYSTEM,
                amount=amount,
                currency=currency,
            )


def _credit_freight(order: "Changes") -> Iterator[PlannedStep]:
    back = [ended for ended in order.returns.values() if any(line.quantity for line in ended.lines)]
    if not all(ended.credits or ended.unbilled for ended in back):
        return  # Goods that were sent again stay billed.
    for invoice_id, invoice in order.invoices.items():
        if left := invoice.total_amount - order.credited.get(invoice_id, ZERO):
            yield PlannedStep(
                what="credit what is left of the invoice, its freight",
                document=invoice.invoice_number,
                by=SYSTEM,
                amount=left,
                currency=order.placed.currency,
            )


def _refunds(order: "Changes") -> Iterator[PlannedStep]:
    currency = order.placed.currency
    for invoice_id, invoice in order.invoices.items():
        not_money = sum((amount for _, amount in order.not_paid_in_money(invoice_id)), ZERO)
        not_money += order.credited.get(invoice_id, ZERO)
        if paid := invoice.total_amount - order.open_amounts[invoice_id] - not_money:
            what = "refund what was paid for the invoice"
            number = invoice.invoice_number
            yield PlannedStep(what=what, document=number, by=SYSTEM, amount=paid, currency=currency)
    for payment in order.payments.values():
        if payment.on_account_amount:
            yield PlannedStep(
                what="refund what is on account of the payment",
                document=payment.payment_number,
                by=SYSTEM,
                amount=payment.on_account_amount,
            )


def _remains(order: "Changes", cancellation: Cancellation) -> Iterator[str]:
    if order.has_left and cancellation.goods is Goods.STAY:
        yield "the cost of the goods that the customer keeps stays in the cost of goods sold"
    if order.payments and cancellation.money is Resolution.ON_ACCOUNT:
        yield "the money that was paid stays on the customer's account"
    if order.payments and order.placed.total_amount != order.placed.base_total_amount:
        yield "the difference between the exchange rates of the payment's day and the refund's day"
    if order.has_left and cancellation.goods is Goods.COME_BACK:
        yield (
            "what does not come back, or comes back unfit: the order then goes on for what was kept, or its "
            "cost is posted as a loss"
        )

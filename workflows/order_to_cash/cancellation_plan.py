"""What a cancellation would do, step by step, and what would remain: for its dry run. No Temporal here."""

from collections.abc import Iterable, Iterator

from domains.sales.messages import Cancellation, Goods, PlannedStep, Resolution
from foundation.values.money import ZERO
from workflows.customer_return.crediting import BilledGoods
from workflows.order_to_cash.facts import OrderFacts

SYSTEM, WAREHOUSE = "system", "warehouse"


def release(facts: OrderFacts) -> Iterator[PlannedStep]:
    """What is set aside, and the credit for it."""
    number = facts.placed.order_number
    if facts.fulfilment.still_reserved():
        yield PlannedStep(what="release what is set aside", document=number, by=SYSTEM)
    yield PlannedStep(what="set the credit for it free", document=number, by=SYSTEM)


def not_sent(goods: Iterable[BilledGoods]) -> Iterator[PlannedStep]:
    """What was to replace goods that came back."""
    if any(goods):
        yield PlannedStep(what="credit what is not sent again, as it was billed", by=SYSTEM)


def returned(facts: OrderFacts, cancellation: Cancellation) -> Iterator[PlannedStep]:
    """The goods, and what was billed of them."""
    if cancellation.goods is Goods.COME_BACK:
        yield PlannedStep(what="take the goods back, inspect them, restock or scrap", by=WAREHOUSE)
        yield PlannedStep(what="post the goods at what they cost when they left", by=SYSTEM)
    currency = facts.placed.currency
    if facts.is_collective and facts.is_due:
        what = "take off the list of what is to be billed"
        yield PlannedStep(what=what, document=facts.placed.order_number, by=SYSTEM)
    for invoice_id, invoice in facts.invoices.items():
        number = invoice.invoice_number
        left = invoice.total_amount - facts.credited.get(invoice_id, ZERO)
        what = "credit the invoice, line by line"
        yield PlannedStep(what=what, document=number, by=SYSTEM, amount=left, currency=currency)
        for how, amount in facts.not_paid_in_money(invoice_id):
            what = f"reverse the {how}"
            yield PlannedStep(what=what, document=number, by=SYSTEM, amount=amount, currency=currency)


def credit_freight(facts: OrderFacts) -> Iterator[PlannedStep]:
    """What is left of the invoices when all goods came back before."""
    back = [ended for ended in facts.returns.values() if any(line.quantity for line in ended.lines)]
    if not all(ended.credits or ended.unbilled for ended in back):
        return  # Goods that were sent again stay billed.
    for invoice_id, invoice in facts.invoices.items():
        if left := invoice.total_amount - facts.credited.get(invoice_id, ZERO):
            yield PlannedStep(
                what="credit what is left of the invoice, its freight",
                document=invoice.invoice_number,
                by=SYSTEM,
                amount=left,
                currency=facts.placed.currency,
            )


def credit_debit_notes(facts: OrderFacts) -> Iterator[PlannedStep]:
    """What more was charged on its invoices."""
    for note in facts.debit_notes.values():
        yield PlannedStep(
            what="credit what is left of the debit note",
            document=note.invoice_number,
            by=SYSTEM,
            amount=note.left_amount,
            currency=facts.placed.currency,
        )


def bill(facts: OrderFacts) -> Iterator[PlannedStep]:
    """What the customer has after all."""
    if facts.fulfilment.all_came_back and facts.fulfilment.to_bill():
        what = "bill what came back and was sent again"
        what += ", with its month" if facts.is_collective else ""
        yield PlannedStep(what=what, document=facts.placed.order_number, by=SYSTEM)


def refunds(facts: OrderFacts, cancellation: Cancellation) -> Iterator[PlannedStep]:
    """Money that was paid."""
    if cancellation.money is not Resolution.REFUND:
        return
    currency = facts.placed.currency
    for invoice_id, invoice in facts.invoices.items():
        not_money = sum((amount for _, amount in facts.not_paid_in_money(invoice_id)), ZERO)
        not_money += facts.credited.get(invoice_id, ZERO)
        if paid := invoice.total_amount - facts.open_amounts[invoice_id] - not_money:
            what = "refund what was paid for the invoice"
            number = invoice.invoice_number
            yield PlannedStep(what=what, document=number, by=SYSTEM, amount=paid, currency=currency)
    for note in facts.debit_notes.values():
        what = "refund what was paid of the debit note"
        yield PlannedStep(what=what, document=note.invoice_number, by=SYSTEM)
    for _, _, money in facts.money_on_account():
        if money.on_account_amount:
            yield PlannedStep(
                what="refund what is on account",
                document=money.payment_number,
                by=SYSTEM,
                amount=money.on_account_amount,
            )


def close(facts: OrderFacts) -> Iterator[PlannedStep]:
    """The order itself."""
    what = "close the order as cancelled"
    yield PlannedStep(what=what, document=facts.placed.order_number, by=SYSTEM)


def remains(facts: OrderFacts, cancellation: Cancellation) -> Iterator[str]:
    """What does not net to zero, in words."""
    placed = facts.placed
    if facts.has_left and cancellation.goods is Goods.STAY:
        yield "the cost of the goods that the customer keeps stays in the cost of goods sold"
    if facts.payments and cancellation.money is Resolution.ON_ACCOUNT:
        yield "the money that was paid stays on the customer's account"
    if facts.payments and placed.total_amount != placed.base_total_amount:
        yield "the difference between the exchange rates of the payment's day and the refund's day"
    if facts.has_left and cancellation.goods is Goods.COME_BACK:
        yield (
            "what does not come back, or comes back unfit: the order then goes on for what was kept, or its "
            "cost is posted as a loss"
        )

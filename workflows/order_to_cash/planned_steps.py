"""What the steps of a cancellation came to, as its dry run tells it, in words and amounts. No Temporal."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from domains.ledger.messages import RefundPosted
from domains.receivables.messages import InvoicePosted
from domains.sales.messages import Cancellation, Goods, PlannedStep
from workflows.customer_return.crediting import Credited
from workflows.order_to_cash.facts import OrderFacts

SYSTEM, WAREHOUSE = "system", "warehouse"
KEPT = "keep what was paid of it on the customer's account"


def release(facts: OrderFacts) -> list[PlannedStep]:
    """What is set aside, and the credit for it."""
    number, shown = facts.placed.order_number, []
    if facts.fulfilment.still_reserved():
        shown.append(PlannedStep(what="release what is set aside", document=number, by=SYSTEM))
    return [*shown, PlannedStep(what="set the credit for it free", document=number, by=SYSTEM)]


def goods_back(facts: OrderFacts, cancellation: Cancellation) -> Iterator[PlannedStep]:
    """The goods, and what is not billed of them."""
    if cancellation.goods is Goods.COME_BACK:
        yield PlannedStep(what="take the goods back, inspect them, restock or scrap", by=WAREHOUSE)
        yield PlannedStep(what="post the goods at what they cost when they left", by=SYSTEM)
    if facts.is_collective and facts.is_due:
        what = "take off the list of what is to be billed"
        yield PlannedStep(what=what, document=facts.placed.order_number, by=SYSTEM)


def credited(done: Iterable[Credited], what: str) -> Iterator[PlannedStep]:
    """What was credited of which invoice, what of it had been given up for money, and what was paid back."""
    for _, note, paid_back in done:
        amounts = {
            what: note.total_amount,
            "reverse the cash discount": note.discount_reversed_amount,
            "reverse the small difference that was written off": note.written_off_reversed_amount,
            "refund what was paid of it": paid_back,
            KEPT: note.on_account_amount - paid_back,
        }
        for shown, amount in amounts.items():
            if amount:
                yield PlannedStep(
                    what=shown,
                    document=note.invoice_number,
                    by=SYSTEM,
                    amount=amount,
                    currency=note.currency,
                )


def refunded(number: str, refund: RefundPosted) -> Iterator[PlannedStep]:
    """Money that lay on account."""
    if refund.amount:
        what, of = "refund what is on account", refund
        yield PlannedStep(what=what, document=number, by=SYSTEM, amount=of.amount, currency=of.currency)


def kept(number: str, amount: Decimal) -> Iterator[PlannedStep]:
    """Money that stays there, in its own currency."""
    if amount:
        yield PlannedStep(what=KEPT, document=number, by=SYSTEM, amount=amount)


def billed(facts: OrderFacts, posted: InvoicePosted) -> Iterator[PlannedStep]:
    """What the customer has after all."""
    yield PlannedStep(
        what="bill what came back and was sent again",
        document=facts.placed.order_number,
        by=SYSTEM,
        amount=posted.total_amount,
        currency=facts.placed.currency,
    )


def billed_with_its_month(facts: OrderFacts) -> Iterator[PlannedStep]:
    """The same, when the month is over."""
    what = "bill what came back and was sent again, with its month"
    yield PlannedStep(what=what, document=facts.placed.order_number, by=SYSTEM)


def close(facts: OrderFacts) -> Iterator[PlannedStep]:
    """The order itself."""
    what = "close the order as cancelled"
    yield PlannedStep(what=what, document=facts.placed.order_number, by=SYSTEM)

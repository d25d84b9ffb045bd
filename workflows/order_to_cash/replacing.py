"""An order sends goods again, free of charge: what of them it does not send is credited, as it was billed."""

from collections.abc import Iterable
from decimal import Decimal

from activities.ledger import checks
from domains.ledger.messages import CheckEntries
from domains.sales.messages import OrderPlaced, ReturnEnded
from foundation.process.process import Process
from workflows.customer_return import crediting
from workflows.customer_return.crediting import BilledGoods, Credited, CreditReason
from workflows.order_to_cash.facts import OrderFacts


def not_sent(facts: OrderFacts, sends: Iterable[tuple[int | None, Decimal]] = ()) -> tuple[BilledGoods, ...]:
    """What the order was to send again and will not, when it sends no more than this: quantities by the lines
    that are replaced.
    """
    left = dict(facts.to_replace)
    for number, quantity in sends:
        if number in left:
            left[number] -= quantity
    not_sent = {number: quantity for number, quantity in left.items() if quantity > 0}
    billed_by = facts.order.replaces_order_id if facts.order else None
    return (BilledGoods(billed_by, not_sent),) if billed_by and not_sent else ()


def as_wanted(order: OrderPlaced) -> list[tuple[int | None, Decimal]]:
    """What an order sends again when all of it leaves."""
    return [(line.replaces_line_number, line.quantity) for line in order.lines]


def as_delivered(facts: OrderFacts) -> list[tuple[int | None, Decimal]]:
    """What it has sent again."""
    delivered = facts.fulfilment.delivered
    return [(line.replaces_line_number, delivered[line.line_number]) for line in facts.placed.lines]


async def check(process: Process, goods: Iterable[BilledGoods], asked: CreditReason, *, field: str) -> None:
    """Ask whether what is not sent could be credited; `field` is what the day is called.

    Refuses what an entry of that day is refused for; NotCreditable.
    """
    if entries := await crediting.check(process, goods, asked, field="order_id", per=asked.name):
        check_entries = CheckEntries(field=field, entries=entries)
        await process.step(checks.check_entries, check_entries, per=f"{asked.name}/not sent", by=asked.by)


async def credit(
    process: Process, facts: OrderFacts, goods: Iterable[BilledGoods], asked: CreditReason
) -> list[Credited]:
    """Credit what is not sent, once, and tell the order that had billed it."""
    credited: list[Credited] = []
    for not_sent in goods:
        done = await crediting.credit_as_its_order_stands(process, not_sent, asked)
        credited += done.credited
        for number, quantity in not_sent.quantities.items():
            facts.to_replace[number] -= quantity
        ended = ReturnEnded(
            return_id=asked.name,
            return_number=facts.placed.order_number,
            outcome="closed",
            resolution=asked.resolution,
            received_on=asked.on,
            credited_amount=done.credited_amount,
            refunded_amount=done.refunded_amount,
        )
        await crediting.tell_who_bills(process, done, ended, per=f"/{asked.name}")
    return credited

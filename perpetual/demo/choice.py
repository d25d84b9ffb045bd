"""Which orders of the year the demo plays: all of it in small, with what makes a year interesting."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import NamedTuple

from perpetual.company_seed import company, goods, orders
from perpetual.company_seed import customers as buyers
from perpetual.company_seed.records import DemoCustomer, DemoOrder, OrderLine

SCARCE_ITEM = "BRAKES-DISC"
"""Of the items of which there is too little, the one with the fewest orders: those alone use it up."""
SHARE_OF_STORIES = Decimal("0.6")


class PlayedOrder(NamedTuple):
    """An order with its lines and its customer."""

    order: DemoOrder
    customer: DemoCustomer
    lines: tuple[OrderLine, ...]


def year() -> list[PlayedOrder]:
    """All orders of the demo company, by day: what `orders.csv` and `order_lines.csv` say."""
    customers = {customer.code: customer for customer in buyers.customers()}
    taken, lines = orders.orders(list(customers.values()), goods.items())
    lines_of: dict[str, list[OrderLine]] = {}
    for line in lines:
        lines_of.setdefault(line.order_id, []).append(line)
    return [
        PlayedOrder(order, customers[order.customer_code], tuple(lines_of[order.order_id])) for order in taken
    ]


def chosen(count: int) -> list[PlayedOrder]:
    """So many orders, spread over the year; always the same ones for the same count.

    At most six in ten are chosen for what happens to them: customers go over their limits, and one item runs
    out. The others are drawn by lot.
    """
    whole = year()
    if count >= len(whole):
        return whole
    stories = [one for group in over_the_limit(whole) for one in group]
    stories += [one.order.order_id for one in whole if _has_scarce_item(one)]
    wanted = set(list(dict.fromkeys(stories))[: int(count * SHARE_OF_STORIES)])
    others = [one.order.order_id for one in whole if one.order.order_id not in wanted]
    wanted.update(Random("havelrad/demo").sample(others, count - len(wanted)))
    return [one for one in whole if one.order.order_id in wanted]


def over_the_limit(whole: Sequence[PlayedOrder]) -> list[list[str]]:
    """The orders with which a customer goes over its limit, each after those that are still open then."""
    customers = [*{one.customer.code: one.customer for one in whole}.values()]
    lines = [line for one in whole for line in one.lines]
    worth = company.values(customers, goods.items(), [one.order for one in whole], lines)
    limits = {one.code: one.credit_limit for one in company.with_limits(customers, worth)}
    found: list[list[str]] = []
    for place, (order, value) in enumerate(worth):
        still_open = [
            (before, amount)
            for before, amount in worth[:place]
            if before.customer_code == order.customer_code and order.ordered_on <= paid_on(before)
        ]
        if value + sum(amount for _, amount in still_open) > limits[order.customer_code]:
            found.append([*(before.order_id for before, _ in still_open), order.order_id])
    return found


def paid_on(order: DemoOrder) -> date:
    """The day on which an order is paid when nothing comes in between."""
    return date.fromordinal(order.ordered_on.toordinal() + order.ship_after_days + order.pay_after_days)


def _has_scarce_item(one: PlayedOrder) -> bool:
    return any(line.item_code == SCARCE_ITEM for line in one.lines)

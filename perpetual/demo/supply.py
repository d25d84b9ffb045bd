"""What the demo buys: from July on, once a month, what the orders so far have asked for beyond the stock."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from perpetual.company_seed import company, goods, orders
from perpetual.company_seed import customers as buyers
from perpetual.demo.choice import PlayedOrder

RECEIVED_ON = tuple(date(2026, month, 15) for month in range(7, 13))
SPARE = Decimal(5)


class Supply(NamedTuple):
    """Goods that will arrive on a day: pieces, and what one of them costs in euro, by item."""

    on: date
    quantities: dict[str, Decimal]
    costs: dict[str, Decimal]


def supplies(played: Sequence[PlayedOrder]) -> Iterator[Supply]:
    """Every receipt of the year. Only scarce items; nothing arrives while the stock has sufficed."""
    items, bills = goods.items(), goods.bills_of_materials()
    _, all_lines = orders.orders(buyers.customers(), items)
    opening = {
        line.item_code: line
        for line in company.opening_stock(items, bills, all_lines)
        if line.warehouse_code == "MAIN" and line.item_code in company.TIGHT_ITEMS
    }
    there = Counter({code: line.quantity for code, line in opening.items()})
    for on in RECEIVED_ON:
        asked = demand(played, until=on)
        short = {code: asked[code] - there[code] for code in sorted(there) if asked[code] > there[code]}
        if short:
            arriving = {code: quantity + SPARE for code, quantity in short.items()}
            there.update(arriving)
            yield Supply(on, arriving, {code: opening[code].unit_cost for code in short})


def demand(played: Sequence[PlayedOrder], *, until: date) -> Counter[str]:
    """Pieces ordered before a day, by item; an order that is taken back later counts as well."""
    asked: Counter[str] = Counter()
    for one in played:
        if one.order.ordered_on < until:
            asked.update({line.item_code: company.stock_quantity(line) for line in one.lines})
    return asked

"""A year of orders: few in winter, most in May; bicycles in spring, lights and helmets in autumn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from perpetual.company_seed.goods import BOXES, NOT_SOLD
from perpetual.company_seed.records import NONE, DemoCustomer, DemoItem, DemoOrder, OrderLine

ORDERS_BY_MONTH = {1: 44, 2: 66, 3: 112, 4: 140, 5: 152, 6: 136, 7: 108, 8: 86, 9: 70, 10: 52, 11: 34}
LAST_DAY = date(2026, 11, 20)
FIRST_DAY = date(2026, 1, 2)

WEIGHTS_IN_SEASON = {
    "bicycles": 9,
    "electric bicycles": 7,
    "accessories": 4,
    "parts": 3,
    "frames": 2,
    "services": 2,
}
WEIGHTS_OFF_SEASON = {
    "bicycles": 3,
    "electric bicycles": 3,
    "accessories": 6,
    "parts": 6,
    "frames": 2,
    "services": 3,
}
"""How likely an item of a group is ordered, from March to August and in the other months."""

QUANTITIES = {
    "bicycles": (1, 1, 2, 2, 3, 4, 6, 8),
    "electric bicycles": (1, 1, 1, 2, 2, 3),
    "frames": (1, 1, 2, 3, 5),
    "parts": (2, 4, 5, 10, 10, 20, 24),
    "accessories": (2, 4, 6, 6, 12, 18),
    "services": (1, 2),
}
"""How many pieces a dealer takes; a rider takes one."""

COSTLY = Decimal(100)
BOXED_PART = 4
"""One in so many lines of an item that comes in boxes is ordered by the box."""


@dataclass(frozen=True)
class Habits:
    """How a customer behaves: how often it orders, and how late it pays, in days after the invoice."""

    weight: int
    pays_after: tuple[int, int]


PAYS_AFTER = {
    "IMMEDIATE": (0, 3),
    "NET14": (8, 16),
    "NET30": (18, 33),
    "NET30-2IN10": (5, 31),
    "NET60-3IN14": (8, 58),
    "MID-NEXT-MONTH": (15, 40),
    "SPLIT30-60": (25, 45),
    "THIRD-DOWN": (1, 35),
}
DISCOUNT_DAYS = {"NET30-2IN10": 10, "NET60-3IN14": 14}
LATE_BY = 45
"""One customer in eight pays later than agreed, by up to so many days."""


def orders(
    customers: Sequence[DemoCustomer], items: Sequence[DemoItem]
) -> tuple[list[DemoOrder], list[OrderLine]]:
    """All orders of the year with their lines, by number, which is by day."""
    chance = Random("havelrad/orders")
    habits = {customer.code: habits_of(customer, chance) for customer in customers}
    weights = [habits[customer.code].weight for customer in customers]
    sold = [item for item in items if item.group not in NOT_SOLD]
    taken, lines = [], []
    for number, day in enumerate(order_days(chance), start=1):
        [customer] = chance.choices(customers, weights)
        order_id = f"WEB-2026-{number:05d}"
        ordered = order_lines(order_id, customer, day, sold, chance)
        taken.append(order(order_id, customer, habits[customer.code], day, lines=ordered, chance=chance))
        lines += ordered
    return taken, lines


def habits_of(customer: DemoCustomer, chance: Random) -> Habits:
    """Riders order seldom; some dealers order much, and some pay late."""
    first, last = PAYS_AFTER[customer.payment_terms_code]
    late = LATE_BY if chance.randrange(8) == 0 else 0
    weight = 3 if customer.price_list_code == "RETAIL-EUR" else chance.choice((4, 6, 8, 12, 20))
    return Habits(weight, (first + late // 3, last + late))


def order_days(chance: Random) -> list[date]:
    """The days on which orders come in, in order; on Sundays nobody orders."""
    days = []
    for month, count in ORDERS_BY_MONTH.items():
        first = max(date(2026, month, 1), FIRST_DAY)
        last = min(date(2026, month + 1, 1) - timedelta(days=1), LAST_DAY)
        open_days = [
            day
            for day in (first + timedelta(days=place) for place in range((last - first).days + 1))
            if day.isoweekday() != 7
        ]
        days += [chance.choice(open_days) for _ in range(count)]
    return sorted(days)


def order_lines(
    order_id: str, customer: DemoCustomer, day: date, sold: Sequence[DemoItem], chance: Random
) -> list[OrderLine]:
    """One to six different items, chosen by season."""
    season = WEIGHTS_IN_SEASON if 3 <= day.month <= 8 else WEIGHTS_OFF_SEASON
    weights = [season[item.group] for item in sold]
    count = chance.choice((1, 1, 2, 2, 3, 3, 4, 5, 6)) if is_dealer(customer) else chance.choice((1, 1, 2, 3))
    chosen: dict[str, DemoItem] = {}
    while len(chosen) < count:
        [item] = chance.choices(sold, weights)
        chosen[item.code] = item
    return [
        order_line(order_id, place, item, customer, chance)
        for place, item in enumerate(chosen.values(), start=1)
    ]


def order_line(
    order_id: str, place: int, item: DemoItem, customer: DemoCustomer, chance: Random
) -> OrderLine:
    """A dealer takes several, sometimes by the box, sometimes at a discount; a rider takes one."""
    quantity, unit, discount = Decimal(1), "", NONE
    if is_dealer(customer):
        # Motors and batteries are parts, but nobody lays in twenty of them.
        usual = QUANTITIES["frames" if item.standard_cost > COSTLY else item.group]
        quantity = Decimal(chance.choice(usual) * (20 if item.code == "SPOKE-STEEL" else 1))
        discount = Decimal(chance.choice((0, 0, 0, 0, 0, 0, 0, 5, 10)))
        box, _ = BOXES.get(item.code, ("", 0))
        if box == "box" and chance.randrange(BOXED_PART) == 0:
            quantity, unit = Decimal(chance.choice((1, 1, 2))), box
    return OrderLine(order_id, place, item.code, quantity, unit, discount)


def order(
    order_id: str,
    customer: DemoCustomer,
    habits: Habits,
    day: date,
    *,
    lines: Sequence[OrderLine],
    chance: Random,
) -> DemoOrder:
    """The order itself, and how the demo plays it."""
    can_split = customer.delivery == "partial" and (len(lines) > 1 or lines[0].quantity > 1)
    pays_after = chance.randint(*habits.pays_after)
    return DemoOrder(
        order_id=order_id,
        ordered_on=day,
        customer_code=customer.code,
        freight_amount=freight(customer, lines, chance),
        ship_after_days=chance.choice((0, 1, 1, 1, 2, 2, 3, 5)),
        ship_in=2 if can_split and chance.randrange(5) == 0 else 1,
        pay_after_days=pays_after,
        pay_style=pay_style(customer, pays_after, chance),
        cancelled=chance.randrange(33) == 0,
    )


def freight(customer: DemoCustomer, lines: Sequence[OrderLine], chance: Random) -> Decimal:
    """Freight in the currency of the order: by size of the order, free for every third dealer's order."""
    if not is_dealer(customer):
        return Decimal("5.90") if len(lines) < 3 else NONE.quantize(Decimal("0.01"))
    return Decimal(chance.choice(("0.00", "9.90", "14.50" if len(lines) < 4 else "29.00")))


def pay_style(customer: DemoCustomer, pays_after: int, chance: Random) -> str:
    """Most pay in full, early ones less the discount; some pay in part, too much or some cents short."""
    luck = chance.randrange(100)
    if pays_after <= DISCOUNT_DAYS.get(customer.payment_terms_code, -1):
        return "discount" if luck < 85 else "full"
    if luck < 88:
        return "full"
    return "partial" if luck < 93 else "over" if luck < 96 else "short"


def is_dealer(customer: DemoCustomer) -> bool:
    """Dealers buy at dealers' prices, riders at the shop's."""
    return customer.price_list_code != "RETAIL-EUR"

"""What the company asks for its goods: to dealers at home and abroad, and to riders."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from perpetual.company_seed.goods import NOT_SOLD
from perpetual.company_seed.records import CENT, DemoItem, DemoPriceList, PriceLine, rounded

FIRST_DAY = date(2026, 1, 1)
RISE_ON = date(2026, 7, 1)
DAY_BEFORE_RISE = date(2026, 6, 30)
RISE = Decimal("1.03")
"""Electric bicycles become dearer in the middle of the year."""

MARK_UPS = {
    "frames": Decimal("1.55"),
    "parts": Decimal("1.65"),
    "accessories": Decimal("1.70"),
    "bicycles": Decimal("1.48"),
    "electric bicycles": Decimal("1.44"),
    "services": Decimal("1.90"),
}
"""A dealer's price over our standard cost."""

SCALES = {
    "frames": ((1, "1"), (5, "0.97"), (10, "0.94")),
    "parts": ((1, "1"), (10, "0.95"), (50, "0.91")),
    "accessories": ((1, "1"), (12, "0.95"), (36, "0.91")),
    "bicycles": ((1, "1"), (3, "0.98"), (8, "0.95")),
    "electric bicycles": ((1, "1"), (3, "0.98"), (6, "0.96")),
    "services": ((1, "1"),),
}
"""From how many pieces on which part of a dealer's price is asked."""

RETAIL_MARGIN = Decimal("1.42")
ABROAD = {"CHF": Decimal("0.99"), "GBP": Decimal("0.93")}
"""A dealer's price abroad for one euro at home: the exchange rate in January, and freight and customs."""

PRICE_LISTS = (
    DemoPriceList("DEALER-CHF", "Dealers in Switzerland, without tax", "CHF", False, FIRST_DAY, None),
    DemoPriceList("DEALER-EUR", "Dealers, without tax", "EUR", False, FIRST_DAY, None),
    DemoPriceList("DEALER-GBP", "Dealers in the United Kingdom, without tax", "GBP", False, FIRST_DAY, None),
    DemoPriceList("RETAIL-EUR", "Riders, tax included", "EUR", True, FIRST_DAY, None),
)


def price_lines(items: Iterable[DemoItem]) -> list[PriceLine]:
    """All prices of all lists, for every item that is sold, by list, item, quantity and day."""
    sold = [item for item in items if item.group not in NOT_SOLD]
    lines = [line for price_list in PRICE_LISTS for item in sold for line in lines_of(price_list, item)]
    return sorted(lines, key=lambda x: (x.price_list_code, x.item_code, x.min_quantity, x.valid_from))


def lines_of(price_list: DemoPriceList, item: DemoItem) -> Iterable[PriceLine]:
    """An item's prices on one list: riders have one price, dealers one for each step of the scale."""
    scale = ((1, "1"),) if price_list.prices_include_tax else SCALES[item.group]
    periods: list[tuple[date, date | None, Decimal]] = [(FIRST_DAY, None, Decimal(1))]
    if item.group == "electric bicycles":
        periods = [(FIRST_DAY, DAY_BEFORE_RISE, Decimal(1)), (RISE_ON, None, RISE)]
    for quantity, part in scale:
        for valid_from, valid_to, rise in periods:
            price = asked(price_list, item, Decimal(part) * rise)
            yield PriceLine(price_list.code, item.code, Decimal(quantity), price, valid_from, valid_to)


def asked(price_list: DemoPriceList, item: DemoItem, part: Decimal) -> Decimal:
    """The price as it is printed: dealers' prices in handy steps, riders' prices ending in nine."""
    dealer_price = item.standard_cost * MARK_UPS[item.group] * part
    if not price_list.prices_include_tax:
        return handy(dealer_price * ABROAD.get(price_list.currency, Decimal(1)))
    tax = Decimal("1.07") if item.tax_code == "DE-REDUCED" else Decimal("1.19")
    retail_price = dealer_price * RETAIL_MARGIN * tax
    if retail_price < 1:
        return rounded(retail_price, Decimal("0.05"))
    if retail_price < 100:
        return rounded(retail_price, Decimal("0.10")) - CENT
    return (rounded(retail_price, Decimal(10)) - 1).quantize(CENT)


def handy(price: Decimal) -> Decimal:
    """The price in steps of a cent, of five cents from 2, of fifty from 20, and of one from 200."""
    for limit, step in ((200, "1"), (20, "0.50"), (2, "0.05")):
        if price >= limit:
            return rounded(price, Decimal(step)).quantize(CENT)
    return rounded(price)


class PriceBook:
    """Finds the price that holds: the largest quantity reached, on the day asked for."""

    def __init__(self, lines: Iterable[PriceLine]) -> None:
        """Sorts the prices by list and item."""
        self._lines: dict[tuple[str, str], list[PriceLine]] = {}
        for line in lines:
            self._lines.setdefault((line.price_list_code, line.item_code), []).append(line)

    def price(self, price_list_code: str, item_code: str, quantity: Decimal, day: date) -> Decimal:
        """The price of one stock unit, in the currency of the list."""
        return max(
            (
                line
                for line in self._lines[price_list_code, item_code]
                if line.min_quantity <= quantity
                and line.valid_from <= day
                and (line.valid_to is None or day <= line.valid_to)
            ),
            key=lambda line: line.min_quantity,
        ).unit_price

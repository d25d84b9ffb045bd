"""Puts the demo company together: every file, and what follows from several of them."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from random import Random
from typing import Any

from perpetual.company_seed import customers as buyers
from perpetual.company_seed import finance, goods, prices, staff_and_suppliers
from perpetual.company_seed import orders as sales
from perpetual.company_seed.records import (
    NONE,
    BillLine,
    DemoCustomer,
    DemoItem,
    DemoOrder,
    OpeningStock,
    OrderLine,
    as_csv,
    as_row,
    rounded,
)

TIGHT_ITEMS = (
    "BIKE-CHILDREN-20",
    "BIKE-ELECTRIC-CARGO",
    "BIKE-GRAVEL",
    "BRAKES-DISC",
    "CHILD-SEAT",
    "GEARS-11",
    "LIGHT-FRONT",
    "LOCK-FOLDING",
)
"""Of these we begin with less than the year's orders ask for, so that some orders must wait."""

CUSTOMERS_AT_THE_LIMIT = 6
SHOP_GROUPS = {"bicycles", "electric bicycles", "accessories"}
TAX_RATES = {"DE-STANDARD": Decimal("0.19"), "DE-REDUCED": Decimal("0.07")}


def files() -> dict[str, str]:
    """The text of every file by its name."""
    items = goods.items()
    bills = goods.bills_of_materials()
    price_lines = prices.price_lines(items)
    customers = buyers.customers()
    orders, lines = sales.orders(customers, items)
    stock = opening_stock(items, bills, lines)
    rows = {
        "accounts": finance.accounts(),
        "bills_of_materials": as_rows_of(bills),
        "companies": finance.companies(),
        "currencies": finance.currencies(),
        "customers": as_rows_of(with_limits(customers, values(customers, items, orders, lines))),
        "employees": staff_and_suppliers.employees(),
        "exchange_rates": finance.exchange_rate_rows(),
        "item_units": goods.item_units(),
        "items": as_rows_of(items),
        "opening_balances": finance.opening_balances(stock),
        "opening_stock": as_rows_of(stock),
        "order_lines": as_rows_of(lines),
        "orders": as_rows_of(orders),
        "payment_terms": finance.payment_terms(),
        "price_list_lines": as_rows_of(price_lines),
        "price_lists": as_rows_of(prices.PRICE_LISTS),
        "suppliers": staff_and_suppliers.suppliers(),
        "tax_codes": finance.tax_codes(),
        "units": goods.units(),
        "warehouses": goods.warehouses(),
    }
    return {f"{name}.csv": as_csv(table) for name, table in rows.items()}


def as_rows_of(records: Iterable[Any]) -> list[dict[str, str]]:
    """The rows of a file of records."""
    return [as_row(record) for record in records]


def stock_quantity(line: OrderLine) -> Decimal:
    """What a line asks for, in stock units."""
    return line.quantity * (goods.BOXES[line.item_code][1] if line.unit else 1)


def opening_stock(
    items: Sequence[DemoItem], bills: Sequence[BillLine], lines: Sequence[OrderLine]
) -> list[OpeningStock]:
    """What lies in the warehouses on the first day: a year's orders of most items, and parts for more."""
    chance = Random("havelrad/opening stock")
    demand: Counter[str] = Counter()
    for line in lines:
        demand[line.item_code] += int(stock_quantity(line))
    used = {bill.component_item_code for bill in bills}
    stock = []
    for item in (item for item in items if item.kind != "service"):
        cost = rounded(item.standard_cost * Decimal(chance.randrange(960, 1031)) / 1000, Decimal("0.000001"))
        if item.code in TIGHT_ITEMS:
            quantity = demand[item.code] * chance.randrange(76, 92) // 100
        else:
            spare = (2000 if item.code == "SPOKE-STEEL" else 60) if item.code in used else 6
            quantity = demand[item.code] * chance.randrange(104, 121) // 100 + spare
        stock.append(OpeningStock("MAIN", item.code, Decimal(quantity), cost))
        if item.group in SHOP_GROUPS:
            stock.append(OpeningStock("SHOP", item.code, Decimal(chance.randrange(1, 7)), cost))
    return sorted(stock, key=lambda line: (line.warehouse_code, line.item_code))


def values(
    customers: Sequence[DemoCustomer],
    items: Sequence[DemoItem],
    orders: Sequence[DemoOrder],
    lines: Sequence[OrderLine],
) -> list[tuple[DemoOrder, Decimal]]:
    """What orders are worth in euro, tax included, at their month's rate; cancelled ones are left out."""
    book = prices.PriceBook(prices.price_lines(items))
    rates = finance.exchange_rates()
    customer_by = {customer.code: customer for customer in customers}
    item_by = {item.code: item for item in items}
    lines_by: dict[str, list[OrderLine]] = {}
    for line in lines:
        lines_by.setdefault(line.order_id, []).append(line)
    worth = []
    for order in (order for order in orders if not order.cancelled):
        customer = customer_by[order.customer_code]
        total = order.freight_amount
        for line in lines_by[order.order_id]:
            total += line_value(line, item_by[line.item_code], customer, order.ordered_on, book)
        rate = rates.get((customer.currency, order.ordered_on.month), Decimal(1))
        worth.append((order, rounded(total / rate)))
    return worth


def line_value(
    line: OrderLine, item: DemoItem, customer: DemoCustomer, day: date, book: prices.PriceBook
) -> Decimal:
    """A line's amount in the currency of the order, discounts taken off, tax included where there is any."""
    quantity = stock_quantity(line)
    price = book.price(customer.price_list_code, item.code, quantity, day)
    kept = (1 - line.discount_percent / 100) * (1 - customer.discount_percent / 100)
    has_tax_to_come = not customer.tax_code and customer.price_list_code != "RETAIL-EUR"
    return rounded(quantity * price * kept * (1 + (TAX_RATES[item.tax_code] if has_tax_to_come else NONE)))


def with_limits(
    customers: Sequence[DemoCustomer], worth: Sequence[tuple[DemoOrder, Decimal]]
) -> list[DemoCustomer]:
    """Customers with their credit limits: ample for most; a few of the best go over theirs in the season."""
    peaks = {customer.code: peak_exposure(customer, worth) for customer in customers}
    dealers = [customer for customer in customers if sales.is_dealer(customer)]
    best = sorted(dealers, key=lambda customer: -peaks[customer.code])[: 2 * CUSTOMERS_AT_THE_LIMIT : 2]
    limited = []
    for customer in customers:
        part, direction = ("0.85", ROUND_FLOOR) if customer in best else ("1.60", ROUND_CEILING)
        thousands = (peaks[customer.code] * Decimal(part) / 1000).quantize(Decimal(1), direction)
        limited.append(dataclasses.replace(customer, credit_limit=max(thousands, Decimal(2)) * 1000))
    return limited


def peak_exposure(customer: DemoCustomer, worth: Sequence[tuple[DemoOrder, Decimal]]) -> Decimal:
    """The most that a customer owes us at once, counting an order from its day until it is paid."""
    spans = [
        (
            order.ordered_on,
            order.ordered_on + timedelta(days=order.ship_after_days + order.pay_after_days),
            value,
        )
        for order, value in worth
        if order.customer_code == customer.code
    ]
    owed = [sum((v for start, end, v in spans if start <= day <= end), start=NONE) for day, _, _ in spans]
    return max(owed, default=NONE)

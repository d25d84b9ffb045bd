"""The company that the benchmark trades with, and the three REST calls of one order, each timed."""

import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import uuid4

from benchmarks.client import Connection

COMPANY = "BENCH"
CUSTOMERS, ITEMS = 200, 50
STOCK_OF_EACH = "10000000"
RUN = uuid4()
Answered: TypeAlias = Callable[[str], Awaitable[None]]
_numbers = itertools.count()


@dataclass
class Timing:
    """How long the three calls of an order took, in seconds."""

    order: float
    shipment: float
    payment: float


async def open_company(connection: Connection) -> None:
    """A company with customers, items and more stock than any run sells."""

    async def post(path: str, body: Any) -> None:
        status, answer = await connection.post(f"/v1/{path}", body, f"{RUN}/{next(_numbers)}")
        if status >= 300:
            raise RuntimeError(f"{path}: {status} {answer}")

    company = {
        "code": COMPANY,
        "name": "Bench",
        "currency": "EUR",
        "country": "DE",
        "default_warehouse_code": "MAIN",
    }
    await post("companies", company)
    await post("accounts/template", {})
    await post("fiscal-years", {"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})
    await post("warehouses", {"code": "MAIN", "name": "Main"})
    vat = {"code": "S19", "name": "VAT 19 %", "components": [{"name": "VAT 19 %", "rate_percent": "19"}]}
    await post("tax-codes", vat)
    await post("payment-terms", {"code": "NET30", "name": "30 days net", "instalments": [{"days": 30}]})
    items = [f"ITEM-{number:03d}" for number in range(ITEMS)]
    for code in items:
        await post("items", {"code": code, "name": code, "tax_code": "S19"})
    lines = [{"item_code": code, "unit_price": "12.50"} for code in items]
    await post("price-lists", {"code": "STD", "name": "Standard", "currency": "EUR", "lines": lines})
    for number in range(CUSTOMERS):
        customer = {
            "code": f"C-{number:03d}",
            "name": f"Customer {number}",
            "country": "DE",
            "currency": "EUR",
            "price_list_code": "STD",
            "payment_terms_code": "NET30",
            "credit_limit": "1000000000",
        }
        await post("customers", customer)
    stock = [{"item_code": code, "quantity": STOCK_OF_EACH, "unit_cost": "7.25"} for code in items]
    receipt = {"warehouse_code": "MAIN", "received_on": "2026-01-02", "reason": "opening", "lines": stock}
    await post("stock-receipts", receipt)


async def nothing(order_id: str) -> None:
    """What is done after a call, unless something else is."""


async def one_order(connection: Connection, answered: Answered = nothing) -> Timing:
    """Place an order of three lines, ship it, pay it; it is closed then.

    `answered` is told the order's id after each of the three, outside what is timed.
    """
    number = next(_numbers)
    lines = [
        {"item_code": f"ITEM-{(number * 7 + line * 13) % ITEMS:03d}", "quantity": str(line + 1)}
        for line in range(3)
    ]
    order = {"customer_code": f"C-{number % CUSTOMERS:03d}", "ordered_on": "2026-03-02", "lines": lines}
    placed, ordering = await timed(connection, "/v1/sales-orders", order, f"{RUN}/o{number}")
    await answered(placed["order_id"])
    path = f"/v1/sales-orders/{placed['order_id']}"
    _, shipping = await timed(
        connection, f"{path}/shipments", {"shipped_on": "2026-03-03"}, f"{RUN}/s{number}"
    )
    await answered(placed["order_id"])
    payment = {"received_on": "2026-03-10", "amount": placed["total_amount"], "currency": "EUR"}
    paid, paying = await timed(connection, f"{path}/payments", payment, f"{RUN}/p{number}")
    await answered(placed["order_id"])
    if paid["stage"] != "closed":
        raise RuntimeError(f"the order is at {paid['stage']}, not closed")
    return Timing(ordering, shipping, paying)


async def call(connection: Connection, path: str, body: Any, key: str) -> Any:
    """A POST that must be done, and its answer."""
    status, answer = await connection.post(path, body, key)
    while status == 202:  # Accepted, and not done within the door's wait: asking again gives the answer.
        status, answer = await connection.post(path, body, key)
    if status not in (200, 201):
        raise RuntimeError(f"{path}: {status} {answer}")
    return answer


async def timed(connection: Connection, path: str, body: Any, key: str) -> tuple[Any, float]:
    """The same, and how many seconds it took."""
    began = time.perf_counter()
    answer = await call(connection, path, body, key)
    return answer, time.perf_counter() - began

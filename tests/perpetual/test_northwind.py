"""Northwind's two years of trade, imported and played, come out as the control totals say.

The data set is not ours to hand on: the tests read it from the directory that NORTHWIND_DIR names, or from
`../shared/data/northwind` beside the repository, and are skipped where it is not.
"""

import asyncio
import csv
import os
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from temporalio.client import Client

from tests.erp import ADMIN_KEY, Erp

ROOT = Path(__file__).parents[2]
DIRECTORY = Path(os.environ.get("NORTHWIND_DIR", ROOT.parent / "shared/data/northwind"))
MAPPING = ROOT / "docs/examples/northwind.toml"
CENT = Decimal("0.01")
OPENING_QUANTITY = 5000
AT_A_TIME = 16

needs_the_data = pytest.mark.skipif(
    not (DIRECTORY / "orders.csv").exists(),
    reason="Northwind is not there: let NORTHWIND_DIR name the directory with its tables as CSV files",
)
in_full = pytest.mark.skipif(
    os.environ.get("PERPETUAL_NORTHWIND") != "1",
    reason="all 830 orders of Northwind take minutes: set PERPETUAL_NORTHWIND=1 to play them",
)

Thing = TypeVar("Thing")


def rows(name: str) -> list[dict[str, str]]:
    """A table of the data set."""
    with (DIRECTORY / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cents(text: str) -> Decimal:
    """A figure stored as a binary fraction: 9.80000019 is 9.80."""
    return Decimal(text).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Totals:
    """What the data set says of some orders, computed from its rows."""

    orders: int
    lines: int
    units: int
    net: Decimal
    """Line by line net of discount, not rounded."""
    revenue: Decimal
    """The same, each line rounded half-up to cents, as it is invoiced."""
    freight: Decimal

    @classmethod
    def of(cls, orders: list[dict[str, str]]) -> "Totals":
        """The totals of these orders."""
        ids = {order["order_id"] for order in orders}
        lines = [line for line in rows("order_details") if line["order_id"] in ids]
        amounts = [
            cents(line["unit_price"]) * int(line["quantity"]) * (1 - cents(line["discount"]))
            for line in lines
        ]
        return cls(
            orders=len(orders),
            lines=len(lines),
            units=sum(int(line["quantity"]) for line in lines),
            net=sum(amounts, Decimal(0)),
            revenue=sum((amount.quantize(CENT, ROUND_HALF_UP) for amount in amounts), Decimal(0)),
            freight=sum((cents(order["freight"]) for order in orders), Decimal(0)),
        )


@pytest.fixture
def northwind(http: httpx.AsyncClient, temporal: Client, company: str) -> Erp:
    """A company that is not set up yet: the import brings it."""
    return Erp(http=http, temporal=temporal, company=company)


def files(orders: list[dict[str, str]]) -> list[tuple[str, Any]]:
    """The data set as it is uploaded, with these of its orders."""
    ids = {order["order_id"] for order in orders}
    uploaded: list[tuple[str, Any]] = []
    for path in sorted(DIRECTORY.glob("*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if path.stem in ("orders", "order_details"):
            lines = [lines[0], *(line for line in lines[1:] if line.partition(",")[0] in ids)]
        uploaded.append(("files", (path.name, "".join(lines).encode())))
    return uploaded


async def imported(erp: Erp, orders: list[dict[str, str]], *, dry_run: bool = False) -> dict[str, Any]:
    """The report of importing the data set with these of its orders."""
    mapping = MAPPING.read_text(encoding="utf-8").replace('"NORTHWIND"', f'"{erp.company}"')
    answer = await erp.http.post(
        "/v1/imports",
        files=[*files(orders), ("mapping", ("northwind.toml", mapping.encode()))],
        data={"dry_run": str(dry_run).lower()},
        headers={
            "Authorization": f"Bearer {ADMIN_KEY}",
            "X-Company": erp.company,
            "Idempotency-Key": f"{erp.company}/northwind/{dry_run}",
        },
        timeout=900,
    )
    report: dict[str, Any] = erp.accepted(answer)
    return report


async def each(things: Iterable[Thing], do: Callable[[Thing], Awaitable[Any]]) -> list[Any]:
    """Do something to each, several at a time."""
    turn = asyncio.Semaphore(AT_A_TIME)

    async def one(thing: Thing) -> Any:
        async with turn:
            return await do(thing)

    return await asyncio.gather(*(one(thing) for thing in things))


async def all_of(erp: Erp, path: str) -> list[Any]:
    """Every item of a list, page after page."""
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = await erp.get(path, limit=200, **cursor)
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def play(erp: Erp, orders: list[dict[str, str]]) -> None:
    """Ship every order on its day, a week after the order when no day is told; pay it a month later."""
    on_day = {
        row["order_id"]: date.fromisoformat(row["shipped_date"])
        if row["shipped_date"]
        else date.fromisoformat(row["order_date"]) + timedelta(days=7)
        for row in orders
    }

    async def through(order: Any) -> None:
        reference = order["customer_reference"]
        shipped_on = on_day[reference]
        path = f"/v1/sales-orders/{order['order_id']}"
        body = {"shipped_on": shipped_on.isoformat()}
        await erp.post(f"{path}/shipments", body, key=f"{reference}/ship")
        paid_on = min(shipped_on + timedelta(days=30), date(1998, 12, 31))
        payment = {
            "amount": order["total_amount"],
            "currency": "USD",
            "received_on": paid_on.isoformat(),
        }
        await erp.post(f"{path}/payments", payment, key=f"{reference}/pay")

    await each(await all_of(erp, "/v1/sales-orders"), through)


async def what_the_books_say(erp: Erp) -> Totals:
    """The same totals, read from the company: orders, stock that left, and the accounts of the ledger."""
    orders = await all_of(erp, "/v1/sales-orders")
    documents = await each(orders, lambda order: erp.get(f"/v1/sales-orders/{order['order_id']}"))
    lines = [line for document in documents for line in document["order"]["lines"]]
    stock = await all_of(erp, "/v1/stock")
    balances = await erp.balances()
    return Totals(
        orders=len(orders),
        lines=len(lines),
        units=len(stock) * OPENING_QUANTITY - int(sum(Decimal(row["on_hand"]) for row in stock)),
        net=sum(
            (
                Decimal(line["quantity"])
                * Decimal(line["unit_price"])
                * (1 - Decimal(line["discount_percent"]) / 100)
                for line in lines
            ),
            Decimal(0),
        ),
        revenue=-balances["revenue"],
        freight=-balances["freight_revenue"],
    )


@needs_the_data
async def test_a_dry_run_finds_no_error_and_writes_nothing(northwind: Erp) -> None:
    report = await imported(northwind, rows("orders"), dry_run=True)

    assert report["error_count"] == 0
    assert {one["target"]: one["ready"] for one in report["targets"]}["sales-orders"] == 830
    assert (await northwind.get("/v1/sales-orders"))["items"] == []


@needs_the_data
async def test_the_first_orders_go_through_to_the_books_to_the_cent(northwind: Erp) -> None:
    books = await goes_through(northwind, rows("orders")[:25])

    assert books.orders == 25


@needs_the_data
@in_full
async def test_all_orders_go_through_and_the_books_agree_with_the_control_totals(northwind: Erp) -> None:
    books = await goes_through(northwind, rows("orders"))

    assert (books.orders, books.lines, books.units) == (830, 2155, 51317)
    assert books.net.quantize(CENT, ROUND_HALF_UP) == Decimal("1265793.04")
    assert books.freight == Decimal("64942.69")


async def goes_through(erp: Erp, orders: list[dict[str, str]]) -> Totals:
    """Import and play; everything is closed, the books balance and say what the data set says."""
    report = await imported(erp, orders)
    assert report["errors"] == []

    await play(erp, orders)

    assert {order["status"] for order in await all_of(erp, "/v1/sales-orders")} == {"closed"}
    books = await what_the_books_say(erp)
    assert books == Totals.of(orders)
    balances = await erp.balances()
    assert balances["receivable"] == 0
    assert balances["bank"] == books.revenue + books.freight
    return books

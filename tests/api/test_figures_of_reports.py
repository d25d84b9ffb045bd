"""Every figure of a report is followed, over all pages, to the lines behind it, which come to the figure."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from temporalio.client import Client

from foundation.values.messages import Caller
from foundation.values.money import ZERO
from tests.builders.finance import Accountant, a_line, an_entry
from tests.erp import Erp

WITH_A_SPACE = "C 2/b"


@pytest.fixture
async def books(http: httpx.AsyncClient, caller: Caller) -> Accountant:
    """Two years of a company that has sold in two currencies, delivered, been paid, and paid rent."""
    del http  # It opens the database.
    books = await Accountant(caller).open()
    await books.year(2025)
    await books.customer(WITH_A_SPACE)
    await books.rate("USD", "1.25", date(2025, 1, 1))
    await books.bill(a_line(1, "70", tax_code="T7"), invoiced_on=date(2025, 11, 3))
    for customer in ("C1", WITH_A_SPACE):
        await books.bill(a_line(3, "33.33", tax_code="T19"), customer_code=customer)
        sold = await books.bill(a_line(2, "49.99", tax_code="T19"), customer_code=customer, currency="USD")
        await books.receive("20", customer_code=customer, currency="USD", invoice_id=sold.invoice_id)
    await books.receive("55.55", received_on=date(2026, 4, 7))
    await books.goods_left("40")
    await books.account("6100 A", kind="expense", name="Rent of the hall")
    await books.post(an_entry(("6100 A", "12.34"), ("1400", "-12.34")))
    return books


@pytest.fixture
async def door(books: Accountant, http: httpx.AsyncClient, temporal: Client) -> AsyncIterator[Erp]:
    """The API of that company."""
    yield Erp(http=http, temporal=temporal, company=books.caller.company)


async def all_of(door: Erp, link: str) -> list[Any]:
    """Everything behind a link, two at a time."""
    path, _, query = link.partition("?")
    wanted: dict[str, Any] = dict(parse_qsl(query)) | {"limit": 2}
    first = await door.get(path, **wanted)
    found: list[Any] = first["items"]
    cursor = first["next_cursor"]
    while cursor is not None:
        page = await door.get(path, **wanted, cursor=cursor)
        found += page["items"]
        cursor = page["next_cursor"]
    return found


async def moved(door: Erp, row: Any) -> Decimal:
    """What the entries behind a figure come to on its account, debit positive."""
    lines = [line for entry in await all_of(door, row["entries"]) for line in entry["lines"]]
    mine = [line["base_amount"] for line in lines if line["account_code"] == row["account_code"]]
    return sum((Decimal(amount) for amount in mine), ZERO)


@pytest.mark.parametrize("days", [{}, {"from": "2025-01-01", "to": "2026-12-31"}])
async def test_the_trial_balance(door: Erp, days: dict[str, str]) -> None:
    report = await door.get("/v1/reports/trial-balance", **days)

    moving = [row for row in report["rows"] if Decimal(row["debit"]) or Decimal(row["credit"])]
    assert len(moving) >= 8
    for row in moving:
        assert await moved(door, row) == Decimal(row["debit"]) - Decimal(row["credit"]), row
        assert " " not in row["entries"]
    assert report["total_debit"] == report["total_credit"]


@pytest.mark.parametrize(
    ("report", "days", "debit_sections"),
    [
        ("balance-sheet", {"as_of": "2026-12-31"}, ["asset"]),
        ("profit-and-loss", {"from": "2026-01-01", "to": "2026-12-31"}, ["expense"]),
    ],
)
async def test_the_statements(
    report: str, days: dict[str, str], debit_sections: list[str], door: Erp
) -> None:
    sections = (await door.get(f"/v1/reports/{report}", **days))["sections"]

    for section in sections:
        sign = 1 if section["kind"] in debit_sections else -1
        amounts = [sign * await moved(door, row) for row in section["rows"]]
        assert amounts == [Decimal(row["amount"]) for row in section["rows"]]
        assert sum(amounts, ZERO) == Decimal(section["total"])


async def test_the_aged_receivables_and_the_ledger(door: Erp, books: Accountant) -> None:
    report = await door.get("/v1/reports/aged-receivables", as_of="2026-12-31")

    assert [(row["customer_code"], row["currency"]) for row in report["rows"]] == [
        ("C 2/b", "EUR"),
        ("C 2/b", "USD"),
        ("C1", "EUR"),
        ("C1", "USD"),
    ]
    for row in report["rows"]:
        behind = (await door.get(row["items"]))["rows"]
        assert sum(Decimal(item["open_amount"]) for item in behind) == Decimal(row["open_amount"]), row
        assert sum(Decimal(item["base_open_amount"]) for item in behind) == Decimal(row["base_open_amount"])
    balances = await books.balances()
    assert Decimal(report["base_total"]) == balances["receivable"] + balances["customer_on_account"]

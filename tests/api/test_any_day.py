"""What was open on a past day, how late it was, and what a party's statement says: from what had happened."""

import io
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from pypdf import PdfReader
from temporalio.client import Client

from domains.ledger.messages import ReversibleType
from foundation.values.messages import Caller
from foundation.values.money import ZERO
from tests.builders.finance import Accountant, a_line
from tests.erp import Erp

BILLED, CREDITED, PAID, USED, BACK = (
    date(2026, 2, 2),
    date(2026, 2, 20),
    date(2026, 3, 10),
    date(2026, 4, 1),
    date(2026, 4, 20),
)


@pytest.fixture
async def books(http: httpx.AsyncClient, caller: Caller) -> Accountant:
    """Billed, credited in part, paid too much, the rest used, and a payment that came back."""
    del http  # It opens the database.
    books = await Accountant(caller).open()
    await books.customer("C2")
    await books.rate("USD", "1.25")
    first = await books.bill(a_line(2, "50", tax_code="T19"), invoiced_on=BILLED)
    await books.take_back(first, (1, 1), credited_on=CREDITED)
    money = await books.receive("100", received_on=PAID, invoice_id=first.invoice_id)
    second = await books.bill(a_line(1, "100", tax_code="T19"), invoiced_on=date(2026, 3, 15))
    await books.allocate(money, second, allocated_on=USED)
    await books.rate("USD", "1.20", date(2026, 3, 1))
    abroad = await books.bill(a_line(1, "100"), customer_code="C2", currency="USD", invoiced_on=BILLED)
    paid = await books.receive(
        "60", customer_code="C2", currency="USD", received_on=PAID, invoice_id=abroad.invoice_id
    )
    assert paid.payment_id is not None
    await books.reverse(paid.payment_id, kind=ReversibleType.PAYMENT, on=BACK)
    return books


@pytest.fixture
async def door(books: Accountant, http: httpx.AsyncClient, temporal: Client) -> AsyncIterator[Erp]:
    """The API of that company."""
    yield Erp(http=http, temporal=temporal, company=books.caller.company)


async def aged(door: Erp, on: date) -> dict[str, Any]:
    """What customers owed on a day, by customer."""
    report = await door.get("/v1/reports/aged-receivables", as_of=on.isoformat())
    return {row["customer_code"]: row for row in report["rows"]}


async def test_the_ageing_of_a_past_day_is_of_that_day(door: Erp) -> None:
    billed, paid = (await aged(door, BILLED))["C1"], (await aged(door, PAID))["C1"]

    assert (billed["open_amount"], billed["not_due"]) == ("119.00", "119.00")
    assert (paid["open_amount"], paid["days_1_to_30"], paid["not_due"]) == ("-40.50", "0.00", "-40.50")


async def test_the_open_items_of_a_past_day_are_of_that_day(door: Erp) -> None:
    async def open_on(day: date, **more: Any) -> list[tuple[str, str]]:
        report = await door.get("/v1/reports/open-items", as_of=day.isoformat(), customer="C1", **more)
        return [(row["document_type"], row["open_amount"]) for row in report["rows"]]

    assert await open_on(date(2026, 2, 1)) == []
    assert await open_on(BILLED) == [("invoice", "119.00")]
    assert await open_on(CREDITED) == [("invoice", "59.50")]
    assert await open_on(PAID) == [("payment", "-40.50")]
    assert await open_on(date(2026, 3, 15)) == [("payment", "-40.50"), ("invoice", "119.00")]
    assert await open_on(USED) == [("invoice", "78.50")]


async def test_a_statement_says_what_happened_and_what_it_comes_to(door: Erp) -> None:
    days = {"from": "2026-02-10", "to": "2026-04-30"}
    statement = await door.get("/v1/customers/C1/statement", **days)

    (account,) = statement["accounts"]
    told = [(line["on"], line["document_type"], line["amount"], line["balance"]) for line in account["lines"]]
    assert (statement["from"], statement["to"], account["currency"]) == (*days.values(), "EUR")
    assert account["opening_balance"] == "119.00"
    assert told == [
        ("2026-02-20", "credit_note", "-59.50", "59.50"),
        ("2026-03-10", "payment", "-100.00", "-40.50"),
        ("2026-03-15", "invoice", "119.00", "78.50"),
        ("2026-04-01", "allocation", "0.00", "78.50"),
    ]
    assert account["closing_balance"] == statement["base_closing_balance"] == "78.50"
    settled = {(part["document_type"], part["amount"]) for part in account["lines"][3]["settled"]}
    assert settled == {("invoice", "40.50"), ("payment", "-40.50")}


async def test_the_open_items_of_each_day_are_the_control_accounts(door: Erp, books: Accountant) -> None:
    for on in (date(2026, 2, 1), BILLED, CREDITED, PAID, date(2026, 3, 15), USED, BACK, date(2026, 12, 31)):
        rows = (await aged(door, on)).values()
        balances = await books.balances(until=on)
        control = balances.get("receivable", ZERO) + balances.get("customer_on_account", ZERO)
        assert sum((Decimal(row["base_open_amount"]) for row in rows), ZERO) == control, on
        closing = [
            (await door.get(f"/v1/customers/{code}/statement", to=on.isoformat()))["base_closing_balance"]
            for code in ("C1", "C2")
        ]
        assert sum(map(Decimal, closing), ZERO) == control, on


async def test_a_statement_can_be_sent(door: Erp) -> None:
    pdf = await door.request("GET", "/v1/customers/C2/statement/pdf", to="2026-04-30")

    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    read = PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text().replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "Statement of account",
        "Invoice INV-2026-000003",
        "for INV-2026-000003",
        "40.00",
        "100.00",
    ):
        assert words in read, f"{words} in {read}"
    assert "Balance on 30 April 2026 US$100.00" in read
    nobody = await door.request("GET", "/v1/customers/NOBODY/statement")
    assert nobody.status_code == 404

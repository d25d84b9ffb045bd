"""Receipts, payments and allocations are made by the door itself: answered at once, also without Temporal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
from temporalio.client import Client

from foundation.operations import inbox
from foundation.runtime.temporal import DATA_CONVERTER
from tests.erp import Erp, an_order
from tests.servers import free_port

RECEIPT = {
    "warehouse_code": "MAIN",
    "received_on": "2026-03-01",
    "lines": [{"item_code": "PEAR", "quantity": "7", "unit_cost": "4.00"}],
}
MONEY = {"customer_code": "ALICE", "received_on": "2026-03-20", "amount": "119.00", "currency": "EUR"}
_DUE_AGAIN = """
    UPDATE foundation.inbox SET due_at = now() WHERE company_id = $1 AND delivered_at IS NULL RETURNING id
"""


@asynccontextmanager
async def temporal_is_away() -> AsyncIterator[None]:
    """What the API does reaches no Temporal."""
    from api.app import app  # noqa: PLC0415  # As the fixture `http` does.

    address = f"127.0.0.1:{free_port()}"
    before = app.state.temporal
    app.state.temporal = await Client.connect(address, data_converter=DATA_CONVERTER, lazy=True)
    try:
        yield
        await inbox.all_sent()
    finally:
        app.state.temporal = before


async def relay_again(erp: Erp, postgres_url: str) -> None:
    """Temporal is back, and the relay's pause is over."""
    owner = await asyncpg.connect(postgres_url)
    # The session's other Temporal has a relay too, which may look first and not find the process there.
    while await owner.fetch(_DUE_AGAIN, erp.company):
        await inbox.send_again(erp.temporal, at_most=10_000)
    await owner.close()


async def invoice_of(erp: Erp, order: Any) -> Any:
    (invoice,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    return invoice


async def test_goods_that_come_while_temporal_is_away_serve_who_waits_for_them(
    erp: Erp, postgres_url: str
) -> None:
    lines = [{"item_code": "PEAR", "quantity": "107", "unit_price": "5.00"}]
    order = await erp.place(an_order(lines=lines, delivery="complete"))

    async with temporal_is_away():
        answer = await erp.request("POST", "/v1/stock-receipts", RECEIPT, by="warehouse")
        stage = await erp.stage_of(order)

    assert (answer.status_code, stage) == (201, "waiting for stock")
    await relay_again(erp, postgres_url)
    await erp.until(order, "waiting for shipment")


async def test_money_that_comes_while_temporal_is_away_closes_its_order(erp: Erp, postgres_url: str) -> None:
    order = await erp.place()
    await erp.ship(order)
    invoice = await invoice_of(erp, order)

    async with temporal_is_away():
        paid = await erp.request("POST", "/v1/payments", MONEY, by="accountant")
        path = f"/v1/payments/{paid.json()['payment_id']}/allocations"
        used = await erp.request("POST", path, {"invoice_id": invoice["invoice_id"]}, by="accountant")
        stage = await erp.stage_of(order)

    assert (paid.status_code, used.status_code, stage) == (201, 201, "waiting for payment")
    await relay_again(erp, postgres_url)
    await erp.until(order, "closed")


async def test_a_receipt_is_answered_with_the_document_and_the_same_again(erp: Erp) -> None:
    key = str(uuid4())
    first = await erp.request("POST", "/v1/stock-receipts", RECEIPT, by="warehouse", key=key)
    again = await erp.request("POST", "/v1/stock-receipts", RECEIPT, by="warehouse", key=key)
    other = await erp.request(
        "POST", "/v1/stock-receipts", RECEIPT | {"received_on": "2026-03-02"}, by="warehouse", key=key
    )

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == again.json() == await erp.get(first.headers["Location"])
    assert first.json()["value"] == "28.00"
    assert (await erp.stock("PEAR"))["on_hand"] == "107"
    assert (await erp.get("/v1/processes", type="stock_receipt"))["items"] == []


async def test_what_is_wrong_with_a_receipt_is_told_field_by_field_and_nothing_came_in(erp: Erp) -> None:
    lines = [{"item_code": "GHOST", "quantity": "7", "unit_cost": "4.00"}, *RECEIPT["lines"]]
    response = await erp.request("POST", "/v1/stock-receipts", {**RECEIPT, "lines": lines}, by="warehouse")

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["lines.0.item_code"]
    assert (await erp.stock("PEAR"))["on_hand"] == "100"


async def test_goods_do_not_come_in_on_a_day_whose_books_are_closed(erp: Erp) -> None:
    before = await erp.balances()

    response = await erp.request(
        "POST", "/v1/stock-receipts", RECEIPT | {"received_on": "2020-03-01"}, by="warehouse"
    )

    assert (response.status_code, response.json()["type"]) == (422, "/problems/no-fiscal-year")
    assert (await erp.stock("PEAR"))["on_hand"] == "100"
    assert await erp.balances() == before


async def test_money_and_its_use_are_answered_with_the_payment(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order)
    invoice = await invoice_of(erp, order)
    key = str(uuid4())

    paid = await erp.request("POST", "/v1/payments", MONEY | {"amount": "200.00"}, by="accountant")
    path = f"{paid.headers['Location']}/allocations"
    used = [
        await erp.request("POST", path, {"invoice_id": invoice["invoice_id"]}, by="accountant", key=key)
        for _ in "12"
    ]

    assert (paid.status_code, paid.json()["on_account_amount"]) == (201, "200.00")
    assert [answer.status_code for answer in used] == [201, 201]
    assert used[0].json() == used[1].json() == await erp.get(paid.headers["Location"])
    assert used[0].json()["on_account_amount"] == "81.00"
    assert [one["invoice_number"] for one in used[0].json()["settlements"]] == [invoice["invoice_number"]]
    await erp.until(order, "closed")

"""Goods as they are read through the REST API."""

from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
from temporalio.client import Client

from foundation.values.messages import Caller
from tests.builders.inventory import CUSTOMER, GoodsKeeper, a_return, a_shipment, an_order, goods
from tests.erp import Erp


@pytest.fixture
async def keeper(http: httpx.AsyncClient, caller: Caller) -> GoodsKeeper:
    """Somebody who works with the goods of a company that has some, and an order of which a part has left."""
    del http  # It opens the database.
    keeper = await GoodsKeeper(caller).open()
    await keeper.item("bolt")
    await keeper.item("nut", costing_method="fifo")
    return keeper


@pytest.fixture
def door(http: httpx.AsyncClient, temporal: Client, company: str) -> Erp:
    """The API of the test's company."""
    return Erp(http=http, temporal=temporal, company=company)


async def test_stock_is_on_hand_reserved_available_and_worth_something(
    keeper: GoodsKeeper, door: Erp
) -> None:
    await keeper.receive(goods("bolt", 10, "1.50"), goods("nut", 1))
    await keeper.reserve(an_order(("bolt", 4), ("nut", 3)))

    bolts = (await door.get("/v1/stock", item="bolt"))["items"]
    everything = (await door.get("/v1/stock", warehouse="MAIN"))["items"]
    available = (await door.get("/v1/stock", available_only=True))["items"]

    assert bolts == [
        {
            "item_code": "bolt",
            "item_name": "bolt",
            "warehouse_code": "MAIN",
            "unit": "pc",
            "on_hand": "10",
            "in_transit": "0",
            "reserved": "4",
            "available": "6",
            "backordered": "0",
            "unit_cost": "1.50",
            "value": "15.00",
            "currency": "EUR",
        }
    ]
    assert [row["item_code"] for row in everything] == ["bolt", "nut"]
    assert everything[1]["backordered"] == "2"
    assert available == bolts


async def test_a_list_goes_on_where_its_page_ended(keeper: GoodsKeeper, door: Erp) -> None:
    for _ in range(3):
        await keeper.receive(goods("bolt", 1), goods("nut", 1))

    first = await door.get("/v1/stock-moves", limit=4, sort="moved_on")
    rest = await door.get("/v1/stock-moves", limit=4, sort="moved_on", cursor=first["next_cursor"])
    wrong = await door.request("GET", "/v1/stock-moves", sort="colour")

    assert len(first["items"]) == 4
    assert len(rest["items"]) == 2
    assert rest["next_cursor"] is None
    assert len({row["id"] for row in first["items"] + rest["items"]}) == 6
    assert wrong.status_code == 422


async def test_moves_tell_their_document_and_their_value(keeper: GoodsKeeper, door: Erp) -> None:
    await keeper.receive(goods("bolt", 3, "10"))
    issued = await keeper.sell("bolt", 1)

    newest, oldest = (await door.get("/v1/stock-moves", item="bolt"))["items"]

    assert newest["document_number"] == issued.shipment_number
    assert (newest["kind"], newest["quantity"], newest["value"]) == ("issue", "-1", "-10.00")
    assert oldest["kind"] == "receipt"
    assert [row["id"] for row in await _items(door, "/v1/stock-moves", kind="issue")] == [newest["id"]]
    assert await _items(door, "/v1/stock-moves", moved_to="2020-01-01") == []


async def test_a_shipment_is_listed_and_shown_with_its_lines(keeper: GoodsKeeper, door: Erp) -> None:
    await keeper.receive(goods("bolt", 3, "10"))
    order = an_order(("bolt", 2))
    await keeper.reserve(order)
    shipment = a_shipment(order, carrier="DHL", tracking="JD0001")
    issued = await keeper.ship(shipment)

    (listed,) = await _items(door, "/v1/shipments", order=str(order.order_id), customer=CUSTOMER)
    shown = await door.get(f"/v1/shipments/{shipment.shipment_id}")
    unknown = await door.request("GET", f"/v1/shipments/{uuid4()}")

    assert listed["shipment_number"] == issued.shipment_number
    assert shown == listed | {
        "lines": [{"line_number": 1, "item_code": "bolt", "quantity": "2", "cost": "20.00"}]
    }
    assert (shown["cost"], shown["currency"], shown["carrier"]) == ("20.00", "EUR", "DHL")
    assert unknown.status_code == 404
    assert await _items(door, "/v1/shipments", shipped_from="2099-01-01") == []


async def test_a_receipt_is_listed_and_shown_with_its_lines(keeper: GoodsKeeper, door: Erp) -> None:
    received = await keeper.receive(goods("bolt", 3, "10"), reference="DN 77")

    (listed,) = await _items(door, "/v1/stock-receipts", number=received.receipt_number)
    shown = await door.get(f"/v1/stock-receipts/{received.receipt_id}")

    assert (listed["value"], listed["reference"], listed["reason"]) == ("30.00", "DN 77", "purchase")
    assert shown["lines"][0]["stock_quantity"] == "3"
    assert (await door.request("GET", f"/v1/stock-receipts/{uuid4()}")).status_code == 404


async def test_a_goods_return_is_listed_and_shown_with_its_lines_and_its_moves(
    keeper: GoodsKeeper, door: Erp
) -> None:
    await keeper.receive(goods("bolt", 3, "10"))
    order = an_order(("bolt", 3))
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order))
    back = await keeper.take_back(a_return(order, (1, 2), scrapped=1, reference="RMA-000001"))

    (listed,) = await _items(door, "/v1/goods-returns", order=str(order.order_id), customer=CUSTOMER)
    shown = await door.get(f"/v1/goods-returns/{back.return_id}")
    (move,) = await _items(door, "/v1/stock-moves", kind="return")

    assert (listed["return_number"], listed["reference"]) == (back.return_number, "RMA-000001")
    assert (listed["restocked_value"], listed["scrapped_value"], listed["adjustment_value"]) == (
        "10.00",
        "10.00",
        "0.00",
    )
    assert shown == listed | {
        "lines": [
            {
                "line_number": 1,
                "item_code": "bolt",
                "quantity": "2",
                "scrapped_quantity": "1",
                "cost": "20.00",
                "restocked_cost": "10.00",
            }
        ]
    }
    assert (move["document_number"], move["quantity"], move["value"]) == (back.return_number, "1", "10.00")
    assert await _items(door, "/v1/goods-returns", received_from="2099-01-01") == []
    assert await _items(door, "/v1/goods-returns", received_to="2020-01-01", sort="number") == []
    assert (await door.request("GET", f"/v1/goods-returns/{uuid4()}")).status_code == 404


async def test_who_waits_is_listed_in_the_order_of_being_served(keeper: GoodsKeeper, door: Erp) -> None:
    orders = [an_order(("bolt", quantity)) for quantity in (2, 5, 7)]
    for order in orders:
        await keeper.reserve(order)
    await keeper.receive(goods("bolt", 3))

    waiting = await _items(door, "/v1/stock-reservations", item="bolt", waiting_only=True)
    of_order = await _items(door, "/v1/stock-reservations", order=str(orders[0].order_id))

    assert [row["order_id"] for row in waiting] == [str(order.order_id) for order in orders[1:]]
    assert [row["short_quantity"] for row in waiting] == ["4", "7"]
    assert of_order[0]["reserved_quantity"] == "2"


async def test_goods_are_worth_what_is_kept_of_them(keeper: GoodsKeeper, door: Erp) -> None:
    await keeper.receive(goods("nut", 3, "10"), goods("nut", 1, "14"))

    (nuts,) = await _items(door, "/v1/stock-valuations", item="nut")

    assert (nuts["costing_method"], nuts["quantity"], nuts["unit_cost"]) == ("fifo", "4", "11.00")
    assert (nuts["value"], nuts["currency"]) == ("44.00", "EUR")


async def test_stock_as_of_a_day_is_worth_what_the_ledger_said_on_it(keeper: GoodsKeeper, door: Erp) -> None:
    await keeper.receive(goods("bolt", 2, "5"), received_on=date(2026, 3, 2))
    await keeper.receive(goods("bolt", 1, "0.01"), warehouse_code="SECOND", received_on=date(2026, 3, 10))
    await keeper.receive(goods("nut", 1, "9"), received_on=date(2026, 3, 10))
    await keeper.sell("bolt", 1)

    listed = {
        day: [
            (row["item_code"], row["warehouse_code"], row["on_hand"], row["value"])
            for row in await _items(
                door, "/v1/stock/balances", **({"as_of": f"2026-03-{day}"} if day else {})
            )
        ]
        for day in ("01", "02", "10", "")
    }
    file = await door.request("GET", "/v1/stock/balances", as_of="2026-03-02", item="bolt", format="csv")

    # It left on 2 March at the average of when it was shipped, 3.34.
    assert listed["01"] == []
    assert listed["02"] == [("bolt", "MAIN", "1", "6.66")]
    now = [("bolt", "MAIN", "1", "3.34"), ("bolt", "SECOND", "1", "3.33"), ("nut", "MAIN", "1", "9.00")]
    assert listed["10"] == listed[""] == now
    report = await door.get("/v1/reports/trial-balance", to="2026-03-02")
    assert [row["closing"] for row in report["rows"] if row["role"] == "inventory"] == ["6.66"]
    assert file.text.splitlines()[1].startswith("bolt,bolt,MAIN,pc,1,0,6.66,EUR")


async def _items(door: Erp, path: str, **query: Any) -> Any:
    return (await door.get(path, **query))["items"]

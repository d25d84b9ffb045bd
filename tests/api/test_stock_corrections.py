"""Every mistake in stock has its correcting document, through the REST API."""

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from temporalio.client import Client

from foundation.values.messages import Caller
from tests.activities.inventory.agreement import everything_agrees
from tests.activities.ledger.what_stands import operations_that_differ, standing
from tests.builders.finance import Accountant
from tests.builders.inventory import GoodsKeeper, a_shipment, an_order, goods
from tests.checked import violations
from tests.erp import Erp

ON = "2026-03-10"
BACK = {"reversed_on": "2026-03-20", "reason": "a mistake"}


@pytest.fixture
async def keeper(http: httpx.AsyncClient, caller: Caller) -> GoodsKeeper:
    """Somebody who works with the goods of a company that has bolts at average cost and nuts in layers."""
    del http  # It opens the database.
    keeper = await GoodsKeeper(caller).open()
    await keeper.item("bolt", is_whole=True, units=({"unit": "box", "factor": "10"},))
    await keeper.item("nut", costing_method="fifo")
    await keeper.receive(goods("bolt", 10, "2"), goods("nut", 4, "1"), goods("nut", 6, "3"))
    return keeper


@pytest.fixture
def door(http: httpx.AsyncClient, temporal: Client, company: str) -> Erp:
    """The API of the test's company."""
    return Erp(http=http, temporal=temporal, company=company)


def line(item: str, quantity: Any, **more: Any) -> dict[str, Any]:
    """One line of a document."""
    return {"item_code": item, "quantity": str(quantity), **more}


async def refused(door: Erp, path: str, body: Any) -> tuple[str, list[str]]:
    """The name of a refusal, and the fields that it names."""
    answer = await door.request("POST", path, body)
    assert answer.status_code in (409, 422), answer.text
    problem = answer.json()
    return problem["type"].removeprefix("/problems/"), [one["field"] for one in problem.get("errors", ())]


async def agrees(keeper: GoodsKeeper) -> None:
    """Stock agrees with itself and with the books."""
    await everything_agrees(keeper)
    await Accountant(keeper.caller).everything_agrees()
    assert await operations_that_differ(keeper.caller.company) == []


async def test_a_count_posts_what_differs_from_the_books_of_its_day(keeper: GoodsKeeper, door: Erp) -> None:
    await keeper.sell("bolt", 3, ordered_on="2026-03-15")
    before = await standing(keeper.caller.company)
    counted = {"warehouse_code": "MAIN", "counted_on": ON, "reference": "spring"}
    lines = [line("bolt", 9), line("nut", "10.5")]

    count = await door.post("/v1/stock-counts", counted | {"lines": lines})

    found = [(row["book_quantity"], row["stock_quantity"], row["value"]) for row in count["lines"]]
    assert found == [("7", "9", "4.00"), ("10", "10.5", "1.10")]
    assert (count["value"], (await door.balances())["count_difference"]) == ("5.10", Decimal("-5.10"))
    assert (await door.get("/v1/stock-counts", warehouse="MAIN"))["items"] == [
        {name: value for name, value in count.items() if name != "lines"}
    ]
    await agrees(keeper)
    reversal = await door.post(f"/v1/stock-counts/{count['count_number']}/reversal", BACK)
    assert (await door.get(f"/v1/stock-counts/{count['count_id']}"))["reversed_by"] == reversal[
        "reversal_number"
    ]
    assert await standing(keeper.caller.company) == before
    await agrees(keeper)


async def test_what_a_count_misses_is_taken_from_who_came_last_and_comes_back_to_them(
    keeper: GoodsKeeper, door: Erp
) -> None:
    orders = [an_order(("nut", quantity)) for quantity in (6, 4)]
    for order in orders:
        await keeper.reserve(order)

    body = {"warehouse_code": "MAIN", "counted_on": ON, "lines": [line("nut", 5)]}
    count = await door.post("/v1/stock-counts", body)

    rows = (await door.get("/v1/stock-reservations", item="nut"))["items"]
    assert [(row["reserved_quantity"], row["short_quantity"]) for row in rows] == [("5", "1"), ("0", "4")]
    assert count["value"] == "-7.00"
    await agrees(keeper)
    await door.post(f"/v1/stock-counts/{count['count_id']}/reversal", BACK)
    rows = (await door.get("/v1/stock-reservations", item="nut"))["items"]
    assert [row["short_quantity"] for row in rows] == ["0", "0"]
    await agrees(keeper)


async def test_a_count_of_a_past_day_cannot_miss_what_left_since(keeper: GoodsKeeper, door: Erp) -> None:
    order = an_order(("bolt", 8))
    await keeper.reserve(order)
    await keeper.ship(a_shipment(order, shipped_on=date(2026, 3, 15)))
    counted = {"warehouse_code": "MAIN", "counted_on": ON}

    assert await refused(door, "/v1/stock-counts", counted | {"lines": [line("bolt", 7)]}) == (
        "not-on-hand",
        ["lines.0.quantity"],
    )
    twice = counted | {"lines": [line("bolt", 8), line("bolt", 1)]}
    assert await refused(door, "/v1/stock-counts", twice) == ("counted-twice", ["lines.1.item_code"])
    count = await door.post("/v1/stock-counts", counted | {"lines": [line("bolt", 8)]})
    assert (count["lines"][0]["book_quantity"], count["value"]) == ("10", "-4.00")
    assert (await door.stock("bolt"))["on_hand"] == "0"
    await agrees(keeper)


async def test_scrap_is_a_loss_at_cost_and_comes_back_to_its_layers(keeper: GoodsKeeper, door: Erp) -> None:
    before = await standing(keeper.caller.company)
    body = {"warehouse_code": "MAIN", "scrapped_on": ON, "reason": "rust"}

    scrap = await door.post(
        "/v1/scrappings", body | {"lines": [line("nut", 5), line("bolt", "0.2", unit="box")]}
    )

    assert [row["value"] for row in scrap["lines"]] == ["7.00", "4.00"]
    assert (await door.balances())["scrapped_goods"] == 11
    too_many = body | {"lines": [line("nut", 6)]}
    assert await refused(door, "/v1/scrappings", too_many) == ("not-on-hand", ["lines.0.quantity"])
    early = body | {"lines": [line("nut", 1)], "scrapped_on": "2026-03-01"}
    assert await refused(door, "/v1/scrappings", early) == ("not-there-yet", ["scrapped_on"])
    assert await refused(door, "/v1/scrappings", body | {"lines": [line("nut", 1)], "reason": " "}) == (
        "invalid",
        ["reason"],
    )
    await agrees(keeper)
    await door.post(f"/v1/scrappings/{scrap['scrapping_id']}/reversal", BACK)
    assert await standing(keeper.caller.company) == before
    await agrees(keeper)


async def test_a_transfer_serves_who_waits_where_it_goes(keeper: GoodsKeeper, door: Erp) -> None:
    before = await standing(keeper.caller.company)
    waiting = an_order(("bolt", 5), warehouse_code="SECOND")
    await keeper.reserve(waiting)
    body = {"from_warehouse_code": "MAIN", "to_warehouse_code": "SECOND", "transferred_on": ON}

    transfer = await door.post("/v1/stock-transfers", body | {"lines": [line("bolt", 4)]})

    (row,) = (await door.get("/v1/stock-reservations", item="bolt"))["items"]
    assert (row["reserved_quantity"], row["short_quantity"]) == ("4", "1")
    more = body | {"lines": [line("bolt", 7)]}
    assert await refused(door, "/v1/stock-transfers", more) == ("not-on-hand", ["lines.0.quantity"])
    same = body | {"to_warehouse_code": "MAIN", "lines": [line("bolt", 1)]}
    assert await refused(door, "/v1/stock-transfers", same) == ("invalid", ["to_warehouse_code"])
    path = f"/v1/stock-transfers/{transfer['transfer_id']}/reversal"
    assert (await refused(door, path, BACK))[0] == "goods-are-gone"
    await keeper.release(waiting.order_id)
    await agrees(keeper)
    await door.post(path, BACK)
    assert await standing(keeper.caller.company) == before
    await agrees(keeper)


async def test_goods_in_transit_arrive_in_parts(keeper: GoodsKeeper, door: Erp) -> None:
    before = await standing(keeper.caller.company)
    body = {"from_warehouse_code": "MAIN", "to_warehouse_code": "SECOND", "transferred_on": ON}
    lines = [line("bolt", 4), line("nut", 2)]
    transfer = await door.post("/v1/stock-transfers", body | {"is_in_transit": True, "lines": lines})
    path = f"/v1/stock-transfers/{transfer['transfer_number']}"
    arrived = {"received_on": "2026-03-12", "lines": [{"line_number": 1, "quantity": "3"}]}

    first = await door.post(f"{path}/receipts", arrived)

    rows = (await door.get("/v1/stock", warehouse="SECOND"))["items"]
    assert [(row["on_hand"], row["in_transit"], row["value"]) for row in rows] == [
        ("3", "1", "8.00"),
        ("0", "2", "4.40"),
    ]
    assert await refused(door, f"{path}/receipts", arrived) == ("not-in-transit", ["lines.0.quantity"])
    assert await refused(door, f"{path}/receipts", {"received_on": "2026-03-09"}) == (
        "too-early",
        ["received_on"],
    )
    assert (await refused(door, f"{path}/reversal", BACK))[0] == "stands-on-it"
    rest = await door.post(f"{path}/receipts", {"received_on": "2026-03-13"})
    assert [row["stock_quantity"] for row in rest["lines"]] == ["1", "2"]
    assert (await refused(door, f"{path}/receipts", {"received_on": "2026-03-13"}))[0] == "not-in-transit"
    await agrees(keeper)
    for receipt in (rest, first):
        await door.post(f"/v1/transfer-receipts/{receipt['transfer_receipt_id']}/reversal", BACK)
    await door.post(f"{path}/reversal", BACK)
    assert await standing(keeper.caller.company) == before
    await agrees(keeper)


@pytest.mark.parametrize(("item", "cost"), [("bolt", "2"), ("nut", "2.2")])
async def test_a_write_down_recovers_at_most_to_cost(
    item: str, cost: str, keeper: GoodsKeeper, door: Erp
) -> None:
    async def written(unit_cost: str) -> Any:
        body = {"item_code": item, "unit_cost": unit_cost, "written_on": ON, "reason": "the market"}
        return await door.post("/v1/write-downs", body)

    body = {"item_code": item, "unit_cost": "9", "written_on": ON, "reason": "the market"}
    assert await refused(door, "/v1/write-downs", body) == ("above-cost", ["unit_cost"])
    down = await written("1.5")
    lost = Decimal(down["value_before"]) - Decimal(down["value"])
    assert (await door.balances())["inventory_write_down"] == lost == 10 * (Decimal(cost) - Decimal("1.5"))
    up = await written("1.8")
    assert (await door.balances())["inventory_write_down"] == lost - 3
    above = await refused(door, "/v1/write-downs", body | {"unit_cost": str(Decimal(cost) + 1)})
    assert above == ("above-cost", ["unit_cost"])
    await written(cost)
    assert (await door.balances()).get("inventory_write_down", 0) == 0
    assert (await refused(door, f"/v1/write-downs/{up['write_down_id']}/reversal", BACK))[0] == "moved-since"
    await agrees(keeper)


async def test_what_was_written_down_and_sold_is_not_written_up(keeper: GoodsKeeper, door: Erp) -> None:
    body = {"item_code": "bolt", "unit_cost": "1", "written_on": ON, "reason": "the market"}
    down = await door.post("/v1/write-downs", body)
    back = await door.post(f"/v1/write-downs/{down['write_down_id']}/reversal", BACK)
    assert back["document_number"] == down["write_down_number"]
    assert await refused(door, "/v1/write-downs", body | {"unit_cost": "2"}) == ("nothing-to-write-down", [])
    await door.post("/v1/write-downs", body)
    await keeper.sell("bolt", 6)
    await keeper.receive(goods("bolt", 6, "1"))

    assert await refused(door, "/v1/write-downs", body | {"unit_cost": "2"}) == ("above-cost", ["unit_cost"])
    up = await door.post("/v1/write-downs", body | {"unit_cost": "1.4"})
    assert (up["value_before"], up["value"]) == ("10.00", "14.00")
    await agrees(keeper)


@pytest.mark.parametrize(
    ("item", "sold", "in_stock", "of_sold"), [("bolt", 4, "6.00", "4.00"), ("nut", 4, "6.00", "0.00")]
)
async def test_a_receipt_s_price_is_corrected_in_stock_and_in_what_was_sold(
    item: str, sold: int, in_stock: str, of_sold: str, keeper: GoodsKeeper, door: Erp
) -> None:
    (receipt,) = (await door.get("/v1/stock-receipts"))["items"]
    path = f"/v1/stock-receipts/{receipt['receipt_number']}"
    number, old, new = (1, "2", "3") if item == "bolt" else (3, "3", "4")
    await keeper.sell(item, sold)
    before = await door.balances()
    prices = {"corrected_on": ON, "reason": "misread", "lines": [{"line_number": number, "unit_cost": new}]}
    early = prices | {"corrected_on": "2026-03-01"}
    assert (await refused(door, f"{path}/price-corrections", early))[1] == ["corrected_on"]

    correction = await door.post(f"{path}/price-corrections", prices)

    after = await door.balances()
    assert correction["stock_value"] == in_stock
    assert after["inventory"] - before["inventory"] == Decimal(in_stock)
    assert after["cost_of_goods_sold"] - before["cost_of_goods_sold"] == Decimal(of_sold)
    grni = "goods_received_not_invoiced"
    assert before[grni] - after[grni] == Decimal(correction["value"])
    same = await refused(door, f"{path}/price-corrections", prices)
    assert same == ("invalid", ["lines.0.unit_cost"])
    assert (await refused(door, f"{path}/reversal", BACK))[0] == "stands-on-it"
    await agrees(keeper)
    await door.post(f"/v1/price-corrections/{correction['correction_id']}/reversal", BACK)
    assert await door.balances() == before
    again = prices | {"lines": [{"line_number": number, "unit_cost": old}]}
    assert (await refused(door, f"{path}/price-corrections", again))[0] == "invalid"
    await agrees(keeper)


async def test_goods_that_are_not_invoiced_are_open_with_their_supplier_or_with_nobody(
    keeper: GoodsKeeper, door: Erp
) -> None:
    supplier = {"code": "S1", "name": "A supplier", "country": "DE", "currency": "EUR"}
    await door.post("/v1/suppliers", supplier | {"payment_terms_code": "NET30"})
    of_supplier = await keeper.receive(goods("bolt", 2, "5"), supplier_code="S1")
    prices = {"corrected_on": ON, "reason": "misread", "lines": [{"line_number": 1, "unit_cost": "6"}]}

    await door.post(f"/v1/stock-receipts/{of_supplier.receipt_id}/price-corrections", prices)

    report = await door.get("/v1/reports/open-items", side="goods_received", as_of=ON)
    open_with = [(row["party_code"], row["document_type"], row["open_amount"]) for row in report["rows"]]
    nobody, came = (None, "stock_receipt"), ("S1", "stock_receipt", "-10.00")
    assert sorted(open_with, key=str) == sorted(
        [came, ("S1", "price_correction", "-2.00"), *((*nobody, of) for of in ("-20.00", "-4.00", "-18.00"))],
        key=str,
    )
    assert await violations(keeper.caller.company) == []


async def test_what_cannot_be_divided_is_no_fraction_anywhere(keeper: GoodsKeeper, door: Erp) -> None:
    half = [line("bolt", "0.05", unit="box")]
    for path, body in (
        ("stock-receipts", {"lines": [half[0] | {"unit_cost": "1"}]}),
        ("stock-counts", {"lines": half}),
        ("scrappings", {"lines": half, "reason": "rust"}),
    ):
        asked = {"warehouse_code": "MAIN", **body}
        assert await refused(door, f"/v1/{path}", asked) == ("invalid", ["lines.0.quantity"])
    both = {"from_warehouse_code": "MAIN", "to_warehouse_code": "SECOND", "lines": half}
    assert await refused(door, "/v1/stock-transfers", both) == ("invalid", ["lines.0.quantity"])


async def test_an_order_for_a_part_of_what_cannot_be_divided_is_refused_and_so_is_a_part_of_its_shipment(
    erp: Erp,
) -> None:
    chair = {"code": "CHAIR", "name": "Chair", "tax_code": "S19", "is_whole": True}
    pair = {"unit": "pair", "factor": "2", "is_whole": True}
    await erp.post("/v1/items", chair | {"units": [pair]})
    await erp.receive({"CHAIR": 9})

    def ordered(quantity: str, unit: str) -> dict[str, Any]:
        line = {"item_code": "CHAIR", "quantity": quantity, "unit": unit, "unit_price": "10.00"}
        return {"customer_code": "ALICE", "ordered_on": "2026-03-02", "lines": [line]}

    for quantity, unit in (("1.5", "pc"), ("1.5", "pair")):
        refusal = await refused(erp, "/v1/sales-orders", ordered(quantity, unit))
        assert refusal[1] == ["lines.0.quantity"]
    order = await erp.place(ordered("3", "pair"))
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    part = {"shipped_on": "2026-03-05", "lines": [{"line_number": 1, "quantity": "0.25"}]}
    assert await refused(erp, path, part) == ("invalid", ["lines.0.quantity"])
    await erp.ship(order)

"""Nothing new is traded with who is blocked or in what is; what is there is still looked after."""

from typing import Any

import pytest

from tests.checked import violations
from tests.erp import Erp, an_order

ON = "2026-03-10"
APPLES = [{"item_code": "APPLE", "quantity": "1"}]
AT_COST = [APPLES[0] | {"unit_cost": "1.00"}]


async def block(erp: Erp, path: str) -> None:
    """Nobody trades with it, or in it, any more."""
    erp.accepted(await erp.request("PATCH", f"/v1/{path}", {"blocked": True}, if_match="*"))


async def supplier(erp: Erp, code: str, *, blocked: bool) -> None:
    """Somebody whom we buy from."""
    facts = {"country": "DE", "currency": "EUR", "payment_terms_code": "NET30", "blocked": blocked}
    await erp.post("/v1/suppliers", {"code": code, "name": f"Supplier {code}"} | facts)


async def refused(erp: Erp, path: str, asked: dict[str, Any]) -> list[str]:
    """The fields that a refusal names."""
    answer = await erp.request("POST", f"/v1/{path}", asked)
    assert answer.status_code == 422, answer.text
    assert "is blocked" in answer.json()["detail"]
    return [error["field"] for error in answer.json().get("errors", [])]


def a_receipt(**facts: Any) -> dict[str, Any]:
    """An apple comes in."""
    return {"warehouse_code": "MAIN", "received_on": ON, "lines": AT_COST} | facts


async def test_nothing_is_bought_of_a_blocked_supplier(erp: Erp) -> None:
    await supplier(erp, "OPEN", blocked=False)
    await supplier(erp, "CLOSED", blocked=True)
    before = await erp.balances()

    assert await refused(erp, "stock-receipts", a_receipt(supplier_code="CLOSED")) == ["supplier_code"]

    assert await erp.balances() == before
    await erp.post("/v1/stock-receipts", a_receipt(supplier_code="OPEN"))


async def test_a_blocked_item_is_neither_bought_nor_sold(erp: Erp) -> None:
    await block(erp, "items/APPLE")
    line = APPLES[0] | {"unit_price": "1.00"}
    pear = {"item_code": "PEAR", "quantity": "1", "unit_price": "1.00"}
    billed = {"customer_code": "ALICE", "invoiced_on": ON}

    lines = [pear | {"unit_cost": "1.00"}, *AT_COST]
    lines[0].pop("unit_price")
    assert await refused(erp, "stock-receipts", a_receipt(lines=lines)) == ["lines.1.item_code"]
    assert await refused(erp, "sales-orders", an_order(lines=[pear, line])) == ["lines.1.item_code"]
    assert await refused(erp, "invoices", billed | {"lines": [pear, line]}) == ["lines.1.item_code"]


async def test_what_is_there_of_a_blocked_item_is_still_looked_after(erp: Erp) -> None:
    await erp.post("/v1/warehouses", {"code": "SHED", "name": "Shed"})
    ordered = await erp.place()
    invoice = await erp.ship(ordered)
    kept = await erp.place()
    received = await erp.receive({"APPLE": 3})
    await block(erp, "items/APPLE")
    returned = f"/v1/sales-orders/{ordered['order_id']}/returns"
    more = {"reason": "too much was charged for too little", "lines": [APPLES[0] | {"unit_price": "1.00"}]}

    await erp.post("/v1/stock-counts", {"warehouse_code": "MAIN", "counted_on": ON, "lines": APPLES})
    await erp.post("/v1/stock-receipts", a_receipt(warehouse_code="SHED", reason="adjustment", lines=AT_COST))
    await erp.post("/v1/stock-receipts", a_receipt(reason="opening", lines=[AT_COST[0] | {"quantity": "50"}]))
    await erp.post(
        "/v1/stock-transfers",
        {"from_warehouse_code": "SHED", "to_warehouse_code": "MAIN", "transferred_on": ON, "lines": APPLES},
    )
    await erp.post(
        "/v1/scrappings", {"warehouse_code": "MAIN", "scrapped_on": ON, "reason": "rotten", "lines": APPLES}
    )
    await erp.post(
        "/v1/write-downs", {"item_code": "APPLE", "written_on": ON, "unit_cost": "1", "reason": "old"}
    )
    await erp.post(returned, {"reason": "too many", "lines": []}, by="sales clerk")
    await erp.post(f"/v1/invoices/{invoice['invoice_number']}/debit-notes", more | {"invoiced_on": ON})
    await erp.post(
        f"/v1/stock-receipts/{received['receipt_number']}/price-corrections",
        {"corrected_on": ON, "lines": [{"line_number": 1, "unit_cost": "2.00"}], "reason": "their bill"},
    )
    # What was promised before is kept.
    await erp.ship(kept, shipped_on=ON)

    found = (await erp.get("/v1/stock", item="APPLE", sort="warehouse_code"))["items"]
    on_hand = {row["warehouse_code"]: (row["on_hand"], row["reserved"]) for row in found}
    # In the main warehouse 1 was counted, 50 and 1 came in, 1 was scrapped and 10 were shipped.
    assert on_hand == {"MAIN": ("41", "0"), "SHED": ("0", "0")}
    assert [one.as_text() for one in await violations(erp.company)] == []


@pytest.mark.parametrize("item", ["APPLE", "ADVICE"])
async def test_nothing_leaves_to_a_blocked_customer_and_its_money_is_taken(erp: Erp, item: str) -> None:
    lines = [{"item_code": item, "quantity": "10", "unit_price": "10.00"}]
    delivered, waiting = await erp.place(an_order(lines=lines)), await erp.place(an_order(lines=lines))
    await erp.ship(delivered)
    before = await erp.stock("APPLE")
    await block(erp, "customers/ALICE")

    path = f"sales-orders/{waiting['order_id']}/shipments"
    assert await refused(erp, path, {"shipped_on": ON}) == ["customer_code"]

    assert await erp.stage_of(waiting) == "waiting for shipment"
    assert await erp.stock("APPLE") == before
    await erp.pay(delivered, "119.00")
    await erp.until(delivered, "closed")
    erp.accepted(await erp.request("PATCH", "/v1/customers/ALICE", {"blocked": False}, if_match="*"))
    await erp.ship(waiting, shipped_on=ON)


COUNT = {"warehouse_code": "MAIN", "counted_on": ON}
SCRAP = {"warehouse_code": "MAIN", "scrapped_on": ON, "reason": "rotten"}
TRANSFER = {"from_warehouse_code": "MAIN", "to_warehouse_code": "SHED", "transferred_on": ON}


@pytest.mark.parametrize(
    ("path", "document"),
    [("stock-counts", COUNT), ("scrappings", SCRAP), ("stock-transfers", TRANSFER)],
)
async def test_a_quantity_is_counted_in_the_units_of_its_day(
    erp: Erp, path: str, document: dict[str, Any]
) -> None:
    await erp.post("/v1/warehouses", {"code": "SHED", "name": "Shed"})
    changes = [
        {"valid_from": day, "units": [{"unit": "box", "factor": factor}]}
        for day, factor in (("2026-03-05", "12"), ("2026-03-15", "20"))
    ]
    erp.accepted(await erp.request("PATCH", "/v1/items/APPLE", {"changes": changes}, if_match="*"))

    box = [{"item_code": "APPLE", "quantity": "1", "unit": "box"}]
    written = await erp.post(f"/v1/{path}", document | {"lines": box})

    assert written["lines"][0]["stock_quantity"] == "12"

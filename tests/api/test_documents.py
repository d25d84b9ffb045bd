"""Any document is found by what people call it, and a path takes its id or its number."""

from typing import Any
from uuid import uuid4

from sqlalchemy import text

from foundation.database.connections import database
from tests.erp import ADMIN_KEY, Erp, a_company


async def the_one(erp: Erp, number: str, **more: Any) -> Any:
    """The only document with a number."""
    (found,) = (await erp.get(f"/v1/documents/{number}", **more))["documents"]
    return found


async def test_every_document_of_an_order_is_found_by_its_number_and_its_id(erp: Erp) -> None:
    order = await erp.place()
    shipped = await erp.ship(order)
    paid = await erp.pay(order, "119.00")
    process_id = f"{erp.company}/order_to_cash/{order['order_id']}"
    (entry,) = (await erp.get("/v1/journal-entries", source_type="payment"))["items"]
    found = {
        number: await the_one(erp, number)
        for number in (
            order["order_number"],
            shipped["shipment_number"],
            shipped["invoice_number"],
            paid["payment_number"],
            entry["entry_number"],
        )
    }

    assert [one["kind"] for one in found.values()] == [
        "sales_order",
        "shipment",
        "invoice",
        "payment",
        "journal_entry",
    ]
    written_by = {one["kind"]: one["process_id"] for one in found.values()}
    assert written_by.pop("payment") is None  # Its table does not say which step wrote it.
    assert set(written_by.values()) == {process_id}
    assert [one["party"] for one in found.values()] == ["ALICE"] * 4 + [None]
    for number, one in found.items():
        assert one["number"] == number
        assert await the_one(erp, one["id"]) == one
        by_id = await erp.get(one["location"])
        by_number = await erp.get(one["location"].replace(one["id"], number))
        assert by_id == by_number


async def test_only_documents_that_the_caller_may_read_are_found(erp: Erp) -> None:
    order = await erp.place()
    role = {"description": "of the test", "permissions": ["operations.document.read", "inventory.*"]}
    assert (await erp.request("PUT", "/v1/roles/storekeeper", role)).status_code == 200
    asked = {"actor": "Stefan Store", "companies": [erp.company], "roles": ["storekeeper"]}
    erp.keys["storekeeper"] = (await erp.post("/v1/api-keys", asked))["key"]
    shipped = await erp.ship(order)
    hidden = await erp.request("GET", f"/v1/documents/{order['order_number']}", by="storekeeper")
    commands = await erp.request(
        "GET", f"/v1/sales-orders/{order['order_number']}/commands", by="storekeeper"
    )

    assert (await the_one(erp, order["order_number"], by="viewer"))["id"] == order["order_id"]
    assert (await the_one(erp, shipped["shipment_number"], by="storekeeper"))["kind"] == "shipment"
    assert (hidden.status_code, commands.status_code) == (404, 404)


async def test_numbers_that_several_kinds_share_are_all_listed(erp: Erp) -> None:
    order = await erp.place()
    await erp.post("/v1/journal-entries", _entry(), key="one")
    async with database().write(erp.company, "tests") as tx:
        same = text("UPDATE sales.sales_order SET number = 'JE-2026-000001' RETURNING id")
        await tx.execute(same)
    found = (await erp.get("/v1/documents/JE-2026-000001"))["documents"]

    assert [one["kind"] for one in found] == ["journal_entry", "sales_order"]
    assert found[1]["id"] == order["order_id"]


async def test_what_is_not_there_or_another_companys_is_not_found(erp: Erp) -> None:
    order = await erp.place()
    other = f"{erp.company}X"
    await erp.post("/v1/companies", a_company(other))
    headers = {"Authorization": f"Bearer {ADMIN_KEY}", "X-Company": other}
    for name in (order["order_number"], order["order_id"]):
        for path in (f"/v1/documents/{name}", f"/v1/sales-orders/{name}"):
            assert (await erp.http.get(path, headers=headers)).status_code == 404
    for name in ("SO-999999", str(uuid4()), "%00", "no/number"):
        assert (await erp.request("GET", f"/v1/documents/{name}")).status_code == 404
    wrong = await erp.request("GET", "/v1/sales-orders/SO-999999")

    assert (wrong.status_code, wrong.json()["detail"]) == (404, "there is no sales order SO-999999")
    allocation = await erp.request("GET", "/v1/allocations/SO-999999")
    assert allocation.status_code == 404


async def test_a_command_takes_the_number_of_its_document(erp: Erp) -> None:
    order = await erp.place()
    shipped = await erp.ship({"order_id": order["order_number"]})
    money = {"received_on": "2026-03-06", "customer_code": "ALICE", "amount": "5.00", "currency": "EUR"}
    paid = await erp.post("/v1/payments", money, by="accountant")
    back = {"reversed_on": "2026-03-07", "reason": "returned debit"}
    path = f"/v1/payments/{paid['payment_number']}/reversal"
    reversed_ = await erp.post(path, back, by="accountant")

    assert shipped["order_id"] == order["order_id"]
    assert reversed_["document_id"] == paid["payment_id"]


def _entry() -> dict[str, Any]:
    lines = [
        {"account_code": "1400", "amount": "25000.00"},
        {"account_code": "3000", "amount": "-25000.00"},
    ]
    return {"posted_on": "2026-01-02", "text": "Share capital", "lines": lines}


async def test_one_key_takes_documents_of_two_kinds_back(erp: Erp) -> None:
    money = {"customer_code": "ALICE", "amount": "100.00", "currency": "EUR", "received_on": "2026-03-21"}
    payment = await erp.post("/v1/payments", money, by="accountant")
    receipt = await erp.receive({"PEAR": 1})
    back = {"reason": "a mistake", "reversed_on": "2026-03-25"}

    first, second = [
        await erp.post(f"/v1/{path}/reversal", back, by="administrator", key="the same")
        for path in (f"payments/{payment['payment_id']}", f"stock-receipts/{receipt['receipt_id']}")
    ]

    assert first["reversal_id"] != second["reversal_id"]

"""A document that is dated where nothing can be posted is refused by its day's field, and changes nothing."""

from typing import Any

import pytest

from tests.erp import Erp

DAY = "2026-03-10"
ONE = [{"item_code": "APPLE", "quantity": "1"}]
DOCUMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "payments": ("received_on", {"customer_code": "ALICE", "currency": "EUR", "amount": "10.00"}),
    "journal-entries": (
        "posted_on",
        {
            "text": "moved",
            "lines": [
                {"account_code": "1400", "amount": "5.00"},
                {"account_code": "3000", "amount": "-5.00"},
            ],
        },
    ),
    "stock-receipts": (
        "received_on",
        {"warehouse_code": "MAIN", "lines": [{"item_code": "APPLE", "quantity": "1", "unit_cost": "4.00"}]},
    ),
    "revaluations": ("revalued_on", {"item_code": "APPLE", "unit_cost": "5.00", "reason": "market"}),
    "stock-counts": (
        "counted_on",
        {"warehouse_code": "MAIN", "lines": [{"item_code": "APPLE", "quantity": "99"}]},
    ),
    "scrappings": ("scrapped_on", {"warehouse_code": "MAIN", "reason": "rotten", "lines": ONE}),
    "write-downs": ("written_on", {"item_code": "APPLE", "unit_cost": "1.00", "reason": "rotting"}),
    "invoices": (
        "invoiced_on",
        {
            "customer_code": "ALICE",
            "lines": [{"description": "Repair", "quantity": "1", "unit_price": "9.00", "tax_code": "S19"}],
        },
    ),
}
WRONG = {"2062-03-10": "no-fiscal-year", "2025-03-10": "no-fiscal-year", "2026-02-10": "period-locked"}


async def lock_february(erp: Erp) -> None:
    path = "/v1/fiscal-years/2026"
    etag = (await erp.request("GET", path)).headers["ETag"]
    erp.accepted(await erp.request("PATCH", path, {"locked_through": "2026-02-28"}, if_match=etag))


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_it_is_refused_by_its_field_and_taken_on_an_open_day(erp: Erp, document: str) -> None:
    field, body = DOCUMENTS[document]
    await lock_february(erp)
    before, stock = await erp.balances(), await erp.stock("APPLE")

    for day, why in WRONG.items():
        refused = await erp.request("POST", f"/v1/{document}", body | {field: day})
        problem = refused.json()
        assert (refused.status_code, problem["type"]) == (422, f"/problems/{why}"), problem
        assert [error["field"] for error in problem["errors"]] == [field]

    assert (await erp.balances(), await erp.stock("APPLE")) == (before, stock)
    assert (await erp.request("POST", f"/v1/{document}", body | {field: DAY})).status_code == 201


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_it_is_not_dated_further_ahead_than_the_company_says(erp: Erp, document: str) -> None:
    field, body = DOCUMENTS[document]
    days = {"starts_on": "2062-01-01", "ends_on": "2062-12-31"}
    await erp.post("/v1/fiscal-years", {"code": "2062", **days})

    refused = await erp.request("POST", f"/v1/{document}", body | {field: "2062-03-10"})

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "/problems/too-far-ahead"), problem
    assert [error["field"] for error in problem["errors"]] == [field]

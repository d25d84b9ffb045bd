"""Exchange rates through REST: a company in dong, rates either way round, and a day whose rate is missing."""

from decimal import Decimal
from typing import Any

from tests.erp import Erp, an_order


async def post_entry(erp: Erp, on: str, amount: str) -> Any:
    """An entry in dollars by hand."""
    lines = [
        {"account_code": "1400", "amount": amount},
        {"account_code": "3000", "amount": f"-{amount}"},
    ]
    return await erp.request(
        "POST",
        "/v1/journal-entries",
        {"posted_on": on, "currency": "USD", "text": "Money", "lines": lines},
    )


async def test_a_rate_is_taken_as_it_is_quoted_with_its_source(erp: Erp) -> None:
    company = f"{erp.company}-VN"
    dong = Erp(http=erp.http, temporal=erp.temporal, company=company)
    await dong.post("/v1/companies", {"code": company, "name": "Dong", "currency": "VND", "country": "VN"})
    await dong.post("/v1/accounts/template", {})
    year = {"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    await dong.post("/v1/fiscal-years", year)
    rate = {"currency": "USD", "rate": "25430", "quotation": "direct", "source": "Vietcombank"}
    await dong.post("/v1/exchange-rates", rate | {"valid_from": "2026-03-02"})
    (listed,) = (await dong.get("/v1/exchange-rates"))["items"]

    entry = Erp.accepted(await post_entry(dong, "2026-03-09", "10000.00"))
    late = await post_entry(dong, "2026-03-10", "10000.00")
    found = await dong.get(f"/v1/journal-entries/{entry['entry_id']}")

    assert (listed["quotation"], listed["source"]) == ("direct", "Vietcombank")
    assert Decimal(listed["rate"]) == 25430
    assert [Decimal(line["base_amount"]) for line in found["lines"]] == [254_300_000, -254_300_000]
    assert late.status_code == 422
    assert late.json()["type"] == "/problems/exchange-rate-too-old"
    assert (
        "USD on 2026-03-10 is missing: the last one is of 2026-03-02, 8 days before" in late.json()["detail"]
    )


async def test_an_order_names_the_day_whose_rate_is_missing(erp: Erp) -> None:
    etag = (await erp.request("GET", f"/v1/companies/{erp.company}")).headers["etag"]
    path = f"/v1/companies/{erp.company}"
    erp.accepted(await erp.request("PATCH", path, {"exchange_rate_days": 7}, if_match=etag))
    line = {"item_code": "APPLE", "quantity": "1", "unit_price": "12.00"}

    refused = await erp.request("POST", "/v1/sales-orders", an_order(currency="USD", lines=[line]))
    await erp.post("/v1/exchange-rates", {"currency": "USD", "valid_from": "2026-03-02", "rate": "1.20"})
    placed = await erp.place(an_order(currency="USD", lines=[line]))

    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["field"]) == (422, "currency")
    assert "USD on 2026-03-02 is missing" in error["message"]
    assert "POST /v1/exchange-rates" in error["message"]
    assert (await erp.order(placed))["order"]["total_amount"] == "14.28"

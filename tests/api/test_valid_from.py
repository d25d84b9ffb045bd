"""What changes from a day on: rates, terms and units, through REST; nothing that was posted is touched."""

from typing import Any

import httpx

from tests.erp import Erp, an_order

VAT_16 = [{"name": "VAT 16 %", "rate_percent": "16"}]


async def change(erp: Erp, path: str, fields: Any) -> httpx.Response:
    """The fields of a record, changed as it was read."""
    etag = (await erp.request("GET", path)).headers["etag"]
    return await erp.request("PATCH", path, fields, if_match=etag)


def refusal(answer: httpx.Response) -> tuple[int, str, list[str]]:
    """The status, the kind and the fields of a refusal."""
    problem = answer.json()
    return answer.status_code, problem["type"].rpartition("/")[2], [one["field"] for one in problem["errors"]]


async def invoice_of(erp: Erp, order: Any) -> Any:
    """The order's one invoice."""
    (listed,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    return await erp.get(f"/v1/invoices/{listed['invoice_id']}")


async def test_the_tax_is_that_of_the_day_of_supply(erp: Erp) -> None:
    before = await erp.place()
    await erp.ship(before, shipped_on="2026-03-05")
    posted = await invoice_of(erp, before)

    lower = {"changes": [{"valid_from": "2026-07-01", "components": VAT_16}]}
    erp.accepted(await change(erp, "/v1/tax-codes/S19", lower))
    expected = await erp.place(an_order(requested_on="2026-07-10"))
    early = await erp.place(an_order(requested_on="2026-06-30"))
    late = (await erp.order(early))["order"]
    await erp.ship(early, shipped_on="2026-07-01")

    assert (await erp.order(expected))["order"]["tax_amount"] == "16.00"
    # Expected in June, and supplied in July: the order keeps what was expected, the invoice has the real.
    assert (late["tax_amount"], (await invoice_of(erp, early))["tax_amount"]) == ("19.00", "16.00")
    assert await invoice_of(erp, before) == posted


async def test_what_documents_stand_on_changes_from_a_day_on_only(erp: Erp) -> None:
    await erp.place(an_order(lines=[{"item_code": "APPLE", "quantity": "1", "unit": "box"}]))
    twice = {"changes": [{"valid_from": "2027-01-01", "components": VAT_16}] * 2}

    rates = await change(erp, "/v1/tax-codes/S19", {"components": VAT_16})
    terms = await change(erp, "/v1/payment-terms/NET30", {"discount_percent": "3", "discount_days": 5})
    units = await change(erp, "/v1/items/APPLE", {"units": [{"unit": "box", "factor": "12"}]})
    same_day = await change(erp, "/v1/tax-codes/S19", twice)
    more = await change(
        erp,
        "/v1/items/APPLE",
        {"units": [{"unit": "box", "factor": "10"}, {"unit": "crate", "factor": "30"}]},
    )
    unused = await change(erp, "/v1/tax-codes/S7", {"components": [{"name": "VAT 5 %", "rate_percent": "5"}]})

    assert refusal(rates) == (409, "cannot-change", ["components"])
    assert refusal(terms) == (409, "cannot-change", ["discount_percent", "discount_days"])
    assert refusal(units) == (409, "cannot-change", ["units"])
    assert refusal(same_day) == (422, "invalid", ["changes.1.valid_from"])
    assert (more.status_code, unused.status_code) == (200, 200)


async def test_a_box_holds_more_from_a_day_on_and_what_was_ordered_before_is_as_it_was(erp: Erp) -> None:
    boxes = [{"item_code": "APPLE", "quantity": "2", "unit": "box"}]
    before = await erp.place(an_order(lines=boxes))

    larger = {"changes": [{"valid_from": "2026-04-01", "units": [{"unit": "box", "factor": "12"}]}]}
    erp.accepted(await change(erp, "/v1/items/APPLE", larger))
    after = await erp.place(an_order(ordered_on="2026-04-01", lines=boxes))
    amended = await erp.post(
        f"/v1/sales-orders/{before['order_id']}/amendments",
        {"amended_on": "2026-04-02", "lines": [{"item_code": "APPLE", "quantity": "3"}]},
    )
    await erp.post(
        "/v1/stock-receipts",
        {
            "warehouse_code": "MAIN",
            "received_on": "2026-04-02",
            "lines": [{"item_code": "APPLE", "quantity": "1", "unit": "box", "unit_cost": "40"}],
        },
    )

    assert (await erp.order(after))["order"]["lines"][0]["unit"] == "box"
    (line,) = amended["order"]["lines"]
    assert (line["unit"], line["stock_quantity"]) == ("box", "30.000000")
    stock = await erp.stock("APPLE")
    assert (stock["on_hand"], stock["reserved"]) == ("112", "54")


async def test_an_invoice_has_the_terms_of_the_order_s_day(erp: Erp) -> None:
    before = await erp.place(an_order(customer_code="BOB", lines=[{"item_code": "APPLE", "quantity": "1"}]))
    more = {"instalments": [{"days": 60}], "discount_percent": "5", "discount_days": 20}
    later = {"changes": [{"valid_from": "2026-03-03", **more}]}
    erp.accepted(await change(erp, "/v1/payment-terms/DISC", later))

    after = await erp.place(
        an_order(
            customer_code="BOB", ordered_on="2026-03-03", lines=[{"item_code": "APPLE", "quantity": "1"}]
        )
    )
    for order in (before, after):
        await erp.ship(order)
    invoices = [await invoice_of(erp, order) for order in (before, after)]

    assert [invoice["discount_percent"] for invoice in invoices] == ["2", "5"]
    assert [invoice["due_on"] for invoice in invoices] == ["2026-04-04", "2026-05-04"]
    pdf = await erp.request("GET", f"/v1/invoices/{invoices[0]['invoice_id']}/pdf")
    assert pdf.status_code == 200

"""What changes from a day on: rates, terms and units, through REST; nothing that was posted is touched."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

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


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_what_has_begun_has_begun_on_the_companys_day(erp: Erp, zone: str) -> None:
    """At any moment one of the two has another day than UTC."""
    erp.accepted(await change(erp, f"/v1/companies/{erp.company}", {"time_zone": zone}))
    await erp.place()
    today = datetime.now(ZoneInfo(zone)).date()
    begun, to_come = (
        {"valid_from": str(day), "components": VAT_16} for day in (today, today + timedelta(days=1))
    )
    path = "/v1/tax-codes/S19"
    erp.accepted(await change(erp, path, {"changes": [begun, to_come]}))

    erp.accepted(await change(erp, path, {"changes": [begun]}))
    forgotten = await change(erp, path, {"changes": []})

    assert refusal(forgotten) == (409, "cannot-change", ["changes"])


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


async def test_the_first_day_and_the_last_one_belong_to_a_price_and_to_its_list(erp: Erp) -> None:
    line = {"item_code": "APPLE", "unit_price": "7.00", "valid_from": "2026-03-05", "valid_to": "2026-03-25"}
    days = {"valid_from": "2026-03-10", "valid_to": "2026-03-20"}
    for code, of_list, of_line in (("LIST", days, {}), ("LINE", {}, days)):
        prices = {"code": code, "name": code, "currency": "EUR", "lines": [line | of_line]} | of_list
        await erp.post("/v1/price-lists", prices)
        erp.accepted(await change(erp, "/v1/customers/ALICE", {"price_list_code": code}))
        ordered = [
            await erp.request(
                "POST",
                "/v1/sales-orders",
                an_order(ordered_on=day, lines=[{"item_code": "APPLE", "quantity": "1"}]),
            )
            for day in ("2026-03-09", "2026-03-10", "2026-03-20", "2026-03-21")
        ]

        assert [answer.status_code for answer in ordered] == [422, 201, 201, 422], code
        assert refusal(ordered[0])[2] == refusal(ordered[3])[2] == ["lines.0.unit_price"]


async def test_the_first_day_belongs_to_rates_terms_units_and_taxes(erp: Erp) -> None:
    """And the day before it to what held until then; the last days of prices are asked above."""
    first, before = "2026-03-10", "2026-03-09"
    changes: dict[str, dict[str, Any]] = {
        "tax-codes/S19": {"components": VAT_16},
        "payment-terms/NET30": {"instalments": [{"days": 60}]},
        "items/APPLE": {"units": [{"unit": "box", "factor": "12"}]},
    }
    for path, facts in changes.items():
        erp.accepted(await change(erp, f"/v1/{path}", {"changes": [{"valid_from": first, **facts}]}))
    await erp.post("/v1/exchange-rates", {"currency": "USD", "valid_from": first, "rate": "1.25"})
    line = {"item_code": "APPLE", "quantity": "1", "unit": "box", "unit_price": "10.00"}

    said = []
    for day in (before, first):
        order = await erp.place(an_order(ordered_on=day, currency="USD", lines=[line]))
        await erp.ship(order, shipped_on=day)
        invoice = await invoice_of(erp, order)
        on_hand = (await erp.stock("APPLE"))["on_hand"]
        due = (date.fromisoformat(invoice["due_on"]) - date.fromisoformat(day)).days
        said.append((invoice["tax_amount"], due, on_hand, Decimal(invoice["rate"])))

    assert said == [("1.90", 30, "90", Decimal("1.20")), ("1.60", 60, "78", Decimal("1.25"))]


@pytest.mark.parametrize("of", ["", "lines.0."])
async def test_a_last_day_before_the_first_is_refused(erp: Erp, of: str) -> None:
    days = {"valid_from": "2026-03-10", "valid_to": "2026-03-09"}
    line = {"item_code": "APPLE", "unit_price": "7.00"} | (days if of else {})
    prices = {"code": "NEW", "name": "New", "currency": "EUR", "lines": [line]} | ({} if of else days)

    refused = await erp.request("POST", "/v1/price-lists", prices)

    assert refusal(refused) == (422, "invalid", [f"{of}valid_to"])

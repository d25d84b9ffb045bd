"""What is supplied to another member state without tax needs the acquirer's VAT number: when it is ordered,
when it leaves, and when it is billed.
"""

from typing import Any

import pytest

from tests.api.test_names_that_are_not_there import CUSTOMER, REVERSE
from tests.checked import violations
from tests.erp import Erp, an_order
from tests.workflows.test_billed_and_closed import ask

SUPPLY = {
    "code": "EU-SUPPLY",
    "name": "Intra-community supply",
    "kind": "intra_community",
    "exemption_reason": "Article 138 of Directive 2006/112/EC",
}
LINE = {"item_code": "APPLE", "quantity": "10", "unit_price": "10.00", "tax_code": "EU-SUPPLY"}
NO_ACQUIRER = [
    ("AT", ""),
    ("AT", "12 345/6789"),
    ("AT", "U12345675"),
    ("DE", "DE123456788"),
    ("CH", "CHE-123.456.788 MWST"),
    ("GB", "GB123456782"),
    ("US", "DE123456788"),
]
ACQUIRERS = [("AT", "ATU12345675"), ("GR", "EL123456783"), ("GB", "XI123456782"), ("US", "FR12345678221")]


async def enter(erp: Erp, tax_number: str, **facts: Any) -> None:
    change = {"tax_number": tax_number} | facts
    erp.accepted(await erp.request("PATCH", "/v1/customers/NEW", change, if_match="*"))


async def austrian(erp: Erp, tax_number: str = "ATU12345675", **facts: Any) -> None:
    """A customer in Austria, whose VAT number is known; and the taxes that hang on it."""
    for tax_code in (SUPPLY, REVERSE):
        await erp.post("/v1/tax-codes", tax_code)
    await erp.post("/v1/customers", CUSTOMER | {"country": "AT", "tax_number": tax_number} | facts)


def ordered(**more: Any) -> dict[str, Any]:
    return an_order(customer_code="NEW", lines=[LINE], **more)


@pytest.mark.parametrize(("country", "number"), NO_ACQUIRER)
async def test_without_a_vat_number_of_another_member_state_nothing_is_ordered_or_billed_so(
    erp: Erp, country: str, number: str
) -> None:
    await austrian(erp, number, country=country)
    billed = {"customer_code": "NEW", "invoiced_on": "2026-03-02"}
    advice = {"description": "Advice", "quantity": "1", "unit_price": "1.00", "tax_code": "EU-SUPPLY"}
    freight = {"freight_amount": "5.00", "freight_tax_code": "EU-SUPPLY"}
    plain = {"item_code": "APPLE", "quantity": "1", "unit_price": "1.00"}
    of_customer = CUSTOMER | {"code": "OTHER", "country": country, "tax_number": number}

    for path, asked, field in (
        ("sales-orders", ordered(), "lines.0.tax_code"),
        ("sales-orders", an_order(customer_code="NEW", lines=[plain], **freight), "freight_tax_code"),
        ("invoices", billed | {"lines": [advice]}, "lines.0.tax_code"),
        ("customers", of_customer | {"tax_code": "EU-SUPPLY"}, "tax_number"),
    ):
        refused = await erp.request("POST", f"/v1/{path}", asked)
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["field"]) == (422, field), refused.text
        assert "VAT number of another member state than DE" in error["message"]


@pytest.mark.parametrize(("country", "number"), ACQUIRERS)
async def test_with_one_it_is_ordered_shipped_and_billed(erp: Erp, country: str, number: str) -> None:
    await austrian(erp, number, country=country)

    shipped = await erp.ship(await erp.place(ordered()))

    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    assert (invoice["invoice_number"], invoice["tax_amount"]) == (shipped["invoice_number"], "0.00")
    assert [one.as_text() for one in await violations(erp.company)] == []


@pytest.mark.parametrize("tax_code", ["EU-SUPPLY", "REVERSE"])
async def test_an_amendment_is_refused_by_its_line(erp: Erp, tax_code: str) -> None:
    await austrian(erp)
    order = await erp.place(an_order(customer_code="NEW"))
    await enter(erp, "")
    lines = [LINE | {"tax_code": tax_code}]

    path = f"/v1/sales-orders/{order['order_id']}/amendments"
    refused = await erp.request("POST", path, {"lines": lines, "reason": "it goes abroad"})

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["lines.0.tax_code"]


@pytest.mark.parametrize("tax_code", ["EU-SUPPLY", "REVERSE"])
@pytest.mark.parametrize("invoicing", ["shipment", "order", "collective"])
@pytest.mark.parametrize("item", ["APPLE", "ADVICE"])
async def test_goods_do_not_leave_when_the_number_was_taken_away_since(
    erp: Erp, tax_code: str, invoicing: str, item: str
) -> None:
    await austrian(erp)
    lines = [LINE | {"tax_code": tax_code, "item_code": item}]
    order = await erp.place(an_order(customer_code="NEW", lines=lines, invoicing=invoicing))
    await enter(erp, "")

    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    refused = await erp.request("POST", path, {"shipped_on": "2026-03-05"})

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "/problems/no-vat-number"), problem
    assert [error["field"] for error in problem["errors"]] == ["tax_number"]
    assert await erp.stage_of(order) == "waiting for shipment"
    await enter(erp, "ATU12345675")
    await erp.ship(order)


async def test_what_has_left_is_billed_only_with_the_number(erp: Erp) -> None:
    await austrian(erp)
    order = await erp.place(ordered(invoicing="order"))
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    await enter(erp, "")
    bill, close = {"invoiced_on": "2026-03-10"}, {"closed_on": "2026-03-10", "reason": "enough"}

    for what, asked in (("billing", bill), ("closing", close)):
        refused = await erp.request("POST", f"/v1/sales-orders/{order['order_id']}/{what}", asked)

        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/no-vat-number"), what
        assert [error["field"] for error in refused.json()["errors"]] == ["tax_number"]
    await enter(erp, "ATU12345675")
    assert (await ask(erp, order, "billing", **bill))["total_amount"] == "40.00"
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_what_was_billed_is_credited_also_when_the_number_is_gone(erp: Erp) -> None:
    await austrian(erp)
    await erp.ship(await erp.place(ordered()))
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    await enter(erp, "")

    body = {"reason": "a mistake", "reversed_on": "2026-03-10"}
    note = await erp.post(f"/v1/invoices/{invoice['invoice_id']}/reversal", body)

    assert note["total_amount"] == "100.00"
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_it_needs_a_reason_that_is_printed(erp: Erp) -> None:
    refused = await erp.request("POST", "/v1/tax-codes", SUPPLY | {"exemption_reason": " "})

    assert [error["field"] for error in refused.json()["errors"]] == ["exemption_reason"]

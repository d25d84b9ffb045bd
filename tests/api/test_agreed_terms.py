"""What was agreed holds: tax on the discounted base or by the piece, and lines an amendment leaves alone."""

from decimal import Decimal
from typing import Any

import pytest

from tests.erp import Erp, an_order

EARLY = {
    "code": "EARLY",
    "name": "10 % in 10 days, taxed without it",
    "instalments": [{"days": 30}],
    "discount_percent": "10",
    "discount_days": 10,
    "discount_tax": "always",
}
MIXED = {
    "code": "MIXED",
    "name": "15 % and 0.05 each",
    "components": [{"name": "15 %", "rate_percent": "15"}, {"name": "each", "amount_per_unit": "0.05"}],
}


async def invoice_of(erp: Erp, order: Any) -> Any:
    """The order's one invoice."""
    (listed,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    return await erp.get(f"/v1/invoices/{listed['invoice_id']}")


@pytest.mark.parametrize(("prices_include_tax", "price"), [(False, "1000.00"), (True, "1135.05")])
async def test_tax_on_the_discounted_base_is_the_same_on_order_and_invoice(
    erp: Erp, prices_include_tax: bool, price: str
) -> None:
    await erp.post("/v1/payment-terms", EARLY)
    await erp.post("/v1/tax-codes", MIXED)
    line = {"item_code": "APPLE", "quantity": "1", "unit_price": price, "tax_code": "MIXED"}
    asked = an_order(lines=[line], payment_terms_code="EARLY", prices_include_tax=prices_include_tax)

    order = (await erp.order(placed := await erp.place(asked)))["order"]
    await erp.ship(placed)
    invoice = await invoice_of(erp, placed)

    # odoo/odoo addons/account/tests/test_early_payment_discount.py, mode "mixed" (figures only).
    assert (order["net_amount"], order["tax_amount"], order["total_amount"]) == (
        "1000.00",
        "135.05",
        "1135.05",
    )
    assert all(invoice[name] == order[name] for name in ("net_amount", "tax_amount", "total_amount"))


async def test_a_tax_by_the_piece_is_paid_for_every_piece_of_a_box_on_order_invoice_and_credit_note(
    erp: Erp,
) -> None:
    await erp.post("/v1/tax-codes", MIXED)
    await erp.post(
        "/v1/items",
        {"code": "EGG", "name": "Egg", "units": [{"unit": "box", "factor": "12"}], "tax_code": "MIXED"},
    )
    await erp.receive({"EGG": 24})
    lines = [
        {"item_code": "EGG", "quantity": "1", "unit": "box", "unit_price": "20.00"},
        {"item_code": "EGG", "quantity": "5", "unit_price": "2.00"},
    ]

    placed = await erp.place(an_order(lines=lines, freight_amount="10.00"))
    order = (await erp.order(placed))["order"]
    await erp.ship(placed)
    invoice = await invoice_of(erp, placed)
    back = {"reason": "broken", "resolution": "on_account", "lines": [{"line_number": 2, "quantity": "5"}]}
    returned = await erp.post(f"/v1/sales-orders/{placed['order_id']}/returns", back)
    inspection = {"received_on": "2026-03-10", "lines": [{"line_number": 2, "quantity": "5"}]}
    await erp.post(f"/v1/returns/{returned['return_id']}/inspection", inspection)
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    note = await erp.get(f"/v1/credit-notes/{note['credit_note_id']}")

    # 15 % of 40.00, and 0.05 for each of 17 pieces: freight has none.
    assert (order["tax_amount"], invoice["tax_amount"]) == ("6.85", "6.85")
    assert [tax["tax_amount"] for tax in invoice["taxes"]] == ["6.00", "0.85"]
    assert [Decimal(tax["tax_amount"]) for tax in note["taxes"]] == [Decimal("1.50"), Decimal("0.25")]


async def test_an_amendment_leaves_what_was_agreed_and_prices_what_is_new_on_its_day(erp: Erp) -> None:
    lines = [{"item_code": "APPLE", "quantity": "10"}, {"item_code": "PEAR", "quantity": "2"}]
    placed = await erp.place(an_order(lines=lines))
    prices = await erp.request("GET", "/v1/price-lists/STD")
    later = [
        {"item_code": "APPLE", "unit_price": "99.00"},
        {"item_code": "PEAR", "unit_price": "99.00"},
        {"item_code": "FIFO-NUT", "unit_price": "1.00"},
        {"item_code": "FIFO-NUT", "unit_price": "3.00", "valid_from": "2026-03-20"},
    ]
    etag = prices.headers["etag"]
    erp.accepted(await erp.request("PATCH", "/v1/price-lists/STD", {"lines": later}, if_match=etag))

    wanted = {
        "amended_on": "2026-03-20",
        "lines": [
            {"item_code": "APPLE", "quantity": "60"},
            {"item_code": "FIFO-NUT", "quantity": "5"},
            {"item_code": "PEAR", "quantity": "2", "reprice": True},
        ],
    }
    path = f"/v1/sales-orders/{placed['order_id']}/amendments"
    amended = await erp.post(path, wanted, by="sales clerk")
    wrong = {"lines": [{"item_code": "APPLE", "quantity": "1", "line_number": 7}]}
    refused = await erp.request("POST", path, wrong, by="sales clerk")

    prices_now = [line["unit_price"] for line in amended["order"]["lines"]]
    assert [Decimal(price) for price in prices_now] == [10, 3, 99]
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["lines.0.line_number"]

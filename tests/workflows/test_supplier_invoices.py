"""Suppliers' invoices are matched with what was ordered and what has come."""

from decimal import Decimal

import pytest

from tests.builders.purchase_orders import (
    ABROAD,
    BLOCKED,
    PATH,
    SUPPLIER,
    TOLERANCE,
    TOLERANCES,
    a_purchase_order,
    accept,
    as_read,
    billed,
    blocked,
    codes,
    ended,
    moved,
    of_line,
    pay,
    receive,
    refused,
)
from tests.checked import violations
from tests.erp import Erp, an_order

TEN = [{"name": "10 %", "rate_percent": "10"}]


@pytest.fixture(autouse=True)
async def suppliers(erp: Erp) -> None:
    """At home and abroad."""
    for supplier in (SUPPLIER, ABROAD):
        await erp.post("/v1/suppliers", supplier)
    await erp.post(TOLERANCES, TOLERANCE)


async def test_two_receipts_and_three_invoices(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")))
    await receive(erp, order, (1, "4"))
    before = await erp.balances()

    await billed(erp, order, "1", "14.28", lines=[{"line_number": 1, "quantity": "3"}])
    too_much = await blocked(erp, order, "2", "9.52", lines=of_line(1, "2"))
    assert codes(too_much) == [(1, "quantity")]
    await receive(erp, order)
    await billed(erp, order, "3", "23.80")

    assert await moved(erp, before) == {
        "inventory": Decimal("24.00"),
        "goods_received_not_invoiced": Decimal("16.00"),
        "tax_receivable": Decimal("7.60"),
        "payable": Decimal("-47.60"),
    }
    assert (await refused(erp, order, supplier_number="4", total_amount="1.00"))[:2] == (
        409,
        "all-is-billed",
    )
    assert await violations(erp.company) == []


async def test_another_price_is_decided_by_a_person_who_may(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")))
    await receive(erp, order)
    before = await erp.balances()
    invoice = await blocked(erp, order, "1", "49.98", lines=of_line(1, "10", "4.20"))
    assert codes(invoice) == [(1, "price")]
    assert await moved(erp, before) == {}
    path = f"{BLOCKED}/{invoice['invoice_id']}/acceptance"
    why = {"reason": "so", "posted_on": "2026-03-16", "accepts": as_read(invoice)}
    assert (await erp.request("POST", path, why, by="accountant")).status_code == 403
    posted = await accept(erp, invoice)

    assert posted["price_difference"] == "2.00"
    assert await moved(erp, before) == {
        "goods_received_not_invoiced": Decimal("40.00"),
        "purchase_price_difference": Decimal("2.00"),
        "tax_receivable": Decimal("7.98"),
        "payable": Decimal("-49.98"),
    }
    assert await violations(erp.company) == []


async def test_an_invoice_is_posted_once_however_its_number_is_written(erp: Erp) -> None:
    one, other = [await erp.post(PATH, a_purchase_order(("APPLE", "1", "4.00"))) for _ in range(2)]
    for order in (one, other):
        await receive(erp, order)
    posted = await billed(erp, one, "RE-0815", "4.76")

    for written in ("RE-0815", "re 0815", "RE/0815"):
        assert await refused(erp, other, supplier_number=written, total_amount="4.76") == (
            409,
            "billed-already",
            ["supplier_number"],
        )
    path = f"/v1/supplier-invoices/{posted['invoice_id']}/reversal"
    await erp.post(path, {"reversed_on": "2026-03-13", "reason": "the other order's"})
    await billed(erp, other, "RE-0815", "4.76")
    assert await violations(erp.company) == []


async def test_what_an_invoice_says_is_what_its_lines_come_to(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "1", "4.00")))
    await receive(erp, order)
    before = await erp.balances()

    for invoice, field in (
        ({"total_amount": "4.77"}, "total_amount"),
        ({"total_amount": "4.76", "posted_on": "2026-03-10"}, "posted_on"),
        ({"total_amount": "4.76", "posted_on": "2031-03-10"}, "posted_on"),
        ({"total_amount": "4.76", "lines": [{"line_number": 2, "quantity": "1"}]}, "lines.0.line_number"),
    ):
        status, _, fields = await refused(erp, order, **invoice)
        assert (status, fields) == (422, [field])

    assert await moved(erp, before) == {}


async def test_a_cash_discount_is_taken_in_time(erp: Erp) -> None:
    terms = {"code": "EARLY", "name": "2 % in 10 days", "discount_percent": "2", "discount_days": 10}
    await erp.post("/v1/payment-terms", terms | {"instalments": [{"days": 30}]})
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "10.00"), payment_terms_code="EARLY"))
    await receive(erp, order)
    invoice = await billed(erp, order, "1", "119.00")
    before = await erp.balances()

    await pay(erp, invoice, "116.62", on="2026-03-21")

    assert await moved(erp, before) == {
        "payable": Decimal("119.00"),
        "bank": Decimal("-116.62"),
        "discount_received": Decimal("-2.00"),
        "tax_receivable": Decimal("-0.38"),
    }
    assert (await ended(erp, order))["stage"] == "paid"
    assert await violations(erp.company) == []


async def test_in_another_currency_the_rates_of_three_days_differ(erp: Erp) -> None:
    for day, rate in (("2026-03-09", "1.25"), ("2026-03-12", "1.20"), ("2026-03-20", "1.00")):
        await erp.post("/v1/exchange-rates", {"currency": "USD", "valid_from": day, "rate": rate})
    order = await erp.post(PATH, a_purchase_order(("APPLE", "12", "5.00"), supplier_code=ABROAD["code"]))
    before = await erp.balances()
    total = order["total_amount"]

    await receive(erp, order)
    invoice = await billed(erp, order, "1", total)
    await pay(erp, invoice, total)

    # 60.00 at 1.25 were 48.00; at 1.20 they are 50.00; 71.40 with tax at 1.20 were 59.50, and cost 71.40.
    assert (total, invoice["exchange_difference"]) == ("71.40", "2.00")
    assert await moved(erp, before) == {
        "inventory": Decimal("48.00"),
        "exchange_loss": Decimal("2.00") + Decimal("11.90"),
        "tax_receivable": Decimal("9.50"),
        "bank": Decimal("-71.40"),
    }
    assert await violations(erp.company) == []


async def test_figures_of_trytons_purchases(erp: Erp) -> None:
    """Figures of PyPI trytond-account-invoice 8.2.x, account_invoice/tests/scenario_invoice_supplier.rst; and
    of trytond-purchase 8.2.x, purchase/tests/scenario_purchase.rst.
    """
    await erp.post("/v1/tax-codes", {"code": "TEN", "name": "10 %", "components": TEN})
    untaxed = {"code": "NONE", "name": "No tax", "kind": "exempt", "exemption_reason": "none"}
    await erp.post("/v1/tax-codes", untaxed)
    taxed = {"item_code": "APPLE", "tax_code": "TEN"}
    for lines, expected in (
        (
            [
                taxed | {"quantity": "5", "unit_price": "20"},
                {"item_code": "PEAR", "tax_code": "NONE", "quantity": "1", "unit_price": "10"},
            ],
            ("110.00", "10.00", "120.00"),
        ),
        (
            [taxed | {"quantity": "2", "unit_price": "5"}, taxed | {"quantity": "3", "unit_price": "5"}],
            ("25.00", "2.50", "27.50"),
        ),
    ):
        order = await erp.post(PATH, a_purchase_order(lines=lines))
        await receive(erp, order)
        before = await erp.balances()

        invoice = await billed(erp, order, order["order_number"], expected[2])

        assert tuple(invoice[name] for name in ("net_amount", "tax_amount", "total_amount")) == expected
        assert await moved(erp, before) == {
            "goods_received_not_invoiced": Decimal(expected[0]),
            "tax_receivable": Decimal(expected[1]),
            "payable": -Decimal(expected[2]),
        }


async def test_figures_of_trytons_perpetual_stock(erp: Erp) -> None:
    """5 at 6 come and are billed at 4; 3 of them are sold. Figures of PyPI trytond-account-stock-anglo-saxon
    8.2.x, account_stock_anglo_saxon/tests/scenario_account_stock_anglo_saxon.rst, of its average item.

    What is billed otherwise than ordered is a difference of its own, and does not change what goods cost.
    """
    await erp.post("/v1/items", {"code": "AVG", "name": "Average", "tax_code": "S19"})
    order = await erp.post(PATH, a_purchase_order(("AVG", "7", "6")))
    before = await erp.balances()

    await receive(erp, order, (1, "5"))
    assert await moved(erp, before) == {
        "inventory": Decimal("30.00"),
        "goods_received_not_invoiced": Decimal("-30.00"),
    }
    cheaper = await blocked(erp, order, "1", "23.80", lines=of_line(1, "5", "4"))
    await accept(erp, cheaper, on="2026-03-12")
    sold = [{"item_code": "AVG", "quantity": "3", "unit_price": "10.00"}]
    await erp.ship(await erp.place(an_order(lines=sold)), shipped_on="2026-03-15")

    assert await moved(erp, before) == {
        "inventory": Decimal("12.00"),
        "cost_of_goods_sold": Decimal("18.00"),
        "purchase_price_difference": Decimal("-10.00"),
        "tax_receivable": Decimal("3.80"),
        "payable": Decimal("-23.80"),
        "receivable": Decimal("35.70"),
        "revenue": Decimal("-30.00"),
        "tax_payable": Decimal("-5.70"),
    }
    assert await violations(erp.company) == []


async def test_nothing_is_paid_or_billed_twice_on_the_days_before_it_was_taken_back(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")))
    await receive(erp, order)
    wrong = await billed(erp, order, "1", "47.60")
    back = {"reversed_on": "2026-03-20", "reason": "a mistake"}
    await erp.post(f"/v1/supplier-invoices/{wrong['invoice_id']}/reversal", back)
    early = {"total_amount": "47.60", "posted_on": "2026-03-19"}

    assert await refused(erp, order, **early) == (422, "still-settled", ["posted_on"])
    invoice = await billed(erp, order, "1", "47.60", posted_on="2026-03-20")
    paid = await pay(erp, invoice, "40.00", on="2026-03-21")
    back = {"reversed_on": "2026-03-25", "reason": "sent back"}
    await erp.post(f"/v1/supplier-payments/{paid['payment_id']}/reversal", back)
    again = {"invoice_id": invoice["invoice_id"], "amount": "47.60", "paid_on": "2026-03-24"}
    for dry_run in ({"dry_run": "true"}, {}):
        answer = await erp.request("POST", "/v1/supplier-payments", again, **dry_run)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/still-settled")
        (error,) = answer.json()["errors"]
        assert error["field"] == "paid_on"
        assert "was settled until 2026-03-25, when RV-2026-000002 took that back" in error["message"]
    assert await violations(erp.company) == []
    await pay(erp, invoice, "47.60", on="2026-03-25")
    assert (await ended(erp, order))["stage"] == "paid"
    assert await violations(erp.company) == []


async def test_goods_that_were_billed_until_later_do_not_stand_before_those_that_never_were(erp: Erp) -> None:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")))
    await receive(erp, order, (1, "5"))
    wrong = await billed(erp, order, "1", "23.80")
    back = {"reversed_on": "2026-03-20", "reason": "a mistake"}
    await erp.post(f"/v1/supplier-invoices/{wrong['invoice_id']}/reversal", back)
    await receive(erp, order, (1, "5"), on="2026-03-10")
    half = [{"line_number": 1, "quantity": "5"}]

    await billed(erp, order, "2", "23.80", lines=half, posted_on="2026-03-13")

    early = {"supplier_number": "3", "total_amount": "23.80", "posted_on": "2026-03-19"}
    assert await refused(erp, order, **early) == (422, "still-settled", ["posted_on"])
    await billed(erp, order, "3", "23.80", posted_on="2026-03-20")
    assert await violations(erp.company) == []

"""Cases with known answers, written by others: invoices, credits, write-offs, rates and discounts.

Only their figures are used here.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.api.test_amounts_and_days_of_money import refusal
from tests.api.test_finance import accountant, door, items
from tests.builders.finance import Accountant
from tests.erp import Erp

__all__ = ["accountant", "door"]

SOLD = [
    {"description": "Goods", "quantity": "5", "unit_price": "40", "tax_code": "T10"},
    {"description": "Goods", "quantity": "1", "unit_price": "20", "tax_code": "UNTAXED"},
]


async def bill(door: Erp, lines: list[dict[str, str]], **more: Any) -> Any:
    asked = {"customer_code": "C1", "invoiced_on": "2026-03-02", "lines": lines}
    return await door.post("/v1/invoices", asked | more, by="accountant")


async def pay(door: Erp, amount: str, invoice: Any = None, **more: Any) -> Any:
    asked = {"customer_code": "C1", "amount": amount, "currency": "EUR", "received_on": "2026-03-12"}
    names = {"invoice_id": invoice["invoice_id"]} if invoice else {}
    return await door.post("/v1/payments", asked | names | more, by="accountant")


def sold(*lines: tuple[str, str]) -> list[dict[str, str]]:
    return [{"description": "Goods", "unit_price": price, "tax_code": code} for price, code in lines]


async def set_limit(door: Erp, amount: str) -> None:
    """What is a small difference in this company."""
    path = f"/v1/companies/{door.company}"
    tag = (await door.request("GET", path)).headers["etag"]
    await door.request("PATCH", path, {"small_difference_limit": amount}, if_match=tag)


async def test_an_invoice_and_its_full_credit_note(door: Erp, accountant: Accountant) -> None:
    """PyPI trytond-account-invoice 8.2.x, scenario_invoice.rst: 5 at 40 with 10 % and 1 at 20 without."""
    invoice = await bill(door, SOLD)
    posted = await accountant.balances()
    note = await door.post(
        f"/v1/invoices/{invoice['invoice_id']}/reversal", {"reversed_on": "2026-03-20", "reason": "credit"}
    )

    amounts = ("net_amount", "tax_amount", "total_amount")
    assert [invoice[name] for name in amounts] == ["220.00", "20.00", "240.00"]
    assert posted == {"receivable": Decimal(240), "revenue": Decimal(-220), "tax_payable": Decimal(-20)}
    assert [note[name] for name in amounts] == ["220.00", "20.00", "240.00"]
    turnover = [await accountant.turnover(role) for role in ("receivable", "revenue", "tax_payable")]
    assert turnover == [(Decimal(amount), Decimal(amount)) for amount in (240, 220, 20)]
    taxed = [[tax["base_amount"], tax["tax_amount"]] for tax in invoice["taxes"]]
    assert taxed == [[tax["base_amount"], tax["tax_amount"]] for tax in note["taxes"]]
    assert taxed[0] == ["200.00", "20.00"]


async def test_payments_in_parts_and_a_write_off_of_the_rest(door: Erp, accountant: Accountant) -> None:
    """PyPI trytond-account-invoice 8.2.x, scenario_invoice.rst: 240 by 120, 20, 99; 1.00 is written off."""
    invoice = await bill(door, SOLD)
    still_open = []
    for amount in ("120.00", "20.00", "99.00"):
        await pay(door, amount, invoice)
        still_open.append((await door.get(f"/v1/invoices/{invoice['invoice_id']}"))["open_amount"])
    await set_limit(door, "1.00")
    asked = {"kind": "small_difference", "invoice_id": invoice["invoice_id"], "reason": "rest"}
    written = await door.post("/v1/write-offs", asked | {"written_off_on": "2026-03-31"})

    assert (still_open, written["amount"]) == (["120.00", "100.00", "1.00"], "1.00")
    credited = [
        -line.amount
        for entry in await accountant.entries()
        for line in entry.lines
        if line.account_code == "1200" and line.amount < 0
    ]
    assert sorted(credited) == [Decimal(amount) for amount in ("1.00", "20.00", "99.00", "120.00")]
    assert (await accountant.invoice(invoice["invoice_id"])).open_amount == 0


@pytest.mark.parametrize("is_written_off", [True, False])
async def test_an_overpayment_is_written_off_or_kept(
    is_written_off: bool, door: Erp, accountant: Accountant
) -> None:
    """PyPI trytond-account-invoice 8.2.x, scenario_invoice_overpayment.rst: 110 for 100.

    What is kept is -10.00 on receivables there; here it is on the account for customers' money, since it is
    owed to the customer and no receivable (Directive 2013/34/EU, art. 6 (1) (g): no set-off of assets and
    liabilities).
    """
    invoice = await bill(door, sold(("100", "UNTAXED")))
    paid = await pay(door, "110", invoice)
    if is_written_off:
        await set_limit(door, "10.00")
        asked = {"kind": "small_difference", "payment_id": paid["payment_id"], "reason": "too much"}
        await door.post("/v1/write-offs", asked | {"written_off_on": "2026-03-31"})

    balances = await accountant.balances()
    kept = {"small_differences": Decimal(-10)} if is_written_off else {"customer_on_account": Decimal(-10)}
    assert balances == {"bank": Decimal(110), "revenue": Decimal(-100)} | kept


async def test_a_realised_exchange_gain(door: Erp, accountant: Accountant) -> None:
    """PyPI trytond-account-invoice 8.2.x, scenario_invoice_alternate_currency_rate_change.rst.

    400 / 1.20 is 333.33, 400 / 1.10 is 363.64: a gain of 30.31.
    """
    await accountant.rate("USD", "1.20")
    await accountant.rate("USD", "1.10", date(2026, 3, 10))
    invoice = await bill(door, sold(("400", "UNTAXED")), currency="USD")
    await pay(door, "400", invoice, currency="USD")

    assert await accountant.balances() == {
        "bank": Decimal("363.64"),
        "revenue": Decimal("-333.33"),
        "exchange_gain": Decimal("-30.31"),
    }


async def test_cash_is_rounded_when_it_is_paid(door: Erp, accountant: Accountant) -> None:
    """PyPI trytond-account-cash-rounding 8.2.x, scenario_account_cash_rounding.rst: 42.06 in steps of 0.05.

    There each of two instalments is invoiced at 21.05, in all 42.10, with 0.04 on the rounding account. Here
    a claim is never rounded, only what is paid in coins (Finland: Act 890/2000 on the rounding of payments in
    euro): the invoice is over 42.06, and the same 0.04 are small differences when 21.05 is paid twice.
    """
    half = {"kind": "percent_of_total", "value": "50", "days": 10}
    terms = {"code": "HALVES", "name": "Halves", "instalments": [half, {"days": 30}]}
    await door.post("/v1/payment-terms", terms)
    invoice = await bill(door, sold(("42.06", "UNTAXED")), payment_terms_code="HALVES")
    instalments = [item["amount"] for item in invoice["open_items"]]
    await pay(door, "21.05", invoice, account_code="1450")
    last = await pay(door, "21.05", invoice, account_code="1450")

    assert (invoice["total_amount"], instalments) == ("42.06", ["21.03", "21.03"])
    assert last["on_account_amount"] == "0.00"
    assert await accountant.balances() == {
        "cash": Decimal("42.10"),
        "revenue": Decimal("-42.06"),
        "small_differences": Decimal("-0.04"),
    }


async def test_a_half_in_the_company_s_currency_is_rounded_up(door: Erp, accountant: Accountant) -> None:
    """PyPI trytond-account-cash-rounding 8.2.x, scenario_account_cash_rounding_alternate_currency.rst.

    42.05 at 2 for 1 are 21.025: 21.02 there, rounded half-even; 21.03 here, rounded half-up (Council
    Regulation (EC) No 1103/97, art. 5: a result that is exactly half-way is rounded up).
    """
    await accountant.rate("USD", "2")
    invoice = await bill(door, sold(("42.05", "UNTAXED")), currency="USD")

    assert invoice["open_items"][0]["open_amount"] == "42.05"
    assert await accountant.balances() == {"receivable": Decimal("21.03"), "revenue": Decimal("-21.03")}


DISCOUNTS = [
    ([("1000", "UNTAXED")], "900", "100", "0"),
    ([("1500", "T15")], "1552.50", "150", "22.50"),
    ([("1500", "T15-FIXED")], "1552.55", "150.00", "22.50"),
    ([("50", "T15-FIXED")], "51.80", "5.00", "0.75"),
    ([("1000", "T15"), ("2000", "UNTAXED")], "2835.00", "300", "15.00"),
]


@pytest.mark.parametrize(("lines", "pays", "net", "tax"), DISCOUNTS)
async def test_an_early_payment_discount(
    lines: list[tuple[str, str]], pays: str, net: str, tax: str, door: Erp, accountant: Accountant
) -> None:
    """odoo/odoo addons/account/tests/test_early_payment_discount.py @01b87f1: 10 % within ten days."""
    invoice = await bill(door, sold(*lines), payment_terms_code="DISC")
    before = await accountant.balances()
    paid = await pay(door, pays, invoice)

    balances = await accountant.balances()
    assert (paid["on_account_amount"], balances.get("receivable", 0)) == ("0.00", 0)
    assert balances["discount_granted"] == Decimal(net)
    assert balances.get("tax_payable", 0) - before.get("tax_payable", 0) == Decimal(tax)


async def test_tax_on_the_discounted_base_from_the_start(door: Erp, accountant: Accountant) -> None:
    """odoo/odoo addons/account/tests/test_early_payment_discount.py @01b87f1: 1000 with 15 % and 0.05."""
    terms = {
        "code": "ALWAYS",
        "name": "Always",
        "instalments": [{"days": 30}],
        "discount_percent": "10",
        "discount_days": 10,
        "discount_tax": "always",
    }
    await door.post("/v1/payment-terms", terms)
    invoice = await bill(door, sold(("1000", "T15-FIXED")), payment_terms_code="ALWAYS")

    assert (invoice["tax_amount"], invoice["total_amount"]) == ("135.05", "1135.05")
    assert (await accountant.balances())["tax_payable"] == Decimal("-135.05")


async def test_one_payment_takes_the_discounts_of_two_invoices(door: Erp, accountant: Accountant) -> None:
    """odoo/odoo addons/account/tests/test_early_payment_discount.py @01b87f1: 2700 for 1000 and 2000.

    There one payment names both invoices. Here money names one invoice or an order, so that nothing is
    settled that nobody meant (§ 366 BGB: the debtor says what is paid): it is put on account and allocated to
    each, and the discount counts from the day it came.
    """
    invoices = [
        await bill(door, sold((net, "UNTAXED")), payment_terms_code="DISC") for net in ("1000", "2000")
    ]
    money = await pay(door, "2700")
    path = f"/v1/payments/{money['payment_id']}/allocations"
    for invoice, amount in zip(invoices, ("900", "1800"), strict=True):
        asked = {"invoice_id": invoice["invoice_id"], "amount": amount, "allocated_on": "2026-03-31"}
        await door.post(path, asked, by="accountant")

    assert await accountant.balances() == {
        "bank": Decimal(2700),
        "revenue": Decimal(-3000),
        "discount_granted": Decimal(300),
    }
    assert await items(door, "/v1/open-items") == []
    back = {"reversed_on": "2026-04-01", "reason": "x"}
    assert (await refusal(door, f"/v1/payments/{money['payment_id']}/reversal", back))[1] == "stands-on-it"

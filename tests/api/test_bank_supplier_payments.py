"""Lines of statements that have paid suppliers."""

from decimal import Decimal
from typing import Any

from tests.api.test_bank_postings import agrees, open_of, refused, state
from tests.builders import purchase_orders
from tests.builders.bank_statements import assign, entry, match, open_account
from tests.checked import everything_agrees
from tests.erp import Erp


async def a_bill_from_abroad(erp: Erp) -> Any:
    """17.85 dollars are owed."""
    await erp.post("/v1/suppliers", purchase_orders.ABROAD)
    asked = purchase_orders.a_purchase_order(("APPLE", "3", "5.00"), supplier_code="PLANTATION")
    order = await erp.post(purchase_orders.PATH, asked)
    await purchase_orders.receive(erp, order)
    return await purchase_orders.billed(erp, order, "US-4711", "17.85")


async def test_a_line_in_our_currency_pays_an_invoice_in_another_to_the_cent(erp: Erp) -> None:
    await open_account(erp)
    invoice = (await a_bill_from_abroad(erp))["invoice_id"]
    statement, (line,) = await state(erp, entry("-16.93", "USD 17.85"))

    assert await refused(erp, line, account_code="6430", invoice_amount="17.85") == (422, "invalid")
    more = {"supplier_invoice_id": invoice, "invoice_amount": "17.86"}
    assert await refused(erp, line, **more) == (409, "more-than-open")
    posted = await assign(erp, line, supplier_invoice_id=invoice, invoice_amount="17.85")

    assert posted["settled"][0]["open_amount"] == "0.00"
    payment = await erp.get(f"/v1/supplier-payments/{posted['document_id']}")
    assert (payment["amount"], payment["currency"]) == ("16.93", "EUR")
    assert (payment["invoice_amount"], payment["invoice_currency"]) == ("17.85", "USD")
    assert await open_of(erp, statement) == ["0.00"]
    await agrees(erp)


async def test_a_line_pays_an_invoice_in_another_currency_by_the_rates_of_the_day(erp: Erp) -> None:
    await open_account(erp)
    invoice = (await a_bill_from_abroad(erp))["invoice_id"]
    _, (line,) = await state(erp, entry("-10.00", "In part"))

    posted = await assign(erp, line, supplier_invoice_id=invoice)

    settled = posted["settled"][0]
    assert Decimal(settled["settled_amount"]) + Decimal(settled["open_amount"]) == Decimal("17.85")
    assert settled["settled_amount"] not in ("0.00", "10.00")
    await everything_agrees(erp.company, "banking", "ledger", "payables")


async def test_a_line_that_names_the_suppliers_own_number_is_matched(erp: Erp) -> None:
    await open_account(erp)
    await erp.post("/v1/suppliers", purchase_orders.SUPPLIER)
    order = await erp.post(purchase_orders.PATH, purchase_orders.a_purchase_order())
    await purchase_orders.receive(erp, order)
    invoice = await purchase_orders.billed(erp, order, "GR/2026-0815", "63.65")
    statement, _ = await state(erp, entry("-63.65", "Your invoice GR/2026-0815, thank you"))

    run = await match(erp, statement)

    assert (run["done"], await open_of(erp, statement)) == (1, ["0.00"])
    shown = await erp.get(f"/v1/supplier-invoices/{invoice['invoice_id']}")
    assert shown["open_amount"] == "0.00"
    await agrees(erp)

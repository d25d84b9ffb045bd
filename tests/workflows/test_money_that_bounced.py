"""A payment bounces after what it paid was credited: the money is gone, and the books say what is owed."""

from decimal import Decimal
from typing import Any

import pytest

from tests.erp import Erp, an_order
from tests.workflows import billing_together as together
from tests.workflows.test_billed_again import bounces, of_bob
from tests.workflows.test_billed_and_closed import invoices
from tests.workflows.test_taken_back import all_holds, take_back


async def small_differences_to(erp: Erp, limit: str) -> None:
    path = f"/v1/companies/{erp.company}"
    known = await erp.request("GET", path)
    await erp.request("PATCH", path, {"small_difference_limit": limit}, if_match=known.headers["etag"])


async def owed(erp: Erp) -> dict[str, Decimal]:
    """What the customer owes, and what was given up for it; accounts that are empty are left out."""
    roles = ("receivable", "customer_on_account", "discount_granted", "small_differences", "tax_payable")
    return {role: amount for role, amount in (await erp.balances()).items() if role in roles and amount}


@pytest.mark.parametrize("bounced_on", ["2026-03-18", "2026-03-25"])
@pytest.mark.parametrize(("resolution", "left"), [("on_account", ""), ("refund", "116.62")])
async def test_what_was_refunded_of_goods_that_came_back_is_owed_and_else_nothing(
    erp: Erp, bounced_on: str, resolution: str, left: str
) -> None:
    order = await of_bob(erp)
    paid = await erp.pay(order, "116.62", received_on="2026-03-10")
    await together.give_back(erp, order, "10", on="2026-03-20", resolution=resolution)

    await bounces(erp, paid, bounced_on)

    assert await owed(erp) == ({"receivable": Decimal(left)} if left else {})
    await all_holds(erp)


async def test_what_the_customer_kept_is_owed_without_discount(erp: Erp) -> None:
    order = await of_bob(erp)
    paid = await erp.pay(order, "116.62", received_on="2026-03-10")
    await together.give_back(erp, order, "3", on="2026-03-20", resolution="on_account")

    bounced = await bounces(erp, paid)

    assert await owed(erp) == {"receivable": Decimal("83.30"), "tax_payable": Decimal("-13.30")}
    (set_off,) = bounced["set_off"]
    (used,) = (await erp.get("/v1/allocations"))["items"]
    assert (used["allocation_id"], used["amount"]) == (set_off["allocation_id"], "34.99")
    await all_holds(erp)
    money = {"customer_code": "BOB", "amount": "83.30", "currency": "EUR", "received_on": "2026-04-20"}
    (invoice,) = await invoices(erp)
    await erp.post("/v1/payments", money | {"invoice_id": invoice["invoice_id"]}, by="accountant")
    assert (await owed(erp)).keys() == {"tax_payable"}
    await all_holds(erp)


@pytest.mark.parametrize("amount", ["118.97", "119.03"])
@pytest.mark.parametrize("quantity", ["3", "10"])
async def test_a_small_difference_that_went_with_it_is_none_any_more(
    erp: Erp, amount: str, quantity: str
) -> None:
    await small_differences_to(erp, "0.05")
    order = await of_bob(erp)
    paid = await erp.pay(order, amount, received_on="2026-03-30")
    await together.give_back(erp, order, quantity, resolution="on_account")

    await bounces(erp, paid, "2026-04-06")

    now = await owed(erp)
    assert now.get("receivable", 0) == (Decimal("83.30") if quantity == "3" else 0)
    assert now.keys() <= {"receivable", "tax_payable"}
    await all_holds(erp)


async def test_a_small_difference_is_paid_after_all_when_some_of_the_goods_have_come_back(erp: Erp) -> None:
    await small_differences_to(erp, "1.00")
    order = await of_bob(erp)
    (invoice,) = await invoices(erp)
    money = {"customer_code": "BOB", "amount": "117.00", "currency": "EUR", "received_on": "2026-03-30"}
    await erp.post("/v1/payments", money | {"invoice_id": invoice["invoice_id"]}, by="accountant")
    await small_differences_to(erp, "2.00")
    asked = {"kind": "small_difference", "reason": "not worth it", "written_off_on": "2026-04-01"}
    written = await erp.post("/v1/write-offs", asked | {"invoice_id": invoice["invoice_id"]})
    await together.give_back(erp, order, "3", resolution="on_account")
    assert (await owed(erp))["small_differences"] == Decimal("1.40")

    await take_back(erp, "write-offs", written["write_off_id"], "2026-04-06", by="administrator")

    now = await owed(erp)
    assert "small_differences" not in now
    assert "receivable" not in now, "less was kept than was paid"
    assert now["customer_on_account"] == Decimal("-33.70")
    await all_holds(erp)


async def test_money_on_account_that_bounces_is_taken_from_what_it_was_used_for_first(erp: Erp) -> None:
    order = await of_bob(erp)
    (invoice,) = await invoices(erp)
    money = {"customer_code": "BOB", "amount": "130.00", "currency": "EUR", "received_on": "2026-03-02"}
    paid = await erp.post("/v1/payments", money, by="accountant")
    use = {"invoice_id": invoice["invoice_id"], "allocated_on": "2026-03-30"}
    await erp.post(f"/v1/payments/{paid['payment_id']}/allocations", use, by="accountant")
    (used,) = (await erp.get("/v1/allocations"))["items"]
    await erp.until(order, "closed")
    await together.give_back(erp, order, "10", resolution="on_account")

    await take_back(erp, "allocations", used["allocation_id"], "2026-04-06", by="accountant")
    await bounces(erp, paid, "2026-04-07")

    assert await owed(erp) == {}
    await all_holds(erp)


async def test_a_credit_that_has_paid_something_else_stays_there_and_what_bounced_is_owed(erp: Erp) -> None:
    order = await of_bob(erp)
    paid = await erp.pay(order, "119.00", received_on="2026-03-30")
    await together.give_back(erp, order, "10", resolution="on_account")
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    other = await of_bob(erp)
    invoice = (await invoices(erp))[-1]
    use = {"invoice_id": invoice["invoice_id"], "allocated_on": "2026-04-06"}
    await erp.post(f"/v1/credit-notes/{note['credit_note_id']}/allocations", use, by="accountant")
    await erp.until(other, "closed")

    await bounces(erp, paid, "2026-04-07")

    assert (await owed(erp))["receivable"] == Decimal("119.00")
    await all_holds(erp)


async def test_what_another_invoice_was_discounted_is_not_taken_from_the_one_that_was_credited(
    erp: Erp,
) -> None:
    order = await of_bob(erp)
    paid = await erp.pay(order, "116.62", received_on="2026-03-10")
    await together.give_back(erp, order, "10", resolution="on_account")
    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    other = await erp.place(an_order(customer_code="BOB", invoicing="shipment"))
    await erp.ship(other, shipped_on="2026-04-05", lines=[{"line_number": 1, "quantity": "4"}])
    use = {"invoice_id": (await invoices(erp))[-1]["invoice_id"], "allocated_on": "2026-04-06"}
    path = f"/v1/credit-notes/{note['credit_note_id']}/allocations"
    await erp.post(path, use | {"amount": "46.65"}, by="accountant")
    assert (await invoices(erp))[-1]["open_amount"] == "0.00"

    await bounces(erp, paid, "2026-04-07")

    assert (await owed(erp))["receivable"] == Decimal("46.65")
    await all_holds(erp)


async def test_what_bounced_of_a_collective_invoice_is_open_but_for_what_came_back(erp: Erp) -> None:
    order = await together.deliver(erp)
    invoice = await together.billed(erp, order)
    paid = await together.pay(erp, invoice, "119.00")
    await erp.until(order, "closed")
    await together.until_paid(erp)
    await together.give_back(erp, order, "4", on="2026-04-15", resolution="on_account")

    await bounces(erp, paid, "2026-04-20")

    assert (await owed(erp))["receivable"] == Decimal("71.40")
    await all_holds(erp)


@pytest.mark.parametrize("resolution", ["on_account", "refund"])
async def test_what_came_in_another_currency_bounces_at_the_rates_that_it_came_and_went_with(
    erp: Erp, resolution: str
) -> None:
    rate: dict[str, Any] = {"currency": "USD", "valid_from": "2026-03-09", "rate": "1.10"}
    await erp.post("/v1/exchange-rates", rate)
    before = await erp.balances()
    order = await of_bob(erp, currency="USD")
    paid = await erp.pay(order, "116.62", received_on="2026-03-10", currency="USD")
    await together.give_back(erp, order, "10", on="2026-03-20", resolution=resolution)

    await bounces(erp, paid)

    now = await erp.balances()
    if resolution == "on_account":
        assert now == before
    (invoice,) = await invoices(erp)
    assert invoice["open_amount"] == ("116.62" if resolution == "refund" else "0.00")
    await all_holds(erp)

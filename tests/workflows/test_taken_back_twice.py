"""What stands beside an invoice that is taken back: rates, money that came before, reminders."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from activities.receivables.dunning import remind_customer
from domains.receivables.messages import RemindCustomer
from foundation.values.messages import Call, Caller
from tests.erp import Erp, Refused, an_order
from tests.workflows.test_billed_again import bounces, invoice_back
from tests.workflows.test_billed_and_closed import ask, invoices, shipped_in_part
from tests.workflows.test_taken_back import all_holds, take_back

RATES = {"2026-03-08": "1.25", "2026-03-15": "1.60", "2026-03-21": "1.30", "2026-03-25": "1.50"}


async def rates(erp: Erp) -> None:
    """A dollar is worth another amount on each of the days."""
    for on, rate in RATES.items():
        await erp.post("/v1/exchange-rates", {"currency": "USD", "valid_from": on, "rate": rate})


async def owed(erp: Erp) -> Decimal:
    """What is open of all invoices, less what is on account."""
    items = (await erp.get("/v1/open-items", side="receivable"))["items"]
    return sum((Decimal(item["open_amount"]) for item in items), Decimal(0))


@pytest.mark.parametrize("currency", ["USD", "EUR"])
async def test_an_invoice_is_taken_back_twice_around_payments_in_another_currency(
    erp: Erp, currency: str
) -> None:
    await rates(erp)
    before = await erp.balances()
    order = await shipped_in_part(erp, "shipment", currency="USD")
    await erp.pay(order, "20.00", received_on="2026-03-08", currency=currency)
    first = await owed(erp)
    await invoice_back(erp, on="2026-03-20")
    await all_holds(erp)
    await ask(erp, order, "billing", invoiced_on="2026-03-21")
    assert await owed(erp) == first
    await all_holds(erp)
    rest = await erp.pay(order, "10.00", received_on="2026-03-22", currency=currency)
    second = await owed(erp)
    await invoice_back(erp, 1, on="2026-03-25")
    await all_holds(erp)
    await ask(erp, order, "billing", invoiced_on="2026-03-25")

    assert await owed(erp) == second
    await all_holds(erp)
    cancel = {"reason": "no more", "cancelled_on": "2026-03-25", "goods": "come_back"}
    cancelled = await ask(erp, order, "cancellation", **cancel)
    inspected = {"received_on": "2026-03-25"}
    await erp.post(f"/v1/returns/{cancelled['return_id']}/inspection", inspected, by="warehouse")
    await erp.until(order, "cancelled")
    assert rest["on_account_amount"] == "0.00"
    assert await owed(erp) == 0
    # What was gained or lost on the money that came and went stays, and nothing else.
    changed = {role for role, amount in (await erp.balances()).items() if amount != before[role]}
    assert changed <= {"bank", "exchange_gain", "exchange_loss"}
    await all_holds(erp)


async def test_a_payment_of_an_invoice_that_was_taken_back_twice_bounces(erp: Erp) -> None:
    await rates(erp)
    before = await erp.balances()
    order = await shipped_in_part(erp, "shipment", customer_code="BOB", currency="USD")
    paid = await erp.pay(order, "46.65", received_on="2026-03-10", currency="USD")
    await invoice_back(erp, on="2026-03-20")
    await ask(erp, order, "billing", invoiced_on="2026-03-21")
    await invoice_back(erp, 1, on="2026-03-22")
    await all_holds(erp)
    with pytest.raises(Refused, match=r"stands-on-it.*the allocation of CN-"):
        await bounces(erp, paid)
    (used,) = (await erp.get("/v1/allocations"))["items"]
    await take_back(erp, "allocations", used["allocation_id"], "2026-03-25", by="accountant")
    await erp.at_rest()

    await bounces(erp, paid)

    await erp.at_rest()
    await all_holds(erp)
    assert await owed(erp) == 0
    balances = await erp.balances()
    assert {role for role, amount in balances.items() if amount != before[role]} == {
        "inventory",
        "cost_of_goods_sold",
    }
    await ask(erp, order, "billing", invoiced_on="2026-03-26")
    await erp.at_rest()
    assert (await invoices(erp))[-1]["open_amount"] == "47.60"
    await all_holds(erp)


async def test_money_that_came_before_the_invoice_bounces_when_that_was_taken_back(erp: Erp) -> None:
    order = await erp.place(an_order(invoicing="shipment"))
    paid = await erp.pay(order, "50.00", received_on="2026-03-03")
    await erp.ship(order)
    await invoice_back(erp)
    await all_holds(erp)
    with pytest.raises(Refused, match=r"stands-on-it.*the allocation of PAY-"):
        await bounces(erp, paid)
    (used,) = (await erp.get("/v1/allocations"))["items"]
    await take_back(erp, "allocations", used["allocation_id"], "2026-03-25", by="accountant")
    await erp.at_rest()
    await all_holds(erp)

    await bounces(erp, paid)

    await erp.at_rest()
    assert await owed(erp) == 0
    await ask(erp, order, "billing", invoiced_on="2026-03-26")
    await erp.at_rest()
    assert (await invoices(erp))[-1]["open_amount"] == "119.00"
    await erp.pay(order, "119.00", received_on="2026-03-27")
    await erp.until(order, "closed")
    await all_holds(erp)


async def test_what_was_charged_for_reminding_of_a_wrong_invoice_is_reversed_by_a_person(erp: Erp) -> None:
    await erp.post("/v1/dunning-procedures/template", {}, by="accountant")
    order = await shipped_in_part(erp, "shipment")
    call = Call(key="remind", caller=Caller(company=erp.company, actor="a test", correlation_id="remind"))
    for number, on in enumerate(("2026-05-10", "2026-06-01")):
        remind = RemindCustomer(customer_code="ALICE", on=on, first_item_id=uuid4(), today=on)
        await remind_customer(call.model_copy(update={"key": f"remind {number}"}), remind)
    letters: list[Any] = (await erp.get("/v1/dunning-letters", customer="ALICE"))["items"]
    (letter,) = (one for one in letters if Decimal(one["charge_amount"]))

    await invoice_back(erp, on="2026-06-02")

    await ask(erp, order, "billing", invoiced_on="2026-06-03")
    again = (await invoices(erp))[-1]
    assert (again["due_on"], again["open_amount"]) == ("2026-07-03", "47.60")
    assert await owed(erp) == Decimal("47.60") + Decimal(letter["charge_amount"])
    await take_back(erp, "dunning-letters", letter["letter_id"], "2026-06-03", by="accountant")
    assert await owed(erp) == Decimal("47.60")
    await all_holds(erp)

"""What the dry run of a cancellation says is what is done then, to the cent, whatever had become of the order
and of its money before.
"""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.checked import violations
from tests.erp import Erp, an_order
from tests.workflows.test_billed_and_closed import shipped_in_part
from tests.workflows.test_taken_back import take_back

HISTORIES = 16
MOST_EVENTS = 9
FREIGHT = {"freight_amount": "10.00", "freight_tax_code": "S19"}
Asked = tuple[str, dict[str, Any]]


async def one_of(chance: random.Random, erp: Erp, path: str, **query: Any) -> Any:
    found = (await erp.get(path, **query))["items"]
    return chance.choice(found) if found else None


async def shipping(chance: random.Random, erp: Erp, path: str, on: str) -> Asked:
    del erp
    lines = [{"line_number": 1, "quantity": chance.choice(("1", "3", "5"))}]
    return f"{path}/shipments", {"shipped_on": on, "lines": lines}


async def paying(chance: random.Random, erp: Erp, path: str, on: str) -> Asked:
    """Some, what is open, or that less a discount; before there is an invoice, in advance."""
    owed = await one_of(chance, erp, "/v1/invoices", order_id=path.rpartition("/")[2])
    open_amount = Decimal(owed["open_amount"]) if owed else Decimal(0)
    amount = chance.choice((Decimal("7.77"), open_amount, open_amount * Decimal("0.98")))
    amount = max(amount, Decimal("5.00")).quantize(Decimal("0.01"))
    currency = owed["currency"] if owed else "EUR"
    return f"{path}/payments", {"received_on": on, "amount": str(amount), "currency": currency}


async def allowing(chance: random.Random, erp: Erp, path: str, on: str) -> Asked | None:
    """A value of an invoice is credited by hand."""
    invoice = await one_of(chance, erp, "/v1/invoices", order_id=path.rpartition("/")[2])
    lines = [{"line_number": 1, "net_amount": chance.choice(("1.11", "4.00"))}]
    asked = {"credited_on": on, "reason": "bruised", "lines": lines}
    return invoice and (f"/v1/invoices/{invoice['invoice_id']}/credit-notes", asked)


async def charging_more(chance: random.Random, erp: Erp, path: str, on: str) -> Asked | None:
    invoice = await one_of(chance, erp, "/v1/invoices", order_id=path.rpartition("/")[2])
    line = {"description": "Surcharge", "unit_price": "10.00", "tax_code": "S19"}
    asked = {"invoiced_on": on, "reason": "forgotten", "lines": [line]}
    return invoice and (f"/v1/invoices/{invoice['invoice_id']}/debit-notes", asked)


async def paying_a_debit_note(chance: random.Random, erp: Erp, path: str, on: str) -> Asked | None:
    del path
    found = [one for one in (await erp.get("/v1/invoices"))["items"] if one["order_id"] is None]
    if not found:
        return None
    note = chance.choice(found)
    money = {"customer_code": note["customer_code"], "currency": note["currency"], "received_on": on}
    return "/v1/payments", money | {"amount": "5.00", "invoice_id": note["invoice_id"]}


async def bouncing(chance: random.Random, erp: Erp, path: str, on: str) -> Asked | None:
    del path
    paid = await one_of(chance, erp, "/v1/payments")
    return paid and (f"/v1/payments/{paid['payment_id']}/reversal", {"reason": "bounced", "reversed_on": on})


async def refunding(chance: random.Random, erp: Erp, path: str, on: str) -> Asked | None:
    """What lies on account goes back by hand, some of it or all."""
    del path
    kind, name = chance.choice((("payments", "payment_id"), ("credit-notes", "credit_note_id")))
    money = await one_of(chance, erp, f"/v1/{kind}")
    amount = chance.choice(({}, {"amount": "2.00"}))
    return money and (f"/v1/{kind}/{money[name]}/refund", {"refunded_on": on} | amount)


async def crediting_in_full(chance: random.Random, erp: Erp, path: str, on: str) -> Asked | None:
    invoice = await one_of(chance, erp, "/v1/invoices", order_id=path.rpartition("/")[2])
    asked = {"reason": "wrong", "reversed_on": on}
    return invoice and (f"/v1/invoices/{invoice['invoice_id']}/reversal", asked)


async def giving_back(chance: random.Random, erp: Erp, path: str, on: str) -> Asked | None:
    """One comes back, and is inspected."""
    how = {"resolution": chance.choice(("refund", "on_account"))}
    lines = [{"line_number": 1, "quantity": "1"}]
    agreed = await erp.request("POST", f"{path}/returns", {"reason": "broken", "lines": lines} | how)
    if agreed.status_code >= 400:
        return None
    return f"/v1/returns/{agreed.json()['return_id']}/inspection", {"received_on": on}


EVENTS = [
    *(shipping, paying) * 3,
    *(allowing, bouncing) * 2,
    charging_more,
    paying_a_debit_note,
    refunding,
    crediting_in_full,
    giving_back,
]


async def after_a_history(chance: random.Random, erp: Erp) -> Any:
    """An order, and what became of it by chance; what is refused on the way did not happen."""
    currency = chance.choice(("EUR", "EUR", "USD"))
    customer = chance.choice(("ALICE", "BOB"))
    lines = [{"item_code": "APPLE", "quantity": "10", "unit_price": "10.00"}]
    of = {"customer_code": customer, "currency": currency, "prices_include_tax": False, "lines": lines}
    freight = chance.choice(({}, FREIGHT))
    invoicing = chance.choice(("shipment", "shipment", "order", "collective"))
    order = await erp.place(an_order(invoicing=invoicing, **of, **freight))
    path = f"/v1/sales-orders/{order['order_id']}"
    on = date(2026, 3, 3)
    for _ in range(chance.randint(2, MOST_EVENTS)):
        on += timedelta(days=1)
        if asked := await chance.choice(EVENTS)(chance, erp, path, str(on)):
            await erp.request("POST", *asked)
        await erp.at_rest()
    return order


async def posted(erp: Erp) -> Counter[Any]:
    """What was credited, given up for money and so owed no more, and paid back."""
    notes = (await erp.get("/v1/credit-notes", limit=200))["items"]
    refunds = (await erp.get("/v1/refunds", limit=200))["items"]
    found = [("credit", note["invoice_number"], note["total_amount"]) for note in notes]
    found += [("refund", refund["currency"], refund["amount"]) for refund in refunds]
    return Counter(found)


def planned(plan: Any) -> Counter[Any]:
    """The same, as the plan says it."""
    credits = [one for one in plan["steps"] if one["what"].startswith("credit")]
    refunds = [one for one in plan["steps"] if one["what"].startswith("refund")]
    found = [("credit", one["document"], one["amount"]) for one in credits]
    return Counter([*found, *(("refund", one["currency"], one["amount"]) for one in refunds)])


@pytest.mark.parametrize("seed", range(HISTORIES))
async def test_a_plan_is_what_is_done(erp: Erp, seed: int) -> None:
    chance = random.Random(seed)
    order = await after_a_history(chance, erp)
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    ways = {"money": chance.choice(("refund", "on_account")), "goods": chance.choice(("come_back", "stay"))}
    asked = {"reason": "no more", "cancelled_on": "2026-04-01", **ways}
    before, balances = await posted(erp), await erp.balances()

    would = await erp.request("POST", path, asked, dry_run="true")

    assert (await posted(erp), await erp.balances()) == (before, balances), "a dry run changes nothing"
    done = await erp.request("POST", path, asked)
    assert (would.status_code < 400) is (done.status_code < 400), (would.text, done.text)
    if done.status_code >= 400:
        assert would.json()["detail"] == done.json()["detail"]
        return
    if done.json()["return_id"] and ways["goods"] == "come_back":
        inspection = f"/v1/returns/{done.json()['return_id']}/inspection"
        await erp.post(inspection, {"received_on": "2026-04-01"}, by="warehouse")
    await erp.until(order, "cancelled")
    assert planned(would.json()) == await posted(erp) - before
    kept = any("stays on the customer's account" in one for one in would.json()["remains"])
    left = (await erp.get("/v1/open-items", side="receivable"))["items"]
    on_account = any(Decimal(one["open_amount"]) < 0 for one in left)
    assert not kept or on_account
    assert [one.as_text() for one in await violations(erp.company)] == []


async def plan_of(erp: Erp, order: Any, **more: Any) -> Any:
    path = f"/v1/sales-orders/{order['order_id']}/cancellation?dry_run=true"
    return await erp.post(path, {"reason": "no more", "cancelled_on": "2026-04-01", **more})


async def test_a_plan_knows_what_was_allowed_and_what_bounced(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    allowance = {"credited_on": "2026-03-06", "reason": "bruised"}
    lines = [{"line_number": 1, "net_amount": "10.00"}]
    await erp.post(f"/v1/invoices/{invoice['invoice_id']}/credit-notes", allowance | {"lines": lines})
    await erp.pay(order, "20.00", received_on="2026-03-08")
    bounced = await erp.pay(order, "15.70", received_on="2026-03-09")
    await take_back(erp, "payments", bounced["payment_id"], by="accountant")
    await erp.at_rest()

    plan = await plan_of(erp, order)

    number = invoice["invoice_number"]
    assert planned(plan) == Counter({("credit", number, "35.70"): 1, ("refund", "EUR", "20.00"): 1})


async def test_money_in_advance_that_bounced_is_neither_refunded_nor_kept_and_its_order_knows(
    erp: Erp,
) -> None:
    order = await erp.place()
    paid = await erp.pay(order, "30.00", received_on="2026-03-03")
    await take_back(erp, "payments", paid["payment_id"], by="accountant")
    await erp.at_rest()

    plans = [await plan_of(erp, order, money=money) for money in ("refund", "on_account")]

    assert [planned(plan) for plan in plans] == [Counter(), Counter()]
    assert [one for plan in plans for one in plan["remains"] if "on the customer's account" in one] == []
    process = await erp.get(f"/v1/processes/{erp.company}/order_to_cash/{order['order_id']}")
    assert "ledger.find_open" in [one["operation"] for one in process["timeline"]]
    await erp.ship(order)
    (item,) = (await erp.get("/v1/open-items", side="receivable", only_open="true"))["items"]
    assert item["open_amount"] == "119.00"
    assert await erp.stage_of(order) == "waiting for payment"


async def test_money_that_stays_on_account_is_said_to_remain(erp: Erp) -> None:
    order = await shipped_in_part(erp, "shipment")
    await erp.pay(order, "47.60", received_on="2026-03-08")

    plan = await plan_of(erp, order, money="on_account")

    assert "the money that was paid stays on the customer's account" in plan["remains"]
    kept = [one["amount"] for one in plan["steps"] if one["what"].startswith("keep what was paid")]
    assert kept == ["47.60"]


async def test_a_dry_run_of_a_reversal_refuses_what_its_order_would(erp: Erp) -> None:
    """An allowance stands on the invoice; before the order has heard of the invoice, and after."""
    order = await shipped_in_part(erp, "shipment")
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    path = f"/v1/invoices/{invoice['invoice_id']}"
    lines = [{"line_number": 1, "net_amount": "10.00"}]
    await erp.post(f"{path}/credit-notes", {"credited_on": "2026-03-06", "reason": "bruised", "lines": lines})
    back = {"reversed_on": "2026-03-20", "reason": "wrong"}

    would = await erp.request("POST", f"{path}/reversal", back, dry_run="true")
    real = await erp.request("POST", f"{path}/reversal", back)

    assert (real.status_code, real.json()["type"]) == (409, "/problems/stands-on-it")
    assert (would.status_code, would.json()["detail"]) == (real.status_code, real.json()["detail"])
    assert await erp.stage_of(order) == "waiting for shipment"

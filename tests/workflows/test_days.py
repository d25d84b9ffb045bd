"""Nothing is of an earlier day than what it rests on: refused by name, or done on the later of both days."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.checked import violations
from tests.erp import Erp, an_order


async def refused(erp: Erp, path: str, body: dict[str, Any], field: str) -> bool:
    """Whether this is refused because of the day in that field."""
    answer = await erp.request("POST", path, body)
    problem = answer.json()
    named = [error["field"] for error in problem.get("errors", ())]
    return (answer.status_code, problem["type"], named) == (422, "/problems/too-early", [field])


async def test_money_is_neither_used_nor_paid_back_before_it_came(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order)
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    money = {"customer_code": "ALICE", "amount": "20.00", "currency": "EUR", "received_on": "2026-03-20"}
    paid = f"/v1/payments/{(await erp.post('/v1/payments', money))['payment_id']}"
    use = {"invoice_id": invoice["invoice_id"], "amount": "5.00"}

    assert await refused(erp, f"{paid}/refund", {"refunded_on": "2026-03-19"}, "refunded_on")
    assert await refused(erp, f"{paid}/allocations", use | {"allocated_on": "2026-03-19"}, "allocated_on")
    await erp.post(f"{paid}/allocations", use | {"allocated_on": "2026-03-20"})
    await erp.post(f"{paid}/refund", {"refunded_on": "2026-03-20"})


async def test_money_on_account_is_not_used_for_an_invoice_before_the_invoice(erp: Erp) -> None:
    early = {"customer_code": "ALICE", "amount": "20.00", "currency": "EUR", "received_on": "2026-03-03"}
    paid = f"/v1/payments/{(await erp.post('/v1/payments', early))['payment_id']}"
    order = await erp.place()
    await erp.ship(order, shipped_on="2026-03-05")
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    settles = {"invoice_id": invoice["invoice_id"]}

    on_order = {"received_on": "2026-03-04", "amount": "1.00", "currency": "EUR"}
    await erp.post(f"/v1/sales-orders/{order['order_id']}/payments", on_order)  # The money was there first.
    assert await refused(erp, f"{paid}/allocations", settles | {"allocated_on": "2026-03-04"}, "allocated_on")
    await erp.post(f"{paid}/allocations", settles | {"allocated_on": "2026-03-05"})


@pytest.mark.parametrize("ships", [True, False])
async def test_an_order_uses_and_pays_back_money_on_the_later_of_both_days(erp: Erp, ships: bool) -> None:
    order = await erp.place()
    await erp.pay(order, "20.00", received_on="2026-03-20")
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    if ships:
        await erp.ship(order, shipped_on="2026-03-05")
    else:
        await erp.post(path, {"reason": "never mind", "cancelled_on": "2026-03-10"}, by="sales clerk")

    entries = (await erp.get("/v1/journal-entries", limit=100))["items"]
    used = [entry for entry in entries if "PAY-2026-000001" in entry["text"]]
    assert [entry["posted_on"] for entry in used] == ["2026-03-20", "2026-03-20"]
    assert (await erp.balances())["customer_on_account"] == 0


async def test_nothing_leaves_and_nothing_is_cancelled_before_its_order(erp: Erp) -> None:
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}"

    assert await refused(erp, f"{path}/shipments", {"shipped_on": "2026-03-01"}, "shipped_on")
    early = {"reason": "never mind", "cancelled_on": "2026-03-01"}
    assert await refused(erp, f"{path}/cancellation", early, "cancelled_on")
    assert await erp.stage_of(order) == "waiting for shipment"


async def test_an_order_is_billed_when_the_last_of_it_has_left(erp: Erp) -> None:
    order = await erp.place(an_order(invoicing="order"))
    await erp.ship(order, shipped_on="2026-03-09", lines=[{"line_number": 1, "quantity": "4"}])
    await erp.ship(order, shipped_on="2026-03-05")

    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    assert invoice["invoiced_on"] == "2026-03-09"


async def test_nothing_comes_back_before_it_left_and_then_it_can_still_be_said_when_it_came(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order, shipped_on="2026-03-05", lines=[{"line_number": 1, "quantity": "4"}])
    await erp.ship(order, shipped_on="2026-03-09")
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    returned = await erp.post(path, {"reason": "too many"}, by="sales clerk")
    path = f"/v1/returns/{returned['return_id']}/inspection"
    some = {"received_on": "2026-03-08", "lines": [{"line_number": 1, "quantity": "5"}]}

    assert await refused(erp, path, {"received_on": "2026-03-04"}, "received_on")
    assert await refused(erp, path, some, "received_on")
    assert (await erp.get("/v1/processes", only_exceptions=True))["items"] == []
    closed = await erp.post(path, some | {"lines": [{"line_number": 1, "quantity": "4"}]})

    assert closed["stage"] == "closed"
    assert Decimal((await erp.stock("APPLE"))["on_hand"]) == 94


# What had settled something is taken back later

BACK = {"reversed_on": "2026-03-20", "reason": "a mistake"}


async def taken_back(erp: Erp, path: str) -> None:
    """And the order that it was for has heard of it."""
    await erp.post(f"/v1/{path}/reversal", BACK)
    await erp.at_rest()


async def used_until_then(erp: Erp, payment_id: str) -> None:
    """What money was used for is taken back on 20 March."""
    (used,) = (await erp.get("/v1/allocations", money_id=payment_id))["items"]
    assert used["allocated_on"] == "2026-03-05"
    await taken_back(erp, f"allocations/{used['allocation_id']}")


async def used_on(erp: Erp, payment_id: str) -> list[str]:
    """Wait a moment until money is used; gives the days."""
    for _ in range(400):
        found = (await erp.get("/v1/allocations", money_id=payment_id))["items"]
        if days := [one["allocated_on"] for one in found if not one["reversed_by"]]:
            return days
        await asyncio.sleep(0.05)
    raise AssertionError("it was not used")


async def days_of(erp: Erp, text: str) -> list[str]:
    """On which days something was posted."""
    entries = (await erp.get("/v1/journal-entries", limit=100))["items"]
    return [entry["posted_on"] for entry in entries if text in entry["text"]]


async def nothing_was_settled_twice(erp: Erp) -> None:
    for day in range(1, 25):
        report = await erp.get("/v1/reports/open-items", as_of=f"2026-03-{day:02}")
        for row in report["rows"]:
            amount, is_open = Decimal(row["amount"]), Decimal(row["open_amount"])
            assert min(amount, Decimal(0)) <= is_open <= max(amount, Decimal(0)), (day, row)
    assert [one.as_text() for one in await violations(erp.company)] == []


async def test_money_for_an_order_settles_it_when_its_payment_was_taken_back(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order, shipped_on="2026-03-05")
    wrong = await erp.pay(order, "60.00", received_on="2026-03-05")
    await taken_back(erp, f"payments/{wrong['payment_id']}")

    await erp.pay(order, "119.00", received_on="2026-03-10")

    await erp.until(order, "closed")
    (paid,) = [one for one in (await erp.get("/v1/payments"))["items"] if one["amount"] == "119.00"]
    (settled,) = (await erp.get(f"/v1/payments/{paid['payment_id']}"))["settlements"]
    assert settled["settled_on"] == "2026-03-20"
    await nothing_was_settled_twice(erp)


async def test_an_order_bills_again_and_uses_its_money_when_that_was_given_back(erp: Erp) -> None:
    order = await erp.place()
    advance = await erp.pay(order, "47.60", received_on="2026-03-03")
    await erp.ship(order, shipped_on="2026-03-05", lines=[{"line_number": 1, "quantity": "4"}])
    await used_until_then(erp, advance["payment_id"])

    await erp.ship(order, shipped_on="2026-03-10")

    assert await used_on(erp, advance["payment_id"]) == ["2026-03-20"]
    await nothing_was_settled_twice(erp)


async def test_an_order_that_is_cancelled_pays_money_back_when_that_was_given_back(erp: Erp) -> None:
    other = await erp.place()
    await erp.ship(other, shipped_on="2026-03-05")
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    order = await erp.place()
    advance = await erp.pay(order, "20.00", received_on="2026-03-03")
    use = {"invoice_id": invoice["invoice_id"], "allocated_on": "2026-03-05"}
    await erp.post(f"/v1/payments/{advance['payment_id']}/allocations", use)
    await used_until_then(erp, advance["payment_id"])

    cancel = {"reason": "never mind", "cancelled_on": "2026-03-10"}
    cancelled = await erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", cancel)

    assert cancelled["outcome"] == "cancelled"
    assert await days_of(erp, "Refund RF-2026-000001") == ["2026-03-20"]
    await nothing_was_settled_twice(erp)


async def test_goods_that_came_back_are_credited_when_the_payment_was_taken_back(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order, shipped_on="2026-03-05")
    paid = await erp.pay(order, "100.00", received_on="2026-03-05")
    await taken_back(erp, f"payments/{paid['payment_id']}")
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    returned = await erp.post(path, {"reason": "too many"}, by="sales clerk")

    await erp.post(f"/v1/returns/{returned['return_id']}/inspection", {"received_on": "2026-03-10"})

    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    assert note["credited_on"] == "2026-03-20"
    await nothing_was_settled_twice(erp)


async def test_an_order_s_invoice_is_taken_back_by_hand_on_no_day_on_which_it_was_settled(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order, shipped_on="2026-03-05")
    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    paid = await erp.pay(order, "60.00", received_on="2026-03-05")
    await taken_back(erp, f"payments/{paid['payment_id']}")
    path = f"/v1/invoices/{invoice['invoice_id']}/reversal"

    early = await erp.request("POST", path, BACK | {"reversed_on": "2026-03-10"})

    problem = early.json()
    assert (early.status_code, problem["type"]) == (422, "/problems/still-settled")
    assert [error["field"] for error in problem["errors"]] == ["reversed_on"]
    assert (await erp.get("/v1/credit-notes"))["items"] == []
    note = await erp.post(path, BACK)
    assert note["credited_on"] == "2026-03-20"
    await nothing_was_settled_twice(erp)

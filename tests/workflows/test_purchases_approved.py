"""Purchase orders to which somebody is to say yes: asked by policy, held until then, given up after a no."""

import asyncio
from typing import Any

import pytest

from tests.builders.purchase_orders import ABROAD, PATH, SUPPLIER, a_purchase_order, came, priced, receive
from tests.checked import violations
from tests.erp import Erp, Refused
from tests.faulty_steps import FaultySteps
from tests.workflows.approving import asked_about, asked_at_once, decide, hire, level

HOLD, RELEASE = "procurement.hold_purchase_order", "procurement.release_purchase_order"


@pytest.fixture(autouse=True)
async def two_must_say_yes(erp: Erp) -> None:
    """From 60.00 on a buyer and then a finance director."""
    for supplier in (SUPPLIER, ABROAD):
        await erp.post("/v1/suppliers", supplier)
    await hire(erp, "Bert Buyer", "buyer")
    await hire(erp, "Fiona Finance", "finance director")
    await erp.post(
        "/v1/approval-policies",
        {
            "code": "ORDERS",
            "kind": "purchase_order",
            "from_amount": "60.00",
            "levels": [level(1, "buyer"), level(2, "finance director")],
            "valid_from": "2020-01-01",
        },
    )


async def held(erp: Erp, **more: Any) -> tuple[Any, Any]:
    """An order that waits, and what is asked first."""
    order = await erp.post(PATH, a_purchase_order(**more), by="accountant")
    assert order["status"] == "held", order
    (first,) = await asked_about(erp, order)
    return order, first


async def now(erp: Erp, order: Any) -> tuple[str, str, str | None]:
    """The order's status, and its process's stage and outcome."""
    found = await erp.get(f"{PATH}/{order['order_id']}")
    (process,) = (await erp.get("/v1/processes", document=order["order_number"]))["items"]
    return found["status"], process["stage"], process["outcome"]


async def test_nothing_comes_before_all_have_said_yes(erp: Erp) -> None:
    order, first = await held(erp)
    assert first["subject"] == "purchase order: 63.65 EUR to Grove"
    assert (first["role"], first["amount"], first["party"], first["levels"]) == ("buyer", "63.65", "GROVE", 2)
    assert len(first["content_hash"]) == 64
    for who in ("warehouse", "accountant"):
        with pytest.raises(Refused, match="not-approved"):
            if who == "warehouse":
                await receive(erp, order)
            else:
                invoice = {"supplier_number": "1", "total_amount": "1.00", "invoiced_on": "2026-03-11"}
                await erp.post(f"{PATH}/{order['order_id']}/invoices", invoice, by="accountant")
    assert (await decide(erp, first, "accountant"))[0] == 403

    assert (await decide(erp, first, "Bert Buyer"))[0] == 200
    assert await now(erp, order) == ("held", "waiting for approval", None)
    (_, second) = await asked_about(erp, order)
    assert (await decide(erp, second, "Fiona Finance"))[0] == 200

    assert await now(erp, order) == ("placed", "waiting for goods", None)
    assert (await receive(erp, order))["still_to_come"] == {}
    assert await violations(erp.company) == []


async def test_nobody_is_asked_below_the_band_whatever_the_currency(erp: Erp) -> None:
    below = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")))
    assert (below["status"], await asked_about(erp, below)) == ("placed", [])
    rate = {"currency": "USD", "valid_from": "2026-03-01", "rate": "2"}
    await erp.post("/v1/exchange-rates", rate)
    abroad = a_purchase_order(("APPLE", "10", "10.00"), supplier_code="PLANTATION")
    order = await erp.post(PATH, abroad)
    assert (order["status"], order["currency"]) == ("placed", "USD")
    assert order["base_total_amount"] < "60"


async def test_a_no_gives_the_order_up(erp: Erp) -> None:
    order, first = await held(erp)

    assert (await decide(erp, first, "Bert Buyer", approved=False))[0] == 200

    assert (await now(erp, order))[0::2] == ("cancelled", "cancelled")
    found = await erp.get(f"{PATH}/{order['order_id']}")
    assert found["reason"] == "rejected by Bert Buyer: because"
    assert await violations(erp.company) == []


async def test_an_order_that_is_cancelled_while_it_waits_asks_nobody_any_more(erp: Erp) -> None:
    order, first = await held(erp)
    await decide(erp, first, "Bert Buyer")

    path = f"{PATH}/{order['order_id']}/cancellation"
    await erp.post(path, {"reason": "too late"}, by="accountant")

    assert (await now(erp, order))[0::2] == ("cancelled", "cancelled")
    asked = await asked_about(erp, order)
    assert [one["status"] for one in asked] == ["approved", "withdrawn"]
    assert await violations(erp.company) == []


@pytest.mark.parametrize("step", ["approval.find_levels", HOLD, RELEASE])
async def test_each_repeated_step_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    faults.repeated.add((erp.company, step))
    order, first = await held(erp)
    await decide(erp, first, "Bert Buyer")
    (_, second) = await asked_about(erp, order)
    await decide(erp, second, "Fiona Finance")

    assert faults.has_repeated(erp.company, step)
    assert await now(erp, order) == ("placed", "waiting for goods", None)


@pytest.mark.parametrize("step", ["approval.find_levels", HOLD])
async def test_an_order_that_cannot_be_asked_about_is_taken_back(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    faults.refused[erp.company, step] = 1
    answer = await erp.request("POST", PATH, a_purchase_order(), by="accountant")

    assert answer.status_code == 422
    assert [one["status"] for one in (await erp.get(PATH))["items"]] == ["cancelled"]
    assert (await erp.get("/v1/approvals"))["items"] == []


async def test_an_order_whose_release_is_refused_is_taken_back(erp: Erp, faults: FaultySteps) -> None:
    faults.refused[erp.company, RELEASE] = 1
    order, first = await held(erp)
    await decide(erp, first, "Bert Buyer")
    (_, second) = await asked_about(erp, order)
    await decide(erp, second, "Fiona Finance")

    assert (await now(erp, order))[0::2] == ("cancelled", "refused")


async def test_orders_that_stay_below_a_band_together_are_reported(erp: Erp) -> None:
    small = a_purchase_order(("APPLE", "5", "4.00"), expected_on=None)  # 23.80 each, of 60.00.
    elsewhere = small | {"supplier_code": "PLANTATION", "currency": "EUR"}
    days = ("2026-02-01", "2026-03-01", "2026-03-02", "2026-03-31", "2026-05-01")
    orders = [await erp.post(PATH, small | {"ordered_on": on}, by="accountant") for on in days]
    for other in (elsewhere, small):
        await erp.post(PATH, other | {"ordered_on": "2026-03-02"}, by="administrator")
    given_up = await erp.post(PATH, small | {"ordered_on": "2026-03-02"}, by="accountant")
    await erp.post(f"{PATH}/{given_up['order_id']}/cancellation", {"reason": "too late"})

    async def found(**asked: Any) -> list[tuple[str, int, str]]:
        rows = await erp.get("/v1/reports/split-purchase-orders", **asked)
        assert {row["policy"] for row in rows} <= {"ORDERS"}
        return [(row["order_number"], row["orders"], row["together_amount"]) for row in rows]

    of_march = {"from": "2026-03-01", "to": "2026-03-31"}
    assert await found(**of_march) == [
        (orders[2]["order_number"], 3, "71.40"),
        (orders[3]["order_number"], 3, "71.40"),
    ]
    assert await found(**of_march, days=28) == []
    assert await found(**of_march, days=60) == [
        (orders[2]["order_number"], 3, "71.40"),
        (orders[3]["order_number"], 4, "95.20"),
    ]
    assert await found(**{"from": "2026-05-01", "to": "2026-05-31"}) == []


async def test_a_price_change_raises_no_order_beyond_what_was_approved(erp: Erp) -> None:
    below = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")), by="accountant")
    order, first = await held(erp)
    await decide(erp, first, "Bert Buyer")
    (_, second) = await asked_about(erp, order)
    await decide(erp, second, "Fiona Finance")

    for one, price in ((below, "6.00"), (order, "4.01")):
        with pytest.raises(Refused, match="beyond-approval"):
            await priced(erp, one, (1, price))
    await priced(erp, below, (1, "5.00"))
    await priced(erp, order, (1, "1.00"))
    await priced(erp, order, (1, "4.00"))

    found = [await erp.get(f"{PATH}/{one['order_id']}") for one in (below, order)]
    assert [one["total_amount"] for one in found] == ["59.50", "63.65"]


async def test_goods_that_are_reported_before_people_are_asked_are_refused_when_they_are(
    erp: Erp, faults: FaultySteps
) -> None:
    faults.broken[erp.company, "approval.find_levels"] = RuntimeError("broken by the test")
    placing = asyncio.create_task(erp.request("POST", PATH, a_purchase_order(), by="accountant"))
    (order,) = await placed(erp)
    path = f"{PATH}/{order['order_id']}/receipts"
    assert (await erp.request("POST", path, came(), by="warehouse", key="early")).status_code == 202
    del faults.broken[erp.company, "approval.find_levels"]
    (process,) = (await erp.get("/v1/processes", document=order["order_number"]))["items"]
    await erp.post(f"/v1/processes/{process['id']}/repair", {"action": "retry"}, by="operator")
    await placing

    refused = await erp.request("POST", path, came(), by="warehouse", key="early")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-approved")
    (first,) = await asked_at_once(erp, order, 1)
    await decide(erp, first, "Bert Buyer")
    (_, second) = await asked_at_once(erp, order, 2)
    await decide(erp, second, "Fiona Finance")

    assert await now(erp, order) == ("placed", "waiting for goods", None)
    assert (await receive(erp, order))["still_to_come"] == {}
    await erp.at_rest()
    assert await violations(erp.company) == []


async def placed(erp: Erp) -> list[Any]:
    """The purchase orders, when there are any."""
    for _ in range(100):
        if found := (await erp.get(PATH))["items"]:
            return list(found)
        await asyncio.sleep(0.05)
    raise AssertionError("nothing was ordered")

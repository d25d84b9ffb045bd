"""Purchase orders to which somebody is to say yes: asked by policy, held until then, given up after a no."""

from typing import Any

import pytest

from tests.builders.purchase_orders import ABROAD, PATH, SUPPLIER, a_purchase_order, receive
from tests.checked import violations
from tests.erp import Erp, Refused
from tests.faulty_steps import FaultySteps
from tests.workflows.approving import asked_about, decide, hire, level

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

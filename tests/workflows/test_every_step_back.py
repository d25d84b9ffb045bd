"""Each step of an amendment and of a cancellation is refused in turn, and repeated in turn.

The cancellation is one after delivery. Nothing stays open, nothing happens twice.
"""

import asyncio
from typing import Any

import pytest

from tests.erp import Erp, Refused
from tests.faulty_steps import FaultySteps

AT_ONCE = ["sales.authorise_return", "sales.price_amendment", "ledger.check_entries"]
"""Refused, the command is refused: nothing has been changed, and it can be given again."""
OF_THE_INSPECTION = ["receivables.find_billed", "inventory.check_goods_back"]
"""Refused, the inspection is refused and can be given again; the return goes on waiting."""
AFTER = [
    "sales.amend_order",
    "inventory.amend_reservation",
    "inventory.release_reservation",
    "receivables.release_credit",
    "inventory.take_back_goods",
    "receivables.post_credit_note",
    "ledger.post_refund",
    "sales.close_return",
    "sales.cancel_order",
]
"""Refused, it waits until it can be done: there is no way back from the way back."""


THERE = {
    "inventory.post_goods_issue",
    "receivables.post_invoice",
    "sales.record_fulfilment",
    "ledger.post_payment",
}
"""What is done between the two; see `test_every_step`."""


async def test_these_are_all_the_steps_back(erp: Erp, faults: FaultySteps) -> None:
    await _there(erp)
    there = {name for company, name in faults.seen if company == erp.company}

    await _there_and_back(erp)

    seen = {name for company, name in faults.seen if company == erp.company} - there - THERE
    assert {name for name in seen if not name.startswith("process.")} == {
        *AT_ONCE,
        *OF_THE_INSPECTION,
        *AFTER,
    }


@pytest.mark.parametrize("step", AT_ONCE)
async def test_a_refused_command_is_told_and_can_be_given_again(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    faults.refused[erp.company, step] = 1

    with pytest.raises(Refused, match="refused-by-the-test"):
        await _there_and_back(erp)
    before = (await erp.stock("APPLE"))["reserved"]
    for order in (await erp.get("/v1/sales-orders"))["items"]:
        if order["status"] in ("confirmed", "delivered"):
            await _back(erp, order)

    assert before in ("10", "2")
    await _nothing_is_left(erp)


@pytest.mark.parametrize("step", OF_THE_INSPECTION)
async def test_a_refused_inspection_is_told_and_can_be_given_again(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    faults.refused[erp.company, step] = 1

    with pytest.raises(Refused, match="refused-by-the-test"):
        await _there_and_back(erp)
    (returned,) = (await erp.get("/v1/returns"))["items"]
    inspection = f"/v1/returns/{returned['return_id']}/inspection"
    await erp.post(inspection, {"received_on": "2026-04-01"}, by="warehouse")
    await erp.until({"order_id": returned["order_id"]}, "cancelled")

    await _once(erp)


@pytest.mark.parametrize("step", AFTER)
async def test_a_refused_step_waits_until_it_can_be_done(erp: Erp, faults: FaultySteps, step: str) -> None:
    faults.refused[erp.company, step] = 1_000
    going = asyncio.create_task(_there_and_back(erp))

    parked = await _until_parked(erp)
    assert "is refused by the test" in parked["exception"]
    assert parked["failure"] == f"{step}: refused-by-the-test"
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await going

    await _once(erp)


@pytest.mark.parametrize("step", [*AT_ONCE, *OF_THE_INSPECTION, *AFTER])
async def test_a_step_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    faults.repeated.add((erp.company, step))

    await _there_and_back(erp)

    assert faults.has_repeated(erp.company, step)
    await _once(erp)


async def _there(erp: Erp) -> Any:
    """10 apples are ordered."""
    lines = [{"item_code": "APPLE", "quantity": "10", "unit_price": "10.00"}]
    return await erp.place({"customer_code": "BOB", "ordered_on": "2026-03-02", "lines": lines})


async def _there_and_back(erp: Erp) -> None:
    """Amended; 8 shipped and billed, and paid with too much; then cancelled."""
    order = await _there(erp)
    amended = [{"item_code": "APPLE", "quantity": "10", "unit_price": "9.00"}]
    path = f"/v1/sales-orders/{order['order_id']}"
    await erp.post(f"{path}/amendments", {"lines": amended}, by="sales clerk")
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "8"}])
    await erp.pay(order, "90.00")
    await _back(erp, order)


async def _back(erp: Erp, order: Any) -> None:
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    asked = {"reason": "no more", "cancelled_on": "2026-04-01"}
    cancelling = await erp.post(path, asked, by="sales clerk")
    if cancelling.get("return_id"):
        inspection = f"/v1/returns/{cancelling['return_id']}/inspection"
        await erp.post(inspection, {"received_on": "2026-04-01"}, by="warehouse")
    await erp.until(order, "cancelled")


async def _until_parked(erp: Erp) -> Any:
    for _ in range(200):
        if parked := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return parked[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process was parked")


async def _once(erp: Erp) -> None:
    for documents in ("invoices", "payments", "shipments", "returns", "goods-returns"):
        assert len((await erp.get(f"/v1/{documents}"))["items"]) == 1, documents
    entries = [entry["text"] for entry in (await erp.get("/v1/journal-entries", limit=200))["items"]]
    for kind in ("Credit note", "Goods return", "Goods issue"):
        assert len([text for text in entries if text.startswith(kind)]) == 1, kind
    # What was paid for the invoice, and what was too much.
    assert len([text for text in entries if text.startswith("Refund")]) == 2
    await _nothing_is_left(erp)


async def _nothing_is_left(erp: Erp) -> None:
    stock = await erp.stock("APPLE")
    assert (stock["on_hand"], stock["reserved"]) == ("100", "0")
    balances = await erp.balances()
    assert {role for role, amount in balances.items() if amount} == {
        "inventory",
        "goods_received_not_invoiced",
    }
    assert (await erp.get("/v1/processes", only_open=True))["items"] == []
    assert (await erp.get("/v1/processes", only_exceptions=True))["items"] == []

"""Each step of order to cash is refused in turn, and repeated in turn.

Nothing stays open, nothing happens twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.erp import Erp
from tests.faulty_steps import FaultySteps, RefusedByTheTest

# Before goods have left a refused step turns the order back; after that it waits until it can be done.
BEFORE = ["sales.place_order", "receivables.check_credit", "inventory.reserve_stock", "sales.confirm_order"]
ON_COMMAND = ["inventory.post_goods_issue", "ledger.post_payment"]
AFTER = ["receivables.post_invoice", "sales.record_fulfilment", "sales.close_order"]


async def test_these_are_all_the_steps_of_an_order(erp: Erp, faults: FaultySteps) -> None:
    await _whole_way(erp)

    seen = {name for company, name in faults.seen if company == erp.company}
    assert seen == {*BEFORE, *ON_COMMAND, *AFTER}


@pytest.mark.parametrize("step", BEFORE)
async def test_refused_before_goods_have_left_the_order_is_turned_back(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    before = await erp.balances()
    faults.refused[erp.company, step] = 1

    response = await erp.request("POST", "/v1/sales-orders", _order(), by="sales clerk")

    assert (response.status_code, response.json()["type"]) == (422, "/problems/refused-by-the-test")
    await _nothing_is_left(erp)
    assert await erp.balances() == before
    await _whole_way(erp)


@pytest.mark.parametrize("step", ON_COMMAND)
async def test_a_refused_command_is_told_and_can_be_given_again(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    faults.refused[erp.company, step] = 1

    order = await erp.place(_order())
    told = 0
    commands: list[Callable[[], Awaitable[Any]]] = [lambda: erp.ship(order), lambda: erp.pay(order, "119.00")]
    for command in commands:
        try:
            await command()
        except AssertionError as refused:
            assert "refused-by-the-test" in str(refused)
            told += 1
            await command()

    assert told == 1
    await _closed_with_one_of_each(erp, order)


@pytest.mark.parametrize("step", AFTER)
async def test_refused_after_goods_have_left_a_step_waits_until_it_can_be_done(
    erp: Erp, faults: FaultySteps, step: str
) -> None:
    faults.refused[erp.company, step] = 1_000
    order = await erp.place(_order())
    rest = asyncio.create_task(_ship_and_pay(erp, order))

    parked = await _until_parked(erp)
    assert "is refused by the test" in parked["exception"]
    assert parked["outcome"] is None, "nothing has ended that has not been written down"
    assert parked["id"] in {one["id"] for one in (await erp.get("/v1/processes", only_open=True))["items"]}
    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await rest

    await _closed_with_one_of_each(erp, order)


async def test_a_way_back_that_is_refused_stops_no_other_and_waits_until_it_can_be_done(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place(_order())
    faults.refused[erp.company, "receivables.release_credit"] = 1_000
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    cancelling = asyncio.create_task(erp.post(path, {"reason": "no more"}, by="sales clerk"))

    parked = await _until_parked(erp)
    assert (await erp.stock("APPLE"))["reserved"] == "0"
    assert not cancelling.done()
    faults.forget(erp.company)
    while not cancelling.done():
        await erp.request("POST", f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
        await asyncio.sleep(0.1)

    assert (await cancelling)["outcome"] == "cancelled"
    await _nothing_is_left(erp)


async def test_the_cost_of_goods_that_are_billed_later_is_posted_when_they_leave(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place(_order() | {"invoicing": "order"})
    faults.repeated.add((erp.company, "inventory.post_goods_issue"))

    await erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    after_the_first = await erp.balances()
    await _ship_and_pay(erp, order)

    assert after_the_first["cost_of_goods_sold"] == 16
    assert (await erp.balances())["cost_of_goods_sold"] == 40
    assert len((await erp.get("/v1/invoices"))["items"]) == 1
    assert len((await erp.get("/v1/shipments"))["items"]) == 2


@pytest.mark.parametrize("step", [*BEFORE, *ON_COMMAND, *AFTER])
async def test_a_step_whose_answer_got_lost_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    faults.repeated.add((erp.company, step))

    order = await _whole_way(erp)

    assert faults.has_repeated(erp.company, step)
    await _closed_with_one_of_each(erp, order)


@pytest.mark.parametrize("how", ["refused", "broken", "repeated"])
def test_a_fault_that_strikes_nothing_fails_its_test(how: str) -> None:
    faults, step = FaultySteps(), ("NOBODY", "sales.no_such_step")
    faults.refused |= {step: 1} if how == "refused" else {}
    faults.broken |= {step: KeyError("a defect")} if how == "broken" else {}
    faults.repeated |= {step} if how == "repeated" else set()

    with pytest.raises(AssertionError, match=f"{how}: sales.no_such_step"):
        faults.forget("NOBODY")

    faults.forget("NOBODY")  # It asks for nothing any more.


def test_a_fault_that_is_asked_for_again_must_strike_again() -> None:
    faults, step = FaultySteps(), ("NOBODY", "sales.no_such_step")
    faults.refused[step] = 1
    with pytest.raises(RefusedByTheTest):
        faults.fail(step)
    faults.forget("NOBODY")

    faults.refused[step] = 1

    with pytest.raises(AssertionError, match="refused: sales"):
        faults.forget("NOBODY")


def _order() -> dict[str, Any]:
    lines = [{"item_code": "APPLE", "quantity": "10", "unit_price": "10.00"}]
    return {"customer_code": "BOB", "ordered_on": "2026-03-02", "lines": lines}


async def _whole_way(erp: Erp) -> Any:
    order = await erp.place(_order())
    await _ship_and_pay(erp, order)
    return order


async def _ship_and_pay(erp: Erp, order: Any) -> None:
    await erp.ship(order)
    await erp.pay(order, "119.00")


async def _until_parked(erp: Erp) -> Any:
    for _ in range(200):
        if parked := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            return parked[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no process was parked")


async def _closed_with_one_of_each(erp: Erp, order: Any) -> None:
    seen = await erp.order(order)
    assert (seen["order"]["status"], seen["process"]["outcome"], seen["process"]["exception"]) == (
        "closed",
        "closed",
        None,
    )
    for documents in ("invoices", "payments", "shipments"):
        assert len((await erp.get(f"/v1/{documents}"))["items"]) == 1, documents
    operations = [entry["operation"] for entry in seen["process"]["timeline"] if entry["status"] == "applied"]
    assert sorted(operations) == sorted([*BEFORE, *ON_COMMAND, *AFTER, *_noted(operations)])
    assert (await erp.stock("APPLE"))["on_hand"] == "90"
    await _nothing_is_left(erp)


def _noted(operations: list[str]) -> list[str]:
    return [name for name in operations if name.startswith("process.")]


async def _nothing_is_left(erp: Erp) -> None:
    """No goods set aside, no credit used, no process open."""
    stock = await erp.stock("APPLE")
    assert stock["reserved"] == "0"
    assert (await erp.get("/v1/processes", only_open=True))["items"] == []
    # The whole limit of 1,000.00 is free again.
    full = [{"item_code": "PEAR", "quantity": "1", "unit_price": "930.00"}]
    order = await erp.place({"customer_code": "BOB", "ordered_on": "2026-03-02", "lines": full})
    assert order["status"] == "confirmed"
    await erp.post(
        f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "only a test"}, by="sales clerk"
    )

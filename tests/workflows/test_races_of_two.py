"""Two commands for the same order at the same instant: one wins, the other is told, and the books agree."""

import asyncio
from decimal import Decimal
from typing import Any

import httpx

from tests.erp import Erp, an_order
from tests.faulty_steps import FaultySteps
from tests.races import (
    Met,
    amend,
    cancel,
    decide,
    everything_agrees,
    meet,
    pay,
    placed,
    receive,
    rounds,
    ship,
)


def line(quantity: str, item: str = "APPLE") -> dict[str, str]:
    """One line of an order, at 10.00."""
    return {"item_code": item, "quantity": quantity, "unit_price": "10.00"}


def codes(met: list[Met]) -> set[tuple[int, int]]:
    """Which pairs of answers there were."""
    return {(first.status_code, second.status_code) for _, first, second in met}


async def returned(erp: Erp, cancelled: httpx.Response) -> None:
    """The goods that a cancellation waits for come back."""
    assert cancelled.json()["outcome"] == "cancelling", cancelled.text
    path = f"/v1/returns/{cancelled.json()['return_id']}/inspection"
    await erp.post(path, {"received_on": "2026-04-01"}, by="warehouse")


async def outcome(erp: Erp, order: Any) -> str | None:
    """How the order's process has ended, if it has."""
    return str((await erp.order(order))["process"]["outcome"])


async def test_approved_and_rejected_at_the_same_instant(erp: Erp) -> None:
    async def play(number: int) -> Met:
        order = await placed(erp, an_order(customer_code="BOB", lines=[line("200", "ADVICE")]))
        return order, *await meet(
            decide(erp, order, approved=True, by="credit manager"),
            decide(erp, order, approved=False, by="administrator"),
            number=number,
        )

    met = await rounds(play)

    assert codes(met) <= {(200, 409), (409, 200)}
    for order, approved, _ in met:
        seen = await erp.order(order)
        assert seen["order"]["status"] == ("confirmed" if approved.status_code == 200 else "rejected")
    await everything_agrees(erp)


async def test_shipped_and_cancelled_at_the_same_instant(erp: Erp) -> None:
    await erp.receive({"APPLE": 1000})
    before = await erp.balances()

    async def play(number: int) -> Met:
        order = await placed(erp, an_order())
        return order, *await meet(ship(erp, order), cancel(erp, order), number=number)

    met = await rounds(play)

    # Shipped first, the cancellation waits for the goods to come back; cancelled first, nothing leaves.
    assert codes(met) <= {(201, 202), (409, 200)}
    await everything_agrees(erp)
    for order, _, cancelled in met:
        if cancelled.status_code == 202:
            await returned(erp, cancelled)
        await erp.until(order, "cancelled")
    await everything_agrees(erp)
    assert await erp.balances() == before
    assert (await erp.stock("APPLE"))["on_hand"] == "1100"


async def test_paid_and_cancelled_at_the_same_instant_before_goods_have_left(erp: Erp) -> None:
    await erp.receive({"APPLE": 1000})
    before = await erp.balances()

    async def play(number: int) -> Met:
        order = await placed(erp, an_order())
        return order, *await meet(pay(erp, order, "119.00"), cancel(erp, order), number=number)

    met = await rounds(play)

    # Paid first, the money is refunded with the cancellation; cancelled first, no money is taken.
    assert codes(met) <= {(201, 200), (409, 200)}
    for order, _, cancelled in met:
        assert cancelled.json()["outcome"] == await outcome(erp, order) == "cancelled"
    await everything_agrees(erp)
    assert await erp.balances() == before


async def test_paid_in_full_and_cancelled_at_the_same_instant_after_goods_have_left(erp: Erp) -> None:
    await erp.receive({"APPLE": 1000})

    async def play(number: int) -> Met:
        order = await placed(erp, an_order())
        await ship(erp, order)()
        return order, *await meet(pay(erp, order, "119.00"), cancel(erp, order), number=number)

    met = await rounds(play)

    # Paid first, the order is closed, and a cancellation is refused or has everything given back.
    assert codes(met) <= {(201, 409), (201, 202), (409, 202)}
    for order, _, cancelled in met:
        if cancelled.status_code == 202:
            await returned(erp, cancelled)
        await erp.until(order, "closed" if cancelled.status_code == 409 else "cancelled")
    await everything_agrees(erp)
    kept = sum(1 for order, _, cancelled in met if cancelled.status_code == 409)
    balances = await erp.balances()
    assert balances.get("bank", Decimal(0)) == kept * Decimal("119.00")
    assert balances.get("receivable", Decimal(0)) == 0


async def test_two_people_ship_the_same_goods_at_the_same_instant(erp: Erp) -> None:
    await erp.receive({"APPLE": 1000})

    async def play(number: int) -> Met:
        order = await placed(erp, an_order())
        return order, *await meet(ship(erp, order), ship(erp, order), number=number)

    met = await rounds(play)

    assert codes(met) <= {(201, 409), (409, 201)}
    assert len((await erp.get("/v1/invoices", limit=200))["items"]) == len(met)
    await everything_agrees(erp)


async def test_two_people_cancel_at_the_same_instant(erp: Erp) -> None:
    async def play(number: int) -> Met:
        order = await placed(erp, an_order(lines=[line("1")]))
        return order, *await meet(cancel(erp, order), cancel(erp, order, reason="me too"), number=number)

    met = await rounds(play)

    assert codes(met) <= {(200, 409), (409, 200)}
    await everything_agrees(erp)


async def test_amended_and_shipped_at_the_same_instant(erp: Erp) -> None:
    await erp.receive({"APPLE": 1000})

    async def play(number: int) -> Met:
        order = await placed(erp, an_order())
        return order, *await meet(amend(erp, order, line("7")), ship(erp, order), number=number)

    met = await rounds(play)

    # Shipped first, there is nothing to amend; amended first, what is wanted now is shipped.
    assert codes(met) <= {(201, 201), (409, 201)}
    await everything_agrees(erp)
    left = sum(7 if amended.status_code == 201 else 10 for _, amended, _ in met)
    assert Decimal((await erp.stock("APPLE"))["on_hand"]) == 1100 - left


async def test_amended_and_cancelled_at_the_same_instant(erp: Erp) -> None:
    await erp.receive({"APPLE": 1000})
    before = await erp.balances()

    async def play(number: int) -> Met:
        order = await placed(erp, an_order())
        return order, *await meet(amend(erp, order, line("12")), cancel(erp, order), number=number)

    met = await rounds(play)

    assert codes(met) <= {(201, 200), (409, 200)}
    await everything_agrees(erp)
    assert await erp.balances() == before


async def test_a_backorder_is_amended_when_its_goods_arrive(erp: Erp) -> None:
    """News of what was set aside for the order as it was may come when it is another already."""

    async def play(number: int) -> Met:
        item = f"LATE-{number}"
        await erp.post("/v1/items", {"code": item, "name": item, "tax_code": "S19"})
        order = await placed(erp, an_order(lines=[line("10", item), line("5", item)]))
        wanted = [line("20", item)] if number % 4 < 2 else [line("3", item)]
        return order, *await meet(receive(erp, {item: 15}), amend(erp, order, *wanted), number=number)

    met = await rounds(play)

    assert codes(met) == {(201, 201)}
    await everything_agrees(erp)
    for order, _, amended in met:
        wanted = Decimal(amended.json()["order"]["lines"][0]["quantity"])
        await ship(erp, order)()
        seen = (await erp.order(order))["order"]["lines"]
        assert Decimal(seen[0]["delivered_quantity"]) == min(wanted, Decimal(15))
    await everything_agrees(erp)


async def test_an_operator_who_cancels_in_temporals_web_ui_cannot_cut_into_a_shipment(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place()
    faults.refused[erp.company, "receivables.post_invoice"] = 1

    shipping = asyncio.create_task(erp.ship(order))
    for _ in range(200):
        if (await erp.order(order))["process"]["exception"] is not None:
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError("the shipment does not wait for its invoice")
    await erp.process_of(order).cancel()

    assert (await shipping)["stage"] == "waiting for payment"
    await everything_agrees(erp)
    assert (await erp.pay(order, "119.00"))["stage"] == "closed"

"""What was given up as a bad debt is not credited while the write-off stands: that is asked first."""

import asyncio
from typing import Any

import pytest

from tests.erp import Erp, Refused, an_order
from tests.faulty_steps import FaultySteps
from tests.workflows.billing_together import agrees, until_parked
from tests.workflows.test_replacements import ON, amended, apples, cancelled, credited, sent, to_be_replaced
from tests.workflows.test_returns import delivered, inspect, return_of


async def given_up(erp: Erp, order: Any) -> str:
    """The order's invoice is written off as a bad debt."""
    (invoice,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    asked = {"kind": "bad_debt", "reason": "insolvent", "written_off_on": ON}
    written = await erp.post("/v1/write-offs", asked | {"invoice_id": invoice["invoice_id"]})
    return str(written["write_off_number"])


async def collected_after_all(erp: Erp, number: str) -> None:
    """The write-off is taken back."""
    await erp.post(f"/v1/write-offs/{number}/reversal", {"reversed_on": ON, "reason": "goods come back"})


async def parked_because(erp: Erp, why: str) -> None:
    """Wait a moment until a process says why it waits; fail when it does not."""
    for _ in range(200):
        shown = [one["exception"] for one in (await erp.get("/v1/processes", only_exceptions=True))["items"]]
        if any(why in exception for exception in shown):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"no process waits because {why}: {shown}")


@pytest.mark.parametrize("resolution", ["refund", "replace"])
async def test_goods_of_an_invoice_that_was_given_up_come_back_when_the_write_off_was_taken_back(
    erp: Erp, resolution: str
) -> None:
    order = await delivered(erp, paid=False)
    returned = await return_of(erp, order, "4", resolution=resolution)
    number = await given_up(erp, order)
    before = await erp.balances()

    path = f"/v1/returns/{returned['return_id']}/inspection"
    refused = await erp.request("POST", path, {"received_on": ON}, by="warehouse")

    assert refused.status_code == 422, refused.text
    assert refused.json()["type"] == "/problems/not-creditable"
    (error,) = refused.json()["errors"]
    assert (error["field"], number in error["message"]) == ("lines", True)
    assert await erp.balances() == before
    assert (await erp.get("/v1/goods-returns"))["items"] == []
    await collected_after_all(erp, number)
    await inspect(erp, returned, received_on=ON)
    assert await credited(erp, order) == (["47.60"] if resolution == "refund" else [])
    await agrees(erp) if resolution == "refund" else None


@pytest.mark.parametrize("goods", ["stay", "come_back"])
async def test_an_order_whose_invoice_was_given_up_is_cancelled_when_the_write_off_was_taken_back(
    erp: Erp, goods: str
) -> None:
    before = await erp.balances()
    order = await erp.place(an_order(freight_amount="10.00", freight_tax_code="S19"))
    await sent(erp, order, "4")
    if goods == "come_back":
        await inspect(erp, await return_of(erp, order), received_on=ON)
    number = await given_up(erp, order)

    with pytest.raises(Refused, match=r"not-creditable.*order_id.*bad debt"):
        await cancelled(erp, order, goods=goods, cancelled_on="2026-04-03")
    await collected_after_all(erp, number)
    await cancelled(erp, order, goods=goods)

    await erp.until(order, "cancelled")
    after = await erp.balances()
    assert [after[role] - before[role] for role in ("revenue", "receivable", "tax_payable")] == [0, 0, 0]
    await agrees(erp)


async def test_a_replacement_of_goods_that_were_given_up_is_cancelled_or_amended_when_that_was_taken_back(
    erp: Erp,
) -> None:
    order = await delivered(erp, paid=False)
    again = await to_be_replaced(erp, order)
    number = await given_up(erp, order)

    with pytest.raises(Refused, match=r"not-creditable.*bad debt"):
        await amended(erp, again, apples("4"))
    with pytest.raises(Refused, match=r"not-creditable.*bad debt"):
        await cancelled(erp, again)
    await collected_after_all(erp, number)
    await amended(erp, again, apples("4"))
    await cancelled(erp, again)

    assert await credited(erp, order) == ["71.40", "47.60"]
    await agrees(erp)


async def test_given_up_while_its_goods_come_back_it_waits_and_says_what_to_do(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await delivered(erp, paid=False)
    returned = await return_of(erp, order, "4")
    faults.refused[erp.company, "inventory.take_back_goods"] = 1_000
    inspecting = asyncio.create_task(inspect(erp, returned, received_on=ON))
    parked = await until_parked(erp)
    number = await given_up(erp, order)
    faults.forget(erp.company)
    repair = f"/v1/processes/{parked['id']}/repair"
    await erp.post(repair, {"action": "retry"}, by="operator")
    await parked_because(erp, f"{number} rests on INV-2026-000001: take that back first")

    await collected_after_all(erp, number)
    await erp.post(repair, {"action": "retry"}, by="operator")

    assert (await inspecting)["credited_amount"] == "47.60"
    await agrees(erp)


async def test_a_debit_note_that_was_given_up_is_asked_about_before_its_order_is_cancelled(erp: Erp) -> None:
    order = await delivered(erp, paid=False)
    (invoice,) = (await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    line = {"description": "Surcharge", "unit_price": "10.00", "tax_code": "S19"}
    more = {"invoiced_on": "2026-03-06", "reason": "forgotten", "lines": [line]}
    note = await erp.post(f"/v1/invoices/{invoice['invoice_id']}/debit-notes", more)
    asked = {"kind": "bad_debt", "reason": "insolvent", "written_off_on": ON}
    written = await erp.post("/v1/write-offs", asked | {"invoice_id": note["invoice_id"]})
    await erp.at_rest()
    path, body = f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "late", "cancelled_on": ON}

    for query in ({"dry_run": "true"}, {}):
        refused = await erp.request("POST", path, body, **query)
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/not-creditable"), (
            refused.text
        )

    await collected_after_all(erp, written["write_off_number"])
    await erp.post(path, body)

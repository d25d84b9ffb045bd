"""A process that fails is parked, and repaired alone or with all that fail alike; one in doubt is held."""

import asyncio
from typing import Any

import pytest

from tests.erp import Erp, Refused, an_order
from tests.faulty_steps import FaultySteps

FAILURE = "receivables.post_invoice: refused-by-the-test"


async def parked(erp: Erp, count: int, failure: str = FAILURE) -> list[Any]:
    """The processes that failed of it, when there are so many."""
    for _ in range(200):
        found: list[Any] = (await erp.get("/v1/processes", failure=failure))["items"]
        if len(found) == count:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{len(found)} processes are parked, not {count}")


async def shipped_but_not_billed(erp: Erp, faults: FaultySteps, count: int) -> list[Any]:
    """Orders whose invoices are refused, and who waits for their shipments."""
    faults.refused[erp.company, "receivables.post_invoice"] = 10_000
    orders = [await erp.place(an_order()) for _ in range(count)]
    return [asyncio.create_task(erp.ship(order)) for order in orders]


async def test_all_that_fail_alike_are_repaired_at_once_and_a_dry_run_only_tells_which(
    erp: Erp, faults: FaultySteps
) -> None:
    waiting = await shipped_but_not_billed(erp, faults, 3)
    await parked(erp, 3)
    asked = {"failure": FAILURE, "action": "retry", "reason": "the cause is gone"}

    told = await erp.post("/v1/processes/repairs?dry_run=true", asked, by="operator")
    assert [one["result"] for one in told["items"]] == ["would be: retry"] * 3
    assert len(await parked(erp, 3)) == 3
    faults.forget(erp.company)
    done = await erp.post("/v1/processes/repairs", asked, by="operator")

    assert [one["result"] for one in done["items"]] == ["retry"] * 3
    await asyncio.gather(*waiting)
    assert len((await erp.get("/v1/invoices"))["items"]) == 3
    assert await parked(erp, 0) == []
    story = await erp.get(f"/v1/processes/{done['items'][0]['id']}")
    (decision,) = [entry for entry in story["timeline"] if entry["operation"] == "process.decide"]
    assert decision["by"] == "Olga Operator"


async def test_after_goods_have_left_a_step_can_neither_be_given_up_nor_skipped_if_it_is_needed(
    erp: Erp, faults: FaultySteps
) -> None:
    waiting = await shipped_but_not_billed(erp, faults, 1)
    (process,) = await parked(erp, 1)

    for action in ("abort", "skip"):
        with pytest.raises(Refused, match=f"{action} is no way out"):
            await erp.post(
                f"/v1/processes/{process['id']}/repair", {"action": action, "reason": "?"}, by="operator"
            )

    faults.forget(erp.company)
    await erp.post(f"/v1/processes/{process['id']}/repair", {"action": "retry"}, by="operator")
    await asyncio.gather(*waiting)


async def test_a_process_that_is_held_takes_no_step_until_it_is_released(erp: Erp) -> None:
    order = await erp.place()
    path = f"/v1/processes/{erp.company}/order_to_cash/{order['order_id']}"

    held = await erp.post(f"{path}/hold", {"reason": "the address looks wrong"}, by="operator")
    assert held["exception"] == "held by Olga Operator: the address looks wrong"
    with pytest.raises(Refused, match="release it first"):
        await erp.ship(order)
    with pytest.raises(Refused, match="already"):
        await erp.post(f"{path}/hold", {"reason": "again"}, by="operator")
    assert (await erp.stock("APPLE"))["on_hand"] == "100"

    released = await erp.post(f"{path}/release", {"reason": "it is right"}, by="operator")
    assert (released["exception"], released["failure"]) == (None, None)
    await erp.ship(order)
    await erp.pay(order, "119.00")
    seen = await erp.get(path)
    assert (seen["outcome"], seen["exception"]) == ("closed", None)
    with pytest.raises(Refused, match="this is over"):
        await erp.post(f"{path}/release", {"reason": "late"}, by="operator")


async def test_who_may_only_look_may_not_hold(erp: Erp) -> None:
    order = await erp.place()
    path = f"/v1/processes/{erp.company}/order_to_cash/{order['order_id']}/hold"

    refused = await erp.request("POST", path, {"reason": "curious"}, by="viewer")

    assert refused.status_code == 403


async def test_a_refund_that_cannot_be_made_is_skipped_with_a_reason_and_never_made_late(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place(an_order())
    await erp.pay(order, "50.00", received_on="2026-03-03")
    faults.refused[erp.company, "ledger.post_refund"] = 10_000
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    asked = {"reason": "no more", "cancelled_on": "2026-04-01"}
    cancelling = asyncio.create_task(erp.post(path, asked, by="sales clerk"))
    (process,) = await parked(erp, 1, "ledger.post_refund: refused-by-the-test")

    with pytest.raises(Refused, match="say why"):
        await erp.post(f"/v1/processes/{process['id']}/repair", {"action": "skip"}, by="operator")
    skip = {"action": "skip", "reason": "the customer has no bank account"}
    await erp.post(f"/v1/processes/{process['id']}/repair", skip, by="operator")
    await cancelling

    assert await erp.stage_of(order) == "cancelled"
    assert (await erp.balances())["customer_on_account"] == -50
    timeline = (await erp.order(order))["process"]["timeline"]
    voided = [entry for entry in timeline if entry["status"] == "voided"]
    assert [(entry["operation"], entry["by"]) for entry in voided] == [("process.decide", "Olga Operator")]


async def bulk(erp: Erp, failure: str, action: str, *, dry_run: bool, reason: str = "because") -> list[str]:
    """What becomes of each that fails alike, or would."""
    asked = {"failure": failure, "action": action, "reason": reason}
    query = "?dry_run=true" if dry_run else ""
    done = await erp.post(f"/v1/processes/repairs{query}", asked, by="operator")
    return [one["result"] for one in done["items"]]


async def test_a_dry_run_says_what_the_repair_would_be_answered(erp: Erp, faults: FaultySteps) -> None:
    waiting = await shipped_but_not_billed(erp, faults, 2)
    ended, held = await parked(erp, 2)
    await erp.temporal.get_workflow_handle(ended["id"]).terminate("a test wants to see what is said then")

    for action, reason in (("abort", "because"), ("skip", "because"), ("skip", "")):
        told = await bulk(erp, FAILURE, action, dry_run=True, reason=reason)
        assert told == await bulk(erp, FAILURE, action, dry_run=False, reason=reason)
        assert sorted(one[:13] for one in told) == sorted(
            [f"{action} is no way"[:13], f"{action}: still at work"[:13]]
        )

    await erp.post(f"/v1/processes/{held['id']}/hold", {"reason": "wait"}, by="operator")
    assert (await bulk(erp, "held", "retry", dry_run=True)) == ["would be: retry"]
    await erp.post(f"/v1/processes/{held['id']}/release", {"reason": "go on"}, by="operator")
    faults.forget(erp.company)
    await bulk(erp, FAILURE, "retry", dry_run=False)
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_dry_run_of_processes_that_are_only_held_says_that_nothing_is_parked(erp: Erp) -> None:
    order = await erp.place()
    path = f"/v1/processes/{erp.company}/order_to_cash/{order['order_id']}"
    await erp.post(f"{path}/hold", {"reason": "the address looks wrong"}, by="operator")

    for dry_run in (True, False):
        assert await bulk(erp, "held", "retry", dry_run=dry_run) == ["nothing is parked here"]


async def test_what_no_decision_can_repair_is_refused_and_what_to_do_instead_is_said(erp: Erp) -> None:
    for failure, instead in (("workflow task", "programs"), ("not run", "check --temporal --mend")):
        for query in ("", "?dry_run=true"):
            asked = {"failure": failure, "action": "retry", "reason": "because"}
            answer = await erp.request("POST", f"/v1/processes/repairs{query}", asked, by="operator")

            assert (answer.status_code, answer.json()["type"]) == (422, "/problems/not-by-decision")
            assert instead in answer.json()["detail"]


async def test_a_dry_run_asks_for_the_reason_that_the_repair_would_ask_for(
    erp: Erp, faults: FaultySteps
) -> None:
    faults.broken[erp.company, "inventory.reserve_stock"] = KeyError("a defect")
    placing = asyncio.create_task(erp.request("POST", "/v1/sales-orders", an_order(), by="sales clerk"))
    failure = "inventory.reserve_stock: KeyError"
    await parked(erp, 1, failure)

    assert await bulk(erp, failure, "abort", dry_run=True) == ["would be: abort"]
    for dry_run in (True, False):
        (told,) = await bulk(erp, failure, "abort", dry_run=dry_run, reason="")
        assert told == "say why: to abort a step needs a reason"
    assert await bulk(erp, failure, "abort", dry_run=False) == ["abort"]
    assert (await placing).status_code == 422

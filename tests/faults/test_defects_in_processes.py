"""A mistake of our own program in a process is seen, stops it, and is repaired; it fails no task for ever."""

import asyncio
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from domains.sales.messages import CloseOrder, InspectReturn
from domains.sales.rules.fulfilment import Fulfilment
from foundation.runtime.settings import settings
from tests.erp import Erp, Refused, an_order


def breaks(*_: Any, **__: Any) -> Any:
    """A mistake that no rule knows."""
    raise KeyError("a mistake of ours")


async def stopped(erp: Erp) -> Any:
    """The process that shows a defect, when there is one."""
    for _ in range(100):
        if found := (await erp.get("/v1/processes", only_exceptions=True))["items"]:
            (process,) = found
            return process
        await asyncio.sleep(0.1)
    raise AssertionError("nothing is shown")


async def repair(erp: Erp, process: Any, action: str) -> None:
    """What an operator decides."""
    asked = {"action": action, "reason": "seen to"}
    await erp.post(f"/v1/processes/{process['id']}/repair", asked, by="operator")


async def bulk(erp: Erp, failure: str, action: str, *, dry_run: bool) -> list[str]:
    """What becomes of each that fails alike, or would."""
    query = "?dry_run=true" if dry_run else ""
    asked = {"failure": failure, "action": action, "reason": "seen to"}
    done = await erp.post(f"/v1/processes/repairs{query}", asked, by="operator")
    return [one["result"] for one in done["items"]]


async def billing_breaks(erp: Erp, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, asyncio.Task[Any], Any]:
    """An order whose shipment is billed, and then comes to a mistake of ours."""
    order = await erp.place()
    monkeypatch.setattr(Fulfilment, "bill", breaks)
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    shipping = asyncio.create_task(erp.request("POST", path, {"shipped_on": "2026-03-05"}, by="warehouse"))
    return order, shipping, await stopped(erp)


async def test_a_command_that_comes_to_a_defect_half_way_stops_the_process_and_is_done_when_it_is_mended(
    on_dev_server: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    order, shipping, process = await billing_breaks(erp, monkeypatch)

    assert process["failure"] == "defect: KeyError"
    assert "a mistake of ours" in process["exception"]
    with pytest.raises(Refused, match="abort is no way out of this step, only: retry, skip"):
        await repair(erp, process, "abort")
    # It is begun again while it is not mended, and stops again.
    await repair(erp, process, "retry")
    process = await stopped(erp)

    monkeypatch.undo()
    failure = process["failure"]
    assert await bulk(erp, failure, "retry", dry_run=True) == ["would be: retry"]
    assert await bulk(erp, failure, "retry", dry_run=False) == ["retry"]

    await erp.until(order, "waiting for payment")
    shipping.cancel()
    assert len((await erp.get("/v1/invoices", order_id=order["order_id"]))["items"]) == 1
    assert (await erp.stock("APPLE"))["on_hand"] == "90"
    assert (await erp.get("/v1/processes", only_exceptions=True))["items"] == []
    await erp.pay(order, "119.00")
    assert await erp.stage_of(order) == "closed"


async def test_what_is_asked_of_a_process_that_has_stopped_is_done_after_its_repair_and_answered_so(
    on_dev_server: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    order, shipping, process = await billing_breaks(erp, monkeypatch)
    money = {"received_on": "2026-03-20", "amount": "119.00", "currency": "EUR"}
    paths = {f"/v1/sales-orders/{order['order_id']}/payments": money}
    paths |= {f"/v1/sales-orders/{order['order_id']}/shipments": {"shipped_on": "2026-03-05"}}
    monkeypatch.setattr(settings(), "api_wait_seconds", 1.0)
    told = [await erp.request("POST", path, body, key="meanwhile") for path, body in paths.items()]
    assert [answer.status_code for answer in told] == [202, 202]

    monkeypatch.undo()
    await repair(erp, process, "retry")

    await erp.until(order, "closed")
    shipping.cancel()
    paid, shipped = [await erp.request("POST", path, body, key="meanwhile") for path, body in paths.items()]
    assert (paid.status_code, paid.json()["stage"]) == (201, "closed")
    assert (shipped.status_code, shipped.json()["type"]) == (409, "/problems/process-ended")
    assert len((await erp.get("/v1/payments"))["items"]) == 1


async def test_a_retry_that_comes_again_with_its_key_begins_nothing_again_that_has_stopped_since(
    on_dev_server: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    order, shipping, process = await billing_breaks(erp, monkeypatch)
    path, asked = f"/v1/processes/{process['id']}/repair", {"action": "retry", "reason": "seen to"}

    async def run() -> str | None:
        return (await erp.process_of(order).describe()).run_id

    first = await run()
    await erp.post(path, asked, by="operator", key="once")
    second = await run()
    await until_stopped_in(erp, order, second)
    await erp.post(path, asked, by="operator", key="once")
    third = await run()
    other = await erp.request("POST", path, asked | {"reason": "another"}, by="operator", key="once")
    monkeypatch.undo()
    await erp.post(path, asked, by="operator", key="twice")
    await erp.post(path, asked, by="operator", key="twice")

    assert first != second == third
    assert other.status_code == 409
    await erp.until(order, "waiting for payment")
    shipping.cancel()


async def until_stopped_in(erp: Erp, order: Any, run_id: str | None) -> None:
    """Wait until the run has come to the mistake, and that is shown."""
    run = erp.temporal.get_workflow_handle(erp.process_of(order).id, run_id=run_id)
    for _ in range(100):
        if await run.query("stopped_at") is not None:
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError(f"the run {run_id} has not stopped")
    await stopped(erp)


async def test_one_process_about_which_temporal_does_not_answer_keeps_no_other_from_its_repair(
    on_dev_server: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp, failure = on_dev_server, "defect: KeyError"
    orders = [await erp.place(), await erp.place()]
    monkeypatch.setattr(Fulfilment, "bill", breaks)
    paths = [f"/v1/sales-orders/{order['order_id']}/shipments" for order in orders]
    shipping = [asyncio.create_task(erp.request("POST", path, {}, by="warehouse")) for path in paths]
    for _ in range(100):
        if len((await erp.get("/v1/processes", failure=failure))["items"]) == 2:
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError("not both are stopped")
    monkeypatch.undo()

    ask, silent = WorkflowHandle.query, erp.process_of(orders[0]).id

    async def query(self: Any, *args: Any, **more: Any) -> Any:
        assert more["rpc_timeout"] is not None
        if self.id == silent:
            raise RPCError("no answer in time", RPCStatusCode.DEADLINE_EXCEEDED, b"")
        return await ask(self, *args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(WorkflowHandle, "query", query)
        would_be = await bulk(erp, failure, "retry", dry_run=True)
        done = await bulk(erp, failure, "retry", dry_run=False)

    no_answer = "retry: Temporal does not answer about it"
    assert (would_be, done) == ([no_answer, "would be: retry"], [no_answer, "retry"])
    assert await bulk(erp, failure, "retry", dry_run=False) == ["retry"]
    for order in orders:
        await erp.until(order, "waiting for payment")
    for task in shipping:
        task.cancel()


async def test_a_command_that_is_skipped_over_a_defect_is_answered_so_and_the_process_goes_on(
    on_dev_server: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    order, shipping, process = await billing_breaks(erp, monkeypatch)

    await repair(erp, process, "skip")

    answer = await shipping
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/defect")
    assert (await erp.get(f"/v1/processes/{process['id']}"))["exception"] is None
    await erp.post(f"/v1/processes/{process['id']}/hold", {"reason": "is still there"}, by="operator")
    del order


async def test_a_command_that_comes_to_a_defect_before_it_has_done_anything_is_refused(
    on_dev_server: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    order = await erp.place()
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    for where in ("lines_to_ship", "shortages"):  # Before it is accepted, and after.
        monkeypatch.setattr(Fulfilment, where, breaks)
        answer = await erp.request("POST", path, {"shipped_on": "2026-03-05"}, by="warehouse")
        monkeypatch.undo()

        assert (answer.status_code, answer.json()["type"]) == (500, "/problems/defect")
        assert "a mistake of ours" in answer.json()["detail"]
    assert (await erp.get("/v1/processes", only_exceptions=True))["items"] == []
    await erp.ship(order)


async def test_a_defect_on_the_way_to_a_confirmed_order_is_mended_or_takes_the_order_back(
    on_dev_server: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    for action, status in (("abort", 422), ("retry", 201)):
        monkeypatch.setattr(Fulfilment, "shortages", breaks)
        key = f"an order to {action}"
        asked = {"by": "sales clerk", "key": key}
        placing = asyncio.create_task(erp.request("POST", "/v1/sales-orders", an_order(), **asked))
        process = await stopped(erp)
        assert (await erp.stock("APPLE"))["reserved"] == "10"
        monkeypatch.undo()

        await repair(erp, process, action)

        if action == "abort":
            assert (await placing).status_code == status
            assert (await erp.stock("APPLE"))["reserved"] == "0"
            assert (await erp.get(f"/v1/processes/{process['id']}"))["outcome"] == "refused"
        else:
            placing.cancel()
            assert (await erp.request("POST", "/v1/sales-orders", an_order(), **asked)).status_code == status
    assert (await erp.get("/v1/processes", only_exceptions=True))["items"] == []


async def test_a_defect_where_there_is_no_way_back_waits_until_it_is_mended(
    on_dev_server: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    order = await erp.place()
    await erp.ship(order)
    monkeypatch.setattr(CloseOrder, "__init__", breaks)
    path = f"/v1/sales-orders/{order['order_id']}/payments"
    body = {"received_on": "2026-03-20", "amount": "119.00", "currency": "EUR"}
    paying = asyncio.create_task(erp.request("POST", path, body, by="accountant"))
    process = await stopped(erp)

    for action in ("abort", "skip"):
        with pytest.raises(Refused, match="only: retry"):
            await repair(erp, process, action)
    monkeypatch.undo()
    await repair(erp, process, "retry")

    await erp.until(order, "closed")
    paying.cancel()
    assert len((await erp.get("/v1/payments"))["items"]) == 1
    assert (await erp.get("/v1/processes", only_exceptions=True))["items"] == []


async def test_an_order_whose_return_is_given_up_over_a_defect_hears_of_it_and_goes_on(
    on_dev_server: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = on_dev_server
    order = await erp.place()
    await erp.ship(order)
    monkeypatch.setattr(InspectReturn, "__init__", breaks)
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    asked = {"reason": "never mind", "goods": "stay"}
    cancelling = asyncio.create_task(erp.request("POST", path, asked, by="sales clerk"))
    process = await stopped(erp)
    assert process["type"] == "customer_return"
    monkeypatch.undo()

    await repair(erp, process, "abort")

    await erp.until(order, "waiting for payment")
    await cancelling
    assert (await erp.pay(order, "119.00"))["stage"] == "closed"

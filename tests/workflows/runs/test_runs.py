"""A run over many: each once, one that cannot be done stops no other, and people hold, cancel and mend it."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from asyncpg.exceptions import QueryCanceledError
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from foundation.process import batch
from foundation.process.run import Run
from foundation.process.run_messages import ChunkWorked
from tests.days import TODAY
from tests.erp import Erp, Refused
from tests.faulty_steps import FaultySteps
from tests.workflows.dunning.reminding import run
from tests.workflows.runs.debtors import each_once, letters_of, owing, run_id, until

REMIND = "receivables.remind_customer"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty customers are ten chunks."""
    monkeypatch.setattr(batch, "CHUNK", 5)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> asyncio.Semaphore:
    """Lets so many items through."""
    gate, apply = asyncio.Semaphore(0), batch.apply

    async def let_through(*asked: Any) -> Any:
        await gate.acquire()
        return await apply(*asked)

    monkeypatch.setattr(batch, "apply", let_through)
    return gate


async def test_one_that_is_refused_stops_no_other_and_is_done_when_it_is_mended(erp: Erp) -> None:
    codes = await owing(erp, 12)
    await _costs_what_cannot_be_posted(erp, codes[3])

    answer = await _run(erp)

    assert answer == {"on": str(TODAY), "items": 12, "done": 11, "exceptions": 1, "is_done": True}
    run = await until(erp, "done but for one", stage="done with 1 exception")
    assert (run["waiting_on"], run["done"], run["refused"], run["open"]) == ("operator", 11, 1, 0)
    assert codes[3] in run["exception"]
    (shown,) = (await erp.get("/v1/processes", only_exceptions=True))["items"]
    assert (shown["id"], shown["failure"]) == (run_id(erp), f"{REMIND}: no-account-for")
    (refused,) = (await erp.get(f"/v1/runs/{run_id(erp)}/items", status="refused"))["items"]
    assert (refused["party"], refused["failure"], refused["attempts"]) == (codes[3], "no-account-for", 1)
    assert await letters_of(erp) == Counter([*codes[:3], *codes[4:]])
    await _blocks(erp, blocked=False)
    await _repair(erp, "retry")

    run = await until(erp, "mended", outcome="closed")
    assert (run["stage"], run["why"], run["exception"]) == ("done", "12 of 12 done", None)
    await each_once(erp, codes)


async def test_what_cannot_be_done_can_be_done_without(erp: Erp) -> None:
    codes = await owing(erp, 3)
    await _costs_what_cannot_be_posted(erp, codes[1])
    await _run(erp)
    await until(erp, "done but for one", stage="done with 1 exception")
    await _repair(erp, "retry")
    await until(erp, "refused again", stage="done with 1 exception", waiting_on="operator")

    await _repair(erp, "skip", reason="he is a friend")

    run = await until(erp, "done", outcome="closed")
    assert (run["stage"], run["refused"], run["exception"]) == ("done with 1 exception", 1, None)
    await each_once(erp, [codes[0], codes[2]])


async def test_what_has_failed_is_tried_again_by_itself_and_none_is_done_twice(
    erp: Erp, faults: FaultySteps
) -> None:
    codes = await owing(erp, 7)
    faults.repeated.add((erp.company, REMIND))

    answer = await _run(erp)

    assert (answer["done"], answer["exceptions"]) == (6, 1)
    run = await until(erp, "tried again", outcome="closed")
    assert (run["stage"], run["done"]) == ("done", 7)
    tried = (await erp.get(f"/v1/runs/{run_id(erp)}/items"))["items"]
    assert sorted(one["attempts"] for one in tried) == [1, 1, 1, 1, 1, 1, 2]
    await each_once(erp, codes)


async def test_the_database_away_is_no_exception_of_an_item(erp: Erp, faults: FaultySteps) -> None:
    codes = await owing(erp, 7)
    faults.broken[erp.company, REMIND] = ConnectionRefusedError("the database is away")
    asked = asyncio.create_task(_run(erp))
    for _ in range(200):
        if (erp.company, REMIND) in faults.seen:
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError("no customer was reminded")
    faults.forget(erp.company)

    assert (await asked)["done"] == 7
    assert {one["attempts"] for one in (await erp.get(f"/v1/runs/{run_id(erp)}/items"))["items"]} == {1}
    await each_once(erp, codes)


async def test_one_that_takes_too_long_stops_no_other_and_is_tried_again_by_itself(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes, apply = await owing(erp, 7), batch.apply
    slow = iter((True, True))

    async def too_slow_for_one(operation: Any, call: Any, command: Any) -> Any:
        if command.customer_code == codes[1] and next(slow, False):
            raise QueryCanceledError("canceling statement due to statement timeout")
        return await apply(operation, call, command)

    monkeypatch.setattr(batch, "apply", too_slow_for_one)
    answer = await _run(erp)

    assert (answer["done"], answer["exceptions"]) == (6, 1)
    run = await until(erp, "tried again", outcome="closed")
    assert (run["stage"], run["done"]) == ("done", 7)
    tried = (await erp.get(f"/v1/runs/{run_id(erp)}/items"))["items"]
    assert sorted(one["attempts"] for one in tried) == [1, 1, 1, 1, 1, 1, 3]
    await each_once(erp, codes)


async def test_a_run_that_is_held_begins_no_more_until_it_is_released(
    erp: Erp, gate: asyncio.Semaphore
) -> None:
    codes = await owing(erp, 50)
    asked = asyncio.create_task(_run(erp))
    await until(erp, "begun", items=50)
    await _operate(erp, "hold", {"reason": "a moment"})
    _let_through(gate, 50)

    await until(erp, "the chunks in flight are done", done=20)
    await _nothing_is_under_way(erp)
    run = await until(erp, "and no more", done=20)
    assert run["exception"] == "held by Olga Operator: a moment"
    await _operate(erp, "release", {"reason": "go on"})
    await asked
    await until(erp, "all done", outcome="closed", done=50)
    await each_once(erp, codes)


async def test_cancelled_what_is_done_stays_and_what_is_not_begun_never_is(
    erp: Erp, gate: asyncio.Semaphore
) -> None:
    codes = await owing(erp, 50)
    asked = asyncio.create_task(_run(erp))
    await until(erp, "begun", items=50)
    path = f"/v1/runs/{run_id(erp)}/cancellation"
    cancelled = asyncio.create_task(erp.post(path, {"reason": "the wrong day"}, by="operator"))
    await _when_given(erp, "cancel", times=1)
    _let_through(gate, 50)

    answer = await cancelled
    assert (answer["items"], answer["done"]) == (50, 20)
    with pytest.raises(Refused, match="the wrong day"):
        await asked
    run = await until(erp, "over", outcome="cancelled")
    assert (run["done"], run["left"], run["open"]) == (20, 30, 0)
    assert run["why"] == "the wrong day: 20 of 50 done"
    await each_once(erp, codes[:20])


@pytest.mark.parametrize("who", ["the run is cancelled", "an operator"])
async def test_a_chunk_that_cannot_be_worked_through_can_be_done_without(
    erp: Erp, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    codes, work_through = await owing(erp, 12), batch.work_through
    cancels = who == "the run is cancelled"

    async def not_the_second(call: Any, work: Any) -> Any:
        if work.chunk == 2 and work.statuses == ("open",):
            raise LookupError("a defect of ours")
        return await work_through(call, work)

    monkeypatch.setattr(batch, "work_through", not_the_second)
    asked = asyncio.create_task(_run(erp))
    await until(erp, "parked", done=7, exception="Work chunk: a defect of ours")
    if cancels:
        answer = await erp.post(f"/v1/runs/{run_id(erp)}/cancellation", {"reason": "it hangs"}, by="operator")
        assert (answer["items"], answer["done"], answer["exceptions"]) == (12, 7, 0)
        with pytest.raises(Refused, match="it hangs"):
            await asked
        run = await until(erp, "over", outcome="cancelled")
        assert (run["done"], run["left"], run["open"], run["exception"]) == (7, 5, 0, None)
        await each_once(erp, [*codes[:5], *codes[10:]])
    else:
        await _repair(erp, "skip", reason="one by one, then")
        run = await until(erp, "tried again, each for itself", outcome="closed")
        assert (run["stage"], run["done"], run["open"]) == ("done", 12, 0)
        await each_once(erp, codes)


async def test_before_it_is_long_it_goes_on_as_a_new_run_and_shows_how_far_it_has_come(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "MOST_EVENTS", 30)
    codes = await owing(erp, 50)

    process = await run(erp, TODAY)

    shown = await until(erp, "done", outcome="closed", done=50)
    assert shown["why"] == "50 of 50 done"
    assert (await process.describe()).run_id != process.first_execution_run_id
    await each_once(erp, codes)


async def _run(erp: Erp) -> Any:
    return await erp.post("/v1/dunning-runs", {"on": str(TODAY)}, by="accountant")


async def _operate(erp: Erp, what: str, asked: dict[str, str]) -> None:
    await erp.post(f"/v1/processes/{run_id(erp)}/{what}", asked, by="operator")


async def _repair(erp: Erp, action: str, reason: str = "") -> None:
    await _operate(erp, "repair", {"action": action, "reason": reason})


def _let_through(gate: asyncio.Semaphore, count: int) -> None:
    for _ in range(count):
        gate.release()


async def _costs_what_cannot_be_posted(erp: Erp, customer: str) -> None:
    """A letter to this customer charges a fee, and fees have no account."""
    await _blocks(erp, blocked=True)
    texts = [{"language": "en", "title": "Reminder", "text": "Please pay."}]
    level = {"days_overdue": 7, "fee_amount": "5.00", "texts": texts}
    procedure = {"code": "FEE", "name": "At a price", "customers": [customer], "levels": [level]}
    await erp.post("/v1/dunning-procedures", procedure, by="accountant")


async def _blocks(erp: Erp, *, blocked: bool) -> None:
    answer = await erp.request(
        "PATCH", "/v1/accounts/4510", {"blocked": blocked}, by="accountant", if_match="*"
    )
    erp.accepted(answer)


async def test_a_chunk_that_nobody_has_worked_through_is_not_done(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes, work_through = await owing(erp, 7), batch.work_through
    untouched = {1}

    async def of_other_books(call: Any, work: Any) -> Any:
        if work.chunk not in untouched:
            return await work_through(call, work)
        untouched.remove(work.chunk)
        return ChunkWorked(chunk=work.chunk, done=0, refused=0, failed=0)

    monkeypatch.setattr(batch, "work_through", of_other_books)
    answer = await _run(erp)

    assert (answer["done"], answer["exceptions"]) == (2, 5)
    run = await until(erp, "tried again", outcome="closed")
    assert (run["stage"], run["done"], run["open"]) == ("done", 7, 0)
    await each_once(erp, codes)


async def test_only_a_run_is_cancelled_as_one(erp: Erp) -> None:
    order = await erp.place()
    process = f"{erp.company}/order_to_cash/{order['order_id']}"

    cancelled = await erp.request(
        "POST", f"/v1/runs/{process}/cancellation", {"reason": "a wrong id"}, by="operator"
    )
    shown = await erp.request("GET", f"/v1/runs/{process}", by="operator")

    assert (cancelled.status_code, shown.status_code) == (404, 404)
    await erp.ship(order)


async def test_what_is_decided_while_the_run_goes_on_as_a_new_one_is_decided_by_that(
    erp: Erp, monkeypatch: pytest.MonkeyPatch, gate: asyncio.Semaphore
) -> None:
    codes = await owing(erp, 12)
    await _costs_what_cannot_be_posted(erp, codes[3])
    asked = asyncio.create_task(_run(erp))
    _let_through(gate, 12)
    await asked
    await until(erp, "done but for one", stage="done with 1 exception")
    await _repair(erp, "retry")
    skipped = asyncio.create_task(_repair(erp, "skip", reason="he is a friend"))
    before = await _when_given(erp, "repair", times=2)
    # The attempt under way is the last thing that this run does.
    monkeypatch.setattr(Run, "MOST_EVENTS", len(before.events) + 1)
    _let_through(gate, 1)

    await skipped

    run = await until(erp, "done", outcome="closed")
    assert (run["stage"], run["done"], run["refused"]) == ("done with 1 exception", 11, 1)
    now = await erp.temporal.get_workflow_handle(run_id(erp)).describe()
    assert now.run_id != before.run_id
    await each_once(erp, [*codes[:3], *codes[4:]])


async def _when_given(erp: Erp, command: str, *, times: int) -> WorkflowHistory:
    """What has come about in the run when a command has come to it so often."""
    for _ in range(200):
        history = await erp.temporal.get_workflow_handle(run_id(erp)).fetch_history()
        given = [event.workflow_execution_update_accepted_event_attributes for event in history.events]
        if sum(one.accepted_request.input.name == command for one in given) >= times:
            return history
        await asyncio.sleep(0.05)
    raise AssertionError(f"{command} has not come to the run {times} times")


async def _nothing_is_under_way(erp: Erp) -> None:
    """Wait until nothing that the run has begun is open: it does nothing more before it is told something."""
    for _ in range(200):
        history = await erp.temporal.get_workflow_handle(run_id(erp)).fetch_history()
        count = Counter(
            EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events
        )
        begun = count["ACTIVITY_TASK_SCHEDULED"], count["WORKFLOW_TASK_SCHEDULED"]
        if begun == (count["ACTIVITY_TASK_COMPLETED"], count["WORKFLOW_TASK_COMPLETED"]):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"something is under way: {count}")

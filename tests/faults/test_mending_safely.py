"""Mending leaves alone what it cannot begin again, and draws no number twice while others draw."""

import asyncio
from typing import Any

import asyncpg
import pytest
from temporalio.client import WorkflowExecutionStatus

from foundation.operations.mailbox import AnsweredBefore, NextRun
from foundation.process import begun_again
from foundation.process.begun_again import Restored
from foundation.values.messages import Caller
from perpetual.explaining.story import story_of
from perpetual.reconciling import comparing, histories
from perpetual.reconciling.books import BookedProcess
from perpetual.reconciling.histories import RecordedRun, RecordedStep
from tests.checked import violations_at_rest
from tests.erp import Erp
from tests.faults.test_begun_again import reset
from workflows.announcements import ReadOn

NOTED = "UPDATE foundation.process SET not_run = 'Temporal does not know it' WHERE id = $1"


def run_of(process: str, kind: str, started_at: Any, **more: Any) -> RecordedRun:
    """A run that the books know nothing of."""
    story = RecordedRun(process, "a run", kind, is_running=True, started_at=started_at, **more)
    story.memo = {"caller": {"company": "T", "actor": "Sam Sales", "correlation_id": "a test"}}
    return story


async def test_a_reader_of_the_log_that_nobody_wrote_down_is_left_running(on_dev_server: Erp) -> None:
    erp = on_dev_server
    reader = f"{erp.company}/announcements"
    await erp.temporal.start_workflow(
        "announcements",
        ReadOn(),
        id=reader,
        task_queue="nobody-works-here",
        memo={"caller": Caller(company=erp.company, actor="tester", correlation_id="a test")},
    )

    assert not await begun_again.begin_again(erp.temporal, erp.company, reader, "a test wants it")

    found = await erp.temporal.get_workflow_handle(reader).describe()
    assert found.status is WorkflowExecutionStatus.RUNNING
    await erp.temporal.get_workflow_handle(reader).terminate("the test is over")


def test_what_the_books_have_lost_of_a_reader_is_read_again_by_a_new_one() -> None:
    story = run_of("T/announcements", "announcements", 1, was_continued=True)
    story.steps = [RecordedStep("automation.announce", {"up_to": 7})]
    found = comparing.Found()

    comparing._ahead(found, "T", [story], BookedProcess())

    assert (found.listeners, found.to_begin, found.restored) == (["T"], {}, {})


def test_a_tick_is_named_and_not_begun_as_the_run_that_its_id_says() -> None:
    story = run_of("T/dunning_run/tick-2026-03-01T04:00:00Z", "scheduled_run", 1)
    story.steps = [RecordedStep("process.begin", {"process_id": "T/dunning_run/2026-03-01", "is_new": True})]
    found = comparing.Found()

    comparing._ahead(found, "T", [story], BookedProcess())

    (named,) = found.differences
    assert named.is_by_hand, named.to_do
    assert (found.to_begin, found.restored) == ({}, {})


def test_requests_of_runs_that_went_on_as_new_ones_are_restored_in_their_order() -> None:
    first = run_of("T/order_to_cash/1", "order_to_cash", 1, start={"order": 1})
    second = run_of("T/order_to_cash/1", "order_to_cash", 2, was_continued=True)
    by = first.memo["caller"]
    first.asked = [histories.Asked("ship", 2, {"of": "first"}, by)]
    second.asked = [histories.Asked("pay", 3, {"of": "second"}, by)]
    found = comparing.Found()

    comparing._ahead(found, "T", [first, second], BookedProcess())

    assert [(one.number, one.kind) for one in found.restored["T/order_to_cash/1"]] == [
        (1, "start"),
        (2, "ship"),
        (3, "pay"),
    ]


@pytest.mark.parametrize("said", [NextRun, AnsweredBefore])
def test_a_command_that_met_a_change_of_runs_is_restored_as_the_run_that_took_it_has_it(
    said: type[NextRun | AnsweredBefore],
) -> None:
    first = run_of("T/order_to_cash/1", "order_to_cash", 1, start={"order": 1})
    second = run_of("T/order_to_cash/1", "order_to_cash", 2, was_continued=True)
    by = first.memo["caller"]
    turned_away = histories.Asked("ship", 5, {"of": "both"}, by, said().as_problem())
    taken = histories.Asked("ship", 5, {"of": "both"}, by)
    first.asked, second.asked = [turned_away], [taken]
    if said is AnsweredBefore:  # Then it was taken first.
        first.asked, second.asked = second.asked, first.asked
    found = comparing.Found()

    comparing._ahead(found, "T", [first, second], BookedProcess())

    restored = found.restored["T/order_to_cash/1"]
    assert [(one.number, one.kind, one.refusal) for one in restored] == [
        (1, "start", None),
        (5, "ship", None),
    ]


def test_what_began_first_is_begun_again_first() -> None:
    stories = [run_of(f"T/order_to_cash/{name}", "order_to_cash", at) for name, at in (("a", 3), ("b", 1))]
    assert list(comparing._by_process(stories)) == ["T/order_to_cash/b", "T/order_to_cash/a"]


async def test_what_was_asked_for_before_a_reset_is_in_its_story(on_dev_server: Erp) -> None:
    erp = on_dev_server
    order = await erp.place()
    await erp.ship(order)
    process = await reset(erp, order)
    await erp.until(order, "waiting for payment")

    # Described, for a list of runs may show one that has just begun only later.
    run = await erp.temporal.get_workflow_handle(process.id).describe()
    story = await histories.read(erp.temporal, run)

    assert [(one.kind, one.number) for one in story.asked if one.kind != "started"] == [("ship", 2)]


async def test_a_process_that_cannot_be_restored_whole_is_not_restored_in_part(on_dev_server: Erp) -> None:
    erp = on_dev_server
    process = f"{erp.company}/order_to_cash/of-a-test"
    by = {"company": erp.company, "actor": "Sam Sales", "correlation_id": "a test"}
    good, bad = Restored(1, "start", {}, by), Restored(2, "ship", {}, {**by, "correlation_id": None})

    with pytest.raises(asyncpg.NotNullViolationError):
        await begun_again.begin_again(erp.temporal, erp.company, process, "a test", (good, bad))

    assert not await begun_again.begin_again(erp.temporal, erp.company, process, "a test")


async def test_a_sequence_that_is_moved_never_goes_back_behind_who_draws_meanwhile(
    owner_url: str, postgres_url: str
) -> None:
    owner = await asyncpg.connect(owner_url)
    await owner.execute("CREATE SEQUENCE sales.a_tests_number")
    others = [await asyncpg.connect(postgres_url) for _ in range(4)]
    try:
        await owner.execute("GRANT USAGE ON SEQUENCE sales.a_tests_number TO perpetual_app")

        async def draw(connection: Any) -> list[int]:
            return [await connection.fetchval("SELECT nextval('sales.a_tests_number')") for _ in range(400)]

        async def move() -> list[int]:
            for up_to in range(100, 4_000, 7):
                await others[0].execute("SELECT foundation.skip_sequence('sales.a_tests_number', $1)", up_to)
            return []

        drawn = [one for some in await asyncio.gather(move(), *map(draw, others[1:])) for one in some]
        assert len(set(drawn)) == len(drawn)
        assert await owner.fetchval("SELECT foundation.last_of_sequence('sales.a_tests_number')") >= 3_998
    finally:
        await owner.execute("DROP SEQUENCE sales.a_tests_number")
        for connection in (owner, *others):
            await connection.close()


@pytest.mark.parametrize(
    "sequence", ["foundation.inbox_id_seq", "foundation.command", "sales.nothing_number", "pg_class"]
)
async def test_only_sequences_of_document_numbers_are_moved(postgres_url: str, sequence: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    with pytest.raises(asyncpg.UndefinedObjectError):
        await connection.fetchval("SELECT foundation.skip_sequence($1, 1000000)", sequence)
    await connection.close()


async def test_what_is_not_run_and_what_is_not_answered_shows(on_dev_server: Erp, owner_url: str) -> None:
    erp = on_dev_server
    order = await erp.place()
    await erp.at_rest()
    process = erp.process_of(order).id
    owner = await asyncpg.connect(owner_url)
    await owner.execute(NOTED, process)
    await owner.execute(
        "UPDATE foundation.command SET answer = NULL, answered_at = NULL, due_at = now() + interval '1 day' "
        "WHERE process_id = $1",
        process,
    )
    await owner.close()

    number = (await erp.order(order))["order"]["order_number"]
    told = await story_of(owner_url, number, company=erp.company)
    (unanswered,) = [
        one for one in await violations_at_rest(erp.company) if one.invariant == "requests_are_answered"
    ]

    assert "Temporal does not know it" in [row["exception"] for row in told.processes]
    assert unanswered.document == process

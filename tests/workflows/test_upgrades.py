"""An order that waits outlives three generations of workers, each with a changed process."""

from typing import Any, ClassVar

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from domains.sales.messages import OrderClosed, PlaceOrder
from foundation.operations.mailbox import Event
from foundation.process.process import Process
from foundation.process.undo import Undo
from foundation.runtime.settings import settings
from foundation.runtime.temporal import DATA_CONVERTER
from foundation.values.messages import Stage
from tests.erp import Erp, an_order
from tests.histories import fingerprint
from tests.workflows.approving import a_held_order, a_policy, asked_about, decide, hire, level
from tests.workflows.conftest import LongTimes
from tests.workflows.test_long_waits import REMINDED_ON, days_of
from tests.workflows.test_many_commands import answered, runs_of
from workers import registry
from workflows.order_to_cash import OrderToCash
from workflows.order_to_cash.facts import OrderSoFar

LOOK, CLEARED = "look-once-more", "note-that-it-is-cleared"
"""What the changes of the procedure are called."""


@workflow.defn(name="order_to_cash", sandboxed=False)
class SecondGeneration(OrderToCash):
    """Looks at an order once more before its credit is checked: orders that are past that point never do."""

    @workflow.init
    def __init__(self, order: PlaceOrder | OrderSoFar) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: PlaceOrder | OrderSoFar) -> OrderClosed:
        """The whole way."""
        return await OrderToCash.run(self, order)

    async def pass_credit_check(self, undo: Undo) -> None:
        """With a step before."""
        if await self.follows(LOOK):
            await self.note(self.at("looked at once more"))
        await super().pass_credit_check(undo)


@workflow.defn(name="order_to_cash", sandboxed=False)
class ThirdGeneration(SecondGeneration):
    """Notes that an order is cleared before its goods are set aside: orders that wait for approval will."""

    @workflow.init
    def __init__(self, order: PlaceOrder | OrderSoFar) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: PlaceOrder | OrderSoFar) -> OrderClosed:
        """The whole way."""
        return await OrderToCash.run(self, order)

    async def set_goods_aside(self, undo: Undo) -> None:
        """With a step before."""
        if await self.follows(CLEARED):
            await self.note(self.at("cleared"))
        await super().set_goods_aside(undo)


@workflow.defn(name="order_to_cash", sandboxed=False)
class AskingEachTime(OrderToCash):
    """Asks whether it follows a change with everything that it is told."""

    said: ClassVar[list[tuple[str, bool]]] = []
    """In which run, and what."""

    @workflow.init
    def __init__(self, order: PlaceOrder | OrderSoFar) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: PlaceOrder | OrderSoFar) -> OrderClosed:
        """The whole way."""
        return await OrderToCash.run(self, order)

    async def take(self, event: Event) -> None:
        """With the question before."""
        follows = await self.follows(LOOK)
        self.said.append((workflow.info().run_id, follows))
        await super().take(event)


@workflow.defn(name="order_to_cash", sandboxed=False)
class Careless(OrderToCash):
    """The second generation's step without the question: what an upgrade must not do."""

    @workflow.init
    def __init__(self, order: PlaceOrder | OrderSoFar) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: PlaceOrder | OrderSoFar) -> OrderClosed:
        """The whole way."""
        return await OrderToCash.run(self, order)

    async def pass_credit_check(self, undo: Undo) -> None:
        """With a step before, for everybody."""
        await self.note(self.at("looked at once more"))
        await super().pass_credit_check(undo)


def generation(order_to_cash: type[OrderToCash]) -> list[type[Any]]:
    """All processes, with another order to cash."""
    return [one for one in registry.processes() if one is not OrderToCash] + [order_to_cash]


async def replayed(history: WorkflowHistory, order_to_cash: type[OrderToCash]) -> bool:
    """Whether a history fits a generation's process."""
    replayer = Replayer(
        workflows=[order_to_cash],
        workflow_runner=registry.sandbox(),
        data_converter=DATA_CONVERTER,
    )
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    return result.replay_failure is None


async def steps_added(erp: Erp, order: Any) -> list[str]:
    """The stages that only the changed processes note, as the order came to them."""
    history = await erp.process_of(order).fetch_history()
    failed = [
        event for event in history.events if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    ]
    assert failed == [], "a worker could not go on with what another had begun"
    noted = [
        Stage.model_validate_json(event.marker_recorded_event_attributes.details["result"].payloads[0].data)
        for event in history.events
        if fingerprint.of(WorkflowHistory("one event", [event])) == ["step process.record_stage"]
    ]
    return [stage.stage for stage in noted if stage.stage in ("looked at once more", "cleared")]


async def test_an_order_held_for_200_days_is_worked_on_by_three_generations_of_workers(
    long_times: LongTimes,
) -> None:
    erp = long_times.erp
    async with long_times.worker(generation(OrderToCash)):
        await erp.receive({"APPLE": 100})  # Enough for both.
        old, approval = await a_held_order(erp)
        await long_times.pass_by(days=60)
    async with long_times.worker(generation(SecondGeneration)):
        newer, of_newer = await a_held_order(erp)
        await long_times.pass_by(days=70)
    async with long_times.worker(generation(ThirdGeneration)):
        await long_times.pass_by(days=70)

        story = await erp.get(f"/v1/approvals/{approval['id']}")
        assert days_of(story, "reminded") == REMINDED_ON
        assert days_of(story, "escalated") == [14]
        for order, asked in ((old, approval), (newer, of_newer)):
            assert (await decide(erp, asked, "credit manager"))[0] == 200
            await erp.ship(order)
            assert (await erp.pay(order, "1071.00"))["stage"] == "closed"

        # The old one was past the second generation's step, and came to the third's; the newer took both.
        assert await steps_added(erp, old) == ["cleared"]
        assert await steps_added(erp, newer) == ["looked at once more", "cleared"]
        histories = [await erp.process_of(order).fetch_history() for order in (old, newer)]

    for history in histories:
        assert await replayed(history, ThirdGeneration)
        assert not await replayed(history, Careless)


async def a_chain(erp: Erp) -> list[str]:
    """Four levels, one after the other; and somebody for each."""
    roles = ("credit manager", "accountant", "warehouse", "operator")
    await a_policy(erp, "CHAIN", *(level(number, role) for number, role in enumerate(roles, start=1)))
    return [await hire(erp, f"The {role}", role) for role in roles]


async def test_a_chain_of_four_that_waits_200_days_is_worked_on_by_three_generations_of_workers(
    long_times: LongTimes,
) -> None:
    erp = long_times.erp
    people = await a_chain(erp)
    decided: list[Any] = []

    async def next_one_decides() -> None:
        asked = await asked_about(erp, order)
        assert [one["status"] for one in asked] == ["approved"] * len(decided) + ["open"]
        decided.append((await decide(erp, asked[-1], people[len(decided)]))[1])

    async with long_times.worker(generation(OrderToCash)):
        await erp.receive({"APPLE": 100})
        order, _ = await a_held_order(erp)
        await long_times.pass_by(days=60)
        await next_one_decides()
    async with long_times.worker(generation(SecondGeneration)):
        await long_times.pass_by(days=50)
        await next_one_decides()
        await long_times.pass_by(days=20)
    async with long_times.worker(generation(ThirdGeneration)):
        await long_times.pass_by(days=41)
        await next_one_decides()
        await long_times.pass_by(days=29)
        await next_one_decides()
        await erp.ship(order)
        assert (await erp.pay(order, "1071.00"))["stage"] == "closed"
        assert await steps_added(erp, order) == ["cleared"]
        history = await erp.process_of(order).fetch_history()

    assert [(one["level"], one["levels"]) for one in decided] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [one["decided_by"] for one in decided] == people
    stories = [await erp.get(f"/v1/approvals/{one['id']}") for one in decided]
    # Each is reminded from the day on which it was asked itself.
    for story, days in zip(stories, (60, 50, 61, 29), strict=True):
        assert days_of(story, "reminded") == [day for day in REMINDED_ON if day < days]
    assert await replayed(history, ThirdGeneration)
    assert not await replayed(history, Careless)


async def test_a_change_that_is_switched_off_again_is_kept_by_who_has_followed_it(
    long_times: LongTimes, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = long_times.erp
    async with long_times.worker(generation(ThirdGeneration)):
        await erp.receive({"APPLE": 100})  # Enough for both.
        before, of_before = await a_held_order(erp)
    monkeypatch.setattr(settings(), "switched_off", frozenset({LOOK, CLEARED}))
    async with long_times.worker(generation(ThirdGeneration)):
        after, of_after = await a_held_order(erp)
        for order, asked in ((before, of_before), (after, of_after)):
            assert (await decide(erp, asked, "credit manager"))[0] == 200
            await erp.ship(order)
            assert (await erp.pay(order, "1071.00"))["stage"] == "closed"
        assert await steps_added(erp, before) == ["looked at once more"]
        assert await steps_added(erp, after) == []
        histories = [await erp.process_of(order).fetch_history() for order in (before, after)]

    for switched_off in (frozenset({LOOK, CLEARED}), frozenset[str]()):
        monkeypatch.setattr(settings(), "switched_off", switched_off)
        assert [await replayed(history, ThirdGeneration) for history in histories] == [True, True]


async def test_a_change_is_followed_in_the_next_run_as_well(
    long_times: LongTimes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Process, "MOST_EVENTS", 150)
    erp = long_times.erp
    async with long_times.worker(generation(AskingEachTime)):
        lines = [{"item_code": "PEAR", "quantity": "60", "unit_price": "10.00"}]
        order = await erp.place(an_order(lines=lines))
        asked = {"shipped_on": "2026-03-05", "lines": [{"line_number": 1, "quantity": "1"}]}
        ship = (f"/v1/sales-orders/{order['order_id']}/shipments", asked, "warehouse")
        assert await answered(erp, [ship]) == [201]
        monkeypatch.setattr(settings(), "switched_off", frozenset({LOOK}))
        for _ in range(8):
            assert set(await answered(erp, [ship] * 4)) == {201}
        runs = await runs_of(erp, order)

    assert len(runs) >= 2
    assert {follows for _, follows in AskingEachTime.said} == {True}
    assert len({run for run, _ in AskingEachTime.said}) >= 2


async def test_a_step_added_without_a_patch_does_not_fit_an_order_that_waits(long_times: LongTimes) -> None:
    erp = long_times.erp
    async with long_times.worker():
        order, _ = await a_held_order(erp)
        await long_times.pass_by(days=30)
        history = await erp.process_of(order).fetch_history()

    fits = {one.__name__: await replayed(history, one) for one in (OrderToCash, ThirdGeneration, Careless)}
    assert fits == {"OrderToCash": True, "ThirdGeneration": True, "Careless": False}

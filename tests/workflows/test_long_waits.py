"""An order that waits for most of a year: reminders on their days, one escalation, and then it goes on."""

from datetime import datetime, timedelta
from typing import Any

from tests.workflows.approving import (
    a_held_order,
    a_policy,
    asked_about,
    asked_at_once,
    decide,
    hire,
    inbox,
    level,
)
from tests.workflows.conftest import LongTimes

REMINDED_ON = [2, *range(9, 201, 7)]


def days_of(story: Any, what: str) -> list[int]:
    """On which days after it was asked something happened."""
    asked = datetime.fromisoformat(story["requested_at"])
    return [
        (datetime.fromisoformat(event["at"]) - asked + timedelta(hours=1)).days
        for event in story["timeline"]
        if event["what"] == what
    ]


async def test_an_order_held_for_200_days_is_reminded_of_escalated_once_and_goes_on(
    long_times: LongTimes,
) -> None:
    erp = long_times.erp
    director = await hire(erp, "Fiona Finance", "finance director")
    async with long_times.worker():
        order, approval = await a_held_order(erp)
        assert await inbox(erp, director) == []
        await long_times.pass_by(days=13)
        assert await inbox(erp, director) == []
        await long_times.pass_by(days=2)
        assert await inbox(erp, director) == [order["order_number"]]
        assert await inbox(erp, "credit manager") == [order["order_number"]]

        await long_times.pass_by(days=185)

        story = await erp.get(f"/v1/approvals/{approval['id']}")
        assert days_of(story, "reminded") == REMINDED_ON
        assert days_of(story, "escalated") == [14]
        assert (story["reminders"], story["escalated_to"]) == (len(REMINDED_ON), "finance director")
        waits = await erp.get(approval["process_link"])
        assert (waits["waiting_on"], waits["waiting_until"]) == ("credit manager", story["remind_at"])
        shown = await erp.process_of(order).query("progress")
        assert f"Reminded {len(REMINDED_ON)} times." in shown["remedy"]
        assert "credit manager or finance director" in shown["remedy"]
        assert (await decide(erp, approval, director))[1]["decided_by"] == "Fiona Finance"
        assert await inbox(erp, director) == await inbox(erp, "credit manager") == []
        await erp.ship(order)
        assert (await erp.pay(order, "1071.00"))["stage"] == "closed"
        await long_times.pass_by(days=30)
        history = await erp.process_of(order).fetch_history()

    assert (await erp.get(f"/v1/approvals/{approval['id']}"))["reminders"] == len(REMINDED_ON)
    assert len(history.events) < 500


async def test_while_an_operator_holds_an_order_nobody_is_reminded_and_afterwards_once(
    long_times: LongTimes,
) -> None:
    erp = long_times.erp
    async with long_times.worker():
        order, approval = await a_held_order(erp)
        await long_times.pass_by(days=3)
        await erp.post(f"{approval['process_link']}/hold", {"reason": "a dispute"}, by="operator")
        await long_times.pass_by(days=40)
        await erp.post(f"{approval['process_link']}/release", {"reason": "settled"}, by="operator")
        await long_times.pass_by(days=8)

        story = await erp.get(f"/v1/approvals/{approval['id']}")

    assert order["status"] == "held"
    assert days_of(story, "reminded") == [2, 43, 50]
    assert days_of(story, "escalated") == [43]


async def test_each_of_two_who_are_asked_at_the_same_time_is_reminded_and_escalated_by_itself(
    long_times: LongTimes,
) -> None:
    erp = long_times.erp
    impatient = level(1, "accountant", remind_after_days=1, remind_every_days=3, escalate_after_days=5)
    await a_policy(erp, "TWO", level(1, "credit manager"), impatient | {"escalate_to": "operator"})
    alma = await hire(erp, "Alma Accountant", "accountant")
    async with long_times.worker():
        order, _ = await a_held_order(erp, first="credit manager")
        await asked_at_once(erp, order, 2)
        await long_times.pass_by(days=8)
        manager, accountant = [
            await erp.get(f"/v1/approvals/{one['id']}") for one in await asked_about(erp, order)
        ]
        await decide(erp, accountant, alma)
        await long_times.pass_by(days=8)
        stories = [await erp.get(f"/v1/approvals/{one['id']}") for one in (manager, accountant)]

    assert [days_of(story, "reminded") for story in stories] == [[2, 9, 16], [1, 4, 7]]
    assert [days_of(story, "escalated") for story in stories] == [[], [5]]
    assert accountant["escalated_to"] == "operator"

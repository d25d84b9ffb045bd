"""Approvals of several levels: who is asked after whom, who may decide once, and what a policy says of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from activities.approvals import ask_next_level
from foundation.process.approval_messages import AskNextLevel
from foundation.values.messages import ApprovalAsked, Call, Caller
from tests.erp import Erp, an_order
from tests.faulty_steps import FaultySteps
from tests.workflows.approving import (
    BIG,
    a_held_order,
    a_policy,
    asked_about,
    asked_at_once,
    decide,
    hire,
    inbox,
    level,
)

CHAIN = (level(1, "credit manager"), level(2, "accountant"), level(2, "warehouse"), level(3, "operator"))
PEOPLE = {"accountant": "Alma Accountant", "warehouse": "Walt Warehouse", "operator": "Olga Operator"}


async def with_people(erp: Erp) -> dict[str, str]:
    """Somebody for each role of the chain, by the role."""
    people = {role: await hire(erp, name, role) for role, name in PEOPLE.items()}
    return people | {"credit manager": "credit manager"}


def of_role(asked: list[Any], role: str) -> Any:
    """The approval that a role was asked for."""
    return next(one for one in asked if one["role"] == role)


async def waits_on(erp: Erp, role: str) -> list[str]:
    """The documents whose processes wait on a role."""
    return [one["document"] for one in (await erp.get("/v1/processes", waiting_on=role))["items"]]


async def test_an_approval_shows_its_level_who_is_asked_afterwards_and_which_policy_says_so(erp: Erp) -> None:
    await a_policy(erp, "CHAIN", *CHAIN)
    _, first = await a_held_order(erp)

    assert (first["level"], first["levels"], first["role"]) == (1, 3, "credit manager")
    assert [(one["level"], one["role"]) for one in first["to_come"]] == [
        (2, "accountant"),
        (2, "warehouse"),
        (3, "operator"),
    ]
    assert (first["policy"], first["policy_version"]) == ("CHAIN", 1)
    assert first["why"] == "CHAIN: credit from 0.00 EUR"
    assert (first["kind"], first["decided_before"], first["content_hash"]) == ("credit", [], "")


async def test_levels_are_asked_one_after_the_other_and_all_must_say_yes(erp: Erp) -> None:
    people = await with_people(erp)
    await a_policy(erp, "CHAIN", *CHAIN)
    order, first = await a_held_order(erp)
    number = order["order_number"]
    for role in PEOPLE:
        assert await inbox(erp, people[role]) == []

    assert (await decide(erp, first, "credit manager"))[1]["status"] == "approved"
    asked = await asked_at_once(erp, order, 3)
    assert [(one["role"], one["status"]) for one in asked] == [
        ("credit manager", "approved"),
        ("accountant", "open"),
        ("warehouse", "open"),
    ]
    assert await inbox(erp, people["accountant"]) == await inbox(erp, people["warehouse"]) == [number]

    await decide(erp, of_role(asked, "warehouse"), people["warehouse"])
    assert len(await asked_about(erp, order)) == 3
    await decide(erp, of_role(asked, "accountant"), people["accountant"])
    last = of_role(await asked_about(erp, order), "operator")
    assert [(one["role"], one["decided_by"]) for one in last["decided_before"]] == [
        ("credit manager", "Clara Credit"),
        ("warehouse", "Walt Warehouse"),
        ("accountant", "Alma Accountant"),
    ]
    assert await erp.stage_of(order) == "waiting for a credit decision"
    assert (await decide(erp, last, people["operator"]))[0] == 200
    assert await erp.stage_of(order) == "waiting for shipment"
    story = await erp.get(f"/v1/approvals/{last['id']}")
    assert [(event["what"], event["by"]) for event in story["timeline"]] == [
        ("asked", "Sam Sales"),
        ("decided", "Olga Operator"),
    ]


async def test_a_process_shows_who_is_still_to_decide_at_its_level(erp: Erp) -> None:
    people = await with_people(erp)
    await a_policy(erp, "CHAIN", *CHAIN)
    order, first = await a_held_order(erp)
    await decide(erp, first, "credit manager")
    asked = await asked_at_once(erp, order, 3)
    shown = await erp.get(first["process_link"])
    assert (shown["stage"], shown["waiting_on"]) == (
        "waiting for a credit decision",
        "accountant and warehouse",
    )
    for role in ("accountant", "warehouse", "accountant and warehouse"):
        assert await waits_on(erp, role) == [order["order_number"]]
    assert await waits_on(erp, "house") == []

    answered = await decide(erp, of_role(asked, "warehouse"), people["warehouse"])
    assert answered[1]["status"] == "approved"
    shown = await erp.get(first["process_link"])
    assert shown["waiting_on"] == "accountant"
    assert await waits_on(erp, "warehouse") == []
    assert "Level 2 of 3" in (await erp.process_of(order).query("progress"))["remedy"]


async def test_the_first_no_ends_it_and_withdraws_what_others_were_asked(erp: Erp) -> None:
    people = await with_people(erp)
    await a_policy(erp, "AT-ONCE", level(1, "credit manager"), level(1, "accountant"), level(2, "operator"))
    order, _ = await a_held_order(erp, first="credit manager")
    asked = await asked_at_once(erp, order, 2)

    status, decided = await decide(erp, of_role(asked, "accountant"), people["accountant"], approved=False)

    assert (status, decided["status"]) == (200, "rejected")
    seen = await erp.order(order)
    assert (seen["order"]["status"], seen["process"]["outcome"]) == ("rejected", "cancelled")
    after = await asked_about(erp, order)
    assert [(one["role"], one["status"]) for one in after] == [
        ("credit manager", "withdrawn"),
        ("accountant", "rejected"),
    ]
    assert after[0]["reason"] == "Alma Accountant has said no: because"
    status, problem = await decide(erp, after[0], "credit manager")
    assert (status, problem["type"]) == (409, "/problems/nothing-to-decide")
    again = await decide(erp, of_role(asked, "accountant"), people["accountant"], approved=False)
    assert again == (200, decided)


async def test_a_no_while_a_second_person_cannot_be_asked_ends_it(erp: Erp, faults: FaultySteps) -> None:
    await with_people(erp)
    await a_policy(erp, "AT-ONCE", level(1, "credit manager"), level(1, "accountant"))
    faults.broken[erp.company, "approval.ask_next_level"] = RuntimeError("broken by the test")
    order, first = await a_held_order(erp)
    assert (first["level"], first["levels"]) == (1, 1)

    saying_no = asyncio.create_task(decide(erp, first, "credit manager", approved=False))
    await is_said(erp, first)
    del faults.broken[erp.company, "approval.ask_next_level"]
    await erp.post(f"{first['process_link']}/repair", {"action": "retry"}, by="operator")

    assert (await saying_no)[0] in (200, 202)
    await erp.process_of(order).result()
    assert [one["status"] for one in await asked_about(erp, order)] == ["rejected", "withdrawn"]
    assert (await erp.order(order))["order"]["status"] == "rejected"


async def test_whoever_was_asked_by_an_attempt_that_died_is_not_left_asked(erp: Erp) -> None:
    await with_people(erp)
    await a_policy(erp, "TWO", level(1, "credit manager"), level(2, "accountant"))
    order, first = await a_held_order(erp)
    await asked_by_an_attempt_that_died(erp, first, "accountant")

    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    await erp.post(path, {"reason": "too late"}, by="sales clerk")

    assert [one["status"] for one in await asked_about(erp, order)] == ["withdrawn", "withdrawn"]


async def is_said(erp: Erp, approval: Any) -> None:
    """Wait until a decision is written down, which may be long before it is answered."""
    for _ in range(100):
        if (await erp.get(f"/v1/approvals/{approval['id']}"))["status"] != "open":
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nobody has decided")


async def asked_by_an_attempt_that_died(erp: Erp, first: Any, role: str) -> None:
    """Somebody was asked beside the first, and the process does not know of it."""
    process_id = first["process_id"]
    now = datetime.now(UTC)
    asked = ApprovalAsked(
        approval_id=uuid4(),
        matter=UUID(first["matter"]),
        subject="as before",
        role=role,
        requested_by=first["requested_by"],
        requested_at=now,
        remind_at=now + timedelta(days=1),
        **{name: first[name] for name in ("document", "party", "amount", "currency")},
    )
    ask = AskNextLevel(approval_id=asked.approval_id, matter=UUID(first["matter"]), number=1, role=role)
    caller = Caller(company=erp.company, actor=first["requested_by"], correlation_id="-")
    call = Call(key=str(uuid4()), caller=caller, process_id=process_id, asks=asked)
    await ask_next_level(call, ask)


async def test_a_role_to_which_is_escalated_later_is_not_deleted(erp: Erp) -> None:
    role = {"description": "Looks at it.", "permissions": ["*.read"]}
    for name in ("chief", "chief of chiefs"):
        assert (await erp.request("PUT", f"/v1/roles/{name}", role)).status_code == 200
    policy = await a_policy(
        erp,
        "TWO",
        level(1, "credit manager", escalate_to="chief"),
        level(2, "operator", escalate_to="chief of chiefs"),
    )
    order, _ = await a_held_order(erp)
    await erp.request(
        "PATCH", f"/v1/approval-policies/{policy['code']}", {"levels": [level(1, "viewer")]}, if_match="*"
    )

    for name in ("chief", "chief of chiefs"):
        refused = await erp.request("DELETE", f"/v1/roles/{name}", if_match="*")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/role-in-use"), name
        assert f"the approval of {order['order_number']}" in refused.json()["detail"]


async def test_nobody_decides_at_two_levels_in_the_own_name_or_for_another(erp: Erp) -> None:
    both = await hire(erp, "Bea Both", "credit manager", "finance director")
    deputy = await hire(erp, "Dora Deputy", "viewer")
    director = await hire(erp, "Fiona Finance", "finance director")
    await a_policy(erp, "TWO", level(1, "credit manager"), level(2, "finance director"))
    order, first = await a_held_order(erp)
    lent = {"role": "finance director", "valid_until": "2099-01-01T00:00:00Z", "to_actor": "Dora Deputy"}
    await erp.post("/v1/delegations", lent, by=both)
    assert await inbox(erp, both) == [order["order_number"]]

    await decide(erp, first, both)
    second = of_role(await asked_about(erp, order), "finance director")

    for who in (both, deputy):
        assert await inbox(erp, who) == []
        status, problem = await decide(erp, second, who)
        assert (status, problem["type"]) == (403, "/problems/decides-once")
    assert await inbox(erp, director) == [order["order_number"]]
    # The same decision of the same person again gets the same answer, also through the order.
    again = await erp.post(f"/v1/sales-orders/{order['order_id']}/approval", {"approved": True}, by=both)
    assert again["stage"] == "waiting for a credit decision"
    await erp.post("/v1/delegations", lent, by=director)
    assert await inbox(erp, deputy) == [order["order_number"]]
    status, decided = await decide(erp, second, deputy)
    assert (status, decided["on_behalf_of"]) == (200, "Fiona Finance")
    assert await erp.stage_of(order) == "waiting for shipment"


async def test_an_order_is_decided_by_its_path_at_the_level_that_is_the_callers(erp: Erp) -> None:
    people = await with_people(erp)
    await a_policy(erp, "AT-ONCE", level(1, "credit manager"), level(1, "accountant"), level(1, "operator"))
    order, _ = await a_held_order(erp, first="credit manager")
    await asked_at_once(erp, order, 3)
    path = f"/v1/sales-orders/{order['order_id']}/approval"

    for who in (people["operator"], people["accountant"], "credit manager"):
        await erp.post(path, {"approved": True}, by=who)

    assert await erp.stage_of(order) == "waiting for shipment"
    asked = await asked_about(erp, order)
    assert [one["decided_by"] for one in asked] == ["Clara Credit", "Alma Accountant", "Olga Operator"]


async def test_decisions_at_the_same_time_are_both_taken(erp: Erp) -> None:
    people = await with_people(erp)
    await a_policy(erp, "AT-ONCE", level(1, "credit manager"), level(1, "accountant"))
    order, _ = await a_held_order(erp, first="credit manager")
    asked = await asked_at_once(erp, order, 2)

    answers = await asyncio.gather(
        *(decide(erp, one, people[one["role"]]) for one in asked for _ in "12"),
    )

    assert [status for status, _ in answers] == [200] * 4
    assert await erp.stage_of(order) == "waiting for shipment"


async def test_an_order_that_is_cancelled_withdraws_every_level_that_was_asked(erp: Erp) -> None:
    await with_people(erp)
    await a_policy(erp, "CHAIN", *CHAIN)
    order, first = await a_held_order(erp)
    await decide(erp, first, "credit manager")

    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    await erp.post(path, {"reason": "too late"}, by="sales clerk")

    assert [(one["level"], one["status"], one["reason"]) for one in await asked_about(erp, order)] == [
        (1, "approved", "because"),
        (2, "withdrawn", "too late"),
        (2, "withdrawn", "too late"),
    ]


async def test_a_process_that_is_held_between_two_levels_goes_on_when_it_is_released(erp: Erp) -> None:
    people = await with_people(erp)
    await a_policy(erp, "TWO", level(1, "credit manager"), level(2, "operator"))
    order, first = await a_held_order(erp)
    await decide(erp, first, "credit manager")
    await erp.post(f"{first['process_link']}/hold", {"reason": "wait"}, by="administrator")
    second = of_role(await asked_about(erp, order), "operator")

    status, problem = await decide(erp, second, people["operator"])
    await erp.post(f"{first['process_link']}/release", {"reason": "go on"}, by="administrator")

    assert (status, problem["type"]) == (409, "/problems/process-held")
    assert (await decide(erp, second, people["operator"]))[0] == 200
    assert await erp.stage_of(order) == "waiting for shipment"


async def test_a_policy_that_is_changed_meanwhile_changes_nothing_of_what_was_asked(erp: Erp) -> None:
    people = await with_people(erp)
    policy = await a_policy(erp, "TWO", level(1, "credit manager"), level(2, "operator"))
    order, first = await a_held_order(erp)
    answer = await erp.request(
        "PATCH", f"/v1/approval-policies/{policy['code']}", {"levels": [level(1, "viewer")]}, if_match='"1"'
    )
    assert answer.status_code == 200

    await decide(erp, first, "credit manager")

    second = of_role(await asked_about(erp, order), "operator")
    assert (second["level"], second["policy_version"]) == (2, 1)
    assert (await decide(erp, second, people["operator"]))[0] == 200
    later, asked = await a_held_order(erp)
    assert (asked["role"], asked["policy_version"], later["status"]) == ("viewer", 2, "held")


async def test_a_smaller_order_is_below_the_band_and_is_asked_as_without_a_policy(erp: Erp) -> None:
    await a_policy(erp, "BIG", level(1, "accountant"), from_amount="1071.01")
    _, below = await a_held_order(erp)
    await a_policy(erp, "AS-BIG", level(1, "operator"), from_amount="1071.00")
    _, at = await a_held_order(erp)

    assert (below["role"], below["policy"], below["levels"], below["why"]) == (
        "credit manager",
        None,
        1,
        None,
    )
    assert (at["role"], at["policy"]) == ("operator", "AS-BIG")


async def test_several_decisions_at_once_take_one_level_of_each(erp: Erp) -> None:
    both = await hire(erp, "Bea Both", "credit manager", "operator")
    await a_policy(erp, "AT-ONCE", level(1, "credit manager"), level(1, "operator"))
    order, _ = await a_held_order(erp, first="credit manager")
    ids = [one["id"] for one in await asked_at_once(erp, order, 2)]

    answer = await erp.post("/v1/approvals/decisions", {"ids": ids, "approved": True}, by=both)

    assert sorted(item["outcome"] for item in answer["items"]) == ["decided", "refused"]
    assert await erp.stage_of(order) == "waiting for a credit decision"


STEPS = ["approval.find_levels", "approval.ask_next_level", "approval.decide", "approval.withdraw"]


@pytest.mark.parametrize("step", STEPS)
async def test_every_repeated_step_of_a_chain_happens_once(erp: Erp, faults: FaultySteps, step: str) -> None:
    people = await with_people(erp)
    await a_policy(erp, "CHAIN", level(1, "credit manager"), level(2, "accountant"), level(2, "operator"))
    faults.repeated.add((erp.company, step))
    order, first = await a_held_order(erp)
    await decide(erp, first, "credit manager")
    asked = await asked_at_once(erp, order, 3)

    await decide(erp, asked[1], people["accountant"], approved=False)

    assert faults.has_repeated(erp.company, step)
    after = await asked_about(erp, order)
    assert [one["status"] for one in after] == ["approved", "rejected", "withdrawn"]
    told = [(await erp.get(f"/v1/approvals/{one['id']}"))["timeline"] for one in after]
    assert [[event["what"] for event in timeline] for timeline in told] == [
        ["asked", "decided"],
        ["asked", "decided"],
        ["asked", "withdrawn"],
    ]
    assert (await erp.order(order))["order"]["status"] == "rejected"


async def test_an_order_for_which_no_policy_can_be_found_is_turned_back_and_asks_nobody(
    erp: Erp, faults: FaultySteps
) -> None:
    faults.refused[erp.company, "approval.find_levels"] = 1
    wanted = an_order(customer_code="BOB", lines=BIG)
    answer = await erp.request("POST", "/v1/sales-orders", wanted, by="sales clerk")

    assert answer.status_code == 422
    assert (await erp.get("/v1/approvals"))["items"] == []
    assert [one["status"] for one in (await erp.get("/v1/sales-orders"))["items"]] == ["cancelled"]

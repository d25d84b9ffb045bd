"""Approvals through the API: who sees them, who may decide, what a second decision is answered."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from api import approvals
from api.door import AskedRequest
from tests.erp import Erp, Refused
from tests.workflows.approving import NOBODYS, a_held_order, decide, for_days, hire, inbox


async def test_an_order_over_the_limit_is_in_the_inbox_of_who_may_decide_and_nowhere_else(erp: Erp) -> None:
    order, approval = await a_held_order(erp)
    number = order["order_number"]

    assert approval["subject"].startswith("credit: exposure 0.00 and this order 1,071.00 are over the limit")
    assert (approval["amount"], approval["currency"], approval["party"]) == ("1071.00", "EUR", "BOB")
    assert (approval["requested_by"], approval["role"], approval["status"]) == (
        "Sam Sales",
        "credit manager",
        "open",
    )
    assert approval["document_link"] == f"/v1/sales-orders/{order['order_id']}"
    assert (await erp.get(approval["process_link"]))["document"] == number
    assert await inbox(erp, "credit manager") == [number]
    for other in ("sales clerk", "warehouse", "accountant", "viewer"):
        assert await inbox(erp, other) == []
    status, decided = await decide(erp, approval, "credit manager")
    assert (status, decided["status"], decided["decided_by"]) == (200, "approved", "Clara Credit")
    assert await inbox(erp, "credit manager") == []
    assert await erp.stage_of(order) == "waiting for shipment"


async def test_a_process_that_waits_says_why_and_what_one_can_do(erp: Erp) -> None:
    order, approval = await a_held_order(erp)

    shown = await erp.process_of(order).query("progress")
    row = await erp.get(approval["process_link"])

    assert shown["why"] == row["why"] == approval["subject"]
    assert "whoever has the role credit manager" in shown["remedy"]
    assert "not by Sam Sales" in shown["remedy"]
    assert (row["waiting_on"], row["waiting_until"]) == ("credit manager", approval["remind_at"])
    await decide(erp, approval, "credit manager")
    assert (await erp.get(approval["process_link"]))["why"] is None


async def test_who_entered_an_order_decides_neither_himself_nor_for_another_nor_through_another(
    erp: Erp,
) -> None:
    _, approval = await a_held_order(erp, by="credit manager")
    colleague = await hire(erp, "Carl Credit", "credit manager")
    deputy = await hire(erp, "Dora Deputy", "sales clerk")
    # Another credit manager lets Clara decide for him, and Clara lets Dora decide for her.
    await erp.post("/v1/delegations", for_days(1, to_actor="Clara Credit"), by=colleague)
    await erp.post("/v1/delegations", for_days(1, to_actor="Dora Deputy"), by="credit manager")

    for who in ("credit manager", deputy):
        status, problem = await decide(erp, approval, who)
        assert (status, problem["type"]) == (403, "/problems/four-eyes")
        assert await inbox(erp, who) == []

    # Once Carl lets Dora decide for him as well, she may.
    await erp.post("/v1/delegations", for_days(1, to_actor="Dora Deputy"), by=colleague)
    assert await inbox(erp, deputy) == [approval["document"]]
    status, decided = await decide(erp, approval, deputy)
    assert (status, decided["decided_by"], decided["on_behalf_of"]) == (200, "Dora Deputy", "Carl Credit")


async def test_a_delegation_counts_while_it_runs_and_is_not_passed_on(erp: Erp) -> None:
    order, approval = await a_held_order(erp)
    deputy = await hire(erp, "Dora Deputy", "warehouse")
    third = await hire(erp, "Theo Third", "warehouse")
    later = datetime.now(UTC) + timedelta(hours=1)
    for when in (for_days(1, valid_from=later.isoformat()), for_days(1)):
        granted = await erp.post("/v1/delegations", {**when, "to_actor": "Dora Deputy"}, by="credit manager")
    soon_over = datetime.now(UTC) + timedelta(seconds=0.8)
    await erp.post(
        "/v1/delegations",
        for_days(1, to_actor="Theo Third", valid_until=soon_over.isoformat()),
        by="credit manager",
    )

    assert await inbox(erp, deputy) == await inbox(erp, third) == [order["order_number"]]
    with pytest.raises(Refused, match="not-yours-to-delegate"):
        await erp.post("/v1/delegations", for_days(1, to_actor="Walt Warehouse"), by=deputy)
    await asyncio.sleep(1)
    revoked = await erp.post(f"/v1/delegations/{granted['id']}/revocation", by="credit manager")

    assert (revoked["is_running"], revoked["revoked_by"]) == (False, "Clara Credit")
    for who in (deputy, third):
        assert await inbox(erp, who) == []
        status, problem = await decide(erp, approval, who)
        assert (status, problem["type"]) == (403, "/problems/may-not-decide")
    running = await erp.get("/v1/delegations", only_running=True)
    assert running["items"] == []


async def test_only_an_administrator_delegates_for_others_and_only_what_they_have(erp: Erp) -> None:
    body = for_days(1, from_actor="Clara Credit", to_actor="Sam Sales")

    for wrong, says in (
        (body, "only Clara Credit or an administrator"),
        (for_days(1, to_actor="Sam Sales"), "somebody else must stand in"),
        (for_days(1, to_actor="Nobody Known"), "nobody in this company is called Nobody Known"),
        (for_days(-1, to_actor="Clara Credit"), "would end before it begins"),
        (for_days(1, to_actor="Clara Credit"), "Sam Sales does not have the role"),
        (for_days(1, to_actor="Clara Credit") | {"role": "king"}, "unknown role king"),
    ):
        with pytest.raises(Refused, match=says):
            await erp.post("/v1/delegations", wrong, by="sales clerk")

    granted = await erp.post("/v1/delegations", body)
    with pytest.raises(Refused, match="only Clara Credit or an administrator"):
        await erp.post(f"/v1/delegations/{granted['id']}/revocation", by="sales clerk")
    for _ in "12":
        await erp.post(f"/v1/delegations/{granted['id']}/revocation", by="credit manager")


async def test_a_second_decision_is_content_only_if_it_is_the_same_by_the_same_person(erp: Erp) -> None:
    order, approval = await a_held_order(erp)

    first = await decide(erp, approval, "credit manager", key="a key")
    assert await decide(erp, approval, "credit manager", key="a key") == first
    assert await decide(erp, approval, "credit manager", key="another key") == first
    through_the_order = await erp.post(
        f"/v1/sales-orders/{order['order_id']}/approval", {"approved": True}, by="credit manager"
    )
    assert through_the_order["stage"] == "waiting for shipment"

    for who, approved in (("credit manager", False), ("administrator", True)):
        status, problem = await decide(erp, approval, who, approved=approved)
        assert (status, problem["type"]) == (409, "/problems/decided-already")
        assert problem["detail"].startswith("decided already by Clara Credit on ")
    story = await erp.get(f"/v1/approvals/{approval['id']}")
    assert [(event["what"], event["by"]) for event in story["timeline"]] == [
        ("asked", "Sam Sales"),
        ("decided", "Clara Credit"),
    ]


async def test_of_many_decisions_at_the_same_time_one_counts(erp: Erp) -> None:
    _, approval = await a_held_order(erp)
    managers = [await hire(erp, f"Manager {number}", "credit manager") for number in range(4)]

    answers = await asyncio.gather(
        *(
            decide(erp, approval, who, approved=number % 2 == 0)
            for number, who in enumerate(managers)
            for _ in "12"
        )
    )

    counted = {answer["decided_by"] for status, answer in answers if status == 200}
    refused = [answer["type"] for status, answer in answers if status != 200]
    assert len(counted) == 1
    assert set(refused) <= {"/problems/decided-already", "/problems/process-ended"}
    assert len(refused) == 6
    story = await erp.get(f"/v1/approvals/{approval['id']}")
    assert [event["what"] for event in story["timeline"]] == ["asked", "decided"]


async def test_a_rejection_takes_the_order_back_and_the_same_again_is_content_when_it_is_over(
    erp: Erp,
) -> None:
    order, approval = await a_held_order(erp)

    first = await decide(erp, approval, "credit manager", approved=False)
    again = await decide(erp, approval, "credit manager", approved=False)

    assert first == again
    assert (first[0], first[1]["status"]) == (200, "rejected")
    seen = await erp.order(order)
    assert (seen["order"]["status"], seen["process"]["outcome"]) == ("rejected", "cancelled")


async def test_an_order_that_is_cancelled_withdraws_what_it_asked(erp: Erp) -> None:
    order, approval = await a_held_order(erp)

    await erp.post(
        f"/v1/sales-orders/{order['order_id']}/cancellation", {"reason": "too late"}, by="sales clerk"
    )

    assert await inbox(erp, "credit manager") == []
    status, problem = await decide(erp, approval, "credit manager")
    assert (status, problem["type"]) == (409, "/problems/nothing-to-decide")
    story = await erp.get(f"/v1/approvals/{approval['id']}")
    assert (story["status"], story["reason"]) == ("withdrawn", "too late")
    assert [event["what"] for event in story["timeline"]] == ["asked", "withdrawn"]


async def test_an_order_that_asks_nobody_has_nothing_to_decide(erp: Erp) -> None:
    order = await erp.place()

    refused = await erp.request("POST", f"/v1/sales-orders/{order['order_id']}/approval", {"approved": True})
    unknown = await erp.request("POST", f"/v1/sales-orders/{NOBODYS}/approval", {"approved": True})

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/nothing-to-decide")
    assert unknown.status_code == 404


async def test_several_are_decided_at_once_each_with_an_outcome_of_its_own(erp: Erp) -> None:
    orders = [await a_held_order(erp) for _ in range(2)] + [await a_held_order(erp, by="credit manager")]
    ids = [approval["id"] for _, approval in orders]

    answer = await erp.post(
        "/v1/approvals/decisions", {"ids": [*ids, NOBODYS], "approved": True}, by="credit manager"
    )

    assert [item["outcome"] for item in answer["items"]] == ["decided", "decided", "refused", "refused"]
    assert "Clara Credit asked for this" in answer["items"][2]["detail"]
    stages = [await erp.stage_of(order) for order, _ in orders]
    assert stages[2] == "waiting for a credit decision"
    assert "waiting for a credit decision" not in stages[:2]


async def test_a_process_that_is_held_takes_no_decision(erp: Erp) -> None:
    _, approval = await a_held_order(erp)
    path = approval["process_link"]

    await erp.post(f"{path}/hold", {"reason": "wait"}, by="operator")
    status, problem = await decide(erp, approval, "credit manager")
    await erp.post(f"{path}/release", {"reason": "go on"}, by="operator")

    assert (status, problem["type"]) == (409, "/problems/process-held")
    assert (await decide(erp, approval, "credit manager"))[0] == 200


async def test_the_list_is_filtered_and_paged(erp: Erp) -> None:
    numbers = [(await a_held_order(erp))[0]["order_number"] for _ in range(3)]

    first = await erp.get("/v1/approvals", role="credit manager", status="open", limit=2)
    rest = await erp.get(
        "/v1/approvals", role="credit manager", status="open", limit=2, cursor=first["next_cursor"]
    )

    assert [one["document"] for one in first["items"] + rest["items"]] == numbers
    assert rest["next_cursor"] is None
    assert (await erp.get("/v1/approvals", role="warehouse"))["items"] == []
    assert (await erp.get("/v1/approvals", status="approved"))["items"] == []


async def test_a_decision_that_comes_again_while_the_first_is_being_written_is_the_same(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first got no answer: the second finds the approval open, and then a voice in it, its own."""
    _, approval = await a_held_order(erp)
    look = approvals._existing  # What is read before the first has been written down.

    async def as_it_was(asked: AskedRequest, approval_id: UUID) -> Any:
        now = await look(asked, approval_id)
        return SimpleNamespace(**now._asdict() | {"status": "open", "decided_by": None})

    first = await decide(erp, approval, "credit manager")
    monkeypatch.setattr(approvals, "_existing", as_it_was)
    again = await decide(erp, approval, "credit manager")
    otherwise, problem = await decide(erp, approval, "credit manager", approved=False)

    assert (first[0], again[0]) == (200, 200)
    assert (otherwise, problem["type"]) == (409, "/problems/decided-already")

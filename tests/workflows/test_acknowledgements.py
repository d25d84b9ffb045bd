"""What suppliers answer to orders: taken where it is tolerated, decided about by a person where it is not."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from foundation.database.connections import database
from tests.builders.purchase_orders import (
    ANSWERS,
    PATH,
    SUPPLIER,
    TOLERANCE,
    TOLERANCES,
    a_purchase_order,
    acknowledged,
    billed,
    decided,
    of_line,
    receive,
)
from tests.checked import violations, violations_at_rest
from tests.erp import Erp
from tests.workflows.approving import a_policy, level

REPORT = "/v1/reports/overdue-purchase-orders"


async def ordered(erp: Erp, **more: Any) -> Any:
    """Ten apples at 4.00 and five pears at 3.00, with 5 per cent of the price tolerated."""
    await erp.post("/v1/suppliers", SUPPLIER)
    await erp.post(TOLERANCES, TOLERANCE | {"price_percent": "5"})
    return await erp.post(PATH, a_purchase_order(**more))


async def order_now(erp: Erp, order: Any) -> Any:
    """The order as it stands."""
    return await erp.get(f"{PATH}/{order['order_id']}")


async def refused(erp: Erp, path: str, body: Any, **more: Any) -> tuple[int, str, list[str]]:
    """What a request is refused for."""
    answer = await erp.request("POST", path, body, **more)
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem["type"].rpartition("/")[2], fields


async def test_an_answer_as_it_was_ordered_is_agreed_and_says_when_each_line_comes(erp: Erp) -> None:
    order = await ordered(erp)
    later = [{"line_number": 2, "promised_on": "2026-04-01"}]

    answer = await acknowledged(erp, order, lines=later)

    assert (answer["status"], answer["version"], answer["supplier_number"]) == ("agreed", 1, "AB 7")
    now = await order_now(erp, order)
    assert [line["promised_on"] for line in now["lines"]] == ["2026-03-12", "2026-04-01"]
    assert (await erp.get(ANSWERS, order_id=order["order_id"]))["items"][0]["status"] == "agreed"
    assert await violations(erp.company) == []


@pytest.mark.parametrize(("price", "status"), [("4.20", "agreed"), ("3.80", "agreed"), ("4.21", "waiting")])
async def test_a_price_within_what_is_tolerated_leaves_the_order_as_it_is(
    erp: Erp, price: str, status: str
) -> None:
    order = await ordered(erp)

    answer = await acknowledged(erp, order, (1, price))

    assert answer["status"] == status
    assert (await order_now(erp, order))["total_amount"] == order["total_amount"]
    if status == "agreed":
        await receive(erp, order)
        net = {"4.20": "49.98", "3.80": "45.22"}[price]
        await billed(erp, order, "1", net, lines=of_line(1, "10", price))
    assert await violations(erp.company) == []


async def test_prices_that_are_accepted_hold_and_the_supplier_is_told(erp: Erp) -> None:
    order = await ordered(erp)
    answer = await acknowledged(erp, order, (1, "4.50"), (2, "3.03"))
    assert [line["is_tolerated"] for line in answer["lines"]] == [False, True]

    accepted = await decided(erp, answer, "acceptance")

    assert (accepted["status"], accepted["reason"], accepted["decided_on"]) == (
        "accepted",
        "so we agreed",
        "2026-03-04",
    )
    now = await order_now(erp, order)
    assert [line["unit_price"] for line in now["lines"]] == ["4.50", "3.00"]
    versions = await erp.get(f"{PATH}/{order['order_id']}/versions")
    assert [change["unit_price"] for change in versions[-1]["changes"]] == ["4.50"]
    for how in ("acceptance", "refusal"):
        body = {"reason": "again", "decided_on": "2026-03-05"}
        path = f"{ANSWERS}/{answer['acknowledgement_id']}/{how}"
        assert await refused(erp, path, body) == (409, "not-waiting", [])
    assert len(await erp.get(f"{PATH}/{order['order_id']}/versions")) == 2
    await erp.at_rest()
    assert not await violations_at_rest(erp.company)


async def test_an_acceptance_that_is_sent_again_is_answered_as_before(erp: Erp) -> None:
    order = await ordered(erp)
    answer = await acknowledged(erp, order, (1, "4.50"))

    both = [await decided(erp, answer, "acceptance", key="once") for _ in range(2)]

    assert both[0] == both[1]
    assert len(await erp.get(f"{PATH}/{order['order_id']}/versions")) == 2


async def test_an_answer_that_is_refused_counts_for_nothing(erp: Erp) -> None:
    order = await ordered(erp)
    await acknowledged(erp, order)
    later = await acknowledged(erp, order, (1, "9.00"), promised_on="2026-05-01")
    assert (await order_now(erp, order))["lines"][0]["promised_on"] == "2026-05-01"

    assert (await decided(erp, later, "refusal"))["status"] == "refused"

    now = await order_now(erp, order)
    assert (now["lines"][0]["promised_on"], now["lines"][0]["unit_price"]) == ("2026-03-12", "4.00")
    assert await violations(erp.company) == []


async def test_an_answer_and_its_refusal_that_are_sent_again_are_written_once(erp: Erp) -> None:
    order = await ordered(erp)

    said = [await acknowledged(erp, order, (1, "9.00"), key="one") for _ in range(2)]
    refusals = [await decided(erp, said[0], "refusal", key="two") for _ in range(2)]

    assert (said[0]["acknowledgement_id"], refusals[0]) == (said[1]["acknowledgement_id"], refusals[1])
    async with database().read(erp.company) as tx:
        done = text("SELECT name FROM foundation.operation WHERE name LIKE '%acknowledgement' ORDER BY name")
        assert await tx.scalars(done) == [
            "procurement.record_acknowledgement",
            "procurement.refuse_acknowledgement",
        ]


async def test_a_newer_answer_supersedes_one_that_waits(erp: Erp) -> None:
    order = await ordered(erp)
    waiting = await acknowledged(erp, order, (1, "9.00"))

    await acknowledged(erp, order)

    body = {"reason": "too late", "decided_on": "2026-03-05"}
    for how in ("acceptance", "refusal"):
        path = f"{ANSWERS}/{waiting['acknowledgement_id']}/{how}"
        assert await refused(erp, path, body) == (409, "not-waiting", [])
    found = (await erp.get(ANSWERS, order_id=order["order_id"]))["items"]
    assert sorted(one["status"] for one in found) == ["agreed", "superseded"]
    assert (await order_now(erp, order))["lines"][0]["unit_price"] == "4.00"
    assert await violations(erp.company) == []


async def test_of_two_who_decide_at_once_one_does(erp: Erp) -> None:
    order = await ordered(erp)
    answer = await acknowledged(erp, order, (1, "9.00"))
    path = f"{ANSWERS}/{answer['acknowledgement_id']}"
    body = {"reason": "now", "decided_on": "2026-03-05"}

    both = await asyncio.gather(
        *(erp.request("POST", f"{path}/{how}", body) for how in ("acceptance", "refusal"))
    )

    assert sorted(one.status_code for one in both) == [201, 409]
    assert await violations(erp.company) == []


async def test_more_than_people_have_said_yes_to_is_not_accepted(erp: Erp) -> None:
    await a_policy(erp, "DEAR", level(1, "buyer"), kind="purchase_order", from_amount="100.00")
    order = await ordered(erp)
    answer = await acknowledged(erp, order, (1, "40.00"))
    path = f"{ANSWERS}/{answer['acknowledgement_id']}/acceptance"

    status, kind, _ = await refused(erp, path, {"reason": "so", "decided_on": "2026-03-04"})

    assert (status, kind) == (409, "beyond-approval")
    assert (await erp.get(f"{ANSWERS}/{answer['acknowledgement_id']}"))["status"] == "waiting"
    assert await violations(erp.company) == []


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        ({"lines": [{"line_number": 7}]}, 422, ["lines.0.line_number"]),
        ({"lines": [{"line_number": 1}, {"line_number": 1}]}, 422, ["lines.1.line_number"]),
        ({"promised_on": "2026-03-01"}, 422, ["promised_on"]),
        ({"lines": [{"line_number": 1, "promised_on": "2026-03-01"}]}, 422, ["lines.0.promised_on"]),
        ({"lines": [{"line_number": 1, "unit_price": "-1"}]}, 422, ["lines.0.unit_price"]),
        ({"lines": [{"line_number": 1, "discount_percent": "5"}]}, 422, ["lines.0.discount_percent"]),
        ({"acknowledged_on": "2026-03-01"}, 422, ["acknowledged_on"]),
        ({"acknowledged_on": "2126-03-01"}, 422, ["acknowledged_on"]),
    ],
)
async def test_an_answer_that_makes_no_sense_is_refused_at_its_field_and_changes_nothing(
    erp: Erp, body: dict[str, Any], status: int, fields: list[str]
) -> None:
    order = await ordered(erp)

    found = await refused(
        erp, f"{PATH}/{order['order_id']}/acknowledgement", {"acknowledged_on": "2026-03-03"} | body
    )

    assert (found[0], found[2]) == (status, fields)
    assert (await erp.get(ANSWERS))["items"] == []


@pytest.mark.parametrize("before", ["cancellation", "receipts"])
async def test_an_order_that_is_over_is_not_acknowledged(erp: Erp, before: str) -> None:
    order = await ordered(erp)
    if before == "receipts":
        await receive(erp, order)
    else:
        await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})

    found = await refused(erp, f"{PATH}/{order['order_id']}/acknowledgement", {})

    assert found == (409, "nothing-to-acknowledge", [])


async def test_nor_is_one_of_which_its_supplier_was_not_told(erp: Erp) -> None:
    await a_policy(erp, "ORDERS", level(1, "buyer"), kind="purchase_order")
    order = await ordered(erp)

    found = await refused(erp, f"{PATH}/{order['order_id']}/acknowledgement", {})

    assert found == (409, "nothing-to-acknowledge", [])


async def test_a_decision_is_not_of_before_the_answer(erp: Erp) -> None:
    order = await ordered(erp)
    answer = await acknowledged(erp, order, (1, "9.00"))
    path = f"{ANSWERS}/{answer['acknowledgement_id']}/refusal"

    found = await refused(erp, path, {"reason": "no", "decided_on": "2026-03-02"})

    assert found == (422, "too-early", ["decided_on"])


async def test_who_only_enters_invoices_neither_acknowledges_nor_decides(erp: Erp) -> None:
    order = await ordered(erp)
    answer = await acknowledged(erp, order, (1, "9.00"))

    for path in (
        f"{PATH}/{order['order_id']}/acknowledgement",
        f"{ANSWERS}/{answer['acknowledgement_id']}/acceptance",
        f"{ANSWERS}/{answer['acknowledgement_id']}/refusal",
    ):
        assert (await refused(erp, path, {"reason": "so"}, by="accountant"))[0] == 403


async def test_a_dry_run_says_what_would_become_of_an_answer(erp: Erp) -> None:
    order = await ordered(erp)
    path = f"{PATH}/{order['order_id']}/acknowledgement?dry_run=true"
    dearer = {"acknowledged_on": "2026-03-03", "lines": [{"line_number": 1, "unit_price": "9.00"}]}

    answer = await erp.request("POST", path, dearer)

    assert (answer.status_code, answer.json()["status"]) == (200, "waiting")
    assert (await erp.get(ANSWERS))["items"] == []


async def test_what_was_promised_and_has_not_come_is_overdue(erp: Erp) -> None:
    order = await ordered(erp)
    unacknowledged = await erp.get(PATH, only_unacknowledged=True)
    assert [one["order_id"] for one in unacknowledged["items"]] == [order["order_id"]]
    assert [
        (one["line_number"], one["due_on"], one["days"]) for one in await erp.get(REPORT, due_to="2026-03-10")
    ] == [
        (1, "2026-03-10", 1),
        (2, "2026-03-10", 1),
    ]

    await acknowledged(erp, order, lines=[{"line_number": 2, "promised_on": "2026-04-01"}])
    await receive(erp, order, (1, "4"))

    assert (await erp.get(PATH, only_unacknowledged=True))["items"] == []
    assert await erp.get(REPORT, due_to="2026-03-11") == []
    (late,) = await erp.get(REPORT, due_to="2026-03-19")
    assert (late["line_number"], late["open_quantity"], late["promised_on"], late["days"]) == (
        1,
        "6",
        "2026-03-12",
        8,
    )
    assert len(await erp.get(REPORT, due_to="2026-04-01")) == 2
    await erp.post(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})
    assert await erp.get(REPORT, due_to="2026-04-01") == []

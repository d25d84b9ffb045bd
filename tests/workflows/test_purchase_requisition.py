"""From what somebody needs to the orders for it: found, committed, approved, ordered; or given back."""

import asyncio
from typing import Any

import pytest

from tests.builders.budgets import COST_CENTRES, of_budget
from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import receive
from tests.builders.requisitions import (
    PATH,
    a_policy,
    a_requisition,
    cancel,
    decide,
    entered,
    line,
    process_of,
    ready,
    until,
)
from tests.builders.supplier_items import changed
from tests.days import TODAY
from tests.erp import Erp
from tests.workflows.approving import asked_at_once


async def test_without_a_policy_it_is_ordered_at_once_and_the_order_has_what_it_committed(erp: Erp) -> None:
    await ready(erp)

    requisition = await entered(erp, line(quantity="8"))

    ordered = await until(erp, requisition, "ordered")
    (only,) = ordered["lines"]
    assert [only[name] for name in ("order_quantity", "unit_price", "found_by", "base_amount")] == [
        "10",
        "4.00",
        "preferred",
        "40.00",
    ]
    order = await erp.get(f"{ORDERS}/{only['order_id']}")
    assert (order["supplier_code"], order["ordered_on"], order["expected_on"]) == (
        "GROVE",
        "2026-03-02",
        "2026-03-20",
    )
    assert [(one["item_code"], one["quantity"], one["unit_price"]) for one in order["lines"]] == [
        ("APPLE", "10", "4.00")
    ]
    assert await of_budget(erp) == ("40.00", "60.00")
    rows = (await erp.get("/v1/budget-commitments"))["items"]
    assert [(row["document_type"], row["amount"]) for row in reversed(rows)] == [
        ("purchase_requisition", "40.00"),
        ("purchase_requisition", "-40.00"),
        ("purchase_order", "40.00"),
    ]
    process = await process_of(erp, requisition)
    assert (process["stage"], process["outcome"]) == ("ordered", "closed")


async def test_each_supplier_is_sent_one_order(erp: Erp) -> None:
    await ready(erp, "200.00")

    requisition = await entered(
        erp, line(), line("PEAR", wanted_on="2026-03-10"), line(quantity="5", wanted_on="2026-03-04")
    )

    lines = (await until(erp, requisition, "ordered"))["lines"]
    orders = {order["supplier_code"]: order for order in (await erp.get(ORDERS))["items"]}
    assert {code: order["expected_on"] for code, order in orders.items()} == {
        "GROVE": "2026-03-04",
        "PLANTATION": "2026-03-10",
    }
    numbers = [orders[code]["order_number"] for code in ("GROVE", "PLANTATION", "GROVE")]
    assert [one["order_number"] for one in lines] == numbers
    assert [one["base_amount"] for one in lines] == ["40.00", "30.00", "20.00"]
    assert await of_budget(erp) == ("90.00", "110.00")


async def test_fifty_at_once_at_sixty_per_cent_of_a_budget_one_passes(erp: Erp) -> None:
    await ready(erp)

    asked = [erp.request("POST", PATH, a_requisition(line(quantity="15"))) for _ in range(50)]
    answers = await asyncio.gather(*asked)

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    kinds = {answer.json()["type"] for answer in answers if answer.status_code == 409}
    assert kinds == {"/problems/budget-exceeded"}
    (one,) = (await erp.get(PATH))["items"]
    await until(erp, one, "ordered")
    assert await of_budget(erp) == ("60.00", "40.00")


async def test_whoever_the_policy_names_says_yes(erp: Erp) -> None:
    await ready(erp)
    await a_policy(erp, "accountant", "credit manager", from_amount="40.00")

    small = await entered(erp, line(quantity="5"))
    large = await entered(erp, line(quantity="10"), by="administrator")

    await until(erp, small, "ordered")
    waits = await until(erp, large, "submitted")
    assert await of_budget(erp) == ("60.00", "40.00"), "what waits is committed"
    assert (await process_of(erp, large))["waiting_on"] == "accountant"
    await decide(erp, waits, by="accountant")
    await decide(erp, waits, by="credit manager")
    ordered = await until(erp, large, "ordered")
    assert ordered["ordered_on"] >= "2026-03-02"
    assert await of_budget(erp) == ("60.00", "40.00")


async def test_a_policy_of_a_category_and_a_cost_centre_counts_for_them_alone(erp: Erp) -> None:
    await ready(erp)
    await a_policy(erp, "accountant", category="materials", cost_centre="SHOP")

    other = await entered(erp, line(quantity="5"), category="tools")
    none = await entered(erp, line(quantity="5", cost_centre=None), category="materials")
    asked = await entered(erp, line(quantity="5"), category="materials")

    assert [(await until(erp, one, "ordered"))["cost_centre"] for one in (other, none)] == ["SHOP", ""]
    assert (await until(erp, asked, "submitted"))["category"] == "materials"


async def test_who_has_asked_does_not_approve(erp: Erp) -> None:
    await ready(erp)
    await a_policy(erp, "accountant")
    requisition = await entered(erp, by="administrator")
    await until(erp, requisition, "submitted")

    path = f"{PATH}/{requisition['requisition_id']}/approval"
    answer = await erp.request("POST", path, {"approved": True})

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/four-eyes")


@pytest.mark.parametrize("level", [1, 2])
async def test_the_first_no_gives_the_budget_back(erp: Erp, level: int) -> None:
    await ready(erp)
    await a_policy(erp, "accountant", "credit manager")
    requisition = await entered(erp)
    await until(erp, requisition, "submitted")
    if level == 2:
        await decide(erp, requisition, by="accountant")

    by = "accountant" if level == 1 else "credit manager"
    rejected = await decide(erp, requisition, by=by, approved=False)

    assert rejected["status"] == "rejected"
    assert "has said no: because" in rejected["why_ended"]
    assert await of_budget(erp) == ("0.00", "100.00")
    assert (await erp.get(ORDERS))["items"] == []
    process = await process_of(erp, requisition)
    assert (process["stage"], process["outcome"]) == ("rejected", "rejected")


async def test_cancelled_while_it_waits_it_gives_the_budget_back(erp: Erp) -> None:
    await ready(erp)
    await a_policy(erp, "accountant")
    requisition = await entered(erp)
    await until(erp, requisition, "submitted")

    answer = await cancel(erp, requisition)

    assert (answer["stage"], answer["outcome"]) == ("cancelled", "cancelled")
    now = await until(erp, requisition, "cancelled")
    assert now["why_ended"] == "no need"
    assert await of_budget(erp) == ("0.00", "100.00")
    (approval,) = (await erp.get("/v1/approvals", document=requisition["requisition_number"]))["items"]
    assert approval["status"] == "withdrawn"


async def test_who_only_asks_cancels_what_is_their_own(erp: Erp) -> None:
    await ready(erp)
    await a_policy(erp, "accountant")
    free = line(quantity="5", wanted_on=str(TODAY), cost_centre="FREE")
    await erp.post(COST_CENTRES, {"code": "FREE", "name": "Free"})
    other = await entered(erp, line(quantity="5"))
    own, bought = [await entered(erp, free, by="warehouse", requested_on=None) for _ in range(2)]
    for one in (other, own, bought):
        await until(erp, one, "submitted")

    path = f"{PATH}/{other['requisition_id']}/cancellation"
    answer = await erp.request("POST", path, {"reason": "no need"}, by="warehouse")
    await cancel(erp, own, by="warehouse")
    await cancel(erp, bought)

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-your-requisition")
    assert "Walt Warehouse" not in answer.json()["detail"]
    statuses = [(await erp.get(f"{PATH}/{one['requisition_id']}"))["status"] for one in (other, own, bought)]
    assert statuses == ["submitted", "cancelled", "cancelled"]


async def test_what_is_ordered_is_cancelled_by_its_orders(erp: Erp) -> None:
    await ready(erp)
    requisition = await entered(erp)
    (ordered,) = (await until(erp, requisition, "ordered"))["lines"]

    path = f"{PATH}/{requisition['requisition_id']}/cancellation"
    answer = await erp.request("POST", path, {"reason": "no need"})
    await erp.post(f"{ORDERS}/{ordered['order_id']}/cancellation", {"reason": "no need"})

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/process-ended")
    assert await of_budget(erp) == ("0.00", "100.00")


async def test_the_rest_of_an_order_that_is_cancelled_gives_its_share_back(erp: Erp) -> None:
    await ready(erp)
    (ordered,) = (await until(erp, await entered(erp), "ordered"))["lines"]
    order = await erp.get(f"{ORDERS}/{ordered['order_id']}")
    first = await receive(erp, order, (1, "3"))
    await receive(erp, order, (1, "4"))
    assert await of_budget(erp) == ("40.00", "60.00")

    await erp.post(f"{ORDERS}/{ordered['order_id']}/cancellation", {"reason": "enough"})
    after_rest = await of_budget(erp)
    back = {"reversed_on": "2026-03-12", "reason": "counted twice"}
    await erp.post(f"/v1/stock-receipts/{first['receipt_id']}/reversal", back)

    assert after_rest == ("28.00", "72.00")
    assert await of_budget(erp) == ("16.00", "84.00")


async def test_what_cannot_be_ordered_any_more_gives_its_budget_back_and_says_why(erp: Erp) -> None:
    await ready(erp)
    await a_policy(erp, "accountant")
    requisition = await entered(erp, line(), line("PEAR"))
    await until(erp, requisition, "submitted")
    await erp.request("PATCH", "/v1/suppliers/GROVE", {"blocked": True}, if_match="*")

    await decide(erp, requisition, by="accountant")

    ordered = await until(erp, requisition, "ordered")
    apples, pears = ordered["lines"]
    assert (apples["order_number"], pears["why_not_ordered"]) == (None, "")
    assert "Grove is blocked" in apples["why_not_ordered"]
    assert pears["order_number"] is not None
    assert await of_budget(erp) == ("30.00", "70.00")
    process = await process_of(erp, requisition)
    assert (process["outcome"], "Grove is blocked" in process["why"]) == ("closed", True)


async def test_a_policy_for_orders_asks_once_more_and_a_no_gives_the_budget_back(erp: Erp) -> None:
    await ready(erp)
    await a_policy(erp, "accountant", code="PO", kind="purchase_order")
    (ordered,) = (await until(erp, await entered(erp), "ordered"))["lines"]
    (approval,) = await asked_at_once(erp, ordered, 1)
    assert await of_budget(erp) == ("40.00", "60.00")

    decision = {"approved": False, "reason": "not now"}
    await erp.post(f"/v1/approvals/{approval['id']}/decision", decision, by="accountant")

    assert (await erp.get(f"{ORDERS}/{ordered['order_id']}"))["status"] == "cancelled"
    assert await of_budget(erp) == ("0.00", "100.00")


async def test_when_no_order_is_taken_it_is_cancelled(erp: Erp) -> None:
    await ready(erp)
    await a_policy(erp, "accountant")
    requisition = await entered(erp)
    await until(erp, requisition, "submitted")
    await erp.request("PATCH", "/v1/suppliers/GROVE", {"blocked": True}, if_match="*")

    await decide(erp, requisition, by="accountant")

    now = await until(erp, requisition, "cancelled")
    assert "Grove is blocked" in now["why_ended"]
    assert await of_budget(erp) == ("0.00", "100.00")
    assert (await process_of(erp, requisition))["outcome"] == "cancelled"


async def test_what_is_asked_for_on_a_day_that_has_passed_is_committed_today(erp: Erp) -> None:
    await ready(erp)
    first = await until(erp, await entered(erp, line(quantity="25"), requested_on="2026-03-02"), "ordered")
    await erp.post(f"{ORDERS}/{first['lines'][0]['order_id']}/cancellation", {"reason": "no need"})
    await until(erp, await entered(erp, line(quantity="25"), requested_on="2026-02-02"), "ordered")

    rows = (await erp.get("/v1/budget-commitments"))["items"]

    assert await of_budget(erp) == ("100.00", "0.00")
    assert await of_budget(erp, as_of="2026-03-02") == ("0.00", "100.00")
    assert min(row["committed_on"] for row in rows) >= str(TODAY)


async def test_two_lines_of_an_item_are_raised_to_its_minimum_once(erp: Erp) -> None:
    await ready(erp)
    await changed(erp, "GROVE/APPLE", minimum_quantity="20")
    await erp.post(COST_CENTRES, {"code": "SALES", "name": "Sales"})
    other = line(quantity="8", cost_centre="SALES", supplier_code="GROVE")

    lines = (await entered(erp, line(quantity="4"), other))["lines"]

    assert [(one["cost_centre"], one["order_quantity"]) for one in lines] == [("SHOP", "4"), ("SALES", "16")]
    assert [one["base_amount"] for one in lines] == ["16.00", "64.00"]


async def test_another_price_by_the_time_of_the_yes_is_not_ordered_and_says_so(erp: Erp) -> None:
    await ready(erp)
    await a_policy(erp, "accountant")
    requisition = await entered(erp, line(), line("PEAR", "1"))
    await until(erp, requisition, "submitted")
    await changed(erp, "GROVE/APPLE", unit_price="5.00")

    await decide(erp, requisition, by="accountant")

    apples, pears = (await until(erp, requisition, "ordered"))["lines"]
    assert "GROVE/APPLE costs 5 EUR, and was asked for at 4 EUR" in apples["why_not_ordered"]
    assert (apples["order_id"], pears["why_not_ordered"]) == (None, "")
    assert await of_budget(erp) == ("3.00", "97.00")


async def test_requisitions_that_stay_below_a_band_together_are_reported(erp: Erp) -> None:
    await ready(erp, "1000.00")
    await erp.post(COST_CENTRES, {"code": "SALES", "name": "Sales"})
    await a_policy(erp, "accountant", code="ALL", from_amount="60.00")
    await a_policy(erp, "accountant", code="SALES", from_amount="40.00", cost_centre="SALES")
    half = line(quantity="5", cost_centre="SALES", wanted_on="2026-06-01")
    days = ("2026-02-01", "2026-03-01", "2026-03-02", "2026-05-01")
    asked = [await entered(erp, line(quantity="5"), half, requested_on=on) for on in days[:2]]
    asked += [await entered(erp, half, requested_on=on) for on in days[2:]]

    async def found(**more: Any) -> list[tuple[str, str, int, str]]:
        period = {"from": "2026-03-01", "to": "2026-05-31"} | more
        rows = await erp.get("/v1/reports/split-purchase-requisitions", **period)
        return [
            (row["policy"], row["requisition_number"], row["requisitions"], row["together_amount"])
            for row in rows
        ]

    numbers = [one["requisition_number"] for one in asked]
    assert await found() == [
        ("ALL", numbers[1], 2, "80.00"),
        ("ALL", numbers[2], 3, "100.00"),
        ("SALES", numbers[1], 2, "40.00"),
        ("SALES", numbers[2], 3, "60.00"),
    ]
    assert await found(days=2) == [
        ("ALL", numbers[2], 2, "60.00"),
        ("SALES", numbers[2], 2, "40.00"),
    ]


async def test_what_was_bought_before_is_bought_again_at_its_last_price(erp: Erp) -> None:
    await ready(erp)
    sold = {"item_code": "FIFO-NUT", "quantity": "1", "unit_price": "2.00", "discount_percent": "25"}
    await erp.post(ORDERS, {"supplier_code": "GROVE", "ordered_on": "2026-02-02", "lines": [sold]})

    nuts = await until(erp, await entered(erp, line("FIFO-NUT")), "ordered")

    (only,) = nuts["lines"]
    assert (only["found_by"], only["supplier_item"], only["unit_price"]) == ("last_price", "", "1.50")


async def test_twice_with_one_key_is_once(erp: Erp) -> None:
    await ready(erp)

    asked = [erp.post(PATH, a_requisition(), key="one key") for _ in range(4)]
    answers = await asyncio.gather(*asked)

    assert len({answer["requisition_id"] for answer in answers}) == 1
    await until(erp, answers[0], "ordered")
    assert len((await erp.get(ORDERS))["items"]) == 1
    assert await of_budget(erp) == ("40.00", "60.00")


async def test_a_dry_run_says_what_would_be_found_and_commits_nothing(erp: Erp) -> None:
    await ready(erp)

    shown = await erp.request("POST", PATH, a_requisition(line(quantity="8")), dry_run="true")
    too_much = await erp.request("POST", PATH, a_requisition(line(quantity="30")), dry_run="true")

    assert (shown.status_code, too_much.status_code) == (200, 409)
    assert shown.json()["lines"][0]["supplier_code"] == "GROVE"
    assert (await erp.get(PATH))["items"] == []
    assert await of_budget(erp) == ("0.00", "100.00")

"""Nothing irreversible is done before everything that it needs was asked: days, periods, rates, accounts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domains.ledger.rules.journal import PeriodLocked
from tests.checked import violations
from tests.days import TODAY, in_days
from tests.erp import Erp, Refused, an_order
from tests.faulty_steps import FaultySteps
from tests.workflows.billing_together import until_parked

Prepare = Callable[[Erp], Awaitable[None]]


async def lock_through(erp: Erp, day: str | None) -> None:
    path = "/v1/fiscal-years/2026"
    etag = (await erp.request("GET", path)).headers["ETag"]
    erp.accepted(await erp.request("PATCH", path, {"locked_through": day}, if_match=etag))


async def nothing(_: Erp) -> None:
    """All is as it should be."""


async def march_locked(erp: Erp) -> None:
    await lock_through(erp, "2026-03-31")


async def next_years_open(erp: Erp) -> None:
    """Only the company's tolerance stands in the way then."""
    for year in (*range(2027, TODAY.year + 2), 2062):
        days = {"starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"}
        await erp.post("/v1/fiscal-years", {"code": str(year), **days})


def blocked(role: str) -> Prepare:
    async def block(erp: Erp) -> None:
        accounts = (await erp.get("/v1/accounts", limit=200))["items"]
        (code,) = [account["code"] for account in accounts if account["role"] == role]
        path = f"/v1/accounts/{code}"
        etag = (await erp.request("GET", path)).headers["ETag"]
        erp.accepted(await erp.request("PATCH", path, {"blocked": True}, if_match=etag))

    block.__name__ = f"{role} blocked"
    return block


REFUSED_SHIPMENTS: list[tuple[Prepare, str, str, str]] = [
    (nothing, "2062-03-05", "no-fiscal-year", "shipped_on"),
    (next_years_open, "2062-03-05", "too-far-ahead", "shipped_on"),
    (nothing, "2025-03-05", "too-early", "shipped_on"),
    (march_locked, "2026-03-05", "period-locked", "shipped_on"),
    (blocked("revenue"), "2026-03-05", "no-account-for", ""),
    (blocked("receivable"), "2026-03-05", "no-account-for", ""),
    (blocked("tax_payable"), "2026-03-05", "no-account-for", ""),
    (blocked("cost_of_goods_sold"), "2026-03-05", "no-account-for", ""),
]


@pytest.mark.parametrize("item", ["APPLE", "ADVICE"])
@pytest.mark.parametrize(
    ("prepare", "day", "why", "field"),
    REFUSED_SHIPMENTS,
    ids=lambda one: getattr(one, "__name__", None) or str(one),
)
async def test_a_shipment_that_could_not_be_billed_is_refused_and_moves_nothing(
    erp: Erp, item: str, prepare: Prepare, day: str, why: str, field: str
) -> None:
    if item == "ADVICE" and prepare.__name__ == "cost_of_goods_sold blocked":
        return  # A service has no cost of goods sold.
    order = await erp.place(an_order(lines=[{"item_code": item, "quantity": "10", "unit_price": "10.00"}]))
    before = await erp.balances()
    await prepare(erp)

    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    refused = await erp.request("POST", path, {"shipped_on": day}, by="warehouse")

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, f"/problems/{why}"), problem
    assert [error["field"] for error in problem.get("errors", [])] == ([field] if field else [])
    assert await erp.stage_of(order) == "waiting for shipment"
    assert await erp.balances() == before
    assert (await erp.stock("APPLE"))["on_hand"] == "100"


async def test_an_order_in_another_currency_leaves_only_on_a_day_with_a_rate(erp: Erp) -> None:
    await erp.post("/v1/exchange-rates", {"currency": "CHF", "valid_from": "2026-03-20", "rate": "0.95"})
    order = await erp.place(an_order(ordered_on="2026-03-20", currency="CHF"))

    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    refused = await erp.request("POST", path, {"shipped_on": "2026-03-05"}, by="warehouse")

    assert refused.json()["type"] == "/problems/too-early"
    assert (await erp.stock("APPLE"))["on_hand"] == "100"


async def test_what_is_refused_for_its_day_is_taken_on_another(erp: Erp) -> None:
    order = await erp.place()
    await march_locked(erp)
    path = f"/v1/sales-orders/{order['order_id']}/shipments"
    assert (await erp.request("POST", path, {"shipped_on": "2026-03-05"}, by="warehouse")).status_code == 422

    await erp.ship(order, shipped_on="2026-04-01")

    await erp.pay(order, "119.00", received_on="2026-04-20")
    assert await erp.stage_of(order) == "closed"


@pytest.mark.parametrize("ahead", [31, 32])
async def test_a_company_says_how_many_days_ahead_may_be_posted(erp: Erp, ahead: int) -> None:
    path = f"/v1/companies/{erp.company}"
    etag = (await erp.request("GET", path)).headers["ETag"]
    erp.accepted(await erp.request("PATCH", path, {"days_ahead": 31}, if_match=etag))
    await next_years_open(erp)
    order = await erp.place()
    day = TODAY + timedelta(days=ahead)

    shipped = await erp.request(
        "POST",
        f"/v1/sales-orders/{order['order_id']}/shipments",
        {"shipped_on": day.isoformat()},
        by="warehouse",
    )

    assert shipped.status_code == (201 if ahead <= 31 else 422), shipped.text


async def shipped_and_paid(erp: Erp) -> Any:
    order = await erp.place()
    await erp.ship(order)
    await erp.pay(order, "119.00")
    return order


async def test_goods_that_come_back_in_a_closed_period_are_refused_and_nothing_moves(erp: Erp) -> None:
    order = await shipped_and_paid(erp)
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    back = await erp.post(path, {"reason": "broken", "resolution": "refund"}, by="sales clerk")
    before = await erp.balances()
    await march_locked(erp)

    path = f"/v1/returns/{back['return_id']}/inspection"
    refused = await erp.request("POST", path, {"received_on": "2026-03-25"}, by="warehouse")

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "/problems/period-locked")
    assert [error["field"] for error in problem["errors"]] == ["received_on"]
    assert await erp.balances() == before
    assert (await erp.post(path, {"received_on": "2026-04-02"}, by="warehouse"))["stage"] == "closed"


async def test_what_stays_with_the_customer_is_credited_on_an_open_day_or_not_agreed_on(erp: Erp) -> None:
    order = await erp.place()
    await erp.ship(order)
    await lock_through(erp, "2026-12-31")

    refused = await erp.request(
        "POST",
        f"/v1/sales-orders/{order['order_id']}/cancellation",
        {"reason": "lost", "goods": "stay", "money": "refund", "cancelled_on": "2026-03-25"},
        by="sales clerk",
    )

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/period-locked")
    assert (await erp.get("/v1/returns"))["items"] == []
    assert (await erp.get("/v1/credit-notes"))["items"] == []


async def test_a_cancellation_that_pays_back_asks_first_whether_it_may_on_its_day(erp: Erp) -> None:
    order = await erp.place()
    await erp.pay(order, "50.00", received_on="2026-03-03")
    await march_locked(erp)
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"

    asked = {"reason": "changed my mind", "money": "refund", "cancelled_on": "2026-03-25"}
    answered = await erp.request("POST", path, asked, by="sales clerk")

    assert (answered.status_code, answered.json()["type"]) == (422, "/problems/period-locked")
    assert answered.json()["errors"][0]["field"] == "cancelled_on"
    assert await erp.stage_of(order) == "waiting for shipment"
    await erp.post(path, asked | {"cancelled_on": "2026-04-02"}, by="sales clerk")
    assert Decimal((await erp.balances())["customer_on_account"]) == 0


async def test_a_period_is_not_locked_under_a_command_that_posts_in_it(erp: Erp, faults: FaultySteps) -> None:
    order = await erp.place()
    faults.broken[erp.company, "receivables.post_invoice"] = KeyError("a defect")
    shipping = asyncio.create_task(erp.ship(order))
    parked = await until_parked(erp)

    with pytest.raises(Refused, match=f"{parked['id']} has not done yet what it was told .ship, 2026-03-05."):
        await march_locked(erp)
    await lock_through(erp, "2026-02-28")

    del faults.broken[erp.company, "receivables.post_invoice"]
    # It may have tried again by itself before it is told to.
    await erp.request("POST", f"/v1/processes/{parked['id']}/repair", {"action": "retry"}, by="operator")
    await shipping
    await march_locked(erp)


async def test_a_step_behind_a_fact_is_posted_on_another_day_when_somebody_says_so(
    erp: Erp, faults: FaultySteps
) -> None:
    """As when the worker was away for weeks between the goods and their invoice."""
    order = await erp.place()
    faults.broken[erp.company, "receivables.post_invoice"] = PeriodLocked("March is closed")
    shipping = asyncio.create_task(erp.ship(order))
    parked = await until_parked(erp)
    del faults.broken[erp.company, "receivables.post_invoice"]
    path = f"/v1/processes/{parked['id']}/repair"
    assert parked["waiting_on"] == "operator"

    unexplained = await erp.request("POST", path, {"action": "retry", "posted_on": "2026-04-01"})
    assert unexplained.json()["type"] == "/problems/nothing-to-repair"
    repair = {"action": "retry", "posted_on": "2026-04-01", "reason": "March is closed"}
    await erp.post(path, repair, by="operator")
    await shipping

    (invoice,) = (await erp.get("/v1/invoices"))["items"]
    assert invoice["invoiced_on"] == "2026-04-01"
    await erp.pay(order, "119.00", received_on="2026-04-20")
    assert await erp.stage_of(order) == "closed"
    assert await violations(erp.company) == []


@pytest.mark.parametrize("how", ["refused", "repeated"])
async def test_what_has_no_goods_asks_the_books_before_it_is_delivered(
    erp: Erp, faults: FaultySteps, how: str
) -> None:
    order = await erp.place(
        an_order(lines=[{"item_code": "ADVICE", "quantity": "1", "unit_price": "100.00"}])
    )
    if how == "refused":
        faults.refused[erp.company, "ledger.check_entries"] = 1
        with pytest.raises(Refused, match="refused-by-the-test"):
            await erp.ship(order)
        assert await erp.stage_of(order) == "waiting for shipment"
    else:
        faults.repeated.add((erp.company, "ledger.check_entries"))

    await erp.ship(order)

    assert len((await erp.get("/v1/invoices"))["items"]) == 1


async def test_an_order_is_not_dated_further_ahead_than_the_company_says(erp: Erp) -> None:
    path = f"/v1/companies/{erp.company}"
    etag = (await erp.request("GET", path)).headers["ETag"]
    erp.accepted(await erp.request("PATCH", path, {"days_ahead": 31}, if_match=etag))
    day = in_days(40)

    refused = await erp.request("POST", "/v1/sales-orders", an_order(ordered_on=day), by="sales clerk")

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "/problems/too-far-ahead"), problem
    assert [error["field"] for error in problem["errors"]] == ["ordered_on"]


async def test_today_is_the_companys(erp: Erp, monkeypatch: pytest.MonkeyPatch) -> None:
    """14 hours ahead of UTC, or 11 behind it, is another day at some moment of any day."""
    monkeypatch.setattr("api.time_zones.REMEMBERED_SECONDS", 0.0)
    monkeypatch.setattr("api.time_zones._known", {})
    found = set()
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        path = f"/v1/companies/{erp.company}"
        etag = (await erp.request("GET", path)).headers["ETag"]
        erp.accepted(await erp.request("PATCH", path, {"time_zone": zone}, if_match=etag))
        order = await erp.place({"customer_code": "ALICE", "lines": an_order()["lines"]})
        found.add((await erp.order(order))["order"]["ordered_on"])
    assert len(found) == 2


async def test_a_time_zone_that_there_is_not_is_refused(erp: Erp) -> None:
    path = f"/v1/companies/{erp.company}"
    etag = (await erp.request("GET", path)).headers["ETag"]
    refused = await erp.request("PATCH", path, {"time_zone": "Europe/Nowhere"}, if_match=etag)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "time_zone"

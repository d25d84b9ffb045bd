"""What runs short is asked for once: for who waits, and up to the rule's maximum."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from foundation.runtime.settings import settings
from foundation.values.messages import Caller
from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import receive
from tests.builders.replenishment import (
    ON,
    RULES,
    RUNS,
    a_rule,
    all_ordered,
    asked_for,
    quantities,
    run,
    short,
    so_many,
    sold_here,
    waits_for,
)
from tests.builders.requisitions import PATH as REQUISITIONS
from tests.builders.requisitions import a_policy, cancel, decide, entered, line, until
from tests.builders.supplier_items import PATH as SUPPLIER_ITEMS
from tests.builders.supplier_items import a_supplier_item
from tests.checked import everything_agrees
from tests.erp import Erp
from workflows.scheduled_run import ScheduledRun, Tick


async def test_what_orders_wait_for_becomes_an_order_and_serves_them(erp: Erp) -> None:
    await sold_here(erp)
    waiting = await waits_for(erp, "112", requested_on="2026-03-20")

    progress = await run(erp)

    assert (progress["on"], progress["done"], progress["exceptions"], progress["is_done"]) == (ON, 1, 0, True)
    (requisition,) = await all_ordered(erp)
    (only,) = requisition["lines"]
    number = waiting["order_number"]
    assert [only[name] for name in ("origin", "for_orders", "quantity", "order_quantity", "wanted_on")] == [
        "backorders",
        [number],
        "12",
        "15",
        "2026-03-20",
    ]
    assert (requisition["requested_on"], requisition["category"]) == (ON, "stock")
    order = await erp.get(f"{ORDERS}/{only['order_id']}")
    assert (order["supplier_code"], order["ordered_on"], order["warehouse_code"]) == ("GROVE", ON, "MAIN")
    await receive(erp, order)
    await erp.until(waiting, "waiting for shipment")
    assert await short(erp) == {}
    await everything_agrees(erp.company, "procurement", "inventory", "replenishment")


async def test_what_is_at_its_reorder_point_is_bought_up_to_its_maximum(erp: Erp) -> None:
    await sold_here(erp)
    await erp.post(RULES, a_rule(reorder_point="100"))
    await erp.post(RULES, a_rule("APPLE", reorder_point="99"))

    await run(erp)

    (requisition,) = await all_ordered(erp)
    (only,) = requisition["lines"]
    assert [only[name] for name in ("item_code", "origin", "for_orders", "quantity", "wanted_on")] == [
        "PEAR",
        "reorder_point",
        [],
        "100",
        ON,
    ]
    now = await short(erp)
    assert [now["PEAR"][name] for name in ("available", "on_order", "suggested_quantity", "reason")] == [
        "100",
        "100",
        "0",
        "covered",
    ]


async def test_what_is_on_order_or_asked_for_is_not_bought_again(erp: Erp) -> None:
    await sold_here(erp)
    await a_policy(erp, "credit manager", category="stock")
    await waits_for(erp, "112")
    await run(erp)
    (asked,) = await asked_for(erp)
    await until(erp, asked, "submitted")
    waiting = (await short(erp))["APPLE"]
    assert [waiting[name] for name in ("requisitioned", "on_order", "reason")] == ["15", "0", "covered"]

    await run(erp, "2026-03-06")
    await decide(erp, asked, by="credit manager")
    await until(erp, asked, "ordered")
    await run(erp, "2026-03-07")

    assert quantities(await asked_for(erp)) == {"APPLE": ["12"]}
    more = await waits_for(erp, "10")
    now = (await short(erp))["APPLE"]
    # Three of the fifteen are for nobody yet.
    assert [now[name] for name in ("on_order", "suggested_quantity")] == ["15", "7"]
    assert now["for_orders"] == [more["order_number"]]


async def test_a_day_that_is_asked_for_twice_has_one_run(erp: Erp) -> None:
    await sold_here(erp)
    await waits_for(erp, "112")

    first, second = await asyncio.gather(run(erp), run(erp))

    assert first == second
    await waits_for(erp, "10")
    assert await run(erp) == first
    assert quantities(await all_ordered(erp)) == {"APPLE": ["12"]}


async def test_runs_of_several_days_at_once_ask_for_nothing_twice(erp: Erp) -> None:
    await sold_here(erp)
    await erp.post(RULES, a_rule())
    await waits_for(erp, "112")

    runs = await asyncio.gather(*(run(erp, f"2026-03-{day:02}") for day in range(5, 13)))

    assert all(one["exceptions"] == 0 for one in runs)
    assert quantities(await all_ordered(erp)) == {"APPLE": ["12"], "PEAR": ["100"]}
    await everything_agrees(erp.company, "procurement", "replenishment")


async def test_what_nobody_sells_stops_nothing_else_and_is_bought_when_somebody_does(erp: Erp) -> None:
    await sold_here(erp)
    await waits_for(erp, "112")
    await waits_for(erp, "104", "FIFO-NUT")

    progress = await run(erp)

    assert (progress["done"], progress["exceptions"]) == (1, 1)
    path = f"/v1/runs/{erp.company}/replenishment_run/{ON}"
    (refused,) = (await erp.get(f"{path}/items", status="refused"))["items"]
    assert refused["party"] == "FIFO-NUT"
    assert "nobody is known who sells FIFO-NUT" in refused["reason"]
    assert quantities(await all_ordered(erp)) == {"APPLE": ["12"]}
    nuts = {"code": "GROVE/NUT", "item_code": "FIFO-NUT", "supplier_code": "GROVE"}
    await erp.post("/v1/supplier-items", nuts | {"unit_price": "2.00", "currency": "EUR"})
    await erp.post(
        f"/v1/processes/{erp.company}/replenishment_run/{ON}/repair", {"action": "retry"}, by="operator"
    )
    assert quantities(await so_many(erp, 2)) == {"APPLE": ["12"], "FIFO-NUT": ["4"]}


async def test_a_dry_run_shows_what_would_be_asked_for_and_does_nothing(erp: Erp) -> None:
    await sold_here(erp)
    await waits_for(erp, "112")
    await waits_for(erp, "104", "FIFO-NUT")

    shown = erp.accepted(await erp.request("POST", RUNS, {"on": ON}, dry_run=True))

    (requisition,) = shown["requisitions"]
    assert (requisition["supplier_code"], requisition["warehouse_code"]) == ("GROVE", "MAIN")
    (apples,) = requisition["lines"]
    assert [
        apples[name] for name in ("item_code", "quantity", "order_quantity", "base_amount", "origin")
    ] == [
        "APPLE",
        "12",
        "15",
        "60.00",
        "backorders",
    ]
    (nuts,) = shown["not_bought"]
    assert (nuts["item_code"], nuts["quantity"]) == ("FIFO-NUT", "4")
    assert await asked_for(erp) == []


async def test_who_has_started_the_run_does_not_approve_what_it_asks_for(erp: Erp) -> None:
    await sold_here(erp)
    await a_policy(erp, "buyer")
    people = [
        {"actor": name, "companies": [erp.company], "roles": ["buyer"]}
        for name in ("Bert Buyer", "Bea Buyer")
    ]
    for person in people:
        erp.keys[str(person["actor"])] = (await erp.post("/v1/api-keys", person))["key"]
    await waits_for(erp, "112")
    await run(erp, by="Bert Buyer")
    (asked,) = await asked_for(erp)
    asked = await until(erp, asked, "submitted")
    assert asked["requested_by"] == "Bert Buyer"

    path = f"{REQUISITIONS}/{asked['requisition_id']}/approval"
    refused = await erp.request("POST", path, {"approved": True, "reason": "mine"}, by="Bert Buyer")

    assert refused.status_code == 403
    await decide(erp, asked, by="Bea Buyer")
    await until(erp, asked, "ordered")


async def test_of_a_scheduled_run_whoever_has_set_the_schedule_asks(erp: Erp) -> None:
    await sold_here(erp)
    await waits_for(erp, "112")

    for _ in range(2):
        tick = await erp.temporal.start_workflow(
            ScheduledRun.run,
            Tick(process="replenishment_run", at=datetime(2026, 3, 5, 4, tzinfo=UTC)),
            id=f"{erp.company}/replenishment_run/tick",
            task_queue=settings().task_queue,
            memo={"caller": Caller(company=erp.company, actor="Bert Buyer", correlation_id="a schedule")},
        )
        assert await tick.result() == f"{erp.company}/replenishment_run/{ON}"

    (requisition,) = await all_ordered(erp)
    assert (requisition["requested_by"], requisition["requested_on"]) == ("Bert Buyer", ON)


async def test_what_was_turned_down_is_short_again(erp: Erp) -> None:
    await sold_here(erp)
    await a_policy(erp, "credit manager", category="stock")
    await waits_for(erp, "112")
    await run(erp)
    (asked,) = await asked_for(erp)
    await until(erp, asked, "submitted")

    await cancel(erp, asked)

    assert (await short(erp))["APPLE"]["suggested_quantity"] == "12"
    await run(erp, "2026-03-06")
    assert quantities(await asked_for(erp)) == {"APPLE": ["12", "12"]}


async def test_what_a_person_has_asked_for_is_to_come_too(erp: Erp) -> None:
    await sold_here(erp)
    await a_policy(erp, "credit manager")
    requisition: Any = await entered(erp, line(quantity="8", cost_centre=None))
    assert requisition["lines"][0]["origin"] == "person"

    await waits_for(erp, "112")

    # Two cartons of five are asked for.
    now = (await short(erp))["APPLE"]
    assert (now["requisitioned"], now["suggested_quantity"]) == ("10", "2")


async def test_what_we_assemble_is_bought_only_when_somebody_sells_it(erp: Erp) -> None:
    await sold_here(erp)
    for item in ("BASKET", "CRATE"):
        await erp.post("/v1/items", {"code": item, "name": item, "kind": "assembled", "tax_code": "S19"})
        await waits_for(erp, "4", item)
    await erp.post(SUPPLIER_ITEMS, a_supplier_item("GROVE/BASKET", item_code="BASKET"))

    progress = await run(erp)

    assert (progress["done"], progress["exceptions"]) == (1, 0)
    assert quantities(await all_ordered(erp)) == {"BASKET": ["4"]}
    assert (await short(erp))["CRATE"]["suggested_quantity"] == "4"


async def test_a_day_too_far_ahead_is_refused(erp: Erp) -> None:
    answer = await erp.request("POST", RUNS, {"on": "2099-01-01"})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "on")

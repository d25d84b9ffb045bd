"""What runs short is asked for once, whoever asks at the same time; the database says so too."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from activities.replenishment.reorder_rules import put_reorder_rule
from activities.replenishment.shortages import request_shortages, show_requisitions
from domains.replenishment.messages import (
    PutReorderRule,
    RequestShortages,
    ShortagesRequested,
    ShowRequisitions,
)
from foundation.database.connections import database
from foundation.values.messages import Call, Caller
from tests.builders.replenishment import sold_here, waits_for
from tests.checked import everything_agrees
from tests.erp import Erp

A_DAY = date(2026, 3, 5)
TWICE = """
    INSERT INTO replenishment.requested_shortage (requisition_id, line_number, run_on, warehouse_code,
        item_code, available, in_transit, backordered, on_order, requisitioned, requested_quantity)
    SELECT '00000000-0000-0000-0000-000000000001', 1, {on}, warehouse_code, item_code, available, in_transit,
        backordered, {on_order}, requisitioned, requested_quantity
    FROM replenishment.requested_shortage
"""


def a_call(erp: Erp, key: str) -> Call:
    """Somebody asks by a key of their own."""
    caller = Caller(company=erp.company, actor="Bert Buyer", correlation_id=key)
    return Call(key=f"{erp.company}/{key}", caller=caller)


async def requested(erp: Erp, on: date, requisition_id: UUID) -> ShortagesRequested:
    """Apples in the main warehouse are asked for."""
    process_id = f"{erp.company}/purchase_requisition/{requisition_id}"
    ask = RequestShortages(
        requisition_id=requisition_id,
        process_id=process_id,
        on=on,
        warehouse_code="MAIN",
        item_codes=("APPLE",),
    )
    return await request_shortages(a_call(erp, f"{process_id}/{request_shortages.name}"), ask)


async def test_of_many_who_ask_at_the_same_instant_one_asks_for_what_is_short(erp: Erp) -> None:
    await sold_here(erp)
    await waits_for(erp, "112")

    answers = await asyncio.gather(*(requested(erp, A_DAY.replace(day=day), uuid4()) for day in range(1, 13)))

    (entered,) = [answer for answer in answers if answer.requisition_number]
    assert [(line.item_code, line.quantity, line.order_quantity) for line in entered.lines] == [
        ("APPLE", Decimal(12), Decimal(15))
    ]
    await everything_agrees(erp.company, "replenishment", "procurement")


async def test_twice_with_one_key_is_once(erp: Erp) -> None:
    await sold_here(erp)
    await waits_for(erp, "112")
    requisition_id = uuid4()

    first = await requested(erp, A_DAY, requisition_id)

    assert first.requisition_number
    assert await requested(erp, A_DAY, requisition_id) == first


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"on": "run_on", "on_order": "on_order"}, "once_a_day"),
        ({"on": "run_on + 1", "on_order": "on_order + 1"}, "is_what_is_missing"),
    ],
)
async def test_the_database_refuses_what_would_be_asked_for_twice(
    erp: Erp, changes: dict[str, Any], constraint: str
) -> None:
    await sold_here(erp)
    await waits_for(erp, "112")
    await requested(erp, A_DAY, uuid4())

    with pytest.raises(PostgresError, match=constraint):
        async with database().write(erp.company, "tests") as tx:
            await tx.execute(text(TWICE.format(**changes)))


async def test_the_record_of_what_was_asked_for_takes_no_change(erp: Erp) -> None:
    await sold_here(erp)
    await waits_for(erp, "112")
    await requested(erp, A_DAY, uuid4())

    with pytest.raises(PostgresError):
        async with database().write(erp.company, "tests") as tx:
            await tx.execute(text("UPDATE replenishment.requested_shortage SET run_on = run_on + 1"))


async def test_what_would_be_asked_for_is_merged_by_supplier_and_what_nobody_sells_is_apart(erp: Erp) -> None:
    await sold_here(erp)
    for item in ("APPLE", "PEAR", "FIFO-NUT"):
        await waits_for(erp, "102", item)

    shown = await show_requisitions(a_call(erp, "shown"), ShowRequisitions(on=A_DAY))

    (grove,) = shown.requisitions
    assert (grove.supplier_code, [line.item_code for line in grove.lines]) == ("GROVE", ["APPLE", "PEAR"])
    assert [one.item_code for one in shown.not_bought] == ["FIFO-NUT"]


async def test_a_rule_that_is_written_twice_with_one_key_is_written_once(erp: Erp) -> None:
    put = PutReorderRule(code="R", item_code="PEAR", warehouse_code="MAIN", reorder_point=1, order_up_to=2)

    answers = [await put_reorder_rule(a_call(erp, "one key"), put) for _ in range(2)]

    assert [answer.created for answer in answers] == [True, True]

"""A request whose process came to its end before anybody was answered: asked again, it is answered."""

from contextlib import suppress
from typing import Any
from uuid import UUID, uuid5

from temporalio.client import WorkflowFailureError

from api.door import ID_SPACE
from domains.sales.messages import PlaceOrder
from foundation.runtime import visibility
from foundation.runtime.settings import settings
from foundation.values.messages import Caller, Message
from tests.erp import Erp, an_order
from tests.faulty_steps import FaultySteps
from workflows.order_to_cash import OrderToCash

KEY = "a request that was never answered"


def id_of(erp: Erp, kind: str) -> UUID:
    """The id of what the administrator's request makes."""
    return uuid5(ID_SPACE, f"{erp.company}/{kind}/administrator/{KEY}")


async def run_alone(erp: Erp, process: Any, command: Message, process_id: str) -> None:
    """The process runs to its end, and nobody is there to hear what it answers: the API has died."""
    handle = await erp.temporal.start_workflow(
        process.run,
        command,
        id=process_id,
        task_queue=settings().task_queue,
        memo={"caller": Caller(company=erp.company, actor="administrator", correlation_id=KEY)},
        search_attributes=visibility.at_start(erp.company, None),
    )
    await handle.result()


async def test_an_order_that_was_refused_unheard_is_refused_when_it_is_placed_again(erp: Erp) -> None:
    order = an_order(lines=[{"item_code": "GHOST", "quantity": "1", "unit_price": "1.00"}])
    order_id = id_of(erp, "sales-order")
    place = PlaceOrder.model_validate({**order, "order_id": order_id})
    with suppress(WorkflowFailureError):
        await run_alone(erp, OrderToCash, place, f"{erp.company}/order_to_cash/{order_id}")

    answers = [await erp.request("POST", "/v1/sales-orders", order, key=KEY) for _ in "12"]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].json()["errors"][0]["field"] == "lines.0.item_code"


async def test_where_an_order_stands_is_written_down_also_when_the_database_was_away_at_first(
    erp: Erp, faults: FaultySteps
) -> None:
    order = await erp.place(
        an_order(lines=[{"item_code": "PEAR", "quantity": "101", "unit_price": "5.00"}], delivery="complete")
    )
    assert await erp.stage_of(order) == "waiting for stock"
    faults.refused[erp.company, "process.record_stage"] = 2

    await erp.receive({"PEAR": 1})

    await erp.until(order, "waiting for shipment")

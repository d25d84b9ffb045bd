"""What happens when a step's key is not the same each time that it is tried: its effect happens twice.

All sums are right afterwards, for everything was done properly, only twice. The checker sees it all the same.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from activities import inventory
from activities.ledger import payments
from domains.inventory.messages import PostGoodsIssue
from domains.ledger.messages import PostPayment
from foundation.operations.operation import Operation
from foundation.values.messages import Call, Caller
from tests.checked import everything_agrees, violations
from tests.erp import Erp
from tests.faulty_steps import FaultySteps

Asked = Callable[[Operation[Any, Any], str], Awaitable[Any]]


@pytest.fixture
def asked(owner_url: str) -> Asked:
    """What an operation was asked for in a process."""

    async def read(operation: Operation[Any, Any], process_id: str) -> Any:
        owner = await asyncpg.connect(owner_url)
        request = await owner.fetchval(
            "SELECT request FROM foundation.operation WHERE process_id = $1 AND name = $2",
            process_id,
            operation.name,
        )
        await owner.close()
        return operation.ask_type.model_validate_json(request)

    return read


async def broken(erp: Erp) -> set[str]:
    """The invariants that do not hold of a company at rest."""
    await erp.at_rest()
    return {one.invariant for one in await violations(erp.company, "orders", "processes", "at_rest")}


async def test_a_step_whose_answer_got_lost_is_taken_twice_without_its_key(
    erp: Erp, faults: FaultySteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await erp.place()
    apply = Operation.__call__

    async def without_a_key(self: Operation[Any, Any], call: Call, command: Any) -> Any:
        key = f"{call.key}/{uuid4()}" if self.name == "sales.record_fulfilment" else call.key
        return await apply(self, call.model_copy(update={"key": key}), command)

    monkeypatch.setattr(Operation, "__call__", without_a_key)
    faults.repeated.add((erp.company, "sales.record_fulfilment"))
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "2"}])

    await everything_agrees(erp.company, "ledger", "inventory")
    assert {"delivered_is_what_was_shipped", "billed_is_what_was_invoiced"} <= await broken(erp)


async def test_goods_that_a_second_run_ships_again_are_seen(erp: Erp, caller: Caller, asked: Asked) -> None:
    order = await erp.place()
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "2"}])
    process = f"{erp.company}/order_to_cash/{order['order_id']}"
    issue: PostGoodsIssue = await asked(inventory.post_goods_issue, process)
    of_run = {"shipment_id": uuid4()}

    await take_again(inventory.post_goods_issue, issue.model_copy(update=of_run), process, caller)
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "2"}])

    await everything_agrees(erp.company, "ledger", "inventory")
    found = await broken(erp)
    assert {
        "delivered_is_what_was_shipped",
        "shipments_are_billed_once",
        "keys_are_of_their_document",
    } <= found


async def test_money_that_a_second_run_takes_in_again_is_seen(erp: Erp, caller: Caller, asked: Asked) -> None:
    order = await erp.place()
    await erp.pay(order, "100.00")
    process = f"{erp.company}/order_to_cash/{order['order_id']}"
    post: PostPayment = await asked(payments.post_payment, process)

    await take_again(payments.post_payment, post.model_copy(update={"payment_id": uuid4()}), process, caller)

    await everything_agrees(erp.company, "ledger", "inventory")
    assert await broken(erp) == {"keys_are_of_their_document"}


async def take_again(operation: Operation[Any, Any], command: Any, process_id: str, caller: Caller) -> None:
    """Apply a step under the key of another run."""
    key = f"{process_id}/{UUID(int=7)}/{operation.name}"
    await operation(Call(key=key, caller=caller, process_id=process_id), command)

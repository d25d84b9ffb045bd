"""Ways of returns, and of orders that are cancelled after goods have left."""

import asyncio
from typing import Any

from tests.erp import an_order
from tests.histories.scene import Scene, way, way_that_varies
from tests.histories.ways_of_orders import ORDER, process
from tests.workflows.billing_together import deliver, give_back
from tests.workflows.billing_together import place as place_together

RETURN = "customer_return"
ON = "2026-04-01"


async def delivered(scene: Scene, **more: Any) -> Any:
    """An order that has left."""
    order = await scene.erp.place(an_order(**more))
    await scene.erp.ship(order)
    return order


async def agreed(scene: Scene, order: Any, **more: Any) -> Any:
    """A return of it that is agreed on."""
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    return await scene.erp.post(path, {"reason": "too many", "lines": [], **more}, by="sales clerk")


async def inspected(scene: Scene, returned: Any) -> Any:
    """The goods have come."""
    path = f"/v1/returns/{returned['return_id']}/inspection"
    return await scene.erp.post(path, {"received_on": ON}, by="warehouse")


async def cancelled(scene: Scene, order: Any, **more: Any) -> Any:
    """The order is cancelled after goods have left."""
    asked = {"reason": "no more", "cancelled_on": ON, **more}
    return await scene.erp.post(f"/v1/sales-orders/{order['order_id']}/cancellation", asked)


def return_process(scene: Scene, returned: Any) -> str:
    """The id of a return's process."""
    return f"{scene.erp.company}/{RETURN}/{returned['return_id']}"


@way
async def return_refused(scene: Scene) -> str:
    """More is to come back than has left."""
    order = await delivered(scene)
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    asked = {"reason": "?", "lines": [{"line_number": 1, "quantity": "99"}]}
    refused = await scene.erp.request("POST", path, asked, by="sales clerk")
    assert refused.status_code in (409, 422), refused.text
    return (await scene.until_ended(RETURN))[0]


@way
async def return_inspected_wrongly_then_cancelled(scene: Scene) -> str:
    """What was told was not what was agreed; then the goods do not come after all."""
    order = await delivered(scene)
    returned = await agreed(scene, order)
    path = f"/v1/returns/{returned['return_id']}"
    wrong = {"received_on": ON, "lines": [{"line_number": 1, "quantity": "99"}]}
    refused = await scene.erp.request("POST", f"{path}/inspection", wrong, by="warehouse")
    assert refused.status_code == 409, refused.text
    await scene.erp.post(f"{path}/cancellation", {"reason": "they keep them"}, by="sales clerk")
    return return_process(scene, returned)


@way
async def goods_sent_again(scene: Scene) -> tuple[str, str]:
    """The return, and the order by which other goods go out."""
    order = await delivered(scene)
    returned = await agreed(scene, order, resolution="replace")
    await inspected(scene, returned)
    again = await scene.until_there(ORDER, lambda one: one["stage"] == "waiting for shipment")
    await scene.erp.ship({"order_id": again["id"].rpartition("/")[2]}, shipped_on="2026-04-02")
    await scene.until_there(ORDER, lambda one: one["id"] == again["id"] and one["outcome"])
    return return_process(scene, returned), str(again["id"])


async def replacement(scene: Scene) -> Any:
    """An order that is to send goods again."""
    order = await delivered(scene)
    await inspected(scene, await agreed(scene, order, resolution="replace"))
    again = await scene.until_there(ORDER, lambda one: one["stage"] == "waiting for shipment")
    return {"order_id": again["id"].rpartition("/")[2]}


@way
async def replacement_amended_and_closed_short(scene: Scene) -> str:
    """Less of it is wanted, and then less leaves: what is not sent again is credited each time."""
    again = await replacement(scene)
    path = f"/v1/sales-orders/{again['order_id']}"
    fewer = [{"item_code": "APPLE", "quantity": "8"}]
    await scene.erp.post(f"{path}/amendments", {"amended_on": ON, "lines": fewer}, by="sales clerk")
    await scene.erp.ship(again, shipped_on=ON, lines=[{"line_number": 1, "quantity": "3"}])
    await scene.erp.post(f"{path}/closing", {"reason": "no more", "closed_on": ON}, by="sales clerk")
    await scene.erp.until(again, "closed")
    return process(scene, again)


@way
async def replacement_cancelled_when_a_part_has_left(scene: Scene) -> tuple[str, str]:
    """What has not left is credited by the order, and what comes back by its return."""
    again = await replacement(scene)
    await scene.erp.ship(again, shipped_on=ON, lines=[{"line_number": 1, "quantity": "3"}])
    returned = await cancelled(scene, again)
    await inspected(scene, returned)
    await scene.erp.until(again, "cancelled")
    return process(scene, again), return_process(scene, returned)


@way
async def goods_not_sent_again(scene: Scene) -> tuple[str, str]:
    """The order by which other goods were to go out is refused: the goods are credited."""
    order = await delivered(scene)
    returned = await agreed(scene, order, resolution="replace")
    etag = (await scene.erp.request("GET", "/v1/customers/ALICE")).headers["ETag"]
    blocked = await scene.erp.request("PATCH", "/v1/customers/ALICE", {"blocked": True}, if_match=etag)
    scene.erp.accepted(blocked)
    await inspected(scene, returned)
    refused = await scene.until_there(ORDER, lambda one: one["outcome"] == "refused")
    return return_process(scene, returned), str(refused["id"])


@way
async def order_whose_cancellation_is_called_off(scene: Scene) -> tuple[str, str]:
    """The goods do not come back after all: the order goes on, and is paid."""
    order = await delivered(scene)
    returned = await cancelled(scene, order)
    path = f"/v1/returns/{returned['return_id']}/cancellation"
    await scene.erp.post(path, {"reason": "they keep them"}, by="sales clerk")
    await scene.erp.until(order, "waiting for payment")
    await scene.erp.pay(order, "119.00")
    return process(scene, order), return_process(scene, returned)


@way
async def order_whose_cancellation_is_refused(scene: Scene) -> str:
    """Nothing can be agreed on: the order goes on, and is paid."""
    order = await delivered(scene)
    scene.refuse_step("sales.authorise_return")
    path = f"/v1/sales-orders/{order['order_id']}/cancellation"
    refused = await scene.erp.request("POST", path, {"reason": "no more", "cancelled_on": ON})
    assert refused.status_code == 422, refused.text
    scene.mend()
    await scene.erp.pay(order, "119.00")
    return process(scene, order)


@way
async def order_cancelled_whose_goods_stay(scene: Scene) -> tuple[str, str]:
    """What was paid too much goes back, and what was charged more; the customer keeps the goods."""
    order = await scene.erp.place()
    await scene.erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    (invoice,) = (await scene.erp.get("/v1/invoices", order_id=order["order_id"]))["items"]
    line = {"description": "Surcharge", "unit_price": "10.00", "tax_code": "S19"}
    asked = {"invoiced_on": "2026-03-06", "reason": "forgotten", "lines": [line]}
    await scene.erp.post(f"/v1/invoices/{invoice['invoice_id']}/debit-notes", asked)
    await scene.erp.at_rest()
    await scene.erp.pay(order, "100.00")
    returned = await cancelled(scene, order, goods="stay")
    await scene.erp.until(order, "cancelled")
    return process(scene, order), return_process(scene, returned)


@way
async def order_cancelled_when_its_goods_had_come_back(scene: Scene) -> str:
    """What is left to be paid is the freight: it is credited."""
    order = await delivered(scene, freight_amount="10.00", freight_tax_code="S19")
    await inspected(scene, await agreed(scene, order))
    await cancelled(scene, order)
    await scene.erp.until(order, "cancelled")
    return process(scene, order)


@way
async def order_billed_collectively_and_cancelled(scene: Scene) -> str:
    """Its freight was still to be billed with its month, and is not any more."""
    order = await place_together(scene.erp, freight_amount="10.00", freight_tax_code="S19")
    await scene.erp.ship(order, lines=[{"line_number": 1, "quantity": "4"}])
    await deliver(scene.erp, "1")
    await give_back(scene.erp, order, "4", on="2026-03-10")
    await cancelled(scene, order)
    await scene.erp.until(order, "cancelled")
    return process(scene, order)


@way_that_varies
async def return_that_waits_for_its_credit_note(scene: Scene) -> str:
    """The credit note cannot be posted at first; the money stays on the customer's account."""
    order = await delivered(scene)
    returned = await agreed(scene, order, resolution="on_account")
    for what in ("hold", "release"):
        await scene.told_to(return_process(scene, returned), what)
    scene.refuse_step("receivables.post_credit_note")
    inspecting = asyncio.create_task(inspected(scene, returned))
    parked = await scene.until_parked(RETURN)
    scene.mend()
    await scene.repair(parked, "retry")
    await inspecting
    return parked

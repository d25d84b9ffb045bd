"""The ways through a purchase requisition whose histories are kept."""

from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import TOLERANCE, TOLERANCES, billed, pay, receive
from tests.builders.replenishment import asked_for, run, sold_here, waits_for
from tests.builders.requisitions import a_policy, cancel, decide, entered, line, ready, until
from tests.histories.scene import Scene, way, way_that_varies


async def _ended(scene: Scene) -> str:
    (process,) = await scene.until_ended("purchase_requisition")
    return process


@way_that_varies
async def requisition_ordered(scene: Scene) -> str:
    """Nobody needs to be asked; two suppliers are sent an order each."""
    await ready(scene.erp)
    await entered(scene.erp, line(), line("PEAR"))
    return await _ended(scene)


@way_that_varies
async def requisition_approved_and_ordered(scene: Scene) -> str:
    """Two say yes, one after the other."""
    await ready(scene.erp)
    await a_policy(scene.erp, "accountant", "credit manager")
    requisition = await entered(scene.erp)
    await until(scene.erp, requisition, "submitted")
    for by in ("accountant", "credit manager"):
        await decide(scene.erp, requisition, by=by)
    return await _ended(scene)


@way
async def requisition_rejected(scene: Scene) -> str:
    """The first who is asked says no."""
    await ready(scene.erp)
    await a_policy(scene.erp, "accountant", "credit manager")
    requisition = await entered(scene.erp)
    await until(scene.erp, requisition, "submitted")
    await decide(scene.erp, requisition, by="accountant", approved=False)
    return await _ended(scene)


@way
async def requisition_cancelled(scene: Scene) -> str:
    """It is not needed after all, while somebody is asked."""
    await ready(scene.erp)
    await a_policy(scene.erp, "accountant")
    requisition = await entered(scene.erp)
    await until(scene.erp, requisition, "submitted")
    await cancel(scene.erp, requisition)
    return await _ended(scene)


@way_that_varies
async def requisition_not_ordered(scene: Scene) -> str:
    """The supplier is blocked while somebody is asked: the order is refused."""
    await ready(scene.erp)
    await a_policy(scene.erp, "accountant")
    requisition = await entered(scene.erp)
    await until(scene.erp, requisition, "submitted")
    await scene.erp.request("PATCH", "/v1/suppliers/GROVE", {"blocked": True}, if_match="*")
    await decide(scene.erp, requisition, by="accountant")
    return await _ended(scene)


@way_that_varies
async def requisition_of_a_shortage(scene: Scene) -> str:
    """An order waits for it: it was entered by a run, and is ordered."""
    await sold_here(scene.erp)
    await waits_for(scene.erp, "112")
    await run(scene.erp)
    return await _ended(scene)


@way
async def requisition_of_a_shortage_cancelled(scene: Scene) -> str:
    """It was entered by a run, and is not needed after all."""
    await sold_here(scene.erp)
    await a_policy(scene.erp, "accountant")
    await waits_for(scene.erp, "112")
    await run(scene.erp)
    (requisition,) = await asked_for(scene.erp)
    await until(scene.erp, requisition, "submitted")
    await cancel(scene.erp, requisition)
    return await _ended(scene)


@way
async def purchase_of_a_requisition(scene: Scene) -> str:
    """Its order ends with less than was ordered: the rest commits no budget any more."""
    await ready(scene.erp)
    await scene.erp.post(TOLERANCES, TOLERANCE | {"under_delivery_percent": "10"})
    (ordered,) = (await until(scene.erp, await entered(scene.erp), "ordered"))["lines"]
    order = await scene.erp.get(f"{ORDERS}/{ordered['order_id']}")
    await receive(scene.erp, order, (1, "9"))
    await pay(scene.erp, await billed(scene.erp, order, "1", "42.84"), "42.84")
    (process,) = await scene.until_ended("procure_to_pay")
    return process

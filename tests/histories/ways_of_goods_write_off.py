"""Goods that are never billed, and the orders that hear of it: the ways whose histories are kept."""

from typing import Any

from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.purchase_orders import SUPPLIER, a_purchase_order, billed, of_line, pay, receive
from tests.builders.unbilled_goods import PATH, decide, over, requested, taken_back, written_off
from tests.histories.scene import Scene, way


async def _received(scene: Scene) -> Any:
    await scene.erp.post("/v1/suppliers", SUPPLIER)
    order = await scene.erp.post(ORDERS, a_purchase_order(("APPLE", "10", "4.00"), ("PEAR", "5", "3.00")))
    await receive(scene.erp, order)
    return order


async def _ended(scene: Scene, asked: Any) -> str:
    await over(scene.erp, asked)
    (process,) = await scene.until_ended("goods_write_off")
    return process


@way
async def goods_written_off(scene: Scene) -> str:
    """Somebody says yes."""
    asked = await requested(scene.erp, await _received(scene))
    await decide(scene.erp, asked)
    return await _ended(scene, asked)


@way
async def goods_write_off_rejected(scene: Scene) -> str:
    """Somebody says no."""
    asked = await requested(scene.erp, await _received(scene))
    await decide(scene.erp, asked, approved=False)
    return await _ended(scene, asked)


@way
async def goods_write_off_cancelled(scene: Scene) -> str:
    """It is not wanted after all, while somebody is asked."""
    asked = await requested(scene.erp, await _received(scene))
    path = f"{PATH}/{asked['write_off_id']}/cancellation"
    await scene.erp.post(path, {"reason": "no need"}, by="accountant")
    return await _ended(scene, asked)


@way
async def goods_write_off_overtaken(scene: Scene) -> str:
    """They are billed while somebody is asked."""
    order = await _received(scene)
    asked = await requested(scene.erp, order)
    await billed(scene.erp, order, "1", "63.65")
    await decide(scene.erp, asked)
    return await _ended(scene, asked)


@way
async def purchase_whose_goods_are_never_billed(scene: Scene) -> str:
    """Some are written off, taken back, and written off again; the rest is billed and paid."""
    order = await _received(scene)
    await taken_back(scene.erp, await written_off(scene.erp, order, 2))
    invoice = await billed(scene.erp, order, "1", "47.60", lines=of_line(1, "10"))
    await written_off(scene.erp, order, 2)
    await pay(scene.erp, invoice, "47.60")
    (process,) = await scene.until_ended("procure_to_pay")
    return process

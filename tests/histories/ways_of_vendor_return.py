"""Goods that go back to suppliers, and the orders that hear of it: the ways whose histories are kept."""

from typing import Any

from tests.builders.purchase_orders import PATH, SUPPLIER, a_purchase_order, billed, pay, receive
from tests.builders.vendor_returns import RETURNS, claimed, sent_back, taken_back
from tests.histories.scene import Scene, way


async def _received(scene: Scene) -> Any:
    await scene.erp.post("/v1/suppliers", SUPPLIER)
    order = await scene.erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")))
    await receive(scene.erp, order)
    return order


@way
async def goods_sent_back_and_claimed(scene: Scene) -> str:
    """They had been billed: a debit note claims it back."""
    order = await _received(scene)
    await billed(scene.erp, order, "1", "47.60")
    await claimed(scene.erp, await sent_back(scene.erp, order, (1, "4")))
    (process,) = await scene.until_ended("vendor_return")
    return process


@way
async def goods_sent_back_before_they_are_billed(scene: Scene) -> str:
    """They are to be billed no more, and nothing is claimed."""
    await sent_back(scene.erp, await _received(scene), (1, "4"))
    (process,) = await scene.until_ended("vendor_return")
    return process


@way
async def goods_not_sent_back(scene: Scene) -> str:
    """More than came is refused."""
    order = await _received(scene)
    wanted = {"reason": "so", "returned_on": "2026-03-13", "lines": [{"line_number": 1, "quantity": "11"}]}
    await scene.erp.request("POST", f"{PATH}/{order['order_id']}/returns", wanted)
    (process,) = await scene.until_ended("vendor_return")
    return process


@way
async def purchase_whose_goods_went_back(scene: Scene) -> str:
    """Some went back and are here after all; some are replaced, and billed again."""
    order = await _received(scene)
    mistaken = await sent_back(scene.erp, order, (1, "3"))
    await taken_back(scene.erp, f"{RETURNS}/{mistaken['return_id']}", on="2026-03-14")
    invoice = await billed(scene.erp, order, "1", "47.60", posted_on="2026-03-14")
    await sent_back(scene.erp, order, (1, "4"), replace=True, returned_on="2026-03-20")
    await receive(scene.erp, order, on="2026-03-21")
    again = await billed(scene.erp, order, "2", "19.04", invoiced_on="2026-03-21", posted_on="2026-03-21")
    await pay(scene.erp, invoice, "28.56")
    await pay(scene.erp, again, "19.04", on="2026-03-22")
    (process,) = await scene.until_ended("procure_to_pay")
    return process

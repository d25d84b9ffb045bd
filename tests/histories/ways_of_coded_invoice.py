"""Invoices without an order: the ways whose histories are kept."""

from typing import Any

from tests.builders.purchase_orders import SUPPLIER
from tests.builders.without_order import ENTER, PATH, an_invoice, decide, entered
from tests.histories.scene import Scene, way


async def _entered(scene: Scene) -> Any:
    await scene.erp.post("/v1/suppliers", SUPPLIER)
    return await entered(scene.erp)


async def _ended(scene: Scene) -> str:
    (process,) = await scene.until_ended("coded_invoice")
    return process


@way
async def coded_invoice_posted(scene: Scene) -> str:
    """Somebody says yes."""
    await decide(scene.erp, await _entered(scene))
    return await _ended(scene)


@way
async def coded_invoice_rejected(scene: Scene) -> str:
    """Somebody says no."""
    await decide(scene.erp, await _entered(scene), approved=False)
    return await _ended(scene)


@way
async def coded_invoice_cancelled(scene: Scene) -> str:
    """It was a mistake, while somebody is asked."""
    invoice = await _entered(scene)
    path = f"{PATH}/{invoice['invoice_id']}/cancellation"
    await scene.erp.post(path, {"reason": "another's"}, by="accountant")
    return await _ended(scene)


@way
async def coded_invoice_refused(scene: Scene) -> str:
    """It does not come to what it says."""
    await scene.erp.post("/v1/suppliers", SUPPLIER)
    await scene.erp.request("POST", ENTER, an_invoice(total="1.00"), by="accountant")
    return await _ended(scene)

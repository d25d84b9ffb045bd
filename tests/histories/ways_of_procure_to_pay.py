"""The ways through procure to pay whose histories are kept."""

from typing import Any

from tests.builders.purchase_orders import (
    PATH,
    SUPPLIER,
    a_purchase_order,
    accept,
    billed,
    blocked,
    credited,
    of_line,
    pay,
    priced,
    receive,
    reject,
)
from tests.histories.replay import LONG_LIVES, living_so_long
from tests.histories.scene import Scene, way, way_that_varies
from tests.workflows.approving import a_policy, asked_about, decide, hire, level

TOO_LATE = {"reason": "too late"}


async def _ordered(scene: Scene) -> Any:
    await scene.erp.post("/v1/suppliers", SUPPLIER)
    return await scene.erp.post(PATH, a_purchase_order())


@way_that_varies
async def purchase_received_billed_and_paid(scene: Scene) -> str:
    """A receipt, an invoice and a payment are taken back, and come again."""
    order = await _ordered(scene)
    first = await receive(scene.erp, order, (1, "4"))
    back = {"reversed_on": "2026-03-12", "reason": "counted twice"}
    await scene.erp.post(f"/v1/stock-receipts/{first['receipt_id']}/reversal", back)
    await receive(scene.erp, order)
    wrong = await billed(scene.erp, order, "1", "63.65")
    await scene.erp.post(f"/v1/supplier-invoices/{wrong['invoice_id']}/reversal", back)
    invoice = await billed(scene.erp, order, "2", "63.65")
    returned = await pay(scene.erp, invoice, "60.00")
    again = {"reversed_on": "2026-03-20", "reason": "returned by the bank"}
    await scene.erp.post(f"/v1/supplier-payments/{returned['payment_id']}/reversal", again)
    await pay(scene.erp, invoice, "63.65")
    (process,) = await scene.until_ended("procure_to_pay")
    return process


@way
async def purchase_of_services_alone(scene: Scene) -> str:
    """Nobody receives them: they have come when they are billed and paid."""
    await scene.erp.post("/v1/suppliers", SUPPLIER)
    item = {"code": "ADVICE", "name": "Advice", "kind": "service", "tax_code": "S19"}
    await scene.erp.post("/v1/items", item)
    order = await scene.erp.post(PATH, a_purchase_order(("ADVICE", "1", "100.00")))
    await pay(scene.erp, await billed(scene.erp, order, "1", "119.00"), "119.00")
    (process,) = await scene.until_ended("procure_to_pay")
    return process


@way
async def purchase_approved(scene: Scene) -> str:
    """A policy asks two people, one after the other; then the rest is cancelled, which is all."""
    order, first = await _held(scene)
    await decide(scene.erp, first, "Bert")
    (_, second) = await asked_about(scene.erp, order)
    await decide(scene.erp, second, "Olga")
    await scene.erp.post(f"{PATH}/{order['order_id']}/cancellation", TOO_LATE)
    (process,) = await scene.until_ended("procure_to_pay")
    return process


@way
async def purchase_not_approved(scene: Scene) -> str:
    """The first who is asked says no."""
    _, first = await _held(scene)
    await decide(scene.erp, first, "Bert", approved=False)
    (process,) = await scene.until_ended("procure_to_pay")
    return process


async def _held(scene: Scene) -> tuple[Any, Any]:
    for name, role in (("Bert", "buyer"), ("Olga", "operator")):
        await hire(scene.erp, name, role)
    await a_policy(scene.erp, "ORDERS", level(1, "buyer"), level(2, "operator"), kind="purchase_order")
    order = await _ordered(scene)
    (first,) = await asked_about(scene.erp, order)
    return order, first


@way
async def purchase_cancelled(scene: Scene) -> str:
    """Nothing has come, and is wanted no more."""
    order = await _ordered(scene)
    await scene.erp.post(f"{PATH}/{order['order_id']}/cancellation", TOO_LATE)
    (process,) = await scene.until_ended("procure_to_pay")
    return process


@way_that_varies
async def purchase_whose_invoices_were_blocked(scene: Scene) -> str:
    """One is rejected, one cured by a receipt, another price and a credit note, and one accepted."""
    order = await _ordered(scene)
    await receive(scene.erp, order, (1, "4"), (2, "5"))
    await reject(scene.erp, await blocked(scene.erp, order, "1", "59.50", lines=of_line(1, "10", "5.00")))
    more = await blocked(scene.erp, order, "2", "35.70", lines=of_line(1, "6", "5.00"))
    await receive(scene.erp, order, (1, "1"))
    await priced(scene.erp, order, (1, "5.00"))
    one = {"line_number": 1, "quantity": "1", "net_amount": "5.00"}
    await credited(scene.erp, more, "GS 1", "5.95", one)
    dearer = await blocked(scene.erp, order, "3", "21.40", lines=of_line(2, "5", "4.00"))
    await accept(scene.erp, dearer)
    await receive(scene.erp, order)
    last = await billed(scene.erp, order, "4", "29.75")
    for invoice, amount in ((more, "29.75"), (dearer, "21.40"), (last, "29.75")):
        await pay(scene.erp, invoice, amount)
    (process,) = await scene.until_ended("procure_to_pay")
    return process


@way
async def rest_of_a_purchase_cancelled(scene: Scene) -> str:
    """Some has come, and is billed and paid; the rest is wanted no more."""
    order = await _ordered(scene)
    await receive(scene.erp, order, (1, "4"))
    await scene.erp.post(f"{PATH}/{order['order_id']}/cancellation", TOO_LATE)
    await pay(scene.erp, await billed(scene.erp, order, "1", "19.04"), "19.04")
    (process,) = await scene.until_ended("procure_to_pay")
    return process


@way_that_varies
async def purchase_goes_on_as_a_new_run(scene: Scene) -> str:
    """Received, billed and paid bit by bit, by one run after the other."""
    with living_so_long(LONG_LIVES["purchase_goes_on_as_a_new_run"]):
        order = await _ordered(scene)
        for number in range(1, 5):
            await receive(scene.erp, order, (1, "1"))
            invoice = await billed(scene.erp, order, str(number), "4.76")
            await pay(scene.erp, invoice, "4.76")
        await receive(scene.erp, order)
        await pay(scene.erp, await billed(scene.erp, order, "5", "44.61"), "44.61")
        (process,) = await scene.until_ended("procure_to_pay")
    return process
